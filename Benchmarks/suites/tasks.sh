#!/usr/bin/env bash
# tasks  what a task costs among 1,000 and among 100,000, over HTTP and the engine alone; a chain of 100,000
# Sourced by scripts/bench.sh, after Benchmarks/measure.sh.
# shellcheck disable=SC2154 # What these two set.

few=1000 many=100000 rounds=100 limit=2
if $quick; then rounds=20; fi

if [ -z "$taskflow" ]; then
    swift build --configuration release --product taskflow >&2
    taskflow=$(swift build --configuration release --show-bin-path)/taskflow
fi
build_benchmark task-benchmark
engine=$benchmark

# All at once and on one core, asked in turns: so each sees the machine as it is for the others.
servers=()
pids=()
end_servers() { kill "${pids[@]}" 2>/dev/null || true; }
trap end_servers EXIT
for tasks in "$few" "$many" "$many"; do
    port=$(free_port)
    start_server "$port" "$taskflow" --port "$port"
    servers+=("$port:$server_pid:$tasks")
    pids+=("$server_pid")
done

# table UNIT: turns lines "name few many ratio" into a table.
table() {
    printf '%-30s %10s %10s  ratio\n' "$1" "$few" "$many"
    awk '{printf "  %-28s %10s %10s  %s\n", $1, $2, $3, $4}'
    echo
}

echo "Tasks: 200 requests of a kind in turns, $rounds rounds; servers on core $server_core, load on core $load_core"
echo
echo "Filling the servers and asking them takes a minute or two" >&2
taskset -c "$load_core" node Benchmarks/node/tasks.js "$rounds" "${servers[@]}" >"$rows"
grep -v '^chain' "$rows" | table 'CPU us a request'
taskset -c "$load_core" "$engine" | awk '{printf "%s %d %d %.2f\n", $1, $2, $3, $4 / 100}' | table 'the engine alone, ns'
awk '/^chain/ {printf "A chain of 100,000: GET /tasks/resolve takes %d ms of CPU; others wait %d ms at most.\n", $2, $3}' "$rows"

if awk -v limit="$limit" '!/^chain/ && $4 > limit {found = 1; print $1 " costs " $4 " times as much"} END {exit !found}' \
    "$rows" >&2; then
    fail "a request must not cost more than $limit times as much among $many tasks as among $few"
fi
