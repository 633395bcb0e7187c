#!/bin/bash
# The bus's Unix sockets beside NetMQ over TCP, libzmq's ipc and a bare Unix socket.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

need_packages "compared with the bus" libzmq5 python3-zmq >&2
run_project bus Bus "$@"
