"""taskflow's tasks over HTTP: each row of the contract, each error, and who may do what."""

import json
import os
import subprocess
import time
import uuid

import pytest

from client import ADMIN, USER, Client, next_page
from contract import TIMESTAMP, UUID_V7, assert_error
from server import TRACE
from wire import chunked, exchange, head

NOBODY = "00000000-0000-7000-8000-000000000000"
OWN_TOKENS = ["--admin-token", "the-admin-of-the-tests", "--user-token", "the-user-of-the-tests"]


@pytest.fixture
def admin(taskflow):
    """The admin of a server with no tasks."""
    admin = Client(taskflow)
    admin.clear()
    return admin


@pytest.fixture(scope="module")
def guarded(taskflow_program):
    """A server with tokens of its own."""
    with taskflow_program.start(*OWN_TOKENS) as server:
        yield server


# A task


def test_a_new_task_has_all_fields_and_their_defaults(admin):
    answer = admin.ask("POST", "/tasks", {"title": "  Learn WebSockets \n"})
    task = json.loads(answer.body)
    assert answer.status == 201 and answer["Location"] == f"/tasks/{task['id']}" and answer["ETag"]
    assert list(task) == ["id", "title", "description", "status", "priority", "dependencies", "project", "createdAt",
                          "updatedAt"]
    assert UUID_V7.fullmatch(task["id"]) and TIMESTAMP.fullmatch(task["createdAt"])
    assert task["createdAt"] == task["updatedAt"]
    assert task | {"id": 0, "createdAt": 0, "updatedAt": 0} == {
        "id": 0, "title": "Learn WebSockets", "description": "", "status": "pending", "priority": 1,
        "dependencies": [], "project": None, "createdAt": 0, "updatedAt": 0}
    assert admin.json(answer["Location"]) == task


GOOD = {
    "title": ["x", "x" * 500, "é" * 500, "👍" * 500, " x ", "\u0000", "\"\\/\b\f\n\r\t x"],
    "description": ["", "x" * 10_000, "👍" * 10_000, "\n"],
    "status": ["pending", "in-progress", "completed", "failed"],
    "priority": [-1_000_000, 1_000_000, 0, 5.0, "5", "-5", "+5", 1e6],
    "dependencies": [[], [NOBODY], [NOBODY.upper()], [NOBODY] * 1_000],
    "project": [None, "a", "A-Za.z_0", "x" * 64],
}
BAD = {
    "title": ["", "   ", "x" * 501, None, 5, True, [], {}],
    "description": ["x" * 10_001, None, 5, [], {}],
    "status": ["", "done", "Pending", None, 1, []],
    "priority": [-1_000_001, 1_000_001, 1.5, "5.0", "", "five", " 5", None, True, [], {}, 1e300, 10**400],
    "dependencies": ["x", None, [1], ["x"], [NOBODY + "0"], [NOBODY[:-1]], [None], [[]], [NOBODY] * 1_001, {}],
    "project": ["", "a b", "é", "x" * 65, 5, True, [], {}, "a/b"],
}


def cases(table):
    return [pytest.param(field, value, id=f"{field}-{number}")
            for field, values in table.items() for number, value in enumerate(values)]


@pytest.mark.parametrize("field, value", cases(GOOD))
def test_a_value_within_the_rule_is_taken(admin, field, value):
    task = admin.create(**({"title": "x"} | {field: value}))
    expected = {"title": lambda v: v.strip(), "priority": int,
                "dependencies": lambda v: [NOBODY] if v else []}.get(field, lambda v: v)(value)
    assert task[field] == expected
    assert admin.json(f"/tasks/{task['id']}")[field] == expected


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("field, value", cases(BAD))
def test_a_value_beyond_the_rule_names_its_field(admin, method, field, value):
    path = "/tasks" if method == "POST" else f"/tasks/{admin.create()['id']}"
    details = admin.refused(422, "VALIDATION_ERROR", method, path, {"title": "x"} | {field: value})
    assert details == {"field": field}


def test_a_title_is_required_of_a_new_task_alone(admin):
    assert admin.refused(422, "MISSING_REQUIRED_FIELD", "POST", "/tasks", {}) == {"field": "title"}
    id = admin.create()["id"]
    assert admin.ask("PUT", f"/tasks/{id}", {}).status == 200


