"""Preconditions, RFC 9110 section 13: checked once, for every method on a task, after all other checks."""

import json

import pytest

from client import USER, Client
from contract import assert_error

CHANGES = ["PUT", "PATCH", "DELETE"]
READS = ["GET", "HEAD"]


@pytest.fixture
def admin(taskflow):
    return Client(taskflow)


@pytest.fixture
def task(admin):
    """A task that was changed once: its path, the tag it had, and the one it has."""
    answer = admin.ask("POST", "/tasks", {"title": "x"})
    path, old = answer["Location"], answer["ETag"]
    return path, old, admin.ask("PATCH", path, {"priority": 2})["ETag"]


def ask(admin, method, path, *fields):
    return admin.ask(method, path, None if method in (*READS, "DELETE") else {"priority": 7}, *fields)


@pytest.mark.parametrize("method", CHANGES + READS)
@pytest.mark.parametrize("fields, fails", [
    (["If-Match: NOW"], False), (["If-Match: *"], False), (["If-Match: OLD, NOW"], False), (["If-Match: \"a,b\", NOW"], False),
    (["If-Match: OLD", "If-Match: NOW"], False), (["If-None-Match: OLD"], False), (["If-None-Match: \"x\", W/\"0\""], False),
    (["If-None-Match: "], False), (["If-Match: NOW", "If-None-Match: OLD"], False), (["If-Match: *", "If-None-Match: OLD"], False),
    (["If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"], False), (["If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT"], False),
    (["If-Match: OLD"], True), (["If-Match: W/NOW"], True), (["If-Match: \"0\""], True), (["If-Match: "], True),
    (["If-Match: now"], True), (["If-Match: W/*"], True), (["If-Match: OLD", "If-None-Match: OLD"], True),
    (["If-Match: OLD", "If-None-Match: *"], True),
])
def test_if_match_is_strong_and_comes_first(admin, task, method, fields, fails):
    path, old, now = task
    fields = [field.replace("NOW", now).replace("OLD", old) for field in fields]
    answer = ask(admin, method, path, *fields)
    if not fails:
        assert answer.status == (204 if method == "DELETE" else 200)
        return
    assert answer.status == 412
    if method != "HEAD":
        assert_error(answer, 412, "PRECONDITION_FAILED")
    assert admin.get(path)["ETag"] == now, "nothing was changed"


@pytest.mark.parametrize("fields", [
    ["If-None-Match: *"], ["If-None-Match: NOW"], ["If-None-Match: W/NOW"], ["If-None-Match: OLD,NOW"],
    ["If-None-Match: OLD", "If-None-Match: W/NOW"], ["If-Match: NOW", "If-None-Match: NOW"], ["If-Match: *", "If-None-Match: *"],
])
@pytest.mark.parametrize("method", CHANGES + READS)
def test_if_none_match_is_weak(admin, task, method, fields):
    path, old, now = task
    answer = ask(admin, method, path, *[field.replace("NOW", now).replace("OLD", old) for field in fields])
    if method in READS:
        assert (answer.status, answer.body, answer["ETag"], answer["Vary"]) == (304, b"", now, "Origin")
    else:
        assert_error(answer, 412, "PRECONDITION_FAILED")
        assert admin.get(path)["ETag"] == now


@pytest.mark.parametrize("method", CHANGES)
def test_a_condition_is_looked_at_behind_path_token_role_and_body(taskflow, admin, task, method):
    path, old, _ = task
    failing = f"If-Match: {old}"
    body = {} if method != "DELETE" else None
    missing = path[:-4] + "0000"
    assert_error(admin.ask(method, missing, body, "If-Match: *"), 404, "TASK_NOT_FOUND")
    assert_error(admin.ask(method, missing, body, "If-None-Match: *"), 404, "TASK_NOT_FOUND")
    assert_error(admin.ask(method, "/tasks/x", body, failing), 404, "TASK_NOT_FOUND")
    assert_error(Client(taskflow, "wrong").ask(method, path, body, failing), 401, "INVALID_TOKEN")
    assert_error(Client(taskflow, USER).ask(method, path, body, failing), 403, "INSUFFICIENT_PERMISSIONS")
    if method != "DELETE":
        assert_error(admin.ask(method, path, {"title": ""}, failing), 422, "VALIDATION_ERROR")
        assert_error(admin.ask(method, path, None, failing, raw=b"{"), 400, "INVALID_JSON")


@pytest.mark.parametrize("method", READS)
def test_what_is_not_there_is_404_under_any_condition(admin, task, method):
    missing = task[0][:-4] + "0000"
    for field in ("If-Match: \"0\"", "If-None-Match: *", "If-Match: *"):
        assert admin.ask(method, missing, None, field).status == 404


@pytest.mark.parametrize("fields, status", [
    (["If-Match: *"], 201), (["If-None-Match: \"1\""], 201), (["If-Match: \"1\""], 412), (["If-None-Match: *"], 412),
    (["If-Match: \"-1\""], 412), (["If-None-Match: \"-1\""], 201),
])
def test_the_list_is_always_there_and_has_no_tag(admin, fields, status):
    before = admin.json("/tasks/count")
    answer = admin.ask("POST", "/tasks", {"title": "x"}, *fields)
    assert answer.status == status
    if status == 412:
        assert_error(answer, 412, "PRECONDITION_FAILED")
        assert admin.json("/tasks/count") == before
        assert_error(admin.ask("POST", "/tasks", {"priority": 1}, *fields), 422, "MISSING_REQUIRED_FIELD")


def test_two_changes_that_expect_the_same_state_do_not_both_happen(admin, task):
    path, _, now = task
    statuses = sorted(admin.ask("PATCH", path, {"title": title}, f"If-Match: {now}").status for title in "ab")
    assert statuses == [200, 412] and json.loads(admin.get(path).body)["title"] == "a"


@pytest.mark.parametrize("wrong, field", [({"unique": {"key": "a"}}, "unique"), ({"status": "completed", "delay": 4}, "delay")])
def test_what_is_wrong_by_itself_is_told_before_a_condition(taskflow, wrong, field):
    client = Client(taskflow)
    path = f"/tasks/{client.create('x')['id']}"
    for method in ("PATCH", "PUT"):
        answer = client.ask(method, path, {"title": "x"} | wrong, 'If-Match: "999"')
        assert answer.status == 422 and json.loads(answer.body)["error"]["details"]["field"] == field
