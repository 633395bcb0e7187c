#!/bin/bash
# A tour on real input: a JavaScript project is installed, served, saved, and brought back by another daemon, the same in
# every entry. Ports and directories are its own, so that it can run beside `make run`. Ends with 1 when anything differs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

heading() { printf '\n== %s\n' "$*"; }
show() { printf '   $ %s\n' "$*"; "$@" | sed 's/^/     /'; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

command -v npm >/dev/null || need_packages "the tour installs a JavaScript project" nodejs npm
need_packages "the tour fetches a page and compares trees" curl python3

home="$(mktemp -d /tmp/pv-demo.XXXXXX)"
worktree="$home/worktree"
front="$(free_port)"
web="$(free_port)"
daemon=
mkdir -p "$worktree" "$home/store"

pv() { "$BIN/pv_exec" -p "$front" "$@"; }

start_daemon() {
    "$BIN/pv_exec" daemon -p "$front" -exec-config-root "$ROOT/deploy/tasks" -mount-point "$worktree" --store "file://$home/store" \
        --runtime-dir "$home/runtime" "$@" >>"$home/log" 2>&1 &
    daemon=$!
    # Calls wait until the services are there; only the port itself has to be awaited.
    until (exec 3<>"/dev/tcp/127.0.0.1/$front") 2>/dev/null; do
        kill -0 "$daemon" 2>/dev/null || { cat "$home/log" >&2; die "the daemon did not start"; }
        sleep 0.05
    done
    pv worktree status >/dev/null
}

stop_daemon() {
    kill -TERM "$daemon"
    local status=0
    wait "$daemon" || status=$?
    daemon=
    [ "$status" = 0 ] || { cat "$home/log" >&2; die "the daemon ended with $status"; }
}

clean_up() {
    local status=$?
    [ -z "$daemon" ] || { kill -TERM "$daemon" && wait "$daemon"; } 2>/dev/null || true
    ! mountpoint -q "$worktree" || umount "$worktree" || true
    rm -rf --one-file-system "$home"
    exit "$status"
}
trap clean_up EXIT

serve() {
    pv process -start-cmd "node $worktree/server.js" -run-path "$worktree" -listening-port "$web" web enable
    until [ "$(pv process web state)" = RUNNING ]; do sleep 0.05; done
    show curl -sS --fail --retry 20 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$web/"
    pv process web disable
}

heading "The root process and its services"
start_daemon -worktree tour
show "$BIN/pv_exec" services --runtime-dir "$home/runtime"

heading "A JavaScript project, and its packages from the registry through a task"
cp "$ROOT"/deploy/demo/* "$worktree/"
show pv exec -w javascript/npm_install PV_APP_ROOT="$worktree"
say "   $(find "$worktree" | wc -l) entries now"

heading "Its web server as a process, fetched through the exposed port $web"
serve

heading "A save, then everything is stopped"
show pv worktree save
python3 "$(dirname "$0")/tree-list.py" "$worktree" >"$home/before"
stop_daemon
! mountpoint -q "$worktree" || die "the worktree is still mounted after the stop"
find "$worktree" -mindepth 1 -delete
say "   nothing is left of the tree but its snapshot: $(du -sh "$home/store" | cut -f1) in the store"

heading "Another daemon starts from that snapshot"
start_daemon -worktree copy -source-worktree tour
python3 "$(dirname "$0")/tree-list.py" "$worktree" >"$home/after"
if ! diff "$home/before" "$home/after" >"$home/difference"; then
    head -n 20 "$home/difference" >&2
    die "the tree is not what it was: the first differences are above"
fi
say "   $(wc -l <"$home/after") entries are the same: content, mode, owner, times in ns, links, attributes"

heading "The server runs again, and remembers"
serve
stop_daemon
heading "Done"
