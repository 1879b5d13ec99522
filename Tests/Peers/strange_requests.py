"""Draws requests to taskflow that no client would make, the same ones for the same seed."""

import random
from dataclasses import dataclass, field, replace

from wire import chunked, head

ADMIN = "Authorization: Bearer secret-admin-123"

GET = ["/", "/health", "/ready", "/tasks", "/tasks/count", "/tasks/next", "/tasks/peek", "/tasks/queue",
       "/tasks/resolve", "/tasks/ID", "/tasks/ID/resolve", "/tasks/export.csv", "/tasks/stream.ndjson",
       "/tasks/reports/ID", "/tasks/reports/stats", "/tasks/reports/worker-run?iterations=10",
       "/tasks/reports/blocking?iterations=10", "/tasks/system/memory", "/tasks/system/ws", "/tasks/system/loop",
       "/tasks/system/access",
       "/demo/cpu/ping", "/demo/cpu/worker/jobs/ID", "/demo/stream/csv?count=10", "/demo/stream/ndjson?count=10",
       "/demo/error/unauthorized", "/demo/error/forbidden", "/demo/error/notfound", "/demo/memory/usage",
       "/demo/ws/stats", "/ws/tasks", "/tasks/reports", "/nowhere", "*", "/tasks/", "//tasks", "/tasks/ID/", "/Tasks",
       *["/tasks/ID"] * 10]
POST = ["/tasks", "/tasks/reports/start?heavyIterations=10", "/tasks/memory/safe?count=1&sizeKb=1",
        "/tasks/memory/leak?count=1&sizeKb=1", "/tasks/memory/clear", "/demo/error/validation",
        "/demo/error/missingfield", "/demo/memory/leak?count=1&sizeKb=1"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW", "get"]

IDS = ["x", "", ".", "..", "%2e%2e", "%2F", "%00", "%", "%z1", "%ff%fe", "%c3%28", ":id", "{}", "a" * 300,
       "00000000-0000-0000-0000-000000000000", "01A209FD-C673-7000-86A0-B878E676416E"]
PARAMETERS = ["status", "project", "order", "after", "limit", "rooms", "count", "iterations", "x", "", "%6cimit"]
VALUES = ["pending", "alpha", "newest", "1", "5", "1000", "1001", "0", "-1", "+5", "05", "5.0", "1e3", "", "%20", "%00",
          "%", "%zz", "%ff", "a%26b", "a+b", "%C2%B2", "%D9%A5", "99999999999999999999", "9223372036854775808",
          "tasks,project-a", "a" * 200]
FIELDS = {
    "If-Match": ["*", '"1"', 'W/"1"', '"1", "2"', '"', "", ",", 'x, "1"', '"\x80"', '"a"' * 100],
    "If-None-Match": ["*", '"1"', 'W/"1"', 'w/"1"', "*, *", ""],
    "Range": ["bytes=0-1", "x"],
    "Origin": ["null", "http://localhost:3000", "http://example.org", "", "\xff", "x y"],
    "Sec-Fetch-Site": ["cross-site", "same-origin", ""],
    "Authorization": ["Bearer secret-user-123", "Bearer", "Basic x", "", "Bearer secret-admin-12", "\xff"],
    "X-Request-Id": ["a", "a b", "", "x" * 128, "x" * 129, "\xe9", "<script>"],
    "Access-Control-Request-Method": ["POST", "x", ""],
    "Content-Type": ["text/plain", ";", ""],
    "Expect": ["100-continue", "x"],
    "Upgrade": ["websocket"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Content-Encoding": ["gzip"],
}
CODINGS = ["chunked"] * 6 + ["\tchunked\t", "CHUNKED", "gzip, chunked", "gzip", "chunked, gzip"]
TRAILERS = [b""] * 6 + [b"A: b\r\n", b"ETag: x\r\n", b"Host: elsewhere\r\n", b"Content-Length: 1\r\n"]
BODIES = [b"", b"{}", b"[]", b"null", b"-", b'"x"', b'{"title":"x"}', b' {"title" : "x" } ', b'{"title":"x",}',
          b'{"title":"x"}\0', b'\xef\xbb\xbf{"title":"x"}', b'{"title":"\xff"}', b'{"title":"\\ud800"}',
          b'{"title":null}', b'{"title":"\\u0000"}', b'{"title":" "}', b'{"title":"x","priority":1e400}',
          b'{"title":"x","priority":-0}', b'{"title":"x","priority":5.5}', b'{"title":"x","priority":"\xd9\xa5"}',
          b'{"title":"x","dependencies":{}}',
          b'{"title":"x","dependencies":["x"]}', b'{"title":"x","project":"a/b"}', b'{"title":"x","status":"done"}',
          b'{"title":"' + b"a" * 501 + b'"}', b"[" * 2_000, b'{"a":' * 600, b"1" * 1_000]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    fields: list[str] = field(default_factory=list)
    body: bytes = b""

    @property
    def bytes(self) -> bytes:
        return head(self.method, self.path, *self.fields) + self.body

    def closing(self) -> bytes:
        return replace(self, fields=[*self.fields, "Connection: close"]).bytes


class Requests:
    def __init__(self, seed: int, ids: list[str]):
        self.random, self.ids = random.Random(seed), ids

    def next(self) -> Request:
        method, path = self._target()
        fields = [ADMIN] if self._is_one_of(6, 7) else []
        for name in self.random.sample(list(FIELDS), self.random.choice((0, 0, 1, 2))):
            fields.append(f"{name}: {self.random.choice(FIELDS[name])}")
        body = self.random.choice(BODIES) if method in ("POST", "PUT", "PATCH") or self._is_one_of(1, 10) else b""
        if body and self._is_one_of(1, 4):
            coding, trailer = self.random.choice(CODINGS), self.random.choice(TRAILERS)
            return Request(method, path, [*fields, f"Transfer-Encoding: {coding}"], chunked(body)[:-2] + trailer + b"\r\n")
        return Request(method, path, [*fields, f"Content-Length: {len(body)}"] if body else fields, body)

    def _target(self) -> tuple[str, str]:
        if self._is_one_of(1, 5):
            method, path = self.random.choice(METHODS), self.random.choice(GET + POST)
        elif self._is_one_of(1, 4):
            method, path = self.random.choice(("PUT", "PATCH", "DELETE")), "/tasks/ID"
        elif self._is_one_of(1, 3):
            method, path = "POST", self.random.choice(POST)
        else:
            method, path = self.random.choice(("GET", "HEAD")), self.random.choice(GET)
        path = path.replace("ID", self.random.choice(self.ids if self._is_one_of(1, 2) else IDS))
        return method, path if "?" in path or self._is_one_of(1, 2) else path + self._query()

    def _query(self) -> str:
        parts = [self.random.choice((f"{self.random.choice(PARAMETERS)}={self.random.choice(VALUES + self.ids)}",
                                     self.random.choice(PARAMETERS), "="))
                 for _ in range(self.random.choice((1, 1, 2, 3)))]
        return "?" + self.random.choice(("&", "&", ";", "&&")).join(parts)

    def _is_one_of(self, count: int, all: int) -> bool:
        return self.random.randrange(all) < count

    def encoded(self, request: Request) -> Request:
        """The same request, with a percent sign for some letters of its path."""
        path, mark, query = request.path.partition("?")
        letters = (f"%{ord(letter):02x}" if letter.isalnum() and self._is_one_of(1, 3) else letter for letter in path)
        return replace(request, path="".join(letters) + mark + query)
