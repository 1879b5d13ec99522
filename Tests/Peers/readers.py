"""Clients that read the live events, lose their server, and go on behind the last event that they have."""

import http.client
import json
import random
import threading

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from client import ADMIN
from documents import check_message

# How a server that is killed looks.
GONE = (OSError, http.client.HTTPException, ConnectionClosed, InvalidHandshake)


class Reader:
    """Keeps its position over the lives of a server, and the events that came since they were last taken."""

    def __init__(self, epoch: str, seq: int, seed: int):
        self.epoch, self.seq, self.random = epoch, seq, random.Random(seed)
        self.seen: list[dict] = []
        self.thread, self.error = None, None

    def follow(self, port: int, until: int | None = None) -> None:
        """Reads, in a thread of its own, until the server is gone, or the event of that number is here."""
        self.thread = threading.Thread(target=self._follow, args=(port, until))
        self.thread.start()

    def finish(self) -> None:
        self.thread.join(60)
        assert not self.thread.is_alive(), f"{self} waits for what is behind {self.seq}"
        if self.error:
            raise self.error

    def take_events(self) -> list[dict]:
        seen, self.seen = self.seen, []
        return seen

    def _follow(self, port: int, until: int | None) -> None:
        try:
            while until is None or self.seq < until:
                # It leaves by itself, too, at any place.
                self._listen(port, self.random.choice([1, 10, 1000]), until)
        except GONE as error:
            self.error = error if until is not None else None
        except Exception as error:  # Of an assertion: it is for the thread that asks.
            self.error = error

    def _listen(self, port: int, count: int, until: int | None) -> None:
        """Takes so many messages of a new connection, or all up to that event."""
        messages = self.messages(port)
        for _, message in zip(range(count), messages):
            self._take(message)
            if until is not None and self.seq >= until:
                break
        messages.close()

    def _take(self, message: dict) -> None:
        if message["event"] == "connection.ready":
            assert message["recovered"] is True and message["epoch"] == self.epoch, message
        elif message["event"].startswith("task."):
            self.seen.append(message)
            self.seq = message["seq"]

    def messages(self, port: int):
        """The messages of one connection, which begins behind the last event that was taken."""
        raise NotImplementedError


class WebSocketReader(Reader):
    def messages(self, port: int):
        url = f"ws://127.0.0.1:{port}/ws/tasks?since={self.seq}&epoch={self.epoch}"
        # A full queue of the package's would hold back the answer to the close.
        with connect(url, proxy=None, open_timeout=20, close_timeout=20, max_queue=None) as connection:
            while True:
                yield check_message(json.loads(connection.recv(20)))


class StreamReader(Reader):
    """By server-sent events: an event's position is its id, which stands before it."""

    def messages(self, port: int):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/events/stream", headers={
                "Authorization": f"Bearer {ADMIN}", "Last-Event-ID": f"{self.epoch}:{self.seq}"})
            answer = connection.getresponse()
            if answer.status == 503:
                raise ConnectionError("the server is about to begin, or to end")
            assert answer.status == 200 and answer.getheader("Content-Type") == "text/event-stream"
            fields = {}
            while line := answer.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name in ("id", "data"):
                    fields[name] = value
                elif not name and "data" in fields:
                    message = check_message(json.loads(fields["data"]), of_stream=True)
                    if message["event"].startswith("task."):
                        assert fields["id"] == f"{self.epoch}:{message['seq']}"
                    yield message
                if not name:
                    fields = {}
            raise ConnectionError("the stream has ended")
        finally:
            connection.close()


def log_behind(client, epoch: str, seq: int) -> list[dict]:
    """All events that the server has behind that one."""
    events = []
    while True:
        page = client.json(f"/events?since={seq}&epoch={epoch}&limit=1000")
        assert page["epoch"] == epoch
        if not page["events"]:
            return events
        events += map(check_message, page["events"])
        seq = page["seq"]
