"""What a client may say of a task's work: each value at the limit, and its neighbour beyond it."""

import datetime
import json

import pytest

from queue_client import fence

KIB = 1024


def text_of(size: int) -> str:
    """A string whose JSON has so many bytes."""
    return "x" * (size - 2)


def ahead(**time) -> str:
    instant = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**time)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"


def retry(**fields) -> dict:
    return {"base": 5, "factor": 3, "max": 3600, "jitter": 0.2} | fields


GOOD = {
    "type": [None, "a", "x" * 64, "A-Za.z_0:/9"],
    "payload": [None, 0, -1.5, 9007199254740993, "é😀\u0000", True, [], {}, {"b": 1, "a": [None, {"": 2}]}, text_of(64 * KIB)],
    "maxAttempts": [1, 100],
    "retry": [retry(), retry(base=0.1), retry(base=86_400), retry(factor=1), retry(factor=10), retry(max=604_800),
              retry(jitter=0), retry(jitter=1)],
    "timeout": [1, 604_800, None],
    "maxStalls": [1, 100],
    "onDependencyFailure": ["cancel", "hold", "ignore"],
}
BAD = {
    "type": ["", "x" * 65, "a b", "é", "a\u0000", 5, True, [], {}],
    "payload": [text_of(64 * KIB + 1), ["x" * 64 * KIB]],
    "runAt": ["", "tomorrow", "2030-01-01", "2030-01-01T00:00:00", "2030-02-30T00:00:00Z", "2030-01-01T25:00:00Z", 5, True, [],
              {}, ahead(days=3_660)],
    "delay": [-1, -0.001, 31_536_001, "5", True, [], {}],
    "maxAttempts": [0, 101, -1, 1.5, True, [], {}],
    "retry": [5, "x", [], retry(base=0.09), retry(base=86_401), retry(factor=0.9), retry(factor=10.1), retry(max=604_801),
              retry(max=-1), retry(jitter=-0.1), retry(jitter=1.1), retry(base="5"), retry(max=True)],
    "lease": [4, 4.9, 43_201, "30", True, [], {}],
    "timeout": [0, 0.9, 604_801, "1", True, [], {}],
    "maxStalls": [0, 101, 1.5, True, [], {}],
    "onDependencyFailure": ["", "Cancel", "fail", None, 5],
    "unique": [5, "x", [], {}, {"key": ""}, {"key": "x" * 257}, {"key": "é" * 129}, {"key": 5}, {"key": None},
               {"key": "k", "onConflict": "other"}, {"key": "k", "onConflict": 5}],
}


def cases(table: dict) -> list:
    return [pytest.param(field, value, id=f"{field}-{number}")
            for field, values in table.items() for number, value in enumerate(values)]


@pytest.mark.parametrize("field, value", cases(GOOD))
def test_a_value_within_the_rule_is_taken_and_shown(queue, field, value):
    made = queue.ask("POST", "/tasks", {"title": "x"} | {field: value})
    assert made.status == 201, made
    id = json.loads(made.body)["id"]
    assert queue.full(id)[field] == value
    other = queue.create("y")["id"]
    assert queue.ask("PATCH", f"/tasks/{other}", {field: value}).status == 200
    assert queue.full(other)[field] == value


@pytest.mark.parametrize("field, value", cases(BAD))
def test_a_value_beyond_the_rule_names_its_field_and_makes_nothing(queue, field, value):
    count = queue.json("/tasks/count")
    details = queue.refused(422, "VALIDATION_ERROR", "POST", "/tasks", {"title": "x"} | {field: value})
    assert details["field"].split(".")[0] == field
    assert queue.json("/tasks/count") == count
    if field == "unique":  # It is the creation's alone.
        return
    task = queue.create("y")
    details = queue.refused(422, "VALIDATION_ERROR", "PATCH", f"/tasks/{task['id']}", {field: value})
    assert details["field"].split(".")[0] == field
    assert queue.json(f"/tasks/{task['id']}") == task


@pytest.mark.parametrize("seconds", [5, 43_200])
def test_the_length_of_a_lease_is_its_claims(queue, kind, seconds):
    queue.add(kind, lease=seconds)
    assert queue.take(kind)["lease"]["seconds"] == seconds
    other = queue.create("y", type=kind)
    queue.change(other["id"], lease=seconds)
    assert queue.take(kind)["lease"]["seconds"] == seconds


