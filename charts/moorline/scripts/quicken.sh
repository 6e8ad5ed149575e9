# shellcheck shell=sh
# shellcheck disable=SC2154 # variables are shared with the script that sources this
# Makes Sentinel look more often. It pings each server once a second and asks its fellows once a second: a primary that freezes is noticed up to
# two seconds after `down-after`, depending on the moment. And what role a server has it asks every 10 s alone: who has just been primary is taken
# for one that long, and when it is promoted again meanwhile, a fellow turns it back into a replica and the failover hangs for half a minute.
# These periods are no lines of sentinel.conf, only a command tells them.
# Runs beside Sentinel until it has been told.

ping_period_ms=250
ask_period_ms=250

quicken() {
  # Not after the Sentinel: the process id is the one that `exec` keeps.
  while kill -0 $$ 2>/dev/null; do
    case $(ask_self "$sentinel_password" SENTINEL DEBUG ping-period "$ping_period_ms" ask-period "$ask_period_ms" info-period "$info_period_ms") in
      OK) return ;;
      # A server without the command keeps its own periods.
      ERR*) return ;;
    esac
    sleep 0.5
  done
}
