"""What happens when time goes by: leases, delays, backoff, and claims that wait.

Nothing is ever early. How late it may be is the server's promise where nothing else runs (`EXACT`, in the slow run), and
seconds beside all the other scenes on a machine that does more than this.
"""

import contextlib
import datetime
import time

import pytest

from queue_client import STORES, Parked, Queue, fence, ids, new_name, until
from scenes import Stage

stage, aging, strict = Stage(), Stage("--aging", "1"), Stage("--aging", "0")
LATE, EXACT = 4.0, 0.2


def taken_within(queue: Queue, kind: str, least: float, most: float, since: float) -> dict:
    """The task that a waiting claim gets; it is given between so many seconds behind `since`."""
    with Parked(queue.server) as parked:
        number = parked.claim(kind, worker=f"later-{kind}", wait=60)
        parked.wait()
        task, = parked.tasks(number)
        elapsed = parked.answers[number][0] - since
        assert least <= elapsed <= most, f"after {elapsed:.3f} s"
        return task


# Leases


@stage.scene
def a_lease_that_is_not_renewed_runs_out(queue: Queue, late: float = LATE) -> None:
    kind, before = new_name(), queue.position()
    queue.add(kind, lease=5)
    asked = time.monotonic()
    first = queue.take(kind)
    again = taken_within(queue, kind, 5, time.monotonic() - asked + 5 + late, asked)
    assert (again["id"], again["attempt"], again["stalls"]) == (first["id"], 2, 1) and fence(again) > fence(first)
    assert queue.causes(before, first) == [None, "claimed", "expired", "claimed"]
    assert again["attempts"][0]["outcome"] == "expired"


@stage.scene
def a_lease_that_is_renewed_does_not(queue: Queue) -> None:
    kind, before = new_name(), queue.position()
    queue.add(kind, lease=5)
    task = queue.take(kind)
    for _ in range(7):
        time.sleep(2)
        assert queue.renew(task)["lease"]["fence"] == fence(task)
        assert queue.claim(kind) == []
    assert queue.complete(task)["attempt"] == 1
    assert queue.causes(before, task) == [None, "claimed", "completed"]


@stage.scene
def a_renewal_can_make_it_longer_and_shorter(queue: Queue) -> None:
    kind = new_name()
    longer, shorter = queue.add(kind, lease=5, priority=2), queue.add(kind, lease=60)
    first, second = queue.claim(kind, limit=2)
    assert ids([first, second]) == ids([longer, shorter])
    queue.renew(first, lease=60)
    asked = time.monotonic()
    queue.renew(second, lease=5)
    assert taken_within(queue, kind, 5, 5 + LATE, asked)["id"] == shorter["id"]
    assert queue.complete(first)["attempt"] == 1


@stage.scene
def a_held_task_has_no_lease(queue: Queue) -> None:
    kind = new_name()
    task = queue.add(kind, lease=5, status="in-progress")
    time.sleep(6)
    assert queue.state(task) == "held"


@stage.scene
def a_replay_begins_the_lease_anew(queue: Queue) -> None:
    kind = new_name()
    queue.add(kind, lease=5)
    first = queue.take(kind, key="k")
    time.sleep(3)
    asked = time.monotonic()
    again = queue.take(kind, key="k")
    assert fence(again) == fence(first)
    assert fence(taken_within(queue, kind, 5, 5 + LATE, asked)) > fence(first)


# Behind the end of a lease


def expired(queue: Queue, **fields) -> tuple[str, dict]:
    """The name of the type, and the task as the worker has it whose lease has run out."""
    kind = new_name()
    queue.add(kind, lease=5, **fields)
    task = queue.take(kind)
    until(lambda: queue.state(task) != "running", 30)
    return kind, task


@stage.scene
def a_completion_that_comes_late_counts_where_no_one_else_has_it(queue: Queue) -> None:
    kind, task = expired(queue)
    before = queue.position()
    assert queue.complete(task, result="late")["state"] == "completed"
    event, = queue.events(before, task)
    assert event["cause"] == "completed" and event["late"] is True
    assert queue.full(task)["result"] == "late" and queue.claim(kind) == []
    assert queue.complete(task)["result"] == "late" and queue.causes(before, task) == ["completed"]


@stage.scene
def a_failure_that_comes_late_leaves_its_error(queue: Queue) -> None:
    kind, task = expired(queue)
    failed = queue.fail(task, "it was like this")
    assert failed["status"] == "pending" and failed["error"]["message"] == "it was like this"
    assert failed["attempt"] == 1 and queue.full(task)["error"]["message"] == "it was like this"


@stage.scene
def a_release_or_renewal_that_comes_late_does_not(queue: Queue) -> None:
    kind, task = expired(queue)
    for verb in ("release", "renew"):
        before = queue.position()
        assert queue.lost(verb, task) == {"state": "ready", "fence": None}
        assert queue.events(before, task) == []
    assert queue.take(kind)["attempt"] == 2


