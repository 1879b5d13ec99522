"""Clients of taskflow's queue: one that asks as a program would, one that keeps its connection, and many that wait."""

import contextlib
import http.client
import itertools
import json
import selectors
import socket
import struct
import subprocess
import time
from pathlib import Path

from client import ADMIN, Client
from readers import log_behind
from server import TRACE
from wire import Answer, exchange, head, parse_answers

WORKER = "secret-worker-123"
STORES = ["memory", "sqlite"]
NUMBERS = itertools.count(1)


def store_at(store: str, folder: Path) -> str:
    """The value of `--store`: a file of that folder, or the memory."""
    return "memory" if store == "memory" else f"sqlite:{folder}/tasks.db"


def new_name(word: str = "kind") -> str:
    """A name that no other test has: the tests of a module share a server, and none sees the tasks of another."""
    return f"{word}-{next(NUMBERS)}"


class Queue(Client):
    """Asks the queue as the caller whose token it has, and takes a call for granted that does not fail."""

    def done(self, path: str, body: object = None, status: int = 200, method: str = "POST") -> dict:
        answer = self.ask(method, path, {} if body is None and method != "GET" else body)
        assert answer.status == status, (method, path, body, answer)
        return json.loads(answer.body)

    def add(self, kind: str | None, **fields) -> dict:
        return self.done("/tasks", {"title": "a task"} | ({} if kind is None else {"type": kind}) | fields, 201)

    def batch(self, *tasks: dict) -> list[dict]:
        return self.done("/tasks/batch", {"tasks": tasks}, 201)["tasks"]

    def claim(self, *kinds: str, worker: str = "w", **fields) -> list[dict]:
        return self.done("/tasks/claim", {"worker": worker} | ({"types": kinds} if kinds else {}) | fields)["tasks"]

    def take(self, kind: str, **fields) -> dict:
        """The one task of that type that a claim gets."""
        task, = self.claim(kind, **fields)
        return task

    def call(self, verb: str, task: dict, status: int = 200, **fields) -> dict:
        """A holder's call, with the fence of the claim that gave it the task."""
        return self.done(f"/tasks/{task['id']}/{verb}", {"fence": fence(task)} | fields, status)

    def complete(self, task: dict, **fields) -> dict:
        return self.call("complete", task, **fields)

    def fail(self, task: dict, message: str = "no luck", **fields) -> dict:
        return self.call("fail", task, **({"error": {"message": message}} | fields))

    def renew(self, task: dict, **fields) -> dict:
        return self.call("renew", task, **fields)

    def release(self, task: dict, **fields) -> dict:
        return self.call("release", task, **fields)

    def lost(self, verb: str, task: dict, **fields) -> dict:
        """A holder's call that comes too late; what the answer says of the task."""
        if verb == "fail":
            fields = {"error": {"message": "no luck"}} | fields
        return self.refused(409, "LEASE_LOST", "POST", f"/tasks/{task['id']}/{verb}", {"fence": fence(task)} | fields)

    def full(self, task: dict | str) -> dict:
        return self.json(f"/tasks/{task if isinstance(task, str) else task['id']}?view=full")

    def state(self, task: dict | str) -> str:
        return self.full(task)["state"]

    def position(self) -> tuple[str, int]:
        now = self.json("/events")
        return now["epoch"], now["seq"]

    def events(self, position: tuple[str, int], *tasks: dict) -> list[dict]:
        """What happened behind that position to these tasks, or to all."""
        ids = {task["id"] for task in tasks}
        return [event for event in log_behind(self, *position) if not ids or event["task"]["id"] in ids]

    def causes(self, position: tuple[str, int], *tasks: dict) -> list[str | None]:
        """The causes of those events: null for one that has none."""
        return [event.get("cause") for event in self.events(position, *tasks)]


