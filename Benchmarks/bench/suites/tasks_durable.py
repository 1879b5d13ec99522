"""POST /tasks kept in a file: beside memory, beside C on SQLite, and what others wait meanwhile"""

import json
import multiprocessing
import sqlite3
import statistics
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

from ..counting import StoringInstructions
from ..health import CONNECTIONS
from ..machine import LOAD_CORE, SERVER_CORE
from ..programs import BENCHMARKS, OUT, run as output
from ..server import Server
from ..table import Table
from ..wire import Connection
from ..wrk import wrk

# The least part of the rate in memory, a second of CPU; the most of C's work that storing may take; the milliseconds that
# 99 of 100 others may wait longer beside 1,000 changes a second; the most times longer that changes take beside reports.
RATE, STORING, OTHERS, REPORTS = 0.5, 1.2, 10, 5

FILE = "tasks.db"
IN_MEMORY, IN_FILE = ("--store", "memory"), ("--store", f"sqlite:{FILE}")


def run(options):
    taskflow, floor = options.programs.swift("taskflow"), options.programs.c("store", "-lsqlite3")
    seconds, rounds = (2, 3) if options.quick else (5, 5)
    table = Table(f"{CONNECTIONS} connections create tasks; {rounds} rounds, the server on core {SERVER_CORE}",
                  ["", "", "than", "ratio"])
    rates(table, taskflow, floor, rounds, seconds)
    instructions(table, options.programs, floor)
    others(table, taskflow, seconds)
    reports(table, taskflow, seconds)
    return table


def create(server: Server, seconds: int):
    return wrk(f"http://127.0.0.1:{server.port}/tasks", seconds, CONNECTIONS, BENCHMARKS / "wrk" / "create.lua")


# --- The work ---------------------------------------------------------------------------------------------------------

def rates(table: Table, taskflow: Path, floor: Path, rounds: int, seconds: int) -> None:
    memory, file, storing, c, waits, sizes = [], [], [], [], [], []
    for _ in range(rounds):
        with Server(taskflow, "--port", "{port}", *IN_MEMORY, core=SERVER_CORE) as server:
            create(server, 1)
            before = server.cpu_microseconds()
            memory.append((create(server, seconds), before, server.cpu_microseconds()))
        with Server(taskflow, "--port", "{port}", *IN_FILE, core=SERVER_CORE) as server:
            server.wait_until_ready()
            create(server, 1)
            start, before, kept = end_of(server), server.cpu_microseconds(), storing_microseconds(server)
            load = create(server, seconds)
            file.append((load, before, server.cpu_microseconds()))
            events, appends = (now - then for now, then in zip(end_of(server), start))
            storing.append((storing_microseconds(server) - kept) / events)
            waits.append(load.p99)
            sizes.append(events / appends)
        c.append(stored_by_c(floor, events, round(sizes[-1])))
    memory, file = ([(after - before) / load.works for load, before, after in costs] for costs in (memory, file))
    add(table, "CPU us a create, in a file", file, "in memory", memory, 1 / RATE)
    add(table, "CPU us an event, storing it", storing, "C on SQLite", c, STORING)
    table.notes.append(f"99 of 100 creates in a file take {statistics.median(waits):.1f} ms at most; "
                       f"a transaction has {statistics.median(sizes):.1f} events.")


def add(table: Table, name: str, costs: list[float], other: str, others: list[float], limit: float) -> None:
    """A row of medians, and a failure where the first is more than `limit` times the other."""
    ratio = statistics.median(cost / another for cost, another in zip(costs, others))
    table.rows.append([name, statistics.median(costs), f"{statistics.median(others):,.2f} {other}", round(ratio, 2)])
    if ratio > limit:
        table.failures.append(f"{name}: {ratio:.2f} times {other}, more than {limit:.2f}")


def end_of(server: Server) -> tuple[int, int]:
    """How many events and how many appends the store has had."""
    with closing(sqlite3.connect(f"file:{server.folder / FILE}?mode=ro", uri=True)) as database:
        return database.execute("SELECT seq, append FROM store").fetchone()


