"""One event for 10,000 WebSocket clients, of one process and of four that share them, on one Redis."""

import contextlib
import resource
import statistics
import time

from .audience import Audience
from .machine import on_load_core
from .table import Table
from .wire import Connection

CLIENTS = 10_000
# Events that are written at once, at each of so many connections, to see that all clients have them in one order.
BURST, WRITERS = 5, 4


def broadcasts(start_servers, quick: bool) -> Table:
    """`start_servers(count)` gives the port, and a function for the CPU that the servers have had."""
    # Each client is a descriptor here, too.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    rounds = 10 if quick else 40
    table = Table(f"One event to {CLIENTS:,} WebSocket clients; {rounds} events, each written at one process",
                  ["", "ms p50", "p99", "last", "CPU us a client", "of one process", "clients a process"])
    for name, count in [("one process", 1), ("four processes", 4)]:
        with start_servers(count) as (port, cpu):
            times, cost, spread = measured(port, cpu, count, rounds)
        table.rows.append([name, *times, cost, cost / (table.rows[0][4] if table.rows else cost),
                           " ".join(f"{number:,}" for number in spread)])
    table.notes.append(f"Each client saw each of the {rounds + 1 + BURST * WRITERS} events once, and all in the same order.")
    return table


def measured(port: int, cpu, count: int, rounds: int) -> tuple[list[float], float, list[int]]:
    """Milliseconds until half, 99 of 100 and all of the clients have an event; CPU of all servers for each client."""
    with contextlib.ExitStack() as stack, on_load_core():
        audience = Audience(stack, port, CLIENTS)
        spread = audience.spread(count)
        clients = [stack.enter_context(Connection(port)) for _ in range(WRITERS)]
        request = clients[0].make_task()
        results, costs = [], []
        # The first one is not counted.
        for _ in range(rounds + 1):
            before, start = cpu(), time.perf_counter()
            clients[0].ask(request)
            arrived = sorted(audience.wait_for(1, start))
            results.append([1e3 * arrived[index] for index in (CLIENTS // 2 - 1, CLIENTS * 99 // 100 - 1, -1)])
            costs.append((cpu() - before) / CLIENTS)
        for client in clients:
            client.socket.sendall(request * BURST)
        audience.wait_for(BURST * WRITERS, time.perf_counter())
        audience.check(rounds + 1 + BURST * WRITERS)
    return ([statistics.median(values) for values in zip(*results[1:])], statistics.median(costs[1:]), spread)
