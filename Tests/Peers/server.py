"""Starts a program under test on a free port, watches it, and ends it by its process id."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from certificates import Certificates
from client import wait_until_ready
from redis_server import RedisStores
from secure import SecureSocket

# What a Swift program prints when it dies of a bug; nothing it writes may ever hold this.
TRACE = re.compile(r"Fatal error|Precondition failed|Program crashed|Stack dump|Backtrace|\.swift:\d+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running program that listens on 127.0.0.1. What it writes goes to a file, so that it never waits for us.

    With certificates it speaks TLS.
    """

    def __init__(self, binary: str, *flags: str, certificates: Certificates | None = None, **streams):
        self._certificates = certificates
        # Another process may take the port between the look and the start, so an early end is tried again.
        for _ in range(5):
            self.port = free_port()
            self._written = tempfile.TemporaryFile()
            self._streams = {"stdin": subprocess.DEVNULL, "stdout": self._written, "stderr": self._written} | streams
            self._command = [binary, "--port", str(self.port), *flags, *(certificates.flags() if certificates else ())]
            if self.start_again():
                return
        raise AssertionError(f"{binary} ended with {self.process.returncode} before it listened: {self.output()}")

    def start_again(self) -> bool:
        """Starts the program, which does not run, on its port; whether it listens there."""
        self.process = subprocess.Popen(self._command, **self._streams)
        return self._listens()

    def _listens(self) -> bool:
        deadline = time.monotonic() + 20
        while self.process.poll() is None:
            try:
                self._connect_plainly().close()
                return True
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the server does not listen after 20 s"
                time.sleep(0.01)  # Between two looks; being right does not hang on it.
        return False

    @property
    def url(self) -> str:
        return f"http{'s' if self._certificates else ''}://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        return self.url.replace("http", "ws")

    def connect(self, timeout: float = 15, receive_buffer: int | None = None) -> socket.socket | SecureSocket:
        """A connection that gathers nothing: each `send` is a segment of its own.

        A small `receive_buffer` keeps what is not read with the server.
        """
        connection = self._connect_plainly(timeout, receive_buffer)
        if self._certificates:
            return SecureSocket(connection, self._certificates.client(), "127.0.0.1")
        return connection

    def _connect_plainly(self, timeout: float = 15, receive_buffer: int | None = None) -> socket.socket:
        connection = socket.socket()
        try:
            connection.settimeout(timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if receive_buffer:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            connection.connect(("127.0.0.1", self.port))
        except BaseException:
            connection.close()
            raise
        return connection

    def resident_bytes(self) -> int:
        """The memory that the process holds now."""
        if sys.platform == "linux":
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
        return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(self.process.pid)])) * 1024

    def cpu_seconds(self) -> float:
        """The time that the process has had of the processors."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self) -> int:
        """How many files and sockets the process has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def output(self) -> str:
        """All it has written so far, to standard output and error alike."""
        # Not by `seek`: the program writes at the same place of the same open file.
        file = self._written.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode()

    def says(self, *lines: str) -> bool:
        """Whether each of these has been written, now or within 15 s: a server is reached before it has said so."""
        deadline = time.monotonic() + 15
        while not all(line in self.output() for line in lines):
            if time.monotonic() > deadline or self.process.poll() is not None:
                return all(line in self.output() for line in lines)
            time.sleep(0.01)  # Between two looks; being right does not hang on it.
        return True

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def wait(self, timeout: float) -> int:
        """The exit code; negative, the signal that ended the program."""
        return self.process.wait(timeout)

    def stop(self) -> str:
        """Ends the program if it still runs and returns its output; fails if it had died or wrote a trace."""
        ended_by_itself = self.process.poll()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end within 10 s of SIGTERM") from None
        output = self.output()
        assert not TRACE.search(output), output
        assert ended_by_itself in (None, 0), f"the server ended with {ended_by_itself}: {output}"
        return output

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


@dataclass(frozen=True)
class Program:
    """A program under test, and a path of it that answers GET and HEAD with 200 to any client."""
    name: str
    binary: str
    path: str
    # What it is started with unless the test says otherwise.
    flags: tuple[str, ...] = ()
    # With them it speaks TLS.
    certificates: Certificates | None = None
    # On them it keeps what it would elsewhere.
    stores: RedisStores | None = None

    def start(self, *flags: str, **streams) -> Server:
        is_plain = "--store" not in flags
        if is_plain:
            flags = self.flags + flags
        if self.stores:
            flags = tuple(self.stores.instead_of(flag) if name == "--store" else flag
                          for name, flag in zip(("", *flags), flags))
        server = Server(self.binary, *flags, certificates=self.certificates, **streams)
        if is_plain and not self.stores:
            return server
        # It listens while it reads its tasks.
        wait_until_ready(server)
        return server
