#!/bin/bash
# From the start of the root process to the first answer through the front, cold and warm.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

build_just_in_time
run_project start Start "$@"
