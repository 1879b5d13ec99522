"""Readers that go on at any of several servers."""

import contextlib
import threading
import time

from readers import GONE, Reader, StreamReader, WebSocketReader


class _Moving:
    """A reader that goes on at any server when the one that it reads is gone, or it is tired of it."""

    # It reads up to that event; for ever until it is known.
    last: int | None = None
    stuck = 60.0
    # Whether it goes elsewhere when a server cannot give it what it has missed, as one that has no Redis.
    is_patient = False

    def begin(self, ports: list[int]) -> None:
        self.thread = threading.Thread(target=self._wander, args=(ports,), daemon=True)
        self.thread.start()

    def _take(self, message: dict) -> None:
        if self.is_patient and message.get("recovered") is False and message["epoch"] == self.epoch:
            raise ConnectionError("the server cannot give what was missed")
        super()._take(message)

    def _wander(self, ports: list[int]) -> None:
        heard = time.monotonic()
        try:
            while self.last is None or self.seq < self.last:
                before = self.seq
                with contextlib.suppress(*GONE):
                    self._listen(self.random.choice(ports), self.random.choice([1, 10, 1000]), None)
                if self.seq > before:
                    heard = time.monotonic()
                assert self.last is None or time.monotonic() - heard < self.stuck, f"nothing comes behind {self.seq}"
                threading.Event().wait(0.02)  # A server that is gone is not asked again at once.
        except Exception as error:
            self.error = error

    def _listen(self, port: int, count: int, until: int | None) -> None:
        messages = self.messages(port)
        for _, message in zip(range(count), messages):
            self._take(message)
            if self.last is not None and self.seq >= self.last:
                break
        messages.close()


class MovingWebSocketReader(_Moving, WebSocketReader):
    pass


class MovingStreamReader(_Moving, StreamReader):
    pass


def moving_readers(ports: list[int], place: tuple[str, int], count: int, seed: int,
                   is_patient: bool = False) -> list[Reader]:
    readers = [(MovingStreamReader if number % 4 == 0 else MovingWebSocketReader)(*place, seed + number)
               for number in range(count)]
    for reader in readers:
        reader.is_patient = is_patient
        reader.begin(ports)
    return readers
