#!/bin/sh
# Starts the Sentinel of this pod. What it has learnt (who is primary, since which epoch) is on its volume; everything else is written anew from
# the environment. Without a record it starts knowing nothing, says so when asked (the proof of a first start), and adopts what the others know.
set -eu
umask 077
here=$(dirname "$0")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=facts.sh
. "$here/facts.sh"
# shellcheck source=decide.sh
. "$here/decide.sh"
# shellcheck source=adopt.sh
. "$here/adopt.sh"
# shellcheck source=quicken.sh
. "$here/quicken.sh"
# shellcheck source=users.sh
. "$here/users.sh"
# shellcheck source=watch.sh
. "$here/watch.sh"
# shellcheck source=renew.sh
. "$here/renew.sh"

# A primary that restarts and loads for longer than this is replaced.
reboot_down_after_ms=30000

main() {
  trap 'exit 143' TERM INT
  require SENTINEL_NODES REDIS_NODES PRIMARY_NAME CONFIG_DIR DATA_DIR RUN_DIR REDIS_PASSWORD_FILE SENTINEL_PASSWORD_FILE \
    SENTINEL_QUORUM SENTINEL_DOWN_AFTER_MS SENTINEL_FAILOVER_TIMEOUT_MS SENTINEL_PARALLEL_SYNCS
  read_identity "$SENTINEL_NODES"
  read_password "$REDIS_PASSWORD_FILE"
  redis_password=$password
  read_password "$SENTINEL_PASSWORD_FILE"
  sentinel_password=$password
  own_password=$password
  resolve_all "$SENTINEL_NODES"
  sentinel_addresses=$addresses
  resolve_all "$REDIS_NODES"
  redis_addresses=$addresses
  # This pod has no Redis node.
  own_address=''
  read_record
  remember_files
  write_configuration >"$DATA_DIR/sentinel.conf.new"
  # The record must survive the loss of power at any moment.
  sync "$DATA_DIR/sentinel.conf.new"
  mv "$DATA_DIR/sentinel.conf.new" "$DATA_DIR/sentinel.conf"
  if [ -n "$primary_address" ]; then
    log "remembers node $recorded_primary as primary"
  else
    log 'remembers no primary, and asks the others'
    adopt &
  fi
  quicken &
  watch_files "$SENTINEL_PASSWORD_FILE" &
  exec redis-server "$DATA_DIR/sentinel.conf" --sentinel
}

# Sets `primary_address` (as it is now; empty without a record), `recorded_primary` and the epochs.
# Addresses change when the Services are made anew, so the file says in its comments which node had which.
read_record() {
  recorded_address='' recorded_nodes='' recorded_primary='' primary_address=''
  current_epoch=0 config_epoch=0 leader_epoch=0
  [ -e "$DATA_DIR/sentinel.conf" ] || return 0
  while read -r first second third fourth fifth _; do
    case "$first $second $third" in
      '# node-address '*) recorded_nodes="$recorded_nodes $third" ;;
      "sentinel monitor $PRIMARY_NAME") recorded_address=$fourth,$fifth ;;
      "sentinel current-epoch "*) current_epoch=$third ;;
      "sentinel config-epoch $PRIMARY_NAME") config_epoch=$fourth ;;
      "sentinel leader-epoch $PRIMARY_NAME") leader_epoch=$fourth ;;
    esac
  done <"$DATA_DIR/sentinel.conf"
  [ -n "$recorded_address" ] || return 0
  find_ordinal "$recorded_address" "$recorded_nodes"
  recorded_primary=$found_ordinal
  if [ -n "$recorded_primary" ]; then pick "$recorded_primary" "$redis_addresses" && primary_address=$picked; fi
  [ -n "$primary_address" ] || log "forgets the primary $recorded_address: no node has or had this address"
}

write_configuration() {
  line "include \"$CONFIG_DIR/sentinel.conf\""
  for address in $redis_addresses; do line "# node-address $address"; done
  pick "$ordinal" "$sentinel_addresses"
  write_listening
  line "dir \"$DATA_DIR\""
  line "sentinel announce-ip ${picked%,*}"
  line "sentinel announce-port ${picked#*,}"
  line "sentinel myid $(sentinel_id "$ordinal")"
  line "sentinel current-epoch $current_epoch"
  sentinel_users user
  quote "$sentinel_password"
  line "sentinel sentinel-pass $quoted"
  [ -z "$primary_address" ] || write_monitor
}

# The fellows and the replicas are told, not remembered: none is a ghost of an earlier address or size, and a majority counts all that there are.
write_monitor() {
  line "sentinel monitor $PRIMARY_NAME ${primary_address%,*} ${primary_address#*,} $SENTINEL_QUORUM"
  line "sentinel down-after-milliseconds $PRIMARY_NAME $SENTINEL_DOWN_AFTER_MS"
  line "sentinel failover-timeout $PRIMARY_NAME $SENTINEL_FAILOVER_TIMEOUT_MS"
  line "sentinel parallel-syncs $PRIMARY_NAME $SENTINEL_PARALLEL_SYNCS"
  line "sentinel master-reboot-down-after-period $PRIMARY_NAME $reboot_down_after_ms"
  quote "$redis_password"
  line "sentinel auth-pass $PRIMARY_NAME $quoted"
  line "sentinel config-epoch $PRIMARY_NAME $config_epoch"
  line "sentinel leader-epoch $PRIMARY_NAME $leader_epoch"
  for address in $redis_addresses; do
    [ "$address" = "$primary_address" ] || line "sentinel known-replica $PRIMARY_NAME ${address%,*} ${address#*,}"
  done
  place=0
  for address in $sentinel_addresses; do
    [ "$place" = "$ordinal" ] || line "sentinel known-sentinel $PRIMARY_NAME ${address%,*} ${address#*,} $(sentinel_id "$place")"
    place=$((place + 1))
  done
}

# The same at every start, so that the others never count this Sentinel twice.
sentinel_id() {
  printf '%s/%s' "$PRIMARY_NAME" "$1" | sha1sum | cut -c 1-40
}

main
