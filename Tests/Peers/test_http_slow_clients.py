"""Clients that hold a server up by being slow, by idling, and by being many: `slowhttptest`, 5,000 connections, and more
clients than descriptors. Whoever is not slow is served as ever, and what the others cost is given back."""

import contextlib
import re
import resource
import select
import shutil
import subprocess
import tempfile
import threading
import time

import pytest

from client import ADMIN, Client
from contract import assert_error
from queue_client import until
from wire import head, parse_answers, receive, send

MEBIBYTE = 1 << 20
# What another client may have to wait meanwhile, on a machine with other work.
SOON = 2.0
SECONDS, CLIENTS = 5, 200

# Modes of slowhttptest: slow headers, a slow body, overlapping ranges, slow reading.
MODES = {
    "slow headers": ("/health", "-H", "-i", "1", "-x", "24"),
    "slow body": ("/tasks", "-B", "-i", "1", "-s", "8192", "-x", "10",
                  "-f", f"application/json\r\nAuthorization: Bearer {ADMIN}"),
    "many ranges": ("/", "-R", "-t", "GET", "-a", "5", "-b", "2000"),
    "slow reading": ("/demo/stream/ndjson?count=300000", "-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32"),
}


@pytest.fixture(autouse=True, scope="module")
def enough_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))


class Bystander(threading.Thread):
    """A client that is not slow: each of its requests has a connection of its own."""

    def __init__(self, server):
        super().__init__()
        self.client, self.stopped, self.slowest, self.answers = Client(server), threading.Event(), 0.0, 0

    def run(self) -> None:
        while not self.stopped.wait(0.02):
            begin = time.monotonic()
            if self.client.get("/health").status != 200:
                return
            self.slowest, self.answers = max(self.slowest, time.monotonic() - begin), self.answers + 1

    def __enter__(self) -> "Bystander":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        self.join(20)
        assert not self.is_alive() and self.answers > 10, "the others were not served"
        assert self.slowest < SOON, f"another client has waited for {self.slowest:.2f} s"


def attack(server, mode: str, seconds: int, clients: int) -> str:
    """What slowhttptest says of it."""
    path, *options = MODES[mode]
    command = ["slowhttptest", *options, "-u", server.url + path, "-c", str(clients), "-r", str(clients),
               "-l", str(seconds), "-p", "2", "-v", "1"]
    with tempfile.TemporaryDirectory() as folder:
        written = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds + 30).stdout
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", written)


@contextlib.contextmanager
def given_back(server, memory: int, kept: int = 16 * MEBIBYTE, seconds: float = 10):
    """What the block costs at its end is so much memory, and soon behind it not more than is kept; nor is a connection."""
    before, left = server.resident_bytes(), server.descriptors()
    yield
    assert server.resident_bytes() - before < memory, f"{(server.resident_bytes() - before) >> 20} MiB more"
    until(lambda: server.descriptors() <= left, seconds, "connections are left")
    until(lambda: server.resident_bytes() - before < kept, seconds, "memory is left")


