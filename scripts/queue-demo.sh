#!/usr/bin/env bash
# Shows a server's work queue: three workers, of which one dies and one hangs, and nothing is lost.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/demo.bash
. "$(dirname "$self")/demo.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/queue-demo.sh

Makes six tasks at a running server and lets three workers take them, each a loop of curl. One is killed with kill -9
in the midst of a task, one hangs longer than its lease. Shows who gets which task, with which fence, and what the late
one is told. Each fact is checked, and the tasks are deleted again. Takes about ten seconds, for a lease is five at
least. Ends with 1 if something is not as it should be.

From the environment:
  BASE_URL     where the server is (http://localhost:3000)
  ADMIN_TOKEN  who asks (secret-admin-123, which is the development mode's)
TEXT
}

begin "$@"

wanted=6

# claim NAME: takes a task, as that worker; its $task and $fence. Fails when there is none.
claim() {
    fetch POST /tasks/claim "{\"worker\":\"$1\",\"types\":[\"$project\"],\"lease\":5,\"wait\":1}"
    task=$(field id) fence=$(field fence)
    [ -n "$task" ] || return 1
    note "$1 claims ${task: -4} with fence $fence"
    echo "$task $fence" >>"$work/claims"
}

# complete NAME: says that the task is done.
complete() {
    fetch POST "/tasks/$task/complete" "{\"fence\":$fence,\"result\":\"by $1\"}"
    case $status in
        200) note "$1 completes ${task: -4} with fence $fence" ;;
        *) note "$1 comes late with ${task: -4} and fence $fence: $status $(field code)" ;;
    esac
}

note() { echo "  $*" >>"$journal"; }

# live NAME HOW: a worker that does as HOW says with its first task, and then works like any other.
live() {
    local base=$work work=$work/$1 task fence
    mkdir "$work"
    cp "$base/admin" "$work/admin"
    claim "$1" || return 0
    "$2" "$1"
    while [ -d "$base" ] && [ ! -e "$base/done" ]; do
        if claim "$1"; then works "$1"; fi
    done
}

works() {
    sleep 0.2
    complete "$1"
}

dies() {
    note "$1 is killed with kill -9"
    sh -c 'kill -9 $PPID'
}

# Until another worker has the task, and 30 s at most.
hangs() {
    note "$1 hangs"
    local turns=0
    until [ ! -d "$base" ] || [ "$(grep -h -c "$task" "$base"/*/claims | awk '{ sum += $1 } END { print sum }')" -gt 1 ]; do
        turns=$((turns + 1))
        [ $turns -lt 300 ] || return
        sleep 0.1
    done
    complete "$1"
}

# completed: whether all tasks are; $body has those that are.
completed() {
    fetch GET "/tasks?project=$project&status=completed"
    [ "$(grep -o '"id":' <<<"$body" | wc -l)" -eq $wanted ]
}

# within SECONDS COMMAND…: waits until it succeeds.
within() {
    local turns=$(($1 * 5))
    shift
    until "$@"; do
        turns=$((turns - 1))
        if [ $turns -le 0 ]; then return 1; fi
        sleep 0.2
    done
}

# all_claimed NAME…: whether each of these workers has a task.
all_claimed() {
    local name
    for name in "$@"; do [ -s "$work/$name/claims" ] || return 1; done
}

# first NAME: the first task that the worker has claimed, and its fence.
first() { head -n 1 "$work/$1/claims" 2>/dev/null; }

# again NAME: the fence with which another worker got that task later.
again() {
    local id fence
    read -r id fence <<<"$(first "$1")"
    grep -h "^$id" "$work"/*/claims 2>/dev/null | cut -d ' ' -f 2 | awk -v first="$fence" '$1 > first' | sort -n | sed -n 1p
}

concept "Six tasks, three workers"
say "A worker asks for a task and gets it with a lease of five seconds and a fence, a number that only grows."
say "Anna is killed in the midst of her first task. Ben hangs longer than his lease. Carl works."
listen board "?rooms=project-$project"
one="{\"type\":\"$project\",\"project\":\"$project\"}"
question POST /tasks/batch "{\"tasks\":[$one, and five more]}"
fetch POST /tasks/batch "{\"tasks\":[$one,$one,$one,$one,$one,$one]}"
check "all six are made, or none would be" answered 201
journal=$work/journal
: >"$journal"
# Within a shell of her own, so that this one does not report her death.
(live anna dies & wait) 2>/dev/null &
live ben hangs &
within 20 all_claimed anna ben || true
live carl works &
within 40 completed || true
: >"$work/done"
within 10 grep -q 'ben comes late' "$journal" || true
cat "$journal"

concept "Nothing is lost"
check "all six tasks are completed" completed
numbers=$(messages board | grep -c '"cause":"completed"' || true)
check "each of them once" equal "$numbers" $wanted
check "Anna's lease has run out, and her task was given to another" at_least "$(again anna)" 1
check "so was Ben's" at_least "$(again ben)" 1
expired=$(messages board | grep -c '"cause":"expired"' || true)
check "the server has told of both" equal "$expired" 2

concept "The late worker"
say "Ben comes back and says that he is done. But the task is another worker's by now, with a higher fence."
check "he is refused" grep -q 'ben comes late with .*: 409 LEASE_LOST' "$journal"

conclude
