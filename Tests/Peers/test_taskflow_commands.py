"""taskflow's commands beside serving: export, import, check, backup, and what it says of a wrong command line."""

import contextlib
import json
import os
import pty
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest

from client import ADMIN, Client
from server import TRACE
from queue_client import Queue, fence, until
from test_taskflow_storage import contents, start

ID = "01a20a04-8c92-7000-950f-c287f654ce{:02x}"
TIME = "2026-11-23T20:06:40.018Z"


def run(program, *words: str, folder: Path, store: str | None = "tasks.db", text: bytes = b"", **options):
    """A command, on the store of `folder` if one is named."""
    flags = [] if store is None else ["--store", f"sqlite:{store}"]
    result = subprocess.run([program.binary, *words, *flags], cwd=folder, input=text, timeout=60,
                            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options)
    assert not TRACE.search((result.stderr or b"").decode()), result
    return result


def fails(program, *words: str, code: int = 1, **options) -> str:
    """What a command says that must fail, in one line."""
    result = run(program, *words, **options)
    assert result.returncode == code and result.stdout in (b"", None), result
    message, = result.stderr.decode().splitlines()
    assert message.startswith("Error: ")
    return message


def line(number: int, **members) -> bytes:
    task = {"id": ID.format(number), "title": f"task {number}", "createdAt": TIME, "updatedAt": TIME} | members
    return json.dumps({name: value for name, value in task.items() if value is not ...}).encode() + b"\n"


def fill(program, folder: Path) -> list[dict]:
    """A store with tasks of all kinds, and the log of how they became so."""
    with start(program, folder) as server:
        client = Client(server)
        made = []
        for number in range(30):
            needs = [task["id"] for task in random.sample(made, min(3, len(made)))] + [ID.format(number)]
            body = {"title": f"{number} \u2028 é '\"", "description": "x\0" * (number * 50), "dependencies": needs,
                    "project": "red" if number % 3 else None, "priority": number}
            made.append(json.loads(client.ask("POST", "/tasks", body).body))
        for task in made[::4]:
            assert client.ask("PATCH", f"/tasks/{task['id']}", {"status": "completed", "priority": -1}).status == 200
        for task in made[1::5]:
            assert client.ask("DELETE", f"/tasks/{task['id']}").status == 204
        return client.json("/tasks")


@contextlib.contextmanager
def database(folder: Path, name: str = "tasks.db"):
    with contextlib.closing(sqlite3.connect(folder / name)) as connection:
        yield connection
        connection.commit()


# --- The command line -------------------------------------------------------------------------------------------------

def test_help_goes_on_to_explain_serving_and_names_the_commands(taskflow_program, tmp_path):
    for words in (["--help"], ["-h"], ["serve", "--help"], ["help", "serve"]):
        shown = run(taskflow_program, *words, folder=tmp_path, store=None)
        assert shown.returncode == 0 and shown.stderr == b""
        for word in (b"--port <port>", b"--history-age", b"taskflow export", b"taskflow import", b"taskflow check",
                     b"taskflow backup", b"USAGE: taskflow"):
            assert word in shown.stdout, word
    listed = run(taskflow_program, "help", folder=tmp_path, store=None)
    assert listed.returncode == 0 and all(word in listed.stdout for word in (b"serve (default)", b"export", b"backup"))


@pytest.mark.parametrize("command", ["export", "import", "check", "backup"])
def test_each_command_has_help_of_its_own(taskflow_program, tmp_path, command):
    for words in ([command, "--help"], ["help", command]):
        shown = run(taskflow_program, *words, folder=tmp_path, store=None)
        assert shown.returncode == 0 and f"USAGE: taskflow {command}".encode() in shown.stdout
        assert b"--store <store>" in shown.stdout and b"--port" not in shown.stdout


