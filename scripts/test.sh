#!/usr/bin/env bash
# Runs every check and test, in order, and stops at the first that fails.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"
cd "$root"

full=false
sanitizer=
for argument in "$@"; do
    case $argument in
        --help | -h)
            cat <<'TEXT'
Usage: scripts/test.sh [--full | --sanitize=address | --sanitize=thread]

Installs what is missing, then runs every check and test in order. Each step writes to .build/checks/;
the first that fails ends the run with code 1 and shows the end of what it wrote.

  --full   also ten seconds of each target of scripts/fuzz.sh, each suite in Swift by itself, 100,000 random commands of the
           work queue, the suites that wait for real time-outs, 2,000 random programs, the suites of HTTP and WebSockets
           once more over TLS (about half an hour more), twice 200 rounds in which a server or Redis is killed (another
           half an hour), each system call of a server's life that fails, an hour of a crowd of clients, and the package in a
           Debian that debootstrap makes, if you are root
  --sanitize=address
           in place of all that, the tests in Swift under AddressSanitizer, which finds wrong uses of memory and, on Linux,
           what was not given back: objects of OpenSSL, SQLite and libuv too. It builds in .build/address, for ten minutes
  --sanitize=thread
           in place of all that, the tests in Swift under ThreadSanitizer, which finds what two threads use at once without
           order. It builds in .build/thread, for ten minutes

SERVERS_ROUNDS in the environment is how many rounds of kills --full has, of some four seconds each, with "appendfsync always"
and as many with "everysec": 200 if it is not set. The suite by itself has 20.
TEXT
            exit
            ;;
        --full) full=true ;;
        --sanitize=address | --sanitize=thread) sanitizer=${argument#*=} ;;
        *) misused "no option $argument" ;;
    esac
done
if $full && [ -n "$sanitizer" ]; then misused "--full and --sanitize are two runs"; fi

rounds=${SERVERS_ROUNDS:-200}

logs=.build/checks
mkdir -p "$logs"
# Reports of earlier runs are not of this one; scripts/conformance.py counts what is there.
rm -f "$logs"/*.xml
steps=0

# step HEADLINE COMMAND…: runs one step and writes its line.
step() {
    local headline=$1 status started=$SECONDS
    shift
    steps=$((steps + 1))
    local log
    log=$(printf '%s/%02d-%s.log' "$logs" "$steps" "${1##*/}")
    printf '%-52s' "$headline"
    # Not in an `if`: the shell would forget `set -e` inside the step.
    set +e
    (
        set -e
        "$@"
    ) </dev/null >"$log" 2>&1
    status=$?
    set -e
    if [ $status -eq 0 ]; then
        echo "ok  $((SECONDS - started)) s"
        return
    fi
    echo "FAILED, code $status"
    printf '\n%s\n' "--- the end of $log"
    tail -n 40 "$log"
    # Tests that ran beside the one that failed may have written more than that.
    printf '\n%s\n' "--- what failed in it, as far as its lines say so"
    grep -nE '✘|error:|^(FAILED|ERROR) ' "$log" | head -n 40 || true
    printf '\n%s\n%s\n' "Failed: $headline" "Look at: $log"
    exit 1
}

# limited MINUTES COMMAND…: interrupts a command that hangs, so that the run fails and shows how far it came.
limited() {
    local minutes=$1
    shift
    if command -v timeout >/dev/null; then
        timeout --foreground --signal=INT --kill-after=10s "${minutes}m" "$@"
    else
        "$@" # macOS
    fi
}

check_format() {
    # What a learner writes is laid out as the learner likes.
    find . -name '*.swift' -not -path '*/.*' -not -path './docs/course/YourTurn/Mine/*' -print0 |
        xargs -0 swift format lint --strict --parallel --configuration .swift-format
}

check_imports() {
    scripts/check-imports.py --self-test
    scripts/check-imports.py
}

