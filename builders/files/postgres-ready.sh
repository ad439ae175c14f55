# Ready is a server that takes connections, over TCP since the init scripts run
# on one that listens on the socket alone, and with the password of the Secret.
pg_isready --quiet --host=127.0.0.1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" &&
  [ "$(sha256sum <"$POSTGRES_PASSWORD_FILE")" = "$(cat "$APPLIED_DIGEST_FILE")" ]