@pytest.mark.parametrize("words, said", [
    (["exprot", "x"], "Did you mean 'taskflow export'?"), (["imort"], "Did you mean 'taskflow import'?"),
    (["surplus"], "There is no command 'surplus'."), (["--store", "memory", "export", "x"], "A command comes first"),
    (["--prot", "0"], "Did you mean '--port'?"), (["export"], "Missing expected argument '<file>'"),
    (["export", "a", "b"], "'b'"), (["check", "a"], "'a'"), (["check", "--port", "0"], "Unknown option '--port'"),
    (["import", "-", "--store", "memory"], "--store is sqlite:FILE here: what memory keeps ends with the server."),
    (["export", "x", "--store", "memory"], "--store is sqlite:FILE here"), (["check", "--store", "memory"], "--store is "),
    (["backup", "x", "--store", "memory"], "--store is sqlite:FILE here"), (["check", "--store", "x.db"], "--store is "),
    (["backup", "-"], "A copy is a file"), (["backup", "x", "--store", "sqlite:"], "--store is sqlite:FILE here"),
], ids=str)
def test_a_wrong_command_line_is_explained_with_code_64(taskflow_program, tmp_path, words, said):
    result = run(taskflow_program, *words, folder=tmp_path, store=None)
    assert result.returncode == 64 and result.stdout == b"" and not contents(tmp_path)
    message = result.stderr.decode()
    assert message.startswith("Error: ") and said in message and "Usage: taskflow" in message, message


# --- Export and import ------------------------------------------------------------------------------------------------

@pytest.mark.no_redis("it is about a file")
def test_what_is_exported_and_imported_is_exported_as_the_same_bytes(taskflow_program, tmp_path):
    tasks = fill(taskflow_program, tmp_path)
    done = run(taskflow_program, "export", "tasks.ndjson", folder=tmp_path)
    assert done.returncode == 0 and done.stdout == f"Exported {len(tasks)} tasks from tasks.db to tasks.ndjson\n".encode()
    text = (tmp_path / "tasks.ndjson").read_bytes()
    assert [json.loads(line) for line in text.splitlines()] == tasks
    done = run(taskflow_program, "import", "tasks.ndjson", folder=tmp_path, store="other.db")
    assert done.returncode == 0 and done.stdout == f"Imported {len(tasks)} tasks into other.db\n".encode()
    assert run(taskflow_program, "export", "-", folder=tmp_path, store="other.db").stdout == text
    assert run(taskflow_program, "check", folder=tmp_path, store="other.db").returncode == 0
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/other.db") as server:
        client = Client(server)
        assert client.get("/tasks/stream.ndjson").body == text, "what a server streams is what is imported"
        assert json.loads(client.ask("POST", "/tasks", {"title": "new"}).body)["id"] > tasks[-1]["id"]
    assert sorted(contents(tmp_path)) == ["other.db", "other.db-lock", "tasks.db", "tasks.db-lock", "tasks.ndjson"]


@pytest.mark.no_redis("it is about a file")
def test_lines_come_in_any_order_and_need_what_they_like(taskflow_program, tmp_path):
    text = b"".join([
        line(9, dependencies=[ID.format(3), ID.format(77)]), b"\r\n", line(3, dependencies=[ID.format(9), ID.format(3)]),
        line(5, title="  trimmed ", priority="7", other={"x": [1]}, dependencies=[ID.format(9)] * 2)]) + b"  \n" + line(1)[:-1]
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=text).returncode == 0
    shown = [json.loads(line) for line in run(taskflow_program, "export", "-", folder=tmp_path).stdout.splitlines()]
    assert [task["id"] for task in shown] == [ID.format(number) for number in (1, 3, 5, 9)]
    assert [task["dependencies"] for task in shown] == [
        [], [ID.format(9), ID.format(3)], [ID.format(9)], [ID.format(3), ID.format(77)]]
    assert (shown[2]["title"], shown[2]["priority"], shown[0]["status"]) == ("trimmed", 7, "pending")
    assert run(taskflow_program, "check", folder=tmp_path).returncode == 0
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        assert Client(server).ask("DELETE", f"/tasks/{ID.format(9)}").status == 204
        assert Client(server).json(f"/tasks/{ID.format(5)}")["dependencies"] == []


