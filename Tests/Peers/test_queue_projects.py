"""Projects: their settings, what they count, and what they hold back."""

import json

import pytest

from contract import TIMESTAMP
from queue_client import Parked, Queue, at_once, ids, new_name


@pytest.fixture
def project() -> str:
    return new_name("project")


def put(queue: Queue, project: str, **fields) -> dict:
    return queue.done(f"/projects/{project}", fields, method="PUT")


def counts(queue: Queue, project: str) -> dict[str, int]:
    """How many tasks it has in each state that it has one in."""
    return {state: count for state, count in queue.json(f"/projects/{project}")["counts"].items() if count}


# Counts


def test_a_project_counts_its_tasks_by_state_with_each_move(queue, kind, project):
    needed = queue.create()
    made = [queue.add(kind, project=project) for _ in range(4)]
    queue.add(kind, project=project, delay=60)
    queue.add(kind, project=project, status="in-progress")
    queue.add(kind, project=project, dependencies=[needed["id"]])
    assert counts(queue, project) == {"ready": 4, "scheduled": 1, "held": 1, "waiting": 1}
    first, second = queue.claim(kind, limit=2)
    assert counts(queue, project) == {"ready": 2, "running": 2, "scheduled": 1, "held": 1, "waiting": 1}
    queue.complete(first)
    queue.fail(second, retryable=False)
    queue.done(f"/tasks/{made[2]['id']}/cancel")
    queue.change(needed["id"], status="completed")
    assert counts(queue, project) == {"ready": 2, "completed": 1, "failed": 1, "cancelled": 1, "scheduled": 1, "held": 1}
    queue.change(made[3]["id"], project=None)
    queue.ask("DELETE", f"/tasks/{first['id']}")
    assert counts(queue, project) == {"ready": 1, "failed": 1, "cancelled": 1, "scheduled": 1, "held": 1}


def test_a_project_is_there_with_its_tasks_and_its_settings(queue, kind, project):
    queue.refused(404, "PROJECT_NOT_FOUND", "GET", f"/projects/{project}")
    queue.add(kind, project=project)
    shown = queue.json(f"/projects/{project}")
    assert shown["name"] == project and shown["paused"] is False and shown["maxRunning"] is None
    assert TIMESTAMP.fullmatch(shown["waitingSince"])
    assert project in [entry["name"] for entry in queue.json("/projects")]
    other = new_name("project")
    put(queue, other, paused=True)
    assert queue.json(f"/projects/{other}")["paused"] is True and counts(queue, other) == {}
    assert queue.json(f"/projects/{other}")["waitingSince"] is None


def test_the_tilde_is_the_project_of_those_that_have_none(queue, kind):
    before = counts(queue, "~").get("ready", 0)
    queue.add(kind)
    assert counts(queue, "~")["ready"] == before + 1
    assert put(queue, "~", maxRunning=None)["name"] == "~"


# Settings


