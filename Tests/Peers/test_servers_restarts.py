"""Servers that end beside others tell each listener when to come back, so that the others are not run over."""

import contextlib
import http.client
import re
import signal
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from client import ADMIN
from redis_server import RedisServer
from servers import started

COUNT = 250  # More than are told in one turn of the loop.


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


@contextlib.contextmanager
def listeners(server, count: int):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(connect(f"ws://127.0.0.1:{server.port}/ws/tasks", compression=None, proxy=None))
                   for _ in range(count)]
        for socket in sockets:
            assert "connection.ready" in socket.recv(10)
        yield sockets


def farewell(socket) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(10)
    return socket.close_code, socket.close_reason


def test_one_that_is_alone_closes_at_once_and_names_no_time(taskflow_program, redis):
    with started(taskflow_program, redis, 1) as servers, listeners(servers[0], 20) as sockets:
        servers.wait()
        servers[0].signal(signal.SIGTERM)
        assert {farewell(socket) for socket in sockets} == {(1001, "The server is stopping")}
        assert servers[0].wait(4) == 0


def test_one_beside_others_names_a_time_to_each(taskflow_program, redis):
    with started(taskflow_program, redis, 2) as servers:
        servers.wait()
        # The younger one has heard of the elder as soon as it was there.
        with listeners(servers[1], COUNT) as sockets:
            began = time.monotonic()
            servers[1].signal(signal.SIGTERM)
            farewells = [farewell(socket) for socket in sockets]
            assert servers[1].wait(4) == 0
            assert time.monotonic() - began < 3, "all have answered, so there is nothing to wait for"
        assert {code for code, _ in farewells} == {1012}
        delays = [int(re.fullmatch(r"The server is stopping; come back in (\d+) ms", reason)[1]) for _, reason in farewells]
        assert max(delays) <= COUNT, "a thousand come back a second"
        assert min(delays) < COUNT / 4 and max(delays) > COUNT * 3 / 4 and len(set(delays)) > COUNT / 3, delays


def test_clients_that_do_not_answer_take_no_longer_than_the_grace(taskflow_program, redis):
    with started(taskflow_program, redis, 2, "--grace", "1") as servers:
        servers.wait()
        with contextlib.ExitStack() as stack:
            for _ in range(COUNT):
                connection = stack.enter_context(servers[1].connect())
                connection.sendall(b"GET /ws/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                   b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
            servers[1].signal(signal.SIGTERM)
            assert servers[1].wait(3) == 0


def open_stream(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/events/stream", headers={"Authorization": f"Bearer {ADMIN}"})
    answer = connection.getresponse()
    assert answer.status == 200
    while b"connection.ready" not in answer.readline():
        pass
    return answer


def test_a_stream_of_one_that_is_alone_only_ends(taskflow_program, redis):
    with started(taskflow_program, redis, 1) as servers:
        servers.wait()
        stream = open_stream(servers[0])
        servers[0].signal(signal.SIGTERM)
        assert b"retry" not in stream.read()


def test_a_stream_of_one_beside_others_is_told_by_its_retry(taskflow_program, redis):
    with started(taskflow_program, redis, 2) as servers:
        servers.wait()
        streams = [open_stream(servers[1]) for _ in range(COUNT)]
        servers[1].signal(signal.SIGTERM)
        times = [int(re.search(rb"retry: (\d+)\n\n\Z", stream.read())[1]) for stream in streams]
        # No sooner than usual: it is also the time between attempts that fail.
        assert min(times) >= 2000 and max(times) <= 2000 + COUNT and len(set(times)) > COUNT / 3, times
        assert servers[1].wait(4) == 0


def test_processes_that_are_replaced_name_a_time_too(taskflow_program, redis):
    with taskflow_program.start("--store", redis.address(), "--processes", "1") as server:
        assert server.says("Listening on")
        with listeners(server, 20) as sockets:
            server.signal(signal.SIGUSR2)
            farewells = [farewell(socket) for socket in sockets]
        assert {code for code, _ in farewells} == {1012}
        assert all(re.search(r"; come back in \d+ ms$", reason) for _, reason in farewells), farewells
