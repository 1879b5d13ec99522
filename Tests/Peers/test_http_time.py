"""What takes time: idle connections are closed, slow clients cost little memory, clients that dawdle are ended.

The limits are the server's defaults. What needs a minute is marked slow; the loop's own tests prove the same limits
with a clock of theirs, and this proves them over sockets.
"""

import contextlib
import resource
import selectors
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from wire import exchange, head, parse_answers, receive, send

MEBIBYTE = 1_048_576


@pytest.fixture(autouse=True, scope="module")
def enough_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))


def is_served(connection: socket.socket, path: str) -> bool:
    """Whether a request on this connection is answered, and with the promise to keep it for 5 s."""
    send(connection, head("GET", path))
    received = connection.recv(65_536)
    assert received, "closed while it was in use"
    answer = parse_answers(received)[0]
    return answer.status == 200 and "timeout=5" in answer["Keep-Alive"]


def test_1000_idle_connections_are_closed_and_one_in_use_is_not(server, program):
    """A keep-alive answer announces 5 s; the connection is closed after 6, so that no client meets a closing one."""
    selector, ages, delays = selectors.DefaultSelector(), [], []
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            connection = stack.enter_context(server.connect())
            assert is_served(connection, program.path)
            selector.register(connection, selectors.EVENT_READ, time.monotonic())
        in_use = stack.enter_context(server.connect())
        watched_since = time.monotonic()
        while selector.get_map() and time.monotonic() < watched_since + 15:
            assert is_served(in_use, program.path)
            for key, _ in selector.select(1):
                assert key.fileobj.recv(1) == b"", "nothing but the end, and no reset"
                ages.append(time.monotonic() - key.data)
                delays.append(time.monotonic() - max(key.data + 6, watched_since))
                selector.unregister(key.fileobj)
        assert is_served(in_use, program.path)
    assert len(ages) == 1000, "connections closed"
    assert min(ages) > 5 and max(delays) < 3


class Peak:
    """The most memory that the server held while the block ran, over what it held before."""

    def __init__(self, server):
        self.server, self.grown = server, 0

    def __enter__(self):
        self.before = self.server.resident_bytes()
        self.stopped = threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def watch(self):
        while not self.stopped.wait(0.02):
            self.grown = max(self.grown, self.server.resident_bytes() - self.before)

    def __exit__(self, *_):
        self.stopped.set()
        self.watcher.join()


def read_slowly(connection: socket.socket, seconds: float, size: int) -> bytes:
    """Reads little for a while, then all the rest."""
    received = bytearray()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        received += connection.recv(size)
        time.sleep(0.01)
    rest, end = receive(connection)
    assert end == "closed"
    return bytes(received + rest)


