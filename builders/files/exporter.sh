# Runs an exporter, which is the arguments, and again whenever it ends or the password
# in the Secret changes. A container that does not run makes its pod unready: without
# this, the server beside it would lose its clients for want of metrics.
password() {
  if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then cat "$REDIS_PASSWORD_FILE"; fi
}

trap 'kill "$exporter"; exit' INT TERM
while :; do
  used=$(password)
  # By the name of that file, redis_exporter means one of JSON.
  REDIS_PASSWORD=$used REDIS_PASSWORD_FILE='' "$@" &
  exporter=$!
  while sleep 5 && kill -0 "$exporter" 2>/dev/null && [ "$(password)" = "$used" ]; do :; done
  kill "$exporter" 2>/dev/null
  wait "$exporter"
done
