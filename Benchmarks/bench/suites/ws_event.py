"""one event to 8,000 WebSocket clients: from the POST to the last one, beside C that sends the same bytes"""

import resource
import select
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from ..machine import SERVER_CORE, on_load_core
from ..programs import libuv_flags
from ..server import Server
from ..table import Table, median_of_ratios
from ..wire import Connection, WebSocket

CLIENTS = 8_000
PATH = "/ws/tasks"


@dataclass
class Listeners:
    """A server, and all that listen to it."""
    name: str
    client: Connection
    server: Server
    sockets: list
    milliseconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __post_init__(self):
        self.poll = select.epoll()
        self.by_descriptor = {one.socket.fileno(): one.socket for one in self.sockets}
        for descriptor in self.by_descriptor:
            self.poll.register(descriptor, select.EPOLLIN)
        # What tells that they are connected.
        self.drain()
        self.client.ask(self.client.make_task())
        self.event = self.sockets[0].socket.recv(65536)
        self.drain()

    def drain(self) -> None:
        while ready := self.poll.poll(0.3):
            for descriptor, _ in ready:
                self.by_descriptor[descriptor].recv(65536)

    def measure(self) -> None:
        """Makes a task, and waits until all have got the event of it."""
        request, waiting, before = self.client.make_task(), len(self.sockets), self.server.cpu_microseconds()
        start = time.perf_counter()
        self.client.ask(request)
        while waiting:
            ready = self.poll.poll(10)
            if not ready:
                raise SystemExit(f"bench: {waiting} clients of {self.name} got no event")
            for descriptor, _ in ready:
                if not is_one_text(frame := self.by_descriptor[descriptor].recv(65536)):
                    raise SystemExit(f"bench: an event came as {frame!r}")
                waiting -= 1
        self.milliseconds.append((time.perf_counter() - start) * 1e3)
        self.cpu.append((self.server.cpu_microseconds() - before) / 1e3)


def is_one_text(frame: bytes) -> bool:
    """Whether it is one whole text message, of 126 to 65,535 bytes."""
    return frame[:2] == bytes([0x81, 126]) and len(frame) == 4 + int.from_bytes(frame[2:4])


def run(options):
    rounds = 10 if options.quick else 40
    # Each client is a descriptor here, too.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    taskflow, floor = options.programs.swift("taskflow"), options.programs.c("floor", *libuv_flags())
    with ExitStack() as stack, on_load_core():
        ours = listeners(stack, "taskflow", taskflow, "--port", "{port}", "--store", "memory")
        files = [stack.enter_context(tempfile.NamedTemporaryFile()) for _ in range(2)]
        for file, content in zip(files, (ours.event, ours.client.whole(ours.client.make_task()))):
            file.write(content)
            file.flush()
        ours.drain()
        event, answer = files
        other = listeners(stack, "C on libuv", floor, "--port", "{port}", "--event", event.name, answer.name)
        for _ in range(rounds):
            ours.measure()
            other.measure()
    table = Table(f"One event of {len(ours.event)} bytes to {CLIENTS:,} clients; {rounds} rounds, servers on core {SERVER_CORE}",
                  ["program", "ms to the last", "of C", "CPU ms", "of C"])
    for one in (other, ours):
        table.rows.append([one.name, statistics.median(one.milliseconds),
                           median_of_ratios(one.milliseconds, other.milliseconds), statistics.median(one.cpu),
                           median_of_ratios(one.cpu, other.cpu)])
    return table


def listeners(stack: ExitStack, name: str, *command) -> Listeners:
    server = stack.enter_context(Server(*command, core=SERVER_CORE))
    sockets = [stack.enter_context(WebSocket(server.port, PATH)) for _ in range(CLIENTS)]
    return Listeners(name, stack.enter_context(Connection(server.port)), server, sockets)
