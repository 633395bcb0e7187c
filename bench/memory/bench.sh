#!/bin/bash
# Memory of pv-init and its four daemons when nothing is asked of them.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

build_just_in_time
run_project memory Memory "$@"
