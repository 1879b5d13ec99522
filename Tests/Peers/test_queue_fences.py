"""The fence of a claim: which call counts, with which fence, in which state."""

import concurrent.futures

import pytest

from queue_client import Queue, fence

VERBS = {"complete": {}, "fail": {"error": {"message": "no luck"}}, "release": {}, "renew": {}}
EACH = pytest.mark.parametrize("verb", VERBS)


def call(queue: Queue, verb: str, task: dict, status: int = 200, **fields) -> dict:
    return queue.call(verb, task, status, **(VERBS[verb] | fields))


def refused(queue: Queue, verb: str, task: dict, state: str, current: int | None) -> None:
    """It is told that its lease is lost, what became of the task, and nothing changes."""
    before, full = queue.position(), queue.full(task)
    assert queue.lost(verb, task) == {"state": state, "fence": current}
    assert queue.events(before, task) == [] and queue.full(task) == full


# With the current one


def test_each_call_counts_with_the_current_fence(queue, kind):
    for verb, state in [("complete", "completed"), ("fail", "scheduled"), ("release", "ready")]:
        queue.add(kind)
        task = call(queue, verb, queue.take(kind))
        assert task["state"] == state
        if state == "ready":
            queue.complete(queue.take(kind))
    queue.add(kind)
    taken = queue.take(kind, lease=10)
    answer = call(queue, "renew", taken)
    assert list(answer) == ["lease", "cancelRequested"] and answer["cancelRequested"] is False
    lease = answer["lease"]
    assert (lease["worker"], lease["fence"], lease["seconds"]) == ("w", fence(taken), 10)
    assert lease["expiresAt"] >= taken["lease"]["expiresAt"]


def test_a_renewal_is_no_event_but_one_that_makes_the_lease_longer(queue, kind):
    before = queue.position()
    queue.add(kind)
    taken = queue.take(kind, lease=30)
    for lease in ({}, {"lease": 30}, {"lease": 5}):
        queue.renew(taken, **lease)
    assert queue.causes(before, taken) == [None, "claimed"]
    assert queue.renew(taken, lease=3_600)["lease"]["seconds"] == 3_600
    assert len(queue.events(before, taken)) <= 3
    assert queue.complete(taken)["state"] == "completed"


def test_progress_is_told_by_a_renewal(queue, kind):
    queue.add(kind)
    taken = queue.take(kind)
    queue.renew(taken, progress={"percent": 40, "note": "rendered"})
    assert queue.full(taken)["progress"] == {"percent": 40, "note": "rendered"}


# The last one, already ended so


@pytest.mark.parametrize("verb, fields", [
    ("complete", {"result": 1}), ("fail", {"error": {"message": "first"}, "retryAfter": 60}),
    ("fail", {"error": {"message": "first"}, "retryable": False}), ("release", {}), ("release", {"delay": 60})])
def test_the_same_end_again_is_the_same_answer_and_no_event(queue, kind, verb, fields):
    queue.add(kind)
    taken = queue.take(kind)
    first = call(queue, verb, taken, **fields)
    before = queue.position()
    again = call(queue, verb, taken, **(fields | ({"result": 2} if verb == "complete" else {})))
    assert again == first and queue.events(before) == []
    assert verb != "complete" or queue.full(taken)["result"] == 1, "the first result stands"


@pytest.mark.parametrize("first, fields, state", [
    ("complete", {}, "completed"), ("fail", {"retryable": False}, "failed"), ("fail", {"retryAfter": 60}, "scheduled"),
    ("fail", {"retryAfter": 0}, "ready"), ("release", {}, "ready"), ("release", {"delay": 60}, "scheduled")])
@EACH
def test_another_end_than_it_was_is_a_lost_lease(queue, kind, first, fields, state, verb):
    if verb == first:
        pytest.skip("the same end again")
    queue.add(kind)
    taken = queue.take(kind)
    call(queue, first, taken, **fields)
    refused(queue, verb, taken, state, None)


# Any other


@EACH
def test_a_fence_that_was_never_given_is_a_lost_lease(queue, kind, verb):
    made = queue.add(kind)
    never = {"id": made["id"], "lease": {"fence": 1}}
    refused(queue, verb, never, "ready", None)
    taken = queue.take(kind)
    for other in (1, fence(taken) - 1, fence(taken) + 1, 9_007_199_254_740_991):
        refused(queue, verb, never | {"lease": {"fence": other}}, "running", fence(taken))
    assert queue.complete(taken)["state"] == "completed"


