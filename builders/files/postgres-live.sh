# The official image runs its init scripts on a server that listens on the
# socket alone: asking over TCP waits until they are through. Exit code 1 is a
# server that recovers from a crash, or shuts down: busy, not dead. The port is
# 5432, or PGPORT, which the server obeys as well.
pg_isready --quiet --host=127.0.0.1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" || [ $? = 1 ]
