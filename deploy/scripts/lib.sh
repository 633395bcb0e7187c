# Shared by the scripts beside it: where things are, how to speak, how to get a Debian package.
# Sourced, never run.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
OUT="$ROOT/out"
BIN="$OUT/bin"
CACHE="${PV_EXEC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pv-exec}"
PROGRAMS=(pv-init pv-front pv-exec pv-process pv-worktree pv_exec)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { warn "$(basename "$0"): $*"; exit 1; }

# need_packages WHY PACKAGE... : installs what is missing as root, names the command to type otherwise.
need_packages() {
    local why=$1 package missing=()
    shift
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || die "$why: install what your system calls ${missing[*]}"
    [ "$(id -u)" = 0 ] || die "$why: type 'sudo apt-get install ${missing[*]}'"
    say "Installing ${missing[*]} ($why)"
    install_packages "${missing[@]}"
}

# An old package list names files that are gone: then, and when there is none, fetch it and try once more.
install_packages() {
    local log
    log="$(mktemp)"
    if ! try_install "$@" >"$log" 2>&1 && ! { apt-get update && try_install "$@"; } >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt-get cannot install $*: the reason is above"
    fi
    rm -f "$log"
}

try_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

