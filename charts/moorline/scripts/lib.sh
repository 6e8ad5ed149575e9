# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are for the script that sources this
# What the start scripts and the probes share. Functions answer in variables where they can: a poll of six servers starts enough processes.

# How often Sentinel asks every server for its role and its offset, see quicken.sh.
info_period_ms=1000

log() {
  printf 'moorline: %s\n' "$*" >&2
}

fail() {
  log "$*"
  exit 1
}

# Ends the script with one line unless the environment has all of the given names.
require() {
  for name in "$@"; do
    eval "value=\${$name-}"
    [ -n "$value" ] || fail "expected $name in the environment, but it is empty or missing"
  done
}

# Sets `ordinal` and, from the list of `host:port` that is given, `own_port`.
read_identity() {
  require POD_NAME
  ordinal=${POD_NAME##*-}
  case $ordinal in
    '' | *[!0-9]*) fail "expected POD_NAME to end in an ordinal, got $POD_NAME" ;;
  esac
  pick "$ordinal" "$1"
  [ -n "$picked" ] || fail "expected an entry for each pod, got none for $POD_NAME in: $1"
  own_port=${picked##*:}
}

# Sets `picked` to the word at a position of a list, empty past its end.
pick() {
  position=$1 picked=''
  for word in $2; do
    if [ "$position" -eq 0 ]; then
      picked=$word
      return
    fi
    position=$((position - 1))
  done
}

# Sets `password` from a file: one line, of any characters that print.
read_password() {
  [ -r "$1" ] || fail "expected a password in $1, but the file cannot be read"
  password=$(cat "$1")
  case $password in
    '') fail "expected a password in $1, but the file is empty" ;;
    *'
'*) fail "expected a password of one line in $1" ;;
  esac
}

# Sets `quoted` to the given text as redis.conf wants it.
quote() {
  quoted="\"$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')\""
}

# Sets `addresses` to a word `address,port` for each `host:port` of the list. Names are looked up here and never again: an announced name would have
# Sentinel resolve it in its event loop, and a slow DNS would blind it just when a node is lost.
resolve_all() {
  position=0
  for entry in $1; do
    resolve "$entry" >"$RUN_DIR/address-$position" &
    position=$((position + 1))
  done
  wait
  addresses='' position=0
  for entry in $1; do
    read -r address <"$RUN_DIR/address-$position" || fail "expected an address for $entry, but the name is unknown"
    addresses="$addresses $address"
    position=$((position + 1))
  done
}

# Keeps `addresses` for redis-stop.sh, which must not depend on DNS while a node is drained.
remember_addresses() {
  line "$addresses" >"$RUN_DIR/$1-addresses"
}

resolve() {
  host=${1%:*} attempts=30
  case $host in
    # [2001:db8::1]:6379
    \[*) host=${host#\[} host=${host%\]} ;;
    *[!0-9.]*)
      name=$host
      until host=$(look_up "$name") && [ -n "$host" ]; do
        attempts=$((attempts - 1))
        [ "$attempts" -gt 0 ] || return
        sleep 1
      done
      ;;
  esac
  echo "$host,${1##*:}"
}

look_up() {
  timeout 5 getent ahosts "$1" | {
    read -r found _ || return
    echo "$found"
  }
}

# Asks a server one thing, within a second, or two where a handshake comes first. The password is seen by this one child: in its environment, not in its arguments.
# Without a command it sends the lines of the standard input, and prints an answer for each.
ask() {
  asked=$1 secret=$2
  shift 2
  REDISCLI_AUTH=$secret timeout "$((${TLS_DIR:+1} + 1))" redis-cli ${TLS_DIR:+--tls --cacert "$TLS_DIR/ca.crt"} -h "${asked%,*}" -p "${asked#*,}" "$@" 2>/dev/null || :
}

# Where a server listens and, with TLS_DIR, by which certificate: then over TLS alone, also to its peers. Clients show none, they have passwords.
write_listening() {
  line "bind ${BIND_ADDRESSES-* -::*}"
  # There is a password, and the others come from other addresses.
  line 'protected-mode no'
  if [ -z "${TLS_DIR-}" ]; then
    line "port $own_port"
  else
    line 'port 0'
    line "tls-port $own_port"
    line "tls-cert-file \"$TLS_DIR/tls.crt\""
    line "tls-key-file \"$TLS_DIR/tls.key\""
    line "tls-ca-cert-file \"$TLS_DIR/ca.crt\""
    line 'tls-auth-clients no'
    line 'tls-replication yes'
  fi
}

# Prints one line of a configuration. Not by echo, which may take backslashes for its own.
line() {
  printf '%s\n' "$*"
}

# Asks the server of this pod.
ask_self() {
  secret_of_self=$1
  shift
  ask "127.0.0.1,$own_port" "$secret_of_self" "$@"
}

# For the liveness probes, which need no password.
is_alive() {
  answer=$(ask_self '' PING)
  case $answer in
    PONG | NOAUTH* | LOADING* | MASTERDOWN* | BUSY*) ;;
    *) fail "not alive: ${answer:-no answer in time}" ;;
  esac
}
