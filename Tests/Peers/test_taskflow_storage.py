"""taskflow keeps its tasks: over restarts, kills, failing disks, and files that are none of its own."""

import concurrent.futures
import contextlib
import http.client
import json
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client import ADMIN, Client, wait_until_ready
from failing_disk import Faults, small_disk
from readers import Reader, StreamReader, WebSocketReader, log_behind
from server import TRACE

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
HEADERS = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}


def start(program, folder: Path, *flags: str, **streams):
    return program.start("--store", f"sqlite:{folder}/tasks.db", *flags, **streams)


def tasks(server) -> dict[str, dict]:
    return {task["id"]: task for task in Client(server).json("/tasks")}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- The start --------------------------------------------------------------------------------------------------------

@pytest.mark.no_redis("it is about a file")
def test_the_store_is_taskflow_db_of_the_working_folder_and_is_there_again(taskflow_program, tmp_path):
    with taskflow_program.start("--store", "sqlite:taskflow.db", cwd=tmp_path) as server:
        made = json.loads(Client(server).ask("POST", "/tasks", {"title": "kept"}).body)
        assert server.says("Loaded 0 tasks from taskflow.db in ")
    assert sorted(contents(tmp_path)) == ["taskflow.db", "taskflow.db-lock"], "the log is written into the database"
    with taskflow_program.start("--store", "sqlite:taskflow.db", cwd=tmp_path) as server:
        assert tasks(server) == {made["id"]: made}
        assert server.says("Loaded 1 task from taskflow.db in ")


