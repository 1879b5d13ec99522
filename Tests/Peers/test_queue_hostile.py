"""What no client would say: the queue refuses it, and goes on."""

import json
import random

import pytest

from queue_client import Queue, Session, fence, new_name, until
from wire import head

VALUES = [
    None, True, False, 0, 1, 5, 30, -1, 0.5, 4.999, 100, 101, 1e308, -1e308, 1e-308, 2 ** 31, 2 ** 53 + 1, 2 ** 63 - 1, 2 ** 63,
    -2 ** 63, 10 ** 30, "", "x", "cancel", "pending", "completed", "failed", "x" * 300, "é" * 70, "\u0000", "😀",
    "2026-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59", "0000-01-01T00:00:00Z", "#r", [], [None], ["x"], ["#r"], [[]], [{}] * 3,
    {}, {"key": "k"}, {"key": "k" * 257, "onConflict": "reject"}, {"message": "m"}, {"message": "é" * 2_000, "details": [[[]]]},
    {"base": 1e308, "factor": 10, "max": 604_800, "jitter": 1}, {"base": 0.1, "factor": 1, "max": 0, "jitter": 0},
    {"percent": 1e308, "note": "n"}, {"a": {"a": {"a": {}}}}]
# What would wait for long is not among them.
WAITS = [-1, 0, 0.001, 61, 1e308, "5", None, True, [], 2 ** 63]
TASK = ["title", "type", "payload", "status", "priority", "project", "runAt", "delay", "maxAttempts", "retry", "lease", "timeout",
        "maxStalls", "onDependencyFailure", "unique", "dependencies", "ref"]
CLAIM = ["worker", "types", "projects", "limit", "lease", "wait", "key"]
HOLDER = ["fence", "result", "error", "retryable", "retryAfter", "delay", "lease", "progress", "checkpoint", "reason", "force",
          "dependants"]
SETTINGS = ["paused", "maxRunning", "lease", "maxAttempts", "retry", "timeout", "weight", "rate", "keep"]
VERBS = ["renew", "complete", "fail", "release", "cancel", "retry"]


