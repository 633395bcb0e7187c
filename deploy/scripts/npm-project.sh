#!/bin/bash
# Prepares the demo's JavaScript project for tests that have no way to a registry: the project itself, and npm's cache with
# all that it needs. Prints the directory; one that was made from the same package.json is used again.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

demo="$ROOT/deploy/demo"
directory="$CACHE/npm-$(sha256sum "$demo"/* "$0" | sha256sum | cut -c1-16)"
if [ ! -d "$directory" ]; then
    command -v npm >/dev/null || need_packages "a test installs a real JavaScript project" nodejs npm >&2
    part="$(mktemp -d "$CACHE/npm.XXXXXX")"
    trap 'rm -rf "$part"' EXIT
    mkdir "$part/project" "$part/install"
    cp "$demo"/* "$part/project/"
    cp "$demo/package.json" "$part/install/"
    # Other versions of npm look their caches up in another way: filled by the one that the image has.
    (cd "$part/install" && npm exec --yes --package=npm@9.2.0 -- npm install --cache "$part/cache" --no-audit --no-fund --loglevel=error >&2)
    rm -rf "$part/install" "$part/cache/_logs"
    chmod -R a+rX "$part"
    mv -T "$part" "$directory"
fi
echo "$directory"
