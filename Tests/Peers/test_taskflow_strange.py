"""Whatever taskflow is asked, its answers keep to their contract, and each connection comes to its end."""

import contextlib
import json
import re
import secrets
import socket
from dataclasses import replace

import pytest

from client import Client
from contract import TIMESTAMP
from like_node.mutations import Mutator
from strange_requests import Requests
from wire import BYTE_BY_BYTE, WHOLE, exchange, receive, send

seeds = pytest.mark.parametrize("seed", [1, secrets.randbits(32)], ids=["of always", "of today"])

# What does not depend on the time, on chance or on what was asked before.
STEADY = ("/tasks/count", "/tasks/next", "/tasks/peek", "/tasks/queue", "/tasks/resolve", "/tasks/export.csv",
          "/tasks/stream.ndjson", "/demo/stream", "/nowhere", "/tasks?", "/Tasks")
OWN_TO_ONE = {"date", "x-request-id", "content-length", "transfer-encoding"}


@pytest.fixture
def requests(taskflow, seed):
    print(f"seed {seed}")
    client = Client(taskflow)
    return Requests(seed, [client.create(f"task {number}")["id"] for number in range(50)])


def answer_to(server, request):
    result = exchange(server, request.closing(), methods=[request.method])
    assert result.end == "closed" and len(result.answers) == 1, (request, result)
    assert result.answers[0].is_complete or is_refused_at_its_end(request), request
    return result.answers[0]


def is_refused_at_its_end(request) -> bool:
    """Its trailer may not be there. A long answer has begun by then, and is broken off."""
    return re.search(rb"\r\n(Host|Content-Length): ", request.body) is not None


def assert_keeps_contract(answer, request) -> None:
    assert answer.status < 500 or answer.status == 501, (request, answer)
    assert answer["X-Request-Id"] and "Origin" in answer["Vary"], (request, answer)
    if answer.status == 405:
        assert request.method not in answer["Allow"].split(", "), (request, answer)
    if answer.status == 304:
        assert request.method in ("GET", "HEAD") and answer["ETag"], (request, answer)
    if answer.status >= 400 and request.method != "HEAD":
        error = json.loads(answer.body)["error"]
        assert error.keys() - {"details"} == {"code", "message", "requestId", "timestamp"}, (request, answer)
        assert error["requestId"] == answer["X-Request-Id"] and TIMESTAMP.fullmatch(error["timestamp"])
    elif answer.body and answer.is_complete and answer["Content-Type"].startswith("application/json"):
        json.loads(answer.body)


@seeds
def test_an_answer_keeps_to_its_contract(taskflow, requests):
    for _ in range(3_000):
        request = requests.next()
        assert_keeps_contract(answer_to(taskflow, request), request)


def steady(requests, count: int):
    """Requests whose answer is the same the second time."""
    while count > 0:
        request = requests.next()
        if request.method == "GET" and request.path.startswith(STEADY):
            count -= 1
            yield request


def fields(answer) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.fields if name.lower() not in OWN_TO_ONE]


@seeds
def test_head_is_answered_as_get_is(taskflow, requests):
    for request in steady(requests, 400):
        get, head = answer_to(taskflow, request), answer_to(taskflow, replace(request, method="HEAD"))
        assert (head.status, fields(head)) == (get.status, fields(get)), request


@seeds
def test_a_path_means_the_same_with_percent_signs(taskflow, requests):
    for request in steady(requests, 400):
        plain, encoded = answer_to(taskflow, request), answer_to(taskflow, requests.encoded(request))
        assert (encoded.status, fields(encoded)) == (plain.status, fields(plain)), request


@seeds
def test_spoiled_requests_end_their_connections(taskflow, requests, seed):
    mutator = Mutator(seed, [requests.next().bytes for _ in range(300)])
    for number in range(2_000):
        message = mutator.next()
        with taskflow.connect() as connection, contextlib.suppress(ConnectionError):
            send(connection, message, BYTE_BY_BYTE if number % 50 == 0 else WHOLE)
            connection.shutdown(socket.SHUT_WR)
            received, end = receive(connection)
            assert end != "open" and (not received or received.startswith(b"HTTP/1.1 ")), message
            assert not re.search(rb"^HTTP/1\.1 5(?!01)", received, re.MULTILINE), (message, received)
