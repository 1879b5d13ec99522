"""Claims: what one asks for, the order of what it gets, its key, and what it may not say."""

import json
import signal

import pytest

from queue_client import Parked, Queue, Session, fence, ids, new_name, until


# The order


def test_the_more_urgent_goes_first_then_the_older(queue, kind):
    low, high, older, younger = (queue.add(kind, priority=priority) for priority in (1, 9, 5, 5))
    taken = [queue.take(kind) for _ in range(4)]
    assert ids(taken) == ids([high, older, younger, low])
    fences = [fence(task) for task in taken]
    assert fences == sorted(set(fences))
    answer = queue.done("/tasks/claim", {"worker": "w", "types": [kind]})
    assert answer["tasks"] == [] and answer["replayed"] is False and answer["epoch"] == queue.position()[0]


def test_a_task_that_became_ready_later_stands_behind_those_of_before(queue, kind):
    needed = queue.create("needed")
    last = queue.add(kind, dependencies=[needed["id"]])
    first, later = queue.add(kind), queue.add(kind, delay=3_600)
    queue.change(needed["id"], status="completed")
    queue.change(later["id"], runAt="2020-01-01T00:00:00Z")
    assert ids(queue.claim(kind, limit=9)) == ids([first, last, later])


def test_a_change_of_the_priority_changes_the_place(queue, kind):
    first, second, third = (queue.add(kind) for _ in range(3))
    queue.change(third["id"], priority=1_000)
    queue.change(first["id"], priority=-1_000)
    assert ids(queue.claim(kind, limit=9)) == ids([third, second, first])


def test_among_projects_a_higher_priority_goes_first(queue, kind):
    tasks = [queue.add(kind, project=f"{kind}-{name}", priority=priority)
             for name, priority in [("a", 1), ("a", 1), ("b", 5), (None, 3), ("c", 2)]]
    assert ids(queue.claim(kind, limit=9)) == ids([tasks[2], tasks[3], tasks[4], tasks[0], tasks[1]])


# What it asks for


def test_types_are_those_it_takes_and_null_is_none(queue):
    queue.clear()
    one, other = new_name(), new_name()
    tasks = [queue.add(one), queue.add(None), queue.add(other)]
    assert ids(queue.claim(one, other, limit=9)) == ids([tasks[0], tasks[2]])
    assert ids(queue.done("/tasks/claim", {"worker": "w", "types": [None], "limit": 9})["tasks"]) == ids([tasks[1]])
    again = [queue.add(None), queue.add(one)]
    assert ids(queue.done("/tasks/claim", {"worker": "w", "types": [None, one], "limit": 9})["tasks"]) == ids(again)
    again = [queue.add(one), queue.add(None), queue.add(other)]
    assert ids(queue.claim(limit=9)) == ids(again), "any"


def test_projects_are_those_it_takes_and_null_is_none(queue, kind):
    tasks = [queue.add(kind, project=project) for project in ("a", None, "b")]
    assert ids(queue.claim(kind, projects=["b", "c"], limit=9)) == ids([tasks[2]])
    assert ids(queue.claim(kind, projects=[None], limit=9)) == ids([tasks[1]])
    assert queue.claim(kind, projects=["c"]) == []
    assert ids(queue.claim(kind, limit=9)) == ids([tasks[0]])


@pytest.mark.parametrize("field", ["types", "projects"])
def test_none_named_is_none_taken_and_none_given_is_any(queue, kind, field):
    queue.clear()
    tasks = [queue.add(None), queue.add(kind)]
    with Parked(queue.server) as parked:
        waiting = parked.ask("/tasks/claim", {"worker": "w", field: [], "wait": 1})
        assert queue.done("/tasks/claim", {"worker": "w", field: []})["tasks"] == []
        tasks.append(queue.add(kind))
        parked.wait()
        assert parked.tasks(waiting) == []
    assert ids(queue.done("/tasks/claim", {"worker": "w", field: None, "limit": 9})["tasks"]) == ids(tasks)


def test_types_are_compared_byte_for_byte(queue, kind):
    task = queue.add(kind)
    assert queue.claim(kind.upper(), kind + "x", kind[:-1]) == []
    assert queue.take(kind)["id"] == task["id"]


def test_64_types_and_projects_can_be_named(queue, kind):
    task = queue.add(kind, project=kind)
    kinds = [f"{kind}-{number}" for number in range(63)] + [kind]
    assert ids(queue.claim(*kinds, projects=kinds)) == [task["id"]]


@pytest.mark.parametrize("limit", [1, 2, 99, 100])
def test_no_more_than_the_limit_is_given(queue, kind, limit):
    made = queue.batch(*({"type": kind} for _ in range(limit + 1)))
    assert ids(queue.claim(kind, limit=limit)) == ids(made[:limit])
    assert ids(queue.claim(kind, limit=limit)) == ids(made[limit:])


