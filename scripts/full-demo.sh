#!/usr/bin/env bash
# Walks the ten concepts of backend work at a running server: each is shown, checked and tidied up.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/demo.bash
. "$(dirname "$self")/demo.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/full-demo.sh [--step] [NUMBER…]

Asks a running server about the ten concepts of backend work, in the order in which they are learned, shows each
question and answer, and checks it. Its tasks are deleted again; those that were there are left as they are.
Ends with a line for each concept, and with 1 if one is not as it should be.

  NUMBER   a concept, 1 to 10: only these are shown
  --step   waits for the return key between two concepts, on a terminal

It needs the server's demonstrations, which are there in development mode and with --demo; without them it ends with 1.

  swift run taskflow              in one terminal
  swift run websocket-client      in a second, to watch
  scripts/full-demo.sh            in a third

From the environment:
  BASE_URL     where the server is (http://localhost:3000)
  ADMIN_TOKEN  who may do everything (secret-admin-123, which is the development mode's)
  USER_TOKEN   who may only read (secret-user-123)
  ITERATIONS   how much work the workers get (50000000, a second or two; 1 to 1000000000)

It needs curl; with jq it shows less of long answers.
TEXT
}

# In the order in which they are learned; 7 to 9 ask for what only a server with demonstrations has.
all=(raw_http hash_map priority_queue dependency_chains middleware errors memory workers streaming websockets)
is_stepping=false chosen=()
for argument in "$@"; do
    case $argument in
        --help | -h) usage && exit ;;
        --step) is_stepping=true ;;
        [1-9] | 10) chosen+=("$argument") ;;
        -*) misused "no option $argument" ;;
        *) misused "no concept $argument, they are 1 to 10" ;;
    esac
done
if [ ${#chosen[@]} -eq 0 ]; then chosen=(1 2 3 4 5 6 7 8 9 10); fi
ITERATIONS=${ITERATIONS:-50000000}
if ! [[ $ITERATIONS =~ ^[1-9][0-9]{0,9}$ ]] || [ "$ITERATIONS" -gt 1000000000 ]; then
    misused "ITERATIONS is a number from 1 to 1000000000, not $ITERATIONS"
fi

require_demonstrations() {
    case " ${chosen[*]} " in *' 7 '* | *' 8 '* | *' 9 '*) ;; *) return 0 ;; esac
    who=nobody fetch GET /demo/cpu/ping
    [ "$status" != 404 ] || fail "the server at $BASE_URL has no demonstrations: start it with --demo, or ask for" \
        "concepts that need none: scripts/full-demo.sh 1 2 3 4 5 6 10"
}

# Waits between two concepts where a person looks on; ctrl-C ends the script as ever.
pause() {
    if ! $is_stepping || ! [ -t 0 ] || ! [ -t 1 ]; then return 0; fi
    printf '\n%s' "${dim}Return goes on.$plain "
    read -r _ || true
}

raw_http() {
    concept "Raw HTTP server"
    say "A request is lines of text on a socket. No framework: libuv brings bytes, a parser finds the lines, and the"
    say "answer is lines again, which curl shows when it is asked to."
    local name="X-Request-Id: $project"
    extra=$name who=nobody question GET /health
    extra=$name who=nobody fetch GET /health
    tr -d '\r' <"$work/head" | sed 's/^/  < /'
    echo "  < $(brief)"
    check "the server is healthy" answered 200 '"status":"healthy"'
    check "the answer carries the name that the request had" equal "$(header X-Request-Id)" "$project"
    who=nobody ask HEAD /health
    check "HEAD is answered as GET is, but for the body" \
        equal "$status $(header Content-Type)" '200 application/json; charset=utf-8'
    who=nobody ask GET /nowhere
    check "a path that leads nowhere is 404" answered 404 '"code":"NOT_FOUND"'
    who=nobody ask DELETE /health
    check "a method that this path does not have is 405, and Allow names those that it has" \
        equal "$status $(header Allow)" '405 GET, HEAD'
}

