#!/bin/sh
# A Sentinel in the middle of a failover brings it to its end before it stops: no other knows how far it is, and a primary that hands over waits for it.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A failover takes a second or two.
wait_s=8

main() {
  require SENTINEL_NODES PRIMARY_NAME SENTINEL_PASSWORD_FILE
  read_identity "$SENTINEL_NODES"
  read_password "$SENTINEL_PASSWORD_FILE"
  until_s=$(($(date +%s) + wait_s))
  while is_failing_over && [ "$(date +%s)" -lt "$until_s" ]; do sleep 0.1; done
}

is_failing_over() {
  case $(ask_self "$password" SENTINEL MASTER "$PRIMARY_NAME") in
    *failover_in_progress*) return 0 ;;
    *) return 1 ;;
  esac
}

main
