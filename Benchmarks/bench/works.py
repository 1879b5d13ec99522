"""The pieces of work whose cost is counted: what they need, and one go of each, whose answer is checked."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from .wire import Connection, WebSocket, random_message

MEMBERS = 50


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
    Work("WebSocket echo of 64 bytes", "echo", [], echo),
    Work("one delivery of a broadcast", "echo", ["--broadcast"], broadcast, parts=MEMBERS),
]
