#!/bin/bash
# Runs benchmarks, all of them or those named, and writes what they print to docs/measurements.md, each to its own section;
# the sections of others stay. With --quick it shows in seconds that they work: then the figures are printed only.
#
# usage: run.sh [NAME…] [--quick]
set -euo pipefail
. "$(dirname "$0")/lib.sh"

measurements="$ROOT/docs/measurements.md"
results="$OUT/bench"

all_names() {
    local script
    for script in "$BENCH"/*/bench.sh; do
        basename "$(dirname "$script")"
    done
}

# What was measured where: without the names of the machine or of its directories.
circumstances() {
    local commit kernel
    commit="$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null)" && commit="commit $commit" || commit="no commit"
    git -C "$ROOT" diff --quiet HEAD -- . ':!docs/measurements.md' 2>/dev/null || commit="$commit with changes"
    kernel="$(uname -r)"
    printf '%s, %s, %s cores, %s GB of memory, Linux %s' "$(date -u +%F)" "$commit" "$(nproc)" \
        "$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 / 1e9 }' /proc/meminfo)" "${kernel%%-*}"
    [ ${#quick[@]} -eq 0 ] || printf ', quick: these figures mean little'
}

# section NAME : turns a benchmark's lines into Markdown; bench/README.md says what they look like.
section() {
    printf '## %s\n%s\n\n' "$1" "$(sed -n '2s/^# //p' "$BENCH/$1/bench.sh")"
    awk -F '\t' '
        $1 == "measure" && NF == 7 {
            if (!rows++) print "| | here | compared with | there | ratio | target |\n|---|---|---|---|---|---|"
            for (i = 2; i <= NF; i++) printf "| %s ", ($i == "-" ? "" : $i)
            print "|"
            next
        }
        $1 == "note" && NF == 2 { notes = notes (notes == "" ? "" : " ") $2 "."; next }
        { print "no result line: " $0 >"/dev/stderr"; wrong = 1 }
        END { if (notes != "") printf "\n%s\n", notes; exit wrong || !rows }
    ' "$results/$1.tsv" && printf '\n%s.\n\n' "$(circumstances)"
}

# The section of the last time, where there was one.
kept_section() {
    [ ! -f "$measurements" ] || awk -v name="$1" '/^## / { kept = $2 == name } kept' "$measurements"
}

write_measurements() {
    local name
    {
        printf '# Measurements\n\nWritten by `make bench`; [bench](../bench/README.md) says what is measured and how. A ratio is what is measured here\ndivided by what it is compared with, in the same run. Trust ratios.\n\n'
        for name in $(all_names); do
            if [ -f "$results/$name.md" ]; then cat "$results/$name.md"; else kept_section "$name"; fi
        done
    } | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$results/measurements.md"
    mv "$results/measurements.md" "$measurements"
    say "Written to docs/measurements.md"
}

names=() quick=() failed=()
for word; do
    case $word in
        --quick) quick=(--quick) ;;
        *) [ -x "$BENCH/$word/bench.sh" ] || die "there is no benchmark '$word': it may be one of $(all_names | xargs)"
           names+=("$word") ;;
    esac
done
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(all_names)

"$ROOT/deploy/scripts/toolchain.sh"
"$ROOT/deploy/scripts/build.sh"
mkdir -p "$results"
rm -f "$results"/*.md
for name in "${names[@]}"; do
    say "Measuring $name"
    if "$BENCH/$name/bench.sh" "${quick[@]}" >"$results/$name.tsv" && section "$name" >"$results/$name.part"; then
        mv "$results/$name.part" "$results/$name.md"
        printf '\n'
        cat "$results/$name.md"
    else
        warn "$name could not be measured: the reason is above"
        failed+=("$name")
    fi
done
[ ${#quick[@]} -gt 0 ] || write_measurements
[ ${#failed[@]} -eq 0 ] || die "not measured: ${failed[*]}"
