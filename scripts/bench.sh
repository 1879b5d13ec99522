#!/usr/bin/env bash
# Measures Taskflow beside Node and beside C on libuv, on this machine, in one run.
set -euo pipefail
caller=$PWD
cd "$(dirname "$0")/.."

list() { sed -n '2s/^# /  /p' Benchmarks/suites/*.sh; }

usage() {
    cat <<TEXT
Usage: scripts/bench.sh NAME [--quick] [--taskflow FILE]

$(list)

  --quick          fewer and shorter rounds, half a minute
  --taskflow FILE  measures this program instead of building one

Times depend on the machine, so read the ratios.
TEXT
}

suite='' quick=false taskflow=''
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit ;;
        --quick) quick=true ;;
        --taskflow) taskflow=$(cd "$caller" && realpath "${2:?the file of the program}") && shift ;;
        *) suite=$1 ;;
    esac
    shift
done

if [ -z "$suite" ]; then usage && exit; fi
if [ ! -f "Benchmarks/suites/$suite.sh" ]; then usage >&2 && exit 64; fi
[ "$(uname)" = Linux ] || {
    echo "bench: reads /proc and pins to cores, so it needs Linux" >&2
    exit 1
}

scripts/install-deps.sh bench
# shellcheck source=Benchmarks/measure.sh
. Benchmarks/measure.sh
# The suites read quick and taskflow.
# shellcheck disable=SC2034 source=Benchmarks/suites/http.sh
. "Benchmarks/suites/$suite.sh"
