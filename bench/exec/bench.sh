#!/bin/bash
# A task that does nothing, called through the front, against the same script started by a program in C; and the memory of runs that wait.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

plain="$(build_c "$BENCH/exec/plain.c")"
run_project exec Exec "$plain" "$@"