@pytest.mark.parametrize("bad, said", [
    (b"{\n", "it is not JSON"), (b"[]\n", "it is no JSON object"), (b"\xff\n", "it is not UTF-8"), (line(1, id=...), "id is required"),
    (line(1, id="x"), "id must be"), (line(1, title=...), "title is required"), (line(1, title=" "), "title must be"),
    (line(1, title="x" * 501), "title must be"), (line(1, description="x" * 10_001), "description must be"),
    (line(1, status="done"), "status must be"), (line(1, priority=1.5), "priority must be"),
    (line(1, dependencies=["x"]), "dependencies must be"), (line(1, dependencies=[ID.format(1)] * 1_001), "dependencies must"),
    (line(1, project="a b"), "project must be"), (line(1, createdAt=...), "createdAt is required"),
    (line(1, updatedAt="2026-02-30T00:00:00.000Z"), "updatedAt must be"), (line(7), "there is another task with the id"),
    (line(1, other="x" * (1 << 20)), "it has more than 1048576 bytes"), (b"x" * (3 << 20), "it has more than 1048576 bytes"),
    (line(1)[:-9], "it is not JSON"), (b"\xef\xbb\xbf" + line(1), "it begins with a byte order mark (BOM)"),
    (b"\xef\xbb" + line(1), "it is not UTF-8"), (line(1, error={"code": "A"}), "error.message is required"),
], ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "empty"])
def test_a_bad_line_is_named_and_nothing_is_kept(taskflow_program, tmp_path, bad, said, is_new):
    if not is_new:
        assert run(taskflow_program, "import", os.devnull, folder=tmp_path).returncode == 0
    before = contents(tmp_path)
    message = fails(taskflow_program, "import", "-", folder=tmp_path, text=line(7) + b"\n" + line(8) + bad)
    assert message.startswith("Error: line 4: ") and said in message and message.endswith("Nothing was imported")
    assert sorted(contents(tmp_path)) == sorted(before)
    if not is_new:
        assert run(taskflow_program, "export", "-", folder=tmp_path).stdout == b""


@pytest.mark.no_redis("it is about a file")
def test_a_unique_key_is_one_open_task_s_of_a_project(taskflow_program, tmp_path):
    key = {"unique": {"key": "k", "onConflict": "reject"}}
    text = b"".join([line(1, status="completed", **key), line(2, **key), line(3, status="failed", **key),
                     line(4, project="p", **key), line(5, **{"unique": {"key": "K"}})])
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=text).returncode == 0
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        answer = Client(server).ask("POST", "/tasks", {"title": "again", **key})
        assert answer.status == 409 and json.loads(answer.body)["error"]["details"]["taskId"] == ID.format(2)
    assert f"line 6: {ID.format(2)} has the unique key already" in fails(
        taskflow_program, "import", "-", folder=tmp_path, store="other.db", text=text + line(6, **key))


@pytest.mark.no_redis("it is about a file")
def test_an_import_that_fails_leaves_a_link_and_makes_no_file(taskflow_program, tmp_path):
    (tmp_path / "tasks.db").symlink_to("real.db")
    fails(taskflow_program, "import", "-", folder=tmp_path, text=b"{}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.db"] and (tmp_path / "tasks.db").is_symlink()


@pytest.mark.no_redis("it is about a file")
def test_a_cancellation_that_was_asked_for_comes_with_the_end_of_the_lease(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        client = Client(server)
        held = json.loads(client.ask("POST", "/tasks", {"title": "held", "type": "t"}).body)["id"]
        waits = json.loads(client.ask("POST", "/tasks", {"title": "waits", "type": "t", "dependencies": [held]}).body)["id"]
        assert json.loads(client.ask("POST", "/tasks/claim", {"worker": "w"}).body)["tasks"]
        assert json.loads(client.ask("POST", f"/tasks/{held}/cancel", {"reason": "stop it"}).body)["cancelRequested"]
    text = run(taskflow_program, "export", "-", folder=tmp_path).stdout
    assert run(taskflow_program, "import", "-", folder=tmp_path, store="other.db", text=text).returncode == 0
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/other.db") as server:
        task = Client(server).json(f"/tasks/{held}")
        assert (task["state"], task["reason"]["text"]) == ("cancelled", "stop it") and task["finishedAt"]
        until(lambda: Client(server).json(f"/tasks/{waits}")["state"] == "cancelled")


@pytest.mark.no_redis("it is about a file")
def test_a_task_that_was_tried_very_often_is_exported_as_a_line_that_can_be_imported(taskflow_program, tmp_path):
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1, attempt=1_000_000, maxAttempts=100)).returncode == 0
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        claims = json.loads(Client(server).ask("POST", "/tasks/claim", {"worker": "w"}).body)["tasks"]
        assert [claim["attempt"] for claim in claims] == [1_000_001]
    text = run(taskflow_program, "export", "-", folder=tmp_path).stdout
    assert run(taskflow_program, "import", "-", folder=tmp_path, store="other.db", text=text).returncode == 0