check_shell() {
    local scripts=(.ci/run scripts/*.sh scripts/*.bash packaging/debian/taskflow.post*)
    for script in "${scripts[@]}"; do bash -n "$script"; done
    if command -v shellcheck >/dev/null; then shellcheck -x "${scripts[@]}"; fi
}

build_debug() {
    local output=$logs/build-debug.txt warnings
    swift build --build-tests 2>&1 | tee "$output"
    # The compiler says each twice, the second time indented below the line of code.
    warnings=$(grep '^[^ ].*warning:' "$output" | grep -v '/\.build/checkouts/' | sort -u) || return 0
    printf '\nWarnings:\n%s\n' "$warnings"
    # A file that compiled is not compiled again, and would be silent the next time.
    grep -oE '^/[^:]+\.swift' <<<"$warnings" | sort -u | while read -r file; do touch "$file"; done
    return 1
}

# A suite that no step names would never run. Some steps name their suites by a pattern.
check_suites() {
    local suite missing=0
    for suite in Tests/Peers/test_?*.py; do
        grep -oE 'Tests/Peers/test_[a-z_*]+\.py' scripts/test.sh | sort -u | while read -r pattern; do
            # shellcheck disable=SC2053
            if [[ $suite == $pattern ]]; then exit 1; fi
        done || continue
        echo "no step runs $suite"
        missing=1
    done
    return $missing
}

check_strings() {
    scripts/check-strings.py --self-test
    scripts/check-strings.py
}

test_swift() {
    limited 20 swift test --skip-build
}

build_sanitized() {
    swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build/$sanitizer"
}

# A wrong use of memory ends the tests at once. What leaks is in the reports, and scripts/check-leaks.py judges it. A report
# has 5,000 kinds of leaks at most, so a kind is told by ten calls, and not by all. One test leaves a loop to a thread that
# does not stop, and its memory with it.
test_swift_sanitized() {
    local reports=$root/$logs/reports status=0
    rm -f "$reports".*
    # The library of Swift copies a value that key paths have found to a place that may overlap it.
    echo interceptor_via_lib:libswiftCore.so >"$logs/suppressions.txt"
    export ASAN_OPTIONS=detect_stack_use_after_return=1:abort_on_error=1:malloc_context_size=10:log_path=$reports
    ASAN_OPTIONS+=:suppressions=$root/$logs/suppressions.txt
    if [ "$(uname)" = Linux ]; then ASAN_OPTIONS+=:detect_leaks=1; fi
    export LSAN_OPTIONS=exitcode=0
    limited 60 swift test --skip-build --sanitize="$sanitizer" --scratch-path ".build/$sanitizer" --skip stubbornJob ||
        status=$?
    scripts/check-leaks.py --self-test
    find "$logs" -name 'reports.*' -print0 | xargs -0 -r scripts/check-leaks.py
    return $status
}

# under_thread_sanitizer COMMAND…: each race is a report, also those of the processes that the command starts; any report is
# a failure.
under_thread_sanitizer() {
    local reports=$root/$logs/races library=$root/.build/$sanitizer/mutexes.so
    rm -f "$reports".*
    (
        export TSAN_OPTIONS=log_path=$reports:exitcode=0:history_size=4
        TSAN_OPTIONS+=:suppressions=$root/Tests/ThreadSanitizer/suppressions.txt
        if [ "$(uname)" = Linux ]; then export LD_PRELOAD=$library; fi
        "$@"
    )
    if compgen -G "$reports.*" >/dev/null; then
        cat "$reports".*
        return 1
    fi
}

# That a race is found, and that a lock is none, also where threads wait for it.
prove_thread_sanitizer() {
    local folder=.build/$sanitizer canary=.build/$sanitizer/canary
    mkdir -p "$folder"
    # clang comes with Swift; gcc does not know how Swift calls a function.
    if [ "$(uname)" = Linux ]; then
        clang -O1 -Wall -Wextra -shared -fPIC Tests/ThreadSanitizer/mutexes.c -o "$folder/mutexes.so"
    fi
    swiftc -sanitize=thread -parse-as-library Tests/ThreadSanitizer/Canary.swift -o "$canary"
    under_thread_sanitizer "$canary"
    if under_thread_sanitizer "$canary" race; then return 1; fi
}

test_swift_threads() {
    under_thread_sanitizer limited 60 swift test --skip-build --sanitize="$sanitizer" --scratch-path ".build/$sanitizer"
}

# A test that needs what another one of its process set up, or a loop that another one runs, fails or hangs here.
test_swift_suites_alone() {
    local suite
    swift test --skip-build list 2>/dev/null | sed 's/\/.*//' | sort -u | while read -r suite; do
        echo "--- $suite"
        limited 3 swift test --skip-build --filter "^${suite//./\\.}/" </dev/null
    done
}

# A fault that was planted: fuzzers that do not find it find nothing else either.
find_canary() {
    local status=0
    rm -f .build/fuzz/canary-crash-*
    limited 10 scripts/fuzz.sh canary 120 || status=$?
    [ $status -eq 77 ] && grep -q ^canary .build/fuzz/canary-crash-*
}

# Ten seconds each; what was found before is in the corpus, which the tests in Swift read.
fuzz_each() {
    local target
    for target in Fuzz/Corpus/*; do
        echo "--- ${target##*/}"
        limited 30 scripts/fuzz.sh "${target##*/}" 10
    done
}

