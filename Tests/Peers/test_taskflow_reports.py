"""Reports, work on the loop and on workers, memory, the loop's numbers, the demonstrations and the page."""

import json
import os
import re
import socket
import struct
import threading
import time

import pytest

from client import ADMIN, USER, call, get
from contract import TIMESTAMP, UUID_V7, assert_error

# More than a debug build does in a second or so, and less than it does in ten.
SOME_WORK = 10_000_000


@pytest.fixture(scope="module")
def guarded(taskflow_program):
    """A server with tokens of its own and without the demonstrations."""
    environment = os.environ | {"ADMIN_TOKEN": "a" * 20, "USER_TOKEN": "u" * 20}
    with taskflow_program.start(env=environment) as server:
        yield server


def wait_for_report(server, path, **options):
    deadline = time.monotonic() + 60
    while (report := get(server, path, **options))["status"] in ("queued", "running"):
        assert time.monotonic() < deadline, report
        time.sleep(0.02)  # Between two looks; being right does not hang on it.
    return report


# Reports


def test_a_report_is_begun_and_then_there(fresh):
    ids = []
    for fields in ({"priority": 8}, {"priority": 7, "status": "completed"}, {"status": "failed"}):
        task = call(fresh, "POST", "/tasks", {"title": "t"} | fields)
        assert task.status == 201
        ids.append(json.loads(task.body)["id"])
    for needed in ids[:2]:
        assert call(fresh, "POST", "/tasks", {"title": "needs", "dependencies": [needed], "priority": 4}).status == 201
    answer = call(fresh, "POST", "/tasks/reports/start?heavyIterations=1000")
    started = json.loads(answer.body)
    assert answer.status == 202 and started.keys() == {"requestId", "pid", "message", "jobId", "statusPath"}
    assert UUID_V7.fullmatch(started["jobId"]) and started["statusPath"] == f"/tasks/reports/{started['jobId']}"
    report = wait_for_report(fresh, started["statusPath"])
    assert report.keys() == {
        "requestId", "pid", "jobId", "status", "createdAt", "startedAt", "finishedAt", "output", "error"}
    assert report["status"] == "completed" and report["error"] is None and report["jobId"] == started["jobId"]
    assert report["createdAt"] <= report["startedAt"] <= report["finishedAt"]
    assert all(TIMESTAMP.fullmatch(report[name]) for name in ("createdAt", "startedAt", "finishedAt"))
    output = report["output"]
    assert output["summary"] == {
        "totalTasks": 5, "blockedTasks": 1, "unblockedTasks": 4, "totalDependencies": 2}
    assert output["byStatus"] == {"pending": 3, "in-progress": 0, "completed": 1, "failed": 1}
    assert output["byPriority"] == {"high": 1, "medium": 3, "low": 1}
    assert output["syntheticCpuScore"] == 65.7829 and output["durationMs"] >= 0
    assert TIMESTAMP.fullmatch(output["generatedAt"]) and isinstance(output["threadId"], int)


def test_a_report_over_many_tasks_counts_each_once(fresh):
    for number in range(1_201):
        assert call(fresh, "POST", "/tasks", {"title": str(number)}).status == 201
    path = json.loads(call(fresh, "POST", "/tasks/reports/start?heavyIterations=1").body)["statusPath"]
    assert wait_for_report(fresh, path)["output"]["summary"]["totalTasks"] == 1_201


def test_the_full_queue_is_503_and_says_when_to_come_back(fresh):
    started = [call(fresh, "POST", "/tasks/reports/start?heavyIterations=1000000000") for _ in range(110)]
    statuses = [answer.status for answer in started]
    size = get(fresh, "/tasks/reports/stats")["poolSize"]
    assert statuses == [202] * (size + 100) + [503] * (10 - size)
    assert_error(started[-1], 503, "SERVICE_UNAVAILABLE")
    assert int(started[-1]["Retry-After"]) > 0
    assert_error(call(fresh, "GET", "/tasks/reports/worker-run"), 503, "SERVICE_UNAVAILABLE")
    stats = get(fresh, "/tasks/reports/stats")
    assert stats["active"] == size and stats["queued"] == 100 and stats["totals"]["refused"] == 11 - size
    # A report that waits has not been started.
    waiting = get(fresh, json.loads(started[size + 50].body)["statusPath"])
    assert (waiting["status"], waiting["startedAt"], waiting["output"]) == ("queued", None, None)
    running = get(fresh, json.loads(started[0].body)["statusPath"])
    assert running["status"] == "running" and TIMESTAMP.fullmatch(running["startedAt"]) and not running["finishedAt"]


