"""taskflow as a process: its flags, its signals, its logs, and the shape of what it answers."""

import contextlib
import errno
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import termios
import time

import pytest

from server import TRACE
from wire import exchange, head, parse_answers, receive, send

UUID_V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HEALTH = head("GET", "/health")
STOP_SIGNALS = [signal.SIGTERM, signal.SIGINT]


def run(program, *flags: str) -> subprocess.CompletedProcess:
    """The program with flags that should end it at once."""
    result = subprocess.run([program.binary, *flags], capture_output=True, text=True, timeout=10)
    assert not TRACE.search(result.stdout + result.stderr)
    return result


# Flags


def test_help_is_worth_reading(taskflow_program):
    result = run(taskflow_program, "--help")
    assert result.returncode == 0 and result.stderr == ""
    for flag in ("--host", "--port", "--log-level", "--log-format", "--grace"):
        assert re.search(rf"{flag} <[^>]+>\s+\w+", result.stdout), f"{flag} and a word about it"


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
    """A connection with answers that the server cannot send yet, because nobody reads them."""
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


@pytest.mark.parametrize("flags, earliest, latest", [([], 2.5, 4), (["--grace", "1"], 0.5, 2), (["--grace", "0"], 0, 1)])
def test_the_grace_has_an_end(taskflow_program, flags, earliest, latest):
    with taskflow_program.start(*flags) as server, unread_answers(server):
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(6) == 0
        assert earliest <= time.monotonic() - started < latest


@pytest.mark.parametrize("second", STOP_SIGNALS)
def test_a_second_signal_ends_it_at_once(taskflow_program, second):
    server = taskflow_program.start()
    try:
        with unread_answers(server):
            server.signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(0.3)  # Taken by the grace, so the second one is a second one.
            started = time.monotonic()
            server.signal(second)
            assert server.wait(2) in (0, 1, 128 + second, -second), "ended, not crashed"
            assert time.monotonic() - started < 0.5
    finally:
        server.process.kill()
    assert not TRACE.search(server.output())


def test_control_c_ends_it_with_code_0(taskflow_program):
    with terminal(taskflow_program) as (server, keyboard):
        os.write(keyboard, b"\x03")
        assert server.wait(4) == 0


# Logs


@contextlib.contextmanager
def terminal(program, *flags):
    """The program with a terminal of its own; what is written to `keyboard` is typed there."""
    keyboard, screen = pty.openpty()

    def take_terminal():
        os.setsid()
        fcntl.ioctl(screen, termios.TIOCSCTTY, 0)

    server = program.start(*flags, stdin=screen, stdout=screen, stderr=screen, preexec_fn=take_terminal)
    os.close(screen)
    try:
        yield server, keyboard
    finally:
        server.stop()
        os.close(keyboard)


def read_screen(keyboard: int, seconds: float) -> bytes:
    seen = b""
    while select.select([keyboard], [], [], seconds)[0]:
        try:
            seen += os.read(keyboard, 65_536)
        except OSError as error:
            assert error.errno == errno.EIO, "how a terminal says that nobody is there any more"
            break
    return seen


def test_logs_have_colour_on_a_terminal_alone(taskflow_program):
    with terminal(taskflow_program) as (server, keyboard):
        seen = read_screen(keyboard, 0.5)
        assert b"\x1b[" in seen and str(server.port).encode() in seen
    with taskflow_program.start() as server:
        assert "\x1b" not in server.stop()


def test_json_logs_are_json_also_when_a_client_misbehaves(taskflow_program):
    with taskflow_program.start("--log-format", "json", "--log-level", "debug") as server:
        for request in (HEALTH, head("GET", "/\"quotes\"\\"), b"NONSENSE\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
                        head("GET", "/health", "X-Request-Id: {\"a\"")):
            exchange(server, request, half_close=True)
        output = server.stop()
    entries = [json.loads(entry) for entry in output.splitlines()]
    assert all(isinstance(entry, dict) and {"level", "message"} <= entry.keys() for entry in entries)
    assert any(str(server.port) in entry for entry in output.splitlines()), "where it listens"


def test_debug_has_a_line_a_request_and_info_has_none(taskflow_program):
    for level, expected in (("debug", 7), ("info", 0)):
        with taskflow_program.start("--log-level", level, "--log-format", "json") as server:
            exchange(server, HEALTH * 6 + head("GET", "/health", "Connection: close"))
            lines = [line for line in server.stop().splitlines() if "/health" in line]
            assert len(lines) == expected, lines


def test_logs_hold_no_token(taskflow_program):
    secret = "only-the-server-may-know-this"
    for form in ("text", "json"):
        with taskflow_program.start("--log-level", "trace", "--log-format", form) as server:
            exchange(server, head("GET", "/health", f"Authorization: Bearer {secret}", "Connection: close"))
            exchange(server, head("GET", "/health", f"Authorization: Bearer {secret}", "bad field"))
            assert secret not in server.stop()


def assert_serves_and_stops(program, **streams) -> None:
    """That a server with these streams answers, though each request wants a line in the log, and ends as always."""
    with program.start("--log-level", "debug", **streams) as server:
        for _ in range(100):
            assert exchange(server, head("GET", "/health", "Connection: close")).statuses == [200]
        server.signal(signal.SIGTERM)
        assert server.wait(4) == 0


