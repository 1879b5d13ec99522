"""Many workers and many tasks at once: each task goes to one worker, and none waits for longer than it has to."""

import collections
import concurrent.futures
import json
import random
import threading
import time

import pytest

from queue_audit import audit
from queue_client import Parked, Queue, Session, fence, ids, new_name, until


def add_many(queue: Queue, *tasks: dict) -> list[str]:
    """Creates them 1,000 at a time."""
    with Session(queue.server) as session:
        return [task["id"] for start in range(0, len(tasks), 1_000)
                for task in session.done("/tasks/batch", {"tasks": tasks[start:start + 1_000]})["tasks"]]


def work(queue: Queue, kind: str, seed: int, done: list) -> None:
    """Claims and completes until there is nothing more."""
    chance = random.Random(seed)
    with Session(queue.server) as session:
        while tasks := session.done("/tasks/claim", {
                "worker": f"w{seed}", "types": [kind], "limit": chance.choice([1, 3, 10, 30])})["tasks"]:
            for task in tasks:
                session.done(f"/tasks/{task['id']}/complete", {"fence": fence(task), "result": seed})
                done.append((task["id"], fence(task)))


def test_50_workers_do_10_000_tasks_each_once(queue):
    kind, before = new_name(), queue.position()
    made = add_many(queue, *({"type": kind} for _ in range(10_000)))
    done: list[tuple[str, int]] = []
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        for worker in [pool.submit(work, queue, kind, seed, done) for seed in range(50)]:
            worker.result()
    assert sorted(id for id, _ in done) == made and len({fence for _, fence in done}) == len(made)
    events = queue.events(before)
    assert [event["seq"] for event in events] == [*range(before[1] + 1, before[1] + 1 + 30_000)]
    told = collections.Counter((event["task"]["id"], event.get("cause")) for event in events)
    assert told == collections.Counter((id, cause) for id in made for cause in (None, "claimed", "completed"))
    assert {task["state"] for task in queue.json(f"/tasks?type={kind}")} == {"completed"}
    assert all(history.completions == 1 for history in audit(events).values())


def wake_one(queue: Queue, wait: float, quick: float, late: float) -> None:
    """Of 100 claims that wait, one is answered when a task comes, the others when their time is over."""
    kind = new_name()
    with Parked(queue.server) as parked:
        asked = time.monotonic()
        for number in range(100):
            parked.claim(kind, worker=f"{kind}-{number}", wait=wait)
        assert queue.claim(kind) == []
        posted = time.monotonic()
        task = queue.add(kind)
        parked.wait(1)
        (number, (came, _)), = parked.answers.items()
        assert ids(parked.tasks(number)) == [task["id"]] and came - posted <= quick, f"{came - posted:.3f} s"
        parked.wait()
        for other in set(range(100)) - {number}:
            assert parked.tasks(other) == [] and wait <= parked.answers[other][0] - asked <= wait + late
        assert queue.full(task)["attempt"] == 1


def test_one_task_wakes_one_of_100_claims(queue):
    wake_one(queue, wait=2, quick=2, late=3)


@pytest.mark.slow
def test_one_task_wakes_one_of_100_claims_at_once(queue):
    wake_one(queue, wait=5, quick=0.05, late=0.2)


def come_due(queue: Queue, count: int, least: float, most: float) -> list[float]:
    """How late so many delayed tasks are given to 10 workers that wait; in seconds, the least late first."""
    kind, chance, due, late = new_name(), random.Random(5), {}, []
    with Session(queue.server) as session:
        delays = [chance.uniform(least, most) for _ in range(count)]
        asked = time.monotonic()
        made = session.done("/tasks/batch", {"tasks": [{"type": kind, "delay": delay} for delay in delays]})["tasks"]
        made_by = time.monotonic()
    due = {task["id"]: delay for task, delay in zip(made, delays)}

    def worker(number: int) -> None:
        with Session(queue.server) as session:
            while len(late) < count:
                tasks = session.done("/tasks/claim", {"worker": f"{kind}-{number}", "types": [kind], "wait": 1})["tasks"]
                now = time.monotonic()
                for task in tasks:
                    assert now >= asked + due[task["id"]], "early"
                    late.append(now - made_by - due[task["id"]])
                    session.done(f"/tasks/{task['id']}/complete", {"fence": fence(task)})

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        for outcome in [pool.submit(worker, number) for number in range(10)]:
            outcome.result()
    assert len(late) == count
    return sorted(late)


