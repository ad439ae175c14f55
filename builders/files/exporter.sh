# Runs an exporter, which is the arguments, and again whenever it ends or the password
# in the Secret changes. A container that does not run makes its pod unready: without
# this, the server beside it would lose its clients for want of metrics.
password() {
  if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then cat "$REDIS_PASSWORD_FILE"; fi
}

trap 'kill "$exporter"; exit' INT TERM
while :; do
  used=$(password)
  # redis_exporter takes that file for one of JSON, and tells whoever has it read the
  # file again which of its first characters are not.
  REDIS_PASSWORD=$used REDIS_PASSWORD_FILE='' "$@" &
  exporter=$!
  while sleep 5 && kill -0 "$exporter" 2>/dev/null && [ "$(password)" = "$used" ]; do :; done
  kill "$exporter" 2>/dev/null
  wait "$exporter"
done
