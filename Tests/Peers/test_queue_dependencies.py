"""Dependencies: what a task waits for, what frees it, and what becomes of it where one ends badly."""

import json
import time

import pytest

from queue_client import Queue, Session, ids, new_name, until

NOBODY = "00000000-0000-7000-8000-000000000000"
POLICIES = ["cancel", "hold", "ignore"]


def needing(queue: Queue, kind: str, *needed: dict, **fields) -> dict:
    return queue.add(kind, dependencies=ids(needed), **fields)


def end_badly(queue: Queue, kind: str, how: str) -> dict:
    """A task that the queue has ended: by its worker, by the last attempt, or by a cancel."""
    task = queue.add(kind, maxAttempts=1)
    finish_badly(queue, kind, task, how)
    return task


def finish_badly(queue: Queue, kind: str, task: dict, how: str) -> None:
    if how == "cancelled":
        queue.done(f"/tasks/{task['id']}/cancel")
    else:
        queue.fail(queue.take(kind))


# Freed


def test_a_completion_frees_those_that_need_it_and_says_so(queue, kind):
    first, other = queue.add(kind), queue.add(kind + "-b")
    one, both = needing(queue, kind + "-c", first), needing(queue, kind + "-c", first, other)
    assert [queue.full(task)["waitingFor"] for task in (one, both)] == [1, 2]
    before = queue.position()
    queue.complete(queue.take(kind))
    until(lambda: queue.causes(before, one) == ["ready"])
    event, = queue.events(before, one)
    assert event["by"] == first["id"] and event["task"]["state"] == "ready" and "state" in event["changes"]
    assert queue.take(kind + "-c")["id"] == one["id"] and queue.claim(kind + "-c") == []
    assert queue.full(both)["waitingFor"] == 1
    queue.complete(queue.take(kind + "-b"))
    assert queue.take(kind + "-c")["id"] == both["id"]


def test_it_is_told_in_the_rooms_of_the_freed_one(queue, kind):
    first = queue.add(kind)
    freed = needing(queue, kind, first, project=kind)
    epoch, seq = queue.position()
    queue.complete(queue.take(kind))
    for room in (f"project-{kind}", f"task-{freed['id']}"):
        event = until(lambda: queue.json(f"/events?since={seq}&epoch={epoch}&rooms={room}")["events"])[0]
        assert (event["event"], event["cause"], event["by"]) == ("task.updated", "ready", first["id"])


def test_a_freed_one_that_is_due_later_is_scheduled(queue, kind):
    first = queue.add(kind)
    later = needing(queue, kind + "-later", first, delay=3_600)
    before = queue.position()
    queue.complete(queue.take(kind))
    until(lambda: queue.causes(before, later) == ["ready"])
    assert queue.state(later) == "scheduled" and queue.claim(kind + "-later") == []


def test_a_diamond_is_done_from_the_top(queue, kind):
    a, b, c, d = queue.batch(
        {"type": kind, "ref": "a", "title": "a"}, {"type": kind, "ref": "b", "dependencies": ["#a"]},
        {"type": kind, "ref": "c", "dependencies": ["#a"]}, {"type": kind, "ref": "d", "dependencies": ["#b", "#c"]})
    order = []
    while taken := queue.claim(kind, limit=9):
        order.append(sorted(ids(taken)))
        for task in taken:
            queue.complete(task)
        until(lambda: queue.json(f"/tasks?type={kind}&state=ready") or not queue.json(f"/tasks?type={kind}&state=waiting"))
    assert order == [[a["id"]], sorted([b["id"], c["id"]]), [d["id"]]]


def test_a_deletion_frees_those_that_need_it(queue, kind):
    needed = queue.create()
    task = needing(queue, kind, needed)
    assert queue.claim(kind) == []
    assert queue.ask("DELETE", f"/tasks/{needed['id']}").status == 204
    assert queue.take(kind)["id"] == task["id"]


def test_one_that_is_missing_is_waited_for(queue, kind):
    task = queue.add(kind, dependencies=[NOBODY])
    assert (queue.state(task), queue.full(task)["waitingFor"]) == ("waiting", 1) and queue.claim(kind) == []
    assert queue.json(f"/tasks/{task['id']}/blockers") == [{"id": NOBODY, "reason": "missing"}]


def test_a_dependency_added_to_a_running_task_binds_its_next_attempt(queue, kind):
    needed = queue.create()
    queue.add(kind)
    taken = queue.take(kind)
    queue.change(taken["id"], dependencies=[needed["id"]])
    assert queue.state(taken) == "running" and queue.renew(taken)["cancelRequested"] is False
    queue.fail(taken, retryAfter=0)
    assert queue.state(taken) == "waiting" and queue.claim(kind) == []
    queue.change(needed["id"], status="completed")
    assert queue.take(kind)["attempt"] == 2


