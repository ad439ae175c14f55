# Dumps the database into the bucket, and deletes the dumps that are too old by then.
# A store keeps whatever a stream brought before it broke, so a dump gets its name only
# once it is whole. Arguments are open to everyone on the node: none has a password.
set -eu
PATH=$TOOLS:$PATH
taken=$(date -u +%Y%m%dT%H%M%SZ)
dump=$PGDATABASE-$taken.dump
# No other pod writes to it: a Job may be started by hand beside the schedule's.
partial=$dump.$POD_NAME.partial

# The status of a pipeline is rclone's alone; pg_dump's goes into a file.
whole=$(mktemp)
dump() {
  PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") pg_dump --format=custom --no-password && echo yes >"$whole"
}

if ! dump | rclone rcat "$DESTINATION/$partial" || [ ! -s "$whole" ]; then
  echo "no dump was made, and none is deleted" >&2
  # There may be nothing to delete, or no way to the bucket: the dump has failed either
  # way. What stays is deleted below by a later one, once it is a day old.
  rclone deletefile "$DESTINATION/$partial" || echo "$partial is not deleted" >&2
  exit 1
fi
rclone moveto "$DESTINATION/$partial" "$DESTINATION/$dump"
echo "made $dump"

# Only what has such a name is a dump of ours. No Job runs for a day, so a part that
# old is what a killed pod has left.
delete() { # AGE SUFFIX
  rclone delete --min-age="$1" --include="/$PGDATABASE-{{[0-9]{8}T[0-9]{6}Z}}.dump$2" "$DESTINATION"
}
delete "${RETENTION_DAYS}d" ""
delete 1d ".*.partial"
