# What CloudNativePG asks of an instance's image: PostgreSQL's programs on the PATH, and
# the user that it runs them as.
FROM mini/base:1
RUN usermod --uid 26 postgres && groupmod --non-unique --gid 26 postgres
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 26:26
