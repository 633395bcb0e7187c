#!/bin/bash
# Makes sure that the programs can be built: the .NET SDK, and what its native linker needs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

command -v dotnet >/dev/null || die "the .NET 10 SDK is not installed (no 'dotnet' in PATH): see https://dot.net/download, version 10.0"
dotnet --list-sdks | grep -q '^10\.' \
    || die "the .NET 10 SDK is missing; 'dotnet --list-sdks' says: $(dotnet --list-sdks | tr '\n' ' '): see https://dot.net/download, version 10.0"

if command -v dpkg-query >/dev/null; then
    need_packages "native linking needs it" clang binutils libc6-dev zlib1g-dev libnghttp2-dev
else
    command -v clang >/dev/null || die "native linking needs clang, binutils, the headers of libc and zlib, and libnghttp2.a: install them"
fi
