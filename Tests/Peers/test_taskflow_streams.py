"""Exports and streamed demonstrations: what is in them, and that no client, however slow, makes the server hold them."""

import csv
import io
import json
import socket
import threading
import time
from contextlib import ExitStack

import pytest

from client import ADMIN, call, get
from contract import assert_error
from wire import exchange, head

COLUMNS = ["id", "title", "description", "status", "priority", "dependencies", "createdAt", "updatedAt", "project"]
MEBIBYTE = 1 << 20


def create(server, **fields) -> dict:
    answer = call(server, "POST", "/tasks", {"title": "t"} | fields)
    assert answer.status == 201, answer
    return json.loads(answer.body)


def export(server) -> list[list[str]]:
    answer = call(server, "GET", "/tasks/export.csv")
    assert answer.status == 200
    return list(csv.reader(io.StringIO(answer.body.decode(), newline="")))


# Exports


def test_an_empty_export_has_its_header(fresh):
    answer = call(fresh, "GET", "/tasks/export.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == "attachment; filename=tasks-export.csv"
    assert answer.body.decode().splitlines() == [",".join(COLUMNS)]
    answer = call(fresh, "GET", "/tasks/stream.ndjson")
    assert answer["Content-Type"] == "application/x-ndjson; charset=utf-8" and answer.body == b""


def test_exports_hold_every_task_in_creation_order(fresh):
    first = create(fresh, title='say "hé", twice', description="two\nlines", priority=-5)
    second = create(fresh, dependencies=[first["id"]], status="completed", project="p")
    third = create(fresh, dependencies=[second["id"], first["id"]])
    rows = export(fresh)
    assert rows[0] == COLUMNS
    for row, task in zip(rows[1:], [first, second, third], strict=True):
        cells = task | {"dependencies": " ".join(task["dependencies"]), "priority": str(task["priority"]),
                        "project": task["project"] or ""}
        assert row == [cells[name] for name in COLUMNS]
    lines = call(fresh, "GET", "/tasks/stream.ndjson").body.decode().splitlines()
    assert [json.loads(line) for line in lines] == get(fresh, "/tasks") == [first, second, third]


def test_every_cell_is_quoted(fresh):
    create(fresh)
    row = call(fresh, "GET", "/tasks/export.csv").body.decode().splitlines()[1]
    assert row.startswith('"') and row.endswith('"') and row.count('","') == len(COLUMNS) - 1


@pytest.mark.parametrize("text, cell", [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("a=1", "a=1"), ("'=1", "'=1")])
def test_no_text_is_a_formula(fresh, text, cell):
    create(fresh, title=text, description=text, priority=-1)
    row = export(fresh)[1]
    # A number is no text.
    assert row[1:3] == [cell, cell] and row[4] == "-1"


@pytest.mark.parametrize("text, cell", [
    ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("\0=1", "'\0=1"), ("\0a", "'\0a"), (" =1", "' =1"), (" a", " a"),
    ("\ufeff=1", "'\ufeff=1"), ("\u200b@a", "'\u200b@a"), ("\uff1d1", "'\uff1d1"), ("\u009b=1", "'\u009b=1"), ("\ufeffa", "\ufeffa")])
def test_a_description_may_begin_with_space_and_is_no_formula(fresh, text, cell):
    create(fresh, description=text)
    assert export(fresh)[1][2] == cell


def test_a_project_that_begins_as_a_formula_is_none(fresh):
    create(fresh, project="-1")
    create(fresh, project="a-1")
    create(fresh)
    assert [row[-1] for row in export(fresh)[1:]] == ["'-1", "a-1", ""]


def test_many_tasks_come_each_once(fresh):
    with fresh.connect() as connection:
        body = b'{"title":"one of many"}'
        request = head("POST", "/tasks", f"Authorization: {ADMIN}", f"Content-Length: {len(body)}") + body
        for _ in range(50):
            connection.sendall(request * 100)
            received = 0
            while received < 100:
                received += connection.recv(1 << 20).count(b"HTTP/1.1 201")
    ids = [task["id"] for task in map(json.loads, call(fresh, "GET", "/tasks/stream.ndjson").body.splitlines())]
    assert len(ids) == len(set(ids)) == get(fresh, "/tasks/count")["count"] == 5_000 and ids == sorted(ids)
    assert [row[0] for row in export(fresh)[1:]] == ids


@pytest.mark.parametrize("path", ["/tasks/export.csv", "/tasks/stream.ndjson", "/demo/stream/csv", "/demo/stream/ndjson"])
def test_head_gets_no_body(taskflow, path):
    request = head("HEAD", path, f"Authorization: {ADMIN}") + head("GET", "/health", "Connection: close")
    answers = exchange(taskflow, request, methods=["HEAD", "GET"]).answers
    assert [answer.status for answer in answers] == [200, 200] and b"healthy" in answers[1].body


# Synthetic rows


@pytest.mark.parametrize("count", [1, 2, 1_000, 12_345])
def test_the_demonstration_has_as_many_rows_as_asked_for(taskflow, count):
    rows = list(csv.reader(io.StringIO(call(taskflow, "GET", f"/demo/stream/csv?count={count}", token=None).body.decode())))
    assert len(rows) == count + 1 and {len(row) for row in rows} == {len(rows[0])}
    assert [row[0] for row in rows[1:]] == [str(number + 1) for number in range(count)]
    answer = call(taskflow, "GET", f"/demo/stream/ndjson?count={count}", token=None)
    assert [json.loads(line)["id"] for line in answer.body.splitlines()] == list(range(1, count + 1))


@pytest.mark.parametrize("count", ["0", "300001", "-1", "x", "", "1.0", "1e3"])
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_another_count_is_422(taskflow, kind, count):
    assert_error(call(taskflow, "GET", f"/demo/stream/{kind}?count={count}", token=None), 422, "VALIDATION_ERROR")


# Slow clients


def read_slowly(server, seconds: float, bytes_per_second: float = 1e6, rows: int = 300_000) -> int:
    """Reads a long answer at a rate, through a small window; returns how many bytes it took."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.settimeout(15)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(head("GET", f"/demo/stream/ndjson?count={rows}", "Connection: close"))
        start, taken = time.monotonic(), 0
        while time.monotonic() - start < seconds:
            piece = connection.recv(32_768)
            if not piece:
                break
            taken += len(piece)
            time.sleep(max(0, start + taken / bytes_per_second - time.monotonic()))  # This is the rate.
        return taken


def growth(server, clients: int, seconds: float) -> int:
    """By how many bytes the server grows while so many read slowly."""
    call(server, "GET", "/demo/stream/ndjson?count=1000", token=None)
    before = highest = server.resident_bytes()
    threads = [threading.Thread(target=read_slowly, args=(server, seconds)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        highest = max(highest, server.resident_bytes())
        time.sleep(0.05)  # Between two looks.
    for thread in threads:
        thread.join()
    return highest - before


def test_one_slow_client_costs_no_memory(fresh):
    assert growth(fresh, clients=1, seconds=5) < 8 * MEBIBYTE


def test_ten_slow_clients_cost_no_memory(fresh):
    assert growth(fresh, clients=10, seconds=5) < 40 * MEBIBYTE


@pytest.mark.slow
@pytest.mark.parametrize("clients, limit", [(1, 8), (10, 40)])
def test_slow_clients_that_read_to_the_end_cost_no_memory(fresh, clients, limit):
    assert growth(fresh, clients, seconds=900) < limit * MEBIBYTE


def test_a_client_that_reads_nothing_stops_its_answer_and_nobody_else(fresh):
    before = fresh.resident_bytes()
    with ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(fresh.connect())
            connection.sendall(head("GET", "/demo/stream/ndjson?count=300000"))
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            get(fresh, "/health", token=None)
        assert fresh.resident_bytes() - before < 40 * MEBIBYTE
    while get(fresh, "/tasks/system/memory")["live"]["connections"] > 1:
        pass


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(fresh):
    def leave_early(times: int) -> int:
        for _ in range(times):
            with fresh.connect() as connection:
                connection.sendall(head("GET", "/demo/stream/ndjson?count=300000"))
                connection.recv(1_000)
        while get(fresh, "/tasks/system/memory")["live"]["connections"] > 1:
            pass
        return fresh.resident_bytes()

    before = leave_early(100)
    assert leave_early(300) - before < 4 * MEBIBYTE


def test_a_fast_client_does_not_keep_the_loop_to_itself(fresh):
    thread = threading.Thread(target=call, args=(fresh, "GET", "/demo/stream/ndjson?count=20000"), kwargs={"token": None})
    thread.start()
    answered = 0
    while thread.is_alive():
        get(fresh, "/health", token=None)
        answered += 1
    thread.join()
    assert answered > 5
