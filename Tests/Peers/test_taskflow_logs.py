"""What taskflow logs, in which form, and that a log which cannot be written does no harm."""

import json
import os
import signal

import pytest

from client import Client
from contract import UUID_V7
from terminal import read_screen, terminal
from wire import exchange, head

HEALTH = head("GET", "/health")


def test_logs_have_colour_on_a_terminal_alone(taskflow_program):
    with terminal(taskflow_program) as (server, keyboard):
        seen = read_screen(keyboard, 0.5)
        assert b"\x1b[" in seen and str(server.port).encode() in seen
    with taskflow_program.start() as server:
        assert "\x1b" not in server.stop()


def test_json_logs_are_json_also_when_a_client_misbehaves(taskflow_program):
    with taskflow_program.start("--log-format", "json", "--log-level", "debug") as server:
        for request in (HEALTH, head("GET", "/\"quotes\"\\"), b"NONSENSE\r\n\r\n", head("GET", "/\xff"),
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


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_trace_is_found_in_answers_events_and_lines(taskflow_program):
    with taskflow_program.start("--access-log", "--log-format", "json") as server:
        client = Client(server)
        start = client.json("/events")
        traced = f"traceparent: 00-{TRACE}-{PARENT}-01"
        answer = client.ask("POST", "/tasks", {"title": "a"}, traced)
        assert answer.status == 201 and answer["X-Request-Id"] == f"00-{TRACE}-{PARENT}-01"
        (event,) = client.json(f"/events?since={start['seq']}&epoch={start['epoch']}")["events"]
        assert event["requestId"] == answer["X-Request-Id"]
        error = json.loads(client.get("/tasks/none", traced).body)["error"]
        assert error["requestId"] == answer["X-Request-Id"]
        # A name of the request's own is its name; the trace stands in the line all the same.
        assert client.get("/tasks/count", traced, "X-Request-Id: mine")["X-Request-Id"] == "mine"
        lines = [json.loads(line) for line in server.stop().splitlines() if TRACE in line]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/tasks", 201), ("/tasks/none", 404), ("/tasks/count", 200)]
    assert all((line["traceId"], line["parentId"]) == (TRACE, PARENT) for line in lines)
    assert lines[2]["requestId"] == "mine"


@pytest.mark.parametrize("fields", [
    [f"00-{TRACE}-{PARENT}"], [f"ff-{TRACE}-{PARENT}-01"], [f"00-{TRACE.upper()}-{PARENT}-01"],
    [f"00-{'0' * 32}-{PARENT}-01"], [f"00-{TRACE}-{'0' * 16}-01"], [f"00-{TRACE}-{PARENT}-01-x"],
    [f"00-{TRACE}-{PARENT}-01"] * 2])
def test_a_trace_of_another_form_is_as_if_there_were_none(taskflow, fields):
    answer = Client(taskflow).get("/health", *(f"traceparent: {value}" for value in fields))
    assert answer.status == 200 and UUID_V7.fullmatch(answer["X-Request-Id"])


def test_a_trace_is_each_requests_own(taskflow):
    """On one connection, where a head is that of the request before but for its trace, or without one."""
    names = [f"00-{TRACE}-{PARENT[:-1]}{digit}-01" for digit in "3456"]
    heads = [head("GET", "/health", f"traceparent: {name}") for name in names] + [HEALTH, HEALTH]
    answers = exchange(taskflow, b"".join(heads) + head("GET", "/health", "Connection: close")).answers
    assert [answer["X-Request-Id"] for answer in answers[:4]] == names
    assert all(UUID_V7.fullmatch(answer["X-Request-Id"]) for answer in answers[4:])
