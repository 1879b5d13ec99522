"""taskflow keeps its tasks on Redis, alone and with other servers: over kills of either."""

import concurrent.futures
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from client import ADMIN, Client, wait_until_ready
from readers import log_behind
from redis_server import RedisServer
from server import Server

AUTHORIZATION = {"Authorization": f"Bearer {ADMIN}"}
HEADERS = AUTHORIZATION | {"Content-Type": "application/json"}


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


def start(program, redis: RedisServer, *flags: str):
    return program.start("--store", redis.address(), *flags)


def tasks(server) -> dict[str, dict]:
    return {task["id"]: task for task in Client(server).json("/tasks")}


def fails(program, store: str) -> str:
    """What a server says that cannot use its store."""
    result = subprocess.run([program.binary, "--port", "0", "--store", store], capture_output=True, text=True, timeout=30)
    assert result.returncode == 1, result
    return result.stdout + result.stderr


def wait_for(condition) -> None:
    """Asks again and again: what one server has answered comes to the others a moment later."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end


# --- The start --------------------------------------------------------------------------------------------------------

def test_all_is_there_again_when_the_server_was_killed(taskflow_program, redis):
    server = start(taskflow_program, redis)
    try:
        client = Client(server)
        first = client.create("first", type="kind", payload={"a": ["ä", 1.5]})
        needed = client.create("needed")
        last = client.create("last", dependencies=[first["id"], needed["id"]], project="red")
        client.ask("DELETE", f"/tasks/{needed['id']}")
        client.ask("PUT", "/projects/red", {"maxRunning": 3})
        keyed = client.ask("POST", "/tasks", {"title": "keyed"}, "Idempotency-Key: k-1")
        kept, health = tasks(server), client.json("/projects/red")
        epoch = client.json("/events")["epoch"]
        log = log_behind(client, epoch, 0)
    finally:
        server.kill()
    with start(taskflow_program, redis) as server:
        client = Client(server)
        assert tasks(server) == kept
        assert kept[last["id"]]["dependencies"] == [first["id"]]
        assert client.json("/projects/red")["maxRunning"] == health["maxRunning"] == 3
        assert client.json(f"/tasks/{first['id']}?view=full")["payload"] == {"a": ["ä", 1.5]}
        again = client.ask("POST", "/tasks", {"title": "keyed"}, "Idempotency-Key: k-1")
        assert json.loads(again.body)["id"] == json.loads(keyed.body)["id"] and again["Idempotency-Replayed"] == "true"
        assert log_behind(client, epoch, 0) == log and len(log) == 5


def test_servers_share_a_store_and_one_by_another_name_is_another(taskflow_program, redis):
    with start(taskflow_program, redis) as first, start(taskflow_program, redis) as second:
        made = Client(first).create("of the first")
        wait_for(lambda: made["id"] in tasks(second))
        Client(second).create("of the second")
        # An append comes behind what others have written, wherever that is known by then.
        Client(first).create("of the first")
        wait_for(lambda: tasks(first) == tasks(second) and len(tasks(first)) == 3)
        with taskflow_program.start("--store", redis.address("other")) as other:
            Client(other).create("elsewhere")
        assert len(tasks(first)) == 3


def test_a_key_is_known_at_every_server(taskflow_program, redis):
    with start(taskflow_program, redis) as first, start(taskflow_program, redis) as second:
        answers = [Client(server).ask("POST", "/tasks", {"title": "keyed"}, "Idempotency-Key: k-1")
                   for server in (first, second)]
        assert [answer.status for answer in answers] == [201, 201]
        assert answers[1]["Idempotency-Replayed"] == "true" and len({answer.body for answer in answers}) == 1


def test_a_server_that_slept_goes_on_behind_what_others_have_written(taskflow_program, redis):
    with start(taskflow_program, redis) as sleeper, start(taskflow_program, redis) as server:
        Client(sleeper).create("of the first")
        sleeper.signal(signal.SIGSTOP)
        try:
            for number in range(600):
                Client(server).create(f"while it sleeps {number}")
        finally:
            sleeper.signal(signal.SIGCONT)
        wait_for(lambda: Client(sleeper).ask("POST", "/tasks", {"title": "behind all"}).status == 201)
        wait_for(lambda: tasks(sleeper) == tasks(server) and len(tasks(server)) == 602)


def test_a_store_that_cannot_be_used_ends_the_start_and_the_password_is_in_no_line(taskflow_program, tmp_path):
    with RedisServer(tmp_path, "--requirepass", "secret-word") as redis:
        assert "NOAUTH" in fails(taskflow_program, redis.address())
        wrong = fails(taskflow_program, redis.address(user=":wrong-word@"))
        assert "WRONGPASS" in wrong and "wrong-word" not in wrong
        with taskflow_program.start("--store", redis.address(user=":secret-word@")) as server:
            Client(server).create("kept")
            assert "secret-word" not in server.output()
        settings = {"TASKFLOW_STORE": redis.address(user=":secret-word@")}
        with Server(taskflow_program.binary, certificates=taskflow_program.certificates,
                    env=os.environ | settings) as server:
            wait_until_ready(server)
            assert len(tasks(server)) == 1 and "secret-word" not in server.output()
    assert "cannot use redis+unix://" in fails(taskflow_program, redis.address())


@pytest.mark.parametrize("key, words", [("end", ["SET", "x"]), ("end", ["HSET", "form", "3"]),
                                        ("tasks", ["SET", "x"]), ("tasks", ["HSET", "field", "value"])])
def test_keys_that_are_no_stores_end_the_start_and_stay(taskflow_program, redis, key, words):
    with start(taskflow_program, redis) as server:
        Client(server).create("kept")
    name = "{test}:" + key
    if words[0] == "SET":
        redis.ask("DEL", name)
    redis.ask(words[0], name, *words[1:])
    assert "cannot use" in fails(taskflow_program, redis.address())
    assert redis.ask("EXISTS", name) == b":1\r\n"


# --- Faults -----------------------------------------------------------------------------------------------------------

def test_while_redis_is_gone_changes_are_503_and_reading_goes_on(taskflow_program, redis):
    with start(taskflow_program, redis) as server:
        client = Client(server)
        made = client.create("kept")
        redis.kill()
        client.refused(503, "STORAGE_UNAVAILABLE", "POST", "/tasks", {"title": "not kept"})
        assert client.json("/tasks") == [made] and client.ask("GET", "/ready").status == 503
        redis.start()
        wait_until_ready(server)
        client.create("kept again")
        assert len(tasks(server)) == 2
        assert "Changes are kept again" in server.output()


def test_a_redis_that_has_forgotten_is_another_history_and_all_are_told(taskflow_program, redis):
    with start(taskflow_program, redis) as first, start(taskflow_program, redis) as second:
        client = Client(first)
        before = json.loads(client.ask("POST", "/tasks", {"title": "lost"}).body)
        epoch, number = client.json("/events")["epoch"], 1
        wait_for(lambda: before["id"] in tasks(second))
        with connect(f"ws://127.0.0.1:{second.port}/ws/tasks", additional_headers=AUTHORIZATION) as socket:
            greeting = json.loads(socket.recv(timeout=10))
            assert (greeting["epoch"], greeting["seq"]) == (epoch, number)
            redis.ask("FLUSHALL")
            redis.kill()
            redis.start()
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    socket.recv(timeout=10)
        assert closed.value.rcvd.code == 1012
        for server in (first, second):
            wait_until_ready(server)
            assert tasks(server) == {} and server.says("another history")
        made = Client(first).create("of the new history")
        with connect(f"ws://127.0.0.1:{first.port}/ws/tasks", additional_headers=AUTHORIZATION) as socket:
            greeting = json.loads(socket.recv(timeout=10))
        assert greeting["epoch"] != epoch and greeting["seq"] > number
        wait_for(lambda: list(tasks(second)) == [made["id"]])


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("victim", ["redis", "server"])
def test_what_was_answered_is_there_when_either_is_killed_under_load(taskflow_program, redis, victim, rounds):
    choice = random.Random(7)
    kept: set[str] = set()
    server = start(taskflow_program, redis)
    try:
        for number in range(rounds):
            with concurrent.futures.ThreadPoolExecutor() as pool:
                ended, enough = threading.Event(), threading.Semaphore(0)
                writers = [pool.submit(write_until, ended, server.port, enough) for _ in range(8)]
                for _ in range(choice.randint(20, 200)):
                    assert enough.acquire(timeout=20)
                if victim == "redis":
                    redis.kill()
                    redis.start()
                    wait_until_ready(server)
                else:
                    server.kill()
                ended.set()
                for writer in writers:
                    kept |= set(writer.result())
            if victim == "server":
                server = start(taskflow_program, redis)
                wait_until_ready(server)
            assert kept <= set(tasks(server)), number
        server.kill()
        server = start(taskflow_program, redis)
        assert kept <= set(tasks(server)) and len(kept) > 8 * rounds
    finally:
        server.kill()


def write_until(ended: threading.Event, port: int, enough: threading.Semaphore) -> list[str]:
    """Creates one task behind the other, tells of each, and returns the ids of those that were answered 201."""
    made: list[str] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    while not ended.is_set():
        try:
            connection.request("POST", "/tasks", json.dumps({"title": "a task"}), HEADERS)
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            return made
        if answer.status == 201:
            made.append(body["id"])
            enough.release()
        else:
            assert answer.status == 503, body
    return made


def test_events_that_cannot_be_read_just_now_are_not_gone(taskflow_program, redis):
    with start(taskflow_program, redis) as server:
        client = Client(server)
        position = client.json("/events")
        client.create("one")
        since = f"since={position['seq']}&epoch={position['epoch']}"
        redis.kill()
        answer = client.get(f"/events?{since}")
        assert answer.status == 503 and json.loads(answer.body)["error"]["code"] == "STORAGE_UNAVAILABLE"
        with connect(f"ws://127.0.0.1:{server.port}/ws/tasks?{since}", additional_headers=AUTHORIZATION) as peer:
            with pytest.raises(ConnectionClosed) as closed:
                peer.recv(timeout=10)
            assert closed.value.rcvd.code == 1013
        redis.start()
        wait_for(lambda: client.get(f"/events?{since}").status == 200)
        assert [event["event"] for event in log_behind(client, position["epoch"], position["seq"])] == ["task.created"]
