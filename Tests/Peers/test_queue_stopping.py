"""The end of a server and of a worker: what waits is told, what runs may be ended, and nothing is lost."""

import contextlib
import json
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from client import Client
from contract import assert_error
from queue_client import STORES, WORKER, Parked, Queue, Session, fence, ids, new_name, store_at, until
from scenes import Stage
from server import TRACE


@pytest.fixture(params=STORES)
def stopping(request, taskflow_program, tmp_path):
    """A server that can be stopped, with time for those that work."""
    with taskflow_program.start("--store", store_at(request.param, tmp_path), "--grace", "10s") as server:
        yield Queue(server)


def test_claims_that_wait_are_answered_when_the_server_stops(stopping):
    queue = stopping
    with Parked(queue.server) as parked:
        for number in range(50):
            parked.claim("a", worker=f"w{number}", wait=30)
        parked.ask("/tasks/work", {"worker": "turn", "claim": {"types": ["a"], "wait": 30}})
        assert queue.claim("a") == []
        stopped = time.monotonic()
        queue.server.signal(signal.SIGTERM)
        parked.wait()
        for number in range(51):
            came, answer = parked.answers[number]
            assert parked.tasks(number) == [] and answer["Connection"] == "close"
            assert came - stopped <= 3, "100 ms is the promise"
    assert queue.server.wait(10) == 0


def test_within_the_grace_holders_are_served_and_claims_are_not(stopping):
    queue, server = stopping, stopping.server
    queue.batch(*({"type": "a"} for _ in range(5)))
    one, two, three, four = queue.claim("a", limit=4)
    # Connections of before: a server that stops takes no new one. A request that has begun keeps each of them open.
    calls = [("/tasks/claim", {"worker": "w"}), (f"/tasks/{one['id']}/complete", {"fence": fence(one)}),
             (f"/tasks/{two['id']}/fail", {"fence": fence(two), "error": {"message": "x"}}),
             (f"/tasks/{three['id']}/release", {"fence": fence(three)}), (f"/tasks/{four['id']}/renew", {"fence": fence(four)})]
    texts = [json.dumps(body).encode() for _, body in calls]
    sessions = [Session(server) for _ in calls]
    try:
        for session, (path, _), text in zip(sessions, calls, texts):
            session.connection.putrequest("POST", path)
            for name, value in {**session.headers, "Content-Length": str(len(text))}.items():
                session.connection.putheader(name, value)
            session.connection.endheaders(text[:1])
        assert queue.json("/health")["status"] == "healthy"
        server.signal(signal.SIGTERM)
        assert server.says("Stopping on SIGTERM")
        for session, text in zip(sessions, texts):
            session.connection.send(text[1:])
        answers = [session.connection.getresponse() for session in sessions]
        bodies = [json.loads(answer.read()) for answer in answers]
    finally:
        for session in sessions:
            session.connection.close()
    assert [answer.status for answer in answers] == [503, 200, 200, 200, 200], bodies
    assert bodies[0]["error"]["code"] == "SERVICE_UNAVAILABLE" and 1 <= int(answers[0].getheader("Retry-After")) <= 3
    assert [body.get("state") for body in bodies[1:4]] == ["completed", "scheduled", "ready"]
    assert all(answer.getheader("Connection") == "close" for answer in answers)
    assert server.wait(10) == 0


def test_while_it_drains_a_claim_is_refused_and_a_holder_is_served(taskflow_program):
    with taskflow_program.start("--drain", "5s") as server:
        queue = Queue(server)
        queue.add("a", lease=5)
        task = queue.take("a")
        server.signal(signal.SIGTERM)
        until(lambda: Client(server, None).get("/ready").status == 503)
        answer = queue.ask("POST", "/tasks/claim", {"worker": "w", "wait": 5})
        assert_error(answer, 503, "SERVICE_UNAVAILABLE")
        assert 1 <= int(answer["Retry-After"]) <= 3
        assert queue.renew(task)["cancelRequested"] is False and queue.complete(task)["state"] == "completed"
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0