def test_the_longest_line_that_can_be_sent_can_be_imported(taskflow_program, tmp_path):
    room = (1 << 20) - len(line(1, other="")) + 1
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1, other="x" * room)).returncode == 0
    assert "line 1: it has more" in fails(taskflow_program, "import", "-", folder=tmp_path, store="other.db",
                                          text=line(1, other="x" * (room + 1)))


@pytest.mark.no_redis("it is about a file")
def test_an_import_goes_into_an_empty_store_only_and_never_beside_a_server(taskflow_program, tmp_path):
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1)).returncode == 0
    before = contents(tmp_path)
    assert "has tasks" in fails(taskflow_program, "import", "-", folder=tmp_path, text=line(2))
    assert contents(tmp_path) == before
    (tmp_path / "served").mkdir()
    with start(taskflow_program, tmp_path / "served"):
        assert "another server uses" in fails(taskflow_program, "import", "-", folder=tmp_path, store="served/tasks.db",
                                              text=line(2))


@pytest.mark.no_redis("it is about a file")
def test_an_import_begins_a_history_above_all_numbers_that_were_given(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        made = json.loads(Client(server).ask("POST", "/tasks", {"title": "x"}).body)
        assert Client(server).ask("DELETE", f"/tasks/{made['id']}").status == 204
    with database(tmp_path) as store:
        former = store.execute("SELECT epoch, seq FROM store").fetchone()
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1) + line(2)).returncode == 0
    with database(tmp_path) as store:
        epoch, end = store.execute("SELECT epoch, seq FROM store").fetchone()
        assert epoch != former[0] and former[1] == 2 and end == 2**32 + 2
        assert [row for row, in store.execute("SELECT seq FROM event")] == [2**32 + 1, 2**32 + 2]
    assert run(taskflow_program, "check", folder=tmp_path).returncode == 0


@pytest.mark.parametrize("source", ["none.ndjson", ".", "/proc/self/mem"])
def test_what_cannot_be_read_is_told_and_makes_no_file(taskflow_program, tmp_path, source):
    assert fails(taskflow_program, "import", source, folder=tmp_path).startswith("Error: cannot ")
    assert not contents(tmp_path)


@pytest.mark.parametrize("words", [["export", "x"], ["export", "-"], ["check"], ["backup", "x"]], ids=" ".join)
def test_a_store_that_is_not_there_is_told_and_none_is_made(taskflow_program, tmp_path, words):
    assert fails(taskflow_program, *words, folder=tmp_path) == "Error: there is no file tasks.db"
    assert not contents(tmp_path)
    (tmp_path / "tasks.db").write_bytes(b"no database" * 100)
    assert fails(taskflow_program, *words, folder=tmp_path) == "Error: tasks.db is not a database"
    (tmp_path / "tasks.db").write_bytes(b"")
    assert "it is empty" in fails(taskflow_program, *words, folder=tmp_path)
    assert contents(tmp_path) == {"tasks.db": b""}


# --- Beside a server, and copies --------------------------------------------------------------------------------------

