"""Sends bytes to a server on many connections at once, and tells what came back on each.

All connections of a batch go in step: a piece goes out on each of them, and then a request of its own connection is
answered, and another. By then a server whose loop takes events in the order they came has read that piece everywhere.
What a loaded machine may get wrong by that is asked again by the test, one by one.
"""

import contextlib
import json
import socket
import struct
from base64 import b64decode
from dataclasses import dataclass

from wire import head, receive, unchunk

AT_ONCE = 200
FEW_PROBES, MANY_PROBES = 3, 20


@dataclass(frozen=True)
class Answer:
    status: int
    # What the server has read, as its JSON has it; empty in a refusal.
    reading: dict
    # Why it refused.
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    # The answers that came while the client's side was open, and whether the server left its own open then.
    answers: tuple[Answer, ...]
    is_open: bool
    # The answers that came when the client had ended its side.
    last_answers: tuple[Answer, ...] = ()


class Conversations:
    """A running mirror. Node's takes one new connection in a turn of its loop."""

    def __init__(self, server, takes_one_by_one: bool = False):
        self.server, self.takes_one_by_one = server, takes_one_by_one
        self.probe = server.connect()

    def outcomes(self, messages: list[list[bytes]]) -> list[Outcome]:
        """What becomes of each message, which comes in the pieces given."""
        found = []
        for start in range(0, len(messages), AT_ONCE):
            found += self._batch(messages[start:start + AT_ONCE], FEW_PROBES)
        return found

    def outcome(self, pieces: list[bytes]) -> Outcome:
        """What becomes of one message, with more time for it."""
        return self._batch([pieces], MANY_PROBES)[0]

    def _batch(self, messages: list[list[bytes]], probes: int) -> list[Outcome]:
        connections = [self._connect() for _ in messages]
        self._wait(probes + self.takes_one_by_one * len(messages))
        for step in range(max(map(len, messages))):
            for connection, pieces in zip(connections, messages):
                if step < len(pieces):
                    with contextlib.suppress(ConnectionError):
                        connection.sendall(pieces[step])
            self._wait(probes)
        # An answer may take some turns more.
        self._wait(3 * probes)
        early = [self._read_now(connection) for connection in connections]
        late = [self._read_to_end(connection) if is_open else b""
                for connection, (_, is_open) in zip(connections, early)]
        for connection in connections:
            connection.close()
        return [outcome(answers, is_open, rest) for (answers, is_open), rest in zip(early, late)]

    def _connect(self) -> socket.socket:
        connection = self.server.connect(timeout=None)
        # Closed by a reset, so that no port stays in use for a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return connection

    def _wait(self, probes: int) -> None:
        for _ in range(probes):
            self.probe.sendall(head("GET", "/probe"))
            answer = b""
            while not answer.endswith(b"}"):
                answer += self.probe.recv(65_536)

    def _read_now(self, connection: socket.socket) -> tuple[bytes, bool]:
        """What has come, and whether the server's side is open."""
        received = bytearray()
        connection.setblocking(False)
        try:
            while piece := connection.recv(65_536):
                received += piece
        except BlockingIOError:
            return bytes(received), True
        except ConnectionResetError:
            pass
        return bytes(received), False

    def _read_to_end(self, connection: socket.socket) -> bytes:
        connection.settimeout(10)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        received, end = receive(connection)
        assert end != "open", "the server does not close when the client has ended its side"
        return received


def outcome(early: bytes, is_open: bool, late: bytes) -> Outcome:
    before = parsed(early)
    # Both together: what a tunnel has read is behind the answers.
    behind = parsed(early + late)[len(before):] if late else []
    return Outcome(tuple(before), is_open, tuple(behind))


def parsed(received: bytes) -> list[Answer]:
    answers, place = [], 0
    while place < len(received):
        if received[place] == ord("{"):
            return [*answers, Answer(200, json.loads(received[place:]))]
        end = received.index(b"\r\n\r\n", place)
        status, fields = parsed_head(received[place:end].decode("latin-1"))
        place = end + 4
        if "reading" in fields:
            answers.append(Answer(status, json.loads(b64decode(fields["reading"]))))
        elif status < 200:
            answers.append(Answer(status, {}))
        elif status in (200, 417):
            body, place = parsed_body(received, place, fields)
            answers.append(Answer(status, body))
        else:
            assert fields["connection"] == "close", "a refusal is the last answer"
            return [*answers, Answer(status, {}, fields.get("reason", "no reason"))]
    return answers


def parsed_body(received: bytes, place: int, fields: dict[str, str]) -> tuple[dict, int]:
    """What the answer says was read, and the place behind it."""
    is_complete = True
    if "content-length" in fields:
        end = place + int(fields["content-length"])
        body = received[place:end]
    elif fields.get("transfer-encoding") == "chunked":
        body, is_complete, end = unchunk(received, place)
    else:
        body, end = received[place:], len(received)
    return json.loads(body) if is_complete else {"cut": len(body)}, end


def parsed_head(text: str) -> tuple[int, dict[str, str]]:
    status_line, *lines = text.split("\r\n")
    fields = (line.partition(":") for line in lines)
    return int(status_line.split(" ")[1]), {name.lower(): value.strip() for name, _, value in fields}
