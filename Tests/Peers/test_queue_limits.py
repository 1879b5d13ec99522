"""What the queue holds at most, and how long it keeps what has ended."""

import json
import resource
import subprocess

import pytest

from contract import assert_error
from queue_client import Parked, Queue, Session, at_once, ids, new_name, until


def test_tasks_that_have_not_ended_are_counted(taskflow_program):
    with taskflow_program.start("--max-tasks", "3") as server:
        queue = Queue(server)
        tasks = [queue.create() for _ in range(3)]
        answer = queue.ask("POST", "/tasks", {"title": "x"})
        assert_error(answer, 503, "QUEUE_FULL")
        assert 1 <= int(answer["Retry-After"]) <= 3
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks/batch", {"tasks": [{"title": "x"}]})
        queue.change(tasks[0]["id"], status="completed")
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks/batch", {"tasks": [{"title": "x"}] * 2})
        assert queue.create() and queue.json("/tasks/count") == {"count": 4}
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks", {"title": "x"})
        assert queue.create(status="completed")["status"] == "completed", "it has ended already"


def test_a_full_queue_says_first_what_is_wrong_and_what_is_there(taskflow_program):
    with taskflow_program.start("--max-tasks", "2") as server:
        queue = Queue(server)
        first, _ = queue.create(unique={"key": "k"}), queue.create()
        for body in ({}, {"title": "x", "status": "in-progress", "delay": 5}):
            assert queue.ask("POST", "/tasks", body).status == 422, body
            assert queue.ask("POST", "/tasks/batch", {"tasks": [body]}).status == 422, body
        again = {"title": "x", "unique": {"key": "k"}}
        assert queue.done("/tasks", again)["id"] == first["id"]
        assert queue.batch(again)[0]["id"] == first["id"]
        queue.refused(409, "DUPLICATE_TASK", "POST", "/tasks", {"title": "x", "unique": {"key": "k", "onConflict": "reject"}})
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks", {"title": "x", "unique": {"key": "other"}})
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks/batch", {"tasks": [again, {"title": "x"}]})


def test_one_worker_name_holds_1_000_leases(queue, kind):
    with Session(queue.server) as session:
        session.done("/tasks/batch", {"tasks": [{"type": kind}] * 1_000})
        session.done("/tasks/batch", {"tasks": [{"type": kind}] * 2})
        claim = {"worker": f"greedy-{kind}", "types": [kind], "limit": 100}
        taken = sum((session.done("/tasks/claim", claim)["tasks"] for _ in range(10)), [])
        assert len(taken) == 1_000
        status, answer = session.ask("/tasks/claim", claim)
        assert (status, answer.get("tasks")) == (200, []) or answer["error"]["code"] == "QUEUE_FULL"
        assert len(queue.claim(kind, worker="modest")) == 1
        session.done(f"/tasks/{taken[0]['id']}/complete", {"fence": taken[0]["lease"]["fence"]})
        assert len(session.done("/tasks/claim", claim)["tasks"]) == 1


def test_one_worker_name_waits_16_times(queue, kind):
    with Parked(queue.server) as parked:
        for _ in range(16):
            parked.claim(kind, worker=f"many-{kind}", wait=5)
        assert queue.claim(kind) == []
        answer = queue.ask("POST", "/tasks/claim", {"worker": f"many-{kind}", "types": [kind], "wait": 5})
        assert_error(answer, 503, "QUEUE_FULL")
        assert 1 <= int(answer["Retry-After"]) <= 3
        assert queue.claim(kind, worker=f"many-{kind}") == [], "one that does not wait"
        queue.batch(*({"type": kind} for _ in range(16)))
        parked.wait()
        assert len({task["id"] for number in range(16) for task in parked.tasks(number)}) == 16


