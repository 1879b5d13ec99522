"""from the start of the program to the first connection, beside Node's http; and reading many tasks, beside C on SQLite"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from ..machine import SERVER_CORE
from ..programs import BENCHMARKS, run as output
from ..server import Server
from ..table import Table

# The most processor time that reading the tasks may take, of that in which a C program steps through their rows.
LOADING = 3
TASKS = 1_000_000


def run(options):
    starts = 5 if options.quick else 20
    taskflow = options.programs.swift("taskflow")
    commands = {"taskflow": [taskflow, "--port", "{port}", "--store", "memory"],
                "Node's http": ["node", BENCHMARKS / "node" / "health.js", "--port", "{port}"]}
    times = {name: [] for name in commands}
    for _ in range(starts):
        for name, command in commands.items():
            times[name].append(start(*command))
    table = Table(f"The median of {starts} starts", ["program", "ms", "CPU ms", "peak MiB"])
    for name, values in times.items():
        table.rows.append([name, *medians(values)])
    load(table, taskflow, options.programs.c("load", "-lsqlite3"), 3 if options.quick else 5)
    return table


def start(*command: str | Path, is_awaited=False) -> tuple[float, float, float]:
    """Milliseconds, those of processor time, and mebibytes; until it is ready, if that is to be awaited."""
    began = time.monotonic()
    with Server(*command, core=SERVER_CORE) as server:
        if is_awaited:
            server.wait_until_ready()
        return (time.monotonic() - began) * 1e3, server.cpu_microseconds() / 1e3, server.kibibytes() / 1024


def medians(values: list[tuple]) -> list[float]:
    return [round(statistics.median(column), 1) for column in zip(*values)]


# --- A store that has tasks -------------------------------------------------------------------------------------------

def load(table: Table, taskflow: Path, floor: Path, rounds: int) -> None:
    ratios, starts, stepped = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "tasks.db"
        fill(taskflow, store)
        for _ in range(rounds):
            began = time.monotonic()
            rows, cpu = output("taskset", "-c", str(SERVER_CORE), str(floor), str(store)).split()
            stepped.append(((time.monotonic() - began) * 1e3, float(cpu) / 1e3))
            starts.append(start(taskflow, "--port", "{port}", "--store", f"sqlite:{store}", is_awaited=True))
            ratios.append(starts[-1][1] / stepped[-1][1])
    table.rows.append([f"taskflow, {TASKS:,} tasks", *medians(starts)])
    table.rows.append([f"C, their {int(rows):,} rows", *medians(stepped), None])
    ratio = statistics.median(ratios)
    table.notes.append(f"Reading {TASKS:,} tasks takes {ratio:.2f} times the processor time of C.")
    if ratio > LOADING:
        table.failures.append(f"reading tasks: {ratio:.2f} times C, more than {LOADING}")


def fill(taskflow: Path, store: Path) -> None:
    """A tenth of them need the one before."""
    lines, time_of_all = store.with_suffix(".ndjson"), "2026-01-02T03:04:05.678Z"
    with open(lines, "w") as file:
        for number in range(TASKS):
            file.write(json.dumps({
                "id": task_id(number), "title": f"Task number {number}", "priority": number % 100,
                "dependencies": [task_id(number - 1)] if number % 10 == 9 else [],
                "createdAt": time_of_all, "updatedAt": time_of_all}) + "\n")
    output(str(taskflow), "import", str(lines), "--store", f"sqlite:{store}")
    lines.unlink()


def task_id(number: int) -> str:
    """Ids ascend, and differ in their last bits as random ones do."""
    return f"019b7c8e-{number >> 16:04x}-7{number >> 4 & 0xfff:03x}-8{number & 0xf:x}00-{number * 0x9e3779b97f4a & 0xffffffffffff:012x}"
