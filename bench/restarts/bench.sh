#!/bin/bash
# Calls through the front while each service is restarted, and while each is killed.
set -euo pipefail
. "$(dirname "$0")/../lib.sh"

run_project restarts Restarts "$@"