def test_what_is_due_comes_when_it_is_due(queue):
    late = come_due(queue, 400, 0.5, 2.5)
    assert late[len(late) * 99 // 100] <= 2, f"50 ms is the promise, and it was {late[-5:]}"


@pytest.mark.slow
def test_what_is_due_is_at_most_50_ms_late(queue):
    late = come_due(queue, 1_000, 0.5, 5)
    assert late[len(late) * 99 // 100] <= 0.05, late[-20:]


class Crew:
    """Workers of a project, of which some stop without a word and others take their place."""

    def __init__(self, queue: Queue, kind: str, count: int):
        self.queue, self.kind, self.is_over, self.done = queue, kind, False, 0
        self.threads = [threading.Thread(target=self._work, args=(number,)) for number in range(count)]

    def __enter__(self) -> "Crew":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join()

    def _work(self, number: int) -> None:
        chance = random.Random(number)
        with Session(self.queue.server) as session:
            while not self.is_over:
                claim = {"worker": f"{self.kind}-{number}", "types": [self.kind], "wait": 0.5, "lease": 5}
                for task in session.done("/tasks/claim", claim)["tasks"]:
                    time.sleep(chance.uniform(0, 0.05))  # The work.
                    if chance.random() > 0.02:  # Otherwise it was killed in the midst of it.
                        session.ask(f"/tasks/{task['id']}/complete", {"fence": fence(task)})
                        self.done += 1


def limited(queue: Queue, seconds: float) -> None:
    """By the events never more than three of the project run, and never fewer for longer than a lease and a second."""
    kind, before = new_name(), queue.position()
    queue.done(f"/projects/{kind}", {"maxRunning": 3}, method="PUT")
    add_many(queue, *({"type": kind, "project": kind, "maxStalls": 100, "maxAttempts": 100} for _ in range(3_000)))
    with Crew(queue, kind, 20) as crew:
        time.sleep(seconds)
        queue.done(f"/projects/{kind}", {"paused": True}, method="PUT")
        paused = queue.position()
        time.sleep(0.5)
        assert "claimed" not in queue.causes(paused), "none while it is paused"
        queue.done(f"/projects/{kind}", {"paused": False}, method="PUT")
        until(lambda: "claimed" in queue.causes(paused))
    running, short_since, events = 0, None, queue.events(before)
    # Leases of other tests, too, run out meanwhile.
    for event in (event for event in events if event["task"].get("project") == kind):
        running += {"claimed": 1, "completed": -1, "expired": -1, "retrying": -1, "failed": -1}.get(event.get("cause"), 0)
        assert 0 <= running <= 3
        at = time_of(event)
        if event["seq"] <= paused[1] and event.get("cause"):
            assert short_since is None or at - short_since <= 6
            short_since = None if running == 3 else short_since or at
    assert crew.done > 100


def time_of(event: dict) -> float:
    hours, minutes, seconds = event["timestamp"][11:-1].split(":")
    return int(hours) * 3_600 + int(minutes) * 60 + float(seconds)


def test_a_limit_holds_whatever_becomes_of_the_workers(queue):
    limited(queue, 3)


@pytest.mark.slow
def test_a_limit_holds_for_long(queue):
    limited(queue, 20)


def test_workers_that_come_back_at_once_are_all_served(queue):
    """1,000 claims wait, and all are answered by what comes; a claim that waits costs no request more."""
    kind = new_name()
    with Parked(queue.server) as parked:
        for number in range(1_000):
            parked.claim(kind, worker=f"{kind}-{number}", wait=60)
        assert queue.claim(kind) == []
        made = add_many(queue, *({"type": kind} for _ in range(1_000)))
        parked.wait()
        taken = [parked.tasks(number) for number in range(1_000)]
        assert sorted(task["id"] for tasks in taken for task in tasks) == made and {len(tasks) for tasks in taken} == {1}
    assert json.loads(queue.get("/health").body)["status"] == "healthy"