def test_ids_and_etags_go_on_where_they_were(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        first = json.loads(Client(server).ask("POST", "/tasks", {"title": "first"}).body)
        last = json.loads(Client(server).ask("POST", "/tasks", {"title": "last"}).body)
        tag = Client(server).get(f"/tasks/{first['id']}")["ETag"]
        assert Client(server).ask("DELETE", f"/tasks/{last['id']}").status == 204
    with start(taskflow_program, tmp_path) as server:
        assert Client(server).get(f"/tasks/{first['id']}")["ETag"] == tag
        again = json.loads(Client(server).ask("POST", "/tasks", {"title": "again"}).body)
        assert again["id"] > last["id"]
        assert Client(server).get(f"/tasks/{again['id']}")["ETag"] not in (tag, None)


def refusal(program, folder: Path) -> str:
    """What a start says that must fail, and must change nothing."""
    before = contents(folder)
    result = subprocess.run([program.binary, "--port", "0", "--store", f"sqlite:{folder}/tasks.db"],
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 1 and not TRACE.search(result.stderr), result
    line, = (line for line in result.stderr.splitlines() if re.match(r"\S+ ERROR +", line))
    assert line == result.stderr.splitlines()[-1]
    assert contents(folder) == before
    return line


def small_store(program, folder: Path) -> Path:
    with start(program, folder) as server:
        for number in range(20):
            Client(server).ask("POST", "/tasks", {"title": f"task {number}", "description": "x" * 2000})
    return folder / "tasks.db"


def test_a_file_that_is_no_database_is_refused(taskflow_program, tmp_path):
    (tmp_path / "tasks.db").write_bytes(b"no database" * 100)
    assert "is not a database" in refusal(taskflow_program, tmp_path)


def test_another_programs_database_is_refused(taskflow_program, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "tasks.db")) as database:
        database.execute("CREATE TABLE mine (a)")
        database.commit()
    assert "is the database of another program" in refusal(taskflow_program, tmp_path)


@pytest.mark.no_redis("it is about a file")
def test_what_a_newer_version_has_written_is_refused(taskflow_program, tmp_path):
    with contextlib.closing(sqlite3.connect(small_store(taskflow_program, tmp_path))) as database:
        database.execute("PRAGMA user_version = 99")
    assert "its version is 99" in refusal(taskflow_program, tmp_path)


@pytest.mark.no_redis("it is about a file")
@pytest.mark.parametrize("table", ["task", "event", "need", "body", "project"])
def test_a_damaged_page_is_refused(taskflow_program, tmp_path, table):
    path = small_store(taskflow_program, tmp_path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        page, = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
        size, = database.execute("PRAGMA page_size").fetchone()
    for left in tmp_path.glob("tasks.db-[sw]*"):
        left.unlink()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size:page * size] = b"\xA5" * size
    path.write_bytes(data)
    assert "malformed" in refusal(taskflow_program, tmp_path)


@pytest.mark.no_redis("it is about a file")
def test_a_second_server_cannot_have_the_file(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", f"sqlite:{tmp_path}/tasks.db"],
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 1 and "another server uses" in result.stderr
        assert Client(server).ask("POST", "/tasks", {"title": "still mine"}).status == 201


@pytest.mark.no_redis("it is about a file")
def test_nor_by_a_link_to_it(taskflow_program, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "tasks.db")
    with start(taskflow_program, tmp_path) as server:
        result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", f"sqlite:{tmp_path}/link.db"],
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 1 and "another server uses" in result.stderr
        assert Client(server).create("still here")


@pytest.mark.no_redis("it is about a file")
def test_nor_by_a_link_that_was_there_before_the_file(taskflow_program, tmp_path):
    (tmp_path / "link.db").symlink_to("middle.db")
    (tmp_path / "middle.db").symlink_to("tasks.db")
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/link.db") as server:
        assert "another server uses" in refusal(taskflow_program, tmp_path)
        assert Client(server).create("still here")
    assert sorted(contents(tmp_path)) == ["link.db", "middle.db", "tasks.db", "tasks.db-lock"]


@pytest.mark.no_redis("it is about a file")
def test_a_file_of_two_names_is_not_opened(taskflow_program, tmp_path):
    path = small_store(taskflow_program, tmp_path)
    (tmp_path / "other.db").hardlink_to(path)
    before = contents(tmp_path)
    assert "it has another name too" in refusal(taskflow_program, tmp_path)
    done = subprocess.run([taskflow_program.binary, "export", "-", "--store", "sqlite:other.db"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "it has another name too" in done.stderr and contents(tmp_path) == before
    (tmp_path / "other.db").unlink()
    with start(taskflow_program, tmp_path) as server:
        assert Client(server).create("again")


@pytest.mark.no_redis("it is about a file")
def test_a_limit_on_the_size_of_files_is_as_a_full_disk(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        client = Client(server)
        before = client.create("kept")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (200 * 1024, 200 * 1024))
        answers = [client.ask("POST", "/tasks", {"title": "t", "description": "d" * 9_000}) for _ in range(60)]
        assert answers[-1].status == 503 and json.loads(answers[-1].body)["error"]["code"] == "STORAGE_UNAVAILABLE"
        assert client.json(f"/tasks/{before['id']}") == before


def test_a_folder_that_is_not_there_is_said(taskflow_program, tmp_path):
    result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", f"sqlite:{tmp_path}/none/tasks.db"],
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 1 and "No such file or directory" in result.stderr and not contents(tmp_path)


@pytest.mark.parametrize("flag, value", [("--store", "sqlite:"), ("--store", "file.db"), ("--store", ""),
                                         ("--history", "0"), ("--history", "1e3"), ("--history", "1000000000"),
                                         ("--history-age", "0"), ("--history-age", "3651d"), ("--history-age", "day")])
def test_a_wrong_flag_is_code_64(taskflow_program, tmp_path, flag, value):
    result = subprocess.run([taskflow_program.binary, "--port", "0", flag, value], cwd=tmp_path, capture_output=True,
                            text=True, timeout=20)
    assert result.returncode == 64 and result.stderr.startswith(f"Error: {flag} is ") and not contents(tmp_path)


# --- A file of before the work queue ----------------------------------------------------------------------------------

FORMER = Path(__file__).parent.parent / "Fixtures" / "store-version-2.sql"


def former_store(folder: Path) -> None:
    """The store that version 2 has made, as if it had done so now."""
    with contextlib.closing(sqlite3.connect(folder / "tasks.db")) as database:
        database.executescript("PRAGMA journal_mode = WAL;" + FORMER.read_text())
        made, = database.execute("SELECT max(time) FROM event").fetchone()
        later = int(time.time() * 1000) - made
        database.execute("UPDATE event SET time = time + ?, created = created + ?, updated = updated + ?", [later] * 3)
        database.execute("UPDATE task SET created = created + ?, updated = updated + ?", [later] * 2)
        database.execute("UPDATE keyed_change SET time = time + ?", [later])
        database.commit()


@pytest.mark.no_redis("it is about a file")
def test_a_file_of_before_the_queue_goes_on_as_it_was(taskflow_program, tmp_path):
    former_store(tmp_path)
    with start(taskflow_program, tmp_path) as server:
        wait_until_ready(server)
        client, found = Client(server), tasks(server)
        assert [(task["title"], task["status"]) for task in found.values()] == [
            ("pending, moved", "pending"), ("in progress", "in-progress"), ("completed", "completed"),
            ("failed", "failed"), ("needs what is deleted", "pending")]
        names = "id title description status priority dependencies project createdAt updatedAt".split()
        assert all([*task] == names for task in found.values()), "today's members and no other"
        now = client.json("/events")
        assert now["seq"] == 12 and now["epoch"] == f"{7858115818718389353:016x}"
        # A client that was away while the program was changed for this one.
        readers = [kind(now["epoch"], 5, 0) for kind in (WebSocketReader, StreamReader)]
        events = log_behind(client, now["epoch"], 5)
        assert [event["seq"] for event in events] == [*range(6, 13)]
        for reader in readers:
            reader.follow(server.port, until=12)
        for reader in readers:
            reader.finish()
            assert reader.take_events() == events
        # And one that has not heard its answer.
        second = [*found][1]
        again = client.ask("PATCH", f"/tasks/{second}", {"project": "gamma"}, "Idempotency-Key: changed-by-key")
        assert again.status == 200 and again["Idempotency-Replayed"] == "true"
        assert client.json("/events")["seq"] == 12
        client.change(second, priority=8)
        client.create("new", dependencies=[second])
        found = tasks(server)
    with start(taskflow_program, tmp_path) as server:
        wait_until_ready(server)
        assert tasks(server) == found
    check = subprocess.run([taskflow_program.binary, "check", "--store", f"sqlite:{tmp_path}/tasks.db"],
                           capture_output=True, text=True, timeout=60)
    assert check.returncode == 0, check


# --- Killed -----------------------------------------------------------------------------------------------------------

class Writer(threading.Thread):
    """Creates, changes and deletes tasks of its own, and knows of each what it was told."""

    def __init__(self, port: int, name: str, seed: int):
        super().__init__()
        self.port, self.random = port, random.Random(seed)
        self.project = name
        # What was answered, and the one change of which it has not heard.
        self.known: dict[str, dict] = {}
        self.open: tuple[str, str | None, dict | None] | None = None
        self.is_over = False

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while not self.is_over:
                self.change(connection)

    def change(self, connection) -> None:
        id = self.random.choice([*self.known]) if self.known and self.random.random() < 0.5 else None
        if id is None:
            needs = self.random.sample([*self.known], min(len(self.known), 2))
            body = {"title": f"{self.random.random()}", "project": self.project, "dependencies": needs,
                    "description": "x" * self.random.choice([0, 10, 5000])}
            self.open = ("POST", None, body)
            self.known_is(self.ask(connection, "POST", "/tasks", body, 201))
        elif self.random.random() < 0.3:
            self.open = ("DELETE", id, None)
            self.ask(connection, "DELETE", f"/tasks/{id}", None, 204)
            del self.known[id]
            for task in self.known.values():
                task["dependencies"] = [needed for needed in task["dependencies"] if needed != id]
        else:
            body = {"title": f"{self.random.random()}", "priority": self.random.randint(-5, 5)}
            self.open = ("PATCH", id, body)
            self.known_is(self.ask(connection, "PATCH", f"/tasks/{id}", body, 200))
        self.open = None

    def known_is(self, task: dict) -> None:
        self.known[task["id"]] = task

    def ask(self, connection, method: str, path: str, body, status: int) -> dict | None:
        connection.request(method, path, None if body is None else json.dumps(body), HEADERS)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == status, (method, path, answer.status, text)
        return json.loads(text) if text else None

    def check(self, found: dict[str, dict]) -> None:
        """Every change that was answered is there; the one that was not is there whole, or not at all."""
        method, id, body = self.open or (None, None, None)
        others = {key: task for key, task in found.items() if key not in self.known}
        for key, task in self.known.items():
            if key != id:
                now = found[key]
                if method == "DELETE" and id not in found:
                    task = task | {"dependencies": [needed for needed in task["dependencies"] if needed != id]}
                assert now == task, (key, now, task)
            elif method == "DELETE":
                assert found.get(key) in (None, task)
            else:
                assert found[key] in (task, task | body | {"updatedAt": found[key]["updatedAt"]})
        if method == "POST":
            assert len(others) <= 1
            for task in others.values():
                assert {name: task[name] for name in body} == body
        else:
            assert not others


def crash_round(program, folder: Path, readers: list[Reader], seed: int) -> int:
    """Returns how many events the readers have had before the server was killed."""
    chance = random.Random(seed)
    epoch, start_of_round = readers[0].epoch, readers[0].seq
    with contextlib.ExitStack() as stack:
        server = start(program, folder)
        stack.callback(lambda: server.process.poll() is None and server.kill())
        before = tasks(server)
        writers = [Writer(server.port, f"round-{seed}-{number}", chance.getrandbits(32)) for number in range(8)]
        for reader in readers:
            reader.follow(server.port)
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.02, 0.4))  # When it is killed is what is random.
        server.kill()
        for writer in writers:
            writer.is_over = True
            writer.join(20)
        for reader in readers:
            reader.finish()
        told = sum(len(reader.seen) for reader in readers)
        assert not TRACE.search(server.output())
    with start(program, folder) as server:
        found = tasks(server)
        for writer in writers:
            writer.check({id: task for id, task in found.items() if task["project"] == writer.project})
        assert {id: task for id, task in found.items() if id in before} == before
        events = log_behind(Client(server), epoch, start_of_round)
        check_events(readers, server.port, events, start_of_round)
        for task in list(found)[::5]:
            assert Client(server).ask("DELETE", f"/tasks/{task}").status == 204
    return told


def check_events(readers: list[Reader], port: int, log: list[dict], behind: int) -> None:
    """What each reader has seen, before the server was killed and after it was there again, is the log: no event more,
    none less, in its order."""
    assert [event["seq"] for event in log] == [*range(behind + 1, behind + 1 + len(log))]
    for reader in readers:
        reader.follow(port, until=behind + len(log))
    for reader in readers:
        reader.finish()
        assert reader.take_events() == log, f"{reader} has seen something else"


def crash(program, folder: Path, rounds: int) -> None:
    seed = random.randrange(1 << 30)
    with start(program, folder) as server:
        now = Client(server).json("/events")
    readers = [kind(now["epoch"], now["seq"], seed + number)
               for number in range(4) for kind in (WebSocketReader, StreamReader)]
    told = 0
    for number in range(rounds):
        print(f"seed {seed + number}")
        told += crash_round(program, folder, readers, seed + number)
    assert told > 10 * rounds, "the readers were there"
    with contextlib.closing(sqlite3.connect(folder / "tasks.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_server_that_is_killed_at_any_moment_has_all_that_it_has_answered_and_told(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 20)


@pytest.mark.slow
def test_a_server_that_is_killed_again_and_again_has_all_that_it_has_answered_and_told(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 200)


# --- Failing ----------------------------------------------------------------------------------------------------------

def fails_at(program, faults: Faults, call: int) -> bool:
    """Changes tasks while the `call`-th call on the store fails; false if there were fewer calls."""
    with contextlib.ExitStack() as stack:
        server = start(program, faults.store, env=faults.environment)
        stack.callback(lambda: server.process.poll() is None and server.kill())
        client = Client(server)
        kept = json.loads(client.ask("POST", "/tasks", {"title": "kept"}).body)
        faults.arm(call)
        expected = {kept["id"]: kept}
        created = client.ask("POST", "/tasks", {"title": "new", "dependencies": [kept["id"]]})
        changed = client.ask("PATCH", f"/tasks/{kept['id']}", {"title": "changed"})
        for answer in (created, changed):
            if answer.status == 503:
                assert json.loads(answer.body)["error"]["code"] == "STORAGE_UNAVAILABLE"
            else:
                task = json.loads(answer.body)
                expected[task["id"]] = task
        has_failed = faults.disarm()
        assert tasks(server) == expected
        wait_until_ready(server)
        behind = json.loads(client.ask("POST", "/tasks", {"title": "behind"}).body)
        expected[behind["id"]] = behind
        if 503 in (created.status, changed.status):
            assert server.says("Changes cannot be kept")
        else:
            assert "Changes cannot be kept" not in server.output()
        server.kill()
    with start(program, faults.store) as server:
        assert tasks(server) == expected
    return has_failed


@pytest.mark.no_redis("it is about a file")
@linux
def test_whichever_call_fails_nothing_is_half_done_and_the_server_goes_on(taskflow_program, faults_library, tmp_path):
    def go(call: int) -> bool:
        folder = tmp_path / str(call)
        folder.mkdir()
        return fails_at(taskflow_program, Faults(faults_library, folder), call)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(1, 33)))
    assert outcomes[0] and not outcomes[-1], outcomes


@pytest.mark.no_redis("it is about a file")
@linux
def test_whichever_call_fails_at_the_start_it_ends_with_a_message_and_nothing_is_lost(taskflow_program, faults_library,
                                                                                      tmp_path):
    faults = Faults(faults_library, tmp_path)
    with start(taskflow_program, faults.store) as server:
        kept = json.loads(Client(server).ask("POST", "/tasks", {"title": "kept"}).body)
        server.kill()
        server.process.returncode = 0
    for call in range(1, 200):
        faults.arm(call)
        process = subprocess.Popen([taskflow_program.binary, "--port", "0", "--store", f"sqlite:{faults.store}/tasks.db"],
                                   stderr=subprocess.PIPE, text=True, env=faults.environment)
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "Loaded" in line:
                process.kill()
        process.wait(20)
        text = "".join(lines)
        has_failed = faults.disarm()
        assert not TRACE.search(text), text
        assert "Loaded 1 task" in text or process.returncode == 1 and "ERROR" in lines[-1], (call, text)
        if not has_failed:
            break
    assert not has_failed and call > 5
    with start(taskflow_program, faults.store) as server:
        assert tasks(server) == {kept["id"]: kept}


@pytest.mark.no_redis("it is about a file")
@linux
def test_no_answer_and_no_event_leaves_before_its_commit_is_synced(taskflow_program, faults_library, tmp_path):
    faults = Faults(faults_library, tmp_path)
    with start(taskflow_program, faults.store, env=faults.environment) as server:
        now = Client(server).json("/events")
        readers = [kind(now["epoch"], now["seq"], 0) for kind in (WebSocketReader, StreamReader)]
        listening = [reader.messages(server.port) for reader in readers]
        assert [next(messages)["event"] for messages in listening] == ["connection.ready"] * 2
        for number in range(50):
            assert Client(server).ask("POST", "/tasks", {"title": f"{number}"}).status == 201
            # So the next change begins when all of this one has been sent.
            assert [next(messages)["task"]["title"] for messages in listening] == [f"{number}"] * 2
        for messages in listening:
            messages.close()
    # Each sync lets one of each kind out.
    let_out, sent = set(), {"answer": 0, "frame": 0, "stream": 0}
    for line in faults.calls():
        if line.startswith("pwrite"):
            let_out = set()
        elif line.startswith("fdatasync"):
            let_out = {*sent}
        elif kind := kind_of(line):
            sent[kind] += 1
            assert kind in let_out, f"it left before the sync had returned: {line}"
            let_out.remove(kind)
    assert sent == {"answer": 50, "frame": 50, "stream": 50}


def kind_of(call: str) -> str | None:
    """What tells a client of a change."""
    if call.startswith("send HTTP/1.1 201"):
        return "answer"
    if call.startswith("send ") and '{"event":"task.' in call:
        return "stream" if "data: " in call else "frame"
    return None


@pytest.mark.no_redis("it breaks the disk of a file")
@linux
@pytest.mark.slow
def test_a_disk_that_never_syncs_again_leaves_a_doubt_and_says_so(taskflow_program, faults_library, tmp_path):
    faults = Faults(faults_library, tmp_path)
    with start(taskflow_program, faults.store, env=faults.environment) as server:
        calls = len([line for line in faults.calls() if not line.startswith("send")])
        Client(server).ask("POST", "/tasks", {"title": "kept"})
        written = [line for line in faults.calls() if not line.startswith("send")][calls:]
        faults.arm(len(written), times=1 << 40)
        answer = Client(server).ask("POST", "/tasks", {"title": "perhaps"})
        assert json.loads(answer.body)["error"]["code"] == "OUTCOME_UNKNOWN"
        assert Client(server).ask("POST", "/tasks", {"title": "no"}).status == 503
        faults.disarm()
        wait_until_ready(server)
        assert [task["title"] for task in tasks(server).values()] == ["kept"]


@pytest.mark.no_redis("it is about a file")
@linux
def test_a_full_disk_refuses_changes_until_there_is_room(taskflow_program, tmp_path):
    with small_disk(tmp_path / "disk") as (disk, grow):
        with start(taskflow_program, disk) as server:
            client, kept = Client(server), {}
            for _ in range(1_000):
                answer = client.ask("POST", "/tasks", {"title": "t", "description": "x" * 9_000})
                if answer.status == 503:
                    break
                task = json.loads(answer.body)
                kept[task["id"]] = task
            assert json.loads(answer.body)["error"]["code"] == "STORAGE_UNAVAILABLE"
            assert tasks(server) == kept and len(kept) > 10
            assert client.get("/health").status == 200
            grow()
            wait_until_ready(server)
            assert server.says("Changes are kept again")
            task = json.loads(client.ask("POST", "/tasks", {"title": "room"}).body)
            kept[task["id"]] = task
        with start(taskflow_program, disk) as server:
            assert tasks(server) == kept
