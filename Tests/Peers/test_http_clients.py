"""Clients that others wrote agree with the server: curl, http.client, httpx, aiohttp, and Node's http."""

import asyncio
import http.client
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import aiohttp
import httpx
import pytest

from wire import WHOLE, chunked, head, parse_answers, receive, send

SIZES = {"nothing": 0, "one byte": 1, "64 KiB": 65_536, "1 MiB": 1_048_576}
CONCURRENT = 100


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def body(request) -> bytes:
    return os.urandom(request.param)


# curl


def curl(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess:
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", *arguments], input=stdin, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    return result


def test_curl_gets_and_heads(server, program):
    url = server.url + program.path
    got = curl("--include", url).stdout
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    body = got.partition(b"\r\n\r\n")[2]
    assert body == b"OK" if program.name == "echo" else json.loads(body)["status"] == "healthy"
    headed = curl("--head", url).stdout
    assert headed.startswith(b"HTTP/1.1 200 OK\r\n") and headed.endswith(b"\r\n\r\n"), "HEAD sends the head alone"
    # Node leaves the length out, other servers say GET's; a wrong one would be neither.
    length = parse_answers(headed, ["HEAD"])[0]["Content-Length"]
    assert length in (None, str(len(body))) or program.name != "echo"


@pytest.mark.parametrize("path", ["/any/path", "/../..//a%20b?x=%zz&y", "/" + "a" * 8000])
def test_curl_gets_any_path_of_echo(echo, path):
    assert curl("--path-as-is", "--request-target", path, "--header", "Host: anybody.example", echo.url).stdout == b"OK"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_curl_gets_back_what_it_sent(echo, method, body):
    sent = curl("--request", method, "--header", "Expect:", "--data-binary", "@-", echo.url, stdin=body)
    assert sent.stdout == body


def test_curl_gets_back_what_it_sent_in_chunks(echo, body):
    sent = curl("--header", "Transfer-Encoding: chunked", "--header", "Expect:", "--data-binary", "@-", echo.url,
                stdin=body)
    assert sent.stdout == body


def test_curl_is_told_to_continue(echo):
    body = os.urandom(65_536)
    sent = curl("--verbose", "--header", "Expect: 100-continue", "--expect100-timeout", "15", "--max-time", "10",
                "--data-binary", "@-", echo.url, stdin=body)
    assert b"< HTTP/1.1 100 Continue" in sent.stderr
    assert sent.stdout == body


def test_curl_is_not_told_to_continue_with_a_body_over_the_limit(server, program):
    sent = curl("--verbose", "--request", "GET", "--header", "Expect: 100-continue", "--expect100-timeout", "15",
                "--max-time", "10", "--data-binary", "@-", server.url + program.path, stdin=bytes(1_048_577))
    assert b"100 Continue" not in sent.stderr
    assert b"< HTTP/1.1 413 " in sent.stderr


def test_curl_uses_a_connection_again(server, program):
    url = server.url + program.path
    result = curl("--verbose", "--write-out", "%{num_connects}", *["--output", "/dev/null", url] * 3)
    assert result.stdout == b"100", "one connection opened for the first request, none for the others"
    assert b"Re-using existing connection" in result.stderr
    assert b"left intact" in result.stderr


def test_curl_speaks_http_1_0(server, program):
    # In a handshake it would offer HTTP/1.0 alone, which is refused, as by Node.
    result = curl("--http1.0", "--no-alpn", "--verbose", server.url + program.path)
    assert b"< HTTP/1.1 200 OK" in result.stderr and result.stdout
    assert b"Closing connection" in result.stderr


# Python's http.client, and the raw socket where it offers no way


def http_connection(server) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if server.url.startswith("https") else http.client.HTTPConnection
    return kind("127.0.0.1", server.port, timeout=15)


def test_http_client_keeps_its_connection(echo, body):
    connection = http_connection(echo)
    connection.connect()
    first_socket = connection.sock
    for method, expected in [("GET", b"OK"), ("HEAD", b""), ("POST", body), ("PUT", body), ("GET", b"OK")]:
        connection.request(method, "/", body=body if method in ("POST", "PUT") else None)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, expected)
        assert connection.sock is first_socket
    connection.close()


