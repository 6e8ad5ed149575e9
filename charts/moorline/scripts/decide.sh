# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # facts come from, and the decision goes to, the script that sources this
# How a Redis node starts: facts in, decision out. Nothing here reads a file, a clock or the network.
#
# Facts, as variables:
#   ordinal          of this node
#   local_data       kept | none: does the data directory hold a data set?
#   last_stop        clean | unclean: was everything flushed when this node stopped?
#   votes            a word per Sentinel: silent | blank (monitors nothing) | ORDINAL@EPOCH | elsewhere@EPOCH (an address of no node)
#   peers            a word per node, in ordinal order: me | silent | primary,DATA,OFFSET,REPLICAS | replica,DATA,OFFSET,LINK
#                    DATA kept | none, REPLICAS connected ones, LINK synced (with this node until it stopped) | apart
#   record           what the agent wrote down last: ORDINAL@EPOCH, or empty
#   force_primary    the break-glass value: an ordinal or empty
#   failover_answer  what Sentinel answered to our last request: no-good-replica or anything else
#   patience         new (just begun) | left | spent
#
# Decision, as variables:
#   decision         primary | replica (of `leader`) | failover (ask for one, then ask everybody again) | wait (ask again) | refuse
#   reason           one line for people

decide_start() {
  count_votes
  count_peers
  case $verdict in
    "$ordinal") decide_when_named ;;
    # Even when it does not answer: then it is for the Sentinels to name another.
    [0-9]*) follow "$verdict" 'the Sentinels name it' ;;
    *) decide_when_nobody_is_named ;;
  esac
}

decide_when_named() {
  if [ "$local_data" = none ]; then
    decide_when_named_without_data
  elif [ -n "$primaries_with_data" ]; then
    hand_over 'the Sentinels name this node, but another one is primary and holds data'
  elif [ "$last_stop" = clean ]; then
    start_as_primary 'the Sentinels name this node, and it was stopped in an orderly way'
  elif [ "$synced_peers" -gt 0 ]; then
    hand_over_or_start
  elif [ "$silent_peers" -gt 0 ] && [ "$patience" = new ]; then
    # One lost reply must not cost what a replica has confirmed.
    wait_for 'a replica that may have more than this node, which was not stopped in an orderly way'
  else
    start_as_primary 'the Sentinels name this node, and no replica that answers was in sync with it'
  fi
}

# An empty primary would make its replicas empty too.
decide_when_named_without_data() {
  if [ "$peers_with_data" -gt 0 ]; then
    hand_over 'the Sentinels name this node, but its volume is empty and another node holds data'
  elif [ "$silent_peers" -gt 0 ]; then
    doubt 'the Sentinels name this node, but its volume is empty and a node that does not answer may hold data' \
      'start that node, or if all data is lost delete the volumes of the Sentinels too'
  else
    start_as_primary 'the Sentinels name this node, and every other node says that it is empty too'
  fi
}

# A crash leaves the append-only file behind the replicas: what only they have confirmed is safe with them alone.
hand_over_or_start() {
  if [ "$patience" = spent ] && [ "$failover_answer" = no-good-replica ]; then
    start_as_primary 'it was not stopped in an orderly way, and the Sentinels find no replica fit to replace it'
  else
    hand_over 'this node was not stopped in an orderly way, and a replica was in sync with it'
  fi
}

decide_when_nobody_is_named() {
  case $verdict in
    blank) why='the Sentinels remember no primary' ;;
    elsewhere) why='the Sentinels name an address that no node has (restart them: they translate it)' ;;
    disputed) why='the Sentinels contradict each other' ;;
    unheard) why='too few Sentinels answer' ;;
  esac
  if [ "$primaries" -eq 1 ]; then
    decide_beside_a_primary
  elif [ "$primaries" -gt 1 ]; then
    decide_among_primaries
  elif [ "$verdict" = unheard ]; then
    # Also when a primary is forced: the value may be a leftover, and the Sentinels may know better.
    wait_for 'a majority of the Sentinels to answer'
  elif [ -n "$force_primary" ]; then
    decide_by_force
  elif record_counts; then
    decide_by_record
  elif [ "$verdict" = blank ] && [ "$local_data" = none ]; then
    decide_first_boot
  else
    doubt "$why, and no node is primary" "$how_to_force"
  fi
}

decide_beside_a_primary() {
  if [ "$local_data" = kept ] && [ -z "$primaries_with_data" ]; then
    doubt "$why, and node $primary_peer is primary but empty, while this node holds data" "$how_to_force"
  elif [ "$primary_is_ahead" = yes ] || [ "$force_primary" = "$primary_peer" ]; then
    follow "$primary_peer" 'it is the only primary'
  else
    doubt "$why, and node $primary_peer is primary but behind a replica" "$how_to_force"
  fi
}

decide_among_primaries() {
  case "$primaries_with_data " in
    *" ${force_primary:-none} "*) follow "$force_primary" 'several nodes are primary and this one is forced' ;;
    *) doubt "$why, and several nodes are primary" "$how_to_force" ;;
  esac
}

decide_by_force() {
  if [ "$force_primary" != "$ordinal" ]; then
    wait_for "node $force_primary, which redis.bootstrap.forcePrimary makes primary"
  elif [ "$local_data" = none ]; then
    doubt 'redis.bootstrap.forcePrimary names this node, but its volume is empty' 'name a node that holds data'
  else
    start_as_primary "redis.bootstrap.forcePrimary names this node; $why"
  fi
}