@pytest.mark.no_redis("it is about a file")
def test_of_two_changes_at_once_none_is_lost(taskflow_program, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        queue = Queue(server)
        for number in range(20):
            fields = [{"paused": True}, {"maxRunning": 5}, {"maxAttempts": 3}]
            answers = at_once(server, [("PUT", f"/projects/p{number}", body) for body in fields])
            assert [answer.status for answer in answers] == [200] * 3
            shown = queue.json(f"/projects/p{number}")
            assert (shown["paused"], shown["maxRunning"], shown["maxAttempts"]) == (True, 5, 3)


GOOD = {
    "paused": [True, False], "maxRunning": [1, 100_000, None], "lease": [5, 43_200, None], "maxAttempts": [1, 100, None],
    "retry": [{"base": 1, "factor": 2, "max": 60, "jitter": 0}, None], "timeout": [1, 604_800, None]}
BAD = {
    "paused": [0, "true", []], "maxRunning": [-1, 1.5, "3", True, []], "lease": [4, 43_201, "30", []],
    "maxAttempts": [0, 101, "5", []], "retry": [5, [], {"base": 0}, {"jitter": 2}], "timeout": [0, 604_801, "5", []]}


def rows(table: dict) -> list:
    return [pytest.param(field, value, id=f"{field}-{number}")
            for field, values in table.items() for number, value in enumerate(values)]


@pytest.mark.parametrize("field, value", rows(GOOD))
def test_a_setting_within_the_rule_is_kept(queue, project, field, value):
    queue.create(project=project)  # So it is known even where all of its settings are the standard ones.
    assert put(queue, project, **{field: value})[field] == value
    assert queue.json(f"/projects/{project}")[field] == value


@pytest.mark.parametrize("field, value", rows(BAD))
def test_a_setting_beyond_the_rule_is_named(queue, project, field, value):
    put(queue, project)
    details = queue.refused(422, "VALIDATION_ERROR", "PUT", f"/projects/{project}", {field: value})
    assert details["field"].split(".")[0] == field


@pytest.mark.parametrize("name", ["a%20b", "%C3%A9", "x" * 65, "~~"])
def test_a_project_s_name_is_that_of_a_task_s(queue, name):
    answer = queue.ask("PUT", f"/projects/{name}", {})
    assert answer.status in (404, 422) and name not in [entry["name"] for entry in queue.json("/projects")]
    assert queue.ask("GET", f"/projects/{name}").status in (404, 422)


def test_what_a_task_does_not_say_its_project_says(queue, kind, project):
    put(queue, project, lease=77, maxAttempts=1, timeout=50)
    queue.add(kind, project=project)
    queue.add(kind, project=project, lease=66, maxAttempts=2)
    plain, own = queue.claim(kind, limit=2)
    assert (plain["lease"]["seconds"], own["lease"]["seconds"]) == (77, 66)
    assert queue.fail(plain)["state"] == "failed" and queue.fail(own)["state"] == "scheduled"


def test_a_retry_s_wait_can_be_the_project_s(queue, kind, project):
    put(queue, project, retry={"base": 0.1, "factor": 1, "max": 0, "jitter": 0})
    queue.add(kind, project=project)
    assert queue.fail(queue.take(kind))["state"] == "ready"


# Held back


def test_a_paused_project_gives_nothing_and_goes_on_where_it_was(queue, kind, project):
    first, second = queue.add(kind, project=project), queue.add(kind, project=project)
    taken = queue.take(kind)
    put(queue, project, paused=True)
    assert queue.claim(kind) == [] and queue.state(second) == "ready"
    assert queue.complete(taken)["state"] == "completed", "what runs goes on"
    other = queue.add(kind, project=project + "-b")
    assert queue.take(kind)["id"] == other["id"]
    with Parked(queue.server) as parked:
        number = parked.claim(kind)
        assert queue.claim(kind) == []
        put(queue, project, paused=False)
        parked.wait()
        assert ids(parked.tasks(number)) == [second["id"]] and first["id"] == taken["id"]


def test_no_more_run_than_the_project_allows(queue, kind, project):
    put(queue, project, maxRunning=3)
    made = [queue.add(kind, project=project) for _ in range(6)]
    taken = queue.claim(kind, limit=9)
    assert ids(taken) == ids(made[:3]) and queue.claim(kind) == []
    queue.complete(taken[0])
    again = queue.claim(kind, limit=9)
    assert ids(again) == ids(made[3:4])
    queue.release(taken[1])
    queue.fail(taken[2], retryable=False)
    assert ids(queue.claim(kind, limit=9)) == ids([made[1], made[4]])
    put(queue, project, maxRunning=1)
    assert queue.claim(kind) == []
    put(queue, project, maxRunning=None)
    assert ids(queue.claim(kind, limit=9)) == ids(made[5:])


def test_a_place_that_becomes_free_is_given_to_one_that_waits(queue, kind, project):
    put(queue, project, maxRunning=1)
    queue.add(kind, project=project)
    second = queue.add(kind, project=project)
    taken = queue.take(kind)
    with Parked(queue.server) as parked:
        number = parked.claim(kind)
        assert queue.claim(kind) == []
        queue.complete(taken)
        parked.wait()
        assert ids(parked.tasks(number)) == [second["id"]]


def test_a_project_that_is_full_holds_back_no_other(queue, kind, project):
    put(queue, project, maxRunning=1)
    for _ in range(3):
        queue.add(kind, project=project, priority=100)
    other = queue.add(kind)
    assert len(queue.claim(kind, limit=2)) == 2 and queue.state(other) == "running"


# Its events


def test_a_setting_is_told_in_the_queue_s_room_alone(queue, project):
    epoch, seq = queue.position()
    put(queue, project, paused=True)
    told = queue.json(f"/events?since={seq}&epoch={epoch}&rooms=queue")["events"]
    assert len(told) == 1 and told[0]["event"].startswith("project.") and project in json.dumps(told[0])
    assert queue.json(f"/events?since={seq}&epoch={epoch}")["events"] == []


def test_what_changes_nothing_is_not_told(queue, project):
    put(queue, project, paused=True, maxRunning=5)
    epoch, seq = queue.position()
    put(queue, project, paused=True, maxRunning=5)
    assert queue.position() == (epoch, seq)
