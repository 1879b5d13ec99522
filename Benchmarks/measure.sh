# shellcheck shell=bash
# What the suites of scripts/bench.sh share: pinning, load, the kernel's own count of a server's time, the table.

out=.build/bench
mkdir -p "$out"
rows=$out/rows.txt
: >"$rows"

server_pid=''
end_server() {
    [ -n "$server_pid" ] || return 0
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    server_pid=''
}
trap end_server EXIT

fail() {
    echo "bench: $*" >&2
    exit 1
}

# build_benchmark NAME: builds a program of the package here; its file is $benchmark then.
build_benchmark() {
    local options=(--package-path Benchmarks --configuration release)
    swift build "${options[@]}" --product "$1" >&2
    # shellcheck disable=SC2034 # For the suites.
    benchmark=$(swift build "${options[@]}" --show-bin-path)/$1
}

# The server and its load each have a core; with one core alone they share it, and the time of the server still counts.
allowed_cores() {
    tr ',' '\n' <<<"$(sed -n 's/^Cpus_allowed_list:\s*//p' /proc/self/status)" |
        while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done
}
server_core=$(allowed_cores | sed -n 1p)
load_core=$(allowed_cores | sed -n 2p)
load_core=${load_core:-$server_core}

listens() { (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && listens "$port"; do :; done
    echo "$port"
}

# start_server PORT COMMAND…: runs it on the server's core and waits until it listens.
start_server() {
    local port=$1
    shift
    taskset -c "$server_core" "$@" >"$out/server.log" 2>&1 &
    server_pid=$!
    until listens "$port"; do
        kill -0 "$server_pid" 2>/dev/null || fail "$1 did not start: $(cat "$out/server.log")"
        sleep 0.05
    done
}

# Microseconds of processor time that a process has had, in user and kernel mode, all its threads.
cpu_microseconds() {
    # The name in parentheses may hold spaces, so what is before its end is cut off.
    sed 's/.*) //' "/proc/$1/stat" | awk -v ticks="$(getconf CLK_TCK)" '{printf "%d", ($12 + $13) * 1000000 / ticks}'
}

peak_kib() { awk '/^VmHWM/ {print $2}' "/proc/$1/status"; }

# wrk_requests URL SECONDS CONNECTIONS: puts load on the server; prints how many requests it answered, and a second.
wrk_requests() {
    local report
    report=$(taskset -c "$load_core" wrk -t1 -c"$3" -d"$2s" "$1")
    if grep -E 'Socket errors|Non-2xx' <<<"$report" >&2; then fail "wrk saw errors at $1"; fi
    awk '/requests in/ {requests = $1} /^Requests\/sec/ {print requests, $2}' <<<"$report"
}

# measure_http PROGRAM URL SECONDS CONNECTIONS: one round; adds a row "program, CPU µs a request, requests/s, peak KiB".
measure_http() {
    local program=$1 url=$2 seconds=$3 connections=$4 before requests per_second
    wrk_requests "$url" 1 "$connections" >/dev/null
    before=$(cpu_microseconds "$server_pid")
    read -r requests per_second <<<"$(wrk_requests "$url" "$seconds" "$connections")"
    [ -n "$requests" ] || exit 1
    printf '%s\t%s\t%s\t%s\n' "$program" \
        "$(awk -v used=$(($(cpu_microseconds "$server_pid") - before)) -v n="$requests" 'BEGIN {print used / n}')" \
        "$per_second" "$(peak_kib "$server_pid")" >>"$rows"
}

# print_table FLOOR: the rows so far, a line a program. Ratios are taken within a round, since rounds drift together.
print_table() {
    printf '%-28s %22s  %10s  %10s  %s\n' '' 'CPU us a request' 'requests/s' 'peak MiB' 'of the floor'
    awk -F'\t' -v floor="$1" '
        function median(list, count,    i, j, value) {
            for (i = 2; i <= count; i++) {
                value = list[i]
                for (j = i - 1; j > 0 && list[j] > value; j--) list[j + 1] = list[j]
                list[j + 1] = value
            }
            return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
        }
        !($1 in rounds) { names[++programs] = $1 }
        {
            round = ++rounds[$1]
            cpu[$1, round] = $2; rate[$1, round] = $3
            if ($4 > peak[$1]) peak[$1] = $4
        }
        END {
            for (p = 1; p <= programs; p++) {
                name = names[p]; count = rounds[name]
                for (r = 1; r <= count; r++) {
                    c[r] = cpu[name, r]; s[r] = rate[name, r]; ratio[r] = c[r] / cpu[floor, r]
                }
                m = median(c, count)
                printf "%-28s %6.2f (%6.2f - %6.2f)  %10d  %10.1f  %.2f\n", \
                    name, m, c[1], c[count], median(s, count), peak[name] / 1024, median(ratio, count)
            }
        }' "$rows"
}
