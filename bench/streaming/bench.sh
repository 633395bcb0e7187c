#!/bin/bash
# What a task writes, as it comes to one and to ten readers through the front, one of which does not read, against a pipe.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

run_project streaming Streaming "$@"