hash_map() {
    concept "Hash map"
    say "Tasks lie in memory, found by their id in one step, however many there are."
    ask POST /tasks "{\"title\":\"Learn hash maps\",\"project\":\"$project\"}"
    check "201, and Location says where it is" equal "$status $(header Location)" "201 /tasks/$(field id)"
    local created=$body path tag
    path=/tasks/$(field id)
    shown='{title, status}' ask GET "$path"
    check "it is there, byte by byte as it was answered" equal "$body" "$created"
    tag=$(header ETag)
    extra="If-None-Match: $tag" ask GET "$path"
    check "a client that has it already gets 304 and no body" answered 304
    shown='{title, status}' ask PATCH "$path" '{"status":"in-progress"}'
    check "it can be changed" answered 200 '"status":"in-progress"'
    extra="If-Match: $tag" ask PATCH "$path" '{"status":"failed"}'
    check "but not by a client that has seen an older state" answered 412 '"code":"PRECONDITION_FAILED"'
    ask DELETE "$path"
    check "it can be deleted" answered 204
    ask GET "$path"
    check "and is gone" answered 404 '"code":"TASK_NOT_FOUND"'
}

# Whether the answer is the task of that id and priority, or another one that goes before it.
is_first() {
    local first
    why="the first is $(brief)"
    first=$(field priority)
    [ "$(field id)" != "$1" ] || return 0
    at_least "$first" "$2" && { [ "$first" -gt "$2" ] || [[ $(field id) < $1 ]]; }
}

# Whether in the answer's array no entry is more urgent than its parent: the heap's one rule.
is_heap() {
    why="the queue is $(brief)"
    grep -o '"priority":-\{0,1\}[0-9]*' <<<"$body" | cut -d : -f 2 |
        awk '{ at[NR] = $1 } NR > 1 && at[NR] > at[int(NR / 2)] { bad = 1 } END { exit bad || NR < 3 }'
}

priority_queue() {
    concept "Priority queue"
    say "A heap is an array in which every entry goes before the two below it. The most urgent is always in front, and"
    say "each change moves one entry along one branch: 17 steps among 100,000 tasks."
    local low middle high task='{title, priority}'
    create '"title":"Later","priority":999998'
    low=$id
    create '"title":"Now","priority":1000000'
    high=$id
    create '"title":"Soon","priority":999999'
    middle=$id
    shown='[.[] | .priority]' ask GET /tasks/queue
    check "all three are in the heap" answered 200 "$low" "$middle" "$high"
    check "and in its array no entry is more urgent than its parent" is_heap
    shown=$task ask GET /tasks/next
    check "the most urgent is next, though it was not the first to come" is_first "$high" 1000000
    shown='{title, status}' ask PATCH "/tasks/$high" '{"status":"completed"}'
    shown=$task ask GET /tasks/next
    check "when it is done, another one is" is_first "$middle" 999999
    shown=$task ask PATCH "/tasks/$low" '{"priority":1000000}'
    shown=$task ask GET /tasks/peek
    check "a new priority moves a task in the queue" is_first "$low" 1000000
}

dependency_chains() {
    concept "Dependency chains"
    say "What a task needs comes before it. A walk along the dependencies finds the order, or why there is none."
    local design build ship order='[.orderedTasks[].title]'
    create '"title":"Design"'
    design=$id
    create "\"title\":\"Build\",\"dependencies\":[\"$design\"]"
    build=$id
    create "\"title\":\"Ship\",\"dependencies\":[\"$build\"]"
    ship=$id
    shown=$order ask GET "/tasks/$ship/resolve"
    check "design, build, ship" answered 200 "\"orderedTaskIds\":[\"$design\",\"$build\",\"$ship\"]"
    shown='{title, dependencies}' ask PATCH "/tasks/$design" "{\"dependencies\":[\"$ship\"]}"
    ask GET "/tasks/$ship/resolve"
    check "a circle is found, and shown" answered 409 '"code":"CONFLICT"' '"cyclePath":['
    local missing=00000000-0000-7000-8000-000000000000
    shown='{title, dependencies}' ask PATCH "/tasks/$design" "{\"dependencies\":[\"$missing\"]}"
    ask GET "/tasks/$ship/resolve"
    check "so is a task that does not exist" \
        answered 422 "\"missingTaskId\":\"$missing\"" "\"requiredBy\":\"$design\""
}

middleware() {
    concept "Middleware"
    say "A request passes one small function after another, and each may end it: who are you, may you do that, is what"
    say "you send well formed? What is refused early costs little."
    who=nobody ask GET /tasks/count
    check "without a token: 401, and how to show one" equal "$status $(header WWW-Authenticate)" '401 Bearer'
    who=user ask GET /tasks/count
    check "the user may read" answered 200 '"count":'
    who=user ask POST /tasks '{"title":'
    check "but not write, and what was said is not even looked at" answered 403 '"code":"INSUFFICIENT_PERMISSIONS"'
    ask POST /tasks '{"title":'
    check "the admin gets one function further" answered 400 '"code":"INVALID_JSON"'
    extra='Origin: https://elsewhere.example' ask POST /tasks '{"title":"From a foreign page"}'
    check "a page from elsewhere is refused, whatever its token" answered 403 '"code":"FORBIDDEN_ORIGIN"'
}