@EACH
def test_the_fence_of_a_former_claim_is_a_lost_lease(queue, kind, verb):
    queue.add(kind)
    first = queue.take(kind, worker="first")
    queue.fail(first, retryAfter=0)
    second = queue.take(kind, worker="second")
    assert fence(second) > fence(first)
    refused(queue, verb, first, "running", fence(second))
    done = queue.complete(second, result="second")
    refused(queue, verb, first, "completed", None)
    assert queue.full(done)["result"] == "second"


@EACH
def test_a_status_that_was_set_takes_the_last_fence_away(queue, kind, verb):
    queue.add(kind)
    taken = queue.take(kind)
    queue.change(taken["id"], status="completed")
    refused(queue, verb, taken, "completed", None)
    queue.change(taken["id"], status="pending")
    refused(queue, verb, taken, "ready", None)


@pytest.mark.parametrize("verb", ["complete", "fail"])
def test_a_cancelled_task_is_lost_to_its_holder(queue, kind, verb):
    queue.add(kind)
    taken = queue.take(kind)
    queue.done(f"/tasks/{taken['id']}/cancel", {"force": True})
    refused(queue, verb, taken, "cancelled", None)


@EACH
def test_a_task_that_is_not_there_is_404(queue, verb):
    for id in ("00000000-0000-7000-8000-000000000000", "x"):
        queue.refused(404, "TASK_NOT_FOUND", "POST", f"/tasks/{id}/{verb}", {"fence": 1} | VERBS[verb])


# What a call may not say


@EACH
@pytest.mark.parametrize("value", [None, "x", -1, 1.5, True, [], {}, 10 ** 30])
def test_a_fence_is_a_whole_number(queue, kind, verb, value):
    queue.add(kind)
    taken = queue.take(kind)
    path = f"/tasks/{taken['id']}/{verb}"
    assert queue.refused(422, "VALIDATION_ERROR", "POST", path, VERBS[verb] | {"fence": value}) == {"field": "fence"}
    assert queue.complete(taken)["state"] == "completed"


@EACH
def test_a_fence_is_required(queue, kind, verb):
    made = queue.add(kind)
    answer = queue.ask("POST", f"/tasks/{made['id']}/{verb}", VERBS[verb])
    assert answer.status == 422 and b'"field":"fence"' in answer.body


BAD = [
    ("complete", "result", "x" * 65_536), ("fail", "error", None), ("fail", "error", "x"), ("fail", "error", {}),
    ("fail", "error", {"message": 5}), ("fail", "error", {"message": "x", "details": "x" * 8_192}),
    ("fail", "retryable", "yes"), ("fail", "retryable", 1), ("fail", "retryAfter", -1), ("fail", "retryAfter", 604_801),
    ("fail", "retryAfter", "5"), ("release", "delay", -1), ("release", "delay", 31_536_001), ("release", "delay", "5"),
    ("renew", "lease", 4), ("renew", "lease", 43_201), ("renew", "lease", "30"), ("renew", "progress", 5),
    ("renew", "progress", {"percent": -1}), ("renew", "progress", {"percent": 101}), ("renew", "progress", {"note": 5})]


@pytest.mark.parametrize("verb, field, value", [pytest.param(*row, id=f"{row[0]}-{row[1]}-{number}")
                                                for number, row in enumerate(BAD)])
def test_what_a_holder_may_not_say_is_named(queue, kind, verb, field, value):
    queue.add(kind)
    taken = queue.take(kind)
    body = {"fence": fence(taken)} | VERBS[verb] | {field: value}
    answer = queue.ask("POST", f"/tasks/{taken['id']}/{verb}", body)
    assert answer.status == 422 and f'"field":"{field}'.encode() in answer.body, answer
    assert queue.state(taken) == "running" and queue.complete(taken)["state"] == "completed"


@pytest.mark.parametrize("result", [None, 0, "", "x" * 65_534, {"z": 1, "a": [True]}])
def test_a_result_is_any_json_of_at_most_64_kib(queue, kind, result):
    queue.add(kind)
    taken = queue.take(kind)
    assert queue.complete(taken, result=result)["result"] == result == queue.full(taken)["result"]


def test_the_message_of_an_error_is_cut_at_1_000_scalars(queue, kind):
    queue.add(kind)
    task = queue.fail(queue.take(kind), "😀" * 1_001)
    assert task["error"]["message"] == "😀" * 1_000
    queue.add(kind)
    assert queue.fail(queue.take(kind), "é" * 1_000)["error"]["message"] == "é" * 1_000


def test_of_many_that_complete_at_once_with_one_fence_all_are_told_the_same(queue, kind):
    queue.add(kind)
    taken, before = queue.take(kind), queue.position()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: queue.complete(taken, result=number), range(16)))
    assert all(answer == answers[0] for answer in answers) and queue.causes(before, taken) == ["completed"]
