#!/bin/sh
# Starts the Redis of this pod: as primary, as replica, or not at all. It asks every Sentinel and every other node first (decide.sh),
# and it runs at every start of the container, so that a crash takes the same way as a new pod.
set -eu
umask 077
here=$(dirname "$0")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=facts.sh
. "$here/facts.sh"
# shellcheck source=decide.sh
. "$here/decide.sh"
# shellcheck source=users.sh
. "$here/users.sh"
# shellcheck source=watch.sh
. "$here/watch.sh"

# After so long what is ambiguous will not clear up by itself, and a failover that was asked for has failed.
patience_s=10
# One that a Sentinel has begun by itself has an end: by its own deadlines it has come about or was given up by then.
failover_s=30
# The others may have to be scheduled, and to fetch their image.
give_up_s=300

main() {
  # A shell that is process 1 would not hear SIGTERM otherwise.
  trap 'exit 143' TERM INT
  require REDIS_MODE REDIS_NODES CONFIG_DIR DATA_DIR RUN_DIR REDIS_PASSWORD_FILE MEMORY_LIMIT_BYTES MAXMEMORY_PERCENT
  read_identity "$REDIS_NODES"
  read_password "$REDIS_PASSWORD_FILE"
  redis_password=$password
  own_password=$password
  resolve_all "$REDIS_NODES"
  redis_addresses=$addresses
  remember_addresses redis
  pick "$ordinal" "$redis_addresses"
  own_address=$picked
  case $REDIS_MODE in
    standalone) start_as_primary 'it is the only node' ;;
    sentinel) find_role ;;
    *) fail "expected REDIS_MODE to be sentinel or standalone, got $REDIS_MODE" ;;
  esac
  log "starts as $decision${leader:+ of node $leader}: $reason"
  remember_files
  write_configuration >"$RUN_DIR/redis.conf"
  watch_files "$REDIS_PASSWORD_FILE" &
  exec redis-server "$RUN_DIR/redis.conf"
}

# Asks and decides until the decision is to start.
find_role() {
  require SENTINEL_NODES SENTINEL_PASSWORD_FILE PRIMARY_NAME
  read_password "$SENTINEL_PASSWORD_FILE"
  sentinel_password=$password
  resolve_all "$SENTINEL_NODES"
  sentinel_addresses=$addresses
  remember_addresses sentinel
  read_local_facts
  began_at_s=$(date +%s) failover_answer='' last_reason=''
  while :; do
    collect_facts '' "$ordinal"
    read_record
    measure_patience
    decide_start
    case $decision in
      primary | replica) return ;;
      refuse) fail "refuses to start: $reason" ;;
    esac
    [ "$waited_s" -lt "$give_up_s" ] || fail "gave up after $waited_s s: $reason"
    [ "$reason" = "$last_reason" ] || log "$reason"
    last_reason=$reason
    if [ "$decision" = failover ]; then request_failover; fi
    sleep 0.2
  done
}

