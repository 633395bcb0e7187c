#!/bin/bash
# Reaping of orphans by pv-init and by tini.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

need_packages "compared with pv-init" tini >&2
build_project "$BENCH/stand-in"
orphans="$(build_c "$BENCH/orphans/orphans.c")"
run_project orphans Orphans "$orphans" "$@"
