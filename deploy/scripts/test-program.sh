#!/bin/bash
# Runs one built test program with a report. Never fails itself: a program that crashes or hangs leaves no report or a
# failing one, and test-summary.py counts that.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

program="${1:?the test program}" reports="${2:?the directory for reports}" seconds="${3:?how long it may take}"
name="$(basename "$program" .dll)"
report="$reports/$name.json"
log="$reports/$name.log"
rm -f "$report"
status=0
timeout --kill-after=10 "$seconds" dotnet "$program" -noLogo -noColor -result-ctrf "$report" >"$log" 2>&1 </dev/null || status=$?
echo "$status" >"$reports/$name.status"
if [ "$status" = 0 ]; then
    grep 'Total:' "$log" || say "   $name"
else
    warn "$name ended with $status:"
    tail -n 150 "$log" >&2
fi