@pytest.mark.no_redis("it is about a file")
def test_export_check_and_backup_work_beside_a_server_that_writes(taskflow_program, tmp_path):
    with start(taskflow_program, tmp_path) as server:
        first = json.loads(Client(server).ask("POST", "/tasks", {"title": "first"}).body)
        is_over = threading.Event()

        def write():
            client = Client(server)
            while not is_over.is_set():
                made = json.loads(client.ask("POST", "/tasks", {"title": "x", "dependencies": [first["id"]]}).body)
                if random.random() < 0.5:
                    assert client.ask("DELETE", f"/tasks/{made['id']}").status == 204

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(4):
                checked = run(taskflow_program, "check", folder=tmp_path)
                assert checked.returncode == 0, checked
                assert run(taskflow_program, "backup", f"copy{number}.db", folder=tmp_path).returncode == 0
                lines = run(taskflow_program, "export", "-", folder=tmp_path).stdout.splitlines()
                assert json.loads(lines[0]) == first
        finally:
            is_over.set()
            writer.join()
    for number in range(4):
        checked = run(taskflow_program, "check", folder=tmp_path, store=f"copy{number}.db")
        assert checked.returncode == 0, checked
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/copy0.db") as server:
        assert Client(server).json("/tasks")[0] == first


@pytest.mark.no_redis("it is about a file")
def test_a_copy_goes_on_above_every_fence_and_tag_that_its_store_gave(taskflow_program, tmp_path):
    with contextlib.ExitStack() as stack:
        server = start(taskflow_program, tmp_path)
        stack.callback(lambda: server.process.poll() is None and server.kill())
        queue = Queue(server)
        queue.add("copied")
        plain = queue.create("plain")
        assert run(taskflow_program, "backup", "copy.db", folder=tmp_path).returncode == 0
        early = queue.take("copied")
        tag = queue.ask("PATCH", f"/tasks/{plain['id']}", {"title": "lost"})["ETag"]
        server.kill()
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/copy.db") as server:
        queue = Queue(server)
        late = queue.take("copied")
        assert fence(late) > fence(early)
        queue.lost("complete", early, result="by the one before")
        assert queue.ask("PATCH", f"/tasks/{plain['id']}", {"title": "other"})["ETag"] != tag
        queue.complete(late)


@pytest.mark.no_redis("it is about a file")
def test_a_store_that_was_left_by_a_crash_can_be_read_and_stays_as_it_is(taskflow_program, tmp_path):
    with contextlib.ExitStack() as stack:
        server = start(taskflow_program, tmp_path)
        stack.callback(lambda: server.process.poll() is None and server.kill())
        made = json.loads(Client(server).ask("POST", "/tasks", {"title": "kept"}).body)
        server.kill()
    before = contents(tmp_path)
    assert before["tasks.db-wal"]
    assert json.loads(run(taskflow_program, "export", "-", folder=tmp_path).stdout) == made
    assert run(taskflow_program, "check", folder=tmp_path).returncode == 0
    assert run(taskflow_program, "backup", "copy", folder=tmp_path).returncode == 0
    after = contents(tmp_path)
    assert all(after[name] == before[name] for name in ("tasks.db", "tasks.db-wal"))
    assert json.loads(run(taskflow_program, "export", "-", folder=tmp_path, store="copy").stdout) == made


@pytest.mark.no_redis("it is about a file")
@pytest.mark.parametrize("command", ["export", "backup"])
def test_no_file_is_written_over_and_none_is_left_half(taskflow_program, tmp_path, command):
    fill(taskflow_program, tmp_path)
    before = contents(tmp_path)
    for name in ("tasks.db", "tasks.db-lock", "."):
        assert "is there already" in fails(taskflow_program, command, name, folder=tmp_path)
    assert "No such file or directory" in fails(taskflow_program, command, "none/x", folder=tmp_path)
    # A file may not grow as large as the copy has to.
    message = fails(taskflow_program, command, "x", folder=tmp_path, preexec_fn=lambda: limit_files(40_000))
    assert contents(tmp_path) == before, message


