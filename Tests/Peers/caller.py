"""A caller of taskflow with a token: one request, one connection, one answer."""

import json
from contextlib import closing
from http.client import HTTPConnection

from wire import Answer

ADMIN, USER = "secret-admin-123", "secret-user-123"


def call(server, method: str, path: str, body=None, *, token: str | None = ADMIN, timeout: float = 30) -> Answer:
    """Asks as the admin, unless another token is given; `body` is sent as JSON."""
    fields = {"Connection": "close"}
    if token:
        fields["Authorization"] = f"Bearer {token}"
    if body is not None:
        fields["Content-Type"], body = "application/json", json.dumps(body)
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=timeout)) as connection:
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())


def get(server, path: str, **options):
    """What a GET that must succeed answers, as a value."""
    answer = call(server, "GET", path, **options)
    assert answer.status == 200, answer
    return json.loads(answer.body)
