"""Idempotency-Key: a change that is asked for again is not made again, and its client is told what came of it."""

import concurrent.futures
import contextlib
import http.client
import json
import random
import sqlite3
import time

import pytest

from client import Client
from contract import assert_error
from failing_disk import Faults
from server import TRACE
from test_taskflow_storage import HEADERS, linux, start, tasks


@pytest.fixture(params=["memory", "file"])
def server(request, taskflow_program, tmp_path):
    if request.param == "memory":
        with taskflow_program.start("--store", "memory") as server:
            yield server
    else:
        with start(taskflow_program, tmp_path) as server:
            yield server


def keyed(server, key: str, method: str, path: str, body: object = None, *fields: str, **options):
    return Client(server).ask(method, path, body, f"Idempotency-Key: {key}", *fields, **options)


def assert_replay(answer, first) -> None:
    """It is the first answer over again, and says that it is."""
    assert first["Idempotency-Replayed"] is None and answer["Idempotency-Replayed"] == "true"
    assert (answer.status, answer["Location"], answer["ETag"], answer.body) == (
        first.status, first["Location"], first["ETag"], first.body)


def test_a_creation_that_is_asked_for_again_is_the_same_task(server):
    first = keyed(server, "k", "POST", "/tasks", {"title": "once"})
    assert first.status == 201
    for _ in range(2):
        assert_replay(keyed(server, "k", "POST", "/tasks", {"title": "once"}), first)
    assert len(tasks(server)) == 1


def test_a_replay_shows_the_task_as_it_stands_and_its_tag(server):
    first = keyed(server, "k", "POST", "/tasks", {"title": "once"})
    id = json.loads(first.body)["id"]
    changed = Client(server).change(id, priority=9)
    again = keyed(server, "k", "POST", "/tasks", {"title": "once"})
    assert again.status == 201 and again["Location"] == first["Location"] == f"/tasks/{id}"
    assert json.loads(again.body) == changed
    assert again["ETag"] == Client(server).get(f"/tasks/{id}")["ETag"] != first["ETag"]


def test_a_replay_of_a_task_that_is_gone_has_the_status_and_no_content(server):
    path = keyed(server, "k", "POST", "/tasks", {"title": "once"})["Location"]
    assert keyed(server, "k", "PATCH", path, {"priority": 2}).status == 200
    assert Client(server).ask("DELETE", path).status == 204
    created = keyed(server, "k", "POST", "/tasks", {"title": "once"})
    changed = keyed(server, "k", "PATCH", path, {"priority": 2})
    assert (created.status, created["Location"], created.body) == (201, path, b"")
    assert (changed.status, changed["Location"], changed.body) == (200, None, b"")
    for answer in (created, changed):
        assert answer["Idempotency-Replayed"] == "true"
        assert answer["ETag"] is None and answer["Content-Type"] is None and answer["Content-Length"] == "0"


def test_a_deletion_that_is_asked_for_again_is_204_again(server):
    path = f"/tasks/{Client(server).create()['id']}"
    first = keyed(server, "k", "DELETE", path)
    assert first.status == 204
    assert_replay(keyed(server, "k", "DELETE", path), first)
    assert_error(keyed(server, "other", "DELETE", path), 404, "TASK_NOT_FOUND")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_replay_comes_before_conditions(server, method):
    made = Client(server).ask("POST", "/tasks", {"title": "t"})
    path, condition = made["Location"], f"If-Match: {made['ETag']}"
    first = keyed(server, "k", method, path, {"priority": 7}, condition)
    assert first.status == 200
    assert_replay(keyed(server, "k", method, path, {"priority": 7}, condition), first)
    assert_error(keyed(server, "other", method, path, {"priority": 8}, condition), 412, "PRECONDITION_FAILED")


def test_conditions_of_the_list_are_looked_at_behind_the_key(server):
    first = keyed(server, "k", "POST", "/tasks", {"title": "t"})
    assert_replay(keyed(server, "k", "POST", "/tasks", {"title": "t"}, "If-None-Match: *"), first)
    refused = keyed(server, "other", "POST", "/tasks", {"title": "t"}, "If-None-Match: *")
    assert_error(refused, 412, "PRECONDITION_FAILED")
    assert len(tasks(server)) == 1


