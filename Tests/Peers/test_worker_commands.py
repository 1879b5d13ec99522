"""`taskflow worker`, `enqueue` and `tasks`, as an operator runs them, against a server that does what a test wants."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from fake_queue import FakeQueue
from queue_client import ending_well, until
from server import TRACE, free_port


@pytest.fixture
def queue():
    queue = FakeQueue()
    yield queue
    queue.close()


@pytest.fixture(scope="module")
def binary(request) -> str:
    return request.config.getoption("taskflow") or pytest.skip("no --taskflow given")


def environment(url: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "TASKFLOW_URL": url, "TASKFLOW_TOKEN": "secret"}


def run(binary: str, url: str, *arguments: str) -> subprocess.CompletedProcess:
    result = subprocess.run([binary, *arguments], env=environment(url), stdin=subprocess.DEVNULL, capture_output=True,
                            text=True, timeout=60)
    assert not TRACE.search(result.stderr), result.stderr
    return result


def worker(binary: str, queue: FakeQueue, command: str, *flags: str):
    return ending_well([binary, "worker", "--types", "kind", "--exec", command, *flags], env=environment(queue.url))


def runs(process: str) -> bool:
    """Whether it does; one that was ended may wait for its parent, or for the system in its place, to look at it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def outcome_of(binary: str, queue: FakeQueue, command: str, payload=None) -> tuple[str, dict]:
    id = queue.add(payload)
    with worker(binary, queue, command, "--once") as process:
        process.wait(30)
    return queue.outcome(id)


@pytest.mark.parametrize("command, result", [
    ("cat", {"a": [1.50, None, "Ł"]}), ("echo Hello", "Hello"), ("printf 'a\\nb\\n\\n'", "a\nb"), ("echo 5", 5),
    ("echo '\"text\"'", "text"), ("echo '{\"a\":'", '{"a":'), ("printf '\\377'", "\ufffd"),
    ('echo "$TASKFLOW_TYPE $TASKFLOW_ATTEMPT $TASKFLOW_FENCE"', "kind 2 40"), ("sleep 60 & echo left", "left")])
def test_a_command_that_exits_with_0_has_completed_its_task_with_what_it_printed(binary, queue, command, result):
    kind, told = outcome_of(binary, queue, command, {"a": [1.50, None, "Ł"]})
    assert (kind, told["result"], told["fence"]) == ("complete", result, 40)


def test_a_command_that_prints_nothing_has_no_result(binary, queue):
    kind, told = outcome_of(binary, queue, "cat >&2")
    assert (kind, told["result"]) == ("complete", None)


@pytest.mark.parametrize("command, retryable, message", [
    ("echo no such template >&2; exit 65", False, "no such template"), ("exit 65", False, "The program ended with code 65."),
    ("echo out; echo later >&2; exit 1", True, "later"), ("kill -9 $$", True, "The program ended with code 137."),
    ("yes x | head -c 3000000 >&2; echo the end >&2; exit 2", True, "the end"), ("/no/such/program", True, "not found"),
    ("yes", True, "It wrote more than 65536 bytes.")])
def test_any_other_code_is_a_failure_and_65_one_for_good(binary, queue, command, retryable, message):
    kind, told = outcome_of(binary, queue, command)
    assert (kind, told["retryable"]) == ("fail", retryable)
    assert told["error"]["message"].endswith(message) and len(told["error"]["message"]) <= 1_000


@pytest.mark.parametrize("length, kind", [(65_534, "complete"), (65_535, "fail")])
def test_a_result_is_as_long_as_the_server_takes(binary, queue, length, kind):
    assert outcome_of(binary, queue, f"head -c {length} /dev/zero | tr '\\0' x")[0] == kind


def test_once_without_a_task_ends_at_once(binary, queue):
    with worker(binary, queue, "true", "--once") as process:
        assert process.wait(30) == 0
    assert queue.limits == [1]


