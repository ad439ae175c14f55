# redis-cli exits 0 on LOADING and NOAUTH too, so the answer itself must be PONG.
if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
  REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
  export REDISCLI_AUTH
fi
[ "$(redis-cli -h 127.0.0.1 -p 6379 ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} ping)" = PONG ]
