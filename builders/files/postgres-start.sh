# Starts PostgreSQL by the image's entrypoint and keeps the role's password what
# the Secret says: initdb sets it but once. The socket asks for no password, and
# psql's \password sends a digest, so that no log and no view has the password.
keep_password() {
  while sleep 5; do
    digest=$(sha256sum <"$POSTGRES_PASSWORD_FILE")
    if [ "$digest" != "$(cat "$APPLIED_DIGEST_FILE" 2>/dev/null)" ] && accepts_connections; then
      set_password && echo "$digest" >"$APPLIED_DIGEST_FILE"
    fi
  done
}

accepts_connections() { pg_isready --quiet --username="$POSTGRES_USER" --dbname=postgres; }

# It asks twice, on standard input where there is no terminal.
set_password() {
  password=$(cat "$POSTGRES_PASSWORD_FILE")
  answer=$(printf '%s\n%s\n' "$password" "$password" |
    psql --no-psqlrc --no-password --username="$POSTGRES_USER" --dbname=postgres --command='\password' 2>&1) || {
    echo "the password of $POSTGRES_USER cannot be set: $answer" >&2
    return 1
  }
}

# keep_certificate has the server read a renewed one. One that it cannot use, it
# leaves aside, and says so in the log.
keep_certificate() { # APPLIED
  applied=$1
  while sleep 5; do
    wanted=$(digest)
    if [ "$wanted" != "$applied" ] && accepts_connections && reload; then applied=$wanted; fi
  done
}

digest() { cat "$TLS_DIR/tls.crt" "$TLS_DIR/tls.key" | sha256sum; }

reload() {
  psql --no-psqlrc --no-password --quiet --username="$POSTGRES_USER" --dbname=postgres --command='SELECT pg_reload_conf()' >/dev/null
}

# A database may be older than its monitoring, and initdb's scripts run but once.
make_monitoring_role() {
  answer=$(psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 \
    --username="$POSTGRES_USER" --dbname=postgres --file="$MONITORING_FILE" 2>&1) || {
    echo "the role for monitoring cannot be made: $answer" >&2
    return 1
  }
}

# initialize makes the database beside its place, and moves it there once it is whole:
# the image's entrypoint takes what a killed initdb, or init script, left for a database.
# What lies beside has never served anyone, so it may go. The entrypoint ends with a
# server, by its name and here without arguments; the one that it finds ends at once.
initialize() {
  unfinished=$PGDATA.unfinished
  rm -rf "$unfinished"
  # Beside the socket a killed server leaves its process id, which may be another's by now.
  rm -f "${IDENT_FILE%/*}"/.s.PGSQL.*
  programs=$(mktemp -d)
  printf '#!/bin/sh\n[ $# = 0 ] || exec "%s" "$@"\n' "$(command -v postgres)" >"$programs/postgres"
  chmod +x "$programs/postgres"
  PGDATA=$unfinished PATH=$programs:$PATH docker-entrypoint.sh postgres || return 1
  rm -r "$programs"
  # Synced, as a node that crashes could take the move back, and what has been served
  # by then would go as unfinished.
  mv "$unfinished" "$PGDATA" && sync
}

rmdir "$PGDATA" 2>/dev/null # if it is empty
[ -e "$PGDATA" ] || initialize || exit 1

# Which roles the server's own user and the exporter's have over the socket.
printf 'pod %s "%s"\n' "$(id -un)" "$(echo "$POSTGRES_USER" | sed 's/"/""/g')" >"$IDENT_FILE"
keep_password &
if [ -n "${TLS_DIR:-}" ]; then keep_certificate "$(digest)" & fi
if [ -n "${MONITORING_FILE:-}" ]; then
  echo "pod $MONITORING_USER banhbaoring_monitoring" >>"$IDENT_FILE"
  until accepts_connections && make_monitoring_role; do sleep 5; done &
fi
exec docker-entrypoint.sh "$@"
