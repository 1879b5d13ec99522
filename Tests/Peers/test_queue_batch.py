"""Many tasks in one call: all of them or none."""

import json

import pytest

from queue_client import Queue, fence


def refused(queue, status: int, code: str, tasks, **more) -> dict:
    """A batch that has to be refused, and leaves no task behind."""
    count, before = queue.json("/tasks/count"), queue.position()
    details = queue.refused(status, code, "POST", "/tasks/batch", {"tasks": tasks} | more)
    assert queue.json("/tasks/count") == count and queue.position() == before
    return details


@pytest.mark.parametrize("count", [1, 2, 1_000])
def test_1_to_1_000_tasks_are_made_in_their_order(queue, kind, count):
    before = queue.position()
    answer = queue.ask("POST", "/tasks/batch", {"tasks": [{"type": kind, "ref": f"r{number}"} for number in range(count)]})
    made = json.loads(answer.body)
    assert answer.status == 201 and list(made) == ["tasks"]
    assert [list(task) for task in made["tasks"]] == [["id", "ref", "duplicate"]] * count
    assert [task["ref"] for task in made["tasks"]] == [f"r{number}" for number in range(count)]
    listed = [task["id"] for task in made["tasks"]]
    assert listed == sorted(set(listed)) == [task["id"] for task in queue.json(f"/tasks?type={kind}")]
    events = queue.events(before)
    assert [event["task"]["id"] for event in events] == listed and {event["event"] for event in events} == {"task.created"}


@pytest.mark.parametrize("tasks", [[], [{"title": "x"}] * 1_001, None, {}, "x", 5])
def test_no_other_number_is(queue, tasks):
    assert refused(queue, 422, "VALIDATION_ERROR", tasks)["field"] == "tasks"


def test_tasks_are_required(queue):
    assert queue.refused(422, "MISSING_REQUIRED_FIELD", "POST", "/tasks/batch", {}) == {"field": "tasks"}


@pytest.mark.parametrize("place", [0, 499, 999])
def test_one_that_is_bad_is_named_by_its_place(queue, kind, place):
    tasks: list = [{"type": kind} for _ in range(1_000)]
    tasks[place] = {"type": kind, "priority": "high"}
    details = refused(queue, 422, "VALIDATION_ERROR", tasks)
    assert (details["index"], details["field"]) == (place, "priority")


@pytest.mark.parametrize("bad, field", [
    ({}, "title"), ({"type": ""}, "type"), ({"title": "x", "payload": "x" * 65_536}, "payload"),
    ({"title": "x", "delay": -1}, "delay"), ({"title": "x", "ref": 5}, "ref"), ({"title": "x", "ref": ""}, "ref"),
    ({"title": "x", "dependencies": ["#none"]}, "dependencies"), ({"title": "x", "dependencies": ["x"]}, "dependencies")])
def test_what_is_bad_alone_is_bad_among_others(queue, bad, field):
    answer = queue.ask("POST", "/tasks/batch", {"tasks": [{"title": "x"}, bad]})
    details = json.loads(answer.body)["error"]["details"]
    assert answer.status == 422 and (details["index"], details["field"]) == (1, field)
    if field == "dependencies":
        assert "# and the ref of a task of the batch" in json.loads(answer.body)["error"]["message"]


def test_the_one_that_a_rule_for_all_refuses_is_named_by_its_place(queue, kind):
    holder = queue.add(kind, unique={"key": kind})
    taken = {"type": kind, "unique": {"key": kind, "onConflict": "reject"}}
    details = refused(queue, 409, "DUPLICATE_TASK", [{"type": kind}, {"type": kind, "dependencies": ["#a"]}, taken,
                                                     {"type": kind, "ref": "a"}])
    assert (details["index"], details["taskId"]) == (2, holder["id"])
    taken = {"type": kind, "unique": {"key": "two", "onConflict": "reject"}}
    details = refused(queue, 409, "DUPLICATE_TASK", [{"type": kind}, taken, taken])
    assert (details["index"], details["taskId"]) == (2, None), "the other one is not made either"
    details = refused(queue, 422, "VALIDATION_ERROR", [{"type": kind}, {"type": kind, "status": "failed", "delay": 5}])
    assert (details["index"], details["field"]) == (1, "delay")


def test_types_that_are_too_many_leave_none_behind(queue_server, kind):
    queue = Queue(queue_server)
    queue.batch(*({"type": f"{kind}-{number}", "project": kind} for number in range(999)))
    tasks = [{"type": kind}, {"type": "new-a", "project": kind}, {"type": "new-b", "project": kind}, {"type": kind}]
    assert refused(queue, 503, "QUEUE_FULL", tasks)["index"] == 2
    assert len(queue.batch(*tasks[:2], tasks[1])) == 3


@pytest.mark.parametrize("bad", [5, None, "x", []])
def test_each_is_an_object(queue, bad):
    assert refused(queue, 422, "VALIDATION_ERROR", [{"title": "x"}, bad])["index"] == 1


def test_two_of_one_ref_are_refused(queue):
    details = refused(queue, 422, "VALIDATION_ERROR", [{"title": "x", "ref": "a"}, {"title": "y", "ref": "a"}])
    assert (details["index"], details["field"]) == (1, "ref")


def test_a_ref_may_be_used_before_it_is_given(queue, kind):
    first, second = queue.batch({"type": kind, "dependencies": ["#later"]}, {"type": kind, "ref": "later"})
    assert queue.full(first["id"])["dependencies"] == [second["id"]] and first["ref"] is None
    assert queue.take(kind)["id"] == second["id"] and queue.claim(kind) == []


def test_refs_stand_beside_ids(queue, kind):
    needed = queue.create()
    made = queue.batch({"type": kind, "ref": "a"}, {"type": kind, "dependencies": ["#a", needed["id"], "#a"]})
    assert queue.full(made[1]["id"])["dependencies"] == [made[0]["id"], needed["id"]]


@pytest.mark.parametrize("links", [[("a", ["#a"])], [("a", ["#b"]), ("b", ["#a"])],
                                   [("x", []), ("a", ["#c"]), ("b", ["#a", "#x"]), ("c", ["#b"])]])
def test_a_circle_among_them_is_refused_and_shown(queue, links):
    tasks = [{"title": ref, "ref": ref, "dependencies": needs} for ref, needs in links]
    path = refused(queue, 409, "CONFLICT", tasks)["cyclePath"]
    assert path[0] == path[-1] and len(path) == len(links) - ("x" in dict(links)) + 1


def test_a_batch_that_is_sent_again_makes_nothing_twice_where_its_tasks_have_keys(queue, kind):
    tasks = [{"type": kind, "project": kind, "unique": {"key": f"{number}"}} for number in range(3)]
    first, again = queue.batch(*tasks), queue.batch(*tasks)
    assert [task["id"] for task in again] == [task["id"] for task in first] and len(queue.json(f"/tasks?type={kind}")) == 3
    assert [task["duplicate"] for task in first + again] == [False] * 3 + [True] * 3


def test_the_body_s_limit_is_that_of_any(queue):
    tasks = [{"title": "x", "description": "x" * 9_000} for _ in range(200)]
    queue.refused(413, "PAYLOAD_TOO_LARGE", "POST", "/tasks/batch", {"tasks": tasks})


def test_all_can_be_claimed_at_once(queue, kind):
    made = queue.batch(*({"type": kind, "payload": number} for number in range(100)))
    taken = queue.claim(kind, limit=100)
    assert [(task["id"], task["payload"]) for task in taken] == [(task["id"], number) for number, task in enumerate(made)]
    assert [fence(task) for task in taken] == sorted({fence(task) for task in taken})
