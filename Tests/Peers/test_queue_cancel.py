"""Cancelling, at once and by asking, and trying again."""

import json

import pytest

from queue_client import Parked, Queue, fence, ids


def cancel(queue: Queue, task: dict, **fields) -> dict:
    return queue.done(f"/tasks/{task['id']}/cancel", fields)


def test_what_is_ready_is_cancelled(queue, kind):
    task = cancel(queue, queue.add(kind))
    assert (task["state"], task["status"]) == ("cancelled", "failed") and queue.claim(kind) == []


def test_what_runs_is_asked_and_its_holder_is_told(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    task = cancel(queue, taken, reason="too late")
    assert (task["state"], task["status"], task["cancelRequested"]) == ("running", "in-progress", True)
    assert queue.renew(taken)["cancelRequested"] is True and queue.full(taken)["cancelRequested"] is True


@pytest.mark.parametrize("verb, fields, state", [
    ("fail", {"error": {"message": "stopped"}}, "cancelled"), ("fail", {"error": {"message": "x"}, "retryAfter": 0}, "cancelled"),
    ("release", {}, "cancelled"), ("complete", {"result": 1}, "completed")])
def test_then_a_completion_wins_and_nothing_else_is_tried_again(queue, kind, verb, fields, state):
    before = queue.position()
    queue.add(kind)
    taken = queue.take(kind)
    cancel(queue, taken)
    task = queue.call(verb, taken, **fields)
    assert task["state"] == state == queue.causes(before, task)[-1] and queue.claim(kind) == []
    assert task["cancelRequested"] is False or state == "cancelled"


def test_to_ask_again_is_to_ask_once(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    cancel(queue, taken)
    before = queue.position()
    assert cancel(queue, taken)["cancelRequested"] is True and queue.position() == before


def test_by_force_the_task_is_taken_from_its_holder(queue, kind):
    before = queue.position()
    queue.add(kind)
    taken = queue.take(kind)
    assert cancel(queue, taken, force=True)["state"] == "cancelled"
    for verb in ("complete", "fail", "renew", "release"):
        assert queue.lost(verb, taken) == {"state": "cancelled", "fence": None}
    assert queue.causes(before, taken) == [None, "claimed", "cancelled"]


def test_force_follows_a_request(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    cancel(queue, taken)
    assert cancel(queue, taken, force=True)["state"] == "cancelled"


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_what_has_ended_is_not_cancelled(queue, kind, state):
    task = queue.add(kind, status=state if state != "cancelled" else "pending")
    if state == "cancelled":
        cancel(queue, task)
    for fields in ({}, {"force": True}):
        details = queue.refused(409, "INVALID_TRANSITION", "POST", f"/tasks/{task['id']}/cancel", fields)
        assert details == {"state": state}


def test_a_plain_task_is_cancelled_as_well(queue):
    task = queue.create()
    assert cancel(queue, task)["state"] == "cancelled" and queue.json(f"/tasks/{task['id']}")["status"] == "failed"


@pytest.mark.parametrize("body", [{"reason": 5}, {"reason": []}, {"force": "yes"}, {"force": 1}, {"force": None}])
def test_what_a_cancel_may_not_say_is_named(queue, kind, body):
    task = queue.add(kind)
    field, = body
    assert queue.refused(422, "VALIDATION_ERROR", "POST", f"/tasks/{task['id']}/cancel", body) == {"field": field}
    assert queue.state(task) == "ready"


def test_a_reason_is_kept_and_told(queue, kind):
    before, task = queue.position(), queue.add(kind)
    cancel(queue, task, reason="not needed any more")
    assert "not needed any more" in json.dumps(queue.full(task)["reason"])
    assert "not needed any more" in json.dumps(queue.events(before, task)[-1])


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_an_empty_body_will_do(queue, kind, verb):
    task = queue.add(kind)
    if verb == "retry":
        cancel(queue, task)
    assert queue.ask("POST", f"/tasks/{task['id']}/{verb}").status == 200


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_one_that_is_not_there_is_404(queue, verb):
    queue.refused(404, "TASK_NOT_FOUND", "POST", f"/tasks/00000000-0000-7000-8000-000000000000/{verb}", {})


def test_a_retried_task_goes_to_one_that_waits_with_a_higher_fence(queue, kind):
    queue.add(kind, maxAttempts=1)
    first = queue.take(kind)
    failed = queue.fail(first, "once")
    assert failed["state"] == "failed"
    with Parked(queue.server) as parked:
        number = parked.claim(kind)
        assert queue.claim(kind) == []
        queue.done(f"/tasks/{failed['id']}/retry")
        parked.wait()
        again, = parked.tasks(number)
    assert ids([again]) == ids([first]) and again["attempt"] == 1 and fence(again) > fence(first)
    assert queue.lost("complete", first) == {"state": "running", "fence": fence(again)}


def test_a_retried_task_has_nothing_of_its_end_but_its_attempts(queue, kind):
    queue.add(kind)
    queue.fail(queue.take(kind), retryable=False)
    task = queue.done(f"/tasks/{queue.json(f'/tasks?type={kind}')[0]['id']}/retry")
    assert task["finishedAt"] is None and task["cancelRequested"] is False and task["reason"] is None
    assert len(task["attempts"]) == 1


def test_a_retry_is_due_when_its_task_is(queue, kind):
    task = queue.add(kind, delay=3_600)
    cancel(queue, task)
    assert queue.done(f"/tasks/{task['id']}/retry")["state"] in ("ready", "scheduled")
