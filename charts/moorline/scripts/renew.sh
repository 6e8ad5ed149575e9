# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the script that sources this
# How a Sentinel takes over what has changed in its Secrets. Passwords it can be told. A certificate it reads when it starts and never again, so it
# ends itself, to be started anew: one after the other, and only while all others are there, so that there always is a majority.

# So long it is the turn of one Sentinel: more than a restart takes.
turn_s=6

password_commands() {
  sentinel_users 'ACL SETUSER'
  read_password "$SENTINEL_PASSWORD_FILE"
  quote "$password"
  line "SENTINEL CONFIG SET sentinel-pass $quoted"
  read_password "$REDIS_PASSWORD_FILE"
  quote "$password"
  line "SENTINEL SET $PRIMARY_NAME auth-pass $quoted"
}

apply_certificates() {
  is_my_turn "$(date +%s)" || return 1
  # It may have changed since the start.
  sentinel_password=$own_password
  for address in $sentinel_addresses; do
    case $(vote_of "$address") in
      silent | blank) return 1 ;;
    esac
  done
  log 'ends itself to take over a certificate that has changed'
  kill -TERM $$
}

# By the clock, which all share: nobody has to be asked.
is_my_turn() {
  count=0
  for _ in $SENTINEL_NODES; do count=$((count + 1)); done
  [ $(($1 / turn_s % count)) -eq "$ordinal" ]
}
