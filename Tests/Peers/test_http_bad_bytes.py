"""Bytes that are no request get their answer, whole and readable; then the connection ends and the next is served.

Every case is sent in one piece and byte by byte. The refused requests' accepted neighbours are at the end of the file.
"""

import time

import pytest

from contract import UUID_V7, assert_error
from wire import BYTE_BY_BYTE, WHOLE, Exchange, chunked, exchange, exchange_both_ways, head, receive, send

HEAD_LIMIT, FIELD_LIMIT, BODY_LIMIT = 16_384, 100, 1_048_576
CODES = {400: "BAD_REQUEST", 413: "PAYLOAD_TOO_LARGE", 431: "HEADERS_TOO_LARGE", 501: "NOT_IMPLEMENTED"}

manners = pytest.mark.parametrize("manner", [WHOLE, BYTE_BY_BYTE])


def line(text: str) -> bytes:
    """A request whose first line is `text`."""
    return f"{text}\r\nHost: 127.0.0.1\r\n\r\n".encode("latin-1")


def fields(*lines: str) -> bytes:
    """A request with these fields after a good Host."""
    return head("GET", "/", *lines)


def post(*lines: str, body: bytes = b"") -> bytes:
    return head("POST", "/", *lines) + body


def in_chunks(body: bytes) -> bytes:
    return post("Transfer-Encoding: chunked", body=body)


def head_of(size: int, path: str = "/") -> bytes:
    """A good head of exactly `size` bytes, blank line included."""
    start = head("GET", path, "X: ")
    return head("GET", path, "X: " + "a" * (size - len(start)))


def head_with(count: int, path: str = "/") -> bytes:
    """A good head of `count` fields."""
    return head("GET", path, *[f"X-{index}: {index}" for index in range(count - 1)])


