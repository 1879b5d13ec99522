"""A task that uses nothing of the queue, and a client that knows nothing of it: all is as it was, byte for byte."""

import json
import re

import pytest

from client import Client
from contract import TIMESTAMP, UUID_V7
from queue_client import Queue

MEMBERS = ["id", "title", "description", "status", "priority", "dependencies", "project", "createdAt", "updatedAt"]


def assert_bytes(body: bytes, status: str = "pending", priority: int = 5, dependencies: str = "[]") -> None:
    """The task as it has always been written, but for its id and times."""
    pattern = (rf'\{{"id":"{UUID_V7.pattern}","title":"x","description":"","status":"{status}","priority":{priority},'
               rf'"dependencies":{re.escape(dependencies)},"project":null,'
               rf'"createdAt":"{TIMESTAMP.pattern}","updatedAt":"{TIMESTAMP.pattern}"\}}')
    assert re.fullmatch(pattern, body.decode()), body


def test_a_plain_task_has_its_nine_members_and_no_other(queue):
    made = queue.ask("POST", "/tasks", {"title": "x", "priority": 5})
    path = made["Location"]
    assert_bytes(made.body)
    assert_bytes(queue.get(path).body)
    assert_bytes(queue.ask("PATCH", path, {"priority": 6}).body, priority=6)
    assert_bytes(queue.ask("PUT", path, {"status": "in-progress"}).body, "in-progress", 6)
    assert_bytes(queue.ask("PATCH", path, {"status": "failed"}).body, "failed", 6)
    assert_bytes(queue.ask("PATCH", path, {"status": "pending"}).body, "pending", 6)
    assert queue.ask("DELETE", path).status == 204


def test_so_has_one_with_dependencies_whatever_state_they_put_it_in(queue):
    needed = queue.create("needed")
    body = {"title": "x", "priority": 5, "dependencies": [needed["id"]]}
    made = queue.ask("POST", "/tasks", body)
    for status in ("pending", "failed", "completed"):
        queue.change(needed["id"], status=status)
        assert_bytes(queue.get(made["Location"]).body, dependencies=f'["{needed["id"]}"]')


def test_lists_and_the_old_queue_show_it_as_before(queue):
    queue.clear()
    made = queue.ask("POST", "/tasks", {"title": "x", "priority": 5}).body
    assert queue.get("/tasks").body == b"[" + made + b"]"
    assert queue.get("/tasks/queue").body == b"[" + made + b"]"
    assert queue.get("/tasks/next").body == queue.get("/tasks/peek").body == made
    assert queue.get("/tasks/stream.ndjson").body == made + b"\n"
    assert json.loads(queue.get("/tasks/resolve").body)["orderedTasks"] == [json.loads(made)]


def test_the_events_of_a_plain_task_are_as_before(queue):
    before = queue.position()
    task = queue.create("x", priority=5)
    queue.change(task["id"], status="completed")
    queue.change(task["id"], priority=9)
    queue.ask("DELETE", f"/tasks/{task['id']}")
    events = queue.events(before)
    end = ["seq", "requestId", "timestamp"]
    assert [[event["event"], *event] for event in events] == [
        ["task.created", "event", "task", *end], ["task.updated", "event", "task", "changes", *end],
        ["task.updated", "event", "task", "changes", *end], ["task.moved", "event", "task", "from", "to", *end],
        ["task.deleted", "event", "task", *end]]
    assert [event.get("changes") for event in events] == [None, ["status"], ["priority"], None, None]
    assert all(list(event["task"]) == MEMBERS for event in events[:-1])


def test_the_four_statuses_are_set_from_any_to_any_as_before(queue):
    statuses = ["pending", "in-progress", "completed", "failed"]
    for first in statuses:
        for then in statuses:
            before = queue.position()
            task = queue.create("x", status=first)
            changed = queue.change(task["id"], status=then)
            assert list(changed) == MEMBERS and changed["status"] == then
            told = [(event["event"], event.get("changes"), "cause" in event) for event in queue.events(before, task)]
            assert told == [("task.created", None, False)] + [("task.updated", ["status"], False)] * (first != then)


