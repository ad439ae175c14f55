# Runs a command, the arguments after the first, once no other container uses the
# volume mounted at the first. A pod that is deleted by force is replaced while its
# processes may still run, and a second server on the same data destroys it. The lock
# lasts until the command and all of its children have ended, however they end.
volume=$1
shift
exec 9>>"$volume/lock"
# The first process of a container ignores what it does not handle.
trap 'exit 1' INT TERM
until flock -n 9; do
  echo "another container uses $volume: waiting for its end" >&2
  sleep 1
done
trap - INT TERM
exec "$@"