def test_a_slow_reader_of_100_mb_costs_less_than_8(echo):
    """100 pipelined uploads come back as 100 MB that the client hardly reads: the server has to stop reading too."""
    body = bytes(range(256)) * (MEBIBYTE // 256)
    request = head("POST", "/", f"Content-Length: {MEBIBYTE}") + body
    exchange(echo, head("GET", "/", "Connection: close"))
    with echo.connect() as connection, Peak(echo) as peak:
        def upload():
            for _ in range(100):
                connection.sendall(request)
            connection.sendall(head("GET", "/", "Connection: close"))

        sender = threading.Thread(target=upload)
        connection.settimeout(60)
        sender.start()
        received = read_slowly(connection, 3, 4096)
        sender.join()
    assert peak.grown < 8 * MEBIBYTE, f"{peak.grown / MEBIBYTE:.1f} MiB more than before"
    *uploads, last = parse_answers(received)
    assert len(uploads) == 100 and all(answer.body == body for answer in uploads) and last.body == b"OK"


def test_a_slow_reader_gets_all_of_the_last_answer(echo):
    """Longer than the 2 s for which the server goes on with a connection after what it had to say is sent."""
    body = bytes(range(256)) * (MEBIBYTE // 256)
    with echo.connect(receive_buffer=4096) as connection:
        sender = threading.Thread(target=connection.sendall, args=(
            head("POST", "/", f"Content-Length: {MEBIBYTE}", "Connection: close") + body,))
        sender.start()
        received = read_slowly(connection, 4, 1024)
        sender.join()
    assert [answer.body == body for answer in parse_answers(received)] == [True]


def test_a_slow_reader_of_a_large_download_costs_less_than_8_mb(request, taskflow):
    path = request.config.getoption("big_path") or pytest.skip("no --big-path given")
    exchange(taskflow, head("GET", "/health", "Connection: close"))
    with taskflow.connect() as connection, Peak(taskflow) as peak:
        connection.settimeout(60)
        send(connection, head("GET", path, "Connection: close"))
        answers = parse_answers(read_slowly(connection, 3, 4096))
    assert [(answer.status, answer.is_complete) for answer in answers] == [(200, True)]
    assert len(answers[0].body) > 50 * MEBIBYTE, "a large answer"
    assert peak.grown < 8 * MEBIBYTE, f"{peak.grown / MEBIBYTE:.1f} MiB more than before"


# Clients that dawdle. All of them at once: some wait for more than a minute.


def dawdle(server, start: bytes, piece: bytes = b"") -> tuple[list[int], str, float]:
    """Sends `start`, then `piece` every second, until the server ends the connection or two minutes are over.

    What was answered, how it ended, and when.
    """
    started, received, end = time.monotonic(), b"", "open"
    with server.connect(timeout=1) as connection:
        send(connection, start)
        while end == "open" and time.monotonic() - started < 120:
            # The second is the time-out of this read.
            more, end = receive(connection)
            received += more
            if end == "open":
                with contextlib.suppress(ConnectionError):
                    connection.sendall(piece)
    statuses = [answer.status for answer in parse_answers(received) if answer.is_complete]
    return statuses, end, time.monotonic() - started


def never_read(server) -> tuple[list[int], str, float]:
    """Sends requests and reads none of the answers, until the server ends the connection."""
    request = head("POST", "/", f"Content-Length: {MEBIBYTE}") + bytes(MEBIBYTE)
    started = time.monotonic()
    with server.connect(timeout=120) as connection, contextlib.suppress(ConnectionError):
        while True:
            connection.sendall(request)
    return [], "reset", time.monotonic() - started


TOLD, NOT_TOLD = ([408], "closed"), ([], "closed")
# What a client does, how it may end, and between which seconds.
DAWDLERS = {
    "a head, a byte a second": (
        lambda server: dawdle(server, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ", b"a"), [TOLD], 59, 76),
    "a first line, a byte a second": (lambda server: dawdle(server, b"GET /", b"a"), [TOLD], 59, 76),
    "not a byte": (lambda server: dawdle(server, b""), [TOLD, NOT_TOLD], 5, 76),
    "a body that does not come": (
        lambda server: dawdle(server, head("PUT", "/", "Content-Length: 1000")), [TOLD], 10, 36),
    # What came is on its way back already, so nothing can be said any more.
    "a body, a byte a second": (
        lambda server: dawdle(server, head("PUT", "/", "Content-Length: 1000"), b"a"), [TOLD, NOT_TOLD, ([], "reset")],
        10, 36),
    "chunks, one a second": (
        lambda server: dawdle(server, head("PUT", "/", "Transfer-Encoding: chunked"), b"1\r\na\r\n"),
        [TOLD, NOT_TOLD, ([], "reset")], 10, 36),
    "answers that are not read": (never_read, [([], "reset")], 59, 90),
}


@pytest.fixture(scope="module")
def dawdled(echo):
    """How each of the dawdlers ended; they share one server, which serves others meanwhile."""
    with ThreadPoolExecutor(len(DAWDLERS)) as pool:
        ends = {name: pool.submit(row[0], echo) for name, row in DAWDLERS.items()}
        while wait(ends.values(), timeout=1).not_done:
            assert exchange(echo, head("GET", "/", "Connection: close")).statuses == [200]
    return {name: end.result() for name, end in ends.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAWDLERS)
def test_a_client_that_dawdles_is_ended(dawdled, name):
    _, ends, earliest, latest = DAWDLERS[name]
    statuses, end, seconds = dawdled[name]
    assert (statuses, end) in ends
    assert earliest < seconds < latest