build_release() {
    swift build --configuration release
}

# The suites' Python packages, in a place of their own and only anew when the list changes.
prepare_python() {
    if cmp -s Tests/Peers/requirements.txt .venv/requirements.txt; then return; fi
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --requirement Tests/Peers/requirements.txt
    cp Tests/Peers/requirements.txt .venv/requirements.txt
}

# What a request costs in instructions and allocations, against Benchmarks/counts.txt.
check_counts() {
    local programs
    programs=$(swift build --configuration release --show-bin-path)
    scripts/bench.sh instructions allocations --taskflow "$programs/taskflow" --echo "$programs/echo"
}

# peers ARGUMENT…: suites of clients that others wrote, against the release build.
peers() {
    local programs selection='not slow'
    programs=$(swift build --configuration release --show-bin-path)
    if $full; then selection='slow or not slow'; fi
    limited "${minutes:-20}" .venv/bin/pytest --quiet -m "$selection" --echo "$programs/echo" \
        --taskflow "$programs/taskflow" --websocket-client "$programs/websocket-client" --autobahn-client "$programs/AutobahnClient" \
        --exercises "$programs/exercises" --loop-programs "$programs/LoopPrograms" \
        --http-mirror "$programs/HTTPMirror" --file-server "$programs/FileServer" --http-ask "$programs/HTTPAsk" \
        --big-path '/demo/stream/ndjson?count=300000' --junitxml "$root/$logs/$(printf '%02d' "$steps").xml" "$@"
}

# Rounds in which a server or Redis is killed under the load of many clients.
kills() {
    export SERVERS_ROUNDS=$rounds
    minutes=$((rounds / 2 + 20)) peers -k again_and_again Tests/Peers/test_servers_kills.py
}

# Clients that do at random what clients do, and what they should not. The log has the seed.
crowd() {
    if $full; then export SOAK_SECONDS=${SOAK_SECONDS:-3600}; fi
    minutes=90 peers -s Tests/Peers/test_soak.py
}

if $full; then scripts/install-deps.sh full; else scripts/install-deps.sh test; fi

if [ -n "$sanitizer" ]; then
    if [ "$sanitizer" = thread ]; then
        step "ThreadSanitizer finds a race, and no other" prove_thread_sanitizer
        step "Debug build under ThreadSanitizer" build_sanitized
        step "Tests in Swift under ThreadSanitizer" test_swift_threads
    else
        step "Debug build under AddressSanitizer" build_sanitized
        step "Tests in Swift under AddressSanitizer" test_swift_sanitized
    fi
    echo "All $steps steps passed in $SECONDS s."
    exit
fi

echo "The first run takes ten minutes and more, for it builds twice; $logs has what each step writes."
step "Layout of the Swift sources" check_format
step "Imports against the table of modules" check_imports
step "Shell scripts" check_shell
step "Each suite of clients has its step" check_suites
step "The README's examples" scripts/readme-examples.py
step "Debug build without a warning" build_debug
step "Text of peers is compared as bytes" check_strings
step "The libraries' documentation" scripts/documentation.sh
step "Tests in Swift" test_swift
if $full; then
    if [ "$(uname)" = Linux ]; then step "A planted fault, found by fuzzing" find_canary; fi
    if [ "$(uname)" = Linux ]; then step "Each reader of what others send, fuzzed for 10 s" fuzz_each; fi
    step "Each suite in Swift by itself" test_swift_suites_alone
    QUEUE_SEED=$RANDOM
    step "100,000 random commands of the work queue, seed $QUEUE_SEED" \
        env QUEUE_COMMANDS=100000 QUEUE_SEED="$QUEUE_SEED" swift test --skip-build --filter QueuePropertyTests