def test_an_answer_ends_before_1_mib(queue, kind):
    tasks = [queue.add(kind, payload="x" * 60_000) for _ in range(20)]
    answer = queue.ask("POST", "/tasks/claim", {"worker": "w", "types": [kind], "limit": 100})
    taken = json.loads(answer.body)["tasks"]
    assert 10 < len(taken) < 20 and len(answer.body) <= (1 << 20) + (1 << 16), "more could come with the next"
    assert ids(taken + queue.claim(kind, limit=100)) == ids(tasks)


@pytest.mark.parametrize("seconds", [5, 43_200])
def test_the_lease_of_a_claim_goes_before_the_task_s(queue, kind, seconds):
    queue.add(kind, lease=60)
    assert queue.take(kind, lease=seconds)["lease"]["seconds"] == seconds


@pytest.mark.parametrize("worker", ["a", "x" * 128, "A-Za.z_0:1@2"])
def test_a_worker_has_a_name(queue, kind, worker):
    queue.add(kind)
    assert queue.take(kind, worker=worker)["lease"]["worker"] == worker


BAD = {
    "worker": ["", "x" * 129, "a b", "a/b", "é", 5, None, []],
    "types": ["x", 5, {}, [5], ["a b"], [""], ["x" * 65], ["x"] * 65],
    "projects": ["x", 5, {}, [5], ["a b"], [""], ["x" * 65], ["x"] * 65],
    "limit": [0, 101, -1, 1.5, "1x", True, []],
    "lease": [4, 43_201, "30", True, []],
    "wait": [-1, 60.5, 61, "5", True, []],
    "key": ["", 5, [], "x" * 257],
}


@pytest.mark.parametrize("field, value", [pytest.param(field, value, id=f"{field}-{number}")
                                          for field, values in BAD.items() for number, value in enumerate(values)])
def test_what_a_claim_may_not_say_is_named(queue, kind, field, value):
    task = queue.add(kind)
    body = {"worker": "w", "types": [kind]} | {field: value}
    assert queue.refused(422, "VALIDATION_ERROR", "POST", "/tasks/claim", body)["field"] == field
    assert queue.take(kind)["id"] == task["id"]


def test_a_claim_says_who_it_is(queue, kind):
    answer = queue.ask("POST", "/tasks/claim", {"types": [kind]})
    error = json.loads(answer.body)["error"]
    assert answer.status == 422 and error["code"] == "MISSING_REQUIRED_FIELD" and error["details"] == {"field": "worker"}


# Its key


def test_the_same_key_brings_the_same_tasks_and_fences(queue, kind):
    queue.batch(*({"type": kind} for _ in range(5)))
    before = queue.position()

    def ask(**fields) -> dict:
        return queue.done("/tasks/claim", {"worker": "w", "types": [kind], "limit": 2, "key": f"c-{kind}"} | fields)

    first = ask()
    assert len(first["tasks"]) == 2 and first["replayed"] is False
    for _ in range(2):
        again = ask()
        assert again["replayed"] is True
        assert [(task["id"], fence(task)) for task in again["tasks"]] == [(task["id"], fence(task)) for task in first["tasks"]]
    assert queue.causes(before) == ["claimed"] * 2, "a replay is no event"
    others = ask(worker="another")
    assert others["replayed"] is False and not set(ids(others["tasks"])) & set(ids(first["tasks"]))
    queue.complete(first["tasks"][0])
    held = ask()
    assert ids(held["tasks"]) == ids(first["tasks"][1:]) and held["replayed"] is True, "what it still holds"
    queue.complete(first["tasks"][1])
    new = ask()
    assert new["replayed"] is False and len(new["tasks"]) == 1, "a key of which nothing is held is a new claim"


def test_without_a_key_each_claim_is_its_own(queue, kind):
    queue.batch(*({"type": kind} for _ in range(2)))
    assert queue.take(kind)["id"] != queue.take(kind)["id"]


# Those that wait


def arrived(queue: Queue, kind: str) -> None:
    """Behind it the server has heard the claims that were sent before: this one came later, and was answered."""
    assert queue.claim(kind) == []


def test_a_task_goes_to_the_claim_that_has_waited_longest(queue, kind):
    other = new_name()
    with Parked(queue.server) as parked:
        numbers = []
        for worker, kinds in [("first", [kind]), ("other", [other]), ("second", [other, kind])]:
            numbers.append(parked.claim(*kinds, worker=worker))
            arrived(queue, kind)
        first, idle, second = numbers
        for count, number in [(1, first), (2, second)]:
            task = queue.add(kind)
            parked.wait(count)
            assert ids(parked.tasks(number)) == [task["id"]]
        assert idle not in parked.answers


