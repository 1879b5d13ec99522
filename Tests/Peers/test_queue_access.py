"""Who may do what with the queue, and what it answers where something is wrong."""

import json
import os
import subprocess

import pytest

from client import ADMIN, USER, Client
from contract import assert_error
from queue_client import WORKER, Queue, new_name
from server import TRACE

NOBODY = "00000000-0000-7000-8000-000000000000"
TASK = f"/tasks/{NOBODY}"
# What a worker may do. The bodies are good, so that only the role can be wrong.
WORK = [
    ("POST", "/tasks", {"title": "x"}), ("POST", "/tasks/batch", {"tasks": [{"title": "x"}]}),
    ("POST", "/tasks/claim", {"worker": "w", "types": ["none"]}), ("POST", "/tasks/work", {"worker": "w"}),
    ("POST", f"{TASK}/renew", {"fence": 1}), ("POST", f"{TASK}/complete", {"fence": 1}),
    ("POST", f"{TASK}/fail", {"fence": 1, "error": {"message": "x"}}), ("POST", f"{TASK}/release", {"fence": 1})]
RULE = [
    ("POST", f"{TASK}/cancel", {}), ("POST", f"{TASK}/retry", {}), ("PUT", "/projects/a", {"paused": False}),
    ("PATCH", TASK, {"title": "x"}), ("PUT", TASK, {"title": "x"}), ("DELETE", TASK, None)]
READ = ["/tasks", "/tasks?view=full", "/tasks?state=ready&type=a&worker=w", "/tasks?stuck=true", "/projects", "/projects/~",
        "/tasks/count", "/tasks/next", "/events"]


@pytest.mark.parametrize("method, path, body", WORK, ids=str)
def test_a_worker_and_the_admin_work_and_a_user_does_not(queue, method, path, body):
    for token in (WORKER, ADMIN):
        answer = Client(queue.server, token).ask(method, path, body)
        assert answer.status in (200, 201) or assert_error(answer, 404, "TASK_NOT_FOUND") is None
    Client(queue.server, USER).refused(403, "INSUFFICIENT_PERMISSIONS", method, path, body)
    Client(queue.server, None).refused(401, "INVALID_TOKEN", method, path, body)
    Client(queue.server, WORKER + "x").refused(401, "INVALID_TOKEN", method, path, body)


@pytest.mark.parametrize("method, path, body", RULE, ids=str)
def test_only_the_admin_rules(queue, method, path, body):
    for token in (WORKER, USER):
        Client(queue.server, token).refused(403, "INSUFFICIENT_PERMISSIONS", method, path, body)
    answer = Client(queue.server, ADMIN).ask(method, path, body)
    assert answer.status == 200 or assert_error(answer, 404, "TASK_NOT_FOUND") is None


@pytest.mark.parametrize("token, role, may", [(ADMIN, "admin", (True, True, True)), (WORKER, "worker", (True, True, False)),
                                              (USER, "user", (False, False, False))])
def test_a_token_is_told_what_it_allows(queue, token, role, may):
    answer = Client(queue.server, token).json("/tasks/system/access")
    assert answer == {"role": role, "permissions": dict(zip(("create", "work", "change"), may))}
    assert Client(queue.server, token).get("/tasks/system/access")["Cache-Control"] == "no-store"


def test_what_no_token_allows_is_not_told(queue):
    for token in (None, WORKER + "x"):
        Client(queue.server, token).refused(401, "INVALID_TOKEN", "GET", "/tasks/system/access")


def test_a_worker_reads(queue):
    task = queue.create()
    for path in [*READ, f"/tasks/{task['id']}?view=full", f"/tasks/{task['id']}/blockers"]:
        for token in (WORKER, USER, ADMIN):
            client = Client(queue.server, token)
            assert client.get(path).status == client.ask("HEAD", path).status == 200, path


def test_the_log_tells_the_role(taskflow_program):
    with taskflow_program.start("--access-log", "--log-format", "json") as server:
        Client(server, WORKER).get("/tasks/count")
        assert server.says('"role":"worker"')


METHODS = [("/tasks/claim", "POST"), ("/tasks/batch", "POST"), ("/tasks/work", "POST"),
           *((f"{TASK}/{verb}", "POST") for verb in ("renew", "complete", "fail", "release", "cancel", "retry")),
           (f"{TASK}/blockers", "GET, HEAD"), ("/projects", "GET, HEAD"), ("/projects/a", "GET, HEAD, PUT")]