@pytest.fixture(scope="module")
def attacks(taskflow):
    """All modes at once, and what was said of each."""
    if not shutil.which("slowhttptest"):
        pytest.skip("slowhttptest is not installed")
    said = {}
    with given_back(taskflow, 64 * MEBIBYTE), Bystander(taskflow):
        threads = [threading.Thread(target=lambda mode: said.update({mode: attack(taskflow, mode, SECONDS, CLIENTS)}),
                                    args=(mode,)) for mode in MODES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return said


@pytest.mark.plain_only("slowhttptest does not know whom to trust")
@pytest.mark.parametrize("mode", MODES)
def test_slowhttptest_finds_the_server_at_work(attacks, mode):
    answers = re.findall(r"service available: +(\w+)", attacks[mode])
    assert answers and set(answers) == {"YES"}, attacks[mode]


# How each of them ends where it goes on, and behind how many seconds at most: by the limits of docs/api.md.
LONG = {"slow headers": 80, "slow body": 40, "many ranges": 10}


@pytest.mark.slow
@pytest.mark.plain_only("slowhttptest does not know whom to trust")
@pytest.mark.parametrize("mode", LONG)
def test_slowhttptest_loses_all_its_connections(fresh, mode):
    if not shutil.which("slowhttptest"):
        pytest.skip("slowhttptest is not installed")
    with given_back(fresh, 64 * MEBIBYTE), Bystander(fresh):
        said = attack(fresh, mode, LONG[mode], 1_000)
    assert "No open connections left" in said and set(re.findall(r"service available: +(\w+)", said)) == {"YES"}, said


@pytest.mark.slow
@pytest.mark.plain_only("slowhttptest does not know whom to trust")
def test_a_thousand_that_read_slowly_cost_a_piece_each(fresh):
    """They take a byte now and then, so that they are not ended: what each holds is a buffer and what is written next.
    The system's allocator keeps what the first thousand had for the next."""
    if not shutil.which("slowhttptest"):
        pytest.skip("slowhttptest is not installed")
    for cost in (64 * MEBIBYTE, 8 * MEBIBYTE):
        with given_back(fresh, cost, cost), Bystander(fresh):
            said = attack(fresh, "slow reading", 30, 1_000)
        assert set(re.findall(r"service available: +(\w+)", said)) == {"YES"}, said


# Many


def connections(server, count: int, stack: contextlib.ExitStack) -> list:
    return [stack.enter_context(server.connect()) for _ in range(count)]


@pytest.mark.plain_only("5,000 handshakes take their time")
def test_5000_idle_connections_cost_little_and_the_others_are_served(fresh):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 8_192:
        pytest.skip("too few descriptors for 5,000 clients")
    with given_back(fresh, 64 * MEBIBYTE), Bystander(fresh), contextlib.ExitStack() as stack:
        idle = connections(fresh, 5_000, stack)
        until(lambda: fresh.descriptors() > len(idle), 20, "not all were accepted")
        # One of the idle is as good as any other.
        for connection in (idle[0], idle[-1]):
            send(connection, head("GET", "/health"))
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
@pytest.mark.plain_only("5,000 handshakes take their time")
def test_5000_idle_connections_are_closed(fresh):
    """A connection that never asks is one whose head does not come: it has 60 s."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 8_192:
        pytest.skip("too few descriptors for 5,000 clients")
    left = fresh.descriptors()
    with Bystander(fresh), contextlib.ExitStack() as stack:
        connections(fresh, 5_000, stack)
        until(lambda: fresh.descriptors() <= left + 2, 90, "connections are left")


@pytest.mark.plain_only("what lies in the buffers of TLS is not gathered")
def test_what_400_clients_leave_of_bodies_is_bounded_and_the_oldest_give_way(fresh):
    """Of each body of a MiB the last byte is missing. 256 MiB may be gathered of all, so 144 are given up."""
    room, given = 256, 144
    request = head("POST", "/tasks", f"Authorization: Bearer {ADMIN}", f"Content-Length: {MEBIBYTE}")
    request += bytes(MEBIBYTE - 1)
    before = fresh.resident_bytes()
    with contextlib.ExitStack() as stack:
        clients = connections(fresh, room + given, stack)
        ended = select.poll()
        for client in clients:
            ended.register(client, select.POLLIN)
            client.sendall(request)
        until(lambda: len(ended.poll(0)) >= given, 20, "too few were given up")
        descriptors = {descriptor for descriptor, _ in ended.poll(0)}
        told = [client for client in clients if client.fileno() in descriptors]
        assert told == clients[:given]
        assert fresh.resident_bytes() - before < (room + 40) * MEBIBYTE
        assert Client(fresh).create("kept")["title"] == "kept"
        for client in told:
            received, end = receive(client)
            answer, = parse_answers(received)
            assert_error(answer, 503, "SERVICE_UNAVAILABLE")
            assert end == "closed" and answer["Connection"] == "close"
        for client in clients[given:]:
            send(client, b"\0")
            assert client.recv(65_536).startswith(b"HTTP/1.1 400 ")


DESCRIPTORS, KEPT_BACK = 256, 64


def with_few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


@pytest.mark.no_redis("it needs a descriptor more or less")
def test_more_clients_than_descriptors_are_told_so_and_those_inside_are_served(taskflow_program):
    """At 64 below the limit a client is told 503, whatever it would ask; a place that is left is another's."""
    places = DESCRIPTORS - KEPT_BACK
    with taskflow_program.start(preexec_fn=with_few_descriptors) as server:
        with given_back(server, 16 * MEBIBYTE), contextlib.ExitStack() as stack:
            inside = connections(server, places, stack)
            assert all(is_served(connection) for connection in inside)
            for connection in connections(server, 100, stack):
                received, end = receive(connection)
                answer, = parse_answers(received)
                assert_error(answer, 503, "SERVICE_UNAVAILABLE")
                assert end == "closed" and answer["Connection"] == "close"
                assert server.descriptors() < DESCRIPTORS
            assert all(is_served(connection) for connection in inside), "those inside were not served"
            inside[0].close()
            until(lambda: is_let_in(server), 10, "a place that was left is another's")
        assert Client(server).create("kept")["title"] == "kept"


def is_served(connection) -> bool:
    send(connection, head("GET", "/health"))
    return connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def is_let_in(server) -> bool:
    with server.connect() as connection:
        return is_served(connection)
