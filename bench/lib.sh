# Shared by run.sh and the bench.sh of each benchmark: builds a benchmark and starts it.
# Sourced, never run. Standard output belongs to the results, so everything here speaks on standard error.

. "$(dirname "${BASH_SOURCE[0]}")/../deploy/scripts/lib.sh"

BENCH="$ROOT/bench"
export PV_BIN="$BIN"
export PV_BENCH_STAND_IN="$BENCH/stand-in/bin/Release/net10.0/PvExec.Bench.StandIn"

# build_project DIRECTORY [OPTION...] : a .NET project, compiled for speed. Says nothing but what goes wrong.
build_project() {
    local log
    log="$(dotnet build "$@" -c Release -v quiet --nologo 2>&1)" || { warn "$log"; die "building $1 failed: the reason is above"; }
}

# build_just_in_time : the daemons without Native AOT, as the alternative.
build_just_in_time() {
    local service
    for service in front exec process worktree; do
        build_project "$ROOT/services/$service/src"
    done
}

# build_c SOURCE [LIBRARY...] : prints the path of the program.
build_c() {
    local program source=$1
    shift
    program="$OUT/bench/$(basename "$source" .c)"
    mkdir -p "$OUT/bench"
    clang -std=gnu11 -O2 -Wall -Wextra -Werror "$source" -o "$program" "$@" || die "compiling $source failed: the reason is above"
    echo "$program"
}

# run_project DIRECTORY NAME ARGUMENT... : builds bench/DIRECTORY/PvExec.Bench.NAME.csproj and runs it.
run_project() {
    local directory="$BENCH/$1" name="PvExec.Bench.$2"
    shift 2
    build_project "$directory"
    dotnet "$directory/bin/Release/net10.0/$name.dll" "$@"
}
