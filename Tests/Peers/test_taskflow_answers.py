"""What taskflow answers: /health, errors in their one shape, and request ids."""

import json
import re

import pytest

from contract import TIMESTAMP, UUID_V7, assert_error
from wire import exchange, head, parse_answers, receive, send

HEALTH = head("GET", "/health")


def ask(server, *arguments: str):
    """The one answer to a request that closes its connection."""
    result = exchange(server, head(*arguments, "Connection: close"), methods=arguments[:1])
    assert len(result.answers) == 1 and result.end == "closed"
    return result.answers[0]


def test_health_says_so(taskflow):
    answer = ask(taskflow, "GET", "/health")
    health = json.loads(answer.body)
    assert answer.status == 200 and answer["Content-Type"].startswith("application/json")
    assert health.keys() == {"status", "timestamp", "requestId", "uptimeSeconds"}
    assert health["status"] == "healthy" and TIMESTAMP.fullmatch(health["timestamp"])
    assert health["requestId"] == answer["X-Request-Id"]
    assert 0 <= health["uptimeSeconds"] < 3600


def test_health_does_not_mind_a_query(taskflow):
    assert ask(taskflow, "GET", "/health?verbose=1").status == 200


def test_head_is_get_without_the_body(taskflow):
    def names(answer):
        return sorted(name for name, _ in answer.fields if name not in ("Content-Length", "Transfer-Encoding"))

    for path in ("/health", "/nowhere"):
        got, headed = ask(taskflow, "GET", path), ask(taskflow, "HEAD", path)
        assert (headed.status, headed.body) == (got.status, b"") and names(headed) == names(got)


@pytest.mark.parametrize("path", ["/nowhere", "/health/more", "/healt", "/healthy"])
def test_an_unknown_path_is_404(taskflow, path):
    assert_error(ask(taskflow, "GET", path), 404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_method_that_the_path_has_not_is_405(taskflow, method):
    answer = ask(taskflow, method, "/health", "Content-Length: 0")
    assert_error(answer, 405, "METHOD_NOT_ALLOWED")
    assert set(re.split(r", *", answer["Allow"])) >= {"GET", "HEAD"} and method not in answer["Allow"]


def test_a_tunnel_is_refused_and_nothing_behind_it_is_read(taskflow):
    result = exchange(taskflow, head("CONNECT", "example.com:443") + HEALTH)
    assert len(result.answers) == 1 and result.end == "closed"
    assert_error(result.answers[0], 400, "BAD_REQUEST")


@pytest.mark.parametrize("path, body", [("/nowhere", b"x" * 100), ("/health", b"x" * 100_000)])
def test_a_body_that_is_not_wanted_does_not_spoil_the_next_request(taskflow, path, body):
    request = head("POST", path, f"Content-Length: {len(body)}") + body
    answers = exchange(taskflow, request + head("GET", "/health", "Connection: close")).answers
    assert [answer.status for answer in answers] == [404 if path == "/nowhere" else 405, 200]


def test_an_unknown_expectation_is_417(taskflow):
    assert_error(ask(taskflow, "GET", "/health", "Expect: a miracle"), 417, "EXPECTATION_FAILED")


@pytest.mark.parametrize("id", ["a", "0", "Az-09._", "-", "a" * 128])
@pytest.mark.parametrize("path", ["/health", "/nowhere"])
def test_a_good_request_id_is_kept(taskflow, id, path):
    answer = ask(taskflow, "GET", path, f"X-Request-Id: {id}")
    body = json.loads(answer.body)
    assert answer["X-Request-Id"] == id == body.get("error", body)["requestId"]


@pytest.mark.parametrize("id", ["", "a" * 129, "a b", "a/b", "a\tb", "é", "a,b", "<script>", "a\"b", "%0d%0a"])
def test_another_request_id_is_replaced(taskflow, id):
    answer = ask(taskflow, "GET", "/health", f"X-Request-Id: {id}")
    assert UUID_V7.fullmatch(answer["X-Request-Id"]) and json.loads(answer.body)["requestId"] == answer["X-Request-Id"]


def test_two_request_ids_are_replaced(taskflow):
    answer = ask(taskflow, "GET", "/health", "X-Request-Id: a", "X-Request-Id: b")
    assert UUID_V7.fullmatch(answer["X-Request-Id"])


def test_new_request_ids_are_in_the_order_of_the_requests(taskflow):
    with taskflow.connect() as connection:
        send(connection, HEALTH * 500 + head("GET", "/health", "Connection: close"))
        ids = [answer["X-Request-Id"] for answer in parse_answers(receive(connection)[0])]
    assert len(set(ids)) == 501 and ids == sorted(ids) and all(map(UUID_V7.fullmatch, ids))