# `taskflow worker`


class WorkerProgram:
    """`taskflow worker`, and what it has said."""

    def __init__(self, server, *flags: str):
        self.process = subprocess.Popen(
            [server.process.args[0], "worker", "--url", server.url, "--token", WORKER, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout))
        self.reader.start()

    def __enter__(self) -> "WorkerProgram":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.reader.join(10)
        assert not TRACE.search("".join(self.lines)), self.lines

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)


# What it runs: its payload is a line of the shell.
SCRIPT = """#!/bin/sh
payload=$(cat)
eval "$(printf %s "$payload" | tr -d '"')"
echo "\\"$TASKFLOW_TASK_ID $TASKFLOW_FENCE $TASKFLOW_ATTEMPT $TASKFLOW_TYPE\\""
"""
stage = Stage()


@contextlib.contextmanager
def worker(queue: Queue, kind: str, *flags: str):
    """A program that works on the tasks of that type."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "handle.sh"
        script.write_text(SCRIPT)
        script.chmod(0o755)
        with WorkerProgram(queue.server, "--types", kind, "--exec", str(script), *flags) as program:
            yield program


@stage.scene
def a_worker_does_what_the_exit_code_says(queue: Queue) -> None:
    kind = new_name()
    made = {line: queue.add(kind, payload=line) for line in (
        "true", "exit 65", "echo on standard error >&2; exit 3")}
    with worker(queue, kind, "--concurrency", "2"):
        until(lambda: all(queue.full(task)["attempt"] and queue.state(task) != "running" for task in made.values()))
    done, never, again = (queue.full(task) for task in made.values())
    assert (done["state"], never["state"], again["state"]) == ("completed", "failed", "scheduled")
    last, = done["attempts"]
    assert done["result"] == f"{done['id']} {last['fence']} 1 {kind}"
    assert "on standard error" in again["error"]["message"]


@stage.scene
def a_worker_that_is_stopped_drains_and_gives_the_rest_back(queue: Queue) -> None:
    kind = new_name()
    short = [queue.add(kind, payload="sleep 1.5", lease=60) for _ in range(2)]
    long = [queue.add(kind, payload="sleep 12", lease=60) for _ in range(2)]
    later = queue.add(kind, payload="true")
    with worker(queue, kind, "--concurrency", "4", "--drain", "5") as program:
        until(lambda: all(queue.state(task) == "running" for task in short + long))
        before = queue.position()
        stopped = time.monotonic()
        program.stop()
        assert program.process.wait(20) == 0 and time.monotonic() - stopped < 15
    assert [queue.state(task) for task in short] == ["completed"] * 2
    for task in long:
        full = queue.full(task)
        assert (full["state"], full["attempt"]) == ("ready", 0), "as if it had not been claimed"
    assert "claimed" not in queue.causes(before, *short, *long, later) and queue.state(later) == "ready"
    taken = queue.claim(kind, limit=9)
    assert sorted(ids(taken)) == sorted(ids([*long, later])) and {task["attempt"] for task in taken} == {1}


@stage.scene
def a_worker_that_is_killed_loses_nothing(queue: Queue) -> None:
    kind = new_name()
    task = queue.add(kind, payload="sleep 8", lease=5)
    with worker(queue, kind, "--lease", "5") as program:
        until(lambda: queue.state(task) == "running")
        program.process.kill()
        again = until(lambda: queue.claim(kind, wait=20), 30)[0]
    assert (again["id"], again["attempt"]) == (task["id"], 2)


@pytest.fixture(scope="module")
def played(taskflow_program, tmp_path_factory):
    with stage.play(taskflow_program, tmp_path_factory.mktemp("worker")) as played:
        yield played


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("scene", stage.scenes)
def test_the_program(played, store, scene):
    played[store, scene].result()