# The head decides: the same answer whatever the program would have done with the request.
BAD_HEADS = {
    "one word": (400, line("GARBAGE")),
    "no target": (400, line("GET")),
    "no version": (400, line("GET /")),
    "space in the target": (400, line("GET /a b HTTP/1.1")),
    "control character in the target": (400, line("GET /a\x01b HTTP/1.1")),
    "another protocol": (400, line("GET / HTTQ/1.1")),
    "version that is no number": (400, line("GET / HTTP/1.x")),
    "space before the method": (400, line(" GET / HTTP/1.1")),
    "unknown method": (501, line("FOO / HTTP/1.1")),
    "method in lower case": (501, line("get / HTTP/1.1")),
    "method that is no token": (400, line("F(OO / HTTP/1.1")),
    "unknown method without a version": (400, line("FOO /")),
    "no Host in 1.1": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two Hosts": (400, fields("Host: other")),
    "field without a colon": (400, fields("no colon here")),
    "field without a name": (400, fields(": value")),
    "space before the colon": (400, fields("A : b")),
    "space in a name": (400, fields("A b: c")),
    "name that is no token": (400, fields("A(b): c")),
    "folded field": (400, fields("A: b\r\n c")),
    "folded field with a tab": (400, fields("A: b\r\n\tc")),
    "folded first field": (400, b"GET / HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n"),
    "NUL in a value": (400, fields("A: b\0c")),
    "control character in a value": (400, fields("A: b\x01c")),
    "bare CR in a value": (400, fields("A: b\rc")),
    "bare LF everywhere": (400, b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n"),
    "bare LF after one field": (400, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\nA: b\r\n\r\n"),
    "two different Content-Lengths": (400, post("Content-Length: 1", "Content-Length: 2", body=b"ab")),
    "two Content-Lengths in one field": (400, post("Content-Length: 1, 2", body=b"ab")),
    "Content-Length of letters": (400, post("Content-Length: two", body=b"ab")),
    "Content-Length below zero": (400, post("Content-Length: -2", body=b"ab")),
    "Content-Length with a sign": (400, post("Content-Length: +2", body=b"ab")),
    "Content-Length in hexadecimal": (400, post("Content-Length: 0x2", body=b"ab")),
    "Content-Length of nothing": (400, post("Content-Length:", body=b"ab")),
    "Content-Length of 2^64": (400, post("Content-Length: 18446744073709551616", body=b"ab")),
    "Content-Length, then Transfer-Encoding": (
        400, post("Content-Length: 3", "Transfer-Encoding: chunked", body=chunked(b"abc"))),
    "Transfer-Encoding, then Content-Length": (
        400, post("Transfer-Encoding: chunked", "Content-Length: 3", body=chunked(b"abc"))),
    "chunked, but not last": (400, post("Transfer-Encoding: chunked, gzip", body=chunked(b"abc"))),
    "Transfer-Encoding without chunked": (501, post("Transfer-Encoding: gzip", body=b"abc")),
    "Transfer-Encoding almost chunked": (501, post("Transfer-Encoding: xchunked", body=chunked(b"abc"))),
    "chunked behind another coding": (501, post("Transfer-Encoding: gzip, chunked", body=chunked(b"abc"))),
    "TLS ClientHello": (400, bytes.fromhex("16030102000100 01fc0303") + bytes(range(256)) * 2),
    "NULs": (400, bytes(64)),
    "head one byte too large": (431, head_of(HEAD_LIMIT + 1)),
    "line that does not end": (431, b"GET /" + b"a" * (HEAD_LIMIT + 100)),
    "field that does not end": (431, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: " + b"a" * (HEAD_LIMIT + 100)),
    "one field too many": (431, head_with(FIELD_LIMIT + 1)),
    # With a path and a method that both programs serve: the body is the last thing that is checked.
    "Content-Length one byte too large": (413, head("GET", "/health", f"Content-Length: {BODY_LIMIT + 1}") + bytes(1000)),
}

# The body decides: echo has written nothing yet, so that it can still say what is wrong.
BAD_BODIES = {
    "chunk size of letters": (400, in_chunks(b"zz\r\nab\r\n0\r\n\r\n")),
    "chunk size of nothing": (400, in_chunks(b"\r\nab\r\n0\r\n\r\n")),
    "chunk size below zero": (400, in_chunks(b"-2\r\nab\r\n0\r\n\r\n")),
    "chunk size with a prefix": (400, in_chunks(b"0x2\r\nab\r\n0\r\n\r\n")),
    "chunk size with a space before": (400, in_chunks(b" 2\r\nab\r\n0\r\n\r\n")),
    "chunk size that ends in a bare LF": (400, in_chunks(b"2\nab\r\n0\r\n\r\n")),
    "trailer that is a length": (400, in_chunks(b"0\r\nContent-Length: 2\r\n\r\n")),
    "trailer that is a coding": (400, in_chunks(b"0\r\nTransfer-Encoding: chunked\r\n\r\n")),
    "trailer that is a host": (400, in_chunks(b"0\r\nHost: elsewhere\r\n\r\n")),
    "trailer that authorises": (400, in_chunks(b"0\r\nA: b\r\nAuthorization: Bearer x\r\n\r\n")),
    "chunk extension over 16 KiB": (413, in_chunks(b"2;" + b"a" * 17_000 + b"\r\nab\r\n0\r\n\r\n")),
}


def assert_answers_error(answer, status: int, program) -> None:
    """The answer to bytes that never became a request: Node's bare one from echo, the API's JSON from taskflow."""
    assert (answer.status, answer["Connection"]) == (status, "close")
    if program.name == "echo":
        assert answer.body == b""
    else:
        assert_error(answer, status, CODES[status])
        assert UUID_V7.fullmatch(answer["X-Request-Id"]), "nothing of what came is taken for an id"


def assert_refused(result: Exchange, status: int, program) -> None:
    assert result.end == "closed", "the answer could be read, and then the connection ended without a reset"
    assert result.statuses == [status]
    assert_answers_error(result.answers[0], status, program)


def assert_serves(server, program) -> None:
    result = exchange(server, head("GET", program.path, "Connection: close"))
    assert (result.statuses, result.end) == ([200], "closed")


@manners
@pytest.mark.parametrize("case", BAD_HEADS)
def test_a_bad_head_is_refused(server, program, case, manner):
    status, request = BAD_HEADS[case]
    assert_refused(exchange(server, request, manner), status, program)
    assert_serves(server, program)


@pytest.mark.parametrize("case", BAD_HEADS)
def test_what_follows_a_bad_head_is_not_taken_for_a_request(server, program, case):
    status, request = BAD_HEADS[case]
    smuggled = head("GET", program.path) * 3
    assert_refused(exchange(server, request + b"\r\n\r\n" + smuggled), status, program)


@pytest.mark.parametrize("case", BAD_HEADS)
def test_what_comes_before_a_bad_head_is_answered(server, program, case):
    status, request = BAD_HEADS[case]
    result = exchange(server, head("GET", program.path) * 2 + request)
    assert result.statuses == [200, 200, status] and result.end == "closed"
    assert_answers_error(result.answers[-1], status, program)


@manners
@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_bad_body_is_refused(server, program, case, manner):
    status, request = BAD_BODIES[case]
    if program.name == "echo":
        assert_refused(exchange(server, request, manner), status, program)
    else:
        # This path does not read its body, so it may have answered before it came.
        request = request.replace(b"POST / ", b"GET %b " % program.path.encode(), 1)
        result = exchange(server, request, manner)
        assert result.statuses in ([200], [status], [200, status]) and result.end == "closed"
    assert_serves(server, program)


@manners
def test_a_bad_chunk_after_a_good_one_ends_the_answer_short(echo, manner):
    result = exchange(echo, in_chunks(b"5\r\nhello\r\n6\r\nworld!??\r\n0\r\n\r\n"), manner)
    assert result.end in ("closed", "reset")
    assert [(answer.status, answer.is_complete) for answer in result.answers] in ([(200, False)], [(400, True)], [])
    assert exchange(echo, head("GET", "/", "Connection: close")).statuses == [200]


def test_trailers_without_end_are_refused(server, program):
    request = head("GET", program.path, "Transfer-Encoding: chunked") + b"0\r\n" + b"A: b\r\n" * 100_000
    result = exchange(server, request)
    assert result.end in ("closed", "reset")
    assert result.statuses in ([200], [431], [200, 431])
    assert_serves(server, program)


@manners
def test_a_client_that_leaves_within_the_head_is_told(server, program, manner):
    assert_refused(exchange(server, b"GET / HTTP/1.1\r\nHos", manner, half_close=True), 400, program)


def test_a_client_that_leaves_within_its_body_gets_no_whole_answer(echo):
    result = exchange(echo, post("Content-Length: 10", body=b"abc"), half_close=True)
    assert result.end in ("closed", "reset")
    assert not [answer for answer in result.answers if answer.status == 200 and answer.is_complete]
    assert exchange(echo, head("GET", "/", "Connection: close")).statuses == [200]


def test_a_client_that_says_nothing_is_told_nothing(server, program):
    assert exchange(server, b"", half_close=True) == Exchange([], "closed")
    assert_serves(server, program)


# Sizes, and the ending that lets the answer be read


def body_request(program, *lines: str) -> bytes:
    """A request whose only fault can be its body: taskflow's path takes GET alone, and GET may have one."""
    return head("POST" if program.name == "echo" else "GET", program.path, "Connection: close", *lines)


def test_a_body_one_byte_too_large_is_refused_before_it_comes(server, program):
    assert_refused(exchange(server, body_request(program, f"Content-Length: {BODY_LIMIT + 1}")), 413, program)
    assert_serves(server, program)


def test_the_answer_can_be_read_by_a_client_that_first_sends_all_it_has(server, program):
    body = bytes(4 * BODY_LIMIT)
    request = body_request(program, f"Content-Length: {len(body)}") + body
    assert_refused(exchange(server, request), 413, program)


def test_a_chunked_body_one_byte_too_large_is_refused(server, program):
    body = chunked(*[bytes(BODY_LIMIT // 16)] * 16, b"!")
    result = exchange_both_ways(server, body_request(program, "Transfer-Encoding: chunked") + body)
    if program.name == "echo":
        # What came before the limit may be on its way back already: then the answer must not look whole.
        assert [(answer.status, answer.is_complete) for answer in result.answers] in ([(413, True)], [(200, False)])
    else:
        assert result.statuses in ([413], [200], [200, 413]), "this path may answer before the body came"
    assert result.end in ("closed", "reset")
    assert_serves(server, program)


def test_the_connection_ends_right_after_the_answer(server, program):
    with server.connect() as connection:
        started = time.monotonic()
        send(connection, b"NONSENSE\r\n\r\n")
        _, end = receive(connection)
        assert end == "closed" and time.monotonic() - started < 1, "the server need not wait for the client to close"


def test_a_client_that_never_stops_sending_is_cut_off(server, program):
    """2 s or 8 MiB, whichever is first: then the discarding has an end."""
    with server.connect() as connection:
        started, sent = time.monotonic(), 0
        send(connection, b"NONSENSE\r\n\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while time.monotonic() - started < 10:
                sent += connection.send(bytes(65_536))
        assert sent < 32 * BODY_LIMIT, "the limit and what the kernel's buffers hold"
    assert_serves(server, program)


def test_a_client_that_stays_is_cut_off(server, program):
    with server.connect() as connection:
        started = time.monotonic()
        send(connection, b"NONSENSE\r\n\r\n")
        assert receive(connection)[1] == "closed"
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while time.monotonic() - started < 10:
                connection.send(b"x")
                time.sleep(0.05)
        assert 1.5 < time.monotonic() - started < 5, "discarded for 2 s"


# The accepted neighbours

GOOD_REQUESTS = {
    "plain": head(),
    "HTTP/1.0 without Host": b"GET / HTTP/1.0\r\n\r\n",
    "line ends before the request": b"\r\n\r\n" + head(),
    "names in any case": b"GET / HTTP/1.1\r\nhOST: 127.0.0.1\r\nX-a: b\r\n\r\n",
    "no space after the colon": b"GET / HTTP/1.1\r\nHost:127.0.0.1\r\n\r\n",
    "spaces and tabs around a value": fields("A: \t b c \t "),
    "empty value": fields("A:"),
    "bytes over 127 in a value": fields("A: \xe9\xff"),
    "every character of a token": fields("!#$%&'*+-.^_`|~09azAZ: b"),
    "head at the limit": head_of(HEAD_LIMIT),
    "fields at the limit": head_with(FIELD_LIMIT),
    "empty body": post("Content-Length: 0"),
    "Content-Length": post("Content-Length: 5", body=b"hello"),
    "Content-Length between tabs": post("Content-Length:\t5 \t ", body=b"hello"),
    "chunks": in_chunks(chunked(b"hello")),
    "chunks, which tabs stand around": post("Transfer-Encoding: \tchunked\t ", body=chunked(b"hello")),
    "no chunks": in_chunks(b"0\r\n\r\n"),
    "Transfer-Encoding in any case": post("transfer-encoding: CHUNKED", body=chunked(b"hello")),
    "chunk size in capitals, with zeros": in_chunks(b"00A\r\n0123456789\r\n0\r\n\r\n"),
    "chunk extension": in_chunks(b"5;a=b;c=\"d\"\r\nhello\r\n0;e\r\n\r\n"),
    "trailers": in_chunks(b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"),
}


def substance(result: Exchange) -> list:
    """What must not depend on how the request came; the date may."""
    return [(answer.status, answer.body, answer.is_complete) for answer in result.answers]


@pytest.mark.parametrize("case", GOOD_REQUESTS)
def test_a_good_request_is_served_the_same_whole_and_byte_by_byte(echo, case):
    request = GOOD_REQUESTS[case]
    last = b"" if b"HTTP/1.0" in request else head("GET", "/", "Connection: close")
    whole, pieces = [exchange(echo, request + last, manner) for manner in (WHOLE, BYTE_BY_BYTE)]
    assert whole.statuses == [200, 200] if last else [200]
    assert whole.end == "closed"
    assert substance(whole) == substance(pieces)


@manners
@pytest.mark.parametrize("make", [head_of, head_with], ids=["head at the limit", "fields at the limit"])
def test_taskflow_serves_what_is_at_the_limit(taskflow, make, manner):
    request = make(HEAD_LIMIT if make is head_of else FIELD_LIMIT, "/health")
    assert exchange(taskflow, request + head("GET", "/nowhere", "Connection: close"), manner).statuses == [200, 404]


def test_a_body_at_the_limit_is_served(server, program):
    body = bytes(range(256)) * (BODY_LIMIT // 256)
    for request in (body_request(program, f"Content-Length: {BODY_LIMIT}") + body,
                    body_request(program, "Transfer-Encoding: chunked") + chunked(body[:1], body[1:])):
        result = exchange_both_ways(server, request)
        assert (result.statuses, result.end) == ([200], "closed")
        assert program.name != "echo" or result.answers[0].body == body