# Whether the answer is an error in the one shape that all have, with this status, code and text.
is_error() {
    answered "$1" "{\"error\":{\"code\":\"$2\",\"message\":\"" "\"requestId\":\"$(header X-Request-Id)\"" \
        '"timestamp":"' "${3:-}" && ! says '.swift' && ! says "$ADMIN_TOKEN"
}

errors() {
    concept "Error handling"
    say "Every error has one shape: a code for programs, a message for people, and the id under which the log knows it."
    ask POST /tasks 'What is JSON?'
    check "400, not JSON" is_error 400 INVALID_JSON
    ask POST /tasks '{"priority":5}'
    check "422, a field that is needed" is_error 422 MISSING_REQUIRED_FIELD '"field":"title"'
    ask POST /tasks '{"title":"Urgent","priority":"very"}'
    check "422, a value that cannot be" is_error 422 VALIDATION_ERROR '"field":"priority"'
    ask GET /tasks/00000000-0000-7000-8000-000000000000
    check "404, no such task" is_error 404 TASK_NOT_FOUND
    who=nobody ask GET /tasks
    check "401, no token, or one that this server does not know" is_error 401 INVALID_TOKEN
    who=nobody ask PUT /tasks
    check "405, not here" is_error 405 METHOD_NOT_ALLOWED
}

