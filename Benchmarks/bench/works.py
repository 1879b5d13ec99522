"""The pieces of work whose cost is counted: what they need, and one go of each, whose answer is checked."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .wire import Connection, WebSocket, random_message

# How often a piece of work is done before it is counted, while it is, how often it is counted, and how often it is done then.
WARM_UP, ROUNDS, COUNTS = 50, 100, 2
GOES = WARM_UP + COUNTS * ROUNDS
MEMBERS = 50
# What one turn of a worker completes, and claims.
TURN = 16


@dataclass
class Work:
    name: str
    # The program that does it, and with what flags.
    program: str
    flags: list[str]
    # Connects to a port, and returns what does the work once.
    prepare: Callable[[int], Callable[[], None]]
    # How many times it is done in one go: what was counted is divided by that.
    parts: int = 1


def hello(port: int):
    client = Connection(port)
    request = client.request("GET", "/")
    return lambda: client.ask(request)


def health(port: int):
    client = Connection(port)
    request = client.request("GET", "/health")
    return lambda: client.ask(request)


def get_task(port: int):
    client = Connection(port)
    task = json.loads(client.ask(client.make_task()))
    request = client.request("GET", f"/tasks/{task['id']}")
    return lambda: client.ask(request)


def post_task(port: int):
    client = Connection(port)
    request = client.make_task()
    return lambda: client.ask(request)


class Worker:
    """A worker, and as many tasks as there are goes for it, `each` in one."""

    def __init__(self, port: int, each: int = 1):
        self.client = Connection(port)
        for _ in range(GOES * each):
            self.client.ask(self.client.make_task())

    def call(self, path: str, body: str) -> bytes:
        """The request of the worker for that path."""
        return self.client.request("POST", path, body.encode(), "secret-worker-123")

    def claim(self, limit: int = 1) -> list[dict]:
        """The tasks that a claim has got, which have to be as many as it may get."""
        return self.held(self.call("/tasks/claim", f'{{"worker":"bench","limit":{limit}}}'), limit)

    def held(self, request: bytes, count: int) -> list[dict]:
        tasks = json.loads(self.client.ask(request))["tasks"]
        if len(tasks) != count:
            raise SystemExit(f"bench: {len(tasks)} tasks were claimed, and not {count}")
        return tasks


def claim(port: int):
    worker = Worker(port)
    return worker.claim


def complete(port: int):
    worker = Worker(port)
    calls = iter([worker.call(f"/tasks/{task['id']}/complete", f'{{"fence":{task["lease"]["fence"]}}}')
                  for _ in range(GOES) for task in worker.claim()])
    return lambda: worker.client.ask(next(calls))


def turn(port: int):
    worker = Worker(port, TURN)
    tasks = []

    def once():
        done = ",".join(f'{{"id":"{task["id"]}","fence":{task["lease"]["fence"]}}}' for task in tasks)
        tasks[:] = worker.held(worker.call("/tasks/work", f'{{"worker":"bench","complete":[{done}],'
                                                          f'"claim":{{"limit":{TURN}}}}}'), TURN)
    return once


def echo(port: int):
    client, message = WebSocket(port), random_message(64)

    def once():
        client.send(message)
        client.expect(message)
    return once


def broadcast(port: int):
    members, message = [WebSocket(port) for _ in range(MEMBERS)], random_message(20)

    def once():
        members[0].send(message)
        for member in members:
            member.expect(message)
    return once


WORKS = [
    Work("GET / of echo", "echo", [], hello),
    Work("GET /health", "taskflow", ["--store", "memory"], health),
    Work("GET /tasks/:id", "taskflow", ["--store", "memory"], get_task),
    Work("POST /tasks", "taskflow", ["--store", "memory"], post_task),
    Work("complete of one task", "taskflow", ["--store", "memory"], complete),
    Work("a task in a turn of 16", "taskflow", ["--store", "memory"], turn, parts=TURN),
    # Behind all others, whose counts the ends of its leases would be in.
    Work("claim of one task", "taskflow", ["--store", "memory"], claim),
    Work("WebSocket echo of 64 bytes", "echo", [], echo),
    Work("one delivery of a broadcast", "echo", ["--broadcast"], broadcast, parts=MEMBERS),
]
