# Waits until the server of DATABASE_URL takes connections. Only the URL's host
# part is passed on: a command line is open to everyone on the node.
authority=${DATABASE_URL#*://}
authority=${authority%%[/?]*}
authority=${authority##*@}
tries=0
until pg_isready --quiet --timeout=5 --dbname="postgresql://$authority"; do
  tries=$((tries + 1))
  if [ "$tries" -ge "$MAX_TRIES" ]; then
    echo "PostgreSQL does not take connections, gave up after $tries tries" >&2
    exit 1
  fi
  sleep 2
done