@stage.scene
def what_comes_late_is_lost_where_another_has_it(queue: Queue) -> None:
    kind, task = expired(queue)
    other = queue.take(kind, worker="other")
    for verb in ("complete", "fail", "release", "renew"):
        assert queue.lost(verb, task) == {"state": "running", "fence": fence(other)}
    done = queue.complete(other, result="other")
    before = queue.position()
    assert queue.lost("complete", task) == {"state": "completed", "fence": None}
    assert queue.complete(other, result="again") == done and queue.events(before, task) == []


@stage.scene
def the_last_attempt_that_runs_out_is_the_end(queue: Queue) -> None:
    _, task = expired(queue, maxAttempts=1)
    full = queue.full(task)
    assert (full["state"], full["status"], full["error"]["code"]) == ("failed", "failed", "LEASE_EXPIRED")


@stage.scene
def a_cancel_that_was_asked_for_is_done_when_the_lease_runs_out(queue: Queue) -> None:
    kind, before = new_name(), queue.position()
    queue.add(kind, lease=5)
    task = queue.take(kind)
    queue.done(f"/tasks/{task['id']}/cancel")
    until(lambda: queue.state(task) != "running", 30)
    assert queue.state(task) == "cancelled" and queue.causes(before, task)[-1] == "cancelled" and queue.claim(kind) == []


# Stalls


@stage.scene
def a_task_that_kills_workers_kills_three(queue: Queue) -> None:
    kind, others, before = new_name(), new_name(), queue.position()
    queue.add(kind, lease=5, retry={"base": 0.1, "factor": 1, "jitter": 0})
    for number in (1, 2, 3):
        task = taken_within(queue, kind, 0, 60, time.monotonic())
        assert (task["attempt"], task["stalls"]) == (number, number - 1)
        other = queue.add(others)
        assert queue.complete(queue.take(others))["id"] == other["id"], "other tasks are served meanwhile"
    until(lambda: queue.state(task) != "running", 30)
    full = queue.full(task)
    assert (full["state"], full["stalls"], full["error"]["code"]) == ("failed", 3, "STALLED")
    assert queue.causes(before, task) == [
        None, "claimed", "expired", "claimed", "expired", "ready", "claimed", "failed"], "the second waits its backoff"
    assert queue.claim(kind) == []
    again = queue.done(f"/tasks/{task['id']}/retry")
    assert (again["state"], again["stalls"], again["attempt"]) == ("ready", 0, 0)


@stage.scene
def the_second_stall_waits_its_backoff_and_the_first_does_not(queue: Queue) -> None:
    kind, before = new_name(), queue.position()
    queue.add(kind, lease=5, retry={"base": 3_600, "jitter": 0})
    younger = queue.add(kind)
    task = queue.take(kind)
    until(lambda: queue.state(task) != "running", 30)
    again = queue.take(kind)
    assert again["id"] == task["id"] != younger["id"], "ready at once, in its old place"
    until(lambda: queue.state(task) != "running", 30)
    assert queue.state(task) == "scheduled" and queue.full(task)["stalls"] == 2
    assert queue.causes(before, task) == [None, "claimed", "expired", "claimed", "expired"]


@stage.scene
def one_stall_can_be_enough(queue: Queue) -> None:
    _, task = expired(queue, maxStalls=1)
    assert (queue.state(task), queue.full(task)["error"]["code"]) == ("failed", "STALLED")


@stage.scene
def a_lease_that_was_renewed_and_ran_out_is_no_stall_in_the_row(queue: Queue) -> None:
    kind, task = expired(queue, maxStalls=2)
    assert queue.full(task)["stalls"] == 1
    again = queue.take(kind)
    queue.renew(again)
    until(lambda: queue.state(task) != "running", 30)
    assert queue.state(task) in ("ready", "scheduled") and queue.full(task)["stalls"] < 2


# A worker that hangs


@stage.scene
def a_worker_that_hangs_and_renews_loses_the_task_by_its_timeout(queue: Queue) -> None:
    kind, before = new_name(), queue.position()
    queue.add(kind, timeout=1, retry={"base": 0.1, "jitter": 0})
    asked = time.monotonic()
    task = queue.take(kind)
    while (answer := queue.ask("POST", f"/tasks/{task['id']}/renew", {"fence": fence(task)})).status == 200:
        time.sleep(0.1)
    assert answer.status == 409 and 1 <= time.monotonic() - asked <= 1 + LATE
    again = taken_within(queue, kind, 1, 2 + LATE, asked)
    assert (again["attempt"], again["error"]["code"]) == (2, "TIMED_OUT")
    assert queue.causes(before, task) == [None, "claimed", "timedOut"] + queue.causes(before, task)[3:]


@stage.scene
def the_last_attempt_that_times_out_is_the_end(queue: Queue) -> None:
    kind = new_name()
    queue.add(kind, timeout=1, maxAttempts=1)
    task = queue.take(kind)
    until(lambda: queue.state(task) != "running", 30)
    assert (queue.state(task), queue.full(task)["error"]["code"]) == ("failed", "TIMED_OUT")


