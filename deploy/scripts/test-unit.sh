#!/bin/bash
# Builds every test project and runs the unit tests; each program leaves a report in the directory given.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

reports="${1:?the directory for reports}"
say "Building everything with its tests"
dotnet build "$ROOT/PvExec.sln" -v quiet --nologo || die "the solution does not build: the reason is above"

while read -r project; do
    name="$(basename "$project" .csproj)"
    "$(dirname "$0")/test-program.sh" "$(dirname "$project")/bin/Debug/net10.0/$name.dll" "$reports" 600
done < <(find "$ROOT/shared" "$ROOT/services" "$ROOT/cli" -name '*.Tests.csproj' | sort)
