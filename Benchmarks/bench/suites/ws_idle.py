"""memory of an idle connection, HTTP kept alive and WebSocket, beside Node's"""

import resource
from contextlib import ExitStack

from ..programs import BENCHMARKS
from ..server import Server
from ..table import Table
from ..wire import Connection, WebSocket

FIRST, MORE = 1_000, 4_000


def run(options):
    # Each connection is a descriptor here, too.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    taskflow, echo = options.programs.swift("taskflow"), options.programs.swift("echo")
    table = Table(f"Bytes of memory that each of {MORE:,} idle connections adds to the {FIRST:,} before them",
                  ["connection", "program", "bytes"])
    for connection, program, connect, command in [
        ("HTTP, kept alive", "taskflow", kept_alive, [taskflow, "--port", "{port}", "--store", "memory"]),
        ("HTTP, kept alive", "Node's http", kept_alive,
         ["node", BENCHMARKS / "node" / "health.js", "--port", "{port}"]),
        ("WebSocket", "echo", WebSocket, [echo, "--port", "{port}"]),
        ("WebSocket", "Node's ws", WebSocket, ["node", BENCHMARKS / "node" / "ws.js", "--port", "{port}"]),
    ]:
        table.rows.append([connection, program, bytes_each(connect, command)])
    return table


def kept_alive(port: int) -> Connection:
    connection = Connection(port)
    connection.ask(connection.request("GET", "/health"))
    return connection


def bytes_each(connect, command) -> int:
    with Server(*command) as server, ExitStack() as stack:
        for _ in range(FIRST):
            stack.enter_context(connect(server.port))
        before = server.kibibytes("VmRSS")
        for _ in range(MORE):
            stack.enter_context(connect(server.port))
        return round((server.kibibytes("VmRSS") - before) * 1024 / MORE)
