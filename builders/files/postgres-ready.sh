# The official image runs its init scripts on a server that listens on the
# socket alone: asking over TCP keeps the pod unready until the schema is there.
exec pg_isready --quiet --host=127.0.0.1 --port=5432 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB"