def test_a_log_that_nobody_reads_does_not_end_it(taskflow_program):
    reader, writer = os.pipe()
    os.close(reader)
    assert_serves_and_stops(taskflow_program, stdout=writer, stderr=writer)
    os.close(writer)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_log_that_takes_nothing_does_not_end_it(taskflow_program):
    with open("/dev/full", "wb") as full:
        assert_serves_and_stops(taskflow_program, stdout=full, stderr=full)


def test_closed_standard_streams_do_not_end_it(taskflow_program):
    """Then the first sockets would be 0, 1 and 2, and what is logged would go to a client."""
    def close_all():
        for descriptor in range(3):
            os.close(descriptor)

    assert_serves_and_stops(taskflow_program, preexec_fn=close_all)


# Answers


def ask(server, *arguments: str):
    """The one answer to a request that closes its connection."""
    result = exchange(server, head(*arguments, "Connection: close"), methods=arguments[:1])
    assert len(result.answers) == 1 and result.end == "closed"
    return result.answers[0]


def assert_error(answer, status: int, code: str) -> dict:
    assert answer.status == status and answer["Content-Type"].startswith("application/json")
    error = json.loads(answer.body)["error"]
    assert error.keys() - {"details"} == {"code", "message", "requestId", "timestamp"}
    assert error["code"] == code and error["message"] and error["requestId"] == answer["X-Request-Id"]
    assert TIMESTAMP.fullmatch(error["timestamp"])
    return error


def test_health_says_so(taskflow):
    answer = ask(taskflow, "GET", "/health")
    health = json.loads(answer.body)
    assert answer.status == 200 and answer["Content-Type"].startswith("application/json")
    assert health.keys() == {"status", "timestamp", "requestId", "uptimeSeconds"}
    assert health["status"] == "healthy" and TIMESTAMP.fullmatch(health["timestamp"])
    assert health["requestId"] == answer["X-Request-Id"]
    assert 0 <= health["uptimeSeconds"] < 3600


def test_health_does_not_mind_a_query(taskflow):
    assert ask(taskflow, "GET", "/health?verbose=1").status == 200


def test_head_is_get_without_the_body(taskflow):
    def names(answer):
        return sorted(name for name, _ in answer.fields if name not in ("Content-Length", "Transfer-Encoding"))

    for path in ("/health", "/nowhere"):
        got, headed = ask(taskflow, "GET", path), ask(taskflow, "HEAD", path)
        assert (headed.status, headed.body) == (got.status, b"") and names(headed) == names(got)


@pytest.mark.parametrize("path", ["/nowhere", "/health/more", "/healt", "/healthy", "*"])
def test_an_unknown_path_is_404(taskflow, path):
    assert_error(ask(taskflow, "GET", path), 404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_the_path_has_not_is_405(taskflow, method):
    answer = ask(taskflow, method, "/health", "Content-Length: 0")
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(re.split(r", *", answer["Allow"])) >= {"GET", "HEAD"} and method not in answer["Allow"]


@pytest.mark.parametrize("path, body", [("/nowhere", b"x" * 100), ("/health", b"x" * 100_000)])
def test_a_body_that_is_not_wanted_does_not_spoil_the_next_request(taskflow, path, body):
    request = head("POST", path, f"Content-Length: {len(body)}") + body
    answers = exchange(taskflow, request + head("GET", "/health", "Connection: close")).answers
    assert [answer.status for answer in answers] == [404 if path == "/nowhere" else 405, 200]


def test_an_unknown_expectation_is_417(taskflow):
    assert_error(ask(taskflow, "GET", "/health", "Expect: a miracle"), 417, "EXPECTATION_FAILED")


@pytest.mark.parametrize("id", ["a", "0", "Az-09._", "-", "a" * 128])
@pytest.mark.parametrize("path", ["/health", "/nowhere"])
def test_a_good_request_id_is_kept(taskflow, id, path):
    answer = ask(taskflow, "GET", path, f"X-Request-Id: {id}")
    body = json.loads(answer.body)
    assert answer["X-Request-Id"] == id == body.get("error", body)["requestId"]


@pytest.mark.parametrize("id", ["", "a" * 129, "a b", "a/b", "a\tb", "é", "a,b", "<script>", "a\"b", "%0d%0a"])
def test_another_request_id_is_replaced(taskflow, id):
    answer = ask(taskflow, "GET", "/health", f"X-Request-Id: {id}")
    assert UUID_V7.fullmatch(answer["X-Request-Id"]) and json.loads(answer.body)["requestId"] == answer["X-Request-Id"]


def test_two_request_ids_are_replaced(taskflow):
    answer = ask(taskflow, "GET", "/health", "X-Request-Id: a", "X-Request-Id: b")
    assert UUID_V7.fullmatch(answer["X-Request-Id"])


def test_new_request_ids_are_in_the_order_of_the_requests(taskflow):
    with taskflow.connect() as connection:
        send(connection, HEALTH * 500 + head("GET", "/health", "Connection: close"))
        ids = [answer["X-Request-Id"] for answer in parse_answers(receive(connection)[0])]
    assert len(set(ids)) == 501 and ids == sorted(ids) and all(map(UUID_V7.fullmatch, ids))
