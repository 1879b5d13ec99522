"""The programs of the queue at a real server: `taskflow worker`, `enqueue`, `tasks`, the workers of docs/queue.md, the demo."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from client import ADMIN, Client
from queue_client import WORKER, ending_well, until
from server import TRACE

ROOT = Path(__file__).resolve().parent.parent.parent


def run(server, *arguments: str, token: str = ADMIN) -> subprocess.CompletedProcess:
    result = subprocess.run(
        [server.process.args[0], *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "TASKFLOW_URL": server.url, "TASKFLOW_TOKEN": token})
    assert not TRACE.search(result.stderr), result.stderr
    return result


def enqueue(server, kind: str, *flags: str) -> str:
    result = run(server, "enqueue", kind, *flags)
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout.strip()


def worker(server, kind: str, command: str, *flags: str):
    return ending_well([server.process.args[0], "worker", "--url", server.url, "--token", WORKER, "--types", kind,
                        "--exec", command, *flags])


def full(server, id: str) -> dict:
    return Client(server).json(f"/tasks/{id}?view=full")


def ended(server, id: str, state: str) -> dict:
    until(lambda: full(server, id)["state"] == state)
    return full(server, id)


def test_a_task_goes_from_enqueue_by_a_worker_to_its_result(taskflow):
    id = enqueue(taskflow, "whole", "--payload", '{"a":[1.50,null,"Ł"]}')
    with worker(taskflow, "whole", 'echo "[\\"$TASKFLOW_TASK_ID\\",$TASKFLOW_FENCE,$(cat)]"', "--once") as process:
        process.wait(30)
    task = ended(taskflow, id, "completed")
    assert task["result"] == [id, task["attempts"][-1]["fence"], {"a": [1.5, None, "Ł"]}]


@pytest.mark.parametrize("code, state", [(65, "failed"), (1, "scheduled")])
def test_a_command_that_fails_is_tried_again_or_not(taskflow, code, state):
    id = enqueue(taskflow, f"fails-{code}")
    with worker(taskflow, f"fails-{code}", f"echo no luck >&2; exit {code}", "--once") as process:
        process.wait(30)
    assert ended(taskflow, id, state)["error"]["message"] == "no luck"


def test_what_a_worker_gives_back_is_ready_at_once_with_its_attempt(taskflow, tmp_path):
    short, long = enqueue(taskflow, "drain", "--payload", '"short"'), enqueue(taskflow, "drain", "--payload", '"long"')
    command = f"read -r kind; touch {tmp_path}/$TASKFLOW_FENCE; if [ $kind = '\"short\"' ]; then sleep 1; else sleep 60; fi"
    with worker(taskflow, "drain", command, "--concurrency", "3", "--drain", "3") as process:
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        process.terminate()
        until(lambda: process.poll() is not None)
    assert full(taskflow, short)["state"] == "completed"
    assert (full(taskflow, long)["state"], full(taskflow, long)["attempt"]) == ("ready", 0)


def test_a_task_that_is_cancelled_while_it_runs_ends_so(taskflow, tmp_path):
    id = enqueue(taskflow, "cancel")
    with worker(taskflow, "cancel", f"touch {tmp_path}/runs; sleep 60", "--lease", "5"):
        until((tmp_path / "runs").exists)
        assert json.loads(run(taskflow, "tasks", "cancel", id, "--reason", "why").stdout)["cancelRequested"] is True
        ended(taskflow, id, "cancelled")


def test_a_worker_waits_for_a_server_that_is_killed_and_completes_with_the_fence_it_has(taskflow_program, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        id = enqueue(server, "survives")
        command = f"touch {tmp_path}/runs; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo done"
        with worker(server, "survives", command):
            until((tmp_path / "runs").exists)
            server.kill()
            (tmp_path / "go").touch()
            assert server.start_again()
            until(lambda: Client(server).ask("GET", "/ready").status == 200)
            task = ended(server, id, "completed")
        assert (task["result"], task["attempt"]) == ("done", 1)


@pytest.mark.parametrize("token, code", [("secret-user-123", "INSUFFICIENT_PERMISSIONS"), ("wrong", "INVALID_TOKEN")])
def test_a_worker_that_may_not_ends_with_1_and_says_why(taskflow, token, code):
    result = run(taskflow, "worker", "--types", "a", "--exec", "true", token=token)
    assert result.returncode == 1 and code in result.stderr and result.stdout == ""


def test_enqueue_makes_what_it_was_told(taskflow):
    first = enqueue(taskflow, "made", "--unique", "u")
    assert enqueue(taskflow, "made", "--unique", "u") == first
    id = enqueue(taskflow, "made", "--title", "T", "--priority", "7", "--project", "p", "--delay", "1h", "--after", first,
                 "--max-attempts", "2", "--timeout", "90", "--lease", "1m", "--max-stalls", "7", "--retry", "base=1s,factor=2")
    task = full(taskflow, id)
    assert (task["lease"], task["maxStalls"]) == (60, 7)
    assert task["retry"] == {"base": 1, "factor": 2, "max": 3_600, "jitter": 0.2}
    assert [task[name] for name in ("type", "title", "priority", "project", "dependencies", "maxAttempts", "timeout", "state")] == [
        "made", "T", 7, "p", [first], 2, 90, "waiting"]


def test_tasks_are_listed_shown_cancelled_and_retried(taskflow):
    made = [enqueue(taskflow, "listed", "--payload", str(number)) for number in range(3)]
    assert [task["id"] for task in json.loads(run(taskflow, "tasks", "--type", "listed").stdout)] == made[::-1]
    assert json.loads(run(taskflow, "tasks", "--type", "listed", "--state", "failed").stdout) == []
    shown = json.loads(run(taskflow, "tasks", "show", made[1]).stdout)
    assert (shown["id"], shown["payload"], shown["state"]) == (made[1], 1, "ready")
    assert json.loads(run(taskflow, "tasks", "cancel", made[0]).stdout)["state"] == "cancelled"
    assert json.loads(run(taskflow, "tasks", "retry", made[0]).stdout)["state"] == "ready"


@pytest.mark.parametrize("arguments", [
    ["tasks", "show", "00000000-0000-7000-8000-000000000000"], ["tasks", "retry", "nonsense"], ["tasks", "--state", "x"],
    ["enqueue", "a b"], ["enqueue", "a", "--run-at", "tomorrow"], ["enqueue", "a", "--retry", "factor=11"]])
def test_what_the_server_refuses_is_code_1_with_its_words(taskflow, arguments):
    result = run(taskflow, *arguments)
    assert result.returncode == 1 and re.search(r"[A-Z]+_[A-Z]+: ", result.stderr) and result.stdout == ""


def program(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", (ROOT / "docs" / "queue.md").read_text(), re.DOTALL)[1]


@pytest.mark.parametrize("language, handle, command", [
    ("python", 'def handle(payload):\n    if payload["fails"]: raise ValueError("no luck")\n    return [payload]\n\n',
     [sys.executable, "-c"]),
    ("js", 'function handle(payload) { if (payload.fails) throw new Error("no luck"); return [payload]; }\n\n',
     ["node", "--input-type=module", "-e"])])
def test_the_workers_of_the_documentation_work(fresh, language, handle, command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    good, bad = (enqueue(fresh, "email", "--payload", json.dumps({"fails": fails})) for fails in (False, True))
    source = handle + program(language).replace("http://localhost:3000", fresh.url)
    process = subprocess.Popen([*command, source], stdin=subprocess.DEVNULL)
    try:
        assert ended(fresh, good, "completed")["result"] == [{"fails": False}]
        assert ended(fresh, bad, "scheduled")["error"]["message"] == "no luck"
        assert process.poll() is None
    finally:
        process.kill()
        process.wait(10)


def test_the_demonstration_shows_that_nothing_is_lost(fresh):
    result = subprocess.run(
        ["bash", ROOT / "scripts" / "queue-demo.sh"], env={"PATH": os.environ["PATH"], "BASE_URL": fresh.url},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr
    assert "LEASE_LOST" in result.stdout and result.stdout.endswith("\nEverything works.\n")
    assert Client(fresh).json("/tasks") == []
