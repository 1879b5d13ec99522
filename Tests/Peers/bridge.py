"""A way between plain connections and ones that speak TLS, for suites that know only one of the two."""

import asyncio
import contextlib
import ssl

from loop_thread import LoopThread


class Bridge(LoopThread):
    """Listens on a port of its own while it is entered, and carries what comes to `port` and back.

    `listens` and `connects` say which of the two sides speaks TLS, and as what. Each side's end is handed on.
    """

    def __init__(self, port: int, *, listens: ssl.SSLContext | None = None, connects: ssl.SSLContext | None = None):
        super().__init__()
        self._target, self._listens, self._connects = port, listens, connects

    def _tls(self) -> ssl.SSLContext | None:
        return self._listens

    async def _join(self, reader, writer) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            far_reader, far_writer = await asyncio.open_connection(
                "127.0.0.1", self._target, ssl=self._connects, server_hostname="localhost" if self._connects else None)
            with contextlib.closing(far_writer):
                await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader, writer) -> None:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
        # Python's TLS has no end of one side alone.
        writer.write_eof() if writer.can_write_eof() else writer.close()