# Redis writes its pid file when it starts and deletes it at the very end of an orderly shutdown, when everything is on disk;
# a crash, a kill -9 or a lost node leaves it. (Redis 7.0 to 8, Valkey 8: it does so whenever `pidfile` is set.)
read_local_facts() {
  local_data=none last_stop=clean force_primary=${FORCE_PRIMARY-}
  for file in "$DATA_DIR"/dump.rdb "$DATA_DIR"/appendonly.aof "$DATA_DIR"/appendonlydir/*; do
    [ ! -e "$file" ] || local_data=kept
  done
  [ ! -e "$DATA_DIR/redis.pid" ] || last_stop=unclean
}

# Sets `record` to what the agent wrote down, empty where it is not there or names no node of this set. Both files are read from the directory that
# the mount points to now: the kubelet replaces all of it at once.
read_record() {
  record=''
  [ -n "${TOPOLOGY_DIR-}" ] || return 0
  directory=$(cd -P "$TOPOLOGY_DIR/..data" 2>/dev/null || cd -P "$TOPOLOGY_DIR" 2>/dev/null && pwd) || return 0
  recorded_name='' recorded_epoch=''
  read -r recorded_name 2>/dev/null <"$directory/primary" || :
  read -r recorded_epoch 2>/dev/null <"$directory/epoch" || :
  case ${recorded_name##*-},$recorded_epoch in
    *[!0-9,]* | ,* | *,) return 0 ;;
  esac
  pick "${recorded_name##*-}" "$redis_addresses"
  if [ -n "$picked" ]; then record=${recorded_name##*-}@$recorded_epoch; fi
}

measure_patience() {
  waited_s=$(($(date +%s) - began_at_s)) patience=left
  if [ "$waited_s" -lt 3 ]; then patience=new; fi
  limit_s=$patience_s
  if [ "$failover_answer" = in-progress ]; then limit_s=$failover_s; fi
  if [ "$waited_s" -ge "$limit_s" ]; then patience=spent; fi
}

# Asks one Sentinel that names this node: competing requests to several would only delay each other. It gets some time before it is asked again:
# what it has begun may have been aborted.
request_failover() {
  case $failover_answer in
    requested | in-progress) [ $((waited_s - asked_at_s)) -ge 3 ] || return 0 ;;
  esac
  asked_at_s=$waited_s
  find_sentinel_that_names_me
  if replicas_differ; then await_fresh_look; fi
  answer=$(ask "$chosen" "$sentinel_password" SENTINEL FAILOVER "$PRIMARY_NAME")
  case $answer in
    OK) failover_answer=requested ;;
    INPROG*) failover_answer=in-progress ;;
    NOGOODSLAVE*) failover_answer=no-good-replica ;;
    *) failover_answer=failed ;;
  esac
  log "asked a Sentinel for a failover: ${answer:-no answer}"
}

# Have the replicas that were in sync got equally far?
replicas_differ() {
  common=''
  for peer in $peers; do
    case $peer in
      replica,*,synced)
        offset=${peer#*,*,}
        offset=${offset%,*}
        [ "${common:=$offset}" = "$offset" ] || return 0
        ;;
    esac
  done
  return 1
}

# Sentinel chooses by offsets that may be a second old. It looks again as it begins, but waits 100 ms for the answers: a busy replica that has confirmed
# the most may come too late. No primary writes now, so what Sentinel sees from here on is final.
await_fresh_look() {
  log 'the replicas differ, and Sentinel looks at them first'
  ask "$chosen" "$sentinel_password" SENTINEL DEBUG INFO-PERIOD 100 >/dev/null
  looks=0
  while [ "$looks" -lt 10 ]; do
    sleep 0.3
    ! ask "$chosen" "$sentinel_password" SENTINEL REPLICAS "$PRIMARY_NAME" | all_looked_at_within_ms 250 || break
    looks=$((looks + 1))
  done
  ask "$chosen" "$sentinel_password" SENTINEL DEBUG INFO-PERIOD "$info_period_ms" >/dev/null
}

# Of the replicas that are up.
all_looked_at_within_ms() {
  flags=''
  while read -r key && read -r value; do
    case $key,$flags in
      flags,*) flags=$value ;;
      info-refresh,slave) [ "$value" -le "$1" ] || return 1 ;;
    esac
  done
}

# The bundle's own lines first; what only this pod can know overrides them.
write_configuration() {
  line "include \"$CONFIG_DIR/redis.conf\""
  write_listening
  line "dir \"$DATA_DIR\""
  line "pidfile \"$DATA_DIR/redis.pid\""
  line "maxmemory $((MEMORY_LIMIT_BYTES * MAXMEMORY_PERCENT / 100))"
  redis_users user
  choose_replication_login
  follow_by_administrator_if_needed
  line "masteruser $replication_user"
  quote "$replication_password"
  line "masterauth $quoted"
  line "replica-announce-ip ${own_address%,*}"
  line "replica-announce-port ${own_address#*,}"
  if [ "$decision" = replica ]; then
    pick "$leader" "$redis_addresses"
    line "replicaof ${picked%,*} ${picked#*,}"
  fi
}

# A primary of a release that was without users knows the administrator alone, until it is this node's turn to be upgraded.
follow_by_administrator_if_needed() {
  [ "$decision" = replica ] || return 0
  pick "$leader" "$redis_addresses"
  case $(ask "$picked" "$replication_password" --user "$replication_user" PING) in
    NOAUTH*) replication_user=default replication_password=$redis_password ;;
  esac
}

# By the standard input: a password is in no arguments.
password_commands() {
  redis_users 'ACL SETUSER'
  choose_replication_login
  quote "$replication_password"
  line "CONFIG SET masteruser $replication_user masterauth $quoted"
}

apply_certificates() {
  answers=$(ask_self "$own_password" CONFIG SET \
    tls-cert-file "$TLS_DIR/tls.crt" tls-key-file "$TLS_DIR/tls.key" tls-ca-cert-file "$TLS_DIR/ca.crt")
  all_ok
}

main
