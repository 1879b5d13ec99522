"""A client that holds all tasks as events tell them, goes from server to server, and hears when it has to begin anew."""

import contextlib
import json
import random
import threading

from websockets.sync.client import connect

from client import ADMIN
from documents import check_message
from queue_client import until
from readers import GONE


class Mirror(threading.Thread):
    """While it is entered it follows any server; what it has had stands in ``tasks``, by ids, with title and status."""

    def __init__(self, ports: list[int], seed: int):
        super().__init__(daemon=True)
        self.ports, self.random = ports, random.Random(seed)
        self.tasks: dict[str, tuple[str, str]] = {}
        self.epoch, self.seq, self.ended, self.error = None, 0, threading.Event(), None
        # What each connection began with, in order.
        self.greetings: list[dict] = []
        self._is_amid_a_snapshot = False

    def __enter__(self) -> "Mirror":
        self.start()
        until(lambda: self.greetings or self.error)
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.join(30)
        if self.error:
            raise self.error

    @property
    def place(self) -> tuple[str, int]:
        return self.epoch, self.seq

    @property
    def losses(self) -> int:
        """How often it was told to begin anew."""
        return sum(greeting["recovered"] is False for greeting in self.greetings[1:])

    def wait(self, place: tuple[str, int]) -> None:
        until(lambda: self.error or self.place == place and not self._is_amid_a_snapshot, 20,
              f"a mirror that should be at {place} stands at {self.place}")
        if self.error:
            raise self.error

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                with contextlib.suppress(*GONE):
                    self._listen(self.random.choice(self.ports))
                self.ended.wait(0.05)  # A server that is gone is not asked again at once.
        except Exception as error:  # Of an assertion: it is for the thread that asks.
            self.error = error

    def _listen(self, port: int) -> None:
        known = f"&epoch={self.epoch}" if self.epoch and not self._is_amid_a_snapshot else ""
        url = f"ws://127.0.0.1:{port}/ws/tasks?since={self.seq}{known}"
        headers = {"Authorization": f"Bearer {ADMIN}"}
        with connect(url, additional_headers=headers, proxy=None, open_timeout=20, max_queue=None) as socket:
            while not self.ended.is_set():
                try:
                    self._take(check_message(json.loads(socket.recv(0.2))))
                except TimeoutError:
                    continue

    def _take(self, message: dict) -> None:
        event = message["event"]
        if event == "connection.ready":
            self.greetings.append(message)
            if message["recovered"]:
                assert message["epoch"] == self.epoch, message
            else:
                self.epoch, self._is_amid_a_snapshot = message["epoch"], True
                self.tasks = {}
        elif event == "snapshot":
            self.tasks |= {task["id"]: (task["title"], task["status"]) for task in message["tasks"]}
            if not message["more"]:
                self.seq, self._is_amid_a_snapshot = message["seq"], False
        elif event.startswith("task."):
            assert message["seq"] == self.seq + 1, f"behind {self.seq} comes {message['seq']}"
            self.seq, task = message["seq"], message["task"]
            if event == "task.deleted":
                self.tasks.pop(task["id"], None)
            else:
                self.tasks[task["id"]] = (task["title"], task["status"])
