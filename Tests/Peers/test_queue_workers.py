"""Workers in Swift, Python and Node that are killed in the midst of their work: each task is done, and none twice."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from queue_audit import audit
from queue_client import WORKER, Queue, Session, ids, new_name, until

FOLDER = Path(__file__).parent


def commands(queue: Queue, kind: str) -> dict[str, list[str]]:
    server = queue.server
    arguments = [server.url, WORKER, kind]
    return {
        "swift": [server.process.args[0], "worker", "--url", server.url, "--token", WORKER, "--types", kind,
                  "--concurrency", "4", "--lease", "5", "--exec", "true"],
        "py": [sys.executable, str(FOLDER / "queue_worker.py"), *arguments],
        "node": ["node", str(FOLDER / "queue_worker.js"), *arguments]}


def end(process: subprocess.Popen) -> None:
    process.kill()
    process.wait(10)


def done_though_killed(queue: Queue, count: int, kills: int) -> None:
    kind, before, chance = new_name(), queue.position(), random.Random(7)
    made: list[str] = []
    with Session(queue.server) as session:
        while len(made) < count:
            # A worker that dies with a task is none of the task's fault here.
            task = {"type": kind, "maxStalls": 100, "maxAttempts": 100}
            made += ids(session.done("/tasks/batch", {"tasks": [task] * min(1_000, count - len(made))})["tasks"])

    def start(command: list[str]) -> subprocess.Popen:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    running = {name: start(command) for name, command in commands(queue, kind).items()}
    try:
        for number in range(kills * len(running)):
            time.sleep(chance.uniform(0.1, 0.4))  # When one is killed is what is random.
            name = list(running)[number % len(running)]
            end(running[name])
            running[name] = start(commands(queue, kind)[name])
        until(lambda: not left(queue, kind), 90, "some tasks are never done")
    finally:
        for process in running.values():
            end(process)
    histories = audit(queue.events(before))
    assert sorted(histories) == made and all(history.completions == 1 for history in histories.values())
    outcomes = {attempt["worker"].split(":")[0] for id in made[::50] for attempt in queue.full(id)["attempts"]}
    print(f"{sum(history.attempt > 1 for history in histories.values())} tasks took a second attempt; {outcomes}")


def left(queue: Queue, kind: str) -> bool:
    """Whether there is a task that has not been completed."""
    return any(queue.json(f"/tasks?type={kind}&state={state}&limit=1") for state in ("ready", "scheduled", "running"))


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_workers_that_are_killed_do_each_task_once(queue):
    done_though_killed(queue, 600, 2)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_workers_that_are_killed_ten_times_each_do_5_000_tasks_once(queue):
    done_though_killed(queue, 5_000, 10)
