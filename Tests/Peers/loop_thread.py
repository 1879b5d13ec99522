"""An asyncio loop in a thread of its own, for what a test has between two programs."""

import asyncio
import threading


class LoopThread:
    """Listens on a port of its own while it is entered; `_join` gets each connection."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._server = self._on_loop(asyncio.start_server(self._join, "127.0.0.1", 0, ssl=self._tls()))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_) -> None:
        self._on_loop(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    def _tls(self):
        """The context of those that connect; none for plain connections."""

    async def _join(self, reader, writer) -> None:
        raise NotImplementedError

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