def test_the_last_thousand_jobs_are_kept(fresh):
    paths = []
    while len(paths) < 1_001:
        answer = call(fresh, "POST", "/tasks/reports/start?heavyIterations=1")
        if answer.status == 202:
            paths.append(json.loads(answer.body)["statusPath"])
    assert_error(call(fresh, "GET", paths[0]), 404, "JOB_NOT_FOUND")
    assert get(fresh, paths[1])["status"] and get(fresh, paths[-1])["status"]
    assert get(fresh, "/tasks/reports/stats")["jobs"] == 1_000


@pytest.mark.parametrize("id", ["x", "01a20993-6476-7000-bbca-8e57b971c49d", "..%2f"])
def test_a_job_that_never_was_is_404(taskflow, id):
    assert_error(call(taskflow, "GET", f"/tasks/reports/{id}"), 404, "JOB_NOT_FOUND")


def test_the_pool_tells_its_numbers(taskflow):
    stats = get(taskflow, "/tasks/reports/stats")
    assert stats.keys() >= {"requestId", "poolSize", "active", "queued", "totals"}
    # One thread of four is for names and files.
    assert stats["poolSize"] == 3


# The same work on the loop and on a worker


WORKERS = ["/tasks/reports/worker-run", "/demo/cpu/worker/run"]
WORK = ["/tasks/reports/blocking", "/tasks/reports/worker-run", "/demo/cpu/blocking", "/demo/cpu/worker/run"]


@pytest.mark.parametrize("path", WORK)
def test_the_work_is_the_same_in_every_place(taskflow, path):
    answer = get(taskflow, f"{path}?iterations=1000")
    assert answer.keys() == {"requestId", "pid", "mode", "iterations", "result", "durationMs", "complete"}
    assert (answer["iterations"], answer["result"], answer["complete"]) == (1_000, 65.7829, True)
    assert get(taskflow, f"{path}?iterations=1")["result"] == 0


@pytest.mark.parametrize("path", WORK)
def test_without_a_number_it_is_five_million(taskflow, path):
    assert get(taskflow, path)["iterations"] == 5_000_000


@pytest.mark.parametrize("value", ["0", "1000000001", "-1", "1.5", "1e3", "", "x", "+5", "99999999999999999999"])
@pytest.mark.parametrize("method, path, name", [
    *[("GET", path, "iterations") for path in WORK],
    ("POST", "/tasks/reports/start", "heavyIterations"), ("GET", "/demo/cpu/worker/start", "heavyIterations"),
])
def test_another_number_is_422(taskflow, method, path, name, value):
    answer = call(taskflow, method, f"{path}?{name}={value}")
    assert_error(answer, 422, "VALIDATION_ERROR")
    assert json.loads(answer.body)["error"]["details"] == {"field": name}


def test_the_largest_number_stops_after_ten_seconds(fresh):
    answer = get(fresh, "/tasks/reports/worker-run?iterations=1000000000")
    assert not answer["complete"] and 9_900 < answer["durationMs"] < 15_000


def order_of(server, path: str) -> list[str]:
    """Which is answered first: the work, or /health that is asked for when the work has begun."""
    answered, sent = [], threading.Event()

    def work():
        with server.connect(60) as connection:
            connection.sendall(
                f"GET {path}?iterations={SOME_WORK} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {ADMIN}\r\n"
                "Connection: close\r\n\r\n".encode())
            sent.set()
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        answered.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    sent.wait()
    time.sleep(0.05)  # So that the work has arrived; it takes much longer.
    call(server, "GET", "/health")
    answered.append("health")
    thread.join()
    return answered


