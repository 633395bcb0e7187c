#!/bin/bash
# Prints the name of the base image, and makes sure that the engine has it: this machine's own distribution, so that
# programs linked here run there. Pulled where that works, else bootstrapped from this machine's package mirror.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

. /etc/os-release
case "${ID:-}" in
    debian) base="debian:$VERSION_CODENAME-slim" ;;
    ubuntu) base="ubuntu:$VERSION_CODENAME" ;;
    *) base="debian:bookworm-slim" ;;
esac

has() { docker image inspect "$base" >/dev/null 2>&1; }

if ! has && ! timeout 90 docker pull --quiet "$base" >/dev/null 2>&1; then
    tar="$CACHE/base-$ID-$VERSION_CODENAME.tar"
    if [ ! -s "$tar" ]; then
        [ "$(id -u)" = 0 ] || die "$base cannot be pulled: pull or import it by hand, or run this as root to bootstrap it"
        need_packages "$base cannot be pulled and is bootstrapped instead" mmdebstrap >&2
        mkdir -p "$CACHE"
        # The mirror and its components as this machine's own package lists know them.
        sources="$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
            | awk -v suite="$VERSION_CODENAME" '$2 == suite && !seen[$0]++ && ($3 == "main" || $3 == "universe") { print "deb " $1 " " $2 " " $3 }')"
        [ -n "$sources" ] || die "this machine's apt sources name no mirror of $VERSION_CODENAME: pull or import $base by hand"
        say "Bootstrapping $base (about half a minute)" >&2
        printf '%s\n' "$sources" \
            | mmdebstrap --quiet --format=tar --variant=apt --mode=root --include=ca-certificates "$VERSION_CODENAME" "$tar.part" - >&2
        mv "$tar.part" "$tar"
    fi
    docker import --change 'CMD ["bash"]' "$tar" "$base" >/dev/null
fi
echo "$base"
