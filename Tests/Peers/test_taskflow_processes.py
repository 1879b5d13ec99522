"""taskflow with several processes at one address, and their parent."""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from client import ADMIN, Client, wait_until_ready
from failing_disk import compile_faults
from redis_server import RedisServer
from server import TRACE, Server
from wire import endless_answer, exchange, head

READY = head("GET", "/ready", "Connection: close")


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


def start(program, redis: RedisServer, count: int | str = 2, *flags: str, **options) -> Server:
    """A parent whose processes are all ready."""
    server = program.start("--store", redis.address(), "--processes", str(count), *flags, **options)
    wait_for(lambda: len(listening(server)) >= (os.cpu_count() if count == "auto" else int(count)), server)
    return server


def wait_for(happened, server, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline and server.process.poll() is None, server.output()
        time.sleep(0.02)  # Between two looks; being right does not hang on it.


def listening(server) -> list[int]:
    """The processes that have said so, in their order."""
    return [int(number) for number in re.findall(r"Listening on .* pid=(\d+)", server.output())]


def children(server) -> set[int]:
    number = server.process.pid
    return {int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()}


def ready(server) -> int:
    """Which process answers on a new connection that it is ready."""
    answers = exchange(server, READY).answers
    assert [answer.status for answer in answers] == [200], answers
    return json.loads(answers[0].body)["pid"]


def answering(server, count: int) -> set[int]:
    """So many processes answer: the system spreads new connections over them."""
    found: set[int] = set()
    wait_for(lambda: found.add(ready(server)) or len(found) >= count, server)
    return found


def is_gone(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def run(program, *flags: str, **environment: str) -> subprocess.CompletedProcess:
    result = subprocess.run([program.binary, "--port", "0", *flags], capture_output=True, text=True, timeout=60,
                            env=os.environ | environment)
    assert not TRACE.search(result.stderr)
    return result


class NewConnections:
    """A client that asks again and again, each time on a new connection, until it is told to stop."""

    def __init__(self, server, ask=ready):
        self._server, self._ask, self._over = server, ask, threading.Event()
        self.answered, self.broken, self.refused = [], [], []
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.answered.append(self._ask(self._server))
            except ConnectionRefusedError as error:
                self.refused.append(error)
            except (ConnectionError, AssertionError) as error:
                self.broken.append(error)

    def __enter__(self) -> "NewConnections":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()


# --- The start --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("count", [1, 2, 4])
def test_all_serve_at_one_address_and_each_line_of_the_log_says_whose_it_is(taskflow_program, redis, count):
    with start(taskflow_program, redis, count) as server:
        assert answering(server, count) == children(server) == set(listening(server))
        made = {Client(server).create(f"{number}")["id"] for number in range(10)}
        # The others hear of a change a moment after it was answered.
        for _ in range(10):
            wait_for(lambda: {task["id"] for task in Client(server).json("/tasks")} == made, server)
        for line in server.output().splitlines():
            assert re.search(r" pid=\d+$", line), line
    assert all(map(is_gone, listening(server)))


@pytest.mark.parametrize("words", [("--processes=2",), ("serve", "--processes", "2"), ("--processes", "2", "--")],
                         ids=" ".join)
def test_the_system_may_choose_the_port_and_the_flag_may_stand_anywhere(taskflow_program, redis, words):
    command = [taskflow_program.binary, *words[:1], "--port", "0", "--store", redis.address(), *words[1:]]
    if words[0] == "--processes":
        command = [taskflow_program.binary, "--port", "0", "--store", redis.address(), *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        places = []
        while len(places) < 2:
            line = process.stderr.readline()
            assert line, "the processes have ended"
            places += re.findall(r"Listening on http://127.0.0.1:(\d+) pid=", line)
        process.terminate()
        process.stderr.read()
        assert process.wait(10) == 0 and len(set(places)) == 1 and places[0] != "0"


@pytest.mark.parametrize("flags", [
    ("--processes", "2", "--store", "memory"), ("--processes", "1", "--store", "sqlite:tasks.db"),
    ("--processes", "auto"), ("--processes", "0", "--store", "redis://h"), ("--processes", "65", "--store", "redis://h"),
    ("--processes", "", "--store", "redis://h"), ("--processes=-1", "--store", "redis://h"),
    ("--processes", "all", "--store", "redis://h"), ("--processes", "2", "--port", "70000", "--store", "redis://h"),
], ids=" ".join)
def test_what_cannot_be_is_code_64(taskflow_program, tmp_path, monkeypatch, flags):
    monkeypatch.chdir(tmp_path)
    result = run(taskflow_program, *flags)
    assert result.returncode == 64 and result.stderr.startswith("Error: --p"), result
    assert not list(tmp_path.iterdir())


def test_an_end_at_the_start_is_one_line_and_code_1(taskflow_program, redis, tmp_path):
    away = run(taskflow_program, "--processes", "4", "--store", f"redis+unix://{tmp_path}/none.sock")
    assert away.returncode == 1 and away.stderr.count("\n") == 1 and "cannot use redis+unix://" in away.stderr
    token = run(taskflow_program, "--processes", "4", "--store", redis.address(), ADMIN_TOKEN="")
    assert token.returncode == 1 and token.stderr.count("\n") == 1 and "ADMIN_TOKEN is " in token.stderr
    with start(taskflow_program, redis) as server:
        second = run(taskflow_program, "--processes", "2", "--store", redis.address(), "--port", str(server.port))
        assert second.returncode == 1 and second.stderr.count("\n") == 1
        assert f"Cannot listen on 127.0.0.1:{server.port}: address already in use" in second.stderr


def test_a_slot_where_none_becomes_ready_ends_all_in_the_end(taskflow_program, redis, tmp_path):
    environment = os.environ | {"LD_PRELOAD": str(compile_faults(tmp_path, "ends")), "ENDS_SLOT": "2"}
    server = taskflow_program.start("--store", redis.address(), "--processes", "2", env=environment)
    try:
        assert server.wait(60) == 1
        lines = server.output().splitlines()
        assert sum("of slot 2 has ended with code 3" in line for line in lines) == 10
        assert sum("No process of slot 2 became ready" in line for line in lines) == 1
        assert len(listening(server)) == 1 and is_gone(listening(server)[0])
    finally:
        server.kill()


# --- Deaths -----------------------------------------------------------------------------------------------------------

def test_a_process_that_is_killed_comes_back_and_no_connection_is_refused(taskflow_program, redis):
    def create(server) -> str:
        return Client(server).create("under load")["id"]

    with start(taskflow_program, redis) as server:
        with NewConnections(server, create) as one, NewConnections(server, create) as other:
            for _ in range(3):
                number = min(children(server))
                known = len(listening(server))
                os.kill(number, signal.SIGKILL)
                wait_for(lambda: len(listening(server)) > known and len(children(server)) == 2, server)
                assert server.says(f"Process {number} of slot ")
        assert not one.refused and not other.refused
        assert answering(server, 2) == children(server)
        kept = {task["id"] for task in Client(server).json("/tasks")}
        assert kept >= set(one.answered) | set(other.answered)
        assert len(one.answered) + len(other.answered) > 10


def test_a_process_that_is_told_to_end_has_a_successor(taskflow_program, redis):
    with start(taskflow_program, redis) as server:
        number = min(children(server))
        os.kill(number, signal.SIGTERM)
        wait_for(lambda: len(listening(server)) == 3, server)
        assert server.says(f"Process {number} of slot ", "has ended with code 0; another one starts in 100 ms")
        assert answering(server, 2) == children(server) and number not in children(server)


def test_the_processes_of_a_parent_that_is_killed_end_too(taskflow_program, redis):
    server = start(taskflow_program, redis)
    with endless_answer(server):
        server.kill()
        # Open answers have the grace, as with any end.
        deadline = time.monotonic() + 10
        while not all(map(is_gone, listening(server))):
            assert time.monotonic() < deadline, server.output()
            time.sleep(0.02)  # Between two looks; being right does not hang on it.
    assert not TRACE.search(server.output())
    with pytest.raises(ConnectionRefusedError):
        server.connect()
    with taskflow_program.start("--store", redis.address()):
        pass


# --- The end ----------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def open_answers(server, count: int = 4):
    """Answers at several processes that are not read."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(endless_answer(server))
        yield


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_with_code_0_and_open_answers_have_their_grace(taskflow_program, redis, number):
    with start(taskflow_program, redis, 2, "--grace", "1") as server, open_answers(server):
        began = time.monotonic()
        server.signal(number)
        assert server.wait(10) == 0
        assert time.monotonic() - began >= 0.9
        with pytest.raises(ConnectionRefusedError):
            server.connect()
        assert server.output().count(" Stopped ") == 2 and all(map(is_gone, listening(server)))


def test_a_second_signal_ends_all_at_once(taskflow_program, redis):
    with start(taskflow_program, redis, 2, "--grace", "60") as server, open_answers(server):
        server.signal(signal.SIGTERM)
        wait_for(lambda: server.output().count("Stopping with the parent") == 2, server)
        server.signal(signal.SIGTERM)
        assert server.wait(5) == 0


def test_a_signal_for_the_whole_group_counts_once(taskflow_program, redis):
    with start(taskflow_program, redis, 2, "--grace", "1", start_new_session=True) as server, open_answers(server):
        began = time.monotonic()
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.wait(10) == 0
        assert time.monotonic() - began >= 0.9 and "Stopping at once" not in server.output()


def test_the_drain_is_as_with_one_process(taskflow_program, redis):
    with start(taskflow_program, redis, 2, "--drain", "60") as server:
        server.signal(signal.SIGTERM)
        wait_for(lambda: exchange(server, READY).statuses == [503], server)
        assert Client(server).create("in the drain")
        server.signal(signal.SIGTERM)
        assert server.wait(5) == 0


def test_one_that_hangs_is_killed(taskflow_program, redis):
    server = start(taskflow_program, redis, 2)
    try:
        hangs = min(children(server))
        os.kill(hangs, signal.SIGSTOP)
        for number in (1, 2, 3):
            server.signal(signal.SIGTERM)
            wait_for(lambda: server.output().count("Stopping on SIGTERM") >= number, server)
        assert server.wait(10) == 1 and not Path(f"/proc/{hangs}").exists()
        assert f"Process {hangs} of slot" in server.output() and "does not end: it is killed" in server.output()
    finally:
        server.kill()


@pytest.mark.slow
def test_one_that_hangs_keeps_no_replacement_waiting(taskflow_program, redis):
    with start(taskflow_program, redis, 2, "--grace", "100ms") as server:
        before = children(server)
        os.kill(min(before), signal.SIGSTOP)
        server.signal(signal.SIGUSR2)
        wait_for(lambda: "All processes were replaced" in server.output(), server, 30)
        assert children(server).isdisjoint(before) and len(children(server)) == 2


# --- One by one -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_processes_are_replaced_and_no_connection_is_refused_or_broken(taskflow_program, redis, count):
    with start(taskflow_program, redis, count) as server:
        before = children(server)
        with NewConnections(server) as one, NewConnections(server) as other, NewConnections(server) as third:
            server.signal(signal.SIGUSR2)
            wait_for(lambda: "All processes were replaced" in server.output(), server, 60)
        clients = (one, other, third)
        assert not any(client.refused or client.broken for client in clients), [client.broken for client in clients]
        assert children(server).isdisjoint(before) and len(children(server)) == count
        assert answering(server, count) == children(server)
        assert set().union(*(client.answered for client in clients)) & before, "the old ones have answered, too"


def test_a_connection_that_is_kept_is_told_to_close_before_its_process_ends(taskflow_program, redis):
    with start(taskflow_program, redis, 1) as server, server.connect() as connection:
        request = head("GET", "/ready")
        connection.sendall(request)
        assert b"HTTP/1.1 200" in connection.recv(65_536)
        server.signal(signal.SIGUSR2)
        assert server.says("Another process takes over")
        connection.sendall(request)
        answer = connection.recv(65_536)
        assert b"HTTP/1.1 200" in answer and b"connection: close" in answer.lower()


def test_one_that_cannot_start_leaves_the_others_as_they_are(taskflow_program, redis, tmp_path):
    with start(taskflow_program, redis, 2, cwd=tmp_path) as server:
        before = children(server)
        (tmp_path / ".env").write_text("ADMIN_TOKEN=\n")
        server.signal(signal.SIGUSR2)
        assert server.says("ADMIN_TOKEN is ", "before it was ready: the others are not replaced")
        assert answering(server, 2) == before == children(server)
        (tmp_path / ".env").write_text("ADMIN_TOKEN=another-admin-token\n")
        server.signal(signal.SIGUSR2)
        wait_for(lambda: "All processes were replaced" in server.output(), server)
        assert Client(server, ADMIN).ask("GET", "/tasks").status == 401
        assert Client(server, "another-admin-token").ask("GET", "/tasks").status == 200
