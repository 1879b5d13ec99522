"""what a task costs among 1,000 and among 100,000, over HTTP and the engine alone; a chain of 100,000"""

import subprocess
from contextlib import ExitStack

from ..machine import LOAD_CORE, SERVER_CORE
from ..programs import BENCHMARKS
from ..server import Server
from ..table import Table

FEW, MANY, LIMIT = 1_000, 100_000, 2


def run(options):
    rounds = 20 if options.quick else 100
    taskflow, engine = options.programs.swift("taskflow"), options.programs.benchmark("task-benchmark")
    with ExitStack() as stack:
        # All at once and on one core, asked in turns: so each sees the machine as it is for the others.
        command = [taskflow, "--port", "{port}", "--store", "memory"]
        servers = [(stack.enter_context(Server(*command, core=SERVER_CORE)), tasks)
                   for tasks in (FEW, MANY, MANY)]
        lines = output("node", BENCHMARKS / "node" / "tasks.js", rounds,
                       *(f"{server.port}:{server.process.pid}:{tasks}" for server, tasks in servers))
    table = Table(f"200 requests of a kind in turns, {rounds} rounds; servers on core {SERVER_CORE}",
                  ["", f"{FEW:,}", f"{MANY:,}", "ratio"])
    for name, *numbers in lines:
        if name == "chain":
            table.notes.append(f"A chain of {MANY:,}: GET /tasks/resolve takes {numbers[0]} ms of CPU; "
                               f"others wait {numbers[1]} ms at most.")
        else:
            table.rows.append([f"{name}, CPU us a request", *map(float, numbers)])
    for name, few, many, hundredths in output(engine):
        table.rows.append([f"{name}, the engine alone, ns", float(few), float(many), float(hundredths) / 100])
    table.failures = [f"{row[0]}: costs {row[3]:.2f} times as much among {MANY:,} tasks as among {FEW:,}"
                      for row in table.rows if row[3] > LIMIT and "engine" not in row[0]]
    return table


def output(*command):
    """The words of each line that a program on the load's core writes."""
    lines = subprocess.run(["taskset", "-c", str(LOAD_CORE), *map(str, command)], stdout=subprocess.PIPE, text=True,
                           check=True).stdout.splitlines()
    return [line.split() for line in lines]
