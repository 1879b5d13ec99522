"""The states of a task: each way from one to another, and the cause that its event has."""

import pytest

from contract import TIMESTAMP
from queue_client import Queue, fence, is_leased


def moved(queue: Queue, before, task) -> list[tuple]:
    """What the events say: the cause, and the state behind it."""
    return [(event.get("cause"), event["task"].get("state")) for event in queue.events(before, task)]


# From the creation


@pytest.mark.parametrize("status, state", [
    ("pending", "ready"), ("in-progress", "held"), ("completed", "completed"), ("failed", "failed")])
def test_a_new_task_is_in_the_state_of_its_status(queue, kind, status, state):
    before = queue.position()
    task = queue.add(kind, status=status)
    assert (task["status"], task["state"]) == (status, state) == (queue.full(task)["status"], queue.state(task))
    assert moved(queue, before, task) == [(None, state)]


@pytest.mark.parametrize("status", ["in-progress", "completed", "failed"])
def test_nothing_takes_what_is_not_pending(queue, kind, status):
    queue.add(kind, status=status)
    assert queue.claim(kind) == []


def test_a_task_short_of_a_dependency_waits_also_where_it_is_due_later(queue, kind):
    needed = queue.create("needed")
    waiting = queue.add(kind, dependencies=[needed["id"]])
    later = queue.add(kind, dependencies=[needed["id"]], delay=3_600)
    assert [queue.state(task) for task in (waiting, later)] == ["waiting", "waiting"]
    assert queue.full(waiting)["waitingFor"] == 1 and queue.claim(kind) == []
    queue.change(needed["id"], status="completed")
    assert [queue.state(task) for task in (waiting, later)] == ["ready", "scheduled"]
    assert queue.take(kind)["id"] == waiting["id"] and queue.claim(kind) == []


# A claim and its ends


def test_a_claim_and_a_completion(queue, kind):
    before, made = queue.position(), queue.add(kind, payload={"to": "a@b.c"})
    task = queue.take(kind, worker="mail-1:4711")
    assert (task["id"], task["state"], task["status"], task["attempt"]) == (made["id"], "running", "in-progress", 1)
    assert task["payload"] == {"to": "a@b.c"} and TIMESTAMP.fullmatch(task["startedAt"])
    lease = task["lease"]
    assert lease["worker"] == "mail-1:4711" and lease["seconds"] == 30 and TIMESTAMP.fullmatch(lease["expiresAt"])
    done = queue.complete(task, result={"sent": [1, None]})
    assert (done["state"], done["status"], done["attempt"], done["result"]) == ("completed", "completed", 1, {"sent": [1, None]})
    assert TIMESTAMP.fullmatch(done["finishedAt"]) and not is_leased(done) and done["error"] is None
    assert moved(queue, before, task) == [(None, "ready"), ("claimed", "running"), ("completed", "completed")]
    last, = done["attempts"]
    assert (last["worker"], last["fence"], last["outcome"]) == ("mail-1:4711", fence(task), "completed")


def test_the_fence_is_the_number_of_the_claim_s_event(queue, kind):
    before, task = queue.position(), queue.add(kind)
    taken = queue.take(kind)
    claimed, = (event for event in queue.events(before, task) if event.get("cause") == "claimed")
    assert claimed["seq"] == fence(taken) == claimed["lease"]["fence"] and claimed["attempt"] == 1
    assert "status" in claimed["changes"] and "state" in claimed["changes"]


def test_a_failure_that_can_be_tried_again_is_scheduled(queue, kind):
    before, made = queue.position(), queue.add(kind)
    task = queue.fail(queue.take(kind), error={"code": "SMTP", "message": "no luck", "details": {"line": 5}})
    assert (task["state"], task["status"], task["attempt"], is_leased(task)) == ("scheduled", "pending", 1, False)
    assert task["error"] == {"code": "SMTP", "message": "no luck", "details": {"line": 5}}
    assert moved(queue, before, made)[-1] == ("retrying", "scheduled") and queue.claim(kind) == []
    retrying = queue.events(before, made)[-1]
    assert retrying["error"]["code"] == "SMTP" and TIMESTAMP.fullmatch(retrying["runAt"])