def test_never_more_is_claimed_than_slots_are_free(binary, queue, tmp_path):
    made = [queue.add() for _ in range(5)]
    with worker(binary, queue, f"touch {tmp_path}/$TASKFLOW_FENCE; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done",
                "--concurrency", "2"):
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        assert len(queue.ready) == 3
        (tmp_path / "go").touch()
        assert {queue.outcome(id)[0] for id in made} == {"complete"}
    assert max(queue.limits) == 2


def test_sigterm_lets_what_runs_end_and_gives_back_the_rest(binary, queue, tmp_path):
    short, long = queue.add("short"), queue.add("long")
    command = f"read -r kind; touch {tmp_path}/$TASKFLOW_FENCE; if [ $kind = '\"short\"' ]; then sleep 1; else sleep 60; fi"
    with worker(binary, queue, command, "--concurrency", "3", "--drain", "3") as process:
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        process.terminate()
        until(lambda: process.poll() is not None)
        later = queue.add()
    assert (queue.outcome(short)[0], queue.outcome(long)[0]) == ("complete", "release")
    assert later not in queue.told


def test_a_second_signal_ends_the_wait(binary, queue, tmp_path):
    id = queue.add()
    with worker(binary, queue, f"touch {tmp_path}/runs; sleep 60", "--drain", "1h") as process:
        until((tmp_path / "runs").exists)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # Two signals at once are one.
        process.send_signal(signal.SIGINT)
        until(lambda: process.poll() is not None)
    assert queue.outcome(id)[0] == "release"


@pytest.mark.parametrize("minds", [True, False])
def test_a_cancelled_task_gets_sigterm_with_all_that_it_started_and_sigkill_5_s_later(binary, queue, tmp_path, minds):
    id = queue.add(lease=3)
    trap = "trap 'echo told >&2; exit 1' TERM; wait" if minds else "trap '' TERM; while :; do sleep 0.1; done"
    with worker(binary, queue, f"sleep 61.7 & echo $! >{tmp_path}/child; {trap}"):
        until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text())
        began = time.monotonic()
        queue.cancelled.add(id)
        kind, told = queue.outcome(id)
        assert kind == "fail" and told["error"]["message"] == ("told" if minds else "The program ended with code 137.")
        assert minds or time.monotonic() - began >= 5
    until(lambda: not runs((tmp_path / "child").read_text().strip()))


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_ends_it(binary, queue):
    queue.refusals = [(503, "1"), (503, "1")]
    id = queue.add()
    with worker(binary, queue, "true"):
        assert queue.outcome(id)[0] == "complete"
    queue.refusals = [(401, "")]
    result = run(binary, queue.url, "worker", "--types", "kind", "--exec", "true")
    assert result.returncode == 1 and "REFUSED: No." in result.stderr and result.stdout == ""


@pytest.mark.parametrize("flags", [
    ["--types", "a"], ["--types", ",", "--exec", "x"], ["--types", "a", "--exec", "x", "--concurrency", "0"],
    ["--types", "a", "--exec", "x", "--lease", "4s"], ["--types", "a", "--exec", "x", "--drain", "soon"]])
def test_a_worker_with_a_wrong_flag_is_code_64(binary, queue, flags):
    assert run(binary, queue.url, "worker", *flags).returncode == 64


def test_enqueue_makes_what_it_was_told_and_prints_the_id(binary, queue, tmp_path):
    (tmp_path / "payload").write_text(' {"a": 1}\n')
    result = run(binary, queue.url, "enqueue", "email", "--payload", f"@{tmp_path}/payload", "--title", "T", "--priority", "7",
                 "--project", "p", "--delay", "1.5s", "--after", "x", "--unique", "k", "--max-attempts", "2", "--timeout", "90")
    assert (result.returncode, result.stdout, result.stderr) == (0, "made\n", "")
    assert queue.made == [{
        "type": "email", "payload": {"a": 1}, "title": "T", "priority": 7, "project": "p", "dependencies": ["x"], "delay": 1.5,
        "maxAttempts": 2, "timeout": 90, "unique": {"key": "k", "onConflict": "existing"}}]


