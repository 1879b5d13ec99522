"""A server that is killed: what it has answered is there, what it has given goes on, and nothing is lost or done twice."""

import contextlib
import http.client
import json
import random
import threading
import time

import pytest

from queue_audit import audit
from queue_client import Queue, Session, fence, ids, new_name, until
from server import TRACE

GONE = (OSError, http.client.HTTPException, json.JSONDecodeError)


def start(program, folder, *flags: str):
    return program.start("--store", f"sqlite:{folder}/tasks.db", *flags)


@contextlib.contextmanager
def killed(program, folder):
    """A server that is killed behind what is done with it."""
    server = start(program, folder)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
        assert not TRACE.search(server.output())


# Under load


class Load(threading.Thread):
    """Creates tasks, claims and completes them until the server is gone, and keeps what it was answered."""

    def __init__(self, server, kind: str, seed: int):
        super().__init__()
        self.server, self.kind, self.seed, self.error = server, kind, seed, None
        self.created: set[str] = set()
        self.completed: set[str] = set()
        self.held: dict[str, int] = {}

    def run(self) -> None:
        try:
            with Session(self.server) as session:
                chance = random.Random(self.seed)
                while True:
                    self._turn(session, chance)
        except GONE:
            pass
        except Exception as error:  # Of an assertion: it is for the thread that asks.
            self.error = error

    def _turn(self, session: Session, chance: random.Random) -> None:
        count = chance.randint(1, 5)
        tasks = [{"type": self.kind, "payload": number} for number in range(count)]
        self.created.update(ids(session.done("/tasks/batch", {"tasks": tasks})["tasks"]))
        claim = {"worker": f"w-{self.kind}", "types": [self.kind], "limit": chance.randint(1, 5)}
        for task in session.done("/tasks/claim", claim)["tasks"]:
            self.held[task["id"]] = fence(task)
        for id in list(self.held):
            if chance.random() < 0.8:
                done = {"fence": self.held.pop(id), "result": id}
                session.done(f"/tasks/{id}/complete", done)
                self.completed.add(id)


def crash_round(program, folder, seed: int) -> int:
    """Returns how many tasks were completed before the server was killed."""
    chance, name = random.Random(seed), new_name("load")
    with killed(program, folder) as server:
        before = Queue(server).position()
        loads = [Load(server, f"{name}-{number}", seed + number) for number in range(4)]
        for load in loads:
            load.start()
        time.sleep(chance.uniform(0.05, 0.3))  # When it is killed is what is random.
        server.kill()
        for load in loads:
            load.join(20)
    with start(program, folder) as server:
        queue = Queue(server)
        for load in loads:
            assert load.error is None, load.error
            check(queue, load)
        histories = audit(queue.events(before))
        assert all(history.completions <= 1 for history in histories.values())
    return sum(len(load.completed) for load in loads)


def check(queue: Queue, load: Load) -> None:
    found = {task["id"]: task["state"] for task in queue.json(f"/tasks?type={load.kind}&view=full")}
    assert load.created <= found.keys() and all(found[id] == "completed" for id in load.completed)
    for id, number in load.held.items():
        # A lease of before still counts, with its fence.
        if found[id] == "running":
            done = queue.done(f"/tasks/{id}/complete", {"fence": number, "result": "behind the crash"})
            assert done["state"] == "completed"
    for id in list(load.completed)[:3]:
        assert queue.full(id)["result"] == id


def crash(program, folder, rounds: int) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    assert sum(crash_round(program, folder, seed + 100 * number) for number in range(rounds)) > 10 * rounds


def test_what_was_answered_is_there_when_the_server_was_killed(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 20)


@pytest.mark.slow
def test_so_it_is_again_and_again(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 100)


# What goes on


