#!/usr/bin/env bash
# Measures Taskflow beside Node and beside C on libuv, on this machine, in one run.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"

[ "$(uname)" = Linux ] || {
    echo "bench: reads /proc and pins to cores, so it needs Linux" >&2
    exit 1
}
"$root/scripts/install-deps.sh" bench
PYTHONPATH=$root/Benchmarks PYTHONDONTWRITEBYTECODE=1 exec python3 -m bench "$@"