def test_a_waiting_claim_gets_what_was_created_for_it_in_one_piece(queue, kind):
    before = queue.position()
    with Parked(queue.server) as parked:
        number = parked.claim(kind)
        arrived(queue, kind)
        task = queue.add(kind)
        parked.wait()
        assert ids(parked.tasks(number)) == [task["id"]]
    assert queue.causes(before, task) == [None, "claimed"]
    created, claimed = queue.events(before, task)
    assert claimed["seq"] == created["seq"] + 1


def test_a_batch_goes_to_those_that_wait_each_as_many_as_it_takes(queue, kind):
    with Parked(queue.server) as parked:
        numbers = [parked.claim(kind, worker=f"w{number}", limit=2) for number in range(3)]
        arrived(queue, kind)
        made = queue.batch(*({"type": kind} for _ in range(5)))
        parked.wait()
        taken = [ids(parked.tasks(number)) for number in numbers]
        assert sorted(sum(taken, [])) == sorted(ids(made)) and all(1 <= len(tasks) <= 2 for tasks in taken)


def test_what_frees_a_task_gives_it_to_those_that_wait(queue, kind):
    """Each way to become ready: a dependency, a date, a release, a failure, a retry, a status, a type."""
    def became_ready(change) -> None:
        with Parked(queue.server) as parked:
            number = parked.claim(kind)
            arrived(queue, kind)
            id = change()
            parked.wait(seconds=10)
            task, = parked.tasks(number)
            assert task["id"] == id
            queue.complete(task)

    def after(task: dict, path: str, **body) -> str:
        queue.done(f"/tasks/{task['id']}/{path}", body)
        return task["id"]

    def changed(task: dict, **fields) -> str:
        queue.change(task["id"], **fields)
        return task["id"]

    needed = queue.create()
    waiting = queue.add(kind, dependencies=[needed["id"]])
    became_ready(lambda: (changed(needed, status="completed"), waiting["id"])[1])
    later = queue.add(kind, delay=3_600)
    became_ready(lambda: changed(later, delay=0))
    queue.add(kind)
    held = queue.take(kind)
    became_ready(lambda: after(held, "release", fence=fence(held)))
    queue.add(kind)
    failing = queue.take(kind)
    became_ready(lambda: after(failing, "fail", fence=fence(failing), error={"message": "x"}, retryAfter=0))
    ended = queue.add(kind)
    queue.done(f"/tasks/{ended['id']}/cancel")
    became_ready(lambda: after(ended, "retry"))
    by_hand = queue.add(kind, status="failed")
    became_ready(lambda: changed(by_hand, status="pending"))
    other = queue.add(new_name())
    became_ready(lambda: changed(other, type=kind))


def test_a_claim_whose_client_has_gone_is_out_of_the_line(queue, kind):
    with Parked(queue.server) as parked:
        gone = parked.claim(kind, worker="gone")
        arrived(queue, kind)
        there = parked.claim(kind, worker="there")
        arrived(queue, kind)
        parked.leave(gone)
        arrived(queue, kind)
        task = queue.add(kind)
        parked.wait(1)
        assert ids(parked.tasks(there)) == [task["id"]] and queue.full(task)["attempt"] == 1


def test_a_second_claim_of_the_same_worker_and_key_takes_the_place_of_the_first(queue, kind):
    with Parked(queue.server) as parked:
        first = parked.claim(kind, worker="one", key="k")
        arrived(queue, kind)
        other = parked.claim(kind, worker="two")
        arrived(queue, kind)
        second = parked.claim(kind, worker="one", key="k")
        parked.wait(1)
        assert parked.tasks(first) == []
        task = queue.add(kind)
        parked.wait(2)
        assert ids(parked.tasks(second)) == [task["id"]], "it stands where the first one stood"
        later = queue.add(kind)
        parked.wait(3)
        assert ids(parked.tasks(other)) == [later["id"]]


def test_what_cannot_be_handed_over_comes_back_with_its_attempt(queue, kind):
    """The task comes and the client of the claim goes while the server is held: whichever it sees first, no attempt counts."""
    server = queue.server
    for _ in range(10):
        with Parked(server) as parked, Session(server) as session:
            session.done("/health", method="GET")
            number = parked.claim(kind)
            arrived(queue, kind)
            server.signal(signal.SIGSTOP)
            try:
                session.connection.request("POST", "/tasks", json.dumps({"type": kind}), session.headers)
                parked.reset(number)
            finally:
                server.signal(signal.SIGCONT)
            made = json.loads(session.connection.getresponse().read())
        task = until(lambda: (full := queue.full(made))["state"] == "ready" and full)
        assert task["attempt"] == 0 and queue.take(kind)["attempt"] == 1
