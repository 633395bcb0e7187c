#!/bin/bash
# Memory of pv-init after its start and after many spawns, beside tini and s6-svscan.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

need_packages "compared with pv-init" tini s6 >&2
build_project "$BENCH/stand-in"
run_project init-memory InitMemory "$@"
