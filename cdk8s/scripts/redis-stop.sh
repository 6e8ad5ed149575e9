#!/bin/sh
# Hands over before the Redis of this pod stops, so that a planned stop of the primary costs a moment and nothing that it has acknowledged.
# Sentinel alone would promote a replica while this node still takes writes, and demote this node only seconds later: so writes wait until it is over.
# Whatever goes wrong, they go on, and the stop goes on as if nothing had been tried.
set -eu
umask 077
here=$(dirname "$0")
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=facts.sh
. "$here/facts.sh"
# shellcheck source=decide.sh
. "$here/decide.sh"

# No client waits for this: a replica may have to be linked again, and a Sentinel that has just started to learn of the replicas.
link_s=5
# A replica that listens has everything within milliseconds. For one that does not, clients wait no longer.
catch_up_s=2
# A failover takes a second or two, and may have to be asked for twice.
hand_over_s=8
# More than all that may happen meanwhile. Should this script be killed, Redis ends the pause by itself.
pause_ms=15000

main() {
  state=serving own_address=''
  trap 'exit 143' TERM INT
  trap go_on EXIT
  # What a hook says is told to nobody: it belongs to the log of the container.
  [ -z "${KUBERNETES_SERVICE_HOST-}" ] || exec 2>/proc/1/fd/2
  require REDIS_MODE
  [ "$REDIS_MODE" = sentinel ] || exit 0
  require REDIS_NODES SENTINEL_NODES PRIMARY_NAME RUN_DIR REDIS_PASSWORD_FILE SENTINEL_PASSWORD_FILE
  read_identity "$REDIS_NODES"
  read_password "$REDIS_PASSWORD_FILE"
  redis_password=$password
  read_password "$SENTINEL_PASSWORD_FILE"
  sentinel_password=$password
  read_own_offset
  [ -n "$own_offset" ] || exit 0
  recall_addresses
  # Linked is enough for now.
  own_offset=0
  await find_sentinel "$link_s"
  pause
  await all_have_everything "$catch_up_s"
  request_failover
  await_successor
  follow_successor
}

# Sets `own_offset`, empty unless this node is primary.
read_own_offset() {
  own_offset=''
  self=$(peer_of "127.0.0.1,$own_port")
  case $self in
    primary,*) own_offset=${self#*,*,} own_offset=${own_offset%,*} ;;
  esac
}

# Not by DNS, which may be what is being drained.
recall_addresses() {
  read -r redis_addresses <"$RUN_DIR/redis-addresses" || fail 'does not hand over: the start script has left no addresses'
  read -r sentinel_addresses <"$RUN_DIR/sentinel-addresses" || fail 'does not hand over: the start script has left no addresses'
  pick "$ordinal" "$redis_addresses"
  own_address=$picked
}

# Waits for what a function tells by its status, and by `trouble` when it fails, with new facts each time.
await() {
  until_s=$(($(date +%s) + $2))
  collect_facts '' "$ordinal"
  until "$1"; do
    [ "$(date +%s)" -lt "$until_s" ] || fail "does not hand over: $trouble"
    sleep 0.1
    collect_facts '' "$ordinal"
  done
}

# Sets `chosen`: one Sentinel is asked, since competing requests to several would only delay each other. It has to know the replicas.
find_sentinel() {
  count_votes
  trouble="the Sentinels say $verdict, and not that this node is primary"
  case $verdict in
    "$ordinal") ;;
    [0-9]*) fail "does not hand over: $trouble" ;;
    *) return 1 ;;
  esac
  seat=0
  for vote in $votes; do
    pick "$seat" "$sentinel_addresses"
    chosen=$picked
    case $vote in
      "$ordinal"@*) ! is_calm "$chosen" || ! all_have_everything || return 0 ;;
    esac
    seat=$((seat + 1))
  done
  return 1
}

# A Sentinel that was held up (TILT) answers OK to a request, and begins only half a minute later: when nobody waits for it any more.
is_calm() {
  trouble='the Sentinels are in TILT mode, in which they begin nothing'
  ask "$1" "$sentinel_password" INFO sentinel | grep -q '^sentinel_tilt:0'
}

