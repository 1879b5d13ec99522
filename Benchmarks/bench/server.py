"""A server that is measured: started, waited for, ended, whatever happens meanwhile."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .wire import Connection


# Debian puts Node's packages where a Node from elsewhere looks only when it is told to.
NODE = {"NODE_PATH": "/usr/share/nodejs"}


class Server:
    def __init__(self, *command: str | Path, environment: dict[str, str] | None = None, core: int | None = None):
        # In a folder of its own, so that no `.env` of the caller's is read.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-"))
        self.port = free_port()
        prefix = [] if core is None else ["taskset", "-c", str(core)]
        with open(self.folder / "errors", "wb") as errors:
            self.process = subprocess.Popen(
                [*prefix, *(str(word).replace("{port}", str(self.port)) for word in command)], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=errors, env=os.environ | NODE | (environment or {}))
        try:
            self.wait_until_it_listens()
        except BaseException:
            self.end()
            raise

    def wait_until_it_listens(self) -> None:
        for _ in range(30_000):
            if self.process.poll() is not None:
                break
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.002)
        raise SystemExit(f"bench: {self.process.args[0]} did not start\n{(self.folder / 'errors').read_text()}")

    def wait_until_ready(self) -> None:
        """It listens before it has read its file."""
        with Connection(self.port) as client:
            while b" 200 " not in client.whole(client.request("GET", "/ready"))[:16]:
                time.sleep(0.01)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def cpu_microseconds(self) -> float:
        """The processor time that it has had, in user and kernel mode, all threads that it has, and its processes'."""
        own = Path(f"/proc/{self.process.pid}/task")
        children = (own / str(self.process.pid) / "children").read_text().split()
        return sum(int(thread.read_text().split()[0]) for number in (self.process.pid, *children)
                   for thread in Path(f"/proc/{number}/task").glob("*/schedstat")) / 1e3

    def kibibytes(self, what: str = "VmHWM") -> int:
        """Its memory, as the kernel counts it: `VmHWM` is the peak, `VmRSS` what it has now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1])
        return 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