fi
step "Release build" build_release
if [ "$(uname)" = Linux ]; then step "What a request costs, counted" check_counts; fi
step "Python packages of the client suites" prepare_python
step "Limits of what a request costs" peers Tests/Peers/test_bench.py
step "Clients: curl, Python, Node" peers Tests/Peers/test_http_clients.py
step "The HTTP client: nginx, Python, Node" peers Tests/Peers/test_http_client.py
step "Bytes that are no request" peers Tests/Peers/test_http_bad_bytes.py
step "The HTTP server beside Node's" peers Tests/Peers/test_http_like_node.py
step "Idle, slow and dawdling clients" peers Tests/Peers/test_http_time.py
if [ "$(uname)" = Linux ]; then step "Slow, idle and too many clients" peers Tests/Peers/test_http_slow_clients.py; fi
step "Files of a folder: curl, ranges, compression" peers Tests/Peers/test_static_files.py
step "TLS: OpenSSL, curl, Python, Node, and broken records" peers Tests/Peers/test_tls.py
step "TLS: sessions, and clients with certificates" peers Tests/Peers/test_tls_clients.py
if [ "$(uname)" = Linux ]; then
    step "TLS: clients that break its rules" peers Tests/Peers/test_tls_hostile.py
    step "TLS: servers that break its rules" peers Tests/Peers/test_tls_hostile_servers.py \
        Tests/Peers/test_tls_hostile_answers.py
    step "TLS: nothing weak, as sslscan sees it" peers Tests/Peers/test_tls_grade.py
    step "TLS: the page in Chromium, with an authority" peers Tests/Peers/test_tls_browser.py
fi
# Once more with servers that speak TLS; -rs lists what cannot be the same there, with its reason.
step "Over TLS: curl, Python, Node" peers --tls -rs Tests/Peers/test_http_clients.py
if $full; then
    step "Over TLS: all of HTTP and WebSockets" peers --tls -rs Tests/Peers/test_http_bad_bytes.py \
        Tests/Peers/test_http_time.py Tests/Peers/test_websocket_autobahn.py Tests/Peers/test_websocket_clients.py \
        Tests/Peers/test_websocket_broadcast.py Tests/Peers/test_websocket_deflate.py
    # What is spoiled at random is not spoiled as often as in the clear: a connection costs some ten times as much.
    step "Over TLS: the HTTP server beside Node's" peers --tls -rs -k 'not many' Tests/Peers/test_http_like_node.py
fi
step "The Autobahn suite, server and client" peers Tests/Peers/test_websocket_autobahn.py
step "WebSocket clients: Python, Node, and many at once" peers Tests/Peers/test_websocket_clients.py \
    Tests/Peers/test_websocket_broadcast.py
step "WebSockets that compress: Python, Chromium, zlib" peers Tests/Peers/test_websocket_deflate.py
step "WebSocket peers that flood, dawdle, or do not read" peers Tests/Peers/test_websocket_hostile.py \
    Tests/Peers/test_websocket_slow_consumers.py
step "websocket-client: lines, notices, coming back" peers Tests/Peers/test_websocket_terminal.py
step "The README's examples as a package" peers Tests/Peers/test_consumer.py
step "The course, as a learner reads and solves it" peers Tests/Peers/test_course.py Tests/Peers/test_your_turn.py
step "The exercises, in Node and in Swift" peers \
    Tests/Peers/test_exercises.py Tests/Peers/test_exercises_timeline.py
step "Random programs of callbacks, in Node and in Swift" peers Tests/Peers/test_loop_programs.py
step "taskflow: answers, logs, flags and signals" peers Tests/Peers/test_taskflow_*.py
step "The board and the loop, in Chromium" peers Tests/Peers/test_board*.py Tests/Peers/test_loop_page.py
step "taskflow: worker, enqueue and tasks" peers Tests/Peers/test_worker_*.py
step "The queue: claims, leases, fences, faults" peers Tests/Peers/test_queue_*.py
step "Several servers: kills, networks, lost histories" peers -k 'not again_and_again' Tests/Peers/test_servers_*.py
if $full; then
    step "Several servers: $rounds rounds of kills, twice" kills
    step "On Redis: taskflow and the queue" peers --redis -rs Tests/Peers/test_taskflow_*.py Tests/Peers/test_queue_*.py
fi
if [ "$(uname)" = Linux ]; then
    minutes=40 step "System calls fail, here and there" peers -s Tests/Peers/test_failing_calls.py
    if $full; then minutes=40 step "Over TLS: system calls fail" peers --tls -s -rs Tests/Peers/test_failing_calls.py; fi
    step "A crowd of clients leaves nothing behind" crowd
fi
step "Behind nginx and Caddy, and as a service" peers Tests/Peers/test_deploy.py
if [ "$(uname)" = Linux ]; then step "The Debian package" peers -rs Tests/Peers/test_package.py; fi
step "The demonstrations, as a learner runs them" peers Tests/Peers/test_demo_scripts.py

echo "All $steps steps passed in $SECONDS s."
