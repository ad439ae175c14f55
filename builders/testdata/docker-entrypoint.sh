# Does what the entrypoint of PostgreSQL's official image does, as far as a first start
# is concerned, and stops for ever before the step that the file STOP names.
step() {
  if [ "$(cat "$STOP")" = "$1" ]; then
    touch "$STOP.reached"
    exec /bin/sleep 1000
  fi
}

mkdir -p "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth=trust --encoding=UTF8 --no-locale --no-sync
  { # The image has it listen everywhere, the test where it may.
    echo "listen_addresses = '127.0.0.1'"
    echo "unix_socket_directories = '$PGHOST'"
  } >>"$PGDATA/postgresql.conf"
  step "pg_hba.conf"
  echo "host all all all $(postgres -C password_encryption)" >>"$PGDATA/pg_hba.conf"
  step "temporary server"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  step "database"
  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c "CREATE DATABASE $POSTGRES_DB"
  for script in "$SCRIPTS"/*; do
    step "${script##*/}"
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script" || exit
  done
  step "stop"
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
step "server"
exec "$@"
