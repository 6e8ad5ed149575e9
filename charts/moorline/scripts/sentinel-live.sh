#!/bin/sh
# Alive is a Sentinel that answers, also one that has nothing to monitor yet.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

read_identity "$SENTINEL_NODES"
is_alive