def test_the_same_key_with_another_body_or_query_is_422(server):
    keyed(server, "k", "POST", "/tasks", {"title": "t"})
    for path, raw in [("/tasks", b'{"title":"u"}'), ("/tasks", b'{"title": "t" }'), ("/tasks?a=1", b'{"title": "t"}')]:
        assert_error(keyed(server, "k", "POST", path, raw=raw), 422, "IDEMPOTENCY_MISMATCH")
    path = f"/tasks/{next(iter(tasks(server)))}"
    assert keyed(server, "k", "DELETE", path, raw=b"why").status == 204
    assert keyed(server, "k", "DELETE", path, raw=b"why").status == 204
    assert_error(keyed(server, "k", "DELETE", path), 422, "IDEMPOTENCY_MISMATCH")


def test_a_key_is_its_method_s_and_its_path_s_own(server):
    paths = [keyed(server, "k", "POST", "/tasks", {"title": "t"})["Location"],
             Client(server).ask("POST", "/tasks", {"title": "t"})["Location"]]
    for path in paths:
        for method, body in [("PUT", {"priority": 2}), ("PATCH", {"priority": 3}), ("DELETE", None)]:
            answer = keyed(server, "k", method, path, body)
            assert answer.status == (204 if method == "DELETE" else 200)
            assert answer["Idempotency-Replayed"] is None


def test_what_changed_nothing_and_what_was_refused_is_not_kept(server):
    id = "01a209fd-c673-7000-86a0-b878e676416e"
    assert_error(keyed(server, "k", "POST", "/tasks", {"title": ""}), 422, "VALIDATION_ERROR")
    assert_error(keyed(server, "k", "PATCH", f"/tasks/{id}", {"priority": 1}), 404, "TASK_NOT_FOUND")
    assert keyed(server, "k", "POST", "/tasks", {"title": "t"}).status == 201
    path = f"/tasks/{next(iter(tasks(server)))}"
    for _ in range(2):
        unchanged = keyed(server, "k", "PATCH", path, {"title": "t"})
        assert unchanged.status == 200 and unchanged["Idempotency-Replayed"] is None


@pytest.mark.parametrize("key, is_good", [
    ("a", True), ("!~\",;", True), ("x" * 128, True),
    ("x" * 129, False), ("", False), ("a b", False), ("a\tb", False), ("k\xe9", False), ("\x7f", False)])
def test_a_key_is_1_to_128_visible_characters_of_ascii(server, key, is_good):
    path = f"/tasks/{Client(server).create()['id']}"
    for method, path, body in [("POST", "/tasks", {"title": "t"}), ("PATCH", path, {"priority": 5}), ("DELETE", path, None)]:
        answer = keyed(server, key, method, path, body)
        if is_good:
            assert answer.status in (200, 201, 204)
        else:
            assert_error(answer, 400, "BAD_REQUEST")
    assert len(tasks(server)) == 1


def test_two_keys_are_none(server):
    for second in ("a", "b"):
        answer = keyed(server, "a", "POST", "/tasks", {"title": "t"}, f"Idempotency-Key: {second}")
        assert_error(answer, 400, "BAD_REQUEST")
    assert tasks(server) == {}


def test_what_only_reads_looks_at_no_key(server):
    assert Client(server).get("/tasks", "Idempotency-Key: a b").status == 200


def test_many_at_once_make_one_task(server):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: keyed(server, "k", "POST", "/tasks", {"title": "t"}), range(64)))
    assert {answer.status for answer in answers} == {201} and len({answer.body for answer in answers}) == 1
    assert [answer["Idempotency-Replayed"] for answer in answers].count(None) == 1
    assert len(tasks(server)) == 1


# --- Restarts ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("end", [lambda server: server.stop(), lambda server: server.kill()], ids=["stopped", "killed"])
def test_a_key_is_known_after_a_restart(taskflow_program, tmp_path, end):
    server = start(taskflow_program, tmp_path)
    first = keyed(server, "k", "POST", "/tasks", {"title": "t"})
    gone = f"/tasks/{Client(server).create()['id']}"
    assert keyed(server, "k", "DELETE", gone).status == 204
    end(server)
    # However few events are kept.
    with start(taskflow_program, tmp_path, "--history", "1") as server:
        assert_replay(keyed(server, "k", "POST", "/tasks", {"title": "t"}), first)
        assert keyed(server, "k", "DELETE", gone)["Idempotency-Replayed"] == "true"
        assert_error(keyed(server, "k", "POST", "/tasks", {"title": "u"}), 422, "IDEMPOTENCY_MISMATCH")
        assert len(tasks(server)) == 1


