"""`POST /tasks/work`: all that a busy worker has to say, in one call."""

import json
import time

import pytest

from queue_client import Parked, Queue, fence, ids, new_name, until

ENDS = ["complete", "fail", "release", "renew"]


def turn(queue: Queue, **parts) -> dict:
    return queue.done("/tasks/work", {"worker": "w"} | parts)


def item(task: dict, **fields) -> dict:
    return {"id": task["id"], "fence": fence(task)} | fields


def test_a_turn_ends_tasks_and_begins_others(queue, kind):
    before = queue.position()
    made = queue.batch(*({"type": kind} for _ in range(6)))
    one, two, three, four = queue.claim(kind, limit=4)
    answer = turn(queue, complete=[item(one, result={"n": 1})], fail=[item(two, error={"message": "x"}, retryAfter=60)],
                  release=[item(three, delay=60)], renew=[item(four)], claim={"types": [kind], "limit": 9})
    for end, task in zip(ENDS, (one, two, three, four)):
        entry, = answer[end]
        assert entry["id"] == task["id"] and entry["ok"] is True and "error" not in entry
    assert answer["renew"][0]["cancelRequested"] is False
    assert ids(answer["tasks"]) == ids(made[4:]) and answer["command"] is None
    assert [queue.state(task) for task in (one, two, three, four)] == ["completed", "scheduled", "scheduled", "running"]
    assert queue.full(one)["result"] == {"n": 1} and queue.full(two)["error"]["message"] == "x"
    assert queue.causes(before)[6:] == ["claimed"] * 4 + ["completed", "retrying", "released", "claimed", "claimed"]
    assert all(is_whole(task) for task in answer["tasks"])


def is_whole(task: dict) -> bool:
    """Whether it is as a claim gives it."""
    return task["state"] == "running" and task["attempt"] == 1 and task["lease"]["worker"] == "w" and "payload" in task


def test_nothing_said_is_nothing_done(queue, kind):
    queue.add(kind)
    before = queue.position()
    answer = turn(queue)
    assert answer["tasks"] == [] and answer["command"] is None and queue.position() == before
    assert all(answer.get(end, []) == [] for end in ENDS)


def test_what_is_wrong_with_one_is_told_beside_the_others(queue, kind):
    queue.batch(*({"type": kind} for _ in range(5)))
    good, lost, gone, cancelled, late = queue.claim(kind, limit=5)
    queue.change(lost["id"], status="completed")
    queue.ask("DELETE", f"/tasks/{gone['id']}")
    queue.done(f"/tasks/{cancelled['id']}/cancel")
    answer = turn(queue, complete=[item(lost), item(gone), item(good), item(good)],
                  renew=[item(cancelled), item(late) | {"fence": 1}, item(late)])
    completed, renewed = answer["complete"], answer["renew"]
    assert ids(completed) == ids([lost, gone, good, good]) and ids(renewed) == ids([cancelled, late, late])
    assert completed[0]["error"]["code"] == "LEASE_LOST"
    assert completed[0]["error"]["details"] == {"state": "completed", "fence": None}
    assert completed[1]["error"]["code"] == "TASK_NOT_FOUND"
    assert completed[2]["ok"] is True and completed[3]["ok"] is True, "the same end again"
    assert renewed[0]["ok"] is True and renewed[0]["cancelRequested"] is True
    assert renewed[1]["error"]["details"] == {"state": "running", "fence": fence(late)} and renewed[2]["ok"] is True


def test_what_a_turn_frees_it_can_claim_in_a_later_one_at_the_latest(queue, kind):
    first = queue.add(kind)
    second = queue.add(kind, dependencies=[first["id"]])
    answer = turn(queue, complete=[item(queue.take(kind))], claim={"types": [kind], "wait": 5})
    assert ids(answer["tasks"]) == [second["id"]]


def test_a_turn_waits_as_its_claim_says(queue, kind):
    done = queue.add(new_name())
    taken = queue.take(done["type"])
    with Parked(queue.server) as parked:
        asked = time.monotonic()
        parked.ask("/tasks/work", {"worker": "w", "complete": [item(taken)], "claim": {"types": [kind], "wait": 3}})
        empty = parked.ask("/tasks/work", {"worker": "w2", "claim": {"types": [kind + "-none"], "wait": 0}})
        parked.wait(1)
        assert parked.tasks(empty) == []
        until(lambda: queue.state(taken) == "completed")
        assert 0 not in parked.answers, "what it said is kept before its wait is over"
        parked.wait()
        assert parked.answers[0][0] - asked >= 3
        assert json.loads(parked.answers[0][1].body)["complete"][0]["ok"] is True
        number = parked.ask("/tasks/work", {"worker": "w", "claim": {"types": [kind], "wait": 20}})
        assert queue.claim(kind) == []
        task = queue.add(kind)
        parked.wait()
        assert ids(parked.tasks(number)) == [task["id"]]


def test_the_key_of_a_turn_s_claim_brings_the_same_tasks(queue, kind):
    queue.batch(*({"type": kind} for _ in range(4)))
    claim = {"types": [kind], "limit": 2, "key": new_name("key")}
    first, again = turn(queue, claim=claim), turn(queue, claim=claim)
    assert [(task["id"], fence(task)) for task in first["tasks"]] == [(task["id"], fence(task)) for task in again["tasks"]]


@pytest.mark.parametrize("end", ENDS)
def test_100_of_each_at_most(queue, kind, end):
    queue.batch(*({"type": kind} for _ in range(101)))
    taken = queue.claim(kind, limit=100) + queue.claim(kind)
    more = {"error": {"message": "x"}} if end == "fail" else {}
    body = {"worker": "w", end: [item(task, **more) for task in taken]}
    assert queue.refused(422, "VALIDATION_ERROR", "POST", "/tasks/work", body)["field"] == end
    assert {queue.state(task) for task in taken[:3]} == {"running"}
    answer = turn(queue, **{end: body[end][:100]})
    assert [entry["ok"] for entry in answer[end]] == [True] * 100


@pytest.mark.parametrize("body, field", [
    ({}, "worker"), ({"worker": ""}, "worker"), ({"worker": "w", "complete": {}}, "complete"),
    ({"worker": "w", "fail": 5}, "fail"), ({"worker": "w", "claim": []}, "claim"), ({"worker": "w", "claim": {"limit": 0}}, "limit"),
    ({"worker": "w", "claim": {"wait": 61}}, "wait"), ({"worker": "w", "claim": {"types": "x"}}, "types")])
def test_a_turn_that_is_none_is_refused_whole(queue, body, field):
    answer = queue.ask("POST", "/tasks/work", body)
    assert answer.status == 422 and json.loads(answer.body)["error"]["details"]["field"].split(".")[-1] == field


def test_a_turn_is_one_append(queue, kind):
    """So its events have the numbers behind each other, whatever else is going on."""
    queue.batch(*({"type": kind} for _ in range(20)))
    taken = queue.claim(kind, limit=10)
    before = queue.position()
    turn(queue, complete=[item(task) for task in taken], claim={"types": [kind], "limit": 10})
    events = queue.events(before)
    assert [event["cause"] for event in events] == ["completed"] * 10 + ["claimed"] * 10
    assert len({event["requestId"] for event in events}) == 1
