# Waits until the server of DATABASE_URL takes connections. Only the URL's host
# part is passed on: a command line is open to everyone on the node.
refuse() {
  echo "DATABASE_URL must be postgres://user:password@host:port/database, with special characters of the password percent-encoded" >&2
  exit 1
}

case $DATABASE_URL in
postgres://* | postgresql://*) ;;
*) refuse ;;
esac
authority=${DATABASE_URL#*://}
authority=${authority%%[/?]*}
authority=${authority##*@}
# A bare / or ? in the password cuts it in two. What is left looks like a host
# with letters for a port, and may be half of the password.
first=${authority%%,*}
case ${first#*]} in
*:*[!0-9]*) refuse ;;
esac
[ -n "$authority" ] || refuse

tries=0
# Any user name will do, as nobody logs in; without one, libpq looks for the
# name of the pod's user, which the image does not know, and never connects.
until pg_isready --quiet --timeout=5 --username=banhbaoring --dbname="postgresql://$authority"; do
  tries=$((tries + 1))
  if [ "$tries" -ge "$MAX_TRIES" ]; then
    echo "PostgreSQL does not take connections, gave up after $tries tries" >&2
    exit 1
  fi
  sleep 2
done
