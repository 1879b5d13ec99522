"""A WebSocket as frames on a socket, for what no client library would send or show. RFC 6455."""

import contextlib
import struct
from typing import NamedTuple

from wire import head

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def upgrade(path: str = "/", *fields: str) -> bytes:
    return head("GET", path, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *fields)


def frame(opcode: int, payload: bytes = b"", is_final: bool = True) -> bytes:
    """A client's frame, masked with zeros."""
    first = opcode | (0x80 if is_final else 0)
    if len(payload) < 126:
        return bytes([first, 0x80 | len(payload)]) + bytes(4) + payload
    if len(payload) < 65_536:
        return bytes([first, 0xFE]) + struct.pack(">H", len(payload)) + bytes(4) + payload
    return bytes([first, 0xFF]) + struct.pack(">Q", len(payload)) + bytes(4) + payload


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack(">H", code) + reason)


def in_fragments(opcode: int, *payloads: bytes) -> bytes:
    """One message, a frame for each of these."""
    return b"".join(frame(CONTINUATION if index else opcode, payload, index == len(payloads) - 1)
                    for index, payload in enumerate(payloads))


class Frame(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """What a close frame says; 1005 if it says nothing."""
        return struct.unpack(">H", self.payload[:2])[0] if self.payload else 1005


class RawWebSocket:
    """A WebSocket that is open. Leaving it closes the socket without a word."""

    def __init__(self, server, path: str = "/", connection=None):
        self.socket = connection or server.connect()
        self._received = bytearray()
        self.send(upgrade(path))
        while b"\r\n\r\n" not in self._received:
            assert self._receive(), f"no handshake: {bytes(self._received)!r}"
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        self._received = bytearray(rest)

    def __enter__(self) -> "RawWebSocket":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, *data: bytes) -> None:
        self.socket.sendall(b"".join(data))

    def _receive(self) -> bool:
        piece = self.socket.recv(65_536)
        self._received += piece
        return bool(piece)

    def read(self) -> Frame | None:
        """The next frame, which has one fragment as all of these servers'; None at the end of the connection."""
        while (length := self._frame_length()) is None or len(self._received) < length:
            if not self._receive():
                assert not self._received, "a frame was cut"
                return None
        start = {126: 4, 127: 10}.get(self._received[1], 2)
        found = Frame(self._received[0] & 15, bytes(self._received[start:length]))
        assert self._received[0] & 0xF0 == 0x80 and self._received[1] < 128
        del self._received[:length]
        return found

    def _frame_length(self) -> int | None:
        received = self._received
        if len(received) < 2:
            return None
        short = received[1]
        if short < 126:
            return 2 + short
        form, start = (">H", 4) if short == 126 else (">Q", 10)
        return start + struct.unpack_from(form, received, 2)[0] if len(received) >= start else None

    def rest(self) -> list[Frame]:
        """All frames up to the end of the connection, which is no reset."""
        return list(iter(self.read, None))

    def flood(self, data: bytes, count: int) -> int:
        """Sends that so often, or until the server takes no more of it; how often it did."""
        for done in range(count):
            with contextlib.suppress(ConnectionError, TimeoutError):
                self.socket.sendall(data)
                continue
            return done
        return count
