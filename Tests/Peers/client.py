"""A client of taskflow's HTTP interface, as a program would use it."""

import json
import re
import time

from contract import assert_error
from wire import Answer, exchange, head

ADMIN, USER = "secret-admin-123", "secret-user-123"


class Client:
    """Asks as the caller whose token it has."""

    def __init__(self, server, token: str | None = ADMIN):
        self.server, self.token = server, token

    def ask(self, method: str, path: str, body: object = None, *fields: str, raw: bytes | None = None,
            host: str = "127.0.0.1") -> Answer:
        """One request on a connection of its own; `body` is sent as JSON, `raw` as it is."""
        if body is not None:
            raw = json.dumps(body).encode()
        lines = list(fields) + ["Connection: close"]
        if self.token is not None:
            lines.append(f"Authorization: Bearer {self.token}")
        if raw is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(raw)}"]
        request = head(method, path, *lines, host=host) + (raw or b"")
        result = exchange(self.server, request, methods=[method])
        assert len(result.answers) == 1, result
        return result.answers[0]

    def get(self, path: str, *fields: str) -> Answer:
        return self.ask("GET", path, None, *fields)

    def json(self, path: str):
        answer = self.get(path)
        assert answer.status == 200 and answer["Content-Type"] == "application/json; charset=utf-8", answer
        return json.loads(answer.body)

    def create(self, title: str = "a task", **fields) -> dict:
        answer = self.ask("POST", "/tasks", {"title": title} | fields)
        assert answer.status == 201, answer
        return json.loads(answer.body)

    def change(self, id: str, **fields) -> dict:
        answer = self.ask("PATCH", f"/tasks/{id}", fields)
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def clear(self) -> None:
        for task in self.json("/tasks"):
            assert self.ask("DELETE", f"/tasks/{task['id']}").status == 204

    def refused(self, status: int, code: str, *arguments, **options) -> dict:
        """Asks for something that has to be refused; the error's details."""
        answer = self.ask(*arguments, **options)
        assert_error(answer, status, code)
        return json.loads(answer.body)["error"].get("details", {})


def wait_until_ready(server, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while Client(server, None).get("/ready").status != 200:
        assert time.monotonic() < deadline, server.output()
        time.sleep(0.02)  # Between two looks; being right does not hang on it.


def next_page(answer: Answer) -> str | None:
    """Where the rest of a list is."""
    link = answer["Link"]
    if link is None:
        return None
    match = re.fullmatch(r'<(/[^>]*)>; rel="next"', link)
    assert match, link
    return match[1]


def call(server, method: str, path: str, body=None, *, token: str | None = ADMIN):
    """Asks as the admin, unless another token is given."""
    return Client(server, token).ask(method, path, body)


def get(server, path: str, *, token: str | None = ADMIN):
    """What a GET that must succeed answers, as a value."""
    return Client(server, token).json(path)
