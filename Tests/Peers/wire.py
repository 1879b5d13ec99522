"""HTTP/1.1 as bytes on a socket, for what no client library would send or show."""

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field

WHOLE, BYTE_BY_BYTE = "whole", "byte by byte"


@dataclass
class Answer:
    status: int
    fields: list[tuple[str, str]]
    body: bytes = b""
    # False when the connection ended inside the body.
    is_complete: bool = True

    def __getitem__(self, name: str) -> str | None:
        """The field's value; several of one name joined by a comma."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass
class Exchange:
    """All that came back on one connection until the server ended it."""
    answers: list[Answer] = field(default_factory=list)
    # How it ended: "closed" (the end of the stream), "reset", or "open" when nothing came until the time-out.
    end: str = "open"

    @property
    def statuses(self) -> list[int]:
        return [answer.status for answer in self.answers]


def send(connection: socket.socket, request: bytes, manner: str = WHOLE) -> None:
    if manner == WHOLE:
        connection.sendall(request)
    else:
        for index in range(len(request)):
            connection.sendall(request[index:index + 1])


def receive(connection: socket.socket) -> tuple[bytes, str]:
    """Reads until the server ends the connection."""
    received = bytearray()
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except TimeoutError:
        return bytes(received), "open"
    except ConnectionResetError:
        return bytes(received), "reset"
    return bytes(received), "closed"


def exchange(server, request: bytes, manner: str = WHOLE, *, half_close: bool = False, methods=()) -> Exchange:
    """Sends all of `request` before it reads a byte, as many clients do, then reads to the end of the connection."""
    with server.connect() as connection:
        try:
            send(connection, request, manner)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            is_reset = False
        except ConnectionError:
            # The server has ended the connection before it took everything: what has arrived may still be read.
            is_reset = True
        received, end = receive(connection)
    return Exchange(parse_answers(received, methods), "reset" if is_reset else end)


def exchange_both_ways(server, request: bytes) -> Exchange:
    """As `exchange`, but reads while it sends: for an answer that comes as long as the request goes."""
    with server.connect() as connection:
        def send_all():
            # The server may end the connection before it took everything; what it answered says more than that.
            with contextlib.suppress(ConnectionError, TimeoutError):
                connection.sendall(request)

        sender = threading.Thread(target=send_all)
        sender.start()
        received, end = receive(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        sender.join()
    return Exchange(parse_answers(received), end)


def parse_answers(received: bytes, methods=()) -> list[Answer]:
    """Splits what was received. `methods` are those of the requests, needed where one is HEAD; 1xx are left out."""
    answers, methods, place = [], list(methods), 0
    while place < len(received):
        end_of_head = received.find(b"\r\n\r\n", place)
        assert end_of_head >= 0, f"not the head of an answer: {received[place:place + 200]!r}"
        status_line, *lines = received[place:end_of_head].decode("latin-1").split("\r\n")
        place = end_of_head + 4
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", status_line)
        assert match, f"not a status line: {status_line[:200]!r}"
        pairs = (line.partition(":") for line in lines)
        answer = Answer(int(match[1]), [(name, value.strip()) for name, _, value in pairs])
        if answer.status < 200:
            continue
        answers.append(answer)
        method = methods.pop(0) if methods else "GET"
        if method == "HEAD" or answer.status in (204, 304):
            continue
        if answer["Transfer-Encoding"] == "chunked":
            answer.body, answer.is_complete, place = unchunk(received, place)
        elif (length := answer["Content-Length"]) is not None:
            answer.body = received[place:place + int(length)]
            answer.is_complete = len(answer.body) == int(length)
            place += int(length)
        else:
            assert answer["Connection"] == "close", "a body that ends with the connection, and no Connection: close"
            answer.body, place = received[place:], len(received)
    return answers


def unchunk(received: bytes, place: int) -> tuple[bytes, bool, int]:
    """The body that begins at `place`, whether its end is there, and the place behind it."""
    body = bytearray()
    while (end_of_line := received.find(b"\r\n", place)) >= 0:
        size = int(received[place:end_of_line].split(b";")[0], 16)
        if size == 0:
            # Trailers, if any, end as a head does.
            end = received.find(b"\r\n\r\n", end_of_line)
            return bytes(body), end >= 0, end + 4 if end >= 0 else len(received)
        place = end_of_line + 2
        body += received[place:place + size]
        place += size + 2
        if place > len(received):
            break
        assert received[place - 2:place] == b"\r\n", "a chunk does not end where its size says"
    return bytes(body), False, len(received)


def head(method: str = "GET", path: str = "/", *fields: str, host: str = "127.0.0.1", version: str = "1.1") -> bytes:
    """The head of a request, blank line included."""
    return "\r\n".join([f"{method} {path} HTTP/{version}", f"Host: {host}", *fields, "", ""]).encode("latin-1")


def chunked(*chunks: bytes) -> bytes:
    """A whole body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


@contextlib.contextmanager
def endless_answer(server):
    """A connection whose answer, 100 MB, has begun and is not read: open from the first byte on, however slow the
    server is."""
    with server.connect(receive_buffer=4096) as connection:
        send(connection, head("GET", "/demo/stream/ndjson?count=300000"))
        assert connection.recv(1) == b"H"
        yield connection