def test_other_fields_are_ignored(admin):
    task = admin.create(id=NOBODY, createdAt="x", updatedAt=5, colour="red", nested={"a": [1, {"b": None}]})
    assert task["id"] != NOBODY and TIMESTAMP.fullmatch(task["createdAt"]) and "colour" not in task


@pytest.mark.parametrize("text", [
    b"", b" ", b"{", b"}", b"{\"title\":\"x\"", b"{\"title\":\"x\",}", b"{\"title\":\"x\"} x", b"{'title':'x'}",
    b"{title:\"x\"}", b"{\"title\":\"x\",\"a\":01}", b"{\"title\":\"x\",\"a\":1.}", b"{\"title\":\"x\",\"a\":.5}",
    b"{\"title\":\"x\",\"a\":1e}", b"{\"title\":\"x\",\"a\":-}", b"{\"title\":\"x\",\"a\":+1}",
    b"{\"title\":\"x\",\"a\":\"\\q\"}", b"{\"title\":\"x\",\"a\":\"\\u12g4\"}", b"{\"title\":\"\\ud800\"}",
    b"{\"title\":\"\\udc00\"}", b"{\"title\":\"\\ud800\\u0041\"}", b"{\"title\":\"\xff\"}", b"{\"title\":\"\xc0\xaf\"}",
    b"{\"title\":\"x\",\"a\":\"\xed\xa0\x80\"}", b"{\"title\":\"a\nb\"}", b"{\"title\":\"x\",\"a\":tru}",
    b"{\"title\":\"x\",\"a\":NaN}", b"\xef\xbb\xbf{\"title\":\"x\"}", "{\"title\":\"x\"}".encode("utf-16-le"),
    b"{\"title\":\"x\" /* comment */}", b"[" * 100_000, b"{\"a\":" * 100_000, b"[" * 129 + b"]" * 129, b"nul",
    b"{\"title\"}", b"{\"title\":}", b"{,}", b"[1,]", b"\x00",
])
def test_what_is_not_json_is_400(admin, text):
    admin.refused(400, "INVALID_JSON", "POST", "/tasks", raw=text)


@pytest.mark.parametrize("text", [
    b"null", b"true", b"5", b"-1.5e3", b"\"title\"", b"[]", b"[{\"title\":\"x\"}]", b" [ ] ",
    b"[" * 128 + b"]" * 128, b"1" * 100_000,
])
def test_json_that_is_no_object_is_422(admin, text):
    admin.refused(422, "VALIDATION_ERROR", "POST", "/tasks", raw=text)


def test_of_two_members_of_one_name_the_last_counts(admin):
    answer = admin.ask("POST", "/tasks", raw=b'{"title":"a","priority":"x","title":"b","priority":7}')
    task = json.loads(answer.body)
    assert (task["title"], task["priority"]) == ("b", 7)


def test_escapes_and_pairs_are_characters(admin):
    answer = admin.ask("POST", "/tasks", raw=b'{"\\u0074itle":"\\u00e9\\ud83d\\ude00\\/"}')
    assert json.loads(answer.body)["title"] == "é😀/"


def test_a_body_over_the_limit_is_413(admin):
    limit = 1 << 20
    body = b'{"title":"x","a":"' + b"x" * (limit - 20) + b'"}'
    assert len(body) == limit and admin.ask("POST", "/tasks", raw=body).status == 201
    admin.refused(413, "PAYLOAD_TOO_LARGE", "POST", "/tasks", raw=body + b" ")


def test_a_body_in_chunks_is_taken(taskflow, admin):
    request = head("POST", "/tasks", f"Authorization: {ADMIN}", "Transfer-Encoding: chunked", "Connection: close")
    assert exchange(taskflow, request + chunked(b'{"tit', b'le":', b'"x"}')).statuses == [201]