def test_a_lease_of_before_goes_on_at_its_full_length(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        used, unused = queue.add("a", lease=5), queue.add("a", lease=5)
        first, second = queue.claim("a", limit=2)
        assert ids([first, second]) == ids([used, unused])
        time.sleep(3)  # Of its five seconds.
    with killed(taskflow_program, tmp_path) as server:
        queue, started = Queue(server), time.monotonic()
        assert queue.full(second)["lease"]["fence"] == fence(second)
        assert queue.renew(first)["lease"]["fence"] == fence(first)
        assert queue.complete(first, result=1)["state"] == "completed"
        until(lambda: queue.state(second) != "running", 30)
        # The lease began anew when the store was read, somewhat before the server was found to be there.
        assert time.monotonic() - started >= 4
        again = queue.take("a")
        assert (again["id"], again["attempt"], again["stalls"]) == (second["id"], 2, 1) and fence(again) > fence(second)
        assert queue.lost("complete", second) == {"state": "running", "fence": fence(again)}
    with start(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        assert queue.complete(first)["result"] == 1 and queue.complete(again)["state"] == "completed"


def test_a_claim_s_key_is_known_behind_a_crash(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        queue.batch(*({"type": "a"} for _ in range(3)))
        first = queue.claim("a", limit=2, key="k")
    with start(taskflow_program, tmp_path) as server:
        answer = Queue(server).done("/tasks/claim", {"worker": "w", "types": ["a"], "limit": 2, "key": "k"})
        assert answer["replayed"] is True
        assert [(task["id"], fence(task)) for task in answer["tasks"]] == [(task["id"], fence(task)) for task in first]


def test_delays_go_on_by_what_was_left(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        soon = Queue(server).add("a", delay=2)
        Queue(server).add("a", delay=3_600)
        asked = time.monotonic()
    time.sleep(0.5)
    with start(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        task, = until(lambda: queue.claim("a", wait=10))
        assert task["id"] == soon["id"] and time.monotonic() - asked < 8 and queue.claim("a") == []
        assert time.monotonic() - asked >= 1.9


def test_all_that_a_task_has_is_there_again(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        queue.done("/projects/p", {"maxRunning": 2, "paused": False, "retry": {"base": 1, "factor": 2, "max": 5, "jitter": 0}},
                   method="PUT")
        failed = queue.create()
        needed = queue.add("needed", maxAttempts=1)
        tasks = [
            queue.add("a", project="p", payload={"z": [1, None]}, maxAttempts=4, lease=33, timeout=99, maxStalls=7,
                      retry={"base": 2}, unique={"key": "é"}),
            queue.add("b", runAt="2030-01-01T00:00:00Z", onDependencyFailure="hold", dependencies=[needed["id"]]),
            queue.add("c", dependencies=[needed["id"]]), queue.add("c", dependencies=[failed["id"]]),
            queue.add("d", delay=3_600), queue.add("e", status="in-progress")]
        queue.fail(queue.take("needed"), "it was so", retryable=False)
        until(lambda: queue.state(tasks[2]) == "cancelled")
        taken = queue.take("a")
        queue.renew(taken, progress={"percent": 7, "note": "n"})
        cancelled = queue.add("f")
        queue.done(f"/tasks/{cancelled['id']}/cancel", {"reason": "no"})
        queue.add("g")
        queue.complete(queue.take("g"), result={"r": 1})
        shown = [queue.full(task) for task in queue.json("/tasks")]
        listed, projects, position = queue.get("/tasks?view=full").body, queue.json("/projects"), queue.position()
    with start(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        assert queue.position() == position, "to start is no event"
        again = [queue.full(task) for task in queue.json("/tasks")]
        for task in shown + again:
            if isinstance(task["lease"], dict):
                task["lease"].pop("expiresAt")  # It begins anew.
            task.pop("progress", None)  # It is not promised over a crash.
        assert again == shown
        assert queue.json("/projects") == projects and len(json.loads(listed)) == len(shown)
        assert queue.done("/tasks", {"type": "a", "project": "p", "unique": {"key": "é"}}, 200)["id"] == tasks[0]["id"]


def test_the_line_is_the_same_behind_a_crash(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        needed = queue.add("needed")
        freed = queue.add("a", dependencies=[needed["id"]])
        first = [queue.add("a", priority=priority) for priority in (1, 5, 1, 9)]
        queue.complete(queue.take("needed"))
        last = queue.add("a")
        released = queue.take("a")
        queue.release(released)
        line = ids([first[3], first[1], first[0], first[2], freed, last])
        assert released["id"] == line[0]
    with start(taskflow_program, tmp_path) as server:
        assert ids(Queue(server).claim("a", limit=9)) == line


def test_a_restart_gives_no_fence_twice(taskflow_program, tmp_path):
    fences = []
    for _ in range(3):
        with killed(taskflow_program, tmp_path) as server:
            queue = Queue(server)
            queue.batch(*({"type": "a"} for _ in range(3)))
            fences += [fence(task) for task in queue.claim("a", limit=2)]
    assert fences == sorted(set(fences))


@pytest.mark.no_redis("it forgets nothing when the server is killed")
def test_in_memory_old_fences_are_404_and_the_epoch_is_another(taskflow_program):
    with taskflow_program.start("--store", "memory") as server:
        queue = Queue(server)
        queue.add("a")
        answer = queue.done("/tasks/claim", {"worker": "w"})
        task, = answer["tasks"]
        server.kill()
        assert server.start_again()
        assert queue.done("/tasks/claim", {"worker": "w"})["epoch"] != answer["epoch"]
        queue.refused(404, "TASK_NOT_FOUND", "POST", f"/tasks/{task['id']}/complete", {"fence": fence(task)})


# In the midst of settling


def test_a_chain_goes_on_being_cancelled_behind_a_crash(taskflow_program, tmp_path):
    with killed(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        made: list[str] = []
        with Session(server) as session:
            while len(made) < 10_000:
                tasks = [{"type": "a", "ref": f"r{number}", "dependencies": [f"#r{number - 1}"] if number else made[-1:]}
                         for number in range(1_000)]
                made += ids(session.done("/tasks/batch", {"tasks": tasks})["tasks"])
        before = queue.position()
        queue.done(f"/tasks/{made[0]}/cancel")
        server.kill()
    with start(taskflow_program, tmp_path) as server:
        queue = Queue(server)
        cut = queue.position()[1] - before[1]
        until(lambda: queue.state(made[-1]) == "cancelled", 60)
        print(f"{cut} of 10,000 were cancelled when it was killed, or in the first moment behind it")
        assert {task["state"] for task in queue.json("/tasks?type=a")} == {"cancelled"}
        events = [event for event in queue.events(before) if event.get("cause") == "cancelled"]
        assert sorted(event["task"]["id"] for event in events) == made, "each once"
