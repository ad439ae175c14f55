# A node is ready when it can do its part: it sees the whole cluster up, and as a
# replica it has its master's data and may replace it, which redis-heal.sh allows.
# A rolling update waits for that.
if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
  REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
  export REDISCLI_AUTH
fi
ask() { redis-cli -h 127.0.0.1 -p 6379 ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} "$@"; }

ask cluster info | grep -q '^cluster_state:ok' || exit 1
if ask info replication | grep -q '^role:slave'; then
  ask info replication | grep -q '^master_link_status:up' || exit 1
  ask config get cluster-replica-no-failover | grep -qx no
fi
