#!/bin/sh
# Ready to serve: a primary that answers, or a replica whose data set is complete and whose link is up.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

main() {
  read_identity "$REDIS_NODES"
  read_password "$REDIS_PASSWORD_FILE"
  [ "$(ask_self "$password" PING)" = PONG ] || fail 'not ready: no PONG'
  ask_self "$password" INFO replication | read_state
}

read_state() {
  carriage_return=$(printf '\r')
  role='' link='' syncing=''
  while IFS=: read -r key value; do
    value=${value%"$carriage_return"}
    case $key in
      role) role=$value ;;
      master_link_status) link=$value ;;
      master_sync_in_progress) syncing=$value ;;
    esac
  done
  case $role,$link,$syncing in
    master,* | slave,up,0) ;;
    *) fail "not ready: role ${role:-unknown}, link ${link:-unknown}, sync in progress ${syncing:-unknown}" ;;
  esac
}

main
