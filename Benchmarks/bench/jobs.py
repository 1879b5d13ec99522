"""Tasks for the benchmarks of the queue: made in batches, and counted as they end."""

import json

from .wire import Connection

BATCH = 1_000


def batch(client: Connection, **fields) -> bytes:
    """The request that makes 1,000 tasks of those fields."""
    task = json.dumps({"type": "email", "payload": {"to": "a@b.c"}} | fields)
    body = '{"tasks":[' + ",".join([task] * BATCH) + "]}"
    return client.request("POST", "/tasks/batch", body.encode())


def fill(port: int, tasks: int, **fields) -> None:
    with Connection(port) as client:
        request = batch(client, **fields)
        for _ in range(tasks // BATCH):
            client.ask(request)


def completed(port: int) -> int:
    """How many tasks without a project are completed."""
    with Connection(port) as client:
        return json.loads(client.ask(client.request("GET", "/projects/~")))["counts"]["completed"]
