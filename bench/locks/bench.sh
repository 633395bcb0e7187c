#!/bin/bash
# The scope locks of pv-exec alone: grants a second with few and with many waiters.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

run_project locks Locks "$@"