@pytest.mark.parametrize("path", WORKERS)
def test_health_is_answered_before_work_on_a_worker(fresh, path):
    assert order_of(fresh, path) == ["health", "work"]


def test_health_is_answered_after_work_on_the_loop(fresh):
    while get(fresh, "/tasks/system/loop")["delayMs"]["samples"] == 0:
        pass
    before = time.monotonic()
    order_of(fresh, "/tasks/reports/blocking")
    waited = (time.monotonic() - before) * 1_000
    # All clients waited as long as the loop stood still; a sample includes its period.
    assert waited + 25 >= get(fresh, "/tasks/system/loop")["delayMs"]["max"] > 100


def begin_work(server, path):
    """A connection whose work has begun on a worker, and takes many seconds."""
    before = get(server, "/tasks/reports/stats")["active"]
    connection = server.connect()
    connection.sendall(f"GET {path}?iterations=1000000000 HTTP/1.1\r\nHost: localhost\r\n"
                       f"Authorization: {ADMIN}\r\n\r\n".encode())
    while get(server, "/tasks/reports/stats")["active"] == before:
        pass
    return connection


def wait_until_no_worker_works(server):
    deadline = time.monotonic() + 5
    while get(server, "/tasks/reports/stats")["active"] > 0:
        assert time.monotonic() < deadline


@pytest.mark.parametrize("leave", ["reset", "close", "end"])
@pytest.mark.parametrize("path", WORKERS)
def test_a_client_that_leaves_does_not_keep_a_worker(fresh, path, leave):
    with begin_work(fresh, path) as connection:
        if leave == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if leave == "end":
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b"", "no answer"
    wait_until_no_worker_works(fresh)
    assert get(fresh, "/tasks/reports/stats")["totals"]["cancelled"] == 1


def test_work_that_is_asked_for_behind_another_answer_is_given_up_too(fresh):
    """The first answer is a download that the client does not read; the work behind it is not waited for."""
    with fresh.connect() as connection:
        connection.sendall(f"GET /demo/stream/csv?count=300000 HTTP/1.1\r\nHost: x\r\n\r\nGET {WORKERS[1]}?iterations="
                           "1000000000 HTTP/1.1\r\nHost: x\r\n\r\n".replace("x", "localhost").encode())
        while get(fresh, "/tasks/reports/stats")["active"] == 0:
            pass
        connection.shutdown(socket.SHUT_WR)
        wait_until_no_worker_works(fresh)


