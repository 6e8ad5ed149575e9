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

# Tells Sentinel at run time. Every step may be repeated: one whose reply came too late has been done, and the next round goes on from there.
monitor() {
  pick "$chosen" "$redis_addresses"
  case $(ask_self "$sentinel_password" SENTINEL MONITOR "$PRIMARY_NAME" "${picked%,*}" "${picked#*,}" "$SENTINEL_QUORUM") in
    OK | *Duplicate*) ;;
    *) return 1 ;;
  esac
  set_option down-after-milliseconds "$SENTINEL_DOWN_AFTER_MS" &&
    set_option failover-timeout "$SENTINEL_FAILOVER_TIMEOUT_MS" &&
    set_option parallel-syncs "$SENTINEL_PARALLEL_SYNCS" &&
    set_option master-reboot-down-after-period "$reboot_down_after_ms" &&
    set_option auth-pass "$redis_password"
}

# The value goes by standard input, since one is a password.
set_option() {
  [ "$(printf '%s' "$2" | ask_self "$sentinel_password" -x SENTINEL SET "$PRIMARY_NAME" "$1")" = OK ]
}
