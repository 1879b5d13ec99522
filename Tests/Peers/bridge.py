"""A way between plain connections and ones that speak TLS, for suites that know only one of the two."""

import asyncio
import contextlib
import ssl
import threading


class Bridge:
    """Listens on a port of its own while it is entered, and carries what comes to `port` and back.

    `listens` and `connects` say which of the two sides speaks TLS, and as what. Each side's end is handed on.
    """

    def __init__(self, port: int, *, listens: ssl.SSLContext | None = None, connects: ssl.SSLContext | None = None):
        self._target, self._listens, self._connects = port, listens, connects
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> "Bridge":
        self._thread.start()
        server = asyncio.start_server(self._carry_both_ways, "127.0.0.1", 0, ssl=self._listens)
        self._server = self._on_loop(server)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_) -> None:
        self._on_loop(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _carry_both_ways(self, reader, writer) -> None:
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