def test_a_client_that_ends_its_side_gets_what_is_no_work(fresh):
    with fresh.connect() as connection:
        connection.sendall(b"GET /demo/stream/csv?count=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    assert received.endswith(b"\r\n0\r\n\r\n") and received.count(b"\n") > 100_000


# Who may do what


MEMBERS = ["/tasks/reports/stats", "/tasks/system/memory", "/tasks/system/loop", "/tasks/export.csv", "/tasks/stream.ndjson"]


@pytest.mark.parametrize("path", [*MEMBERS, "/tasks/reports/x", "/tasks/reports/blocking"])
def test_without_a_token_it_is_401(taskflow, guarded, path):
    for server in (taskflow, guarded):
        assert_error(call(server, "GET", path, token=None), 401, "INVALID_TOKEN")
        assert_error(call(server, "POST", "/tasks/memory/safe", token="x"), 401, "INVALID_TOKEN")


@pytest.mark.parametrize("path", MEMBERS)
def test_a_user_may_read(taskflow, guarded, path):
    assert call(taskflow, "GET", path, token=USER).status == 200
    assert call(guarded, "GET", path, token="u" * 20).status == 200


@pytest.mark.parametrize("path", ["/tasks/reports/start", *(f"/tasks/memory/{name}" for name in ("leak", "safe", "clear"))])
def test_a_user_may_not_change_anything(taskflow, path):
    assert_error(call(taskflow, "POST", path, token=USER), 403, "INSUFFICIENT_PERMISSIONS")


@pytest.mark.parametrize("path", ["/tasks/reports/blocking?iterations=1", "/tasks/reports/worker-run?iterations=1"])
def test_heavy_work_is_for_the_admin_but_in_development_mode(taskflow, taskflow_program, path):
    assert call(taskflow, "GET", path, token=USER).status == 200
    with taskflow_program.start("--admin-token", "a" * 20, "--user-token", "u" * 20, "--demo") as server:
        assert_error(call(server, "GET", path, token="u" * 20), 403, "INSUFFICIENT_PERMISSIONS")
        assert call(server, "GET", path, token="a" * 20).status == 200


DEMOS = [
    ("GET", "/demo/cpu/ping"), ("GET", "/demo/cpu/blocking"), ("GET", "/demo/cpu/worker/run"),
    ("GET", "/demo/cpu/worker/start"), ("GET", "/demo/cpu/worker/stats"), ("GET", "/demo/stream/csv"),
    ("GET", "/demo/stream/ndjson"), ("GET", "/demo/memory/usage"), ("GET", "/demo/memory/stats"),
    ("POST", "/demo/memory/safe"), ("POST", "/demo/memory/clear"), ("GET", "/demo/ws/stats"),
]


@pytest.mark.parametrize("method, path", DEMOS)
def test_the_demonstrations_need_no_token(taskflow, method, path):
    assert call(taskflow, method, path, token=None).status in (200, 201, 202)


@pytest.mark.parametrize("method, path", [*DEMOS, ("GET", "/demo/error/internal")])
def test_with_tokens_of_its_own_a_server_has_no_demonstrations(guarded, method, path):
    assert_error(call(guarded, method, path, token="a" * 20), 404, "NOT_FOUND")


# Memory and the loop


def test_memory_is_told_in_real_numbers(taskflow):
    answer = get(taskflow, "/tasks/system/memory")
    memory = answer["memory"]
    assert memory.keys() == {"rss", "heapTotal", "heapUsed", "external", "arrayBuffers"}
    assert abs(memory["rss"] - taskflow.resident_bytes()) < 8 << 20
    assert 0 < memory["heapUsed"] <= memory["heapTotal"] < 1 << 30
    assert memory["external"] >= 65_536 and memory["arrayBuffers"] == 0
    assert answer["live"].keys() >= {"connections", "handles", "tasks"} and answer["live"]["connections"] >= 1
    assert answer["uptimeSeconds"] >= 0 and answer["history"]["samples"] <= answer["history"]["samplesLimit"]
    assert answer["cache"]["blocksLimit"] > 0


@pytest.mark.parametrize("path", ["/tasks/memory", "/demo/memory"])
def test_the_leak_grows_the_twin_does_not_and_the_cure_frees(fresh, path):
    def post(name):
        return call(fresh, "POST", f"{path}/{name}")

    before = fresh.resident_bytes()
    for _ in range(4):
        assert post("leak?count=16&sizeKb=1024").status == 201
    leaked = fresh.resident_bytes()
    assert leaked - before > 60 << 20
    assert_error(post("leak?count=1&sizeKb=1"), 503, "SERVICE_UNAVAILABLE")
    assert post("clear").status == 200
    assert leaked - fresh.resident_bytes() > 50 << 20
    for _ in range(20):
        assert post("safe?count=300000&sizeKb=1024").status == 201
    assert fresh.resident_bytes() - before < 24 << 20
    assert json.loads(post("clear").body)["freedBytes"] == 8 << 20
    assert post("leak?count=1&sizeKb=1").status == 201


@pytest.mark.parametrize("query", ["count=0", "count=300001", "count=x", "sizeKb=0", "sizeKb=1025", "sizeKb=", "count=1.0"])
@pytest.mark.parametrize("path", ["/tasks/memory/leak", "/tasks/memory/safe", "/demo/memory/leak", "/demo/memory/safe"])
def test_blocks_out_of_range_are_422(taskflow, path, query):
    answer = call(taskflow, "POST", f"{path}?{query}")
    assert_error(answer, 422, "VALIDATION_ERROR")
    assert json.loads(answer.body)["error"]["details"] == {"field": query.split("=")[0]}


def test_the_loop_tells_how_busy_and_how_late_it_is(fresh):
    time.sleep(0.5)  # Time to be idle in.
    idle = get(fresh, "/tasks/system/loop")
    assert idle["utilization"]["utilization"] < 0.7 and idle["utilization"]["idleMs"] > 100
    assert idle["delayMs"]["samples"] > 5
    assert 15 < idle["delayMs"]["p50"] <= idle["delayMs"]["p99"] <= idle["delayMs"]["max"]
    assert idle["iterations"] > 0 and idle["callbacks"].keys() == {"timers", "poll", "check", "closing"}
    get(fresh, f"/tasks/reports/blocking?iterations={SOME_WORK}")
    busy = get(fresh, "/tasks/system/loop")
    assert busy["sinceLastLook"]["utilization"] > idle["utilization"]["utilization"]
    assert busy["delayMs"]["max"] > 100 and busy["iterations"] > idle["iterations"]


# The demonstrations


@pytest.mark.parametrize("method, name, status, code", [
    ("GET", "internal", 500, "INTERNAL_ERROR"), ("GET", "unauthorized", 401, "INVALID_TOKEN"),
    ("GET", "forbidden", 403, "INSUFFICIENT_PERMISSIONS"), ("GET", "notfound", 404, "NOT_FOUND"),
    ("POST", "validation", 422, "VALIDATION_ERROR"), ("POST", "missingfield", 422, "MISSING_REQUIRED_FIELD"),
])
def test_there_is_an_example_of_each_error(taskflow, method, name, status, code):
    answer = call(taskflow, method, f"/demo/error/{name}", token=None)
    assert_error(answer, status, code)
    if status == 401:
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("below", ["/demo/cpu/worker", "/demo/cpu"])
def test_a_demonstrated_job_has_its_path(taskflow, below):
    answer = call(taskflow, "GET", f"{below}/start?heavyIterations=1000", token=None)
    assert answer.status == 202
    path = json.loads(answer.body)["statusPath"]
    assert re.fullmatch(f"{below}/jobs/{UUID_V7.pattern}", path)
    assert wait_for_report(taskflow, path, token=None)["output"]["syntheticCpuScore"] == 65.7829
    assert_error(call(taskflow, "GET", f"{below}/jobs/x", token=None), 404, "JOB_NOT_FOUND")


def test_what_the_hub_knows_is_shown_to_anybody(taskflow):
    assert get(taskflow, "/demo/ws/stats", token=None)["connectedClients"] == 0


# The page


@pytest.mark.parametrize("path, holds", [("/", ["new WebSocket", 'console.log("Connected")']),
                                         ("/loop", ["/tasks/system/loop/trace"])])
def test_the_page_loads_nothing_from_elsewhere(taskflow, path, holds):
    answer = call(taskflow, "GET", path, token=None)
    assert answer.status == 200 and answer["Content-Type"] == "text/html; charset=utf-8"
    page = answer.body.decode()
    assert all(text in page for text in holds)
    # A link leads to a part of the page, or to another page of the server.
    assert not re.search(r'src="|href="(?!data:,"|#|/(?!/))', page) and "@import" not in page and "url(" not in page
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", page)


def test_the_policy_of_the_page_lets_its_own_script_run_and_no_other(taskflow):
    nonces = set()
    for _ in range(3):
        answer = call(taskflow, "GET", "/", token=None)
        rules = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
        assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        nonce = re.fullmatch(r"'nonce-([0-9a-f]{32})'", rules["script-src"])[1]
        assert rules["style-src"] == rules["script-src"]
        assert re.findall(rb'nonce="([^"]*)"', answer.body) == [nonce.encode()] * 2
        nonces.add(nonce)
    assert len(nonces) == 3
