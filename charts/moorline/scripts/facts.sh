# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the script that sources this
# Asks every Sentinel and every Redis node one by one, all at the same time, and makes the facts of decide.sh from their answers.
# Needs: RUN_DIR, PRIMARY_NAME, sentinel_addresses, sentinel_password, redis_addresses, redis_password.

carriage_return=$(printf '\r')

# Sets `votes` and `peers`. The arguments are the ordinals of this Sentinel and of this Redis node: the one or the other, or empty.
collect_facts() {
  position=0
  for address in $sentinel_addresses; do
    if [ "$position" = "$1" ]; then echo blank; else vote_of "$address"; fi >"$RUN_DIR/vote-$position" &
    position=$((position + 1))
  done
  position=0
  for address in $redis_addresses; do
    if [ "$position" = "$2" ]; then echo me; else peer_of "$address"; fi >"$RUN_DIR/peer-$position" &
    position=$((position + 1))
  done
  wait
  gather vote "$sentinel_addresses"
  votes=$gathered
  gather peer "$redis_addresses"
  peers=$gathered
}

# Sets `gathered` to the answers in the order of the list.
gather() {
  gathered='' position=0
  for _ in $2; do
    read -r line <"$RUN_DIR/$1-$position" || line=silent
    gathered="$gathered $line"
    position=$((position + 1))
  done
}

# Prints what one Sentinel says: silent | blank | ORDINAL@EPOCH | elsewhere@EPOCH.
vote_of() {
  ask "$1" "$sentinel_password" SENTINEL MASTER "$PRIMARY_NAME" | read_vote "$1"
}

read_vote() {
  ip='' port='' epoch='' flags=''
  while read -r key; do
    case $key in
      # Redis says master, Valkey may say primary.
      'ERR No such '*)
        echo blank
        return
        ;;
    esac
    read -r value || :
    case $key in
      ip) ip=$value ;;
      port) port=$value ;;
      flags) flags=$value ;;
      config-epoch) epoch=$value ;;
    esac
  done
  if [ -z "$epoch" ]; then
    echo silent
    return
  fi
  case $flags in
    # From its promotion on, the new primary is known to this one command before it is to the other.
    *failover_in_progress*) read_promoted "$1" ;;
  esac
  find_ordinal "$ip,$port" "$redis_addresses"
  echo "${found_ordinal:-elsewhere}@$epoch"
}

# Sets `ip` and `port` to the address that this Sentinel tells its clients.
read_promoted() {
  promoted=$(ask "$1" "$sentinel_password" SENTINEL GET-MASTER-ADDR-BY-NAME "$PRIMARY_NAME")
  case $promoted in
    *'
'*)
      ip=${promoted%%
*} port=${promoted##*
}
      ;;
  esac
}

# Sets `found_ordinal` to the place of an address in a list, empty when it is not there.
find_ordinal() {
  found_ordinal='' place=0
  for candidate in $2; do
    if [ "$candidate" = "$1" ]; then
      found_ordinal=$place
      return
    fi
    place=$((place + 1))
  done
}

# Prints what one Redis node says: silent | primary,DATA,OFFSET,REPLICAS | replica,DATA,OFFSET,LINK.
peer_of() {
  ask "$1" "$redis_password" INFO replication keyspace persistence | read_peer
}

read_peer() {
  role='' data=none replicas=0 primary_offset=0 replica_offset=0 loading=0 syncing=0 down_s=0 of=''
  while IFS=: read -r key value; do
    value=${value%"$carriage_return"}
    case $key in
      role) role=$value ;;
      connected_slaves) replicas=$value ;;
      master_repl_offset) primary_offset=$value ;;
      slave_repl_offset) replica_offset=$value ;;
      master_host) of=$value ;;
      master_port) of=$of,$value ;;
      master_sync_in_progress) syncing=$value ;;
      master_link_down_since_seconds) down_s=$value ;;
      loading) loading=$value ;;
      db[0-9]*) data=kept ;;
    esac
  done
  case $role in
    master) describe_primary ;;
    slave) describe_replica ;;
    *) echo silent ;;
  esac
}

describe_primary() {
  if [ "$loading" = 1 ] || [ "$primary_offset" -gt 1 ]; then data=kept; fi
  echo "primary,$data,$primary_offset,$replicas"
}

# Synced: it follows this node and had its whole data set from it. Redis says -1 for a link that has never been up since its start:
# such a replica has only what its own disk kept, and Sentinel would promote it all the same.
describe_replica() {
  link=apart
  if [ "$loading" = 1 ] || [ "$replica_offset" -gt 1 ]; then data=kept; fi
  if [ "$of" = "$own_address" ] && [ "$syncing" = 0 ] && [ "$loading" = 0 ] && [ "$replica_offset" -gt 1 ] && [ "$down_s" -ge 0 ]; then
    link=synced
  fi
  echo "replica,$data,$replica_offset,$link"
}

# Sets `chosen` to the first Sentinel that names this node, empty when none does.
find_sentinel_that_names_me() {
  chosen='' place=0
  for vote in $votes; do
    pick "$place" "$sentinel_addresses"
    case $vote in
      "$ordinal"@*)
        chosen=$picked
        return
        ;;
    esac
    place=$((place + 1))
  done
}