def test_a_failure_with_no_wait_is_ready(queue, kind):
    before, made = queue.position(), queue.add(kind)
    task = queue.fail(queue.take(kind), retryAfter=0)
    assert task["state"] == "ready" and moved(queue, before, made)[-1] == ("retrying", "ready")
    again = queue.take(kind)
    assert again["attempt"] == 2 and again["error"]["message"] == "no luck"


@pytest.mark.parametrize("seconds", [0.5, 60, 604_800])
def test_a_failure_can_say_how_long_to_wait(queue, kind, seconds):
    queue.add(kind)
    assert queue.fail(queue.take(kind), retryAfter=seconds)["state"] == "scheduled"


def test_a_failure_that_cannot_be_tried_again_is_the_end(queue, kind):
    before, made = queue.position(), queue.add(kind)
    task = queue.fail(queue.take(kind), retryable=False)
    assert (task["state"], task["status"], task["attempt"]) == ("failed", "failed", 1)
    assert moved(queue, before, made)[-1] == ("failed", "failed") and TIMESTAMP.fullmatch(task["finishedAt"])


def test_so_is_the_last_attempt(queue, kind):
    before, made = queue.position(), queue.add(kind, maxAttempts=2)
    assert queue.fail(queue.take(kind), retryAfter=0)["state"] == "ready"
    task = queue.fail(queue.take(kind), "the last", retryAfter=0)
    assert (task["state"], task["attempt"], task["error"]["message"]) == ("failed", 2, "the last")
    assert [cause for cause, _ in moved(queue, before, made)] == [None, "claimed", "retrying", "claimed", "failed"]
    assert len(task["attempts"]) == 2 and task["attempts"][-1]["outcome"] == "failed"


@pytest.mark.parametrize("fields, state", [({}, "ready"), ({"delay": 0}, "ready"), ({"delay": 60}, "scheduled")])
def test_a_release_gives_the_attempt_back(queue, kind, fields, state):
    before, made = queue.position(), queue.add(kind)
    task = queue.release(queue.take(kind), **fields)
    assert (task["state"], task["status"], task["attempt"], is_leased(task)) == (state, "pending", 0, False)
    assert moved(queue, before, made)[-1] == ("released", state)
    if state == "ready":
        assert queue.take(kind)["attempt"] == 1


def test_a_release_gives_the_place_in_the_line_back_too(queue, kind):
    tasks = [queue.add(kind) for _ in range(3)]
    first = queue.take(kind)
    queue.release(first)
    assert [task["id"] for task in queue.claim(kind, limit=3)] == [task["id"] for task in tasks]


def test_the_last_20_attempts_are_kept(queue, kind):
    task = queue.add(kind, maxAttempts=30)
    fences = []
    for number in range(1, 23):
        taken = queue.take(kind, worker=f"w{number}")
        fences.append(fence(taken))
        assert taken["attempt"] == number
        task = queue.fail(taken, f"error {number}", retryAfter=0)
    kept = task["attempts"]
    assert [attempt["fence"] for attempt in kept] == fences[-20:] and fences == sorted(set(fences))
    assert [attempt["worker"] for attempt in kept] == [f"w{number}" for number in range(3, 23)]
    assert kept[-1]["error"]["message"] == "error 22" and all(attempt["outcome"] for attempt in kept)


# Cancelled, and again


@pytest.mark.parametrize("fields, first", [
    ({}, "ready"), ({"delay": 60}, "scheduled"), ({"status": "in-progress"}, "held"),
    ({"dependencies": ["00000000-0000-7000-8000-000000000000"]}, "waiting")])
def test_what_has_not_begun_is_cancelled_at_once(queue, kind, fields, first):
    before, task = queue.position(), queue.add(kind, **fields)
    assert queue.state(task) == first
    ended = queue.done(f"/tasks/{task['id']}/cancel", {"reason": "not needed"})
    assert (ended["state"], ended["status"]) == ("cancelled", "failed") and "not needed" in str(ended["reason"])
    assert moved(queue, before, task)[-1] == ("cancelled", "cancelled") and queue.claim(kind) == []


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_retry_begins_anew(queue, kind, end):
    before, made = queue.position(), queue.add(kind)
    queue.fail(queue.take(kind), retryAfter=0)
    if end == "failed":
        queue.fail(queue.take(kind), retryable=False)
    else:
        queue.done(f"/tasks/{made['id']}/cancel")
    task = queue.done(f"/tasks/{made['id']}/retry")
    assert (task["state"], task["status"], task["attempt"], task["stalls"]) == ("ready", "pending", 0, 0)
    assert moved(queue, before, made)[-1] == ("retried", "ready")
    assert queue.take(kind)["attempt"] == 1


