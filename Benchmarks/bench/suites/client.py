"""CPU time of a client's request: HTTPClient beside Node's http.Agent, against a C program that answers"""

import statistics
import subprocess
import sys

from ..machine import LOAD_CORE, SERVER_CORE
from ..programs import BENCHMARKS, OUT, libuv_flags
from ..server import Server
from ..table import Table, median_of_ratios

CONNECTIONS = 32
CONTENT = b"{" + b"x" * 198 + b"}"
ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Thu, 26 Nov 2026 20:00:00 GMT\r\n"
          b"Content-Length: %d\r\n\r\n" % len(CONTENT) + CONTENT)


def run(options):
    rounds, count = (3, 20_000) if options.quick else (5, 100_000)
    answer = OUT / "client-answer.http"
    floor = options.programs.c("floor", *libuv_flags())
    answer.write_bytes(ANSWER)
    sides = {"HTTPClient": [options.programs.benchmark("client-benchmark")],
             "Node's http.Agent": ["node", BENCHMARKS / "node" / "client.js"]}
    costs = {side: ([], []) for side in sides}
    with Server(floor, "--port", "{port}", answer, core=LOAD_CORE) as server:
        for turn in range(rounds):
            print(f"Round {turn + 1} of {rounds}", file=sys.stderr)
            # The other one begins each round.
            for side in list(sides) if turn % 2 else reversed(sides):
                words = [f"http://127.0.0.1:{server.port}/", count, CONNECTIONS, len(CONTENT)]
                cpu, seconds = measured([*sides[side], *words])
                costs[side][0].append(cpu)
                costs[side][1].append(count / seconds)
    table = Table(f"{len(ANSWER)} bytes an answer, {CONNECTIONS} connections; {rounds} rounds, the client on core "
                  f"{SERVER_CORE}, each answer checked",
                  ["client", "CPU us a request", "least", "most", "a second", "of Node's"])
    theirs = costs["Node's http.Agent"][0]
    for side, (cpu, rate) in costs.items():
        spread = (statistics.median(cpu), min(cpu), max(cpu))
        table.rows.append([side, *(round(cost, 3) for cost in spread), round(statistics.median(rate)),
                           median_of_ratios(cpu, theirs)])
    return table


def measured(command) -> tuple[float, float]:
    """Microseconds of processor time a request, and the seconds that all of them took."""
    output = subprocess.run(["taskset", "-c", str(SERVER_CORE), *map(str, command)], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    cpu, seconds = output.split()
    return float(cpu), float(seconds)