# Whichever replica Sentinel may choose has to have all that this node has; by offsets that are not of now it might choose any.
all_have_everything() {
  candidates=$(ask "$chosen" "$sentinel_password" SENTINEL REPLICAS "$PRIMARY_NAME" | read_candidates)
  trouble='the Sentinels know no replica that could take over'
  [ -n "$candidates" ] || return 1
  trouble="not all replicas that Sentinel could choose are in sync ($candidates of:$peers)"
  for candidate in $candidates; do
    find_ordinal "$candidate" "$redis_addresses"
    [ -n "$found_ordinal" ] || return 1
    has_everything "$found_ordinal" || return 1
  done
}

# Prints the addresses of the replicas that Sentinel could choose: those that it reaches, and whose priority is not 0.
read_candidates() {
  ip='' port='' flags=''
  while read -r key && read -r value; do
    case $key in
      ip) ip=$value ;;
      port) port=$value ;;
      flags) flags=$value ;;
      # Said after the other three.
      slave-priority)
        case $value,$flags in
          0,* | *down* | *disconnected*) ;;
          *) echo "$ip,$port" ;;
        esac
        ;;
    esac
  done
}

has_everything() {
  pick "$1" "$peers"
  case $picked in
    replica,*,synced) offset=${picked#*,*,} ;;
    *) return 1 ;;
  esac
  [ "${offset%,*}" -ge "$own_offset" ]
}

# From here on this node changes nothing, and its offset is final.
pause() {
  state=paused
  answer=$(ask_self "$redis_password" CLIENT PAUSE "$pause_ms" WRITE)
  [ "$answer" = OK ] || fail "does not hand over: the pause of writes was answered by ${answer:-nothing}"
  read_own_offset
  [ -n "$own_offset" ] || fail 'does not hand over: this node is no primary any more'
}

request_failover() {
  try_failover || fail "does not hand over: the Sentinel answered the request for a failover by $answer"
}

# Sets `leader`. A Sentinel that refuses has begun nothing, so the next one may be asked.
try_failover() {
  answer=TILT
  for sentinel in $chosen $sentinel_addresses; do
    is_calm "$sentinel" || continue
    leader=$sentinel
    answer=$(ask "$sentinel" "$sentinel_password" SENTINEL FAILOVER "$PRIMARY_NAME")
    case $answer in
      # Without an answer it may have begun all the same.
      OK | INPROG* | '') return 0 ;;
    esac
  done
  return 1
}

# Sets `successor`, an ordinal, once clients are sent there: when a majority of the Sentinels names it.
await_successor() {
  until_s=$(($(date +%s) + hand_over_s)) successor=''
  while [ "$(date +%s)" -lt "$until_s" ]; do
    collect_facts '' "$ordinal"
    count_votes
    case $verdict in
      "$ordinal") ;;
      [0-9]*) [ "$most" -lt "$majority" ] || successor=$verdict ;;
    esac
    [ -z "$successor" ] || return 0
    # The failover ended with it, as when both are moved off their nodes.
    is_heard "$leader" || try_failover || :
    sleep 0.1
  done
  collect_facts '' "$ordinal"
  find_promoted
  [ -n "$successor" ] || fail "does not hand over: no failover came about within $hand_over_s s"
}

is_heard() {
  find_ordinal "$1" "$sentinel_addresses"
  pick "$found_ordinal" "$votes"
  [ "$picked" != silent ]
}

# A replica that was promoted will be named sooner or later, and what this node took until then would be lost.
find_promoted() {
  place=0
  for peer in $peers; do
    case $peer in
      primary,*) successor=$place ;;
    esac
    place=$((place + 1))
  done
}

# Sentinel would get here too, 10 s later. The clients that wait are then told that this node is read-only: nothing of theirs was done.
follow_successor() {
  pick "$successor" "$redis_addresses"
  next=$picked
  have_others_follow
  answer=$(ask_self "$redis_password" REPLICAOF "${next%,*}" "${next#*,}")
  case $answer in
    OK*) log "handed over to node $successor" ;;
    *) fail "does not hand over: node $successor is primary, but to follow it was answered by ${answer:-nothing}" ;;
  esac
}

# Sentinel leaves behind whom it takes for down, as it does for 15 s and more with a pod that has just come back; without a replica the successor refuses writes.
have_others_follow() {
  node=0
  for peer in $peers; do
    case $peer in
      replica,*)
        pick "$node" "$redis_addresses"
        [ "$picked" = "$next" ] || ask "$picked" "$redis_password" REPLICAOF "${next%,*}" "${next#*,}" >/dev/null
        ;;
    esac
    node=$((node + 1))
  done
}

go_on() {
  [ "$state" = serving ] || ask_self "$redis_password" CLIENT UNPAUSE >/dev/null
}

main
