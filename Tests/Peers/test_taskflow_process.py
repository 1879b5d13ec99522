"""taskflow as a process: its flags, the port it wants, and how it ends."""

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import time

import pytest

from server import TRACE
from terminal import terminal
from wire import endless_answer, exchange, head, parse_answers, receive, send

HEALTH = head("GET", "/health")
STOP_SIGNALS = [signal.SIGTERM, signal.SIGINT]


def run(program, *flags: str) -> subprocess.CompletedProcess:
    """The program with flags that should end it at once."""
    result = subprocess.run([program.binary, *program.flags, *flags], capture_output=True, text=True, timeout=10)
    assert not TRACE.search(result.stdout + result.stderr)
    return result


# Flags


def test_help_is_worth_reading(taskflow_program):
    result = run(taskflow_program, "--help")
    assert result.returncode == 0 and result.stderr == ""
    for flag in ("--host", "--port", "--log-level", "--log-format", "--grace"):
        assert re.search(rf"{flag} <[^>]+>\s+\w+", result.stdout), f"{flag} and a word about it"


@pytest.mark.skipif(not shutil.which("unshare") or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode,
                    reason="only root may hide /proc, and not everywhere")
def test_without_arguments_to_read_it_does_not_start(taskflow_program):
    """Not even with the flags' defaults: nobody may have meant those."""
    hidden = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "$@"']
    result = subprocess.run([*hidden, taskflow_program.binary, "--store", "memory"], capture_output=True, text=True, timeout=10)
    assert (result.returncode, result.stdout) == (1, "") and "is /proc mounted?" in result.stderr, result


@pytest.mark.parametrize("flags", [
    ["--no-such-flag"], ["surplus"], ["--port"], ["--port", "70000"], ["--port", "-1"], ["--port", "http"],
    ["--log-level", "loud"], ["--log-format", "xml"], ["--grace", "long"], ["--grace", "-1"],
], ids=" ".join)
def test_a_bad_flag_is_explained(taskflow_program, flags):
    result = run(taskflow_program, *flags)
    assert result.returncode == 64
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ") and "Usage: taskflow" in result.stderr
    assert flags[0] in result.stderr or flags[-1] in result.stderr


@pytest.mark.parametrize("level", ["trace", "debug", "info", "notice", "warning", "error", "critical"])
def test_every_level_of_swift_log_is_known(taskflow_program, level):
    with taskflow_program.start("--log-level", level) as server:
        assert exchange(server, head("GET", "/health", "Connection: close")).statuses == [200]


def test_a_port_in_use_is_one_line_and_code_1(taskflow_program, taskflow):
    result = run(taskflow_program, "--port", str(taskflow.port))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and result.stderr.endswith("\n"), result.stderr
    assert str(taskflow.port) in result.stderr


def test_an_address_that_is_not_here_is_one_line_and_code_1(taskflow_program):
    result = run(taskflow_program, "--host", "192.0.2.1", "--port", "0")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr


# Signals


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_ends_it_with_code_0(taskflow_program, number):
    with taskflow_program.start() as server:
        server.signal(number)
        assert server.wait(4) == 0


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_closes_idle_connections_at_once(taskflow_program, number):
    with taskflow_program.start() as server, contextlib.ExitStack() as stack:
        connections = [stack.enter_context(server.connect()) for _ in range(20)]
        # Two are not idle between requests: one has sent nothing yet, one half a head.
        for connection in connections[:-2]:
            send(connection, HEALTH)
            assert parse_answers(connection.recv(65_536))[0].status == 200
        send(connections[-1], HEALTH[:10])
        started = time.monotonic()
        server.signal(number)
        for connection in connections[:-2]:
            assert receive(connection) == (b"", "closed")
        assert time.monotonic() - started < 1, "idle connections have no grace"
        assert server.wait(4) == 0


@contextlib.contextmanager
def unread_answers(server):
    """A connection with answers that the server cannot send yet, because the client does not read them."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.setblocking(False)
        # Until for a while no byte goes: then the server has stopped reading, for it has more to write than it can.
        while select.select([], [connection], [], 0.5)[1]:
            with contextlib.suppress(BlockingIOError):
                connection.send(HEALTH * 100)
        connection.settimeout(15)
        yield connection


def test_an_open_answer_has_its_grace(taskflow_program):
    with taskflow_program.start() as server, unread_answers(server) as connection:
        server.signal(signal.SIGTERM)
        # Listening has ended, so new clients go elsewhere, while the open answer can still be read.
        until = time.monotonic() + 2
        while time.monotonic() < until:
            try:
                server.connect().close()
            except ConnectionError:
                break
        else:
            pytest.fail("still accepts connections 2 s after SIGTERM")
        assert server.process.poll() is None, "it waits for the open answer"
        received, end = receive(connection)
        answers = parse_answers(received)
        assert end in ("closed", "reset"), "a reset where it did not want the requests that came behind"
        assert answers and all(answer.status == 200 and answer.is_complete for answer in answers), "none cut short"
        assert server.wait(4) == 0


@pytest.mark.parametrize(
    "flags, earliest, latest", [([], 2.5, 4), (["--grace", "1"], 0.5, 2), (["--grace", "0"], 0, 1)])
def test_the_grace_has_an_end(taskflow_program, flags, earliest, latest):
    with taskflow_program.start(*flags) as server, endless_answer(server):
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(6) == 0
        assert earliest <= time.monotonic() - started < latest


@pytest.mark.parametrize("second", STOP_SIGNALS)
def test_a_second_signal_ends_it_at_once(taskflow_program, second):
    server = taskflow_program.start()
    try:
        with endless_answer(server):
            server.signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(0.3)  # Taken by the grace, so the second one is a second one.
            started = time.monotonic()
            server.signal(second)
            assert server.wait(2) in (0, 1, 128 + second, -second), "ended, not crashed"
            assert time.monotonic() - started < 1
    finally:
        server.process.kill()
    assert not TRACE.search(server.output())


def test_control_c_ends_it_with_code_0(taskflow_program):
    with terminal(taskflow_program) as (server, keyboard):
        os.write(keyboard, b"\x03")
        assert server.wait(4) == 0


def test_a_reload_without_a_certificate_is_told_of_and_nothing_else(taskflow_program):
    with taskflow_program.start() as server:
        for _ in range(3):
            server.signal(signal.SIGUSR2)
            assert server.says("there is no certificate to read anew")
        assert exchange(server, head("GET", "/health", "Connection: close")).statuses == [200]
