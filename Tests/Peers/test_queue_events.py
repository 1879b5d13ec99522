"""What the queue tells: each transition with its cause, in the rooms of the task, to those who come back as well."""

import json

from websockets.sync.client import connect

from queue_client import Queue, fence, ids, new_name, until
from test_taskflow_live import assert_quiet, listener, read
from test_taskflow_resuming import since

END = ["seq", "requestId", "timestamp"]


def life(queue: Queue, kind: str, **fields) -> dict:
    """A task that was claimed, released, failed, and completed."""
    task = queue.add(kind, **fields)
    queue.release(queue.take(kind))
    queue.fail(queue.take(kind), retryAfter=0)
    queue.complete(queue.take(kind), result={"big": "x" * 1_000})
    return task


CAUSES = [None, "claimed", "released", "claimed", "retrying", "claimed", "completed"]


def test_a_life_is_told_by_its_causes(queue, kind):
    before = queue.position()
    task = life(queue, kind)
    events = queue.events(before, task)
    assert [event.get("cause") for event in events] == CAUSES
    assert [event["event"] for event in events] == ["task.created"] + ["task.updated"] * 6
    for event in events[1:]:
        assert {"status", "state"} <= set(event["changes"]) and list(event)[-3:] == END
    claimed, _, _, retrying, _, completed = events[1:]
    assert claimed["lease"]["worker"] == "w" and claimed["attempt"] == 1 and claimed["lease"]["fence"] == claimed["seq"]
    assert retrying["error"]["message"] == "no luck" and "runAt" in retrying
    assert "late" not in completed
    assert [event["task"]["status"] for event in events] == [
        "pending", "in-progress", "pending", "in-progress", "pending", "in-progress", "completed"]


def test_payload_and_result_are_not_repeated_by_events(queue, kind):
    before = queue.position()
    life(queue, kind, payload={"secret": "p" * 1_000})
    for event in queue.events(before)[1:]:
        assert "p" * 1_000 not in json.dumps(event) and "x" * 1_000 not in json.dumps(event), event["cause"]


def test_a_client_that_listens_hears_the_same_as_one_that_asks(queue, kind):
    before = queue.position()
    with listener(queue.server, f"?rooms=project-{kind}") as by_project, listener(queue.server) as all_tasks:
        task = life(queue, kind, project=kind)
        with listener(queue.server, f"?rooms=task-{task['id']}") as by_task:
            queue.change(task["id"], priority=3)
            last = [read(by_task) for _ in range(2)]
        told = [read(by_project) for _ in range(len(CAUSES) + 2)]
        assert [read(all_tasks) for _ in range(len(told))] == told == queue.events(before, task) and told[-2:] == last


def test_a_client_that_was_away_is_told_the_causes_too(queue, kind):
    epoch, seq = queue.position()
    task = life(queue, kind)
    with connect(f"{queue.server.websocket_url}/ws/tasks{since(seq, epoch)}", proxy=None) as client:
        assert read(client)["recovered"] is True
        told = [read(client) for _ in range(len(CAUSES))]
    assert told == queue.events((epoch, seq), task)


def test_a_snapshot_has_the_tasks_as_a_list_has_them(queue, kind):
    life(queue, kind, project=kind)
    queue.add(kind, project=kind)
    queue.take(kind)
    with connect(f"{queue.server.websocket_url}/ws/tasks?since=0&epoch=none&rooms=project-{kind}", proxy=None) as client:
        assert read(client)["recovered"] is False
        assert read(client)["tasks"] == queue.json(f"/tasks?project={kind}")


def test_those_in_tasks_hear_no_name_that_is_new(queue, kind):
    with listener(queue.server) as client, listener(queue.server, "?rooms=queue") as operator:
        queue.done(f"/projects/{kind}", {"paused": True}, method="PUT")
        told = read(operator)
        assert told["event"].startswith("project.") and list(told)[-3:] == END
        assert_quiet(client)
        task = queue.add(kind, project=kind)
        assert read(client)["task"]["id"] == task["id"]
        assert_quiet(operator)


def test_a_deletion_is_told_as_before(queue, kind):
    before = queue.position()
    task = life(queue, kind)
    queue.ask("DELETE", f"/tasks/{task['id']}")
    event = queue.events(before)[-1]
    assert list(event) == ["event", "task", *END] and event["task"] == {"id": task["id"]}


def test_what_a_client_of_today_does_with_a_plain_task_has_no_cause(queue):
    before = queue.position()
    task = queue.create()
    queue.change(task["id"], status="in-progress")
    queue.change(task["id"], priority=2, status="failed")
    assert queue.causes(before, task) == [None] * 4


def test_the_numbers_have_no_gap_whatever_happens(queue, kind):
    before = queue.position()
    made = queue.batch(*({"type": kind} for _ in range(30)))
    for task in queue.claim(kind, limit=20):
        queue.complete(task)
    for task in queue.claim(kind, limit=5):
        queue.fail(task, retryAfter=0)
        assert fence(task) > before[1]
    for task in made[25:]:
        queue.done(f"/tasks/{task['id']}/cancel")
    events = queue.events(before)
    assert [event["seq"] for event in events] == [*range(before[1] + 1, before[1] + 1 + len(events))]
    assert len(events) == 30 + 20 * 2 + 5 * 2 + 5


def test_a_change_of_what_is_set_is_told_by_its_name(queue, kind):
    before, task = queue.position(), queue.create()
    queue.change(task["id"], type=kind, maxAttempts=3, payload={"a": 1})
    event = queue.events(before, task)[-1]
    assert {"type", "maxAttempts", "payload"} <= set(event["changes"]) and "cause" not in event


def test_the_freed_are_told_behind_what_freed_them(queue, kind):
    first = queue.add(kind)
    freed = [queue.add(new_name(), dependencies=[first["id"]]) for _ in range(3)]
    before = queue.position()
    queue.complete(queue.take(kind))
    events = until(lambda: len(found := queue.events(before)) >= 5 and found)
    assert [event["cause"] for event in events] == ["claimed", "completed", "ready", "ready", "ready"]
    assert sorted(event["task"]["id"] for event in events[2:]) == sorted(ids(freed))
