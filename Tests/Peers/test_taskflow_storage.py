"""taskflow keeps its tasks: over restarts, kills, failing disks, and files that are none of its own."""

import concurrent.futures
import contextlib
import errno
import http.client
import json
import mmap
import os
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from client import ADMIN, Client
from server import TRACE

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
HEADERS = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}


def start(program, folder: Path, *flags: str, **streams):
    """A server that has read its tasks."""
    server = program.start("--store", f"sqlite:{folder}/tasks.db", *flags, **streams)
    wait_until_ready(server)
    return server


def kill(server) -> None:
    server.signal(signal.SIGKILL)
    server.wait(10)


def tasks(server) -> dict[str, dict]:
    return {task["id"]: task for task in Client(server).json("/tasks")}


def wait_until_ready(server, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while Client(server, None).get("/ready").status != 200:
        assert time.monotonic() < deadline, server.output()
        time.sleep(0.02)  # Between two looks; being right does not hang on it.


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- The start --------------------------------------------------------------------------------------------------------

def test_the_store_is_taskflow_db_of_the_working_folder_and_is_there_again(taskflow_program, tmp_path):
    with taskflow_program.start("--store", "sqlite:taskflow.db", cwd=tmp_path) as server:
        wait_until_ready(server)
        made = json.loads(Client(server).ask("POST", "/tasks", {"title": "kept"}).body)
        assert "Loaded 0 tasks from taskflow.db in " in server.output()
    assert sorted(contents(tmp_path)) == ["taskflow.db", "taskflow.db-lock"], "the log is written into the database"
    with taskflow_program.start("--store", "sqlite:taskflow.db", cwd=tmp_path) as server:
        wait_until_ready(server)
        assert tasks(server) == {made["id"]: made}
        assert "Loaded 1 task from taskflow.db in " in server.output()


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


def test_what_a_newer_version_has_written_is_refused(taskflow_program, tmp_path):
    with contextlib.closing(sqlite3.connect(small_store(taskflow_program, tmp_path))) as database:
        database.execute("PRAGMA user_version = 99")
    assert "its version is 99" in refusal(taskflow_program, tmp_path)


@pytest.mark.parametrize("table", ["task", "event", "need"])
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


def test_a_second_server_cannot_have_the_file(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        result = subprocess.run([taskflow_program.binary, "--port", "0", "--store", f"sqlite:{tmp_path}/tasks.db"],
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 1 and "another server uses" in result.stderr
        assert Client(server).ask("POST", "/tasks", {"title": "still mine"}).status == 201


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


def crash_round(program, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with contextlib.ExitStack() as stack:
        server = start(program, folder)
        stack.callback(lambda: server.process.poll() is None and kill(server))
        before = tasks(server)
        writers = [Writer(server.port, f"round-{seed}-{number}", chance.getrandbits(32)) for number in range(8)]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(0.02, 0.4))  # When it is killed is what is random.
        kill(server)
        for writer in writers:
            writer.is_over = True
            writer.join(20)
        assert not TRACE.search(server.output())
    with start(program, folder) as server:
        found = tasks(server)
        for writer in writers:
            writer.check({id: task for id, task in found.items() if task["project"] == writer.project})
        assert {id: task for id, task in found.items() if id in before} == before
        for task in list(found)[::5]:
            assert Client(server).ask("DELETE", f"/tasks/{task}").status == 204


def crash(program, folder: Path, rounds: int) -> None:
    seed = random.randrange(1 << 30)
    for number in range(rounds):
        print(f"seed {seed + number}")
        crash_round(program, folder, seed + number)
    with contextlib.closing(sqlite3.connect(folder / "tasks.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_server_that_is_killed_at_any_moment_has_all_that_it_has_answered(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 20)


@pytest.mark.slow
def test_a_server_that_is_killed_again_and_again_has_all_that_it_has_answered(taskflow_program, tmp_path):
    crash(taskflow_program, tmp_path, 200)


# --- Failing ----------------------------------------------------------------------------------------------------------

class Faults:
    """The library that makes calls on a store fail, and writes them down."""

    def __init__(self, library: Path, folder: Path):
        self.log, self.control = folder / "calls", folder / "control"
        self.control.write_bytes(bytes(24))
        with open(self.control, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 24)
        store = folder / "store"
        store.mkdir(exist_ok=True)
        self.store = store
        self.environment = os.environ | {"LD_PRELOAD": str(library), "FAULTS_STORE": f"{store}/",
                                         "FAULTS_CONTROL": str(self.control), "FAULTS_LOG": str(self.log)}

    def arm(self, call: int, times: int = 1, code: int = errno.EIO) -> None:
        """Lets the `call`-th call from now on fail, and those behind it until so many have."""
        self.memory[8:24] = struct.pack("@2q", times, code)
        self.memory[0:8] = struct.pack("@q", call)

    def disarm(self) -> bool:
        """Whether a call has failed."""
        left, times, _ = struct.unpack("@3q", self.memory[:24])
        self.memory[0:8] = bytes(8)
        return left == 1 and times == 0

    def calls(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()


@pytest.fixture(scope="session")
def faults_library(tmp_path_factory) -> Path:
    compiler = shutil.which("cc") or shutil.which("clang") or pytest.skip("no C compiler here")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).parent / "faults" / "faults.c"
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", source, "-o", library], check=True)
    return library


def fails_at(program, faults: Faults, call: int) -> bool:
    """Changes tasks while the `call`-th call on the store fails; false if there were fewer calls."""
    with contextlib.ExitStack() as stack:
        server = start(program, faults.store, env=faults.environment)
        stack.callback(lambda: server.process.poll() is None and kill(server))
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
        assert ("Changes cannot be kept" in server.output()) == (503 in (created.status, changed.status))
        kill(server)
    with start(program, faults.store) as server:
        assert tasks(server) == expected
    return has_failed


@linux
def test_whichever_call_fails_nothing_is_half_done_and_the_server_goes_on(taskflow_program, faults_library, tmp_path):
    def go(call: int) -> bool:
        folder = tmp_path / str(call)
        folder.mkdir()
        return fails_at(taskflow_program, Faults(faults_library, folder), call)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(go, range(1, 33)))
    assert outcomes[0] and not outcomes[-1], outcomes


@linux
def test_whichever_call_fails_at_the_start_it_ends_with_a_message_and_nothing_is_lost(taskflow_program, faults_library,
                                                                                      tmp_path):
    faults = Faults(faults_library, tmp_path)
    with start(taskflow_program, faults.store) as server:
        kept = json.loads(Client(server).ask("POST", "/tasks", {"title": "kept"}).body)
        kill(server)
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


@linux
def test_no_answer_leaves_before_its_commit_is_synced(taskflow_program, faults_library, tmp_path):
    faults = Faults(faults_library, tmp_path)
    with start(taskflow_program, faults.store, env=faults.environment) as server:
        for number in range(50):
            assert Client(server).ask("POST", "/tasks", {"title": f"{number}"}).status == 201
    is_synced = True
    answers = 0
    for line in faults.calls():
        if line.startswith("pwrite"):
            is_synced = False
        elif line.startswith("fdatasync"):
            is_synced = True
        elif line.startswith("send HTTP/1.1 201"):
            answers += 1
            assert is_synced, "an answer left before the sync had returned"
            is_synced = False  # The next one needs a sync of its own.
    assert answers == 50


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


@linux
def test_a_full_disk_refuses_changes_until_there_is_room(taskflow_program, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).returncode:
        pytest.skip("no file system can be mounted here")
    try:
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
            subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
            wait_until_ready(server)
            assert "Changes are kept again" in server.output()
            task = json.loads(client.ask("POST", "/tasks", {"title": "room"}).body)
            kept[task["id"]] = task
        with start(taskflow_program, disk) as server:
            assert tasks(server) == kept
    finally:
        subprocess.run(["umount", "-l", disk])
