#!/usr/bin/env bash
# Gives a reader of what others send any bytes at all, with libFuzzer, and keeps those that reach something new.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"
cd "$root"

# As each target names itself, and says what it tries.
targets() {
    grep -rhoE 'FuzzTarget\("[a-z-]+", "[^"]+"' Fuzz/Targets | sed -E 's/FuzzTarget\("([^"]+)", "([^"]+)"/\1\t\2/' | sort
    printf 'canary\ta planted fault, which has to be found\n'
}

is_target() { targets | cut -f1 | grep -qxF -- "$1"; }

usage() {
    cat <<'TEXT'
Usage: scripts/fuzz.sh TARGET SECONDS
       scripts/fuzz.sh --replay TARGET FILE…
       scripts/fuzz.sh --merge TARGET

Gives TARGET bytes for so many seconds, made of those in Fuzz/Corpus/TARGET, and keeps what reaches something new in
.build/fuzz/TARGET. It ends with code 77 at the first input that breaks something, and says where that lies: replay it,
make it a test, and when it is mended copy it to the corpus, which every run of scripts/test.sh reads.

  --replay   gives TARGET the files, once
  --merge    adds to Fuzz/Corpus/TARGET those of .build/fuzz/TARGET that reach what no other there reaches

The first run builds all modules once more, with a counter at every branch: some minutes.

TARGET is one of
TEXT
    targets | while IFS=$'\t' read -r name summary; do printf '  %-14s %s\n' "$name" "$summary"; done
}

action=run
case ${1:-} in
    --help | -h)
        usage
        exit
        ;;
    --replay | --merge)
        action=${1#--}
        shift
        ;;
    -*) misused "no option $1" ;;
esac
target=${1:-}
[ -n "$target" ] || misused "no target is named"
is_target "$target" || misused "no target $target"
shift
case $action in
    run)
        [[ $# -eq 1 && $1 =~ ^[1-9][0-9]{0,6}$ ]] || misused "a number of seconds is wanted behind $target: $*"
        ;;
    replay) [ $# -gt 0 ] || misused "a file is wanted behind $target" ;;
    merge) [ $# -eq 0 ] || misused "nothing is wanted behind $target: $*" ;;
esac

[ "$(uname)" = Linux ] || {
    echo "fuzz: the toolchains of other systems have no libFuzzer" >&2
    exit 1
}

product=fuzz
if [ "$target" = canary ]; then product=fuzz-canary; fi
# Optimised, or a second tries little; for tests, for no reader is public; and with the assertions of a debug build. Given
# to the compiler, -sanitize reaches no tool of a plugin, which has to run without libFuzzer. libFuzzer brings a `main`
# along; the program's own one, which SwiftPM gives another name and then that one, is meant.
build=(--package-path Fuzz --configuration release -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing -Xswiftc
    -assert-config -Xswiftc Debug -Xswiftc -use-ld=lld -Xlinker --allow-multiple-definition --product "$product")
swift build "${build[@]}" >&2
program=$(swift build "${build[@]}" --show-bin-path)/$product

# Swift's own handler of crashes would end the program before libFuzzer has written the input.
export SWIFT_BACKTRACE=enable=no FUZZ_TARGET=$target
found=.build/fuzz/$target
corpus=Fuzz/Corpus/$target
mkdir -p "$found"
options=(-artifact_prefix="$found-" -max_len=1000 -timeout=20 -rss_limit_mb=2048)
dictionary=$(grep -lE "^# for: (.* )?$target( |\$)" Fuzz/Dictionaries/*.dict | head -n 1) || true
if [ -n "$dictionary" ]; then options+=(-dict="$dictionary"); fi

case $action in
    run)
        seeds=()
        if [ -d "$corpus" ]; then seeds=("$corpus"); fi
        exec "$program" "${options[@]}" -max_total_time="$1" -print_final_stats=1 "$found" "${seeds[@]}"
        ;;
    replay) exec "$program" "${options[@]}" "$@" ;;
    merge)
        mkdir -p "$corpus"
        exec "$program" "${options[@]}" -merge=1 "$corpus" "$found"
        ;;
esac
