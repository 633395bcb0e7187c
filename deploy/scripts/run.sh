#!/bin/bash
# Starts the root process in the foreground with the tasks of deploy/tasks, a local store and a worktree in it.
# A second run goes on with the tree that the first one saved.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

port="${1:-50000}"
name=run
[ "$port" = 50000 ] || name="run-$port"
data="${PV_EXEC_DATA:-$OUT/$name}"
store="$data/store"
worktree="$data/worktree"
if [ "$(id -u)" = 0 ]; then
    runtime=/run/pv-exec
else
    runtime="${XDG_RUNTIME_DIR:-/tmp}/pv-exec-$(id -u)"
fi
[ "$port" = 50000 ] || runtime="$runtime-$port"
mkdir -p "$store" "$worktree"

command="out/bin/pv_exec -p $port"
cat <<END

  front port    127.0.0.1:$port
  tasks         $ROOT/deploy/tasks (common/…, javascript/…)
  worktree      $worktree
  store         $store
  runtime       $runtime

Try, in another terminal, from $ROOT:

  echo hello | $command exec -w -i common/file_write FILEPATH=hello.txt
  $command process -start-cmd 'python3 -m http.server 0' -run-path '$worktree' -listening-port 8080 web enable
  out/bin/pv_exec services --runtime-dir '$runtime'

Ctrl-C stops everything in order and saves the worktree.

END
exec "$BIN/pv_exec" daemon -host 127.0.0.1 -p "$port" -exec-config-root "$ROOT/deploy/tasks" \
    -mount-point "$worktree" -worktree app -source-worktree app --store "file://$store" --runtime-dir "$runtime"
