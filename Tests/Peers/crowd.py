"""A crowd of clients that do at random what clients do, and what they should not: the same for the same seed."""

import asyncio
import base64
import contextlib
import json
import os
import random
import socket
import struct
import time
from collections import Counter

from client import ADMIN
from strange_requests import Requests
from wire import head

FIELDS = [f"Authorization: Bearer {ADMIN}", "Content-Type: application/json"]
# What a server that ends a connection looks like to a client that is not done, and one that is silent.
GONE = (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError, asyncio.LimitOverrunError)
ROOMS = ["tasks", "project-a", "project-b"]


class Member:
    """One client, which does one thing after the other until the time is over."""

    def __init__(self, port: int, seed: str, ends: float, done: Counter):
        self.port, self.random, self.ends, self.done = port, random.Random(seed), ends, done
        self.strange = Requests(self.random.randrange(1 << 30), ["x"])
        # Each with how often it is done.
        self.things = {self.ask: 6, self.create: 6, self.work: 6, self.listen: 5, self.stream: 2, self.garbage: 4,
                       self.dawdle: 2, self.pipeline: 2, self.leave_amid_answer: 2, self.give_up_claim: 2}

    async def run(self) -> None:
        things, weights = [*self.things], [*self.things.values()]
        while time.monotonic() < self.ends:
            thing, = self.random.choices(things, weights)
            try:
                await asyncio.wait_for(thing(), 20)
                self.done[thing.__name__] += 1
            except GONE:
                self.done["gone"] += 1

    async def ask(self) -> None:
        """Something strange, on a connection of its own."""
        async with self.connection() as (reader, writer):
            writer.write(self.strange.next().closing())
            await self.take_all(reader)

    async def create(self) -> None:
        """A task, which all listeners hear of."""
        await self.call("POST", "/tasks", {
            "title": self.text(), "project": self.random.choice("ab"), "type": self.random.choice("xy"),
            "description": "d" * self.random.randrange(2_000)})

    async def work(self) -> None:
        """Claims tasks, and does with each what a worker may, also nothing."""
        claim = {"worker": self.text(), "types": ["x", "y"], "limit": self.random.randrange(1, 5), "lease": 5,
                 "wait": self.random.choice([0, 0, 0.2])}
        for task in (await self.call("POST", "/tasks/claim", claim) or {}).get("tasks", []):
            verb = self.random.choice(["complete", "complete", "fail", "release", "renew", None])
            if verb:
                body = {"fence": task["lease"]["fence"]} | ({"error": {"message": "m"}} if verb == "fail" else {})
                await self.call("POST", f"/tasks/{task['id']}/{verb}", body)
            if self.chance(2):
                await self.call("DELETE", f"/tasks/{task['id']}")

    async def listen(self) -> None:
        """A WebSocket that hears some events, says something, and leaves in one way or another."""
        key = base64.b64encode(self.random.randbytes(16)).decode()
        rooms = ",".join(self.random.sample(ROOMS, self.random.randrange(1, 4)))
        async with self.connection() as (reader, writer):
            writer.write(head("GET", f"/ws/tasks?rooms={rooms}", "Upgrade: websocket", "Connection: Upgrade",
                              "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"))
            if self.chance(8):
                return
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 101 "), answer
            for _ in range(self.random.randrange(4)):
                writer.write(self.frame(self.random.choice([1, 1, 9, 10, 2, 8, 3]), self.said()))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.take_all(reader), self.random.uniform(0, 3))
            if self.chance(2):
                writer.write(self.frame(8, struct.pack(">H", 1000)))
                await self.take_all(reader)

    async def stream(self) -> None:
        """Server-sent events, for a while."""
        async with self.connection() as (reader, writer):
            writer.write(head("GET", "/events/stream", *FIELDS))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.take_all(reader), self.random.uniform(0, 2))

    async def garbage(self) -> None:
        """Bytes that are no request, or one that is spoiled."""
        data = bytearray(self.strange.next().closing())
        for _ in range(self.random.randrange(1, 6)):
            data[self.random.randrange(len(data))] = self.random.randrange(256)
        if self.chance(3):
            data = self.random.randbytes(self.random.randrange(1, 5_000))
        async with self.connection() as (reader, writer):
            writer.write(data)
            if self.chance(2):
                writer.write_eof()
                await self.take_all(reader)

    async def dawdle(self) -> None:
        """A request in pieces, the last of which may never come."""
        data = self.strange.next().closing()
        async with self.connection() as (reader, writer):
            for place in range(0, len(data), 1 + len(data) // 5):
                writer.write(data[place:place + 1 + len(data) // 5])
                await asyncio.sleep(self.random.uniform(0, 0.1))
                if self.chance(10):
                    return
            await self.take_all(reader)

    async def pipeline(self) -> None:
        """Many requests at once, whose answers are read, or not."""
        async with self.connection() as (reader, writer):
            for _ in range(self.random.randrange(1, 20)):
                writer.write(head("GET", self.random.choice(["/health", "/tasks?limit=10", "/tasks/count"]), *FIELDS))
            writer.write(head("GET", "/health", "Connection: close"))
            if self.chance(2):
                await self.take_all(reader)

    async def leave_amid_answer(self) -> None:
        """Some of a long answer."""
        async with self.connection() as (reader, writer):
            path = self.random.choice(["/demo/stream/csv?count=20000", "/tasks/export.csv", "/"])
            writer.write(head("GET", path, *FIELDS))
            await reader.read(self.random.randrange(1, 100_000))

    async def give_up_claim(self) -> None:
        """A claim that waits for a task that never comes, and is left."""
        body = json.dumps({"worker": "w", "types": ["never"], "wait": 10}).encode()
        async with self.connection() as (reader, writer):
            writer.write(head("POST", "/tasks/claim", *FIELDS, f"Content-Length: {len(body)}") + body)
            await asyncio.sleep(self.random.uniform(0, 0.5))

    @contextlib.asynccontextmanager
    async def connection(self):
        """A connection, which is ended, or reset, at the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            # What broke off by itself has no socket any more.
            if self.chance(3) and not writer.transport.is_closing():
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    async def call(self, method: str, path: str, body: object = None):
        """What the answer says, if it is one of success."""
        data = b"" if body is None else json.dumps(body).encode()
        async with self.connection() as (reader, writer):
            writer.write(head(method, path, *FIELDS, "Connection: close", f"Content-Length: {len(data)}") + data)
            answer, _, content = (await reader.read()).partition(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 ") and not answer.startswith(b"HTTP/1.1 5"), answer
            return json.loads(content) if content and answer.startswith(b"HTTP/1.1 2") else None

    async def take_all(self, reader) -> None:
        while await reader.read(65_536):
            pass

    def frame(self, opcode: int, payload: bytes) -> bytes:
        mask, length = self.random.randbytes(4), len(payload)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        return bytes([0x80 | opcode]) + size + mask + masked

    def said(self) -> bytes:
        """What the server understands, or not."""
        return self.random.choice([
            self.random.randbytes(self.random.randrange(300)), b'{"type":"ping"}',
            b'{"type":"subscribe","rooms":["project-b"]}', b'{"type":"unsubscribe","rooms":["tasks"]}',
            b'{"type":"subscribe","rooms":["tasks"],"since":1,"epoch":"x"}'])

    def text(self) -> str:
        return "".join(self.random.choices("abc é", k=self.random.randrange(1, 40))).strip() or "x"

    def chance(self, one_of: int) -> bool:
        return self.random.randrange(one_of) == 0


def let_in(port: int, seed: str, seconds: float, count: int = 50) -> Counter:
    """A crowd for so long; how often it has done what."""
    async def all_of_them():
        ends, done = time.monotonic() + seconds, Counter()
        await asyncio.gather(*(Member(port, f"{seed}-{number}", ends, done).run() for number in range(count)))
        return done

    return asyncio.run(all_of_them())


def seed_of_the_run() -> str:
    return os.environ.get("SOAK_SEED") or str(random.SystemRandom().randrange(1_000_000))
