#!/usr/bin/env bash
# Says whether the task of a chapter of the course is solved.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/your-turn.sh CHAPTER
       scripts/your-turn.sh [--solution | --start] CHAPTER | all

Tests your solution of a chapter's task: the file docs/course/YourTurn/Mine/ChapterNN.swift. If it is not there yet, it
is made, to be edited by you. Ends with 0 if the task is solved, with 1 if it is not yet.

  CHAPTER      01 to 10, or all of them
  --solution   tests our solution instead, of the folder Solutions
  --start      tests what you begin with, of the folder Start

To begin anew, remove your file. The first build takes seconds for chapters 1 to 4, 6, 7 and 9, and a minute or more for
the others, which use the libraries.
TEXT
}

folder=Mine chapter=
for argument in "$@"; do
    case $argument in
        --help | -h) usage && exit ;;
        --solution) folder=Solutions ;;
        --start) folder=Start ;;
        0[1-9] | 10 | all)
            [ -z "$chapter" ] || misused "one chapter at a time, not $argument too"
            chapter=$argument
            ;;
        [1-9])
            [ -z "$chapter" ] || misused "one chapter at a time, not $argument too"
            chapter=0$argument
            ;;
        -*) misused "no option $argument" ;;
        *) misused "no chapter $argument, they are 01 to 10" ;;
    esac
done
[ -n "$chapter" ] || misused "which chapter? 01 to 10"

place=docs/course/YourTurn
if [ "$folder" = Mine ]; then
    if [ "$chapter" = all ]; then chapters=(01 02 03 04 05 06 07 08 09 10); else chapters=("$chapter"); fi
    mkdir -p "$root/$place/Mine"
    for number in "${chapters[@]}"; do
        file=$place/Mine/Chapter$number.swift
        [ ! -e "$root/$file" ] || continue
        cp "$root/$place/Start/Chapter$number.swift" "$root/$file"
        echo "Your file is now there, to be edited: $file"
    done
fi

command -v jq >/dev/null || {
    echo "your-turn: no jq here; scripts/install-deps.sh test installs it" >&2
    exit 1
}

log=$root/.build/your-turn.log events=$root/.build/your-turn.events
mkdir -p "$root/.build"
: >"$events"
status=0
# One test at a time: a loop has its thread for itself, and the order is that of the file. The build is shared with that
# of the examples, which use the same libraries.
YOUR_TURN=$chapter YOUR_TURN_FOLDER=$folder swift test --no-parallel --package-path "$root/$place" \
    --scratch-path "$root/Tests/Consumer/.build" --event-stream-output-path "$events" --event-stream-version 0 \
    </dev/null >"$log" 2>&1 || status=$?

# A line a test. It is read from the tests' own account, and not from the log: `swift test` hands on what tests print in
# pieces, and drops a piece that is cut inside a character, with all its lines.
report() { jq -rnR -f "$root/scripts/your-turn.jq" "$events"; }

# said KIND: whether such an event has come.
said() { jq -nRe --arg kind "$1" '[inputs | fromjson?] | any(.payload.kind == $kind)' "$events" >/dev/null; }

# The title of the test that was under way.
crashed() {
    jq -rnR '[inputs | fromjson? | .payload] as $all | [$all[] | select(.kind == "testStarted") | .testID] | last as $id
        | $all[] | select(.id? == $id) | .displayName // .name' "$events"
}

# Why it has crashed and where in the learner's file, as far as the log knows.
reason() {
    local where why
    where=$(sed -nE "s|^.* at .*/$place/$folder/(Chapter[0-9]+\.swift:[0-9]+):.*|\1: |p" "$log" | head -n 1)
    why=$(sed -n 's/^.*: Fatal error: //p' "$log" | head -n 1)
    if [ -n "$where$why" ]; then echo "             $where$why"; fi
}

# What the compiler has said of the files, without the lines of code that it draws.
errors() { grep -E "^/.*: error: " "$log" | sed "s|^$root/||" | awk '!seen[$0]++' | head -n 10; }

if [ $status -eq 0 ]; then
    report
    echo "Solved."
elif grep -qE '^/.*: error: ' "$log"; then
    errors
    echo "Not solved yet: it does not compile."
    exit 1
elif said runEnded; then
    report
    echo "Not solved yet."
    exit 1
elif said testStarted; then
    report
    echo "Not solved yet: the test \"$(crashed)\" has crashed."
    reason
    exit 1
else
    tail -n 20 "$log" >&2
    echo "your-turn: the tests could not be built, see $log" >&2
    exit 1
fi
