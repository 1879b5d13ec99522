"""A way to Redis that is slow, breaks or falls silent when a test says so."""

import asyncio
import contextlib

from loop_thread import LoopThread


class Way(LoopThread):
    """Listens on a port of its own while it is entered, and carries what comes to Redis, and back.

    What it does to a piece is decided when that comes, so a change counts for open connections, too.
    """

    def __init__(self, path, delay: float = 0):
        super().__init__()
        # Seconds, in each direction.
        self.delay = delay
        # Whether what comes from the server ("up") or from Redis ("down") is swallowed; the connections stay.
        self.swallowed: str | None = None
        # Bytes go one by one, so many at a time at most.
        self.drip: int | None = None
        # All connections are reset when Redis has sent so many more bytes: each time it is set anew.
        self.fuse: int | None = None
        # A connection is taken and ended at once.
        self.is_closed = False
        self.connections = 0
        self.path, self._pairs = str(path), set()

    def address(self, name: str = "test") -> str:
        return f"redis://127.0.0.1:{self.port}?name={name}"

    def cut(self) -> None:
        """Resets all connections that are open."""
        self._loop.call_soon_threadsafe(self._cut)

    def heal(self) -> None:
        """New connections are as they should be; those of before are reset, as they have lost bytes."""
        self.delay, self.swallowed, self.drip, self.fuse, self.is_closed = 0, None, None, None, False
        self.cut()

    async def _end(self) -> None:
        self._cut()
        await super()._end()

    def _cut(self) -> None:
        for writers in self._pairs:
            for writer in writers:
                writer.transport.abort()
        self._pairs.clear()

    async def _join(self, reader, writer) -> None:
        self.connections += 1
        if self.is_closed:
            return writer.transport.abort()
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self.path)
        except OSError:  # Redis is not there.
            return writer.transport.abort()
        pair = (writer, far_writer)
        self._pairs.add(pair)
        with contextlib.suppress(OSError, asyncio.CancelledError):  # The end of the way.
            await asyncio.wait([asyncio.create_task(self._carry(reader, far_writer, "up")),
                                asyncio.create_task(self._carry(far_reader, writer, "down"))],
                               return_when=asyncio.FIRST_COMPLETED)
        self._pairs.discard(pair)
        for end in pair:
            end.transport.abort()

    async def _carry(self, reader, writer, direction: str) -> None:
        line = asyncio.Queue()
        passing = asyncio.create_task(self._pass(line, writer))
        with contextlib.suppress(OSError):
            while piece := await reader.read(65_536):
                if self.swallowed == direction:
                    continue
                if direction == "down" and self.fuse is not None:
                    if len(piece) >= self.fuse:
                        piece, self.fuse = piece[:self.fuse], None
                        line.put_nowait((self._loop.time(), piece))
                        line.put_nowait((self._loop.time(), None))
                        continue
                    self.fuse -= len(piece)
                line.put_nowait((self._loop.time() + self.delay, piece))
        passing.cancel()

    async def _pass(self, line: asyncio.Queue, writer) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, piece = await line.get()
                if (left := due - self._loop.time()) > 0:
                    await asyncio.sleep(left)
                if piece is None:
                    # What went before is on its way when the end comes.
                    await asyncio.sleep(0.001)
                    return self._cut()
                size = self.drip or len(piece)
                for start in range(0, len(piece), size):
                    writer.write(piece[start:start + size])
                    await writer.drain()
                    if self.drip:
                        await asyncio.sleep(0)
