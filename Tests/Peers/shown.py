"""The program websocket-client as it is seen from outside."""

import os
import queue
import subprocess
import threading


class Shown:
    """A running websocket-client, line by line as it writes them into pipes."""

    def __init__(self, binary: str, *arguments: str, **environment: str):
        clean = {name: value for name, value in os.environ.items() if name != "TASKFLOW_TOKEN"}
        self.process = subprocess.Popen(
            [binary, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=clean | environment)
        self.lines, self.notices = queue.Queue(), queue.Queue()

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def read(self) -> "Shown":
        """From now on its pipes are emptied."""
        for stream, lines in [(self.process.stdout, self.lines), (self.process.stderr, self.notices)]:
            threading.Thread(target=self._collect, args=(stream, lines), daemon=True).start()
        return self

    @staticmethod
    def _collect(stream, lines: queue.Queue):
        for line in stream:
            lines.put(line.decode().removesuffix("\n"))
        lines.put(None)

    def line(self) -> str:
        return self.lines.get(timeout=15)

    def notice(self) -> str:
        return self.notices.get(timeout=15)

    def task(self) -> str:
        assert self.line().startswith("Event: ")
        return self.line().removeprefix("Task: ")

    def is_connected(self, url: str):
        assert [self.line(), self.line()] == [f"Connected to {url}", "Waiting for events..."]
