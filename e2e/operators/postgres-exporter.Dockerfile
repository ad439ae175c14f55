# The contract of the official image: a shell, and the program in /bin.
FROM mini/base:1
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-postgres-exporter && ln -s prometheus-postgres-exporter /usr/bin/postgres_exporter
