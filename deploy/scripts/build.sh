#!/bin/bash
# Publishes the programs, Native AOT and stripped, to out/bin. One whose sources are those of the last time is left alone.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

case "$(uname -m)" in
    x86_64) runtime=linux-x64 ;;
    aarch64) runtime=linux-arm64 ;;
    *) die "no Native AOT for $(uname -m): build on x86_64 or aarch64" ;;
esac

project_of() {
    case $1 in
        pv_exec) echo cli/src ;;
        pv-*) echo "services/${1#pv-}/src" ;;
    esac
}

# A hash over the names and the contents of all that a program is made of.
sources_hash() {
    cd "$ROOT"
    find proto shared "$(project_of "$1")" Directory.*.props Directory.*.targets global.json BannedSymbols.txt .editorconfig \
        \( -name bin -o -name obj -o -name tests -o -name testing \) -prune -o -type f -print0 \
        | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

stamps="$OUT/stamps"
mkdir -p "$BIN" "$stamps"
stale=()
for program in "${PROGRAMS[@]}"; do
    [ -x "$BIN/$program" ] && [ "$(cat "$stamps/$program" 2>/dev/null)" = "$(sources_hash "$program")" ] || stale+=("$program")
done
if [ ${#stale[@]} -eq 0 ]; then
    say "out/bin is up to date"
    exit
fi

"$(dirname "$0")/toolchain.sh"

# One after the other: the native compiler already uses every core.
for program in "${stale[@]}"; do
    hash="$(sources_hash "$program")"
    say "Publishing $program"
    rm -rf "$OUT/publish/$program"
    dotnet publish "$ROOT/$(project_of "$program")" -c Release -r "$runtime" -o "$OUT/publish/$program" -v quiet --nologo \
        || die "publishing $program failed: the reason is above"
    install -m 0755 "$OUT/publish/$program/$program" "$BIN/.$program"
    mv "$BIN/.$program" "$BIN/$program"
    echo "$hash" >"$stamps/$program"
done