# The agent's record may be a minute and a half old: it ranks below every live word. It counts where a majority of the Sentinels answers and has
# forgotten, and the others know nothing newer, nor anything else of the same epoch. Their silence is no reason to go by it: they may know better.
record_counts() {
  [ -n "$record" ] || return 1
  case $verdict in
    blank | disputed) ;;
    *) return 1 ;;
  esac
  for vote in $votes; do
    case $vote in
      silent | blank | "$record") ;;
      *) [ "${vote#*@}" -lt "${record#*@}" ] || return 1 ;;
    esac
  done
}

decide_by_record() {
  recorded=${record%@*}
  if [ "$recorded" != "$ordinal" ]; then
    follow "$recorded" "$why, and the record of the agent names it"
  elif [ "$local_data" = none ]; then
    decide_when_recorded_without_data
  elif [ "$last_stop" = unclean ] && [ "$synced_peers" -gt 0 ]; then
    doubt "$why, and this node, which the record of the agent names, was not stopped in an orderly way: a replica may have more" "$how_to_force"
  else
    start_as_primary "$why, and the record of the agent names this node"
  fi
}

decide_when_recorded_without_data() {
  if [ "$peers_with_data" -gt 0 ]; then
    doubt 'the record of the agent names this node, but its volume is empty and another node holds data' "$how_to_force"
  elif [ "$silent_peers" -gt 0 ]; then
    doubt 'the record of the agent names this node, but its volume is empty and a node that does not answer may hold data' 'start that node'
  else
    start_as_primary 'the record of the agent names this node, and every node is empty'
  fi
}

# The volumes of the Sentinels are the record: only if they have never known a primary there has never been one.
decide_first_boot() {
  if [ "$peers_with_data" -gt 0 ]; then
    doubt 'the Sentinels remember no primary, but another node holds data' "$how_to_force"
  elif [ "$ordinal" -eq 0 ]; then
    start_as_primary 'first start: the Sentinels have never known a primary'
  else
    wait_for 'node 0 to become the first primary'
  fi
}

# What the Sentinels say together: verdict = an ordinal | elsewhere | disputed | blank | unheard.
# A majority has to answer. Among different answers the highest configuration epoch is the truth, as it is among the Sentinels themselves:
# it marks the latest failover, of which the others may not have heard yet.
count_votes() {
  sentinels=0 naming=0 blank=0 newest_epoch=-1
  for vote in $votes; do
    sentinels=$((sentinels + 1))
    case $vote in
      silent) ;;
      blank) blank=$((blank + 1)) ;;
      *)
        naming=$((naming + 1))
        [ "${vote#*@}" -le "$newest_epoch" ] || newest_epoch=${vote#*@}
        ;;
    esac
  done
  majority=$((sentinels / 2 + 1))
  if [ "$naming" -ge "$majority" ]; then
    find_favourite
  elif [ $((naming + blank)) -lt "$majority" ]; then
    verdict=unheard
  elif [ "$naming" -eq 0 ]; then
    verdict=blank
  else
    verdict=disputed
  fi
}

# The node that most answers of the newest epoch name. (They differ only in epoch 0, before the first failover.)
find_favourite() {
  most=0
  for candidate in $votes; do
    [ "${candidate#*@}" = "$newest_epoch" ] || continue
    count=0
    for vote in $votes; do
      [ "$vote" != "$candidate" ] || count=$((count + 1))
    done
    if [ "$count" -gt "$most" ]; then
      most=$count verdict=${candidate%@*}
    elif [ "$count" -eq "$most" ] && [ "${candidate%@*}" != "$verdict" ]; then
      verdict=disputed
    fi
  done
}

count_peers() {
  primaries=0 primaries_with_data='' peers_with_data=0 synced_peers=0 silent_peers=0
  primary_peer='' primary_replicas=0 primary_offset=0 highest_offset=0
  peer_ordinal=0
  for peer in $peers; do
    case $peer in
      me) ;;
      silent) silent_peers=$((silent_peers + 1)) ;;
      *) count_peer ;;
    esac
    peer_ordinal=$((peer_ordinal + 1))
  done
  primary_is_ahead=no
  if [ "$primary_replicas" -gt 0 ] || [ "$primary_offset" -ge "$highest_offset" ]; then primary_is_ahead=yes; fi
}

count_peer() {
  rest=${peer#*,} last=${peer##*,}
  data=${rest%%,*} rest=${rest#*,}
  offset=${rest%%,*}
  if [ "$data" = kept ]; then
    peers_with_data=$((peers_with_data + 1))
    [ "$offset" -le "$highest_offset" ] || highest_offset=$offset
  fi
  case $peer in
    primary,*)
      primaries=$((primaries + 1))
      primary_peer=$peer_ordinal primary_replicas=$last primary_offset=$offset
      [ "$data" = none ] || primaries_with_data="$primaries_with_data $peer_ordinal"
      ;;
    *)
      [ "$last" != synced ] || synced_peers=$((synced_peers + 1))
      ;;
  esac
}

how_to_force='set redis.bootstrap.forcePrimary to the ordinal of the node with the newest data'

start_as_primary() {
  decision=primary reason=$1
}

follow() {
  decision=replica leader=$1 reason=$2
}

wait_for() {
  decision=wait reason="waits for $1"
}

# Asks for a failover as long as there is time for one; then this start has failed, and the next one sees what came of it.
hand_over() {
  decision=failover reason=$1
  if [ "$patience" = spent ]; then decision=refuse reason="$1; no failover came about: look at the logs of the Sentinels"; fi
}

# What is ambiguous may clear up as the others start. Where it does not, people decide.
doubt() {
  decision=wait reason=$1
  if [ "$patience" = spent ]; then decision=refuse reason="$1; $2"; fi
}
