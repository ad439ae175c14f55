# Starts Redis with the password and the certificate of the Secrets, as far as
# there are any, and has it take the new ones when the Secrets change. The password
# comes in a configuration file that is no file, but standard input: a command
# line is open to everyone on the node.
keep_password() { # APPLIED
  applied=$1
  while sleep 5; do
    wanted=$(cat "$REDIS_PASSWORD_FILE")
    if [ "$wanted" != "$applied" ] && set_password masterauth && set_password requirepass; then
      applied=$wanted
    fi
  done
}

set_password() {
  answer=$(printf %s "$wanted" | REDISCLI_AUTH=$applied cli -x config set "$1" 2>&1)
  [ "$answer" = OK ]
}

# Redis reads all of the files again when one of them is set, to the same path too.
keep_certificate() { # APPLIED
  applied=$1
  while sleep 5; do
    if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
      REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
      export REDISCLI_AUTH
    fi
    wanted=$(digest)
    if [ "$wanted" != "$applied" ] && [ "$(cli config set tls-cert-file "$REDIS_TLS_DIR/tls.crt" 2>&1)" = OK ]; then
      applied=$wanted
    fi
  done
}

digest() { cat "$REDIS_TLS_DIR/tls.crt" "$REDIS_TLS_DIR/tls.key" "$REDIS_TLS_DIR/ca.crt" | sha256sum; }

# Within the pod there is nobody to mistake for the server, and a new authority does
# not vouch for the certificate that is to be replaced.
cli() { redis-cli -h 127.0.0.1 -p 6379 ${REDIS_TLS_DIR:+--tls --insecure} "$@"; }

# What the server starts with is read before it starts: a change after that is one.
if [ -n "${REDIS_TLS_DIR:-}" ]; then keep_certificate "$(digest)" & fi
[ -n "${REDIS_PASSWORD_FILE:-}" ] || exec docker-entrypoint.sh "$@"
password=$(cat "$REDIS_PASSWORD_FILE")
quoted=$(printf %s "$password" | sed 's/[\\"]/\\&/g')
keep_password "$password" &
shift # redis-server
exec docker-entrypoint.sh redis-server /dev/stdin "$@" <<CONFIG
masterauth "$quoted"
requirepass "$quoted"
CONFIG