def limit_files(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.no_redis("it is about a file")
def test_output_that_takes_nothing_is_told(taskflow_program, tmp_path):
    fill(taskflow_program, tmp_path)
    for words in (["export", "/dev/full"], ["export", "-"]):
        with open("/dev/full", "wb") as full:
            result = run(taskflow_program, *words, folder=tmp_path, stdout=full)
        assert result.returncode == 1 and b"No space left on device" in result.stderr
    with open("/dev/full", "wb") as full:
        assert run(taskflow_program, "check", folder=tmp_path, stdout=full).returncode == 1


@pytest.mark.no_redis("it is about a file")
def test_a_standard_stream_that_is_closed_is_told(taskflow_program, tmp_path):
    fill(taskflow_program, tmp_path)
    before = contents(tmp_path)
    message = fails(taskflow_program, "export", "-", folder=tmp_path, preexec_fn=lambda: os.close(1))
    assert message == "Error: standard output is closed"
    assert run(taskflow_program, "check", folder=tmp_path, preexec_fn=lambda: os.close(1)).returncode == 1
    message = fails(taskflow_program, "import", "-", folder=tmp_path, store="new.db", preexec_fn=lambda: os.close(0))
    assert message == "Error: standard input is closed"
    assert contents(tmp_path) == before


def test_a_reader_that_has_read_enough_ends_an_export_without_a_word(taskflow_program, tmp_path):
    text = b"".join(line(number, description="x" * 10_000) for number in range(100))
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=text).returncode == 0
    export = subprocess.Popen([taskflow_program.binary, "export", "-", "--store", "sqlite:tasks.db"], cwd=tmp_path,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert json.loads(export.stdout.readline())["id"] == ID.format(0)
    export.stdout.close()
    assert export.wait(20) == 1 and export.stderr.read() == b""
    export.stderr.close()


def test_a_pipe_with_a_name_is_written_to_as_it_is(taskflow_program, tmp_path):
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1)).returncode == 0
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=tmp_path, stdout=subprocess.PIPE) as reader:
        assert run(taskflow_program, "export", "pipe", folder=tmp_path).returncode == 0
        assert json.loads(reader.stdout.read())["id"] == ID.format(1)


# --- Ended in the middle ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_import_that_is_ended_keeps_nothing(taskflow_program, tmp_path, number):
    process = subprocess.Popen([taskflow_program.binary, "import", "-", "--store", "sqlite:tasks.db"], cwd=tmp_path,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(line(1) + line(2, description="x" * 10_000))
    process.stdin.flush()
    wait_for(lambda: (tmp_path / "tasks.db").exists())
    process.send_signal(number)
    # Before standard input ends, or the import may be done first.
    assert process.wait(20) == 128 + number
    assert process.communicate() == (b"", b"")
    assert not contents(tmp_path)


def handles(pid: int, number: int) -> bool:
    """Whether the process has a handler of that signal."""
    caught, = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (number - 1) & 1 == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
@pytest.mark.parametrize("command", ["export", "import"])
def test_the_wait_for_the_other_end_of_a_pipe_can_be_ended(taskflow_program, tmp_path, command):
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=line(1)).returncode == 0
    os.mkfifo(tmp_path / "pipe")
    store = "tasks.db" if command == "export" else "new.db"
    with subprocess.Popen([taskflow_program.binary, command, "pipe", "--store", f"sqlite:{store}"], cwd=tmp_path) as process:
        try:
            wait_for(lambda: handles(process.pid, signal.SIGTERM))
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 128 + signal.SIGTERM
        finally:
            process.kill()


