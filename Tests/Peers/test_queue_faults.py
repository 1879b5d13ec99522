"""A queue whose disk fails: each call is done or refused, a refused one can be asked for again, and nothing is done twice."""

import concurrent.futures
import json
import sys

import pytest

from client import Client, wait_until_ready
from failing_disk import Faults, small_disk
from queue_audit import audit
from queue_client import Parked, Queue, fence

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
# What a holder says, and what becomes of its task.
CALLS = {"complete": ({"result": 1}, "completed"), "fail": ({"error": {"message": "no luck"}, "retryable": False}, "failed"),
         "release": ({}, "ready"), "renew": ({"lease": 600}, "running")}
AGAIN = {"complete": {"result": 2}, "fail": {"error": {"message": "no luck"}, "retryable": False}, "release": {},
         "renew": {"lease": 600}}


def start(program, folder, **options):
    return program.start("--store", f"sqlite:{folder}/tasks.db", "--history", "100000", **options)


class Holder:
    """Holds a task for each call, and has one that is to be claimed."""

    def __init__(self, server):
        self.queue = Queue(server)
        self.start = self.queue.position()
        for verb in CALLS:
            self.queue.add(verb)
        self.held = {verb: self.queue.take(verb) for verb in CALLS}
        self.free = self.queue.add("claim")

    def claim(self):
        return self.queue.ask("POST", "/tasks/claim", {"worker": "w", "types": ["claim"], "key": "k"})

    def say(self, verb: str, fields: dict):
        task = self.held[verb]
        return self.queue.ask("POST", f"/tasks/{task['id']}/{verb}", {"fence": fence(task)} | fields)

    def say_all(self) -> dict:
        return {"claim": self.claim()} | {verb: self.say(verb, fields) for verb, (fields, _) in CALLS.items()}

    def states(self) -> dict[str, str]:
        found = {verb: self.queue.state(task) for verb, task in self.held.items()}
        return found | {"claim": self.queue.state(self.free)}

    def expected(self, answers: dict) -> dict[str, str]:
        """The states that follow from what was answered: what was refused was not done."""
        done = {verb: state for verb, (_, state) in CALLS.items()} | {"claim": "running"}
        return {verb: (done[verb] if answer.status == 200 else "ready" if verb == "claim" else "running")
                for verb, answer in answers.items()}

    def say_all_again(self, answers: dict) -> None:
        """Asks for the same again, which is done then, and done once."""
        claimed, = json.loads(self.claim().body)["tasks"]
        if answers["claim"].status == 200:
            before, = json.loads(answers["claim"].body)["tasks"]
            assert fence(claimed) == fence(before)
        for verb in CALLS:
            again = self.say(verb, AGAIN[verb])
            assert again.status == 200, (verb, again)
        assert self.queue.full(self.held["complete"])["result"] == (1 if answers["complete"].status == 200 else 2)
        assert self.states() == {verb: state for verb, (_, state) in CALLS.items()} | {"claim": "running"}
        self.queue.complete(claimed)

    def check(self) -> None:
        """What the events tell: each task was claimed once, and completed once at most."""
        histories = audit(self.queue.events(self.start))
        assert [histories[self.held[verb]["id"]].completions for verb in CALLS] == [1, 0, 0, 0]
        assert histories[self.free["id"]].completions == 1
        causes = [event.get("cause") for event in self.queue.events(self.start)]
        assert causes.count("claimed") == 5 and causes.count("failed") == causes.count("released") == 1


def fails_at(program, faults: Faults, call: int) -> bool:
    """Works while the `call`-th call on the store fails; false if there were fewer calls."""
    server = start(program, faults.store, env=faults.environment)
    try:
        holder = Holder(server)
        faults.arm(call)
        answers = holder.say_all()
        has_failed = faults.disarm()
        for answer in answers.values():
            assert answer.status == 200 or refusal(answer) == (503, "STORAGE_UNAVAILABLE"), answer
        assert holder.states() == holder.expected(answers)
        wait_until_ready(server)
        holder.say_all_again(answers)
        holder.check()
        states = holder.states()
        server.kill()
    finally:
        if server.process.poll() is None:
            server.kill()
    with start(program, faults.store) as server:
        holder.queue = Queue(server)
        assert holder.states() == states
    return has_failed


