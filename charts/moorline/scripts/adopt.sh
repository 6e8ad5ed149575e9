# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the script that sources this
# How a Sentinel that remembers nothing comes to monitor the primary: it adopts what the others know and never makes a primary.
# Runs beside Sentinel, as long as that has nothing to monitor.

# How often it asks: first at a start, then as long as nobody knows anything.
first_pauses=20

adopt() {
  # Not after the Sentinel: the process id is the one that `exec` keeps.
  rounds=0
  while kill -0 $$ 2>/dev/null; do
    collect_facts "$ordinal" ''
    choose_primary
    if [ -n "$chosen" ] && monitor; then
      log "monitors node $chosen, which the others know as primary"
      learn_replicas
      return
    fi
    rounds=$((rounds + 1))
    if [ "$rounds" -lt "$first_pauses" ]; then sleep 0.5; else sleep 3; fi
  done
}

# Sets `chosen` to what a majority of the fellows monitors, else to the one node that is primary when no fellow names another; else empty.
choose_primary() {
  chosen=''
  count_votes
  count_peers
  case $verdict in
    [0-9]*) chosen=$verdict ;;
    *)
      [ "$primaries" -eq 1 ] || return 0
      for vote in $votes; do
        case $vote in
          silent | blank | "$primary_peer"@*) ;;
          *) return 0 ;;
        esac
      done
      chosen=$primary_peer
      ;;
  esac
}

# Tells Sentinel at run time. The password goes by standard input. Half-told it is told to forget, and the next round begins anew.
monitor() {
  pick "$chosen" "$redis_addresses"
  tell MONITOR "$PRIMARY_NAME" "${picked%,*}" "${picked#*,}" "$SENTINEL_QUORUM" || return
  if tell SET "$PRIMARY_NAME" down-after-milliseconds "$SENTINEL_DOWN_AFTER_MS" failover-timeout "$SENTINEL_FAILOVER_TIMEOUT_MS" \
    parallel-syncs "$SENTINEL_PARALLEL_SYNCS" master-reboot-down-after-period "$reboot_down_after_ms" &&
    printf '%s' "$redis_password" | tell -x SET "$PRIMARY_NAME" auth-pass; then
    return
  fi
  tell REMOVE "$PRIMARY_NAME" || :
  return 1
}

# Sentinel asks the primary for its replicas every 10 s only, and until it knows them it could not fail over: for a start it asks more often.
learn_replicas() {
  # shellcheck disable=SC2086 # one word for each node
  set -- $redis_addresses
  wanted=$(($# - 1)) looks=40
  tell DEBUG INFO-PERIOD 500 || return 0
  while [ "$looks" -gt 0 ] && kill -0 $$ 2>/dev/null; do
    known=$(ask_self "$sentinel_password" SENTINEL MASTER "$PRIMARY_NAME" | sed -n '/^num-slaves$/{n;p;}')
    [ "${known:-0}" -lt "$wanted" ] || break
    looks=$((looks - 1))
    sleep 0.5
  done
  tell DEBUG INFO-PERIOD 10000 || :
}

tell() {
  option=''
  if [ "$1" = -x ]; then
    option=-x
    shift
  fi
  # shellcheck disable=SC2086 # no option is no argument
  [ "$(ask_self "$sentinel_password" $option SENTINEL "$@")" = OK ]
}
