"""100 clients that stop reading among 1,000 that go on: the others notice nothing, and what the slow cost is given back.

Two kinds of events go out in turn: large ones to a room of 200, of which half do not read, and small ones to a room of
850. The others of both kinds hear all, in the room of all tasks.
"""

import re
import resource
import selectors
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from client import Client
from queue_client import until
from raw_websocket import CLOSE, Frame, RawWebSocket, closing

MEBIBYTE = 1 << 20
LARGE, SMALL, ALL = "/ws/tasks?rooms=project-large", "/ws/tasks?rooms=project-small", "/ws/tasks"
SLOW = {LARGE: 60, ALL: 40}
READERS = {LARGE: 60, ALL: 90, SMALL: 850}
# Of events of both kinds, when the slow are closed; and at most until they are: about 35 fill the limit of 1 MiB and what
# the system keeps of a slow connection.
ROUNDS, MOST_ROUNDS = 10, 200
# What the last reader may have to wait for an event, on a machine with other work.
SOON = 2.0


class Reader(RawWebSocket):
    """Knows the numbers of the events that it has had, in their order."""

    def __init__(self, server, path: str, connection: socket.socket | None = None):
        super().__init__(server, path, connection)
        assert b'"connection.ready"' in self.read().payload
        self.room, self.numbers = path, []

    def take(self) -> None:
        """What is there now."""
        assert self._receive(), "a client that reads was closed"
        while (length := self._frame_length()) is not None and len(self._received) >= length:
            self.numbers.append(number_of(self.read().payload))

    def until_close(self) -> list[Frame]:
        """All that has been sent up to the close, which it answers."""
        frames = [self.read()]
        while frames[-1].opcode != CLOSE:
            frames.append(self.read())
        self.send(closing(3008))
        assert self.read() is None
        return frames


def number_of(event: bytes) -> int:
    return int(re.search(rb'"seq":(\d+),"requestId"', event[-250:])[1])


class Audience:
    """All clients, and how long it takes until the readers among them have an event."""

    def __init__(self, server):
        self.readers = [Reader(server, room) for room, count in READERS.items() for _ in range(count)]
        self.slow = [slow_reader(server, room) for room, count in SLOW.items() for _ in range(count)]
        self.selector, self.sent = selectors.DefaultSelector(), {SMALL: [], LARGE: [], ALL: []}
        for reader in self.readers:
            self.selector.register(reader.socket, selectors.EVENT_READ, reader)

    def __enter__(self) -> "Audience":
        return self

    def __exit__(self, *_) -> None:
        for one in self.readers + self.slow:
            one.socket.close()
        self.selector.close()

    def hear(self, room: str, change) -> float:
        """Seconds from `change`, which sends an event to the room, until all readers in it have that event."""
        begin = time.monotonic()
        number = change()
        for name in (room, ALL):
            self.sent[name].append(number)
        waiting = sum(reader.room in (room, ALL) for reader in self.readers)
        while waiting:
            ready = self.selector.select(20)
            assert ready, f"{waiting} readers wait for an event"
            for key, _ in ready:
                before = len(key.data.numbers)
                key.data.take()
                waiting -= len(key.data.numbers) - before
        return time.monotonic() - begin

    def check(self) -> None:
        """None has missed an event, had one twice, or out of order."""
        for reader in self.readers:
            assert reader.numbers == self.sent[reader.room]


def slow_reader(server, room: str) -> Reader:
    """One whose connection holds little: with small segments the system keeps no megabytes on their way."""
    connection = socket.socket()
    connection.settimeout(15)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_400)
    connection.connect(("127.0.0.1", server.port))
    return Reader(server, room, connection)


@pytest.fixture(autouse=True, scope="module")
def enough_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4_096:
        pytest.skip("too few descriptors for 1,100 clients")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4_096), hard))


@pytest.mark.plain_only("of TLS a client that does not read leaves half a record")
def test_clients_that_do_not_read_are_closed_and_the_others_notice_nothing(fresh):
    admin = Client(fresh)
    large = admin.create(project="large", description="\U0001f44d" * 10_000)["id"]
    small = admin.create(project="small")["id"]
    last = admin.json("/events")["seq"]
    alone = fresh.resident_bytes()
    with Audience(fresh) as audience:
        quiet, peak, slowest = fresh.resident_bytes(), 0, 0.0

        def change(id: str) -> int:
            nonlocal last
            admin.change(id, title=f"change {last}")
            last += 1
            return last

        closed, rounds_left = 0, ROUNDS
        while closed < len(audience.slow) or rounds_left:
            for room, id in ((LARGE, large), (SMALL, small)):
                slowest = max(slowest, audience.hear(room, lambda: change(id)))
            peak = max(peak, fresh.resident_bytes())
            if closed == len(audience.slow):
                rounds_left -= 1
            else:
                closed = admin.json("/tasks/system/ws")["slowConsumersClosed"]
                assert len(audience.sent[LARGE]) < MOST_ROUNDS, f"{closed} were closed"
                if closed == len(audience.slow):
                    check_ends(audience)
        print(f"{alone >> 20} MiB alone, {quiet >> 20} with all, {peak >> 20} at most; {slowest * 1e3:.0f} ms at most")
        audience.check()
        assert slowest < SOON, f"an event has taken {slowest:.2f} s to the last reader"
        assert peak - quiet < 64 * MEBIBYTE
        until(lambda: admin.json("/tasks/system/ws")["connectedClients"] == len(audience.readers), 10)
        numbers = admin.json("/tasks/system/ws")
        assert numbers["bytesWaiting"] == 0
        audience.hear(SMALL, lambda: change(small))
        audience.check()
        until(lambda: fresh.resident_bytes() - quiet < 16 * MEBIBYTE, 10)


def check_ends(audience: Audience) -> None:
    """Half of the slow look at last: whole events, the first ones of their room, and why they were closed. The others
    never do, and are gone as well."""
    for reader in audience.slow[::2]:
        reader.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MEBIBYTE)
    with ThreadPoolExecutor(len(audience.slow)) as pool:
        rests = list(pool.map(Reader.until_close, audience.slow[::2]))
    for reader, (*events, end) in zip(audience.slow[::2], rests):
        assert (end.opcode, end.code) == (CLOSE, 3008)
        numbers = [number_of(event.payload) for event in events]
        assert numbers == audience.sent[reader.room][:len(numbers)]