def test_a_client_that_waits_for_100_is_told_to_go_on(taskflow, admin):
    body = b'{"title":"x"}'
    fields = [f"Authorization: {ADMIN}", f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close"]
    with taskflow.connect() as connection:
        connection.sendall(head("POST", "/tasks", *fields))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 201 ")


# Reading and changing one


def test_head_is_get_without_a_body(admin):
    id = admin.create()["id"]
    for path in ["/tasks", "/tasks/count", f"/tasks/{id}", "/tasks/next", "/tasks/peek", "/tasks/queue",
                 "/tasks/resolve", f"/tasks/{id}/resolve", "/tasks/system/ws"]:
        got, headed = admin.ask("GET", path), admin.ask("HEAD", path)
        assert (got.status, headed.status, headed.body) == (200, 200, b""), path
        assert headed["Content-Type"] == got["Content-Type"] and headed["ETag"] == got["ETag"]


@pytest.mark.parametrize("id", [NOBODY, "x", "0", NOBODY + "0", "%00", "..", "count%2f"])
def test_a_task_that_is_not_there_is_404(admin, id):
    for method, body in [("GET", None), ("PUT", {}), ("PATCH", {"title": "x"}), ("DELETE", None)]:
        admin.refused(404, "TASK_NOT_FOUND", method, f"/tasks/{id}", body)
    admin.refused(404, "TASK_NOT_FOUND", "GET", f"/tasks/{id}/resolve")


def test_an_id_is_known_in_either_case(admin):
    task = admin.create()
    assert admin.json(f"/tasks/{task['id'].upper()}") == task


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_merges(admin, method):
    task = admin.create("a", description="b", priority=3, project="p")
    time.sleep(0.002)  # So that the two times can differ.
    answer = admin.ask(method, f"/tasks/{task['id']}", {"status": "completed"})
    changed = json.loads(answer.body)
    assert answer.status == 200 and changed == task | {"status": "completed", "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] > task["updatedAt"]
    assert json.loads(admin.ask(method, f"/tasks/{task['id']}", {"project": None}).body)["project"] is None


def test_a_change_of_nothing_changes_nothing(admin):
    task = admin.create("a")
    before = admin.get(f"/tasks/{task['id']}")
    answer = admin.ask("PATCH", f"/tasks/{task['id']}", {"title": " a ", "priority": "1"})
    assert (answer.status, answer.body, answer["ETag"]) == (200, before.body, before["ETag"])


def test_an_etag_is_of_a_state(admin):
    path = f"/tasks/{admin.create()['id']}"
    tag = admin.get(path)["ETag"]
    for value in (tag, f"W/{tag}", f'"x", {tag}', "*", f'"a,b" , W/{tag} '):
        answer = admin.get(path, f"If-None-Match: {value}")
        assert (answer.status, answer.body, answer["ETag"]) == (304, b"", tag), value
    for value in ('"x"', tag.strip('"'), '""', ""):
        assert admin.get(path, f"If-None-Match: {value}").status == 200, value
    assert admin.ask("PATCH", path, {"title": "b"})["ETag"] == admin.get(path)["ETag"] != tag
    assert admin.get(path, f"If-None-Match: {tag}").status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_of_another_state_is_412(admin, method):
    path = f"/tasks/{admin.create()['id']}"
    old = admin.get(path)["ETag"]
    changed = admin.ask(method, path, {"title": "b"}, f"If-Match: {old}")
    assert changed.status == 200
    for value in (old, f"W/{changed['ETag']}", '"x"', changed["ETag"].strip('"')):
        admin.refused(412, "PRECONDITION_FAILED", method, path, {"title": "c"}, f"If-Match: {value}")
    for value in (f'"x", {changed["ETag"]}', "*"):
        assert admin.ask(method, path, {"title": "b"}, f"If-Match: {value}").status == 200
    admin.refused(404, "TASK_NOT_FOUND", method, f"/tasks/{NOBODY}", {"title": "c"}, "If-Match: *")


def test_a_deletion_leaves_other_tasks_dependencies(admin):
    needed = admin.create("needed")
    task = admin.create("task", dependencies=[needed["id"], NOBODY])
    before = admin.get(f"/tasks/{task['id']}")
    answer = admin.ask("DELETE", f"/tasks/{needed['id']}")
    assert (answer.status, answer.body) == (204, b"")
    after = admin.get(f"/tasks/{task['id']}")
    assert json.loads(after.body) == task | {"dependencies": [NOBODY]} and after["ETag"] != before["ETag"]
    admin.refused(404, "TASK_NOT_FOUND", "DELETE", f"/tasks/{needed['id']}")


# Many


def test_the_list_is_in_the_order_of_creation(admin):
    tasks = [admin.create(f"task {number}", priority=-number) for number in range(10)]
    assert admin.json("/tasks") == tasks and admin.json("/tasks/count") == {"count": 10}
    assert [task["id"] for task in tasks] == sorted(task["id"] for task in tasks)


def test_the_list_can_be_narrowed(admin):
    for number in range(12):
        admin.create(f"{number}", status=["pending", "completed"][number % 2], project=["a", None, "b"][number % 3])
    titles = lambda path: [int(task["title"]) for task in admin.json(path)]  # noqa: E731
    assert titles("/tasks?status=completed") == [1, 3, 5, 7, 9, 11]
    assert titles("/tasks?project=b") == [2, 5, 8, 11]
    assert titles("/tasks?project=b&status=pending") == [2, 8]
    assert titles("/tasks?project=nobody") == []
    after = admin.json("/tasks")[8]["id"]
    assert titles(f"/tasks?after={after}") == [9, 10, 11]
    assert admin.ask("DELETE", f"/tasks/{after}").status == 204
    assert titles(f"/tasks?after={after}&status=completed") == [9, 11]


@pytest.mark.parametrize("order", ["", "&order=oldest", "&order=newest"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 9, 1000])
def test_a_list_by_pages_is_the_list(admin, limit, order):
    for number in range(16):
        admin.create(f"{number}", status=["pending", "failed"][number % 2])
    whole, path, pages = admin.json("/tasks?status=failed"), f"/tasks?status=failed&limit={limit}{order}", []
    if order == "&order=newest":
        assert admin.json("/tasks?status=failed&order=newest") == whole[::-1]
        whole = whole[::-1]
    while path:
        answer = admin.get(path)
        pages.append(json.loads(answer.body))
        path = next_page(answer)
    assert sum(pages, []) == whole and len(pages) == -(-8 // limit)


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("limit", [1, 9, 10, 11, 1000])
@pytest.mark.parametrize("query", ["state=ready", "project=a", "state=failed&project=a", "status=pending&project=b", "project=none"])
def test_the_list_of_a_project_in_a_state_by_pages_is_what_a_look_at_all_finds(admin, query, limit, order):
    for number in range(60):
        admin.create(f"{number}", status=["pending", "failed", "completed"][number % 3], project=["a", None, "b", "a"][number % 4])
    for task in admin.json("/tasks")[::7]:
        admin.change(task["id"], project="a", status="failed")
    wanted = dict(pair.split("=") for pair in query.split("&"))
    whole = [task for task in admin.json("/tasks") if wanted.get("project", task["project"]) == task["project"]
             and {"ready": "pending"}.get(wanted.get("state"), wanted.get("state") or wanted.get("status", task["status"])) == task["status"]]
    path, pages = f"/tasks?{query}&limit={limit}&order={order}", []
    while path:
        answer = admin.get(path)
        pages.append(json.loads(answer.body))
        path = next_page(answer)
        if path and len(pages) == 1 and limit > 1:
            # A cursor need not be there any more, nor in the list.
            cursor = pages[0][-1]
            admin.change(cursor["id"], project="c", status="in-progress")
    assert sum(pages, []) == (whole if order == "oldest" else whole[::-1]) and len(pages) == max(1, -(-len(whole) // limit))


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("limit=", "limit"), ("limit=-1", "limit"),
    ("limit=+1", "limit"), ("limit=1.0", "limit"), ("limit=99999999999999999999", "limit"), ("status=", "status"),
    ("status=done", "status"), ("after=x", "after"), ("after=", "after"), ("order=", "order"), ("order=Newest", "order"),
    ("other=1", "other"), ("projct=a", "projct"), ("limit=1&limit=1", "limit"), ("project=a&status=failed&project=b", "project"),
    ("Limit=1", "Limit"), ("limit=1&%6Cimit=2", "limit"), ("a%CC%81=1", "a\u0301"),
])
def test_a_bad_parameter_is_422(admin, query, field):
    assert admin.refused(422, "VALIDATION_ERROR", "GET", f"/tasks?{query}") == {"field": field}


@pytest.mark.parametrize("method, path", [
    ("POST", "/tasks/reports/start"), ("GET", "/tasks/reports/blocking"), ("GET", "/tasks/reports/worker-run"),
    ("POST", "/tasks/memory/leak"), ("POST", "/tasks/memory/safe"), ("GET", "/demo/cpu/blocking"),
    ("GET", "/demo/cpu/worker/run"), ("GET", "/demo/stream/csv"), ("GET", "/demo/stream/ndjson")])
def test_a_parameter_that_is_nearly_right_is_422_wherever_there_are_some(admin, method, path):
    name = "count" if "memory" in path or "stream" in path else "heavyIterations" if "start" in path else "iterations"
    assert admin.refused(422, "VALIDATION_ERROR", method, f"{path}?{name}s=1") == {"field": f"{name}s"}
    assert admin.refused(422, "VALIDATION_ERROR", method, f"{path}?{name}=1&{name}=1") == {"field": name}
    assert admin.ask(method, f"{path}?{name}=1").status in (200, 201, 202)


def test_where_there_are_none_a_query_is_not_looked_at(admin):
    for path in "/tasks/count", "/tasks/queue", "/tasks/resolve", "/tasks/export.csv", "/tasks/system/memory":
        assert admin.get(f"{path}?x=1&x=2").status == 200


def test_a_long_list_comes_whole(admin):
    tasks = [admin.create(f"task {number}", description="x" * 9_000) for number in range(100)]
    assert admin.json("/tasks") == tasks
    assert admin.json("/tasks/resolve")["orderedTasks"] == tasks
    assert admin.json("/tasks/queue") == tasks


def test_the_queue_is_by_priority_then_age(admin):
    assert admin.json("/tasks/next") == {"message": "No tasks in queue"}
    assert admin.json("/tasks/peek") == {"message": "Queue is empty"} and admin.json("/tasks/queue") == []
    for title, priority in [("a", 1), ("b", 5), ("c", 5), ("d", 9), ("e", -3)]:
        admin.create(title, priority=priority)
    seen = []
    while "id" in (task := admin.json("/tasks/next")):
        assert admin.json("/tasks/peek") == task == admin.json("/tasks/queue")[0]
        seen.append(task["title"])
        admin.change(task["id"], status="completed")
    assert seen == ["d", "b", "c", "a", "e"]


def test_the_queue_is_a_heap(admin):
    for priority in (3, 1, 4, 1, 5, 9, 2, 6):
        admin.create(priority=priority)
    admin.change(admin.json("/tasks")[0]["id"], priority=-5)
    heap = [task["priority"] for task in admin.json("/tasks/queue")]
    assert len(heap) == 8 and all(heap[(index - 1) // 2] >= heap[index] for index in range(1, 8))


def test_resolve_gives_an_order_to_work_in(admin):
    a, b = admin.create("a", priority=1), admin.create("b", priority=9)
    c = admin.create("c", priority=5, dependencies=[a["id"]])
    d = admin.create("d", priority=99, dependencies=[c["id"], b["id"]])
    answer = admin.get("/tasks/resolve")
    order = json.loads(answer.body)
    assert list(order) == ["requestId", "scope", "scopedTaskId", "totalTasksInOrder", "orderedTaskIds", "orderedTasks"]
    assert order["requestId"] == answer["X-Request-Id"]
    assert (order["scope"], order["scopedTaskId"], order["totalTasksInOrder"]) == ("all", None, 4)
    assert order["orderedTasks"] == [b, a, c, d] and order["orderedTaskIds"] == [t["id"] for t in (b, a, c, d)]
    one = admin.json(f"/tasks/{c['id']}/resolve")
    assert (one["scope"], one["scopedTaskId"], one["totalTasksInOrder"]) == ("task", c["id"], 2)
    assert one["orderedTasks"] == [a, c]
    assert admin.json(f"/tasks/{b['id']}/resolve")["orderedTaskIds"] == [b["id"]]


def test_a_circle_has_no_order(admin):
    a = admin.create("a")
    b = admin.create("b", dependencies=[a["id"]])
    c = admin.create("c", dependencies=[b["id"]])
    free = admin.create("free")
    admin.change(a["id"], dependencies=[c["id"]])
    for path in ("/tasks/resolve", f"/tasks/{b['id']}/resolve"):
        cycle = admin.refused(409, "CONFLICT", "GET", path)["cyclePath"]
        assert cycle[0] == cycle[-1] and set(cycle) == {a["id"], b["id"], c["id"]} and len(cycle) == 4
    assert admin.json(f"/tasks/{free['id']}/resolve")["totalTasksInOrder"] == 1
    admin.change(free["id"], dependencies=[free["id"]])
    assert admin.refused(409, "CONFLICT", "GET", f"/tasks/{free['id']}/resolve") == {"cyclePath": [free["id"]] * 2}


def test_a_dependency_that_is_not_there_is_named(admin):
    task = admin.create(dependencies=[NOBODY])
    for path in ("/tasks/resolve", f"/tasks/{task['id']}/resolve"):
        assert admin.refused(422, "VALIDATION_ERROR", "GET", path) == {
            "missingTaskId": NOBODY, "requiredBy": task["id"]}


# Paths and methods


@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", "/tasks", {"GET", "HEAD", "POST"}), ("POST", "/tasks/count", {"GET", "HEAD"}),
    ("DELETE", "/tasks/next", {"GET", "HEAD"}), ("POST", f"/tasks/{NOBODY}", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
    ("POST", "/ws/tasks", {"GET", "HEAD"}), ("OPTIONS", "/tasks", {"GET", "HEAD", "POST"}),
])
def test_a_method_that_the_path_has_not_is_405(admin, method, path, allowed):
    answer = admin.ask(method, path)
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(answer["Allow"].split(", ")) == allowed


def test_the_server_as_a_whole_says_what_it_can_do(taskflow):
    result = exchange(taskflow, head("OPTIONS", "*") + head("GET", "/health", "Connection: close"))
    answer, health = result.answers
    assert (answer.status, answer.body, health.status) == (204, b"", 200)
    assert answer["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    assert answer["Content-Length"] is None


# Who may do what


def test_the_checks_come_in_their_order(taskflow):
    nobody, user, admin = Client(taskflow, None), Client(taskflow, USER), Client(taskflow)
    nobody.refused(404, "NOT_FOUND", "POST", "/nothing", raw=b"x")
    nobody.refused(405, "METHOD_NOT_ALLOWED", "DELETE", "/tasks", raw=b"x")
    nobody.refused(401, "INVALID_TOKEN", "POST", "/tasks", raw=b"x")
    user.refused(403, "INSUFFICIENT_PERMISSIONS", "POST", "/tasks", raw=b"x")
    admin.refused(400, "INVALID_JSON", "POST", "/tasks", raw=b"x")
    admin.refused(400, "INVALID_JSON", "PUT", f"/tasks/{NOBODY}", raw=b"x")


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic c2VjcmV0LWFkbWluLTEyMw==", "secret-admin-12",
                                   "secret-admin-1234", "Bearer Bearer secret-admin-123", "SECRET-ADMIN-123",
                                   "Bearer secret-admin-123,", "Bearer wrong", "Bearersecret-admin-123"])
def test_another_token_is_401(taskflow, value):
    answer = Client(taskflow, None).get("/tasks", f"Authorization: {value}")
    assert_error(answer, 401, "INVALID_TOKEN")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_two_tokens_are_none(taskflow):
    fields = [f"Authorization: {ADMIN}", f"Authorization: {ADMIN}"]
    assert Client(taskflow, None).get("/tasks", *fields).status == 401


@pytest.mark.parametrize("token", [ADMIN, USER])
@pytest.mark.parametrize("form", ["Bearer {}", "{}", "bearer {}", "BEARER   {}"])
def test_a_token_is_shown_in_either_form(taskflow, token, form):
    assert Client(taskflow, None).get("/tasks", f"Authorization: {form.format(token)}").status == 200


def test_a_user_only_reads(taskflow):
    user, task = Client(taskflow, USER), Client(taskflow).create()
    for path in ("/tasks", "/tasks/count", f"/tasks/{task['id']}", "/tasks/resolve", "/tasks/system/ws"):
        assert user.get(path).status == 200 and user.ask("HEAD", path).status == 200
    changes = [("POST", "/tasks"), *((method, f"/tasks/{task['id']}") for method in ("PUT", "PATCH", "DELETE"))]
    for method, path in changes:
        user.refused(403, "INSUFFICIENT_PERMISSIONS", method, path, {"title": "x"})


def test_own_tokens_take_the_place_of_the_known_ones(guarded):
    for token in (ADMIN, USER):
        Client(guarded, token).refused(401, "INVALID_TOKEN", "GET", "/tasks")
    assert Client(guarded, OWN_TOKENS[1]).create()["title"] == "a task"
    user = Client(guarded, OWN_TOKENS[3])
    assert user.get("/tasks").status == 200
    user.refused(403, "INSUFFICIENT_PERMISSIONS", "POST", "/tasks", {"title": "x"})


@pytest.mark.parametrize("flag, other", [("--admin-token", USER), ("--user-token", ADMIN)])
def test_if_one_token_is_set_the_other_role_has_none(taskflow_program, flag, other):
    with taskflow_program.start(flag, "a-token-that-is-long-enough") as server:
        Client(server, other).refused(401, "INVALID_TOKEN", "GET", "/tasks")
        assert Client(server, "a-token-that-is-long-enough").get("/tasks").status == 200


def test_health_needs_no_token(guarded):
    assert Client(guarded, None).get("/health").status == 200


LOCAL = ["localhost", "127.0.0.1", "[::1]", "LocalHost", "localhost:1", "127.0.0.1:65535", "[::1]:3000"]
FOREIGN = ["example.org", "localhost.example.org", "127.0.0.1.example.org", "127.0.0.2", "localhost:x", "[::2]",
           "localhostx", "0.0.0.0"]


@pytest.mark.parametrize("host", LOCAL)
def test_in_development_mode_the_server_goes_by_local_names(taskflow, host):
    assert Client(taskflow).ask("GET", "/tasks", host=host).status == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_in_development_mode_no_other_name_leads_to_it(taskflow, guarded, host):
    for path in ("/tasks", "/health", "/nothing"):
        answer = Client(taskflow).ask("GET", path, host=host)
        # What cannot be a host at all never becomes a request.
        assert answer.status == 400 or assert_error(answer, 403, "FORBIDDEN_HOST") is None
    assert Client(guarded, OWN_TOKENS[1]).ask("GET", "/tasks", host=host).status in (200, 400)


def test_the_host_of_a_whole_uri_counts(taskflow):
    request = head("GET", "http://example.org/health", "Connection: close", host="localhost")
    assert_error(exchange(taskflow, request).answers[0], 403, "FORBIDDEN_HOST")
    request = head("GET", "http://localhost/health", "Connection: close", host="localhost")
    assert exchange(taskflow, request).statuses == [200]


def test_a_foreign_page_may_only_read(taskflow):
    admin = Client(taskflow)
    own = [f"http://{host}:{taskflow.port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    for origin in own:
        assert admin.ask("POST", "/tasks", {"title": "x"}, f"Origin: {origin}").status == 201
    for origin in ("null", "http://example.org", f"https://localhost:{taskflow.port}", "http://localhost",
                   f"http://localhost:{taskflow.port}/", "http://localhost:1", ""):
        admin.refused(403, "FORBIDDEN_ORIGIN", "POST", "/tasks", {"title": "x"}, f"Origin: {origin}")
        assert admin.get("/tasks/count", f"Origin: {origin}").status == 200
        assert admin.ask("HEAD", "/tasks/count", None, f"Origin: {origin}").status == 200


def test_origins_can_be_named(taskflow_program):
    flags = ["--origin", "https://a.example.org", "--origin", "http://b:81"]
    with taskflow_program.start(*flags) as server:
        admin = Client(server)
        for origin in ("https://a.example.org", "http://b:81"):
            assert admin.ask("POST", "/tasks", {"title": "x"}, f"Origin: {origin}").status == 201
        for origin in (f"http://localhost:{server.port}", "http://b", "null"):
            admin.refused(403, "FORBIDDEN_ORIGIN", "POST", "/tasks", {"title": "x"}, f"Origin: {origin}")


# Settings


def run(program, *flags: str, folder=None, **environment: str) -> subprocess.CompletedProcess:
    """The program with settings that should end it at once."""
    result = subprocess.run([program.binary, "--port", "0", *program.flags, *flags], capture_output=True, text=True, timeout=10,
                            cwd=folder, env=os.environ | environment)
    assert not TRACE.search(result.stdout + result.stderr)
    return result


@pytest.mark.parametrize("flags", [
    ["--admin-token", ""], ["--admin-token", "with space"], ["--user-token", "é"], ["--user-token", "x" * 257],
    ["--origin", "null"], ["--origin", "*"], ["--origin", "http://a/b"], ["--origin", "localhost"],
], ids=" ".join)
def test_a_bad_flag_is_explained_without_the_token(taskflow_program, flags):
    result = run(taskflow_program, *flags)
    assert result.returncode == 64 and result.stderr.startswith("Error: ") and flags[0] in result.stderr
    assert not flags[1] or flags[1] not in result.stderr.splitlines()[0].split()


def assert_one_line_and_code_1(result, *secrets: str) -> None:
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert not any(secret in result.stderr for secret in secrets)


def test_settings_that_cannot_be_are_one_line_and_code_1(taskflow_program, tmp_path):
    same = "the-same-token-for-both"
    assert_one_line_and_code_1(run(taskflow_program, "--admin-token", same, USER_TOKEN=same), same)
    assert_one_line_and_code_1(run(taskflow_program, ADMIN_TOKEN="with space"), "with space")
    assert_one_line_and_code_1(run(taskflow_program, USER_TOKEN=""))
    (tmp_path / ".env").write_text(f"ADMIN_TOKEN={same}\nUSER_TOKEN='{same}'\n")
    assert_one_line_and_code_1(run(taskflow_program, folder=tmp_path), same)
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").mkdir()
    assert_one_line_and_code_1(run(taskflow_program, folder=tmp_path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.example.org", "example.org"])
def test_development_mode_stays_on_this_machine(taskflow_program, host):
    assert_one_line_and_code_1(run(taskflow_program, "--host", host))


def test_tokens_come_from_flag_then_environment_then_file(taskflow_program, tmp_path):
    (tmp_path / ".env").write_text(
        "# a comment\nexport ADMIN_TOKEN=\"from-the-file-admin\" # why\r\n\n"
        "USER_TOKEN=from-the-file-user\nOTHER=x\n")
    started = []
    for flags, environment, tokens in [
        ([], {}, ("from-the-file-admin", "from-the-file-user")),
        ([], {"ADMIN_TOKEN": "from-the-environment"}, ("from-the-environment", "from-the-file-user")),
        (["--admin-token", "from-the-flag-as-such"], {"ADMIN_TOKEN": "from-the-environment"},
         ("from-the-flag-as-such", "from-the-file-user")),
    ]:
        with taskflow_program.start(*flags, cwd=tmp_path, env=os.environ | environment) as server:
            assert Client(server, tokens[0]).create()
            Client(server, tokens[1]).refused(403, "INSUFFICIENT_PERMISSIONS", "POST", "/tasks", {})
            started.append(server.stop())
    for output in started:
        assert "from-the" not in output


def test_weak_access_is_warned_of(taskflow_program):
    with taskflow_program.start() as server:
        assert server.says("WARNING", "Development mode")
    with taskflow_program.start("--admin-token", "x" * 15, "--user-token", "x" * 16) as server:
        assert server.says("ADMIN_TOKEN has fewer than 16")
        output = server.stop()
    assert "USER_TOKEN has" not in output and "Development" not in output
    with taskflow_program.start("--admin-token", "x" * 16, "--host", "0.0.0.0") as server:
        assert server.says("TLS")


def test_no_token_is_ever_in_the_log(taskflow_program):
    with taskflow_program.start("--log-level", "trace", *OWN_TOKENS) as server:
        Client(server, OWN_TOKENS[1]).create()
        Client(server, "a-wrong-token-of-the-tests").get("/tasks")
        Client(server, OWN_TOKENS[3]).ask("POST", "/tasks", {"title": "x"})
        output = server.stop()
    assert not any(token in output for token in (OWN_TOKENS[1], OWN_TOKENS[3], "a-wrong-token-of-the-tests"))


def test_ids_ascend_within_a_millisecond_too(taskflow, admin):
    body = b'{"title":"x"}'
    request = head("POST", "/tasks", f"Authorization: {ADMIN}", f"Content-Length: {len(body)}") + body
    last = head("POST", "/tasks", f"Authorization: {ADMIN}", f"Content-Length: {len(body)}", "Connection: close") + body
    answers = exchange(taskflow, request * 199 + last).answers
    ids = [json.loads(answer.body)["id"] for answer in answers]
    assert len(set(ids)) == 200 and ids == sorted(ids) and all(uuid.UUID(id).version == 7 for id in ids)
    assert [task["id"] for task in admin.json("/tasks")] == ids
