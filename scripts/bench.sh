#!/usr/bin/env bash
# Measures Taskflow beside Node and beside C on libuv, on this machine, in one run.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"
caller=$PWD
cd "$root"

# The second line of each suite says what it measures.
list() {
    local file
    for file in Benchmarks/suites/*.sh; do sed -n '2s/^# /  /p' "$file"; done
}

usage() {
    cat <<TEXT
Usage: scripts/bench.sh NAME [--quick] [--taskflow FILE]

$(list)

  --quick          fewer and shorter rounds, half a minute
  --taskflow FILE  measures this program instead of building one

Times depend on the machine, so read the ratios. The first build takes minutes, a suite one or two.
TEXT
}

suite='' quick=false taskflow=''
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage && exit ;;
        --quick) quick=true ;;
        --taskflow)
            [ $# -gt 1 ] || misused "--taskflow needs the file of a program"
            taskflow=$(cd "$caller" && realpath "$2") || misused "there is no file $2"
            shift
            ;;
        -*) misused "no option $1" ;;
        *)
            [ -z "$suite" ] || misused "one name at a time, not $suite and $1"
            [ -f "Benchmarks/suites/${1//\//}.sh" ] || misused "no suite $1"
            suite=$1
            ;;
    esac
    shift
done

if [ -z "$suite" ]; then usage && exit; fi
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