def test_a_plain_task_with_all_its_members_has_the_defaults(queue):
    task = queue.create("x")
    full = queue.full(task)
    assert list(full)[:9] == MEMBERS and {name: full[name] for name in MEMBERS} == task
    expected = {"type": None, "payload": None, "maxAttempts": 10, "timeout": None, "maxStalls": 3,
                "retry": {"base": 5, "factor": 3, "max": 3600, "jitter": 0.2}, "onDependencyFailure": "cancel",
                "state": "ready", "attempt": 0, "stalls": 0, "waitingFor": 0, "startedAt": None, "finishedAt": None,
                "result": None, "error": None, "cancelRequested": False, "reason": None, "attempts": []}
    assert {name: full[name] for name in expected} == expected


@pytest.mark.parametrize("status", ["pending", "in-progress", "completed", "failed"])
def test_a_plain_task_that_is_ended_and_given_work_at_once_says_when_it_ended(queue, status):
    task = queue.create("x")
    changed = queue.change(task["id"], status=status, type="t")
    ends = changed["updatedAt"] if status in ("completed", "failed") else None
    assert queue.full(task)["finishedAt"] == ends


def test_a_plain_list_with_all_members_leaves_the_heavy_ones_out(queue):
    queue.clear()
    task = queue.create("x")
    listed, = queue.json("/tasks?view=full")
    full = queue.full(task)
    heavy = {"payload", "result", "checkpoint", "attempts"}
    assert listed == {name: value for name, value in full.items() if name not in heavy}


def test_of_what_was_set_only_what_differs_is_written(queue):
    plain = Client(queue.server).create("x", type=None, maxAttempts=10, lease=30, timeout=None, maxStalls=3, payload=None,
                                        onDependencyFailure="cancel", retry={"base": 5, "factor": 3, "max": 3600, "jitter": 0.2})
    assert list(plain) == MEMBERS
    task = queue.add("mail", maxAttempts=4)
    assert list(task)[:9] == MEMBERS and {"type", "maxAttempts", "state"} == set(task) - set(MEMBERS)
    assert (task["type"], task["maxAttempts"], task["state"]) == ("mail", 4, "ready")


def test_a_plain_task_can_be_claimed_and_completed_and_looks_as_before_to_those_who_look_as_before(queue):
    queue.clear()
    before = queue.position()
    task = queue.create("x", priority=1_000_000)
    taken, = queue.claim()
    assert taken["id"] == task["id"]
    assert queue.json(f"/tasks/{task['id']}")["status"] == "in-progress"
    queue.complete(taken)
    assert queue.json(f"/tasks/{task['id']}")["status"] == "completed"
    told = [(event["event"], event["task"]["status"]) for event in queue.events(before, task)]
    assert told == [("task.created", "pending"), ("task.updated", "in-progress"), ("task.updated", "completed")]
    assert Queue(queue.server).claim() == []


def test_a_plain_task_that_is_given_a_payload_is_one_for_workers(queue):
    task = queue.create("x")
    assert list(queue.change(task["id"], payload=None)) == MEMBERS
    changed = queue.change(task["id"], payload={"a": 1})
    assert (changed["payload"], changed["state"]) == ({"a": 1}, "ready")
    assert queue.json(f"/tasks/{task['id']}") == changed
    assert "payload" not in queue.change(task["id"], payload=None)


def test_exports_are_as_before(queue, kind):
    queue.clear()
    queue.add(kind, payload={"a": 1}, delay=60)
    queue.add(kind)
    queue.take(kind)
    lines = queue.get("/tasks/export.csv").body.decode().splitlines()
    assert lines[0] == "id,title,description,status,priority,dependencies,createdAt,updatedAt,project" and len(lines) == 3
    assert [json.loads(line) for line in queue.get("/tasks/stream.ndjson").body.splitlines()] == queue.json("/tasks")