def refusal(answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["error"]["code"]


@pytest.mark.no_redis("it is about a file")
@linux
def test_whichever_call_fails_each_answer_is_true_and_the_same_can_be_asked_again(taskflow_program, faults_library,
                                                                                 tmp_path):
    def go(call: int) -> bool:
        folder = tmp_path / str(call)
        folder.mkdir()
        return fails_at(taskflow_program, Faults(faults_library, folder), call)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(1, 49)))
    assert outcomes[0] and not outcomes[-1], outcomes


def fill(queue: Queue) -> None:
    """Makes tasks until the disk is full."""
    for _ in range(1_000):
        answer = queue.ask("POST", "/tasks", {"title": "t", "description": "x" * 9_000})
        if answer.status == 503:
            return
    raise AssertionError("the disk is never full")


@pytest.mark.no_redis("it is about a file")
@linux
def test_on_a_full_disk_nothing_is_claimed_and_nothing_ends_until_there_is_room(taskflow_program, tmp_path):
    with small_disk(tmp_path / "disk") as (disk, grow):
        with start(taskflow_program, disk) as server, Parked(server) as parked:
            holder = Holder(server)
            queue = holder.queue
            number = parked.claim("later")
            fill(queue)
            answers = holder.say_all()
            assert {verb: refusal(answer) for verb, answer in answers.items()} == {
                verb: (503, "STORAGE_UNAVAILABLE") for verb in answers}
            assert holder.states() == holder.expected(answers)
            assert queue.renew(holder.held["renew"])["lease"]["seconds"] == 30, "it is no event: the lease begins anew"
            turn = queue.ask("POST", "/tasks/work", {"worker": "w", "complete": [
                {"id": holder.held["complete"]["id"], "fence": fence(holder.held["complete"])}]})
            assert refusal(turn) == (503, "STORAGE_UNAVAILABLE")
            assert Client(server).get("/health").status == 200
            parked.wait(1, seconds=0)
            assert not parked.answers, "one that waits goes on to wait"
            grow()
            wait_until_ready(server)
            queue.add("later")
            parked.wait(1)
            assert len(parked.tasks(number)) == 1
            holder.say_all_again(answers)
            states = holder.states()
        with start(taskflow_program, disk) as server:
            holder.queue = Queue(server)
            assert holder.states() == states


@pytest.mark.no_redis("it breaks the disk of a file")
@linux
@pytest.mark.slow
def test_what_may_have_been_kept_is_asked_again_with_the_same_key_or_fence(taskflow_program, faults_library, tmp_path):
    """A disk that never syncs again: whether a claim or a completion is kept shows when it comes back."""
    for verb in ("claim", "complete"):
        folder = tmp_path / verb
        folder.mkdir()
        faults = Faults(faults_library, folder)
        with start(taskflow_program, faults.store, env=faults.environment) as server:
            queue = Queue(server)
            queue.add("measured")
            claiming, task = calls_of(faults, lambda: queue.take("measured", key="measured"))
            completing, _ = calls_of(faults, lambda: queue.complete(task, result=1))
            holder = Holder(server)
            # The last call of a commit is the one that syncs.
            faults.arm(claiming if verb == "claim" else completing, times=1 << 40)
            answer = holder.claim() if verb == "claim" else holder.say(verb, CALLS[verb][0])
            assert refusal(answer) == (503, "OUTCOME_UNKNOWN"), answer
            faults.disarm()
            wait_until_ready(server)
            holder.say_all_again(holder.say_all())
            holder.check()


def calls_of(faults: Faults, work) -> tuple[int, object]:
    """How many calls on the store `work` leads to, and what it returns."""
    before = len(disk_calls(faults))
    found = work()
    return len(disk_calls(faults)) - before, found


def disk_calls(faults: Faults) -> list[str]:
    return [line for line in faults.calls() if not line.startswith("send")]
