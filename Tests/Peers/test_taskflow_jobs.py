"""The jobs of reports where several servers, or processes, have one store on Redis: any of them finds them."""

import json
import signal
import subprocess
import time

import pytest

from client import call, get, wait_until_ready
from contract import TIMESTAMP, assert_error
from redis_server import RedisServer
from server import TRACE
from test_taskflow_processes import children, start as start_processes

# More than a worker does before it is stopped, after ten seconds.
ENDLESS = 1_000_000_000
GONE = "The process that made it is not there any more."


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def servers(taskflow_program, redis):
    both = [taskflow_program.start("--store", redis.address()) for _ in range(2)]
    try:
        for server in both:
            wait_until_ready(server)
        yield both
    finally:
        for server in both:
            if server.process.poll() is None:
                server.kill()
            assert not TRACE.search(server.output()), server.output()


def begin(server, iterations: int = 1_000) -> str:
    answer = call(server, "POST", f"/tasks/reports/start?heavyIterations={iterations}")
    assert answer.status == 202
    return json.loads(answer.body)["statusPath"]


def job_of(answer: dict) -> dict:
    """A job, without what each answer has of its own."""
    return {name: value for name, value in answer.items() if name not in ("requestId", "pid")}


def report(server, path: str) -> dict:
    return job_of(get(server, path))


def until(server, path: str, *statuses: str, seconds: float = 20) -> dict:
    """Asks until the job has one of these states: another server hears of them a moment later."""
    deadline = time.monotonic() + seconds
    while True:
        answer = call(server, "GET", path)
        job = json.loads(answer.body)
        if answer.status == 200 and job["status"] in statuses:
            return job_of(job)
        assert answer.status in (200, 404, 503) and time.monotonic() < deadline, job
        time.sleep(0.02)  # Between two looks; being right does not hang on it.


def test_a_job_is_the_same_at_every_server(servers):
    one, other = servers
    for maker, asked in ((one, other), (other, one)):
        path = begin(maker)
        job = until(asked, path, "completed")
        assert job == report(maker, path) and job["output"]["syntheticCpuScore"] == 65.7829
        assert get(asked, path)["pid"] == asked.process.pid != get(maker, path)["pid"]
        assert get(asked, "/tasks/reports/stats")["totals"]["submitted"] <= 1, "the work is done once"


def test_another_server_sees_a_job_wait_and_run(servers):
    one, other = servers
    size = get(one, "/tasks/reports/stats")["poolSize"]
    paths = [begin(one, ENDLESS) for _ in range(size + 1)]
    running = until(other, paths[0], "running")
    assert TIMESTAMP.fullmatch(running["startedAt"]) and running == report(one, paths[0])
    waiting = until(other, paths[-1], "queued")
    assert (waiting["startedAt"], waiting["finishedAt"], waiting["output"], waiting["error"]) == (None,) * 4


def test_a_job_whose_server_was_killed_has_failed_and_one_that_was_done_is_there(servers):
    one, other = servers
    done, running = begin(one), begin(one, ENDLESS)
    before = until(other, done, "completed")
    began = until(other, running, "running")
    one.kill()
    assert report(other, running)["status"] == "running", "it is not known yet"
    lost = until(other, running, "failed")
    assert lost == began | {"status": "failed", "error": GONE}
    assert report(other, done) == before


def test_a_job_whose_server_has_stopped_has_failed_at_once(servers):
    one, other = servers
    running = begin(one, ENDLESS)
    until(other, running, "running")
    one.signal(signal.SIGTERM)
    assert one.wait(20) == 0
    job = report(other, running)
    assert job["status"] == "failed" and job["error"]


def test_a_server_that_was_taken_for_dead_goes_on_with_its_job(servers):
    one, other = servers
    running = begin(one, ENDLESS)
    until(other, running, "running")
    one.signal(signal.SIGSTOP)
    until(other, running, "failed")
    one.signal(signal.SIGCONT)
    assert until(other, running, "running", "completed")["error"] is None
    assert until(other, running, "completed") == report(one, running)


