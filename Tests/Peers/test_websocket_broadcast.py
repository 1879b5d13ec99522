"""echo --broadcast: every message reaches every client once, in one order, in one write a client and iteration."""

import asyncio
import re
import shutil
import signal
import ssl
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import websockets

from wire import head

CLIENTS, MESSAGES = 200, 5
UPGRADE = head("GET", "/", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
# A message's text has one length, so a frame back has one too: two bytes of header, as the payload is short.
LENGTH = len("123 4")
FRAME = 2 + LENGTH


@pytest.fixture
def broadcast(echo_program):
    with echo_program.start("--broadcast") as server:
        yield server


def message(client: int, number: int) -> bytes:
    """A masked text frame with a key of zeros."""
    return bytes([0x81, 0x80 | LENGTH, 0, 0, 0, 0]) + f"{client:03} {number}".encode()


async def open_raw(server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    tls = ssl.create_default_context() if server.url.startswith("https") else None
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=tls)
    writer.write(UPGRADE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return reader, writer


async def all_send_at_once(server) -> list[list[str]]:
    """What each client got. The server is stopped while they send, so that it finds all of it in one iteration."""
    clients = await asyncio.gather(*(open_raw(server) for _ in range(CLIENTS)))
    server.signal(signal.SIGSTOP)
    for index, (_, writer) in enumerate(clients):
        writer.write(b"".join(message(index, number) for number in range(MESSAGES)))
        await writer.drain()
    server.signal(signal.SIGCONT)
    total = CLIENTS * MESSAGES * FRAME
    streams = await asyncio.wait_for(asyncio.gather(*(reader.readexactly(total) for reader, _ in clients)), 60)
    for _, writer in clients:
        writer.close()
    frames = [[stream[place:place + FRAME] for place in range(0, total, FRAME)] for stream in streams]
    assert all(frame[:2] == bytes([0x81, LENGTH]) for stream in frames for frame in stream)
    return [[frame[2:].decode() for frame in stream] for stream in frames]


def test_200_clients_get_every_message_once_and_in_one_order(broadcast):
    received = asyncio.run(all_send_at_once(broadcast))
    sent = {f"{client:03} {number}" for client in range(CLIENTS) for number in range(MESSAGES)}
    assert len(received[0]) == len(sent) and set(received[0]) == sent
    assert all(stream == received[0] for stream in received), "one order for everybody"
    for client in range(CLIENTS):
        own = [text for text in received[0] if text.startswith(f"{client:03} ")]
        assert own == sorted(own), "and each sender's own"


@pytest.mark.plain_only("strace cannot tell a frame from another record")
def test_one_write_for_each_client_and_iteration(broadcast, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("no strace")
    calls = tmp_path / "calls"
    trace = "trace=write,writev,sendmsg,sendto,epoll_wait,epoll_pwait"
    command = ["strace", "-f", "-e", trace, "-o", str(calls), "-p", str(broadcast.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        line = tracer.stderr.readline()
        if "attached" not in line:
            pytest.skip(f"strace may not look here: {line}")
        asyncio.run(all_send_at_once(broadcast))
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    iterations = frames_written(calls)
    assert len(iterations) <= 5, "the messages were there all at once"
    assert all(count == 1 for iteration in iterations for count in iteration.values()), iterations
    assert {descriptor for iteration in iterations for descriptor in iteration} == set(iterations[0])
    assert len(iterations[0]) == CLIENTS


def frames_written(calls: Path) -> list[Counter]:
    """For each iteration of the loop that wrote frames, how often it wrote to each descriptor."""
    iterations = [Counter()]
    for line in calls.read_text().splitlines():
        if re.search(r" epoll_p?wait\(", line):
            iterations.append(Counter())
        # A text frame begins with the byte 0x81.
        elif write := re.search(r" (?:write|writev|sendmsg|sendto)\((\d+), (?:.*iov_base=)?\"\\201", line):
            iterations[-1][write[1]] += 1
    return [iteration for iteration in iterations if iteration]


def test_text_stays_text_and_binary_binary_and_the_sender_is_told_too(broadcast):
    def connect():
        return websockets.connect(broadcast.websocket_url)

    async def run():
        async with connect() as first, connect() as second, connect() as gone:
            await gone.close()
            await first.send("text ✓")
            await second.send(["in ", "fragments"])
            await first.send(b"\0\1")
            for client in (first, second):
                got = [await client.recv() for _ in range(3)]
                assert sorted(map(repr, got)) == sorted(map(repr, ["text ✓", "in fragments", b"\0\1"]))
                assert got.index("text ✓") < got.index(b"\0\1")
    asyncio.run(run())
