# Starts Redis with the password of the Secret, and changes it when the Secret
# changes. It comes in a configuration file that is no file, but standard input:
# a command line is open to everyone on the node.
keep_password() {
  applied=$(cat "$REDIS_PASSWORD_FILE")
  while sleep 5; do
    wanted=$(cat "$REDIS_PASSWORD_FILE")
    if [ "$wanted" != "$applied" ] && set_password masterauth && set_password requirepass; then
      applied=$wanted
    fi
  done
}

set_password() {
  answer=$(printf %s "$wanted" | REDISCLI_AUTH=$applied redis-cli -h 127.0.0.1 -p 6379 -x config set "$1" 2>&1)
  [ "$answer" = OK ]
}

quoted=$(sed 's/[\\"]/\\&/g' "$REDIS_PASSWORD_FILE")
keep_password &
shift # redis-server
exec docker-entrypoint.sh redis-server /dev/stdin "$@" <<CONFIG
masterauth "$quoted"
requirepass "$quoted"
CONFIG
