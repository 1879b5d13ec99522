"""several servers on one Redis: creates and work, CPU beside C on hiredis, how often one comes behind, a broadcast"""

import concurrent.futures
import contextlib
import json
import statistics
import time

from .. import jobs
from ..broadcasts import broadcasts
from ..health import CONNECTIONS
from ..machine import on_load_core
from ..programs import BENCHMARKS, run as output
from ..server import Server
from ..table import Table
from ..wire import Connection
from ..wrk import wrk

# The least part of the work that one of some servers alike has, of what it would have if all had the same.
SHARE = 0.6


def run(options):
    taskflow, floor = options.programs.swift("taskflow"), options.programs.c("redis", "-lhiredis")
    rounds, seconds = (3, 2) if options.quick else (5, 5)
    table = Table(f"64 connections; {rounds} rounds; Redis, the servers and the load share two cores",
                  ["", "a second", "CPU us of servers", "of Redis", "events an append", "behind %", "least share %"])
    with_c = []
    for name, count, script in [("creates, one server", 1, "create.lua"), ("creates, two servers", 2, "create.lua"),
                                ("creates, four servers", 4, "create.lua"),
                                ("claims and ends, one server", 1, "claim.lua"),
                                ("claims and ends, two servers", 2, "claim.lua"),
                                ("claims and ends, four servers", 4, "claim.lua")]:
        # Four are more than there are cores for: what they show is that each has its part, and that they agree.
        results = [once(taskflow, count, script, seconds) for _ in range(1 if count == 4 else rounds)]
        median = [statistics.median(values) for values in zip(*results)]
        rate, cpu, redis, events, behind, share = median
        table.rows.append([name, round(rate), cpu, redis, events, 100 * behind, 100 * share])
        with_c.append(round(events))
        if min(result[-1] for result in results) < SHARE / count:
            table.failures.append(f"{name}: one of them has less than {100 * SHARE / count:.0f} % of the work")
    for size in (1, with_c[0]):
        results = [stored_by_c(floor, 20_000, size) for _ in range(rounds)]
        cpu, redis, rate = (statistics.median(values) for values in zip(*results))
        table.rows.append([f"C on hiredis, {size} a script", round(rate), cpu, redis, size, None, None])
    table.notes.append(f"Unfairness is bounded: the server with the least has the part that stands last, {100 * SHARE:.0f} % of an "
                       "equal one at the least. All agree on every task.")
    table.others.append(broadcasts(lambda count: processes(taskflow, count), options.quick))
    return table


def redis_server() -> Server:
    return Server("redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--appendonly", "yes", "--save", "")


@contextlib.contextmanager
def processes(taskflow, count: int):
    """One server, or one with so many processes: its port, and how to look at the CPU of all of them."""
    with redis_server() as redis:
        several = ["--processes", str(count)] if count > 1 else []
        with Server(taskflow, "--port", "{port}", "--store", f"redis://127.0.0.1:{redis.port}", *several) as server:
            server.wait_until_ready()
            yield server.port, server.cpu_microseconds


def once(taskflow, count: int, script: str, seconds: int) -> tuple[float, ...]:
    """Works a second; CPU of servers and of Redis for each; events an append, and how many appends come behind; the least
    server's part."""
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        store = f"redis://127.0.0.1:{redis.port}"
        servers = [stack.enter_context(Server(taskflow, "--port", "{port}", "--store", store)) for _ in range(count)]
        for server in servers:
            server.wait_until_ready()
        if script == "claim.lua":
            with on_load_core():
                jobs.fill(servers[0].port, 20_000 * seconds)
        start, before = time.perf_counter(), spent(servers, redis)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            path = "tasks" if script == "create.lua" else ""
            loads = list(pool.map(lambda server: wrk(f"http://127.0.0.1:{server.port}/{path}", seconds,
                                                     CONNECTIONS // count, BENCHMARKS / "wrk" / script), servers))
        took, after = time.perf_counter() - start, spent(servers, redis)
        wait_until_they_agree(servers)
        works = [load.works if script == "create.lua" else load.works / 2 for load in loads]
        cpu, redis_cpu, events, appends, behind = (now - then for now, then in zip(after, before))
        return (sum(works) / took, cpu / sum(works), redis_cpu / sum(works), events / max(1, appends - behind),
                behind / max(1, appends), min(works) / sum(works))


def wait_until_they_agree(servers: list[Server]) -> None:
    """All have the same tasks in the same states; a server hears of what others do a moment later."""
    deadline = time.monotonic() + 20
    while len({shown(server) for server in servers}) > 1:
        if time.monotonic() > deadline:
            raise SystemExit("bench: the servers do not agree")
        time.sleep(0.05)


def shown(server: Server) -> tuple[str, int, str]:
    """Where its history ends, and how many tasks it has in which state."""
    with Connection(server.port) as client:
        events, projects = (json.loads(client.ask(client.request("GET", path))) for path in ("/events", "/projects"))
    return events["epoch"], events["seq"], json.dumps([project["counts"] for project in projects])


def spent(servers: list[Server], redis: Server) -> tuple[float, ...]:
    """CPU of servers and of Redis until now; events, appends, and appends that came behind."""
    calls = {}
    with Connection(redis.port) as client:
        client.socket.sendall(b"INFO commandstats\r\n")
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            text += client.socket.recv(65_536)
        # The end of a bulk string, and of what is in it.
        for line in text.decode().splitlines():
            if line.startswith("cmdstat_"):
                name, _, rest = line[8:].partition(":calls=")
                calls[name] = int(rest.partition(",")[0])
    # An append writes the end once; one that comes behind reads what stands in front of it.
    appends, behind = calls.get("hmget", 0), calls.get("xrange", 0)
    return (sum(server.cpu_microseconds() for server in servers), redis.cpu_microseconds(), calls.get("xadd", 0),
            appends, behind)


def stored_by_c(floor, events: int, size: int) -> tuple[float, float, float]:
    """CPU of C and of Redis for each event, and events a second."""
    with redis_server() as redis:
        start, cpu = time.perf_counter(), redis.cpu_microseconds()
        own = float(output(str(floor), str(redis.port), str(events), str(size)))
        return own, (redis.cpu_microseconds() - cpu) / events, events / (time.perf_counter() - start)