def test_a_lease_is_30_s_if_nothing_is_said(queue, kind):
    queue.add(kind)
    assert queue.take(kind)["lease"]["seconds"] == 30


@pytest.mark.parametrize("key", ["k", "x" * 256, "é" * 128, " ", "\n"])
@pytest.mark.parametrize("conflict", [{}, {"onConflict": "existing"}, {"onConflict": "reject"}], ids=str)
def test_a_unique_key_has_1_to_256_bytes(queue, kind, key, conflict):
    task = queue.add(kind, project=kind, unique={"key": key} | conflict)
    assert queue.full(task)["unique"]["key"] == key


@pytest.mark.parametrize("part, value", [("base", 0.1), ("factor", 1), ("max", 10), ("jitter", 0)])
def test_what_retry_does_not_say_is_as_it_is_by_default(queue, part, value):
    task = queue.add(None, retry={part: value})
    assert queue.full(task)["retry"] == retry(**{part: value})


def test_a_missing_title_becomes_the_type(queue, kind):
    assert queue.done("/tasks", {"type": kind}, 201)["title"] == kind
    assert queue.refused(422, "MISSING_REQUIRED_FIELD", "POST", "/tasks", {"type": None}) == {"field": "title"}
    assert queue.refused(422, "VALIDATION_ERROR", "POST", "/tasks", {"type": kind, "title": " "}) == {"field": "title"}


def test_a_payload_comes_back_as_it_was_sent(queue, kind):
    text = b'{"title":"x","type":"%s","payload":{"z":1.50,"a":12345678901234567890,"z2":[1e-7,"\\u00e9"]}}' % kind.encode()
    assert queue.ask("POST", "/tasks", raw=text).status == 201
    payload = queue.take(kind)["payload"]
    assert list(payload) == ["z", "a", "z2"]
    assert payload == {"z": 1.5, "a": 12345678901234567890, "z2": [1e-7, "é"]}


@pytest.mark.parametrize("instant", [ahead(hours=1), ahead(days=3_640), "2030-01-01T00:00:00Z", "2030-01-01T00:00:00+14:00",
                                     "2030-01-01T00:00:00.5-05:30"])
def test_what_is_due_later_is_scheduled(queue, kind, instant):
    task = queue.add(kind, runAt=instant)
    assert (task["state"], task["status"]) == ("scheduled", "pending")
    due = datetime.datetime.fromisoformat(queue.full(task)["runAt"])
    assert abs(due - datetime.datetime.fromisoformat(instant)) < datetime.timedelta(milliseconds=2)
    assert queue.claim(kind) == []


@pytest.mark.parametrize("when", [{"delay": 0}, {"runAt": "2020-01-01T00:00:00Z"}, {"runAt": "2020-01-01T00:00:00+02:00"}])
def test_what_is_due_is_ready(queue, kind, when):
    task = queue.add(kind, **when)
    assert task["state"] == "ready" and queue.take(kind)["id"] == task["id"]


@pytest.mark.parametrize("delay", [3_600, 31_536_000, 3_599.5])
def test_a_delay_goes_by_elapsed_time(queue, kind, delay):
    task = queue.full(queue.add(kind, delay=delay))
    assert task["state"] == "scheduled"
    due, made = (datetime.datetime.fromisoformat(task[name]) for name in ("runAt", "createdAt"))
    assert abs((due - made).total_seconds() - delay) < 5


def test_runAt_and_delay_are_not_given_both(queue, kind):
    both = {"type": kind, "runAt": ahead(hours=1), "delay": 5}
    assert queue.refused(422, "VALIDATION_ERROR", "POST", "/tasks", both)["field"] in ("runAt", "delay")


def test_a_change_of_when_it_is_due_moves_it(queue, kind):
    before, task = queue.position(), queue.add(kind, delay=3_600)
    assert queue.change(task["id"], runAt="2020-01-01T00:00:00Z")["state"] == "ready"
    assert queue.causes(before, task) == [None, "ready"]
    assert queue.change(task["id"], runAt=ahead(hours=1))["state"] == "scheduled" and queue.claim(kind) == []
    assert queue.change(task["id"], delay=0)["state"] == "ready" and queue.take(kind)["id"] == task["id"]