# Ended badly


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_each_policy_does_what_it_says(queue, kind, how):
    before, needed = queue.position(), queue.add(kind, maxAttempts=1)
    tasks = {policy: needing(queue, f"{kind}-{policy}", needed, onDependencyFailure=policy) for policy in POLICIES}
    default = needing(queue, kind, needed)
    finish_badly(queue, kind, needed, how)
    until(lambda: queue.state(tasks["cancel"]) == "cancelled" == queue.state(default))
    reason = json.dumps(queue.full(tasks["cancel"])["reason"])
    assert "DEPENDENCY_FAILED" in reason and needed["id"] in reason
    assert queue.causes(before, tasks["cancel"])[-1] == "cancelled"
    assert queue.state(tasks["hold"]) == "waiting" and queue.claim(f"{kind}-hold") == []
    assert queue.json(f"/tasks/{tasks['hold']['id']}/blockers") == [{"id": needed["id"], "reason": how}]
    assert queue.take(f"{kind}-ignore")["id"] == tasks["ignore"]["id"]


@pytest.mark.parametrize("how", ["failed", "cancelled"])
@pytest.mark.parametrize("policy, state", [("cancel", "cancelled"), ("hold", "waiting"), ("ignore", "ready")])
def test_a_task_that_comes_behind_the_bad_end_is_treated_as_one_of_before(queue, kind, how, policy, state):
    needed = end_badly(queue, kind, how)
    before = queue.position()
    task = needing(queue, kind, needed, onDependencyFailure=policy)
    assert task["state"] == state and task["status"] == ("failed" if policy == "cancel" else "pending")
    assert queue.causes(before, task) == [None] + ["cancelled"] * (policy == "cancel")
    other = queue.add(kind, onDependencyFailure=policy)
    queue.change(other["id"], dependencies=[needed["id"]])
    assert queue.state(other) == state


def test_a_failure_by_hand_is_none(queue, kind):
    failed, first = queue.create(status="failed"), queue.create()
    tasks = [needing(queue, kind, needed, onDependencyFailure=policy) for needed in (failed, first) for policy in POLICIES]
    queue.change(first["id"], status="failed")
    assert [queue.state(task) for task in tasks] == ["waiting"] * 6 and queue.claim(kind) == []
    assert queue.json(f"/tasks/{tasks[0]['id']}/blockers") == [{"id": failed["id"], "reason": "failed"}]


def test_under_hold_a_retry_that_completes_releases_it(queue, kind):
    needed = queue.add(kind, maxAttempts=1)
    task = needing(queue, kind + "-b", needed, onDependencyFailure="hold")
    finish_badly(queue, kind, needed, "failed")
    queue.done(f"/tasks/{needed['id']}/retry")
    assert queue.state(task) == "waiting"
    queue.complete(queue.take(kind))
    assert queue.take(kind + "-b")["id"] == task["id"]


def test_what_was_cancelled_stays_so_when_its_cause_is_retried(queue, kind):
    needed = queue.add(kind, maxAttempts=1)
    task = needing(queue, kind, needed)
    finish_badly(queue, kind, needed, "failed")
    until(lambda: queue.state(task) == "cancelled")
    queue.done(f"/tasks/{needed['id']}/retry")
    queue.complete(queue.take(kind))
    assert queue.state(task) == "cancelled" and queue.claim(kind) == []
    assert queue.done(f"/tasks/{task['id']}/retry")["state"] == "ready"


def test_a_chain_is_cancelled_link_by_link_by_each_one_s_policy(queue, kind):
    a, b, c, d = queue.batch(
        {"type": kind, "ref": "a", "maxAttempts": 1}, {"type": kind, "ref": "b", "dependencies": ["#a"]},
        {"type": kind, "ref": "c", "dependencies": ["#b"], "onDependencyFailure": "hold"},
        {"type": kind, "dependencies": ["#b"]})
    finish_badly(queue, kind, a, "failed")
    until(lambda: queue.state(d["id"]) == "cancelled")
    assert [queue.state(task["id"]) for task in (a, b, c)] == ["failed", "cancelled", "waiting"]
    assert queue.json(f"/tasks/{c['id']}/blockers") == [{"id": b["id"], "reason": "cancelled"}]


def test_what_runs_or_has_ended_is_not_touched(queue, kind):
    needed = queue.add(kind, maxAttempts=1)
    done = needing(queue, kind, needed)
    queue.change(done["id"], status="completed")
    held = needing(queue, kind, needed, status="in-progress")
    finish_badly(queue, kind, needed, "failed")
    assert (queue.state(done), queue.state(held)) == ("completed", "held")


