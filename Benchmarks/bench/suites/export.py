"""GET /tasks/stream.ndjson of 1,000,000 tasks: CPU beside C that sends the same bytes, memory, what others wait"""

import tempfile
import threading
import time
from contextlib import ExitStack

from ..machine import SERVER_CORE
from ..programs import libuv_flags
from ..server import Server
from ..table import Table, median_of_ratios
from ..wire import Connection

PATH = "/tasks/stream.ndjson"
# MiB that the server may grow by while an export is under way, and milliseconds that others may wait longer.
GROWTH, WAIT = 16, 10


def run(options):
    tasks, rounds = (100_000, 3) if options.quick else (1_000_000, 5)
    taskflow, floor = options.programs.swift("taskflow"), options.programs.c("floor", *libuv_flags())
    with ExitStack() as stack:
        server = stack.enter_context(Server(taskflow, "--port", "{port}", "--store", "memory", core=SERVER_CORE))
        with Connection(server.port) as client:
            client.ask_often(client.request("POST", "/tasks", b'{"title":"One of many tasks to be done"}'), tasks)
        line = stack.enter_context(tempfile.NamedTemporaryFile())
        line.write(b"x" * (read(server) // tasks - 1) + b"\n")
        line.flush()
        other = stack.enter_context(Server(floor, "--port", "{port}", "--export", tasks, line.name, core=SERVER_CORE))
        table = measure(server, other, rounds)
    table.title = f"All of {tasks:,} tasks as lines; {rounds} rounds, servers on core {SERVER_CORE}"
    return table


def measure(server: Server, other: Server, rounds: int) -> Table:
    table = Table("", ["program", "CPU ms", "of C"])
    before = server.kibibytes("VmRSS")
    costs = {name: [cost(one) for _ in range(rounds)] for name, one in (("taskflow", server), ("C", other))}
    alone, beside = longest_wait(server, lambda: time.sleep(0.5)), longest_wait(server, lambda: read(server))
    growth = (server.kibibytes("VmHWM") - before) / 1024
    for name, cpu in costs.items():
        table.rows.append([name, sorted(cpu)[rounds // 2], median_of_ratios(cpu, costs["C"])])
    table.notes.append(f"It grows by {growth:.1f} MiB. Others wait {beside:.1f} ms at most, and {alone:.1f} ms without it.")
    if growth > GROWTH:
        table.failures.append(f"The server grew by {growth:.1f} MiB, more than {GROWTH}")
    if beside - alone > WAIT:
        table.failures.append(f"Others waited {beside - alone:.1f} ms longer, more than {WAIT}")
    return table


def cost(server: Server) -> float:
    """Milliseconds of CPU for an export."""
    before = server.cpu_microseconds()
    read(server)
    return (server.cpu_microseconds() - before) / 1e3


def read(server: Server) -> int:
    """How many bytes an export has, its frame of chunks not counted."""
    size = 0
    with Connection(server.port) as client:
        client.socket.sendall(client.request("GET", PATH))
        while client.input.readline() != b"\r\n":
            pass
        while (count := int(client.input.readline(), 16)) > 0:
            size += len(client.input.read(count))
            client.input.read(2)
    return size


def longest_wait(server: Server, work) -> float:
    """How many milliseconds the slowest of the requests takes that are made while `work` is done."""
    thread = threading.Thread(target=work)
    thread.start()
    longest = 0.0
    with Connection(server.port) as client:
        request = client.request("GET", "/health")
        while thread.is_alive():
            start = time.perf_counter()
            client.ask(request)
            longest = max(longest, time.perf_counter() - start)
            time.sleep(0.005)
    return longest * 1e3