class Nonsense:
    """Bodies that are partly right: most members are good, so that what is bad is read deep inside."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def body(self, names: list[str], **good) -> dict:
        chosen = self.random.sample(names, self.random.randint(0, min(4, len(names))))
        return good | {name: self.random.choice(WAITS if name == "wait" else VALUES) for name in chosen}

    def request(self, kind: str, task: dict) -> tuple[str, str, object]:
        """A method, a path, and a body for them."""
        number = self.random.randrange(8)
        if number == 0:
            return "POST", "/tasks", self.body(TASK, type=kind)
        if number == 1:
            return "PATCH", f"/tasks/{task['id']}", self.body(TASK)
        if number == 2:
            tasks = [self.body(TASK, type=kind) for _ in range(self.random.randint(0, 5))]
            return "POST", "/tasks/batch", {"tasks": self.random.choice([tasks, *VALUES]) if self.random.random() < 0.1 else tasks}
        if number == 3:
            return "POST", "/tasks/claim", self.body(CLAIM, worker="w", types=[kind])
        if number == 4:
            return "PUT", f"/projects/{kind}", self.body(SETTINGS)
        if number == 5:
            return "POST", "/tasks/work", self.turn(kind, task)
        good = {"fence": fence(task)} if self.random.random() < 0.7 else {}
        if self.random.random() < 0.7:
            good["error"] = {"message": "m"}
        return "POST", f"/tasks/{task['id']}/{self.random.choice(VERBS)}", self.body(HOLDER, **good)

    def turn(self, kind: str, task: dict) -> dict:
        parts: dict = {"worker": "w"}
        for end in VERBS[:4]:
            if self.random.random() < 0.5:
                items = [self.body(HOLDER, id=task["id"], fence=fence(task)) for _ in range(self.random.randint(0, 3))]
                parts[end] = items if self.random.random() < 0.8 else self.random.choice(VALUES)
        if self.random.random() < 0.5:
            parts["claim"] = self.body(CLAIM, types=[kind]) if self.random.random() < 0.8 else self.random.choice(VALUES)
        return parts


def talk_nonsense(queue: Queue, seed: int, count: int) -> None:
    kind, nonsense = new_name("nonsense"), Nonsense(seed)
    queue.add(kind)
    # A worker of its own: what nonsense leaves claimed counts for the limit of another.
    task = queue.take(kind, worker=kind)
    seen = set()
    with Session(queue.server) as session:
        for number in range(count):
            if number % 20 == 0:
                # What went before may have paused, cancelled or deleted: something to hold is made anew.
                session.ask(f"/projects/{kind}", {"paused": False, "maxRunning": None}, "PUT")
                queue.add(kind)
                task = (queue.claim(kind, worker=kind) or [task])[0]
            method, path, body = nonsense.request(kind, task)
            status, answer = session.ask(path, body, method)
            assert status in (200, 201, 404, 409, 413, 422, 503), (seed, method, path, body, status, answer)
            assert status != 503 or answer["error"]["code"] == "QUEUE_FULL", (seed, method, path, body, answer)
            seen.add((path.rpartition("/")[2], status))
    assert queue.json("/health")["status"] == "healthy" and queue.claim(new_name()) == []
    print(f"seed {seed}: {sorted(seen)}")
    for path in ("/tasks?view=full", "/projects", "/tasks/resolve", "/tasks?stuck=true"):
        assert queue.get(path).status in (200, 409, 422), path


def test_nonsense_is_refused_and_the_server_goes_on(queue):
    talk_nonsense(queue, random.randrange(1 << 30), 2_000)


@pytest.mark.parametrize("path", ["/tasks/claim", "/tasks/batch", "/tasks/work", "/tasks"])
@pytest.mark.parametrize("text", [
    b"[" * 100_000, b'{"tasks":' * 50_000, b'{"worker":"w","types":[' + b"[" * 129, b'{"worker":"\\ud800"}', b'{"worker":"\xff"}',
    b'{"tasks":[{"title":"x","payload":' + b"[" * 126 + b"]" * 126 + b"}]}", b'{"payload":{"a":1,}}', b'{"payload":1e}'])
def test_what_is_no_json_is_found_out_at_any_depth(queue, path, text):
    answer = queue.ask("POST", path, raw=text)
    assert answer.status in (400, 422), answer
    assert json.loads(answer.body)["error"]["code"] in ("INVALID_JSON", "VALIDATION_ERROR", "MISSING_REQUIRED_FIELD")


def test_a_payload_may_be_as_deep_as_any_json(queue, kind):
    deep = b"[" * 120 + b"]" * 120
    answer = queue.ask("POST", "/tasks", raw=b'{"type":"%s","payload":%s}' % (kind.encode(), deep))
    assert answer.status == 201
    assert json.dumps(queue.take(kind)["payload"]).encode() == deep


def test_a_long_line_of_claims_that_leave_costs_nothing(queue, kind):
    """Each of these clients asks for work and is gone at once."""
    descriptors = queue.server.descriptors()
    body = json.dumps({"worker": f"gone-{kind}", "types": [kind], "wait": 60}).encode()
    for _ in range(300):
        with queue.server.connect() as connection:
            connection.sendall(head("POST", "/tasks/claim", f"Authorization: Bearer {queue.token}",
                                    f"Content-Length: {len(body)}") + body)
    until(lambda: queue.server.descriptors() <= descriptors + 20)
    task = queue.add(kind)
    until(lambda: queue.state(task) == "ready", 40)
    assert queue.take(kind)["id"] == task["id"]


@pytest.mark.slow
def test_much_nonsense_is_refused_and_the_server_goes_on(queue):
    # The last of this file: in so much there is some that means something, such as a pause.
    for _ in range(10):
        talk_nonsense(queue, random.randrange(1 << 30), 5_000)