# What it waits for


def test_blockers_say_what_a_task_waits_for(queue, kind):
    pending, done, failed = queue.create(), queue.create(status="completed"), queue.create(status="failed")
    cancelled = end_badly(queue, kind, "cancelled")
    task = queue.add(kind, dependencies=[*ids([pending, done, failed, cancelled]), NOBODY], onDependencyFailure="hold")
    assert {entry["id"]: entry["reason"] for entry in queue.json(f"/tasks/{task['id']}/blockers")} == {
        pending["id"]: "pending", failed["id"]: "failed", cancelled["id"]: "cancelled", NOBODY: "missing"}
    assert queue.json(f"/tasks/{queue.add(kind)['id']}/blockers") == []
    queue.refused(404, "TASK_NOT_FOUND", "GET", f"/tasks/{NOBODY}/blockers")


def test_a_circle_is_told(queue, kind):
    one = queue.add(kind)
    other = needing(queue, kind, one)
    queue.change(one["id"], dependencies=[other["id"]])
    assert [queue.state(task) for task in (one, other)] == ["waiting"] * 2
    for task, needed in ((one, other), (other, one)):
        assert queue.json(f"/tasks/{task['id']}/blockers") == [{"id": needed["id"], "reason": "cycle"}]
    itself = queue.add(kind)
    queue.change(itself["id"], dependencies=[itself["id"]])
    assert queue.json(f"/tasks/{itself['id']}/blockers") == [{"id": itself["id"], "reason": "cycle"}]


def test_what_is_stuck_can_be_found(queue, kind):
    failed = queue.create(status="failed")
    by_queue = end_badly(queue, kind, "failed")
    stuck = [queue.add(kind, dependencies=[NOBODY]), needing(queue, kind, failed),
             needing(queue, kind, by_queue, onDependencyFailure="hold")]
    going = [queue.add(kind), needing(queue, kind, queue.create()), queue.add(kind, delay=60)]
    found = ids(queue.json(f"/tasks?stuck=true&type={kind}"))
    assert found == ids(stuck) and not set(found) & set(ids(going))
    page = queue.get(f"/tasks?stuck=true&type={kind}&limit=2")
    assert ids(json.loads(page.body)) == ids(stuck[:2]) and "stuck=true" in page["Link"]


# Many


def chain(queue: Queue, kind: str, count: int) -> list[str]:
    """Tasks of which each needs the one before it. They are made 1,000 at a time."""
    made: list[str] = []
    with Session(queue.server) as session:
        while len(made) < count:
            tasks = [{"type": kind, "ref": f"r{number}", "dependencies": [f"#r{number - 1}"] if number else made[-1:]}
                     for number in range(min(1_000, count - len(made)))]
            made += [task["id"] for task in session.done("/tasks/batch", {"tasks": tasks})["tasks"]]
    return made


def test_a_long_chain_is_cancelled_and_the_server_answers_meanwhile(queue):
    kind, count = new_name("chain"), 10_000
    tasks = chain(queue, kind, count)
    slowest = 0.0
    with Session(queue.server) as session:
        queue.done(f"/tasks/{tasks[0]}/cancel")
        while session.done(f"/tasks/{tasks[-1]}?view=full", method="GET")["state"] != "cancelled":
            asked = time.monotonic()
            session.done("/health", method="GET")
            slowest = max(slowest, time.monotonic() - asked)
    states = {task["state"] for task in queue.json(f"/tasks?type={kind}")}
    assert states == {"cancelled"}  # A log in memory holds fewer events than that, so they are not counted.
    print(f"the slowest answer took {slowest * 1000:.1f} ms")
    assert slowest < 1, "100 ms is the promise; the machine does more than this"


def test_thousands_that_need_one_are_freed(queue, kind):
    first = queue.add(kind)
    with Session(queue.server) as session:
        for _ in range(2):
            tasks = [{"type": f"{kind}-b", "dependencies": [first["id"]]} for _ in range(1_000)]
            session.done("/tasks/batch", {"tasks": tasks})
    before = queue.position()
    queue.complete(queue.take(kind))
    until(lambda: queue.causes(before).count("ready") == 2_000)
    told = [event["task"]["id"] for event in queue.events(before) if event.get("cause") == "ready"]
    taken = []
    with Session(queue.server) as session:
        while tasks := session.done("/tasks/claim", {"worker": "many", "types": [f"{kind}-b"], "limit": 100})["tasks"]:
            taken += ids(tasks)
            for task in tasks:
                session.done(f"/tasks/{task['id']}/complete", {"fence": task["lease"]["fence"]})
        assert len(set(taken)) == 2_000 and taken == told, "in the order in which they became ready"