class Creator:
    """Creates tasks, each under a key of its own. One that it hears no answer to it asks for again at the next server."""

    def __init__(self, name: str):
        self.name, self.heard = name, []

    def run(self, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            for _ in range(10_000):
                self.create(connection)

    def create(self, connection: http.client.HTTPConnection) -> None:
        title = f"{self.name}-{len(self.heard)}"
        connection.request("POST", "/tasks", json.dumps({"title": title}), HEADERS | {"Idempotency-Key": title})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 201, text
        self.heard.append((title, json.loads(text)["id"]))


def test_what_is_asked_for_until_it_is_answered_is_made_once_however_often_the_server_is_killed(taskflow_program, tmp_path):
    creators = [Creator(f"creator-{number}") for number in range(4)]
    for _ in range(8):
        server = start(taskflow_program, tmp_path)
        with concurrent.futures.ThreadPoolExecutor(len(creators)) as pool:
            running = [pool.submit(creator.run, server.port) for creator in creators]
            time.sleep(random.uniform(0.02, 0.2))  # When it is killed is what is random.
            server.kill()
        for creator in running:
            creator.result()
        assert not TRACE.search(server.output())
    with start(taskflow_program, tmp_path) as server:
        made = [(task["title"], task["id"]) for task in tasks(server).values()]
    heard = [task for creator in creators for task in creator.heard]
    assert len(heard) > 20 and len(dict(made)) == len(made), "no title is there twice"
    assert set(heard) <= set(made) and len(made) - len(heard) <= len(creators)


def repeats_at(program, faults: Faults, call: int) -> bool:
    """Asks for a change while the `call`-th call on the store fails, and again until it is made; whether one failed."""
    with start(program, faults.store, env=faults.environment) as server:
        faults.arm(call)
        answer = keyed(server, "k", "POST", "/tasks", {"title": "t"})
        has_failed = faults.disarm()
        for _ in range(200):
            if answer.status == 201:
                break
            time.sleep(0.05)  # Until the server has tried again.
            answer = keyed(server, "k", "POST", "/tasks", {"title": "t"})
        again = keyed(server, "k", "POST", "/tasks", {"title": "t"})
        assert (again.status, again["Idempotency-Replayed"], again.body) == (201, "true", answer.body)
        assert len(tasks(server)) == 1
    return has_failed


@pytest.mark.no_redis("it is about a file")
@linux
def test_whichever_call_fails_a_change_that_is_asked_for_again_is_made_once(taskflow_program, tmp_path, faults_library):
    def go(call: int) -> bool:
        folder = tmp_path / str(call)
        folder.mkdir()
        return repeats_at(taskflow_program, Faults(faults_library, folder), call)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(1, 17)))
    assert outcomes[0] and not outcomes[-1], outcomes


@pytest.mark.no_redis("it is about a file")
def test_a_file_of_the_first_version_gets_the_table_of_keys(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        made = json.loads(Client(server).ask("POST", "/tasks", {"title": "old"}).body)
    with contextlib.closing(sqlite3.connect(tmp_path / "tasks.db")) as database:
        of_tasks = ["since_at", "since_seq", "work"]
        of_events = [*of_tasks, "cause", "cause_by", "is_late", "payload", "result", "key"]
        for table, columns in {"task": of_tasks, "event": of_events}.items():
            for column in columns:
                database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.executescript("DROP TABLE keyed_change; DROP TABLE body; DROP TABLE project; PRAGMA user_version = 1")
    with start(taskflow_program, tmp_path) as server:
        assert tasks(server) == {made["id"]: made}
        first = keyed(server, "k", "POST", "/tasks", {"title": "new"})
        assert_replay(keyed(server, "k", "POST", "/tasks", {"title": "new"}), first)
    with contextlib.closing(sqlite3.connect(tmp_path / "tasks.db")) as database:
        assert database.execute("SELECT seq, name, length(key) FROM keyed_change").fetchall() == [(2, "task.created", 32)]