def storing_microseconds(server: Server) -> float:
    """The processor time of all threads but the loop's: of those only the store's has had any."""
    loop = Path(f"/proc/{server.process.pid}/schedstat").read_text().split()[0]
    return server.cpu_microseconds() - int(loop) / 1e3


def stored_by_c(floor: Path, events: int, size: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return float(output("taskset", "-c", str(SERVER_CORE), str(floor), f"{folder}/{FILE}", str(events), str(size)))


# --- Instructions -----------------------------------------------------------------------------------------------------

def instructions(table: Table, programs, floor: Path) -> None:
    """Counted on one connection with sixteen requests in flight, since valgrind has no time for more."""
    with StoringInstructions(programs, programs.swift("taskflow"), "--port", "{port}", *IN_FILE) as server:
        server.wait_until_ready()
        with Connection(server.port) as client:
            client.ask_often(client.make_task(), 160)
            server.count()
            start = end_of(server)
            client.ask_often(client.make_task(), 3_200)
            count = server.count()
            events, appends = (now - then for now, then in zip(end_of(server), start))
    size = round(events / appends)
    few, many = (counted_in_c(floor, events * times, size) for times in (1, 2))
    add(table, f"instructions an event, storing {size} together", [count / events], "C on SQLite",
        [(many - few) / events], STORING)


def counted_in_c(floor: Path, events: int, size: int) -> int:
    file = OUT / "callgrind.store"
    with tempfile.TemporaryDirectory() as folder:
        output("valgrind", "--tool=callgrind", f"--callgrind-out-file={file}", str(floor), f"{folder}/{FILE}", str(events),
               str(size))
    return StoringInstructions.total(file)


# --- What others wait -------------------------------------------------------------------------------------------------

def others(table: Table, taskflow: Path, seconds: int) -> None:
    with Server(taskflow, "--port", "{port}", *IN_FILE, core=SERVER_CORE) as server:
        server.wait_until_ready()
        create(server, 1)
        alone = wait_for_health(server, time.sleep, seconds)
        start = end_of(server)[0]
        beside = wait_for_health(server, write_steadily, server.port, seconds)
        rate = (end_of(server)[0] - start) / seconds
    table.rows.append([f"ms that 99 of 100 /health take beside {rate:,.0f} creates a second", beside,
                       f"{alone:,.2f} alone", round(beside / alone, 2)])
    if beside - alone > OTHERS:
        table.failures.append(f"99 of 100 /health take {beside - alone:.1f} ms longer beside creates, more than {OTHERS}")


def write_steadily(port: int, seconds: int) -> None:
    """Creates ten tasks each 10 ms."""
    with Connection(port) as client:
        request, due = client.make_task(), time.perf_counter()
        for _ in range(seconds * 100):
            client.ask_often(request, 10)
            due += 0.01
            time.sleep(max(0.0, due - time.perf_counter()))


def wait_for_health(server: Server, work, *arguments) -> float:
    """How many milliseconds 99 of 100 take at most while another process does `work`."""
    process, waits = multiprocessing.Process(target=work, args=arguments), []
    process.start()
    with Connection(server.port) as client:
        request = client.request("GET", "/health")
        while process.is_alive():
            start = time.perf_counter()
            client.ask(request)
            waits.append((time.perf_counter() - start) * 1e3)
            time.sleep(0.002)
    process.join()
    return statistics.quantiles(waits, n=100)[-1]


def reports(table: Table, taskflow: Path, seconds: int) -> None:
    """Eight reports on one thread of the pool, on the one core that the server has."""
    with Server(taskflow, "--port", "{port}", *IN_FILE, core=SERVER_CORE,
                environment={"UV_THREADPOOL_SIZE": "1"}) as server:
        server.wait_until_ready()
        create(server, 1)
        alone = create(server, seconds).p99
        with Connection(server.port) as client:
            for _ in range(8):
                client.ask(client.request("POST", "/tasks/reports/start?heavyIterations=1000000000"))
            beside = create(server, seconds).p99
            stats = json.loads(client.ask(client.request("GET", "/tasks/reports/stats")))
    if stats["active"] != 1:
        raise SystemExit(f"bench: the reports were done too soon: {stats}")
    add(table, "ms that 99 of 100 creates take beside 8 reports", [beside], "alone", [alone], REPORTS)
