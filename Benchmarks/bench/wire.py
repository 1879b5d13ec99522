"""Clients that add nothing of their own: requests and frames are bytes, and every answer is checked."""

import functools
import json
import os
import socket

MASK = b"\x37\xfa\x21\x3d"


class Connection:
    """One connection, with one request in flight."""

    def __init__(self, port: int):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def request(self, method: str, path: str, body: bytes = b"", token: str = "secret-admin-123") -> bytes:
        """The bytes of a request, with the fields that wrk sends and a token."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Authorization: Bearer {token}",
                 "User-Agent: wrk", "Accept: */*"]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def ask(self, request: bytes) -> bytes:
        """The body of the answer, which has to be a good one."""
        self.socket.sendall(request)
        status = self.input.readline()
        if status[9:10] != b"2":
            raise SystemExit(f"bench: {request[:40]!r} was answered {status.decode().strip()}")
        length = 0
        while (line := self.input.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return self.input.read(length)

    def ask_often(self, request: bytes, times: int) -> None:
        """The same, so many times, sixteen in flight."""
        while times > 0:
            count = min(times, 16)
            self.socket.sendall(request * (count - 1))
            self.ask(request)
            for _ in range(count - 1):
                self.ask(b"")
            times -= count

    def whole_answer(self, path: str) -> bytes:
        """The bytes of an answer as a client of this path gets them: head and body."""
        return self.whole(f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n\r\n".encode())

    def whole(self, request: bytes) -> bytes:
        """The bytes of the answer to `request`, head and body."""
        self.socket.sendall(request)
        return self.socket.recv(65536)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    def make_task(self) -> bytes:
        """The request that makes a task."""
        return self.request("POST", "/tasks", json.dumps({"title": "WebSocket test", "priority": 5}).encode())


class WebSocket:
    """One WebSocket; its messages are short."""

    def __init__(self, port: int, path: str = "/"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        if b" 101 " not in self.input.readline():
            raise SystemExit(f"bench: {path} is no WebSocket")
        while self.input.readline() != b"\r\n":
            pass

    def send(self, message: bytes, times: int = 1) -> None:
        """Sends a message so many times, all in one write."""
        self.socket.sendall(masked(message) * times)

    def expect(self, message: bytes, times: int = 1) -> None:
        """Reads the next messages, which have to be this one."""
        expected = (bytes([0x82, len(message)]) + message) * times
        frames = self.input.read(len(expected))
        if frames != expected:
            raise SystemExit(f"bench: a message came back as {frames!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()


@functools.cache
def masked(message: bytes) -> bytes:
    """The frame that a client sends."""
    return bytes([0x82, 0x80 | len(message)]) + MASK + bytes(
        byte ^ MASK[index % 4] for index, byte in enumerate(message))


def random_message(length: int) -> bytes:
    return os.urandom(length)