memory() {
    concept "Memory management"
    say "What is never let go of grows; what has a limit does not. The names are Node's: rss is what the system gave."
    local memory='.memory | {rss, heapUsed}'
    shown=$memory ask GET /tasks/system/memory
    check "the process knows what it holds" at_least "$(field heapUsed)" 1
    say "An array that is only ever added to, 64 blocks of 64 KiB:"
    has_leaked=true
    fetch POST /tasks/memory/clear
    shown='{leak, memory: (.memory | {heapUsed})}' ask POST '/tasks/memory/leak?count=64&sizeKb=64'
    body=${body#*'"leak":'}
    check "4 MiB are held, and nothing needs them" at_least "$(field bytes)" 4194304
    say "The same, 200 times, into a cache that has room for 100 blocks:"
    shown='{cache, memory: (.memory | {heapUsed})}' ask POST '/tasks/memory/safe?count=200&sizeKb=64'
    check "the cache has thrown out what was oldest" equal "$status $(field blocks)" '201 100'
    shown='{freedBytes, memory: (.memory | {heapUsed})}' ask POST /tasks/memory/clear
    has_leaked=false
    check "let go of, it is the system's again" answered 200 '"leak":{"blocks":0,"bytes":0,'
}

# work KIND: starts the work in the background; its answer will be in the file "$work/KIND".
work() {
    echo "  $bold> GET /tasks/reports/$1?iterations=$ITERATIONS$plain$dim   (in the background)$plain"
    rm -f "$work/$1"
    "${curl[@]}" --max-time 30 --header "@$work/admin" --output "$work/$1" \
        "$BASE_URL/tasks/reports/$1?iterations=$ITERATIONS" &
    worker=$!
    sleep 0.1
}

# Whether the work was over too soon to see which request waited for which.
is_quick() { [ "$took" -lt 300 ]; }

# Waits for the work, shows its answer and keeps how long it took.
worked() {
    wait "$worker" || true
    body=$(cat "$work/$1" 2>/dev/null || true)
    took=$(field durationMs)
    took=${took%.*}
    took=${took:-0}
    echo "  < $(shown='{mode, result, durationMs}' brief)"
}

workers() {
    concept "Worker threads"
    say "One thread answers all clients. Long work goes to a worker; done on the loop, it makes all others wait."
    local worker took=0 result='' is_early=false turn
    # Another client may hold up one of the two, so what looks wrong is tried again.
    for turn in 1 2 3; do
        work worker-run
        who=nobody shown='{status}' ask GET /health
        if [ ! -s "$work/worker-run" ]; then is_early=true; fi
        worked worker-run
        if $is_early || is_quick || [ "$turn" = 3 ]; then break; fi
    done
    if says '"complete":true'; then result=$(field result); fi
    check "the worker has done it" says '"mode":"worker"'
    if is_quick; then
        say "(That was too quick to see which request waits for which; more ITERATIONS show it.)"
    else
        check "/health was answered meanwhile, after $milliseconds of $took ms" $is_early
    fi
    for turn in 1 2 3; do
        work blocking
        who=nobody shown='{status}' ask GET /health
        worked blocking
        if is_quick || [ "$milliseconds" -ge $((took / 2)) ] || [ "$turn" = 3 ]; then break; fi
    done
    check "the same work was done on the loop" says '"mode":"blocking"'
    if [ -n "$result" ] && says '"complete":true'; then
        check "with the same result" equal "$(field result)" "$result"
    fi
    is_quick || check "but /health had to wait for it, $milliseconds ms" at_least "$milliseconds" $((took / 2))
    say "A client that does not want to wait at all gets the number of a job, and asks again:"
    shown='{jobId}' ask POST "/tasks/reports/start?heavyIterations=1000000"
    check "202, at once" answered 202 '"jobId":' '"statusPath":'
    local path turns=0
    path=$(field statusPath)
    until fetch GET "$path" && { says '"status":"completed"' || [ $turns -eq 100 ]; }; do
        turns=$((turns + 1))
        sleep 0.1
    done
    shown='{status, summary: .output.summary}' ask GET "$path"
    check "the report is there" answered 200 '"status":"completed"' '"totalTasks":' '"syntheticCpuScore":'
}

streaming() {
    concept "Streaming"
    say "A long answer is never held as a whole: a piece is made when the client has read the one before it."
    create '"title":"=1+1","description":"A formula, to a spreadsheet"'
    local before after rows bytes path='/demo/stream/ndjson?count=100000'
    question GET /tasks/export.csv
    fetch GET /tasks/export.csv
    tr -d '\r' <"$work/head" | sed -n '/^[CT][a-z]*-/s/^/  < /p'
    sed -n "/^id,/s/^/  < /p; /$id/s/^/  < /p" <<<"$body"
    check "CSV in chunks: its length is known only at the end" \
        equal "$(header Transfer-Encoding) $(header Content-Type)" 'chunked text/csv; charset=utf-8'
    check "a title that a spreadsheet would calculate is text" answered 200 "\"$id\",\"'=1+1\""
    question GET /tasks/stream.ndjson
    fetch GET /tasks/stream.ndjson
    sed -n "/$id/s/^/  < /p" <<<"$body"
    check "JSON, a task a line" grep -q "^{\"id\":\"$id\",.*}\$" <<<"$body"
    fetch GET /tasks/system/memory
    before=$(field rss)
    question GET "$path"
    read -r rows bytes <<<"$({ "${curl[@]}" --max-time 30 "$BASE_URL$path" || true; } | wc -lc)"
    fetch GET /tasks/system/memory
    after=$(field rss)
    echo "  < $rows lines, $((bytes >> 20)) MiB; the server has grown by $(((after - before) / 1024)) KiB"
    check "100,000 lines have come" equal "$rows" 100000
    check "and the server never held a quarter of them" at_least $((before + bytes / 4)) "$after"
}

websockets() {
    concept "WebSockets"
    say "The connection stays open, and the server speaks when there is something to say. curl can listen."
    listen everything
    listen project "?rooms=project-$project"
    check "two clients are greeted" await project '"event":"connection.ready"'
    create '"title":"WebSocket test","priority":5'
    local task=$id
    shown='{title, priority}' ask PATCH "/tasks/$task" '{"priority":9}'
    shown='{id, title, project}' ask POST /tasks "{\"title\":\"Elsewhere\",\"project\":\"$project-b\"}"
    local other
    other=$(field id)
    ask DELETE "/tasks/$task"
    await everything "\"event\":\"task.deleted\",\"task\":{\"id\":\"$task\"" || true
    await project '"event":"task.deleted"' || true
    hear everything "$task"
    check "the client that listens to all tasks has heard each change" \
        equal "$(events everything "$task")" 'task.created task.updated task.moved task.deleted'
    check "so has the client that listens to the project" \
        equal "$(events project "$task")" "$(events everything "$task")"
    check "which has heard nothing of another project" \
        equal "$(events everything "$other"), $(events project "$other")" 'task.created, '
}

# shellcheck disable=SC2119 # The arguments were read above.
begin
require_demonstrations
echo "${bold}The ten concepts, at $BASE_URL$plain"
is_first_shown=true
for number in "${chosen[@]}"; do
    if ! $is_first_shown; then pause; fi
    is_first_shown=false
    # The heading counts one up.
    settle
    concepts=$((number - 1))
    "${all[number - 1]}"
done
conclude