@pytest.mark.slow
def test_10_000_claims_wait_and_no_other_until_one_leaves(taskflow_program):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with taskflow_program.start() as server, Parked(server) as parked, Session(server) as session:
        for number in range(10_000):
            parked.claim("rare", worker=f"w{number % 625}", wait=60)
        more = {"worker": "one-more", "types": ["rare"], "wait": 5}
        # A connection of its own may overtake those that have just been sent.
        until(lambda: session.ask("/tasks/claim", more | {"wait": 0.1})[0] == 503)
        answer = Queue(server).ask("POST", "/tasks/claim", more)
        assert_error(answer, 503, "QUEUE_FULL")
        assert 1 <= int(answer["Retry-After"]) <= 3
        assert session.ask("/tasks/claim", more | {"wait": 0})[0] == 200, "one that does not wait"
        parked.leave(5_000)
        until(lambda: session.ask("/tasks/claim", more | {"wait": 0.1})[0] == 200)
        session.done("/tasks/batch", {"tasks": [{"type": "rare"}] * 500})
        parked.wait(500)
        assert sorted(parked.answers) == list(range(500)), "those that have waited longest"


@pytest.mark.slow
def test_10_000_projects_have_settings_and_no_other(queue_server):
    with Session(queue_server) as session:
        def put(name: str, settings: dict) -> tuple[int, dict]:
            return session.ask(f"/projects/{name}", settings, "PUT")

        there = sum(1 for number in range(10_000) if put(f"many-{number}", {"maxRunning": 1})[0] == 200)
        status, answer = put("one-more", {"maxRunning": 1})
        assert (status, answer["error"]["code"]) == (503, "QUEUE_FULL") and there == 10_000
        assert put("many-7", {"maxRunning": 2})[0] == 200, "one that has some may have others"
        session.done("/tasks/batch", {"tasks": [{"type": "many", "project": "many-9999"}] * 2})
        claim = {"worker": "w", "types": ["many"], "limit": 2}
        assert len(session.done("/tasks/claim", claim)["tasks"]) == 1, "the last one's hold, too"
        for number in range(10_000):
            assert put(f"many-{number}", {"maxRunning": None})[0] == 200
        assert put("one-more", {"maxRunning": 1})[0] == 200
        assert put("one-more", {"maxRunning": None})[0] == 200


def test_a_project_has_ready_tasks_of_1_000_types(queue, kind):
    with Session(queue.server) as session:
        session.done("/tasks/batch", {"tasks": [{"type": f"{kind}-{number}", "project": kind} for number in range(1_000)]})
        status, answer = session.ask("/tasks", {"type": f"{kind}-1000", "project": kind})
        assert (status, answer["error"]["code"]) == (503, "QUEUE_FULL")
        assert session.ask("/tasks", {"type": f"{kind}-0", "project": kind})[0] == 201
        assert session.ask("/tasks", {"type": f"{kind}-1000", "project": f"{kind}-b"})[0] == 201


def test_payloads_and_results_are_counted_and_those_of_what_has_ended_go_first(taskflow_program):
    with taskflow_program.start("--max-bytes", "200000") as server:
        queue, payload = Queue(server), "x" * 60_000
        first = queue.add("a", payload=payload)
        queue.batch(*({"type": "a", "payload": payload} for _ in range(2)))
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks", {"type": "a", "payload": payload})
        queue.complete(queue.take("a"))
        until(lambda: queue.ask("POST", "/tasks", {"type": "a", "payload": payload}).status == 201)
        assert queue.get(f"/tasks/{first['id']}").status == 404, "it has ended, and made place"
        assert queue.add("a")["state"] == "ready", "what has no payload needs no place"
        queue.add("b", unique={"key": "k"})
        taken = {"title": "t", "unique": {"key": "k"}, "payload": payload}
        assert queue.ask("POST", "/tasks", taken).status == 200, "it is there already"
        queue.refused(503, "QUEUE_FULL", "POST", "/tasks", taken | {"status": "completed"})