# Delays and backoff


@stage.scene
def a_delay_is_never_early(queue: Queue, late: float = LATE) -> None:
    kind, before = new_name(), queue.position()
    asked = time.monotonic()
    task = queue.add(kind, delay=1)
    assert taken_within(queue, kind, 1, time.monotonic() - asked + 1 + late, asked)["id"] == task["id"]
    assert queue.causes(before, task) == [None, "ready", "claimed"]


@stage.scene
def an_instant_is_due_within_a_second_behind_it(queue: Queue) -> None:
    kind = new_name()
    due = time.time() + 1.5
    instant = datetime.datetime.fromtimestamp(due, datetime.timezone.utc).isoformat(timespec="milliseconds")
    asked = time.monotonic()
    task = queue.add(kind, runAt=instant)
    assert taken_within(queue, kind, 1.4, 2.5 + LATE, asked)["id"] == task["id"]


@stage.scene
def a_release_and_a_failure_can_wait_as_well(queue: Queue) -> None:
    kind = new_name()
    queue.add(kind)
    asked = time.monotonic()
    queue.release(queue.take(kind), delay=1)
    task = taken_within(queue, kind, 1, 1 + LATE, asked)
    assert task["attempt"] == 1
    asked = time.monotonic()
    queue.fail(task, retryAfter=0.5)
    assert taken_within(queue, kind, 0.5, 0.5 + LATE, asked)["attempt"] == 2


@stage.scene
def the_waits_between_attempts_grow_to_their_greatest(queue: Queue) -> None:
    kind, before = new_name(), queue.position()
    made = queue.add(kind, retry={"base": 0.1, "factor": 3, "max": 2, "jitter": 0.2})
    task = queue.take(kind)
    for number in range(1, 10):
        asked, wait = time.monotonic(), min(2, 0.1 * 3 ** (number - 1))
        queue.fail(task)
        task = taken_within(queue, kind, 0.8 * wait - 0.001, 1.2 * wait + LATE, asked)
        assert task["attempt"] == number + 1
    ended = queue.fail(task)
    assert (ended["state"], ended["attempt"]) == ("failed", 10) and queue.claim(kind) == []
    waits = [seconds(event["runAt"]) - seconds(event["timestamp"])
             for event in queue.events(before, made) if event.get("cause") == "retrying"]
    for number, wait in enumerate(waits):
        assert 0.79 <= wait / min(2, 0.1 * 3 ** number) <= 1.22, waits
    assert len(waits) == 9 and len({round(wait, 3) for wait in waits[3:]}) > 1, "chance is in it"
    assert queue.done(f"/tasks/{made['id']}/retry")["state"] == "ready" and queue.take(kind)["attempt"] == 1


def seconds(instant: str) -> float:
    return datetime.datetime.fromisoformat(instant).timestamp()


# Claims that wait


@stage.scene
def a_claim_waits_as_long_as_it_says(queue: Queue, late: float = LATE) -> None:
    kind = new_name()
    with Parked(queue.server) as parked:
        asked = time.monotonic()
        waits = {parked.claim(kind, wait=wait): wait for wait in (0, 0.5, 2)}
        parked.wait()
        for number, wait in waits.items():
            assert parked.tasks(number) == [] and wait <= parked.answers[number][0] - asked <= wait + late


# The place in the line


@aging.scene
def what_waits_goes_before_what_is_more_urgent_and_came_much_later(queue: Queue) -> None:
    kind = new_name()
    low = queue.add(kind, priority=0)
    time.sleep(3)
    soon = queue.add(kind, priority=5)
    time.sleep(2.5)
    late = queue.add(kind, priority=5)
    assert ids(queue.claim(kind, limit=9)) == ids([soon, low, late])


@strict.scene
def without_it_the_priority_alone_counts(queue: Queue) -> None:
    kind = new_name()
    low = queue.add(kind, priority=0)
    time.sleep(2)
    high = queue.add(kind, priority=1)
    assert ids(queue.claim(kind, limit=9)) == ids([high, low])


# All of them


STAGES = [stage, aging, strict]


@pytest.fixture(scope="module")
def played(taskflow_program, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        plays = [stack.enter_context(each.play(taskflow_program, tmp_path_factory.mktemp("time"))) for each in STAGES]
        yield {scene: outcome for play in plays for scene, outcome in play.items()}


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("scene", [scene for each in STAGES for scene in each.scenes])
def test_in_time(played, store, scene):
    played[store, scene].result()


# Where nothing else runs


@pytest.mark.slow
@pytest.mark.parametrize("scene", [a_lease_that_is_not_renewed_runs_out, a_delay_is_never_early, a_claim_waits_as_long_as_it_says])
def test_where_nothing_else_runs_it_is_hardly_late(queue, scene):
    scene(queue, EXACT)
