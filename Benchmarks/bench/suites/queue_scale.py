"""1,000,000 tasks in 1,000 projects, 200 waiting workers: claims, loop delay, memory, start; 10,000 waiting claims; delays"""

import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from .. import jobs
from ..machine import SERVER_CORE, on_load_core
from ..server import Server
from ..table import Table
from ..wire import Connection

TASKS, PROJECTS, WORKERS, WAITING, DUE = 1_000_000, 1_000, 200, 10_000, 10_000
# Bytes of a waiting claim, seconds of CPU until 1,000,000 delayed tasks are read, milliseconds that others wait.
CLAIM, START, DELAY = 2_048, 2, 20


def run(options):
    taskflow = options.programs.swift("taskflow")
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    table = Table(f"The server on core {SERVER_CORE}", ["", "", "at most"])
    ready(table, taskflow)
    waiting(table, taskflow)
    delayed(table, taskflow)
    return table


def row(table: Table, name: str, value: float, limit: float | None = None) -> None:
    table.rows.append([name, float(value), limit])
    if limit and value > limit:
        table.failures.append(f"{name}: {value:,.2f}, more than {limit:,}")


def waits_of_others(server: Server, seconds: float) -> float:
    """The milliseconds that 99 of 100 GET /health take at most, one each two milliseconds."""
    waits, end = [], time.perf_counter() + seconds
    with Connection(server.port) as client:
        request = client.request("GET", "/health")
        while (start := time.perf_counter()) < end:
            client.ask(request)
            waits.append((time.perf_counter() - start) * 1e3)
            time.sleep(0.002)
    return sorted(waits)[len(waits) * 99 // 100]


# --- Many tasks -------------------------------------------------------------------------------------------------------

def ready(table: Table, taskflow: Path) -> None:
    with Server(taskflow, "--port", "{port}", "--store", "memory", core=SERVER_CORE) as server, on_load_core():
        before = server.kibibytes("VmRSS")
        for number in range(PROJECTS):
            jobs.fill(server.port, TASKS // PROJECTS, project=f"p{number}")
        row(table, f"bytes a task, {TASKS:,} ready in {PROJECTS:,} projects", (server.kibibytes("VmRSS") - before) * 1024 / TASKS)
        row(table, "ms that 99 of 100 claims take", claim_and_complete(server.port, 5_000))
        with ExitStack() as stack:
            for _ in range(WORKERS):
                worker = stack.enter_context(Connection(server.port))
                worker.socket.sendall(claim(worker, ["other"], 60))
            with ThreadPoolExecutor() as pool:
                others = pool.submit(waits_of_others, server, 3)
                row(table, f"the same beside {WORKERS} waiting workers", claim_and_complete(server.port, 5_000))
                row(table, "ms that 99 of 100 GET /health take meanwhile", others.result())


def claim(client: Connection, types: list[str], wait: int) -> bytes:
    body = json.dumps({"worker": f"bench-{client.socket.fileno()}", "types": types, "wait": wait})
    return client.request("POST", "/tasks/claim", body.encode(), "secret-worker-123")


def claim_and_complete(port: int, times: int) -> float:
    """The milliseconds that 99 of 100 claims take at most; each in projects of its own."""
    waits = []
    with Connection(port) as client:
        for number in range(times):
            # Claims of any project take those of the first ones.
            project = f"p{PROJECTS - 1 - number % (PROJECTS // 2)}"
            body = json.dumps({"worker": "bench", "projects": [project]} if number % 2 else {"worker": "bench"})
            request = client.request("POST", "/tasks/claim", body.encode(), "secret-worker-123")
            start = time.perf_counter()
            task = json.loads(client.ask(request))["tasks"][0]
            waits.append((time.perf_counter() - start) * 1e3)
            fence = json.dumps({"fence": task["lease"]["fence"]}).encode()
            client.ask(client.request("POST", f"/tasks/{task['id']}/complete", fence, "secret-worker-123"))
    return sorted(waits)[times * 99 // 100]


# --- Many claims ------------------------------------------------------------------------------------------------------

def waiting(table: Table, taskflow: Path) -> None:
    with ExitStack() as stack, on_load_core():
        server = stack.enter_context(Server(taskflow, "--port", "{port}", "--store", "memory", core=SERVER_CORE))
        clients = [stack.enter_context(Connection(server.port)) for _ in range(WAITING)]
        for client in clients:
            client.ask(client.request("GET", "/health"))
        before = server.kibibytes("VmRSS")
        for client in clients:
            client.socket.sendall(claim(client, ["email"], 60))
        # An answer on the last of the sockets would be one to a claim; another connection is served behind them all.
        time.sleep(1)
        with Connection(server.port) as client:
            client.ask(client.request("GET", "/health"))
        row(table, f"bytes a claim, {WAITING:,} that wait", (server.kibibytes("VmRSS") - before) * 1024 / WAITING, CLAIM)


# --- Delays -----------------------------------------------------------------------------------------------------------

def delayed(table: Table, taskflow: Path) -> None:
    arguments = (taskflow, "--port", "{port}", "--store")
    with Server(*arguments, "sqlite:tasks.db", core=SERVER_CORE) as server, on_load_core():
        server.wait_until_ready()
        jobs.fill(server.port, TASKS, delay=86_400)
        store = server.folder / "tasks.db"
        server.process.terminate()
        server.process.wait(timeout=60)
        with Server(*arguments, f"sqlite:{store}", core=SERVER_CORE) as again:
            again.wait_until_ready()
            row(table, f"s of CPU until {TASKS:,} delayed tasks are read", again.cpu_microseconds() / 1e6, START)
    with Server(*arguments, "memory", core=SERVER_CORE) as server, on_load_core():
        jobs.fill(server.port, DUE, delay=3)
        row(table, f"ms that 99 of 100 GET /health take while {DUE:,} tasks are due at once",
            waits_of_others(server, 3.5), DELAY)
