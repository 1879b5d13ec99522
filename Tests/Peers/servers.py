"""Several servers on one Redis, and clients that go from one to another."""

import http.client
import itertools
import json
import random
import threading
import time

from client import ADMIN, Client, wait_until_ready
from queue_client import until
from readers import GONE, log_behind
from redis_server import RedisServer
from server import TRACE

HEADERS = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
# How a server that is killed looks, amid an answer too.
LOST = (*GONE, json.JSONDecodeError)
NUMBERS = itertools.count(1)


class Servers:
    """Servers that use one store, each by an address of its own."""

    def __init__(self, program, addresses: list[str], *flags: str):
        self._all = []
        try:
            for address in addresses:
                self._all.append(program.start("--store", address, "--history", "1000000", *flags))
        except BaseException:
            self.end()
            raise

    def __iter__(self):
        return iter(self._all)

    def __getitem__(self, number: int):
        return self._all[number]

    def __len__(self) -> int:
        return len(self._all)

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self]

    def wait(self, seconds: float = 20) -> None:
        """Until all keep changes."""
        for server in self:
            wait_until_ready(server, seconds)

    def agree(self, seconds: float = 20) -> tuple[str, int]:
        """Waits until all are at one place and have the same tasks; that place."""
        def places():
            return {tuple(Client(server).json("/events")[name] for name in ("epoch", "seq")) for server in self}

        def same() -> bool:
            before = places()
            first, *others = [shown(server) for server in self]
            return len(before) == 1 and all(other == first for other in others) and places() == before

        try:
            until(same, seconds)
        except AssertionError:
            raise AssertionError(f"the servers do not agree: {places()}, {self._differences()}") from None
        return places().pop()

    def _differences(self) -> list:
        """The first tasks of which they show different things."""
        all = [shown(server) for server in self]
        different = [id for id in sorted(set().union(*all)) if any(tasks.get(id) != all[0].get(id) for tasks in all)]
        return [[tasks.get(id) for tasks in all] for id in different[:3]]

    def log(self, epoch: str, seq: int) -> list[dict]:
        """What all of them have from behind that event to where they agree now, which is the same."""
        _, end = self.agree()
        first, *others = [[event for event in log_behind(Client(server), epoch, seq) if event["seq"] <= end]
                          for server in self]
        assert all(other == first for other in others), "the servers have different histories"
        return first

    def take(self, server) -> None:
        """It is one of these from now on."""
        self._all.append(server)

    def end(self) -> None:
        for server in self:
            if server.process.poll() is None:
                server.kill()
            assert not TRACE.search(server.output()), server.output()

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_) -> None:
        self.end()


def shown(server) -> dict[str, dict]:
    """The tasks of a server by their ids, without what each server knows for itself: how long it lets a lease run."""
    tasks = {task["id"]: task for task in Client(server).json("/tasks")}
    for task in tasks.values():
        task.pop("progress", None)
        if isinstance(task.get("lease"), dict):
            task["lease"].pop("expiresAt")
    return tasks


def started(program, redis: RedisServer, count: int = 3, *flags: str) -> Servers:
    return Servers(program, [redis.address()] * count, *flags)


