#!/usr/bin/env bash
# loop   a tick, a microtask, an immediate, a timeout and an await, beside Node's
# Sourced by scripts/bench.sh, after Benchmarks/measure.sh.
# shellcheck disable=SC2154 # What these two set.

rounds=5 options=()
if $quick; then rounds=3 options=(--quick); fi

build_benchmark loop-benchmark
swift=$benchmark

echo "Nanoseconds of processor time, the median of $rounds rounds; each on core $server_core"
for ((round = 1; round <= rounds; round++)); do
    echo "Round $round of $rounds" >&2
    taskset -c "$server_core" "$swift" "${options[@]}" | sed "s/^/swift\t/" >>"$rows"
    taskset -c "$server_core" node Benchmarks/node/loop.js "${options[@]}" | sed "s/^/node\t/" >>"$rows"
done

awk -F'\t' '!seen[$2]++ {print $2}' "$rows" >"$out/names.txt"
# Fails when a timeout costs more than twice as much where a thousand times as many are armed.
printf '%-46s %8s %8s  %s\n' '' Swift "Node" 'Swift / Node'
LC_ALL=C sort -s -t "$(printf '\t')" -k1,2 -k3n "$rows" | awk -F'\t' -v rounds="$rounds" '
    # Sorted, so the middle one of each group is its median.
    { seen = ++count[$1, $2]; if (seen == int((rounds + 1) / 2)) median[$1, $2] = $3 }
    END {
        while ((getline line < names_in_order) > 0) names[++n] = line
        for (i = 1; i <= n; i++) {
            ours = median["swift", names[i]]; theirs = median["node", names[i]]
            printf "%-46s %8d %8d  %.2f\n", names[i], ours, theirs, ours / theirs
        }
        few = median["swift", "timeout armed and cancelled, 100 armed"]
        many = median["swift", "timeout armed and cancelled, 100,000 armed"]
        if (many > 2 * few) { print "A timeout costs more with more of them armed."; exit 1 }
    }' names_in_order="$out/names.txt" -
