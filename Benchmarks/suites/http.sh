#!/usr/bin/env bash
# http   GET /health of taskflow, of Node's http, and a C program on libuv that answers as many bytes
# Sourced by scripts/bench.sh, after Benchmarks/measure.sh.
# shellcheck disable=SC2154 # What these two set.

connections=64 rounds=5 seconds=5
if $quick; then rounds=3 seconds=2; fi

if [ -z "$taskflow" ]; then
    swift build --configuration release --product taskflow >&2
    taskflow=$(swift build --configuration release --show-bin-path)/taskflow
fi
# shellcheck disable=SC2046 # The flags are several words.
"$(command -v cc || command -v clang)" -O2 -Wall -Wextra Benchmarks/floor/floor.c -o "$out/floor" $(pkg-config --cflags --libs libuv)

floor="C on libuv $(pkg-config --modversion libuv)"
node="Node $(node --version)"

# The floor answers what taskflow does, byte for byte, so that both move as many.
port=$(free_port)
start_server "$port" "$taskflow" --port "$port"
curl -q --noproxy '*' --silent --show-error --include "http://127.0.0.1:$port/health" >"$out/answer.http"
end_server

start() {
    case $1 in
        "$floor") start_server "$2" "$out/floor" --port "$2" "$out/answer.http" ;;
        taskflow) start_server "$2" "$taskflow" --port "$2" ;;
        "$node") start_server "$2" node Benchmarks/node/health.js --port "$2" ;;
    esac
}

echo "GET /health, $(wc -c <"$out/answer.http") bytes an answer, $connections connections;" \
    "$rounds rounds of $seconds s; server on core $server_core, wrk on core $load_core"

programs=("$floor" taskflow "$node")
for ((round = 0; round < rounds; round++)); do
    echo "Round $((round + 1)) of $rounds" >&2
    for ((turn = 0; turn < ${#programs[@]}; turn++)); do
        # Another one begins each round, so that none is always the first after the others.
        program=${programs[(round + turn) % ${#programs[@]}]}
        port=$(free_port)
        start "$program" "$port"
        measure_http "$program" "http://127.0.0.1:$port/health" "$seconds" "$connections"
        end_server
    done
done

print_table "$floor"