@pytest.mark.parametrize("state, status, fields", [
    ("ready", "pending", {}), ("scheduled", "pending", {"delay": 60}), ("held", "in-progress", {"status": "in-progress"}),
    ("completed", "completed", {"status": "completed"})])
def test_only_what_failed_or_was_cancelled_is_retried(queue, kind, state, status, fields):
    task = queue.add(kind, **fields)
    details = queue.refused(409, "INVALID_TRANSITION", "POST", f"/tasks/{task['id']}/retry", {})
    assert details == {"state": state} and queue.full(task)["status"] == status


def test_what_runs_is_not_retried(queue, kind):
    task = queue.add(kind)
    queue.take(kind)
    assert queue.refused(409, "INVALID_TRANSITION", "POST", f"/tasks/{task['id']}/retry", {}) == {"state": "running"}


# By hand


@pytest.mark.parametrize("status, state", [
    ("pending", "ready"), ("completed", "completed"), ("failed", "failed")])
def test_a_status_that_is_set_ends_the_lease(queue, kind, status, state):
    before, made = queue.position(), queue.add(kind)
    taken = queue.take(kind)
    task = queue.change(made["id"], status=status)
    assert (task["status"], task["state"]) == (status, state) and not is_leased(queue.full(task))
    assert moved(queue, before, made)[-1] == (None, state)
    assert queue.lost("complete", taken) == {"state": state, "fence": None}
    assert queue.claim(kind) == [] or state == "ready"


def test_a_status_that_stays_changes_nothing(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    queue.change(taken["id"], status="in-progress")
    assert queue.complete(taken)["state"] == "completed"


def test_a_status_that_ends_an_end_counts_anew(queue, kind):
    made = queue.add(kind)
    queue.fail(queue.take(kind), retryable=False)
    assert queue.full(made)["attempt"] == 1
    queue.change(made["id"], status="pending")
    full = queue.full(made)
    assert (full["state"], full["attempt"], full["stalls"]) == ("ready", 0, 0)
    assert queue.take(kind)["attempt"] == 1


def test_dependencies_that_are_changed_move_it(queue, kind):
    needed, task = queue.create("needed"), queue.add(kind)
    before = queue.position()
    queue.change(task["id"], dependencies=[needed["id"]])
    assert queue.state(task) == "waiting" and queue.claim(kind) == []
    queue.change(needed["id"], status="completed")
    assert queue.state(task) == "ready"
    queue.change(needed["id"], status="pending")
    assert queue.state(task) == "waiting" and queue.claim(kind) == []
    queue.change(task["id"], dependencies=[])
    assert queue.take(kind)["id"] == task["id"]
    assert set(cause for cause, _ in moved(queue, before, task)[:-1]) <= {None, "ready"}


def test_a_deletion_takes_the_task_from_its_holder(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    assert queue.ask("DELETE", f"/tasks/{taken['id']}").status == 204
    for verb, more in [("complete", {}), ("fail", {"error": {"message": "x"}}), ("renew", {}), ("release", {})]:
        queue.refused(404, "TASK_NOT_FOUND", "POST", f"/tasks/{taken['id']}/{verb}", {"fence": fence(taken)} | more)


@pytest.mark.parametrize("start", [{"delay": 5}, {"runAt": "2024-01-31T06:53:33Z"}], ids=str)
def test_a_time_to_begin_is_for_what_is_pending(queue, kind, start):
    field = next(iter(start))
    task = queue.add(kind)
    path = f"/tasks/{task['id']}"
    assert queue.refused(422, "VALIDATION_ERROR", "PATCH", path, {"status": "failed"} | start) == {"field": field}
    assert queue.change(task["id"], status="completed", runAt=None)["status"] == "completed"
    assert queue.refused(409, "INVALID_TRANSITION", "PATCH", path, start) == {"state": "completed"}
    before = queue.position()
    assert queue.change(task["id"], runAt=None)["status"] == "completed" and queue.position() == before
    assert queue.change(task["id"], status="pending", **start)["status"] == "pending"