def test_http_client_sends_chunks(echo):
    connection = http_connection(echo)
    pieces = [os.urandom(size) for size in (1, 4096, 100_000)]
    connection.request("POST", "/", body=iter(pieces), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert connection.getresponse().read() == b"".join(pieces)
    connection.close()


def test_pipelined_requests_are_answered_in_order(echo):
    requests = [(head(), b"OK"), (head("HEAD"), b"")]
    for index in range(20):
        body = b"%d" % index * index
        requests.append((head("POST", f"/{index}", f"Content-Length: {len(body)}") + body, body))
        requests.append((head("PUT", f"/{index}", "Transfer-Encoding: chunked") + chunked(b"<", body or b"-", b">"),
                         b"<" + (body or b"-") + b">"))
    requests.append((head("GET", "/", "Connection: close"), b"OK"))
    with echo.connect() as connection:
        send(connection, b"".join(request for request, _ in requests), WHOLE)
        received, end = receive(connection)
    answers = parse_answers(received, ["GET", "HEAD"])
    assert [answer.body for answer in answers] == [body for _, body in requests]
    assert {answer.status for answer in answers} == {200} and end == "closed"


def test_requests_pipelined_to_taskflow_are_answered_in_order(taskflow):
    ids = [f"request-{index}" for index in range(50)]
    requests = [head("GET", "/health", f"X-Request-Id: {id}") for id in ids[:-1]]
    requests.append(head("GET", "/health", f"X-Request-Id: {ids[-1]}", "Connection: close"))
    with taskflow.connect() as connection:
        send(connection, b"".join(requests), WHOLE)
        received, end = receive(connection)
    assert [json.loads(answer.body)["requestId"] for answer in parse_answers(received)] == ids
    assert end == "closed"


def test_a_client_that_closes_its_side_still_gets_its_answer(server, program):
    with server.connect() as connection:
        send(connection, head("GET", program.path), WHOLE)
        connection.shutdown(socket.SHUT_WR)
        received, end = receive(connection)
    assert [answer.status for answer in parse_answers(received)] == [200] and end == "closed"


# httpx


def test_httpx_is_served_100_times_at_once(server, program):
    async def run():
        limits = httpx.Limits(max_connections=CONCURRENT)
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=20) as client:
            return await asyncio.gather(*[client.get(program.path) for _ in range(CONCURRENT)])

    assert {answer.status_code for answer in asyncio.run(run())} == {200}


def test_httpx_streams_up_and_down(echo):
    pieces = [os.urandom(10_000) for _ in range(100)]

    async def upload():
        for piece in pieces:
            yield piece

    async def run():
        received = b""
        async with httpx.AsyncClient(timeout=20) as client:
            async with client.stream("POST", echo.url, content=upload()) as answer:
                assert answer.status_code == 200
                async for piece in answer.aiter_raw():
                    received += piece
        return received

    assert asyncio.run(run()) == b"".join(pieces), "what came back is not what went up"


# aiohttp


def test_aiohttp_is_served_100_times_at_once(echo):
    async def post(session, index):
        body = os.urandom(index * 1000)
        async with session.post(echo.url, data=body) as answer:
            return answer.status == 200 and await answer.read() == body

    async def run():
        connector = aiohttp.TCPConnector(limit=CONCURRENT)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(20)) as session:
            return await asyncio.gather(*[post(session, index) for index in range(CONCURRENT)])

    assert all(asyncio.run(run()))


def test_aiohttp_streams_up_and_down(echo):
    pieces = [os.urandom(10_000) for _ in range(100)]

    async def upload():
        for piece in pieces:
            yield piece

    async def run():
        received = b""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
            async with session.put(echo.url, data=upload(), expect100=True) as answer:
                async for piece in answer.content.iter_any():
                    received += piece
        return received

    assert asyncio.run(run()) == b"".join(pieces), "what came back is not what went up"


# Node's http


@pytest.mark.parametrize("scenario", [
    "keep-alive", "pipelined", "chunked both ways", "abort in the middle", "100-continue", "many at once",
    "answer read slowly"])
def test_node_agrees(echo, scenario):
    script = Path(__file__).with_name("node_http.js")
    node = shutil.which("node") or pytest.fail("no node")
    result = subprocess.run([node, script, echo.url, scenario], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stdout + result.stderr
