#!/bin/bash
# Builds an image of deploy/Dockerfile from the published programs: pv-exec (what one runs), pv-exec-test (with the tests'
# tools) or test-tools (only the layers below that one, for which nothing has to be published yet).
# Prints nothing but what goes wrong; layers that are not stale are reused by the engine.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

target="${1:?which image: pv-exec, pv-exec-test or test-tools}"
"$(dirname "$0")/docker-engine.sh"
base="$("$(dirname "$0")/docker-base.sh")"

# Only what the image holds is sent to the engine.
context="$(mktemp -d)"
trap 'rm -rf "$context"' EXIT
mkdir -p "$context/out/bin" "$context/deploy"
if [ "$target" != test-tools ]; then
    cp -p "${PROGRAMS[@]/#/$BIN/}" "$context/out/bin/"
    cp -rp "$ROOT/deploy/tasks" "$context/deploy/tasks"
fi

# A docker from version 23 on builds through its plugin; where that is missing, an older docker beside it may do.
docker=docker
if ! docker buildx version >/dev/null 2>&1 && [ -x /usr/bin/docker ]; then
    docker=/usr/bin/docker
fi

log="$context/log"
DOCKER_BUILDKIT=1 $docker build --build-arg PUBLISH=prebuilt --build-arg BASE="$base" --target "$target" \
    -t "${target/#test-tools/pv-exec-test-tools}" -f "$ROOT/deploy/Dockerfile" "$context" >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "building the image $target failed: the reason is above"; }
