# Makes the NODES (host:port, in order, separated by spaces) one Redis Cluster of
# SHARDS masters that share the slots, with the other nodes as their replicas.
# It looks before each step, so that it does nothing where all is done, goes on
# where it was interrupted, and fails where it could only guess.
set -eu

fail() {
  echo "redis-join: $*" >&2
  exit 1
}

# try repeats a check every second, MAX_TRIES times.
try() { # WHAT CHECK...
  what=$1
  shift
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt "$MAX_TRIES" ] || fail "gave up after $tries tries: $what"
    sleep 1
  done
}

ask() { # NODE COMMAND...
  node=$1
  shift
  timeout 10 redis-cli -e -h "${node%:*}" -p "${node##*:}" ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} "$@" </dev/null
}

# own prints a node's line about itself: its id, address, flags, master and, from
# the ninth field on, its slots.
own() { ask "$1" cluster nodes | grep ' myself,'; }

id() { line=$(own "$1") && echo "${line%% *}"; }

slots() { own "$1" | cut -d ' ' -f 9-; }

# is_alone tells whether a node knows no other.
is_alone() { ask "$1" cluster info | grep -q '^cluster_known_nodes:1[^0-9]*$'; }

answers() { [ "$(ask "$1" ping 2>/dev/null)" = PONG ]; }

# no_handshakes tells whether no node is just getting to know another, which has
# a makeshift id meanwhile.
no_handshakes() {
  for n in $NODES; do
    if ask "$n" cluster nodes | grep -q handshake; then return 1; fi
  done
}

# view prints what a node knows of all of them, as any other would: the ids, with
# the id of the master or -, and the slots.
view() {
  ask "$1" cluster nodes | awk '{
    line = $1 " " $4
    for (i = 9; i <= NF; i++) if ($i !~ /^\[/) line = line " " $i
    print line
  }' | sort
}

# agree tells whether every node knows every other, and sees the same.
agree() {
  seen=$(view "$reference")
  for n in $NODES; do
    [ "$(view "$n")" = "$seen" ] || return 1
  done
}

is_up() {
  for n in $NODES; do
    ask "$n" cluster info | grep -q '^cluster_state:ok' || return 1
  done
}

# check finds the node to begin with, and refuses what would mix or lose data.
check() {
  reference=
  for n in $NODES; do
    if is_alone "$n"; then
      keys=$(ask "$n" dbsize)
      [ "$keys" = 0 ] || fail "$n is in no cluster and holds keys ($keys): save what is needed, then send it FLUSHALL and CLUSTER RESET"
      [ -z "$(slots "$n")" ] || fail "$n is in no cluster and holds slots: send it CLUSTER RESET"
    elif [ -z "$reference" ]; then
      reference=$n
    elif ! ask "$reference" cluster nodes | grep -q "^$(id "$n") "; then
      fail "$n is in another cluster than $reference: save what is needed, then send it FLUSHALL and CLUSTER RESET"
    fi
  done
  reference=${reference:-${NODES%% *}}
}

# are_gone tells whether the nodes that are known and not listed have failed and
# hold no slots, such as the former self of one that came back with an empty
# volume. It leaves them in gone.
are_gone() {
  ids=
  for n in $NODES; do ids="$ids $(id "$n")" || return 1; done
  gone=$(ask "$reference" cluster nodes | awk -v ids="$ids" '!index(ids, $1)')
  echo "$gone" | awk 'NF && (NF > 8 || $3 !~ /(^|,)fail(,|$)/) { exit 1 }'
}

forget() {
  for stranger in $(echo "$gone" | cut -d ' ' -f 1); do
    echo "redis-join: node $stranger is gone"
    for n in $NODES; do
      if ask "$n" cluster nodes | grep -q "^$stranger "; then ask "$n" cluster forget "$stranger" >/dev/null; fi
    done
  done
}

# meet brings the nodes that are alone into the cluster.
meet() {
  for n in $NODES; do
    if [ "$n" != "$reference" ] && is_alone "$n"; then
      echo "redis-join: $n joins"
      address=$(own "$n" | cut -d ' ' -f 2)
      address=${address%%,*}
      port=${address##*:}
      ask "$reference" cluster meet "${address%:*}" "${port%@*}" "${port#*@}" >/dev/null
    fi
  done
}

# share gives the slots of a new cluster to the first nodes.
share() {
  if ask "$reference" cluster info | grep -q '^cluster_slots_assigned:16384'; then return; fi
  shard=0
  for n in $NODES; do
    [ "$shard" -lt "$SHARDS" ] || break
    from=$((shard * 16384 / SHARDS))
    shard=$((shard + 1))
    if [ -z "$(slots "$n")" ]; then
      echo "redis-join: $n is a shard"
      ask "$n" cluster addslotsrange "$from" "$((shard * 16384 / SHARDS - 1))" >/dev/null
    fi
  done
}

# replicate makes a replica of each master without slots, but for as many as there
# are shards to come.
replicate() {
  masters=$(echo "$seen" | awk '$2 == "-" && NF > 2 { printf "%s ", $1 }')
  replicated=$(echo "$seen" | awk '$2 != "-" { printf "%s ", $2 }')
  count=$(echo "$masters" | wc -w)
  [ "$count" -le "$SHARDS" ] || fail "there are more shards than the $SHARDS wanted: move the slots of the others to these first"
  for n in $NODES; do
    self=$(id "$n")
    if ! echo "$seen" | grep -qx "$self -"; then
      continue
    elif [ "$count" -lt "$SHARDS" ]; then
      echo "redis-join: $n is a shard"
      masters="$masters $self"
      count=$((count + 1))
    else
      echo "redis-join: $n is a replica"
      master=$(fewest_replicas)
      replicated="$replicated $master"
      ask "$n" cluster replicate "$master" >/dev/null
    fi
  done
  [ "$count" -ge "$SHARDS" ] || fail "there are fewer shards than the $SHARDS wanted, and all the other nodes are replicas: add nodes"
}

# fewest_replicas prints the one of masters that replicated names least often.
fewest_replicas() {
  awk -v masters="$masters" -v replicated="$replicated" 'BEGIN {
    for (i = split(replicated, names, " "); i > 0; i--) replicas[names[i]]++
    n = split(masters, names, " ")
    best = names[1]
    for (i = 2; i <= n; i++) if (replicas[names[i]] + 0 < replicas[best] + 0) best = names[i]
    print best
  }'
}

# balance moves slots to the masters that have too few. A slot that an interrupted
# move left half-way is moved on first.
balance() {
  for n in $NODES; do
    if own "$n" | grep -q '\['; then
      redis-cli --cluster fix "$n" ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} </dev/null || fail "a slot that is half-way cannot be moved on"
    fi
  done
  try "the nodes agree on the slots" agree
  redis-cli --cluster rebalance "$reference" --cluster-use-empty-masters ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} </dev/null || fail "the slots cannot be moved"
}

if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
  REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE")
  export REDISCLI_AUTH
fi
for n in $NODES; do try "$n answers" answers "$n"; done
try "the nodes know each other" no_handshakes
check
# Before the new nodes hear of them, and tell those that forgot.
try "the nodes that are not listed fail, and hold no slots" are_gone
forget
meet
try "the nodes know each other" no_handshakes
try "the nodes agree on who they are" agree
share
try "the nodes agree on the slots" agree
try "the cluster is up" is_up
replicate
balance
try "the nodes agree on the slots" agree
try "the cluster is up" is_up