def test_while_redis_is_gone_a_server_knows_its_own_jobs_and_says_that_it_cannot_look_for_others(servers, redis):
    one, other = servers
    before, running = begin(one), begin(one, 30_000_000)
    until(other, before, "completed")
    redis.kill()
    deadline = time.monotonic() + 10
    while (answer := call(other, "GET", before)).status != 503:
        assert time.monotonic() < deadline
    assert_error(answer, 503, "STORAGE_UNAVAILABLE")
    assert answer["Retry-After"] and report(one, before)["status"] == "completed"
    meanwhile = begin(one)
    for path in (running, meanwhile):
        until(one, path, "completed")
    redis.start()
    for server in servers:
        wait_until_ready(server)
    for path in (before, running, meanwhile):
        assert until(other, path, "completed") == report(one, path)


@pytest.mark.parametrize("id", ["x", "01a20993-6476-7000-bbca-8e57b971c49d", "..%2f"])
def test_a_job_that_never_was_is_404_everywhere(servers, id):
    for server in servers:
        assert_error(call(server, "GET", f"/tasks/reports/{id}"), 404, "JOB_NOT_FOUND")


def test_a_server_takes_the_jobs_out_of_redis_that_it_knows_no_more(servers, redis):
    one, other = servers
    paths = []
    while len(paths) < 1_020:
        answer = call(one, "POST", "/tasks/reports/start?heavyIterations=1")
        if answer.status == 202:
            paths.append(json.loads(answer.body)["statusPath"])
    until(other, paths[-1], "completed")

    def notes() -> int:
        output = subprocess.run(["redis-cli", "-s", str(redis.path), "--scan", "--pattern", "*:note:*"],
                                capture_output=True, text=True, check=True).stdout
        return len(output.split())

    deadline = time.monotonic() + 20
    while notes() != 1_000:
        assert time.monotonic() < deadline, notes()
    assert_error(call(other, "GET", paths[19]), 404, "JOB_NOT_FOUND")
    assert report(other, paths[20])["status"] == "completed"


# --- Processes at one address -----------------------------------------------------------------------------------------

def ask_all(server, path: str, count: int = 2) -> dict[int, dict]:
    """What each process says, by its number: the system spreads new connections over them."""
    answers, deadline = {}, time.monotonic() + 20
    while len(answers) < count:
        assert time.monotonic() < deadline, answers
        answer = get(server, path)
        answers[answer["pid"]] = answer
    return answers


def test_every_process_finds_the_jobs_of_the_others_and_says_when_theirs_has_died(taskflow_program, redis):
    with start_processes(taskflow_program, redis, 2) as server:
        path = begin(server)
        until(server, path, "completed")
        deadline = time.monotonic() + 20
        while len({json.dumps(job_of(answer)) for answer in ask_all(server, path).values()}) > 1:
            assert time.monotonic() < deadline
        answer = call(server, "POST", f"/tasks/reports/start?heavyIterations={ENDLESS}")
        begun = json.loads(answer.body)
        until(server, begun["statusPath"], "running")
        assert begun["pid"] in children(server)
        subprocess.run(["kill", "-9", str(begun["pid"])], check=True)
        # A successor that has come to be asked knows no more of it than the other.
        deadline = time.monotonic() + 20
        while True:
            try:
                job = get(server, begun["statusPath"])
            except (ConnectionError, OSError):
                continue
            if job["status"] == "failed":
                break
            assert job["status"] == "running" and time.monotonic() < deadline, job
        assert job["error"] == GONE and job["pid"] != begun["pid"]


@pytest.mark.parametrize("method, path", [
    ("GET", "/ready"), ("GET", "/tasks/system/memory"), ("GET", "/tasks/system/loop"), ("GET", "/tasks/system/ws"),
    ("GET", "/tasks/reports/stats"), ("POST", "/tasks/memory/leak?count=1&sizeKb=1"),
    ("POST", "/tasks/memory/safe?count=1&sizeKb=1"), ("POST", "/tasks/memory/clear"),
])
def test_what_is_of_one_process_says_of_which(taskflow_program, redis, method, path):
    with start_processes(taskflow_program, redis, 2) as server:
        found, deadline = set(), time.monotonic() + 20
        while found != children(server):
            answer = call(server, method, path)
            assert answer.status in (200, 201) and time.monotonic() < deadline, answer.body
            found.add(json.loads(answer.body)["pid"])
