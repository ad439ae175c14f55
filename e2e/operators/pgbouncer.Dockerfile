# The pooler of CloudNativePG runs as a user of its own choice, looks for its program
# elsewhere than Debian has it, and knows parameters that Debian 12's does not.
FROM mini/base:1
RUN sed -i s/bookworm/trixie/ /etc/apt/sources.list && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer && ln -s ../sbin/pgbouncer /usr/bin/pgbouncer