def test_an_export_that_is_ended_leaves_no_file(taskflow_program, tmp_path):
    text = b"".join(line(number, description="x" * 10_000) for number in range(100))
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=text).returncode == 0
    before = sorted(path.name for path in tmp_path.iterdir())
    process = subprocess.Popen([taskflow_program.binary, "export", "-", "--store", "sqlite:tasks.db"], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.read(1) == b"{"  # It waits now for its reader.
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert process.stderr.read() == b""
    process.stdout.close()
    process.stderr.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def wait_for(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # Between two looks; being right does not hang on it.


# --- What a check finds -----------------------------------------------------------------------------------------------

@pytest.mark.no_redis("it is about a file")
def test_a_check_compares_all_of_a_whole_log_and_says_what_it_could_not(taskflow_program, tmp_path):
    tasks = fill(taskflow_program, tmp_path)
    with database(tmp_path) as store:
        last, = store.execute("SELECT seq FROM store").fetchone()
    whole = run(taskflow_program, "check", folder=tmp_path)
    assert whole.returncode == 0
    assert whole.stdout == f"tasks.db: {len(tasks)} tasks, as the events 1 to {last} add up to\n".encode()
    with database(tmp_path) as store:
        store.execute("DELETE FROM event WHERE seq <= 5")
    part = run(taskflow_program, "check", folder=tmp_path)
    assert part.returncode == 0 and b"the events 6 to " in part.stdout and b"changed last by events that are gone" in part.stdout
    with database(tmp_path) as store:
        store.execute("DELETE FROM event")
    none = run(taskflow_program, "check", folder=tmp_path)
    assert none.returncode == 0
    assert none.stdout == f"tasks.db: {len(tasks)} tasks, all changed last by events that are gone\n".encode()
    assert run(taskflow_program, "import", os.devnull, folder=tmp_path, store="empty.db").returncode == 0
    assert run(taskflow_program, "check", folder=tmp_path, store="empty.db").stdout == b"empty.db: 0 tasks, and no events\n"


@pytest.mark.parametrize("sql, said", [
    ("UPDATE task SET title = 'other' WHERE id = (SELECT max(id) FROM task)", "its title is another than event"),
    ("DELETE FROM task WHERE id = (SELECT max(id) FROM task)", "is missing: event"),
    ("DELETE FROM need WHERE task = (SELECT max(task) FROM need)", "the row that says so is missing"),
    ("INSERT INTO need SELECT max(id), min(id) FROM task", "does not need"),
    ("DELETE FROM event WHERE seq = 20", "event 20 is missing"),
    ("UPDATE event SET status = 'odd' WHERE seq = 30", "event 30 cannot be read"),
    ("UPDATE task SET dependencies = x'00' WHERE id = (SELECT max(id) FROM task)", "its row cannot be read"),
], ids=lambda value: value if " than" in value or "is" in value else "")
@pytest.mark.no_redis("it is about a file")
def test_a_difference_is_code_2_and_a_line_that_names_it(taskflow_program, tmp_path, sql, said):
    fill(taskflow_program, tmp_path)
    with database(tmp_path) as store:
        store.execute(sql)
    found = run(taskflow_program, "check", folder=tmp_path)
    assert found.returncode == 2 and found.stderr == b""
    lines = found.stdout.decode().splitlines()
    assert all(line.startswith("tasks.db: ") for line in lines) and any(said in line for line in lines), lines


@pytest.mark.no_redis("it is about a file")
def test_a_damaged_page_is_a_difference(taskflow_program, tmp_path):
    fill(taskflow_program, tmp_path)
    with database(tmp_path) as store:
        page, = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event'").fetchone()
        size, = store.execute("PRAGMA page_size").fetchone()
    data = bytearray((tmp_path / "tasks.db").read_bytes())
    data[(page - 1) * size:page * size] = b"\xA5" * size
    (tmp_path / "tasks.db").write_bytes(data)
    found = run(taskflow_program, "check", folder=tmp_path)
    assert found.returncode == 2 and b"tasks.db: the file is damaged: " in found.stdout


# --- The terminal and memory ------------------------------------------------------------------------------------------

def test_progress_is_shown_on_a_terminal_and_nowhere_else(taskflow_program, tmp_path):
    text = b"".join(line(number) for number in range(50))
    assert run(taskflow_program, "import", "-", folder=tmp_path, text=text).stderr == b""
    keyboard, screen = pty.openpty()
    done = run(taskflow_program, "check", folder=tmp_path, stderr=screen)
    os.close(screen)
    assert done.returncode == 0 and b"\r" not in done.stdout
    assert b"pages" in os.read(keyboard, 65_536)
    os.close(keyboard)


@pytest.mark.slow
def test_a_million_tasks_are_exported_and_imported_with_little_memory(taskflow_program, tmp_path):
    id = "01a20a04-{:04x}-7{:03x}-950f-c287f654ce92"
    with open(tmp_path / "in.ndjson", "wb") as file:
        for number in range(1_000_000):
            file.write(line(1, id=id.format(number >> 12, number & 0xFFF)))
    for words in (["import", "in.ndjson"], ["export", "out.ndjson"], ["check"]):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        assert run(taskflow_program, *words, folder=tmp_path).returncode == 0
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        assert peak < 200_000 or peak == before
    shutil.rmtree(tmp_path)
