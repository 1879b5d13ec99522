"""`GET /tasks/system/loop/trace`: what the loop did, turn by turn."""

import json

import pytest

from client import ADMIN, USER, Client
from contract import assert_error
from wire import head, parse_answers, receive

TRACE = "/tasks/system/loop/trace"
PHASES = {"outside", "poll", "check", "closing", "timers"}
SECRET = "a-secret-of-the-admin"


def begin(server, ms: int, *fields: str):
    """A connection that has asked for a trace, which is under way when something else is answered."""
    connection = server.connect()
    connection.sendall(head("GET", f"{TRACE}?ms={ms}", f"Authorization: Bearer {ADMIN}", *fields))
    assert Client(server).get("/health").status == 200
    return connection


def test_a_trace_has_the_turns_of_its_time(fresh):
    trace = Client(fresh).json(f"{TRACE}?ms=100")
    assert (trace["ms"], trace["lost"]) == (100, 0) and trace["pid"] == fresh.process.pid
    turns = trace["turns"]
    assert len(turns) > 3, "the loop looks at its delay each 20 ms"
    numbers = [turn["iteration"] for turn in turns if "iteration" in turn]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    end = 0
    for turn in turns:
        assert turn["startUs"] >= end - 1 and turn["sleptUs"] >= 0
        end = turn["startUs"] + turn["sleptUs"]
        for callback in turn["callbacks"]:
            assert callback["phase"] in PHASES and callback["startUs"] >= end - 1
            assert callback["ticks"] >= 0 and callback["microtasks"] >= 0
            end = callback["startUs"] + callback["us"]
    assert sum(turn["sleptUs"] for turn in turns) > 50_000, "it had nothing to do"


def test_a_callback_that_keeps_the_loop_is_seen_in_it(fresh):
    with begin(fresh, 1_500, "Connection: close") as connection:
        took = Client(fresh).json("/demo/cpu/blocking?iterations=30000000")["durationMs"]
        answer, = parse_answers(receive(connection)[0], ["GET"])
    turns = json.loads(answer.body)["turns"]
    longest = max((callback for turn in turns for callback in turn["callbacks"]), key=lambda callback: callback["us"])
    assert longest["kind"] == "read" and longest["phase"] == "poll" and longest["us"] >= took * 1_000
    woken = next(turn for turn in turns if longest in turn["callbacks"])
    assert woken["wokenBy"] in ("read", "connection", "immediates")


@pytest.mark.parametrize("ms", ["0", "5001", "-1", "x", ""])
def test_a_time_beyond_the_limits_is_refused(taskflow, ms):
    Client(taskflow).refused(422, "VALIDATION_ERROR", "GET", f"{TRACE}?ms={ms}")


@pytest.mark.parametrize("ms", [1, 5_000])
def test_a_time_at_the_limit_is_taken(fresh, ms):
    assert Client(fresh).json(f"{TRACE}?ms={ms}")["ms"] == ms


def test_it_is_for_the_admin_but_in_development_mode(taskflow, taskflow_program):
    assert Client(taskflow, USER).get(f"{TRACE}?ms=1").status == 200
    assert_error(Client(taskflow, None).get(f"{TRACE}?ms=1"), 401, "INVALID_TOKEN")
    with taskflow_program.start("--admin-token", SECRET, "--user-token", "u" * 20) as server:
        assert_error(Client(server, "u" * 20).get(f"{TRACE}?ms=1"), 403, "INSUFFICIENT_PERMISSIONS")
        assert Client(server, SECRET).get(f"{TRACE}?ms=1").status == 200


def test_four_at_a_time_and_one_that_leaves_makes_room(fresh):
    client = Client(fresh)
    traces = [begin(fresh, 5_000) for _ in range(4)]
    answer = client.get(f"{TRACE}?ms=1")
    assert_error(answer, 503, "SERVICE_UNAVAILABLE")
    assert answer["Retry-After"] == "1"
    traces.pop().close()
    while client.get(f"{TRACE}?ms=1").status == 503:
        pass
    for trace in traces:
        trace.close()
