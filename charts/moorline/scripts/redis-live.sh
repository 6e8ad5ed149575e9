#!/bin/sh
# Alive is whoever answers, whatever the role: a node that loads, has lost its primary or wants a password needs no restart.
set -eu
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

read_identity "$REDIS_NODES"
is_alive