def test_what_is_set_at_the_creation_alone_is_not_changed_later(queue, kind):
    task = queue.add(kind, project=kind, unique={"key": "a"})
    answer = queue.ask("PATCH", f"/tasks/{task['id']}", {"unique": {"key": "b"}})
    assert answer.status in (200, 422)
    assert queue.full(task)["unique"]["key"] == "a"
    assert queue.add(kind, project=kind, unique={"key": "b"})["id"] != task["id"]


def test_a_tag_covers_what_is_set_and_what_became_of_the_task(queue, kind):
    task = queue.add(kind)
    path, tags = f"/tasks/{task['id']}", []

    def tag() -> str:
        tags.append(queue.get(path)["ETag"])
        assert queue.get(path, f"If-None-Match: {tags[-1]}").status == 304
        return tags[-1]

    tag()
    queue.change(task["id"], payload={"a": 1})
    tag()
    taken = queue.take(kind)
    tag()
    queue.renew(taken)
    assert queue.get(path)["ETag"] == tags[-1], "a renewal only moves the deadline"
    queue.complete(taken)
    tag()
    assert len(set(tags)) == 4


def test_a_tag_does_not_cover_what_others_make_of_it(queue):
    needed = queue.create("needed")
    task = queue.create("task", dependencies=[needed["id"]])
    path = f"/tasks/{task['id']}"
    tag, full = queue.get(path)["ETag"], queue.full(task)
    assert (full["state"], full["waitingFor"]) == ("waiting", 1)
    queue.change(needed["id"], status="completed")
    full = queue.full(task)
    assert (full["state"], full["waitingFor"]) == ("ready", 0)
    assert queue.get(path)["ETag"] == tag


def test_a_condition_holds_for_a_claimed_task_as_for_any(queue, kind):
    task = queue.add(kind)
    path = f"/tasks/{task['id']}"
    old = queue.get(path)["ETag"]
    taken = queue.take(kind)
    assert fence(taken) > 0
    queue.refused(412, "PRECONDITION_FAILED", "PATCH", path, {"title": "y"}, f"If-Match: {old}")
    assert queue.ask("PATCH", path, {"title": "y"}, f"If-Match: {queue.get(path)['ETag']}").status == 200


@pytest.mark.parametrize("query, field", [
    ("view=", "view"), ("view=Full", "view"), ("view=full&view=full", "view"), ("state=", "state"), ("state=pending", "state"),
    ("state=ready&state=ready", "state"), ("type=", "type"), ("type=a%20b", "type"), ("worker=", "worker"),
    ("worker=a%20b", "worker"), ("stuck=", "stuck"), ("stuck=yes", "stuck")])
def test_a_bad_parameter_of_the_list_is_named(queue, query, field):
    assert queue.refused(422, "VALIDATION_ERROR", "GET", f"/tasks?{query}") == {"field": field}


def test_the_list_can_be_narrowed_by_what_is_new(queue, kind):
    other = queue.add(kind + "-other")
    ready, later = queue.add(kind), queue.add(kind, delay=60)
    held = queue.add(kind, status="in-progress")
    running = queue.add(kind, priority=5)
    worker = f"w-{kind}"
    assert queue.take(kind, worker=worker)["id"] == running["id"]

    def found(query: str) -> list[str]:
        return [task["id"] for task in queue.json(f"/tasks?{query}")]

    assert found(f"type={kind}") == [ready["id"], later["id"], held["id"], running["id"]]
    assert found(f"type={kind}-other") == [other["id"]]
    for state, task in [("ready", ready), ("scheduled", later), ("held", held), ("running", running)]:
        assert found(f"type={kind}&state={state}") == [task["id"]]
    assert found(f"worker={worker}") == found(f"state=running&worker={worker}") == [running["id"]]
    assert found(f"type={kind}&status=in-progress") == [held["id"], running["id"]]
    assert found(f"type={kind}&state=ready&status=in-progress") == []
    page = queue.get(f"/tasks?type={kind}&limit=2")
    assert f"type={kind}" in page["Link"] and len(json.loads(page.body)) == 2
