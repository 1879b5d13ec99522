"""a tick, a microtask, an immediate, a timeout and an await, beside Node's"""

import statistics
import subprocess

from ..machine import SERVER_CORE
from ..programs import BENCHMARKS
from ..table import Table, median_of_ratios

FEW, MANY = "timeout armed and cancelled, 100 armed", "timeout armed and cancelled, 100,000 armed"


def run(options):
    rounds = 3 if options.quick else 5
    sides = {"Swift": [options.programs.benchmark("loop-benchmark")],
             "Node": ["node", BENCHMARKS / "node" / "loop.js"]}
    costs = {side: {} for side in sides}
    for _ in range(rounds):
        for side, command in sides.items():
            for name, nanoseconds in measured([*command, *(["--quick"] if options.quick else [])]):
                costs[side].setdefault(name, []).append(nanoseconds)
    table = Table(f"Nanoseconds of processor time, the median of {rounds} rounds; each on core {SERVER_CORE}",
                  ["", *sides, "Swift / Node"])
    for name, ours in costs["Swift"].items():
        theirs = costs["Node"][name]
        table.rows.append([name, statistics.median(ours), statistics.median(theirs), median_of_ratios(ours, theirs)])
    if statistics.median(costs["Swift"][MANY]) > 2 * statistics.median(costs["Swift"][FEW]):
        table.failures.append("A timeout costs more with more of them armed.")
    return table


def measured(command):
    """What each line "what, tab, nanoseconds" of a benchmark says."""
    lines = subprocess.run(["taskset", "-c", str(SERVER_CORE), *map(str, command)], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.splitlines()
    for line in lines:
        name, nanoseconds = line.split("\t")
        yield name, int(float(nanoseconds))
