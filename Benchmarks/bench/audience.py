"""Many WebSocket clients of one address, and what each of them has seen."""

import json
import select
import time
from collections import Counter

from .wire import Connection, WebSocket

PATH = "/ws/tasks"


class Listener:
    """A client, and the numbers of the events that it has seen, in its order."""

    def __init__(self, port: int):
        self.client = WebSocket(port, PATH)
        # What has come with the head of the answer.
        self.bytes = self.client.input.peek()
        self.seen: list[tuple[str, int]] = []

    def read(self) -> None:
        self.bytes += self.client.socket.recv(65_536)

    def take(self):
        """The texts that are there whole."""
        while len(self.bytes) >= 4:
            length, start = self.bytes[1], 2
            if length == 126:
                length, start = int.from_bytes(self.bytes[2:4]), 4
            if length >= 126 and start == 2 or self.bytes[0] != 0x81:
                raise SystemExit(f"bench: a frame begins with {self.bytes[:4]!r}")
            if len(self.bytes) < start + length:
                return
            text, self.bytes = self.bytes[start:start + length], self.bytes[start + length:]
            yield text


class Audience:
    """So many listeners at one port. Each event that is written is to come to each of them once, and in one order."""

    def __init__(self, stack, port: int, count: int):
        self.port, self.listeners = port, []
        for _ in range(count):
            self.listeners.append(listener := Listener(port))
            stack.enter_context(listener.client)
        self.poll = select.epoll()
        stack.callback(self.poll.close)
        self.by_descriptor = {one.client.socket.fileno(): one for one in self.listeners}
        for descriptor in self.by_descriptor:
            self.poll.register(descriptor, select.EPOLLIN)
        # The bytes of an event are the same at each server; what they say is read once.
        self.known: dict[bytes, tuple[str, int] | None] = {}
        self._greeted()

    def _greeted(self) -> None:
        """Until each has the text that tells it that it is connected."""
        while ready := self.poll.poll(0.3):
            for descriptor, _ in ready:
                self.by_descriptor[descriptor].read()
        for listener in self.listeners:
            if [self._event(text) for text in listener.take()] != [None]:
                raise SystemExit("bench: a client was told something else than that it is connected")
        self.known.clear()

    def _event(self, text: bytes) -> tuple[str, int] | None:
        if text not in self.known:
            message = json.loads(text)
            self.known[text] = (message["event"], message["seq"]) if message["event"].startswith("task.") else None
        return self.known[text]

    def wait_for(self, count: int, start: float) -> list[float]:
        """The seconds from `start` on until each had `count` events more."""
        arrived, waiting = [], len(self.listeners)
        wanted = len(self.listeners[0].seen) + count
        while waiting:
            ready = self.poll.poll(20)
            if not ready:
                raise SystemExit(f"bench: {waiting} of {len(self.listeners)} clients have not got all events")
            for descriptor, _ in ready:
                listener = self.by_descriptor[descriptor]
                listener.read()
                before = len(listener.seen)
                listener.seen += [event for text in listener.take() if (event := self._event(text))]
                if before < wanted <= len(listener.seen):
                    arrived.append(time.perf_counter() - start)
                    waiting -= 1
        return arrived

    def check(self, count: int) -> None:
        """Each has seen `count` events, and all the same, once and in the order of their numbers."""
        first = self.listeners[0].seen
        numbers = [seq for _, seq in first]
        if len(first) != count or numbers != list(range(numbers[0], numbers[0] + count)):
            raise SystemExit(f"bench: {count} events were written, and a client has seen {first}")
        if different := sum(listener.seen != first for listener in self.listeners):
            raise SystemExit(f"bench: {different} clients have seen other events than the first, or in another order")

    def spread(self, count: int) -> list[int]:
        """How many clients each of so many processes has."""
        found: Counter[int] = Counter()
        while len(found) < count:
            with Connection(self.port) as client:
                answer = json.loads(client.ask(client.request("GET", "/tasks/system/ws")))
                found[answer["pid"]] = answer["connectedClients"]
        return sorted(found.values())
