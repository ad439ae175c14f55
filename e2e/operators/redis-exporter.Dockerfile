# The contract of the official image: a shell, and the program at the root.
FROM mini/base:1
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-redis-exporter && ln -s /usr/bin/prometheus-redis-exporter /redis_exporter
