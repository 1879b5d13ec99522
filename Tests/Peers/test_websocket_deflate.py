"""permessage-deflate with what others wrote: Python's websockets as either end, Chromium, and zlib itself."""

import asyncio
import os
import random
import shutil
import socket
import subprocess
import threading
import zlib

import pytest
import websockets
from playwright import sync_api
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory
from websockets.sync.server import serve

from wire import head, receive, send

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LIMIT = 64 << 20
UPGRADE = head("GET", "/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Extensions: permessage-deflate")
# In each, what the client wants: its own and the server's context given up, and the server's and its own window.
WISHES = [
    {}, {"server_no_context_takeover": True}, {"client_no_context_takeover": True},
    {"server_max_window_bits": 9}, {"client_max_window_bits": 9}, {"client_max_window_bits": True},
    {"server_no_context_takeover": True, "client_no_context_takeover": True, "server_max_window_bits": 8,
     "client_max_window_bits": 10},
]


@pytest.fixture(scope="module")
def deflating(echo_program):
    with echo_program.start("--deflate") as server:
        yield server


@pytest.fixture
def broadcasting(echo_program):
    with echo_program.start("--deflate", "--broadcast") as server:
        yield server


def connect(server, **wishes):
    return websockets.connect(server.websocket_url + "/", max_size=LIMIT, compression=None,
                              extensions=[ClientPerMessageDeflateFactory(**wishes)])


def texts() -> list[str]:
    """Of many sizes, that resemble each other and do not."""
    chance = random.Random(7)
    words = ["task", "Grüße", "✓", "pending", "priority", " ", "\n"]
    return ["", "a", *(" ".join(chance.choices(words, k=count)) for count in (3, 30, 300, 300, 3_000, 30_000, 3))]


@pytest.mark.parametrize("wishes", WISHES, ids=lambda wishes: "-".join(wishes) or "nothing")
def test_websockets_is_answered_compressed(deflating, wishes):
    async def run():
        async with connect(deflating, **wishes) as client:
            (extension,) = client.protocol.extensions
            assert extension.local_no_context_takeover == wishes.get("client_no_context_takeover", False)
            assert extension.remote_no_context_takeover == wishes.get("server_no_context_takeover", False)
            assert extension.remote_max_window_bits == min(wishes.get("server_max_window_bits", 12), 12)
            for text in texts():
                await client.send(text)
                await client.send(text.encode())
                assert await client.recv() == text
                assert await client.recv() == text.encode()
            noise = os.urandom(300_000)
            await client.send(noise)
            assert await client.recv() == noise
    asyncio.run(run())


def test_websockets_sends_fragments_that_are_one_compressed_message(deflating):
    async def run():
        async with connect(deflating) as client:
            for _ in range(3):
                await client.send(["frag", "", "men", "ts ✓" * 1000])
                assert await client.recv() == "fragments ✓" + "ts ✓" * 999
                pieces = [os.urandom(100) * 10 for _ in range(500)]
                await client.send(pieces)
                assert await client.recv() == b"".join(pieces)
    asyncio.run(run())


def test_each_client_of_a_broadcast_gets_it_as_it_can_read_it(broadcasting):
    async def run():
        plain = websockets.connect(broadcasting.websocket_url + "/", max_size=LIMIT, compression=None)
        async with plain as first, connect(broadcasting) as second, connect(broadcasting, **WISHES[-1]) as third:
            clients = [first, second, third]
            for number, text in enumerate(texts()):
                await clients[number % 3].send(text)
                for client in clients:
                    assert await client.recv() == text
    asyncio.run(run())


def frame(first: int, payload: bytes) -> bytes:
    """A client's, with a key of zeros."""
    return bytes([first, 0xFF]) + len(payload).to_bytes(8, "big") + bytes(4) + payload


def open_raw(server) -> socket.socket:
    connection = server.connect(timeout=60)
    send(connection, UPGRADE)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(1)
    assert b"\r\nSec-WebSocket-Extensions: permessage-deflate" in answer
    return connection


def bomb(size: int) -> bytes:
    """So many zeros."""
    packer = zlib.compressobj(wbits=-15)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]


def test_a_bomb_is_closed_with_1009_and_takes_no_memory(deflating):
    """1 GiB in 1 MB, from four clients: echo takes messages of 64 MiB."""
    with open_raw(deflating) as connection:
        send(connection, frame(0xC2, bomb(1 << 20)) + frame(0x88, b""))
        receive(connection)
    before = deflating.resident_bytes()
    packed = bomb(1 << 30)
    assert len(packed) < 1_100_000
    connections = [open_raw(deflating) for _ in range(4)]
    for connection in connections:
        send(connection, frame(0xC2, packed))
    most = deflating.resident_bytes()
    for connection in connections:
        received, end = receive(connection)
        most = max(most, deflating.resident_bytes())
        assert received[0] == 0x88 and received[2:4] == (1009).to_bytes(2, "big") and end == "closed"
        connection.close()
    # Each has a message of 64 MiB under way, and its array as it grows.
    assert most - before < 4 * 3 * LIMIT
    with deflating.connect() as connection:
        send(connection, head("GET", "/", "Connection: close"))
        assert receive(connection)[0].endswith(b"OK")
    assert deflating.resident_bytes() - before < 32 << 20


def test_a_connection_that_has_compressed_both_ways_takes_what_is_stated(deflating):
    """38 KiB to send, 14 to receive from a client that lets the server choose its window; and what a WebSocket takes."""
    count = 300

    async def run():
        clients = [await connect(deflating, client_max_window_bits=True) for _ in range(count)]
        before = deflating.resident_bytes()
        for client in clients:
            await client.send("x" * 100)
            assert await client.recv() == "x" * 100
        assert deflating.resident_bytes() - before < count * (38 + 14 + 12) * 1024
        for client in clients:
            await client.close()
    asyncio.run(run())


# In each, what the server wants.
ANSWERS = [
    {}, {"server_no_context_takeover": True}, {"client_no_context_takeover": True}, {"client_max_window_bits": 9},
    {"server_max_window_bits": 10, "client_max_window_bits": 10, "server_no_context_takeover": True,
     "client_no_context_takeover": True},
]


@pytest.mark.parametrize("wishes", ANSWERS, ids=lambda wishes: "-".join(wishes) or "nothing")
def test_our_client_talks_compressed_with_a_server_of_websockets(autobahn_client, wishes):
    """The client asks for the number of cases, gives back each message of the one case, and asks for the report."""
    heard, extensions = [], []

    def handler(connection):
        if connection.request.path == "/getCaseCount":
            connection.send("1")
        elif connection.request.path.startswith("/runCase"):
            extensions.extend(connection.protocol.extensions)
            for text in texts():
                connection.send(text)
                heard.append(connection.recv())

    options = {"compression": None, "extensions": [ServerPerMessageDeflateFactory(**wishes)], "max_size": LIMIT}
    with serve(handler, "127.0.0.1", 0, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
            subprocess.run([autobahn_client, "--deflate", url], timeout=60, check=True)
        finally:
            server.shutdown()
            thread.join()
    (extension,) = extensions
    assert extension.remote_max_window_bits == min(wishes.get("client_max_window_bits", 12), 12)
    assert extension.remote_no_context_takeover == wishes.get("client_no_context_takeover", False)
    assert heard == texts()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; scripts/install-deps.sh test gets it")
@pytest.mark.plain_only("Chromium does not know the tests' authority")
def test_chromium_talks_compressed(deflating):
    script = """async ([url, texts]) => {
        const socket = new WebSocket(url), heard = [];
        await new Promise((open, fail) => { socket.onopen = open; socket.onerror = fail; });
        const all = new Promise(done => socket.onmessage = ({data}) => heard.push(data) == texts.length && done());
        for (const text of texts) socket.send(text);
        await all;
        socket.close(1000, 'done');
        const code = await new Promise(done => socket.onclose = event => done(event.code));
        return [socket.extensions, heard, code];
    }"""
    said = texts() * 3
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(deflating.url)
        extensions, heard, code = page.evaluate(script, [deflating.websocket_url, said])
        browser.close()
    assert extensions == "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
    assert (heard, code) == (said, 1000)
