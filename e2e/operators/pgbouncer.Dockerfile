# The pooler of CloudNativePG runs as a user of its own choice.
FROM mini/base:1
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer
