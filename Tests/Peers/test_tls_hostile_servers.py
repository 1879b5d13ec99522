"""Servers that break the rules of TLS, by tlslite-ng, and websocket-client: it says what is wrong, or goes on.

Behind each of them a good server is at the same place, and the client finds it by itself.
"""

import itertools
import json
import os
import re
from pathlib import Path

import pytest
from tlslite.constants import ContentType, ExtensionType

from hostile import TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, HostileServerSide, hostile_server, leaving_behind
from shown import Shown

ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE = ContentType.alert, ContentType.change_cipher_spec, ContentType.handshake
both_versions = pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])
EVENT = json.dumps({"event": "task.created", "seq": 1, "task": {
    "id": "a", "title": "from the good one", "description": "", "status": "pending", "priority": 5, "dependencies": []}})


def frame(text: str) -> bytes:
    return b"\x81\x7e" + len(text).to_bytes(2, "big") + text.encode()


def opened(connection, files, version=TLS_1_3, **options) -> HostileServerSide:
    side = HostileServerSide(connection, version, **options).shake_hands(files)
    side.open_websocket()
    return side


def stay(connection) -> None:
    """Until the client has gone."""
    while connection.recv(65_536):
        pass


def serve_well(connection, files, **options) -> None:
    opened(connection, files, **options).send(frame(EVENT))
    stay(connection)


def shows_the_event(shown, url: str) -> None:
    shown.is_connected(url)
    assert "title: 'from the good one'" in shown.task()


def started(websocket_client, files, port: int) -> tuple[Shown, str]:
    url = f"wss://localhost:{port}/ws/tasks"
    return Shown(websocket_client, url, "--ca", files.authority), url


def resident_bytes(process) -> int:
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


def finds_the_good_one_behind(hostile, websocket_client, files, *, is_opened: bool, notice: str) -> None:
    """`hostile` has the first connection. `notice` is what the client says of it, but for its name."""
    numbers = itertools.count()

    def serve(connection):
        hostile(connection) if next(numbers) == 0 else serve_well(connection, files)

    with hostile_server(serve) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            if is_opened:
                shown.is_connected(url)
            assert re.fullmatch(notice, shown.notice().removeprefix(f"Cannot connect to {url}: "))
            assert shown.notice().startswith("Connecting again in ")
            shows_the_event(shown, url)
            assert resident_bytes(shown.process) < 40_000_000


# Strange, and read


@both_versions
def test_messages_in_fragments_of_one_byte(websocket_client, files, version):
    with hostile_server(lambda connection: serve_well(connection, files, version=version, record_size=1)) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            shows_the_event(shown, url)


@both_versions
def test_records_in_segments_of_one_byte(websocket_client, files, version):
    def bytes_of(data):
        return [bytes([byte]) for byte in data]

    with hostile_server(lambda connection: serve_well(connection, files, version=version, change=bytes_of)) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            shows_the_event(shown, url)


TICKET = b"\4\0\0\xdd" + (7_200).to_bytes(4, "big") + bytes(4) + b"\x08" + bytes(8) + b"\0\xc8" + bytes(200) + b"\0\0"
HELLO_REQUEST = b"\0\0\0\0"


@pytest.mark.parametrize("version, step", [
    (TLS_1_3, lambda side: side.send(TICKET, HANDSHAKE)), (TLS_1_3, lambda side: side.update_keys(True)),
    (TLS_1_3, lambda side: side.update_keys(False)), (TLS_1_2, lambda side: side.send(HELLO_REQUEST, HANDSHAKE)),
], ids=["tickets", "keys, asked", "keys, told", "wishes for another handshake"])
def test_a_flood_between_two_events(websocket_client, files, version, step):
    """It is taken in a few megabytes, and what comes behind it is shown."""
    def serve(connection):
        side = opened(connection, files, version)
        side.send(frame(EVENT))
        assert side.flood(lambda: step(side), 500) == 500
        side.send(frame(EVENT))
        stay(connection)

    with hostile_server(serve) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            shows_the_event(shown, url)
            assert "title: 'from the good one'" in shown.task()
            assert resident_bytes(shown.process) < 40_000_000


# No handshake


def answering(content: bytes):
    """In place of a handshake."""
    def serve(connection):
        connection.recv(65_536)
        connection.sendall(content)
        stay(connection)
    return serve


@pytest.mark.parametrize("content, notice", [
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"), (os.urandom(20_000), "wrong version number"),
    (b"\x15\3\3\0\2\2\x28", ".*handshake failure"), (b"\x15\3\3\0\2\2\x46", ".*protocol version"),
    (b"\x16\3\3\xff\xff" + bytes(65_535), ".*length.*"), (b"\x17\3\3\0\x20" + bytes(32), ".*"),
    (b"\x16\3\3\0\4\2\xff\xff\xff", "excessive message size"),
    (b"\x14\3\3\0\1\1" * 1_000, ".*"), (b"\x16\3\3\0\0" * 1_000, ".*"),
], ids=["plain HTTP", "random", "a failure", "a version", "a record too long", "content first", "16 MiB", "changes",
        "empty records"])
def test_what_is_no_handshake(websocket_client, files, content, notice):
    finds_the_good_one_behind(answering(content), websocket_client, files, is_opened=False, notice=notice)


