# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the script that sources this
# The users of a server and their passwords. While a password is replaced two are valid: beside FILE the next one in FILE-next, then the former one in
# FILE-previous. Servers are told the hashes alone.

# What the application needs and nothing more: no command of administrators, its own keys, no code but functions.
app_rules='~ml:* ~moorline:* &ml:* &moorline:* +@all -@admin -@dangerous -@scripting +fcall +function|load +info +client|unblock'
replication_rules='resetchannels -@all +ping +replconf +psync'
exporter_rules='resetchannels -@all +ping +info +client|list +slowlog|get +slowlog|len +latency|latest +latency|histogram +memory|stats'

# Prints the given words, NAME and RULES for each user of Redis. Without files of passwords for the others there is the administrator alone.
redis_users() {
  user "$1 default" "$REDIS_PASSWORD_FILE" '~* &* +@all'
  [ -n "${APP_PASSWORD_FILE-}" ] || return 0
  user "$1 moorline" "$APP_PASSWORD_FILE" "$app_rules"
  user "$1 replication" "$REPLICATION_PASSWORD_FILE" "$replication_rules"
  user "$1 exporter" "$EXPORTER_PASSWORD_FILE" "$exporter_rules"
}

sentinel_users() {
  user "$1 default" "$SENTINEL_PASSWORD_FILE" '~* &* +@all'
}

user() {
  hash_passwords "$2"
  line "$1 reset on$hashes $3"
}

# Sets `hashes` to all passwords that are valid now.
hash_passwords() {
  read_password "$1"
  hashes=''
  for file in "$1" "$1-next" "$1-previous"; do
    [ -e "$file" ] || continue
    read_password "$file"
    hash=$(printf '%s' "$password" | sha256sum)
    hashes="$hashes #${hash%% *}"
  done
}

# Sets `replication_user` and `replication_password`: how this node logs in to its primary.
choose_replication_login() {
  if [ -n "${APP_PASSWORD_FILE-}" ]; then
    replication_user=replication
    read_password "$REPLICATION_PASSWORD_FILE"
  else
    replication_user=default
    read_password "$REDIS_PASSWORD_FILE"
  fi
  replication_password=$password
}
