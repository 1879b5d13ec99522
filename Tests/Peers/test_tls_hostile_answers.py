"""Servers that break the rules of TLS within an answer, by tlslite-ng, and HTTPClient: half an answer is never taken for one."""

import itertools
import os
import socket

import pytest
from tlslite.constants import ContentType

import asking
from asking import Answer
from hostile import TLS_1_2, TLS_1_3, HostileServerSide, hostile_server

both_versions = pytest.mark.parametrize(
    "version", [pytest.param(TLS_1_2, marks=pytest.mark.slow), TLS_1_3], ids=["1.2", "1.3"])
BODY = b"0123456789" * 100
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + BODY
IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + BODY + b"\r\n0\r\n\r\n"
answers = pytest.mark.parametrize(
    "answer", [UNTIL_CLOSE, WITH_LENGTH, IN_CHUNKS], ids=["until close", "with a length", "in chunks"])


def asked(connection, files, version=TLS_1_3, **options) -> HostileServerSide:
    """With the request read."""
    side = HostileServerSide(connection, version, **options).shake_hands(files)
    request = bytearray()
    while b"\r\n\r\n" not in request:
        request += side.tls.read(max=65_536)
    assert request.startswith(b"GET /")
    return side


def close(side) -> None:
    side.send(b"\1\0", ContentType.alert)
    side.socket.close()


def lines(http_ask, files, serve, count: int = 1) -> list[str]:
    """What the client says of so many requests, one after the other."""
    def line(answer: Answer) -> str:
        if not answer.status:
            return f"no answer: {answer.failure}"
        return f"{answer.status}, {len(answer.content)} bytes" + (f", then {answer.failure}" if answer.failure else "")

    with hostile_server(serve) as port:
        urls = [f"https://localhost:{port}/{number}" for number in range(count)]
        return [line(answer) for answer in asking.answers(http_ask, "--pause", 0, *urls,
                                                          env={**os.environ, "SSL_CERT_FILE": files.authority})]


@both_versions
@answers
@pytest.mark.parametrize("size", [16_384, 1], ids=["one record", "a byte a record"])
def test_an_answer_that_is_whole(http_ask, files, version, answer, size):
    def serve(connection):
        side = asked(connection, files, version)
        for start in range(0, len(answer), size):
            side.send(answer[start:start + size])
        close(side)

    assert lines(http_ask, files, serve) == ["200, 1000 bytes"]


@both_versions
@answers
@pytest.mark.parametrize("end", [lambda side: side.socket.close(), close], ids=["cut off", "an end"])
def test_an_answer_that_is_not(http_ask, files, version, answer, end):
    """Cut in its head, behind it, in its body, and before its last byte. What is said to end, by close_notify, has ended
    where the answer goes on until then; where the connection ends without that word nothing has."""
    for length in (10, answer.index(b"\r\n\r\n") + 4, len(answer) - 500, len(answer) - 1):
        def serve(connection):
            side = asked(connection, files, version)
            side.send(answer[:length])
            end(side)

        (line,) = lines(http_ask, files, serve)
        if answer is UNTIL_CLOSE and end is close and length > 10:
            assert line == f"200, {length - len(answer) + 1_000} bytes"
        else:
            assert line.startswith("no answer: ") or ", then " in line, (length, line)


@both_versions
def test_an_answer_until_close_that_is_cut_off_behind_its_last_byte(http_ask, files, version):
    """Nothing tells that it was the last."""
    def serve(connection):
        side = asked(connection, files, version)
        side.send(UNTIL_CLOSE)
        side.socket.close()

    (line,) = lines(http_ask, files, serve)
    assert line.startswith("200, 1000 bytes, then "), line


def changing_a_record(side) -> None:
    record = bytearray(side.sealed(b"9"))
    record[-1] ^= 1
    side.socket.sendall(record)


@both_versions
@answers
@pytest.mark.parametrize("step", [
    changing_a_record, lambda side: side.send(b"9" * 16_385), lambda side: side.send(b"\2\x50", ContentType.alert),
    lambda side: side.send(b"what", 99), lambda side: side.flood(lambda: side.send(b""), 200),
], ids=["a changed record", "a record too long", "an alert", "an unknown type", "empty records"])
def test_a_record_that_is_none_within_the_body(http_ask, files, version, answer, step):
    def serve(connection):
        side = asked(connection, files, version)
        side.send(answer[:-500])
        step(side)
        while side.socket.recv(65_536):
            pass

    (line,) = lines(http_ask, files, serve)
    assert line.startswith("200, ") and ", then " in line, line


def test_a_connection_that_was_ended_is_not_used_again(http_ask, files):
    """Whether its end was said or not, the next request has a new one."""
    for end in (close, lambda side: side.socket.close()):
        count = itertools.count()

        def serve(connection):
            next(count)
            side = asked(connection, files)
            side.send(WITH_LENGTH)
            end(side)

        assert lines(http_ask, files, serve, 3) == ["200, 1000 bytes"] * 3
        assert next(count) == 3


def test_new_keys_between_the_pieces(http_ask, files):
    def serve(connection):
        side = asked(connection, files)
        for start in range(0, len(WITH_LENGTH), 100):
            side.send(WITH_LENGTH[start:start + 100])
            side.update_keys(False)
        close(side)

    assert lines(http_ask, files, serve) == ["200, 1000 bytes"]


@pytest.mark.parametrize("certificate, reason", [
    ("expired", "certificate has expired"), ("other", "hostname mismatch"), ("unknown", "unable to get local issuer certificate"),
])
def test_a_certificate_that_does_not_prove_the_name(http_ask, files, certificate, reason):
    assert lines(http_ask, files, lambda connection: HostileServerSide(connection).shake_hands(files, certificate)) == [
        f"no answer: EPROTO EPROTO: {reason} (X509_verify_cert)"]


@pytest.mark.parametrize("lifetime, is_shown", [(0, False), (7_200, True)])
def test_a_ticket_is_shown_to_the_server_unless_its_lifetime_is_zero(http_ask, files, lifetime, is_shown):
    """RFC 8446 section 4.6.1."""
    ticket = b"T" * 200
    message = b"\4\0\0\xdd" + lifetime.to_bytes(4, "big") + bytes(4) + b"\x08" + bytes(8) + b"\0\xc8" + ticket + b"\0\0"
    hellos = []

    def serve(connection):
        hellos.append(connection.recv(65_536, socket.MSG_PEEK))
        side = asked(connection, files)
        side.send(message, ContentType.handshake)
        side.send(UNTIL_CLOSE)
        close(side)

    assert lines(http_ask, files, serve, 2) == ["200, 1000 bytes"] * 2
    assert [ticket in hello for hello in hellos] == [False, is_shown]
