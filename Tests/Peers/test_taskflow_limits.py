"""What taskflow does at its limits: many tasks, clients that do not read, break the protocol, or dawdle."""

import json
import select
import signal
import socket
import struct
import time

import pytest
from websockets.sync.client import connect

from client import ADMIN, Client
from contract import assert_error
from wire import head, parse_answers, receive

MANY = 100_000
UPGRADE = head("GET", "/ws/tasks", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


# Many tasks


def ask_many(connection: socket.socket, status: int, requests: list[bytes]) -> list[bytes]:
    """Asks all at once, some hundred at a time; the bodies of the answers."""
    bodies = []
    for start in range(0, len(requests), 500):
        batch, received = requests[start:start + 500], bytearray()
        connection.sendall(b"".join(batch))
        while received.count(b"HTTP/1.1 ") < len(batch) or not received.endswith(b"}"):
            received += connection.recv(1 << 20)
        answers = parse_answers(bytes(received))
        assert [answer.status for answer in answers] == [status] * len(batch)
        bodies += [answer.body for answer in answers]
    return bodies


def request(method: str, path: str, fields: dict) -> bytes:
    body = json.dumps(fields).encode()
    return head(method, path, f"Authorization: {ADMIN}", f"Content-Length: {len(body)}") + body


def test_a_hundred_thousand_tasks_are_listed_and_a_chain_of_them_is_ordered(fresh):
    admin = Client(fresh)
    with fresh.connect() as connection:
        new = request("POST", "/tasks", {"title": "one of many"})
        ids = [json.loads(body)["id"] for body in ask_many(connection, 201, [new] * MANY)]
        tasks = admin.json("/tasks")
        assert [task["id"] for task in tasks] == ids
        # Each needs the one made after it, so the youngest comes first.
        ask_many(connection, 200, [request("PATCH", f"/tasks/{id}", {"dependencies": [needed]})
                                   for id, needed in zip(ids, ids[1:])])
    order = admin.json("/tasks/resolve")
    assert order["totalTasksInOrder"] == MANY and order["orderedTaskIds"] == ids[::-1]
    assert [task["id"] for task in order["orderedTasks"]] == ids[::-1]
    assert admin.json(f"/tasks/{ids[0]}/resolve")["orderedTaskIds"] == ids[::-1]
    admin.change(ids[-1], dependencies=[ids[0]])
    cycle = admin.refused(409, "CONFLICT", "GET", "/tasks/resolve")["cyclePath"]
    assert len(cycle) == MANY + 1 and cycle[0] == cycle[-1] and set(cycle) == set(ids)


# The loop and the workers


def answered_first(server, path: str) -> tuple[bool, bool]:
    """Asks for work and then, on another connection, for /health, so that the server finds both at once, in this order:
    whether the work, and whether /health, is answered when the first of the two is."""
    with server.connect() as work, server.connect() as health:
        # A first answer: then the connections are accepted, and only the requests are left to be found. The work's comes
        # last: if the server is stopped before it waits again, the system still has that connection at the head of its
        # list of those that are ready.
        for connection in (health, work):
            connection.sendall(head("GET", "/health"))
            assert connection.recv(65_536)
        server.signal(signal.SIGSTOP)
        work.sendall(head("GET", path, f"Authorization: {ADMIN}"))
        health.sendall(head("GET", "/health"))
        server.signal(signal.SIGCONT)
        readable = select.select([work, health], [], [], 30)[0]
        return work in readable, health in readable


def test_health_is_answered_before_work_on_a_worker_that_began_earlier(fresh):
    assert answered_first(fresh, "/tasks/reports/worker-run?iterations=200000000") == (False, True)


def test_health_is_answered_after_work_on_the_loop_that_began_earlier(fresh):
    started = time.monotonic()
    work, _ = answered_first(fresh, "/tasks/reports/blocking?iterations=20000000")
    assert work and time.monotonic() - started > 0.1


# WebSocket clients


def read_frames(connection: socket.socket) -> list[tuple[int, bytes]]:
    """All frames until the server ends the connection: opcode and payload."""
    received, place, frames = receive(connection)[0], 0, []
    while place < len(received):
        length, start = received[place + 1], place + 2
        if length == 126:
            length, start = struct.unpack_from(">H", received, place + 2)[0], place + 4
        elif length == 127:
            length, start = struct.unpack_from(">Q", received, place + 2)[0], place + 10
        frames.append((received[place] & 15, received[start:start + length]))
        place = start + length
    return frames


def open_raw(server, receive_buffer: int | None = None) -> socket.socket:
    """A WebSocket that was greeted."""
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(UPGRADE)
    received = b""
    while b'"connection.ready"' not in received or not received.endswith(b"}"):
        received += connection.recv(1)
    assert received.startswith(b"HTTP/1.1 101 ")
    return connection


def test_a_client_that_does_not_read_is_closed_with_3008_and_the_others_hear_all(fresh):
    admin, count = Client(fresh), 300
    before = fresh.resident_bytes()
    task = admin.create(description="👍" * 10_000)
    with open_raw(fresh, 4096) as slow, connect(f"ws://127.0.0.1:{fresh.port}/ws/tasks", max_size=None) as quick:
        assert json.loads(quick.recv(timeout=10))["event"] == "connection.ready"
        for number in range(count):
            admin.change(task["id"], title=f"change {number}")
            assert json.loads(quick.recv(timeout=10))["task"]["title"] == f"change {number}"
        numbers = admin.json("/tasks/system/ws")
        assert numbers["slowConsumersClosed"] == 1 and numbers["bytesWaiting"] <= 2 << 20
        assert fresh.resident_bytes() - before < 24 << 20
        *events, (opcode, payload) = read_frames(slow)
        assert opcode == 8 and struct.unpack(">H", payload[:2])[0] == 3008
        titles = [json.loads(event)["task"]["title"] for _, event in events]
        assert titles == [f"change {number}" for number in range(len(titles))] and len(titles) < count, "none is cut"


@pytest.mark.parametrize("frame", [
    b"\xc1\x80\0\0\0\0", b"\x81\x00", b"\x83\x80\0\0\0\0", b"\x80\x80\0\0\0\0", b"\x09\x80\0\0\0\0", b"\x88\x81\0\0\0\0\x03",
], ids=["reserved bit", "no mask", "reserved opcode", "continues nothing", "ping in fragments", "half a close code"])
def test_what_breaks_the_protocol_is_closed_with_1002(taskflow, frame):
    with open_raw(taskflow) as connection:
        connection.sendall(frame)
        (opcode, payload), = read_frames(connection)
        assert opcode == 8 and struct.unpack(">H", payload[:2])[0] == 1002


@pytest.mark.slow
def test_who_says_nothing_is_pinged_and_then_ended(fresh):
    """The heartbeat: a ping after 30 s, the end 30 s after it."""
    with open_raw(fresh) as silent, connect(f"ws://127.0.0.1:{fresh.port}/ws/tasks") as answering:
        started = time.monotonic()
        silent.settimeout(90)
        assert read_frames(silent) == [(9, b"")]
        assert 55 < time.monotonic() - started < 75
        assert json.loads(answering.recv(timeout=1))["event"] == "connection.ready"
        answering.send('{"type":"ping"}')
        assert json.loads(answering.recv(timeout=5))["event"] == "pong", "who answers stays"


# Slow clients


@pytest.mark.slow
@pytest.mark.parametrize("begun", [b"GET /health HTTP/1.1\r\nHost: lo", head("POST", "/tasks", f"Authorization: {ADMIN}",
                                                                             "Content-Length: 100000") + b'{"title"'])
def test_a_request_that_does_not_come_is_408(taskflow, begun):
    with taskflow.connect(timeout=90) as connection:
        connection.sendall(begun)
        received, end = receive(connection)
    answer, = parse_answers(received)
    assert_error(answer, 408, "REQUEST_TIMEOUT")
    assert end == "closed" and answer["Connection"] == "close"