@pytest.mark.no_redis("it is about a file")
@pytest.mark.parametrize("flags, body", [(["--max-tasks", "5"], {}), (["--max-bytes", "5000"], {"payload": "x" * 998})],
                         ids=["tasks", "bytes"])
def test_what_is_on_its_way_to_the_store_is_counted(taskflow_program, tmp_path, flags, body):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db", *flags) as server:
        answers = at_once(server, [("POST", "/tasks", {"title": "t"} | body)] * 15)
        assert [answer.status for answer in answers] == [201] * 5 + [503] * 10
        queue = Queue(server)
        assert queue.ask("DELETE", f"/tasks/{json.loads(answers[0].body)['id']}").status == 204
        answers = at_once(server, [("POST", "/tasks", {"title": "t"} | body)] * 3)
        assert [answer.status for answer in answers] == [201, 503, 503] and queue.json("/tasks/count")["count"] == 5


def test_a_body_costs_as_much_as_it_is_long_however_much_is_wrong_in_it(queue_server):
    queue = Queue(queue_server)

    def cost(kinds: int) -> float:
        """The CPU of a body whose first members are wrong, so many of each of the kinds, with all of it to be read behind them."""
        wrong = ",".join(f'"{end}":[{",".join(["{}"] * kinds)}]' for end in ("complete", "fail", "release", "renew"))
        body = "{" + wrong + ',"worker":"x"' * ((1_000_000 - len(wrong)) // 13) + "}"
        before = queue_server.cpu_seconds()
        answer = queue.ask("POST", "/tasks/work", raw=body.encode())
        assert (answer.status, json.loads(answer.body)["error"]["details"]) == (422, {"field": "complete.id", "index": 0})
        return queue_server.cpu_seconds() - before

    assert cost(100) < 4 * cost(1) + 0.1


# Retention


@pytest.mark.parametrize("flags", [["--keep-completed", "1s", "--keep-failed", "1s"], ["--keep", "2"]], ids=str)
def test_what_the_queue_has_ended_is_forgotten_and_nothing_else(taskflow_program, flags):
    with taskflow_program.start(*flags) as server:
        queue, kind = Queue(server), new_name()
        before = queue.position()
        by_hand = [queue.create(status=status) for status in ("completed", "failed")]
        needed = queue.add(kind)
        waits = queue.add(kind + "-b", dependencies=[needed["id"]], onDependencyFailure="hold")
        queue.fail(queue.take(kind), retryable=False)
        ended = [queue.add(kind) for _ in range(5)]
        for task in queue.claim(kind, limit=3):
            queue.complete(task)
        for task in queue.claim(kind, limit=2):
            queue.fail(task, retryable=False)
        gone = ended[:3] if "--keep" in flags else ended
        for task in gone:
            until(lambda task=task: queue.get(f"/tasks/{task['id']}").status == 404)
        assert {*ids([*by_hand, needed, waits])} <= {*ids(queue.json("/tasks"))}
        deleted = [event for event in queue.events(before) if event["event"] == "task.deleted"]
        assert {event["task"]["id"] for event in deleted} >= {*ids(gone)}
        assert {event["cause"] for event in deleted} == {"retention"}


@pytest.mark.parametrize("flags", [["--keep", "-1"], ["--keep-completed", "x"], ["--keep-failed", "-1s"], ["--max-tasks", "0"],
                                   ["--max-tasks", "x"], ["--max-bytes", "-1"], ["--aging", "-1"]], ids=" ".join)
def test_a_bad_flag_is_explained(taskflow_program, flags):
    result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", "memory", *flags], capture_output=True,
                            text=True, timeout=10)
    assert result.returncode == 64 and flags[0] in result.stderr, result


def test_the_help_tells_of_each_flag(taskflow_program):
    text = subprocess.check_output([taskflow_program.binary, "serve", "--help"], text=True, timeout=10)
    for flag in ("--worker-token", "--aging", "--max-tasks", "--max-bytes", "--keep-completed", "--keep-failed", "--keep"):
        assert f"{flag} <" in text, flag