@pytest.mark.parametrize("path, allowed", METHODS)
def test_another_method_is_405_and_says_which(queue, path, allowed):
    answer = queue.ask("DELETE", path)
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert sorted(answer["Allow"].split(", ")) == sorted(allowed.split(", "))


@pytest.mark.parametrize("path", [path for path, allowed in METHODS if allowed == "POST" and "cancel" not in path
                                  and "retry" not in path])
@pytest.mark.parametrize("text, status, code", [
    (b"", 400, "INVALID_JSON"), (b"{", 400, "INVALID_JSON"), (b"[]", 422, "VALIDATION_ERROR"), (b"5", 422, "VALIDATION_ERROR"),
    (b"null", 422, "VALIDATION_ERROR")])
def test_a_body_is_an_object(queue, path, text, status, code):
    queue.refused(status, code, "POST", path, raw=text)


@pytest.mark.parametrize("path", ["/tasks/claim/", f"{TASK}/other", f"{TASK}/renew/x", "/projects/a/b", "/project"])
def test_another_path_is_404(queue, path):
    queue.refused(404, "NOT_FOUND", "POST", path, {})


# Tokens


TOKENS = {"admin": "the-admin-of-the-tests", "user": "the-user-of-the-tests", "worker": "the-worker-of-the-tests"}


def test_a_worker_s_token_comes_from_a_flag_or_the_environment(taskflow_program, tmp_path):
    for flags, environment in [(["--worker-token", TOKENS["worker"]], {}), ([], {"WORKER_TOKEN": TOKENS["worker"]})]:
        with taskflow_program.start(*flags, env=os.environ | environment, cwd=tmp_path) as server:
            worker = Queue(server, TOKENS["worker"])
            assert worker.add(new_name())["state"] == "ready"
            for token in (ADMIN, USER, WORKER):
                Client(server, token).refused(401, "INVALID_TOKEN", "GET", "/tasks")
            worker.refused(403, "INSUFFICIENT_PERMISSIONS", "POST", f"{TASK}/cancel", {})
    (tmp_path / ".env").write_text(f"WORKER_TOKEN={TOKENS['worker']}\n")
    with taskflow_program.start(cwd=tmp_path) as server:
        assert Queue(server, TOKENS["worker"]).claim("none") == []


def test_where_only_another_token_is_set_the_worker_has_none(taskflow_program):
    with taskflow_program.start("--admin-token", TOKENS["admin"]) as server:
        Client(server, WORKER).refused(401, "INVALID_TOKEN", "GET", "/tasks")
        assert Queue(server, TOKENS["admin"]).claim("none") == []


@pytest.mark.parametrize("role", ["admin", "user"])
def test_equal_tokens_are_refused_at_the_start(taskflow_program, role):
    flags = ["--worker-token", TOKENS["worker"], f"--{role}-token", TOKENS["worker"]]
    result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", "memory", *flags], capture_output=True,
                            text=True, timeout=10)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert TOKENS["worker"] not in result.stderr and not TRACE.search(result.stderr)


@pytest.mark.parametrize("name", ["worker_token", "WORKERTOKEN", "WORKER_TOKN"])
def test_a_name_that_is_nearly_the_worker_s_ends_the_start(taskflow_program, tmp_path, name):
    (tmp_path / ".env").write_text(f"{name}=some-token-of-the-tests\n")
    result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", "memory"], capture_output=True, text=True,
                            timeout=10, cwd=tmp_path)
    assert result.returncode == 1 and "WORKER_TOKEN" in result.stderr and "some-token" not in result.stderr


def test_development_mode_ends_with_any_of_the_three(taskflow_program):
    with taskflow_program.start("--worker-token", TOKENS["worker"]) as server:
        assert Client(server, TOKENS["worker"]).ask("GET", "/tasks", host="example.org").status == 200
        assert "Development mode" not in server.stop()


# Pages


def test_a_foreign_page_may_not_work(queue):
    for method, path, body in WORK + RULE:
        queue.refused(403, "FORBIDDEN_ORIGIN", method, path, body, "Origin: http://example.org")
    assert queue.get("/projects", "Origin: http://example.org").status == 200


def test_errors_say_nothing_of_the_server(queue, kind):
    answer = queue.ask("POST", "/tasks/claim", {"worker": "x" * 200, "types": [kind]})
    assert ".swift" not in answer.body.decode() and json.loads(answer.body)["error"]["details"] == {"field": "worker"}
