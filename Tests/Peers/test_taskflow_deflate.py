"""taskflow serve --deflate: long events are compressed for the listeners that offer it, and without the flag for none."""

import json
import zlib

import pytest

from client import Client
from shown import Shown
from wire import head, send

LONG = "A description that comes again. " * 200


def listen(server, *fields: str):
    """A listener as a bare socket, and the head of the answer."""
    connection = server.connect()
    send(connection, head("GET", "/ws/tasks", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *fields))
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 ")
    return connection, answer.decode()


def take(connection, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        piece = connection.recv(count - len(taken))
        assert piece, "ended"
        taken += piece
    return taken


def frame(connection) -> tuple[int, bytes]:
    first, length = take(connection, 2)
    if length > 125:
        length = int.from_bytes(take(connection, 2 if length == 126 else 8), "big")
    return first, take(connection, length)


def next_event(connection) -> tuple[bool, dict, int]:
    """Whether the next one came compressed, what it says, and how long its frame's payload is. Each was compressed from an
    empty window."""
    first, payload = frame(connection)
    assert first in (0x81, 0xC1)
    text = zlib.decompressobj(wbits=-12).decompress(payload + b"\0\0\xff\xff") if first == 0xC1 else payload
    return first == 0xC1, json.loads(text), len(payload)


@pytest.fixture(scope="module")
def deflating(taskflow_program):
    with taskflow_program.start("--deflate", "--log-level", "warning") as server:
        yield server


def test_long_events_come_compressed_and_short_ones_as_they_are(deflating):
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    packed, answer = listen(deflating, offer)
    assert "\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12; client_max_window_bits=12\r\n" in answer
    plain, answer = listen(deflating)
    assert "Sec-WebSocket-Extensions" not in answer
    with packed, plain:
        for connection in (packed, plain):
            assert next_event(connection)[1]["event"] == "connection.ready"
        client = Client(deflating)
        for description in ("short", LONG, LONG):
            client.create(description=description)
            is_packed, event, length = next_event(packed)
            assert next_event(plain)[:2] == (False, event)
            assert event["task"]["description"] == description and is_packed == (description == LONG)
            assert not is_packed or length < 1_000


def test_without_the_flag_nothing_is_compressed(taskflow):
    connection, answer = listen(taskflow, "Sec-WebSocket-Extensions: permessage-deflate")
    assert "Sec-WebSocket-Extensions" not in answer
    with connection:
        next_event(connection)
        Client(taskflow).create(description=LONG)
        is_packed, event, _ = next_event(connection)
        assert not is_packed and event["task"]["description"] == LONG


@pytest.mark.plain_only("websocket-client is told of no authority here")
def test_websocket_client_shows_what_came_compressed(websocket_client, deflating):
    url = f"{deflating.websocket_url}/ws/tasks"
    with Shown(websocket_client, "--deflate", url).read() as shown:
        shown.is_connected(url)
        title = "x" * 200
        for _ in range(3):
            Client(deflating).create(title, description=LONG)
            assert f"title: '{title}'" in shown.task()
