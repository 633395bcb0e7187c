#!/bin/bash
# All tests, on a machine that may have nothing but the .NET SDK. Ends with the line `N passed, N failed`.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts="$(dirname "$0")"
label=pv-exec.integration-test
reports="$OUT/test-reports"
export PV_EXEC_TEST_IMAGE=pv-exec-test
rm -rf "$reports"
mkdir -p "$reports" "$CACHE"

# What a run that was cut short left behind, and what this one leaves if it is.
remove_leftovers() {
    docker ps -aq --filter "label=$label" | xargs -r docker rm -fv >/dev/null 2>&1 || true
    docker volume ls -q --filter "label=$label" | xargs -r docker volume rm -f >/dev/null 2>&1 || true
}

# A part that cannot be set up counts as a failed test, so that the last line is always there and right.
part() {
    local name=$1
    shift
    if ! "$@"; then
        echo 1 >"$reports/$name.status"
        warn "$name could not be run: the reason is above"
    fi
}

integration() {
    wait "$tools" || { cat "$reports/tools.log" >&2; return 1; }
    PV_EXEC_TEST_NPM_PROJECT="$("$scripts/npm-project.sh")" && export PV_EXEC_TEST_NPM_PROJECT \
        && "$scripts/docker-image.sh" pv-exec-test || return
    remove_leftovers
    trap remove_leftovers EXIT
    "$scripts/test-program.sh" "$ROOT/integration-tests/bin/Debug/net10.0/PvExec.IntegrationTests.dll" "$reports" 1800
}

need_packages "tests ask for it" curl python3 python3-zmq python3-msgpack python3-grpcio python3-grpc-tools attr zip unzip iproute2
# Mostly waiting for the network: while the compiler works.
"$scripts/docker-image.sh" test-tools >"$reports/tools.log" 2>&1 &
tools=$!
part build "$scripts/build.sh"
part unit-tests "$scripts/test-unit.sh" "$reports"
part integration-tests integration
python3 "$scripts/test-summary.py" "$reports"
