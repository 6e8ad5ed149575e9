#!/bin/sh
# A worker by curl: MOORLINE_URL=http://127.0.0.1:8080 worker.sh QUEUE COMMAND [ARGUMENT...]
# Runs the command for one job after the other: the job's data, JSON, is its standard input, and what it prints, JSON or
# nothing, is the job's result. An exit code other than 0 fails the attempt. On SIGTERM or SIGINT the command has the grace
# to end; then its job is handed back, so that another worker has it at once.
set -u

[ $# -ge 2 ] || { echo "usage: worker.sh QUEUE COMMAND [ARGUMENT...]" >&2; exit 2; }
queue=$1
shift
url=${MOORLINE_URL:-http://127.0.0.1:8080}/api/v1/queues/$queue
token=${MOORLINE_TOKEN:-}
[ -z "${MOORLINE_TOKEN_FILE:-}" ] || token=$(cat "$MOORLINE_TOKEN_FILE")
lease_s=${LEASE_S:-30}
grace_s=${GRACE_S:-10}
name=$(hostname)-$$
files=$(mktemp -d)
stopping=''
trap 'rm -rf "$files"' EXIT
trap 'stopping=yes' TERM INT

# Sends standard input. The token goes by a file that nobody else may read: arguments are for everybody to see.
umask 077
printf 'header = "content-type: application/json"\n' > "$files/curl"
[ -z "$token" ] || printf 'header = "authorization: Bearer %s"\n' "$token" >> "$files/curl"
post() {
  curl --config "$files/curl" --silent --show-error --fail-with-body --max-time "$2" --data-binary @- "$url/$1"
}

# Until it is answered, or the lease is over: the same settlement twice is no harm.
settle() {
  tries=0
  until post settle 15 < "$files/settle" > "$files/answer"; do
    tries=$((tries + 1))
    [ $tries -lt "$lease_s" ] || return 1
    sleep 1
  done
}

# Waits for a process also when a signal comes between; at a signal it has `$2` seconds to end.
wait_for() {
  until_s=''
  while kill -0 "$1" 2> "$files/null"; do
    if [ -n "$stopping" ]; then
      now_s=$(date +%s)
      [ -n "$until_s" ] || until_s=$((now_s + $2))
      [ "$now_s" -lt "$until_s" ] || { kill "$1"; return 1; }
      sleep 0.2
    else
      wait "$1"
    fi
  done
  wait "$1"
}

# Three times within a lease; ends the command when the lease is lost.
renew() {
  while sleep "$((lease_s / 3 + 1))"; do
    printf '{"extend":[{%s,"leaseMs":%s000}]}' "$delivery" "$lease_s" | post settle 15 > "$files/renewed" || continue
    ! grep -q '"stale"' "$files/renewed" || kill "$1"
  done
}

work() {
  "$@" < "$files/data" > "$files/result" &
  command=$!
  renew $command &
  renewal=$!
  if wait_for $command "$grace_s"; then
    result=$(cat "$files/result")
    printf '{"done":[{%s%s}]}' "$delivery" "${result:+,\"result\":$result}" > "$files/settle"
  else
    code=$?
    [ -z "$stopping" ] && error="{\"message\":\"exit code $code\",\"code\":\"exit_$code\"}" || error=''
    if [ -n "$error" ]; then printf '{"failed":[{%s,"error":%s}]}' "$delivery" "$error" > "$files/settle"
    else printf '{"release":[{%s}]}' "$delivery" > "$files/settle"; fi
  fi
  kill $renewal 2> "$files/null"
  settle
}

while [ -z "$stopping" ]; do
  printf '{"max":1,"waitMs":10000,"leaseMs":%s000,"worker":"%s"}' "$lease_s" "$name" | post claim 25 > "$files/claimed" &
  claim=$!
  # A claim whose client goes away hands out nothing.
  wait_for $claim 0 || { [ -n "$stopping" ] || sleep 1; continue; }
  claimed=$(cat "$files/claimed")
  case $claimed in *'"fence":'*) ;; *) continue ;; esac
  # The first members of a claimed job are its id and its fence, the last one is its data; a quote within a text is escaped.
  delivery=$(printf '%s' "$claimed" | sed -E 's/^\{"jobs":\[\{("id":"([^"\\]|\\.)*","fence":"[^"]*").*$/\1/')
  data=${claimed#*,\"data\":}
  printf '%s' "${data%\}]\}}" > "$files/data"
  work "$@" || echo "cannot settle, the job will run again" >&2
done
