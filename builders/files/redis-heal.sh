# Runs a node of Redis Cluster, and keeps right what it knows of the others'
# addresses. A node with a new address tells it to the others by itself; when all
# of them get new ones at once, nobody knows where to tell it, and the cluster
# stays down. The host names stay the same then, and lead to the new addresses.
keep_addresses() {
  while sleep 5; do
    if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
      REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
      export REDISCLI_AUTH
    fi
    nodes=$(ask 127.0.0.1 cluster nodes) || continue
    echo "$nodes" | while read -r id known flags _; do
      case $known,$flags in
      *,?*,myself* | *handshake*) ;;
      *,?*,*) find_again "$id" "${known%%,*}" "${known#*,}" ;;
      esac
    done
    master=$(echo "$nodes" | awk '$3 ~ /^myself,slave/ { print $4 }')
    if [ -n "$master" ]; then
      follow "$master" "$(echo "$nodes" | awk -v id="$master" '$1 == id { sub(/.*,/, "", $2); print $2 }')"
    else
      allow_failover
    fi
  done
}

# find_again meets the node ID at the address that its HOST has now, if that is
# another than KNOWN.
find_again() { # ID KNOWN HOST
  actual=$(address_of "$1" "$3")
  if [ -n "$actual" ] && [ "$actual" != "$2" ]; then
    echo "redis-heal: $3 moved from $2 to $actual"
    port=${actual##*:}
    ask 127.0.0.1 cluster meet "${actual%:*}" "${port%@*}" "${port#*@}" >/dev/null
  fi
}

# follow sees to it that a replica has the data of its master ID, and lets it
# replace its master only then: another node may have the master's address by
# now, and a replica copies whatever it finds there. Redis 7 also goes on with the
# old address where it heard of the new one from a third node.
follow() { # ID HOST
  actual=$(address_of "$1" "$2")
  actual=${actual%@*}
  [ -n "$actual" ] || return 0
  replication=$(ask 127.0.0.1 info replication | tr -d '\r')
  used=$(echo "$replication" | sed -n 's/^master_host://p'):$(echo "$replication" | sed -n 's/^master_port://p')
  if [ "$used" != "$actual" ]; then
    echo "redis-heal: the master is at $actual, not $used"
    ask 127.0.0.1 config set cluster-replica-no-failover yes >/dev/null
    ask 127.0.0.1 cluster replicate "$1" >/dev/null
  elif echo "$replication" | grep -q '^master_link_status:up'; then
    allow_failover
  fi
}

allow_failover() { ask 127.0.0.1 config set cluster-replica-no-failover no >/dev/null; }

# address_of asks a HOST for its own address, and prints it if it is the node ID:
# a name that leads to an address of yesterday may reach a node of another cluster,
# and one MEET makes two clusters one.
address_of() { # ID HOST
  own=$(ask "$2" cluster nodes | grep ' myself,') || return 0
  address=${own#* }
  address=${address%%[, ]*}
  if [ "${own%% *}" = "$1" ] && [ -n "${address%:*}" ]; then echo "$address"; fi
}

ask() { # HOST COMMAND...
  host=$1
  shift
  # A connection to an address of a machine that is gone takes minutes to fail.
  timeout 3 redis-cli -h "$host" -p 6379 ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} "$@" </dev/null 2>/dev/null
}

keep_addresses &
exec "$@"
