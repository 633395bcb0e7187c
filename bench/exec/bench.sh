#!/bin/bash
# A task that does nothing, called through the front, against the same script started by a program in C and by a gRPC server in Go; and the memory of runs that wait.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

need_packages "the calls are made with it, and what they are compared with" libnghttp2-dev golang-go golang-google-grpc-dev >&2
plain="$(build_c "$BENCH/exec/plain.c")"
calls="$(build_c "$BENCH/exec/calls.c" -lnghttp2)"
server="$OUT/bench/server"
(cd "$BENCH/exec/server" && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= go build -o "$server" .) >&2 || die "compiling bench/exec/server failed: the reason is above"
run_project exec Exec "$plain" "$calls" "$server" "$@"