class Errand(threading.Thread):
    """A client that asks one server after the other, until it is told to stop."""

    def __init__(self, ports: list[int], seed: int):
        super().__init__(daemon=True)
        self.ports, self.random = ports, random.Random(seed)
        self.ended, self.error = threading.Event(), None
        self._connection = None
        # Seconds that an answer has taken at most.
        self.slowest = 0.0

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                self.turn()
        except Exception as error:  # Of an assertion: it is for the thread that asks.
            self.error = error
        finally:
            self._leave()

    def turn(self) -> None:
        raise NotImplementedError

    def finish(self, seconds: float = 60) -> None:
        self.ended.set()
        self.join(seconds)
        assert not self.is_alive(), f"{self} waits for an answer"
        if self.error:
            raise self.error

    def ask(self, path: str, body: object, *, key: str | None = None) -> tuple[int, dict] | None:
        """The answer of the server that it is at, or of another one that it goes to; nothing when that is gone."""
        if self._connection is None or self.random.random() < 0.1:
            self._leave()
            self._connection = http.client.HTTPConnection("127.0.0.1", self.random.choice(self.ports), timeout=30)
        begin = time.monotonic()
        try:
            headers = HEADERS | ({"Idempotency-Key": key} if key else {})
            self._connection.request("POST", path, json.dumps(body), headers)
            answer = self._connection.getresponse()
            found = answer.status, json.loads(answer.read())
            self.slowest = max(self.slowest, time.monotonic() - begin)
            return found
        except LOST:
            self._leave()
            self.ended.wait(0.02)  # A server that is gone is not asked again at once.
            return None

    def _leave(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def code(answer: tuple[int, dict]) -> str:
    return answer[1]["error"]["code"]


class Writer(Errand):
    """Creates tasks, each with a title of its own, and knows of each what it was told."""

    def __init__(self, ports: list[int], seed: int, kind: str | None = None):
        super().__init__(ports, seed)
        self.name, self.kind = f"writer-{next(NUMBERS)}", kind
        self.kept: dict[str, str] = {}
        self.refused, self.unknown, self._count = set(), set(), 0

    def turn(self) -> None:
        self._count += 1
        title = f"{self.name}-{self._count}"
        body = {"title": title} | ({"type": self.kind} if self.kind and self.random.random() < 0.5 else {})
        if self.random.random() < 0.2:
            return self._insist(title, body)
        answer = self.ask("/tasks", body)
        if answer is None or answer[0] == 503 and code(answer) == "OUTCOME_UNKNOWN":
            self.unknown.add(title)
        elif answer[0] == 503:
            assert code(answer) in ("STORAGE_UNAVAILABLE", "SERVICE_UNAVAILABLE"), answer
            self.refused.add(title)
            self.ended.wait(0.02)  # As above.
        else:
            self._note(title, answer)

    def _insist(self, title: str, body: dict) -> None:
        """Asks with a key, anywhere, until it is told that the task is there."""
        while (answer := self.ask("/tasks", body, key=title)) is None or answer[0] in (409, 503):
            self.unknown.add(title)
            if self.ended.wait(0.02):  # As above.
                return
        self.unknown.discard(title)
        self._note(title, answer)

    def _note(self, title: str, answer: tuple[int, dict]) -> None:
        assert answer[0] == 201 and answer[1]["title"] == title, answer
        self.kept[title] = answer[1]["id"]

    def check(self, log: list[dict]) -> None:
        """Each answer was true of that log."""
        made: dict[str, list[str]] = {}
        for event in log:
            if event["event"] == "task.created":
                made.setdefault(event["task"]["title"], []).append(event["task"]["id"])
        for title, id in self.kept.items():
            assert made.get(title) == [id], f"{title} was answered as {id}, and the log has {made.get(title)}"
        assert not self.refused & made.keys(), "what was refused is in the log"
        assert all(len(made.get(title, [])) <= 1 for title in self.unknown), "one request has made two tasks"


class Worker(Errand):
    """Claims tasks anywhere, holds them for a while, and completes them elsewhere."""

    def __init__(self, ports: list[int], seed: int, kind: str):
        super().__init__(ports, seed)
        self.name, self.kind = f"worker-{next(NUMBERS)}", kind
        self.held: list[tuple[str, int]] = []
        self.completed: dict[str, int] = {}

    def turn(self) -> None:
        answer = self.ask("/tasks/claim", {"worker": self.name, "types": [self.kind], "limit": self.random.randint(1, 4)})
        if answer and answer[0] == 200:
            self.held += [(task["id"], task["lease"]["fence"]) for task in answer[1]["tasks"]]
        else:
            assert answer is None or answer[0] == 503, answer
        self.random.shuffle(self.held)
        while self.held and self.random.random() < 0.7:
            self._use(*self.held.pop())
        self.ended.wait(0.01)  # Where there is no task it asks again.

    def _use(self, id: str, fence: int) -> None:
        verb = self.random.choice(["complete", "complete", "complete", "renew", "release"])
        answer = self.ask(f"/tasks/{id}/{verb}", {"fence": fence} | ({"result": fence} if verb == "complete" else {}))
        if answer is None or answer[0] == 503 or verb == "renew" and answer[0] == 200:
            self.held.append((id, fence))
        elif verb == "complete" and answer[0] == 200:
            # Once more, behind an answer that was lost, it is answered alike.
            assert self.completed.setdefault(id, fence) == fence
        else:
            assert answer[0] in (200, 404, 409), answer
