"""from the start of the program to the first connection, beside Node's http"""

import statistics
import time

from ..machine import SERVER_CORE
from ..programs import BENCHMARKS
from ..server import Server
from ..table import Table


def run(options):
    starts = 5 if options.quick else 20
    commands = {"taskflow": [options.programs.swift("taskflow"), "--port", "{port}", "--store", "memory"],
                "Node's http": ["node", BENCHMARKS / "node" / "health.js", "--port", "{port}"]}
    times = {name: [] for name in commands}
    for _ in range(starts):
        for name, command in commands.items():
            start = time.monotonic()
            with Server(*command, core=SERVER_CORE) as server:
                times[name].append(((time.monotonic() - start) * 1e3, server.cpu_microseconds() / 1e3,
                                    server.kibibytes() / 1024))
    table = Table(f"The median of {starts} starts", ["program", "ms", "CPU ms", "peak MiB"])
    for name, values in times.items():
        table.rows.append([name, *(round(statistics.median(column), 1) for column in zip(*values))])
    return table