@pytest.mark.parametrize("version", [TLS_1_0, TLS_1_1], ids=["1.0", "1.1"])
def test_a_server_of_an_old_version(websocket_client, files, version):
    finds_the_good_one_behind(lambda connection: HostileServerSide(connection, version).shake_hands(files),
                              websocket_client, files, is_opened=False, notice=".*alert (handshake failure|protocol version)")


@both_versions
def test_a_protocol_that_was_not_offered(websocket_client, files, version):
    """So that no answer of a server of another kind is taken for one of HTTP. RFC 7301 section 3.2."""
    def hostile(connection):
        side = HostileServerSide(connection, version)
        for name in ("_sendMsg", "_queue_message"):
            setattr(side.tls, name, choosing_h2(getattr(side.tls, name)))
        side.shake_hands(files)
        stay(connection)

    finds_the_good_one_behind(hostile, websocket_client, files, is_opened=False, notice="bad extension")


def choosing_h2(send):
    def changed(message, *arguments, **options):
        for extension in getattr(message, "extensions", None) or []:
            if extension.extType == ExtensionType.alpn:
                extension.protocol_names = [bytearray(b"h2")]
        return send(message, *arguments, **options)
    return changed


@both_versions
def test_a_server_that_leaves_at_any_stage(websocket_client, files, version):
    """Behind each byte of what it has to say, or nearly. Each cut is met by a client of its own."""
    sizes = []

    def count(data):
        sizes.append(len(data))
        return [data]

    with hostile_server(lambda connection: serve_well(connection, files, version=version, change=count)) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            shows_the_event(shown, url)
    handshake = sum(sizes[:-2])
    for length in range(1, handshake, 41):
        def serve(connection):
            HostileServerSide(connection, version, leaving_behind(length)).shake_hands(files)

        with hostile_server(serve) as port:
            shown, url = started(websocket_client, files, port)
            with shown.read():
                # Before the client has all that it has to verify, or behind that.
                reason = "the connection has ended (before the handshake was finished|within the stream)"
                assert re.fullmatch(f"Cannot connect to {re.escape(url)}: {reason}", shown.notice()), length


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"", b"\x16\3\3\0\x7a\2", b"\x16\3\3", b"\x16\3\3\0\4\0\0\0\0" * 50], ids=[
    "nothing", "half a hello", "half a record", "wishes for another handshake"])
def test_a_server_that_stalls(websocket_client, files, start):
    """The client gives up after 10 s."""
    finds_the_good_one_behind(answering(start), websocket_client, files, is_opened=False, notice="No answer from .*")


# No certificate


@both_versions
@pytest.mark.parametrize("certificate, reason", [
    ("expired", "certificate has expired"), ("other", "hostname mismatch"),
    ("unknown", "unable to get local issuer certificate"), ("stranger", "self-signed certificate"),
    ("authority", "unsuitable certificate purpose"),
])
def test_a_certificate_that_does_not_prove_the_name_ends_the_client(websocket_client, files, version, certificate, reason):
    connections = []

    def serve(connection):
        connections.append(connection)
        HostileServerSide(connection, version).shake_hands(files, certificate)
        stay(connection)

    with hostile_server(serve) as port:
        shown, url = started(websocket_client, files, port)
        with shown.read():
            assert shown.notice() == f"Cannot connect to {url}: {reason}"
            assert shown.process.wait(10) == 1 and shown.notice() is None
    assert len(connections) == 1, "it does not ask again"


# Behind the handshake


def closing(side) -> None:
    side.send(b"\1\0", ALERT)


def changing_a_record(side) -> None:
    record = bytearray(side.sealed(frame(EVENT)))
    record[-1] ^= 1
    side.socket.sendall(record)


@pytest.mark.parametrize("version", [pytest.param(TLS_1_2, marks=pytest.mark.slow), TLS_1_3], ids=["1.2", "1.3"])
@pytest.mark.parametrize("step", [
    lambda side: side.socket.close(), closing, lambda side: side.send(frame(EVENT)[:20]) or side.socket.close(),
    lambda side: side.send(frame(EVENT)[:20]) or closing(side), changing_a_record,
    lambda side: side.send(b"\x81" * 16_385), lambda side: side.send(b"\2\x28", ALERT),
    lambda side: side.send(b"\x14\0\0\x20" + bytes(32), HANDSHAKE), lambda side: side.send(b"what", 99),
    lambda side: side.socket.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    lambda side: side.flood(lambda: side.send(b""), 500), lambda side: side.flood(lambda: side.send(b"\1\x5a", ALERT), 500),
    lambda side: side.flood(lambda: side.send(b"\1", CHANGE_CIPHER_SPEC), 500),
], ids=["cut off", "an end", "cut off in a frame", "an end in a frame", "a changed record", "a record too long", "an alert",
        "a finish", "an unknown type", "plain HTTP", "empty records", "warnings", "changes of ciphers"])
def test_a_connection_that_breaks_is_made_anew(websocket_client, files, version, step):
    def hostile(connection):
        side = opened(connection, files, version)
        step(side)
        stay(connection)

    finds_the_good_one_behind(hostile, websocket_client, files, is_opened=True, notice=r"Connection closed \(1006\)")
