"""the work queue: batches, claims, turns of workers, and how soon a task is in a worker's hands; beanstalkd and BullMQ"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from .. import jobs
from ..health import CONNECTIONS
from ..machine import LOAD_CORE, SERVER_CORE, on_load_core
from ..programs import BENCHMARKS, OUT, run as output
from ..server import Server
from ..table import Table
from ..wire import Connection
from ..wrk import wrk

# The most CPU time of a task: in a batch, in turns of 16, and that of a claim and an end in creates; the most milliseconds
# until a worker has a task that is added, of half of them and of 99 of 100; microseconds of a life that is kept in a file.
BATCH, TURN, CLAIM, SOON, SURELY, KEPT = 10, 12, 2.5, 0.5, 3, 50
IN_FILE = ("--store", "sqlite:tasks.db")


def run(options):
    taskflow = options.programs.swift("taskflow")
    rounds, seconds, count = (3, 2, 20_000) if options.quick else (5, 4, 50_000)
    table = Table(f"Tasks of 14 bytes; {rounds} rounds, the server on core {SERVER_CORE}",
                  ["", "CPU us a task", "a second", "at most"])
    creating, claiming = [], []
    measure(table, "a create", rounds, lambda: create(taskflow, seconds), None, creating)
    measure(table, "in a batch of 1,000", rounds, lambda: batches(taskflow, count), BATCH)
    measure(table, "a claim and an end", rounds, lambda: work(taskflow, "claim.lua", seconds), None, claiming)
    measure(table, "the same in turns of 16", rounds, lambda: work(taskflow, "work.lua", seconds), TURN)
    measure(table, "a life in a file, 16 at a time", rounds, lambda: life(taskflow, "work.lua", seconds), KEPT)
    measure(table, "beanstalkd with a binlog, 16 at a time", rounds, lambda: beanstalkd(count))
    measure(table, "BullMQ on Redis with its log, 16 at a time", rounds, lambda: bullmq(count // 10))
    ratio = statistics.median(one / other for one, other in zip(claiming, creating))
    table.notes.append(f"A claim and an end take {ratio:.2f} times the CPU of a create.")
    if ratio > CLAIM:
        table.failures.append(f"a claim and an end: {ratio:.2f} times a create, more than {CLAIM}")
    until_claimed(table, "memory", taskflow, "--store", "memory")
    until_claimed(table, "a file", taskflow, *IN_FILE)
    return table


def measure(table: Table, name: str, rounds: int, once, limit: float | None = None, costs: list | None = None) -> None:
    """A row: `once` gives the CPU microseconds and the seconds that one task has taken."""
    results = [once() for _ in range(rounds)]
    cost = statistics.median(cpu for cpu, _ in results)
    if costs is not None:
        costs += [cpu for cpu, _ in results]
    rate = round(1 / statistics.median(seconds for _, seconds in results))
    table.rows.append([name, cost, rate, limit])
    if limit and cost > limit:
        table.failures.append(f"{name}: {cost:.1f} us of CPU a task, more than {limit}")


def cost(server: Server, tasks, body) -> tuple[float, float]:
    """The CPU microseconds and the seconds of each of so many tasks, or of those that `tasks` counts."""
    before = 0 if isinstance(tasks, int) else tasks()
    start, cpu = time.perf_counter(), server.cpu_microseconds()
    body()
    cpu, seconds = server.cpu_microseconds() - cpu, time.perf_counter() - start
    done = tasks if isinstance(tasks, int) else tasks() - before
    return cpu / done, seconds / done


# --- Taskflow ---------------------------------------------------------------------------------------------------------

def in_memory(taskflow: Path) -> Server:
    return Server(taskflow, "--port", "{port}", "--store", "memory", core=SERVER_CORE)


def create(taskflow: Path, seconds: int) -> tuple[float, float]:
    with in_memory(taskflow) as server:
        start, cpu = time.perf_counter(), server.cpu_microseconds()
        load = wrk(f"http://127.0.0.1:{server.port}/tasks", seconds, CONNECTIONS, BENCHMARKS / "wrk" / "create.lua")
        return (server.cpu_microseconds() - cpu) / load.works, (time.perf_counter() - start) / load.works


def batches(taskflow: Path, count: int) -> tuple[float, float]:
    with in_memory(taskflow) as server, on_load_core():
        return cost(server, count, lambda: jobs.fill(server.port, count))


def work(taskflow: Path, script: str, seconds: int) -> tuple[float, float]:
    """Workers find more tasks than they can do."""
    with in_memory(taskflow) as server:
        jobs.fill(server.port, 150_000 * seconds)
        return cost(server, lambda: jobs.completed(server.port), lambda: run_workers(server, script, seconds))


def run_workers(server: Server, script: str, seconds: int) -> None:
    wrk(f"http://127.0.0.1:{server.port}/", seconds, CONNECTIONS, BENCHMARKS / "wrk" / script)


def life(taskflow: Path, script: str, seconds: int) -> tuple[float, float]:
    """From the batch to the end, all on the disk."""
    with Server(taskflow, "--port", "{port}", *IN_FILE, core=SERVER_CORE) as server:
        server.wait_until_ready()
        count = 20_000 * seconds
        with on_load_core():
            added = cost(server, count, lambda: jobs.fill(server.port, count))
        done = cost(server, lambda: jobs.completed(server.port), lambda: run_workers(server, script, max(1, seconds // 2)))
        return added[0] + done[0], added[1] + done[1]


def until_claimed(table: Table, where: str, taskflow: Path, *store: str) -> None:
    """Milliseconds from a POST until a worker that waits has the task."""
    waits = []
    with Server(taskflow, "--port", "{port}", *store, core=SERVER_CORE) as server, on_load_core():
        server.wait_until_ready()
        with Connection(server.port) as client, Connection(server.port) as worker:
            request = client.make_task()
            claim = worker.request("POST", "/tasks/claim", b'{"worker":"bench","wait":60}', "secret-worker-123")
            for _ in range(1_000):
                worker.socket.sendall(claim)
                # The claim waits by the time that another connection is answered.
                client.ask(client.request("GET", "/health"))
                start = time.perf_counter()
                client.socket.sendall(request)
                worker.ask(b"")
                waits.append((time.perf_counter() - start) * 1e3)
                client.ask(b"")
    waits.sort()
    half, most = waits[500], waits[990]
    table.notes.append(f"With {where}, half of the tasks are in a waiting worker's hands within {half:.2f} ms, "
                       f"99 of 100 within {most:.2f} ms.")
    if where == "memory" and (half > SOON or most > SURELY):
        table.failures.append(f"added until claimed: {half:.2f} and {most:.2f} ms, more than {SOON} and {SURELY}")


# --- Others -----------------------------------------------------------------------------------------------------------

def beanstalkd(count: int) -> tuple[float, float]:
    with Server("beanstalkd", "-l", "127.0.0.1", "-p", "{port}", "-b", ".", core=SERVER_CORE) as server:
        return cost(server, count, lambda: clients(sys.executable, "beanstalk.py", server, count))


def bullmq(count: int) -> tuple[float, float]:
    with Server("redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--appendonly", "yes", "--save", "",
                core=SERVER_CORE) as server:
        return cost(server, count, lambda: clients(python_with_bullmq(), "bull.py", server, count))


def clients(python: str, program: str, server: Server, count: int, processes: int = 4) -> None:
    """As many clients as keep the server busy."""
    command = ["taskset", "-c", str(LOAD_CORE), python, str(BENCHMARKS / "queue" / program), str(server.port),
               str(count // processes)]
    running = [subprocess.Popen(command) for _ in range(processes)]
    if any([process.wait(timeout=600) for process in running]):
        raise SystemExit(f"bench: {program} has failed")


def python_with_bullmq() -> str:
    """BullMQ is in PyPI, and in no package of Debian's."""
    folder = OUT / "python"
    python = folder / "bin" / "python"
    if not python.exists():
        output(sys.executable, "-m", "venv", str(folder))
    output(str(python), "-m", "pip", "install", "--quiet", "bullmq")
    return str(python)
