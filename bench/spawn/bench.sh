#!/bin/bash
# A start through pv-init's spawn service against a bare posix_spawn(3).
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

build_project "$BENCH/stand-in"
bare="$(build_c "$BENCH/spawn/spawn.c")"
run_project spawn Spawn "$bare" "$@"