def at_once(server, requests: list[tuple[str, str, dict]]) -> list[Answer]:
    """Sends requests in one piece: each is read while those before it are on their way to the store."""
    pieces = []
    for number, (method, path, body) in enumerate(requests, 1):
        content = json.dumps(body).encode()
        pieces.append(head(method, path, f"Authorization: Bearer {ADMIN}", "Content-Type: application/json",
                           f"Content-Length: {len(content)}", *["Connection: close"] * (number == len(requests))) + content)
    return exchange(server, b"".join(pieces)).answers


class Session:
    """A connection that is kept, for many requests."""

    def __init__(self, server, token: str = ADMIN):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()

    def ask(self, path: str, body: object = None, method: str = "POST") -> tuple[int, dict]:
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def done(self, path: str, body: object = None, method: str = "POST") -> dict:
        status, answer = self.ask(path, body, method)
        assert status in (200, 201), (path, body, status, answer)
        return answer


class Parked:
    """Requests that wait for their answers, each on a connection of its own, and when each answer came."""

    def __init__(self, server, token: str = ADMIN):
        self.server, self.token = server, token
        self.selector, self.received = selectors.DefaultSelector(), {}
        self.answers: dict[int, tuple[float, Answer]] = {}

    def __enter__(self) -> "Parked":
        return self

    def __exit__(self, *_) -> None:
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def ask(self, path: str, body: object) -> int:
        """Sends a request and goes on; its number."""
        text = json.dumps(body).encode()
        connection = self.server.connect(timeout=60)
        connection.sendall(head("POST", path, f"Authorization: Bearer {self.token}", "Connection: close",
                                f"Content-Length: {len(text)}") + text)
        number = len(self.received)
        self.received[number] = bytearray()
        self.selector.register(connection, selectors.EVENT_READ, number)
        return number

    def claim(self, *kinds: str, worker: str = "w", **fields) -> int:
        return self.ask("/tasks/claim", {"worker": worker, "types": kinds, "wait": 20} | fields)

    def leave(self, number: int, *options) -> None:
        """The client of that request goes away."""
        key = next(key for key in self.selector.get_map().values() if key.data == number)
        if options:
            key.fileobj.setsockopt(*options)
        self.selector.unregister(key.fileobj)
        key.fileobj.close()

    def reset(self, number: int) -> None:
        """As a client that has died: what the server sends to it from now on fails."""
        self.leave(number, socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def wait(self, count: int | None = None, seconds: float = 60) -> None:
        """Reads until so many answers are here, or all."""
        count, deadline = len(self.received) if count is None else count, time.monotonic() + seconds
        while len(self.answers) < count and (left := deadline - time.monotonic()) > 0:
            for key, _ in self.selector.select(left):
                self._read(key)

    def _read(self, key) -> None:
        if chunk := key.fileobj.recv(1 << 20):
            self.received[key.data] += chunk
            return
        answer, = parse_answers(bytes(self.received[key.data]))
        self.answers[key.data] = (time.monotonic(), answer)
        self.selector.unregister(key.fileobj)
        key.fileobj.close()

    def tasks(self, number: int) -> list[dict]:
        """What the answer to that claim brought, which is here."""
        answer = self.answers[number][1]
        assert answer.status == 200, answer
        return json.loads(answer.body)["tasks"]


def fence(task: dict) -> int:
    """That of the claim that gave the task."""
    return task["lease"]["fence"]


def is_leased(task: dict) -> bool:
    """Whether the answer shows the lease of a holder."""
    return isinstance(task.get("lease"), dict)


def ids(tasks: list[dict]) -> list[str]:
    return [task["id"] for task in tasks]


def until(holds, seconds: float = 30, what: str = "it does not come to be"):
    """Looks until it holds, and gives what it found."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)  # Between two looks; being right does not hang on it.
    return found


@contextlib.contextmanager
def ending_well(command: list[str], **options):
    """A program that has ended with 0, or ends so when the test ends it."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=40)
    assert process.returncode == 0 and not TRACE.search(output), output
