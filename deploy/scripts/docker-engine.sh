#!/bin/bash
# Makes sure that a Docker engine answers: uses the one that runs, else installs and starts Debian's.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

answers() { docker info >/dev/null 2>&1; }

answers && exit
[ "$(id -u)" = 0 ] || die "no Docker engine answers: start it, or give your user access to it, and check with 'docker info'"
[ -z "${DOCKER_HOST:-}" ] || die "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST: correct or unset it"
need_packages "the integration tests run in containers" docker.io iptables ca-certificates

if [ -d /run/systemd/system ]; then
    systemctl start docker
elif ! pgrep -x dockerd >/dev/null; then
    # Never a second one: it would delete the first one's bridge.
    mkdir -p "$CACHE"
    say "Starting the Docker engine (log: $CACHE/dockerd.log)"
    setsid dockerd --mtu 1400 >"$CACHE/dockerd.log" 2>&1 </dev/null &
fi

for _ in $(seq 120); do
    answers && exit
    sleep 0.5
done
die "the Docker engine does not answer after a minute: see $CACHE/dockerd.log or 'journalctl -u docker'"
