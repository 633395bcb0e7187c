# What the tasks share; each sources it. Failures say what is wrong on standard error and leave with a code of
# sysexits.h: 64 a variable, 65 a path or data, 66 nothing there, 69 a missing program, 73 something in the way.
set -euo pipefail
shopt -s dotglob nullglob
unset CDPATH

readonly usage=64 bad_data=65 no_input=66 unavailable=69 cannot_create=73

task=${0%/*}
task=${task##*/}
readonly task

# fail CODE MESSAGE
fail() {
    printf '%s: %s\n' "$task" "$2" >&2
    exit "$1"
}

# need VARIABLE...: each must be set and not empty.
need() {
    local name
    for name; do
        [[ -n ${!name:-} ]] || fail "$usage" "the variable $name is not set or is empty"
    done
}

# program COMMAND PACKAGE
program() {
    command -v "$1" >/dev/null || fail "$unavailable" "$1 is not installed: apt-get install $2"
}

# enter_root: sets root to the real path of PV_APP_ROOT and makes it the working directory.
enter_root() {
    need PV_APP_ROOT
    [[ $PV_APP_ROOT == /* ]] || fail "$usage" "PV_APP_ROOT '$PV_APP_ROOT' is not an absolute path"
    cd -P -- "$PV_APP_ROOT" 2>/dev/null || fail "$no_input" "PV_APP_ROOT '$PV_APP_ROOT' is not a directory"
    root=${PWD%/}
}

# real PATH: sets path to the path without symbolic links, whether or not something is there. (A name may end in a
# newline, so no command substitution.)
real() {
    IFS= read -r -d '' path < <(realpath -mz -- "$1") || fail "$bad_data" "'$1' cannot be resolved"
}

# Fails when a variable's value has a segment '..'.
no_parents() {
    need "$1"
    case /${!1}/ in
        */../*) fail "$bad_data" "$1 '${!1}' has a segment '..'" ;;
    esac
}

# Fails unless path is below root.
below_root() {
    [[ $path == "$root"/* ]] || fail "$bad_data" "$1 '${!1}' is not below PV_APP_ROOT"
}

# target VARIABLE: sets path to what the variable names below root, symbolic links followed.
target() {
    no_parents "$1"
    real "$root/${!1}"
    below_root "$1"
}

# entry VARIABLE: sets path to the directory entry that the variable names, itself perhaps a symbolic link.
entry() {
    local name=${!1:-}
    no_parents "$1"
    while [[ $name == */ || $name == */. ]]; do name=${name%.}; name=${name%/}; done
    [[ -n $name && $name != . ]] || fail "$bad_data" "$1 '${!1}' is PV_APP_ROOT itself"
    name=/$name
    real "$root${name%/*}"
    [[ $path == "$root" ]] || below_root "$1"
    path=$path/${name##*/}
}

# there VARIABLE: fails unless something is at path, be it a symbolic link to nothing.
there() {
    [[ -e $path || -L $path ]] || fail "$no_input" "$1 '${!1}' does not exist"
}

# not_there VARIABLE
not_there() {
    [[ ! -e $path && ! -L $path ]] || fail "$cannot_create" "$1 '${!1}' exists already"
}

# make_parent VARIABLE: makes the directories above path.
make_parent() {
    local parent=${path%/*}
    [[ -d $parent ]] || mkdir -p -- "$parent" || fail "$cannot_create" "the directory of $1 '${!1}' cannot be made"
}
