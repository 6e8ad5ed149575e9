#!/bin/sh
# Ready is a Sentinel that names a primary and trusts its clock. That a majority agrees is a matter for an alert:
# as a probe it would take all Sentinels out of service together.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

main() {
  read_identity "$SENTINEL_NODES"
  read_password "$SENTINEL_PASSWORD_FILE"
  case $(ask_self "$password" SENTINEL GET-MASTER-ADDR-BY-NAME "$PRIMARY_NAME") in
    *'
'*) ;;
    *) fail "not ready: names no primary for $PRIMARY_NAME" ;;
  esac
  case $(ask_self "$password" INFO sentinel) in
    *sentinel_tilt:0*) ;;
    *) fail 'not ready: in TILT, the clock or the machine stalled' ;;
  esac
}

main
