# The official image runs its init scripts on a server that listens on the
# socket alone: asking over TCP keeps the pod unready until the schema is there.
# The port is 5432, or PGPORT, which the server obeys as well.
exec pg_isready --quiet --host=127.0.0.1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB"