@pytest.mark.parametrize("flags, made", [
    (["--run-at", "2099-01-01T00:00:00+02:00", "--lease", "5m", "--max-stalls", "5"],
     {"runAt": "2099-01-01T00:00:00+02:00", "lease": 300, "maxStalls": 5}),
    (["--retry", "base=500ms,factor=1.5,max=2h,jitter=0"],
     {"retry": {"base": 0.5, "factor": 1.5, "max": 7_200, "jitter": 0}}),
    (["--retry", "max=1m"], {"retry": {"base": 5, "factor": 3, "max": 60, "jitter": 0.2}})])
def test_enqueue_says_when_and_how_often(binary, queue, flags, made):
    result = run(binary, queue.url, "enqueue", "kind", *flags)
    assert (result.returncode, result.stdout, result.stderr) == (0, "made\n", "")
    assert queue.made == [{"type": "kind"} | made]


@pytest.mark.parametrize("flags", [
    ["--lease", "4s"], ["--lease", "13h"], ["--lease", "x"], ["--delay", "1s", "--run-at", "2099-01-01T00:00:00Z"],
    ["--retry", ""], ["--retry", "base"], ["--retry", "base=x"], ["--retry", "factor=nan"], ["--retry", "base=1s,"],
    ["--retry", "often=1"], ["--max-stalls", "x"]])
def test_a_wrong_flag_of_enqueue_is_code_64_and_named(binary, queue, flags):
    result = run(binary, queue.url, "enqueue", "kind", *flags)
    assert result.returncode == 64 and flags[0].lstrip("-") in result.stderr and queue.made == []


@pytest.mark.parametrize("flags, code", [
    (["--payload", "{x"], 1), (["--payload", "@/no/such/file"], 1), (["--delay", "5x"], 64), (["--priority", "high"], 64),
    (["--nonsense"], 64)])
def test_what_cannot_be_made_is_said(binary, queue, flags, code):
    result = run(binary, queue.url, "enqueue", "kind", *flags)
    assert result.returncode == code and result.stderr and result.stdout == "" and queue.made == []


def test_tasks_are_json_where_no_terminal_is(binary, queue):
    assert [task["id"] for task in json.loads(run(binary, queue.url, "tasks", "--state", "ready").stdout)] == ["one"]
    assert json.loads(run(binary, queue.url, "tasks", "show", "one").stdout)["state"] == "ready"
    assert json.loads(run(binary, queue.url, "tasks", "cancel", "one", "--reason", "why").stdout)["id"] == "made"
    assert queue.made == [{"reason": "why", "force": False}]


def test_a_terminal_gets_a_table_that_gives_it_no_orders(binary, queue):
    keyboard, screen = pty.openpty()
    with subprocess.Popen([binary, "tasks"], env=environment(queue.url), stdin=subprocess.DEVNULL, stdout=screen) as process:
        os.close(screen)
        shown = b""
        with contextlib.suppress(OSError):  # How Linux says that no process writes any more.
            while piece := os.read(keyboard, 65_536):
                shown += piece
    os.close(keyboard)
    head, row = shown.decode().split("\r\n")[:2]
    assert head.split() == ["ID", "STATE", "TYPE", "ATTEMPT", "PRIORITY", "WHAT"]
    assert row.split() == ["one", "ready", "kind", "0", "5", "\\x1b[2J"] and process.returncode == 0


def test_a_server_that_is_not_there_is_code_1(binary):
    result = run(binary, f"http://127.0.0.1:{free_port()}", "tasks")
    assert result.returncode == 1 and "ECONNREFUSED" in result.stderr


@pytest.mark.parametrize("command, words", [
    ("worker", ["TASKFLOW_FENCE", "65", "SIGTERM"]), ("enqueue", ["--unique", "--run-at", "--retry", "TASKFLOW_TOKEN"]), ("tasks", ["list", "retry", "jq"])])
def test_help_teaches(binary, command, words):
    result = run(binary, "http://127.0.0.1:1", command, "--help")
    assert result.returncode == 0 and all(word in result.stdout for word in words)
