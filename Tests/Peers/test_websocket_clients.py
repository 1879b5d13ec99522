"""WebSocket clients that others wrote agree with echo: Python's websockets and aiohttp, and Node's ws."""

import asyncio
import os
import socket
import subprocess
import time
from pathlib import Path

import aiohttp
import pytest
import websockets

from wire import head, receive, send

SIZES = {"nothing": 0, "125": 125, "126": 126, "65,535": 65_535, "65,536": 65_536, "1 MiB": 1_048_576}
CODES = [(1000, ""), (1001, "leaving"), (3000, "Grüße"), (4999, "r" * 123)]
LIMIT = 64 << 20
UPGRADE = head("GET", "/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")


@pytest.fixture(params=SIZES.values(), ids=SIZES.keys())
def size(request) -> int:
    return request.param


def url(server, path: str = "/") -> str:
    return server.websocket_url + path


def connect(server, path: str = "/", **options):
    # Offers permessage-deflate, as by default, which echo does not take.
    return websockets.connect(url(server, path), max_size=LIMIT, **options)


# websockets


def test_websockets_echo(echo, size):
    async def run():
        async with connect(echo) as client:
            text, binary = "é" * (size // 2) + "e" * (size % 2), os.urandom(size)
            await client.send(text)
            await client.send(binary)
            assert await client.recv() == text
            assert await client.recv() == binary
            assert client.protocol.extensions == []
    asyncio.run(run())


def test_websockets_echo_in_fragments(echo):
    async def run():
        async with connect(echo) as client:
            await client.send(["frag", "", "men", "ts ✓"])
            assert await client.recv() == "fragments ✓"
            pieces = [os.urandom(1000) for _ in range(500)]
            await client.send(pieces)
            assert await client.recv() == b"".join(pieces)
    asyncio.run(run())


def test_websockets_is_answered_its_pings(echo):
    async def run():
        async with connect(echo) as client:
            for payload in [b"", b"p", os.urandom(125)]:
                await asyncio.wait_for(await client.ping(payload), 10)
            # Many at once, and between the fragments of a message.
            pongs = [await client.ping() for _ in range(1000)]
            await asyncio.wait_for(asyncio.gather(*pongs), 10)
    asyncio.run(run())


@pytest.mark.parametrize("code, reason", CODES)
def test_websockets_closes(echo, code, reason):
    async def run():
        async with connect(echo) as client:
            await client.close(code, reason)
            assert (client.protocol.close_rcvd.code, client.close_code) == (code, code)
            assert client.protocol.close_rcvd_then_sent is False
    asyncio.run(run())


def test_websockets_is_told_what_it_did_wrong(echo):
    async def run():
        async with connect(echo) as client:
            # A text frame that is not UTF-8, past the library's own check.
            client.protocol.send_text(b"\xff")
            client.transport.write(b"".join(client.protocol.data_to_send()))
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await client.recv()
            assert closed.value.rcvd.code == 1007 and "UTF-8" in closed.value.rcvd.reason
    asyncio.run(run())


@pytest.mark.parametrize("path", ["/", "/any/path?x=y", "/" + "a" * 8000])
def test_websockets_on_any_path_from_any_origin(echo, path):
    async def run():
        async with connect(echo, path, origin="https://anybody.example", subprotocols=["chat"]) as client:
            await client.send("hello")
            assert await client.recv() == "hello"
            assert client.subprotocol is None, "echo speaks none"
    asyncio.run(run())


def test_websockets_sends_64_mib(echo):
    async def run():
        async with connect(echo) as client:
            message = bytes(LIMIT)
            await client.send(message)
            assert await client.recv() == message
    asyncio.run(run())


def test_a_message_of_one_byte_more_is_refused_by_its_header(echo):
    with echo.connect() as connection:
        send(connection, UPGRADE + b"\x82\xff" + (LIMIT + 1).to_bytes(8, "big") + bytes(4))
        received, end = receive(connection)
    frame = received.partition(b"\r\n\r\n")[2]
    assert frame[0] == 0x88 and frame[2:4] == (1009).to_bytes(2, "big") and end == "closed"


def test_100_clients_at_once(echo):
    async def talk(number: int):
        async with connect(echo) as client:
            for turn in range(20):
                await client.send(f"{number} {turn} " + "x" * (turn * 100))
            for turn in range(20):
                assert (await client.recv()).startswith(f"{number} {turn} ")

    async def run():
        await asyncio.gather(*(talk(number) for number in range(100)))
    asyncio.run(run())


# aiohttp


def test_aiohttp_echo(echo, size):
    async def run():
        async with aiohttp.ClientSession() as session, session.ws_connect(url(echo), max_msg_size=LIMIT) as client:
            text, binary = "x" * size, os.urandom(size)
            await client.send_str(text)
            await client.send_bytes(binary)
            assert await client.receive_str() == text
            assert await client.receive_bytes() == binary
            await client.send_json({"é": [1, None]})
            assert await client.receive_json() == {"é": [1, None]}
    asyncio.run(run())


def test_aiohttp_is_answered_its_pings(echo):
    async def run():
        async with aiohttp.ClientSession() as session, session.ws_connect(url(echo), autoping=False) as client:
            await client.ping(b"are you there?")
            answer = await client.receive(10)
            assert (answer.type, answer.data) == (aiohttp.WSMsgType.PONG, b"are you there?")
    asyncio.run(run())


@pytest.mark.parametrize("code, reason", CODES)
def test_aiohttp_closes(echo, code, reason):
    async def run():
        async with aiohttp.ClientSession() as session, session.ws_connect(url(echo)) as client:
            await client.close(code=code, message=reason.encode())
            assert client.close_code == code
    asyncio.run(run())


@pytest.mark.slow
def test_aiohttp_is_pinged_after_30_s(echo):
    async def run():
        async with aiohttp.ClientSession() as session, session.ws_connect(url(echo), autoping=False) as client:
            asked = asyncio.get_running_loop().time()
            ping = await client.receive(40)
            assert ping.type == aiohttp.WSMsgType.PING
            assert 29.9 < asyncio.get_running_loop().time() - asked < 33
            await client.pong(ping.data)
            await client.send_str("still here")
            assert await client.receive_str() == "still here"
            # Unanswered, the next ping is the last thing there is.
            assert (await client.receive(40)).type == aiohttp.WSMsgType.PING
            assert (await client.receive(40)).type == aiohttp.WSMsgType.CLOSED
            assert 89 < asyncio.get_running_loop().time() - asked < 98
    asyncio.run(run())


# Node's ws


@pytest.mark.parametrize("scenario", ["echo", "fragments", "pings", "closes", "subprotocol", "backpressure", "refused"])
def test_node_ws(echo, scenario):
    script = Path(__file__).with_name("node_ws.js")
    # Debian puts Node's packages where a Node from elsewhere looks only when it is told to.
    environment = os.environ | {"NODE_PATH": os.pathsep.join([os.environ.get("NODE_PATH", ""), "/usr/share/nodejs"])}
    result = subprocess.run(
        ["node", script, echo.websocket_url + "/", scenario], capture_output=True, text=True, timeout=60, env=environment)
    assert result.returncode == 0, result.stderr


# Requests that open nothing


@pytest.mark.parametrize("version, key, status", [("8", "dGhlIHNhbXBsZSBub25jZQ==", 426), ("13", "short", 400)])
def test_a_refused_upgrade_is_answered_and_closed(echo, version, key, status):
    request = head("GET", "/", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Version: {version}",
                   f"Sec-WebSocket-Key: {key}")
    with echo.connect() as connection:
        send(connection, request)
        answer, end = receive(connection)
    assert answer.startswith(b"HTTP/1.1 %d " % status) and b"\r\nSec-WebSocket-Version: 13\r\n" in answer
    assert end == "closed"


def test_a_client_that_vanishes_leaves_nothing_behind(echo):
    """Resets and half-open ends, hundreds of them: the descriptors all come back."""
    descriptors = Path(f"/proc/{echo.process.pid}/fd")
    if not descriptors.exists():
        pytest.skip("no /proc")
    before = len(list(descriptors.iterdir()))
    for number in range(300):
        connection = echo.connect()
        send(connection, UPGRADE)
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        if number % 3 == 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if number % 3 == 1:
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(4096) == b"", "the end without a close frame is answered by the end"
        connection.close()
    for _ in range(1000):
        if len(list(descriptors.iterdir())) <= before:
            break
        assert receive_ok(echo)
    assert len(list(descriptors.iterdir())) <= before


def receive_ok(echo) -> bool:
    """One more round through the server's loop."""
    with echo.connect() as connection:
        send(connection, head("GET", "/", "Connection: close"))
        return receive(connection)[0].endswith(b"OK")


@pytest.mark.slow
def test_a_client_that_reads_slowly_and_pings_is_not_ended(echo):
    """60 MiB back at 600 KB/s: nothing of the client is read meanwhile, for two heartbeats."""
    size = 60 << 20
    with echo.connect() as connection:
        send(connection, UPGRADE)
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        connection.settimeout(30)
        connection.sendall(b"\x82\xff" + size.to_bytes(8, "big") + bytes(4) + bytes(size))
        received, started = 0, time.monotonic()
        for second in range(1, 76):
            connection.sendall(b"\x89\x80" + bytes(4))
            while received < second * 600_000:
                piece = connection.recv(65_536)
                assert piece, f"ended after {time.monotonic() - started:.0f} s"
                received += len(piece)
            time.sleep(max(0, started + second - time.monotonic()))
        # The rest comes at once, and the pong behind it.
        while received < size + 10 + 2:
            piece = connection.recv(1 << 20)
            assert piece
            received += len(piece)
