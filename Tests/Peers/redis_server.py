"""A Redis of a test's own, on a Unix socket, that keeps all that it answers."""

import itertools
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

NUMBERS = itertools.count(1)


def drain(stream) -> None:
    with stream:
        stream.read()


class RedisServer:
    def __init__(self, folder: Path, *settings: str, fsync: str = "always"):
        self.folder = folder
        self.path = folder / "redis.sock"
        self._settings = ["--port", "0", "--unixsocket", str(self.path), "--dir", str(folder), "--save", "",
                          "--appendonly", "yes", "--appendfsync", fsync, *settings]
        self.start()

    def start(self) -> None:
        """Comes back when it takes connections."""
        self._process = subprocess.Popen(["redis-server", *self._settings], stdout=subprocess.PIPE, text=True)
        for line in self._process.stdout:
            if "ready to accept connections" in line.lower():
                # It stops when nobody reads what it tells of each file that it writes anew.
                threading.Thread(target=drain, args=(self._process.stdout,), daemon=True).start()
                return
        raise AssertionError("redis-server has ended")

    def kill(self) -> None:
        """As a machine that loses power."""
        self._process.kill()
        self._process.wait()

    def keep_files(self) -> Path:
        """A copy of what is on the disk now; Redis is ended for it, and begun again."""
        copy = self.folder / f"copy-{next(NUMBERS)}"
        self.kill()
        shutil.copytree(self.folder / "appendonlydir", copy)
        self.start()
        return copy

    def start_with(self, files: Path) -> None:
        """Begins again, after it was killed, with files of before."""
        shutil.rmtree(self.folder / "appendonlydir")
        shutil.copytree(files, self.folder / "appendonlydir")
        self.start()

    def leave_half_a_transaction(self, name: str = "test") -> None:
        """As if it had been killed while it wrote one that makes the last task once more, of another id."""
        file = max((self.folder / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_mtime)
        key = b"{%s}:tasks" % name.encode()
        *_, row = re.finditer(rb"(\*4\r\n\$4\r\nHSET\r\n\$\d+\r\n%s\r\n\$16\r\n)(.{16})\r\n\$(\d+)\r\n" % re.escape(key),
                              file.read_bytes(), re.DOTALL)
        value = row.string[row.end():row.end() + int(row[3]) + 2]
        with open(file, "ab") as log:
            log.write(b"*1\r\n$5\r\nMULTI\r\n" + row[1] + row[2][:15] + bytes([row[2][15] ^ 1]) + row[0][len(row[1]) + 16:] + value + b"*1\r\n$4\r\nEX")

    def info(self, name: str) -> str:
        """What `INFO` says of it."""
        return re.search(rf"^{name}:(.*)\r$", self.ask("INFO").decode(), re.MULTILINE)[1]

    def end(self, name: str = "test") -> bytes:
        """Where the log of that store ends: the number of the last event."""
        return self.ask("HGET", "{%s}:end" % name, "seq")

    def address(self, name: str = "test", user: str = "") -> str:
        return f"redis+unix://{user}{self.path}?name={name}"

    def ask(self, *words: str) -> bytes:
        """What Redis answers to a command, as it comes."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.path))
            connection.sendall(b"*%d\r\n" % len(words) + b"".join(
                b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words))
            return connection.recv(65_536)

    def __enter__(self) -> "RedisServer":
        return self

    def __exit__(self, *_) -> None:
        self.kill()


class RedisStores:
    """A Redis on which each test has the stores that it would have elsewhere."""

    def __init__(self, folder: Path):
        self._server = RedisServer(folder, fsync="everysec")
        self._names, self._numbers = {}, itertools.count(1)

    def instead_of(self, store: str) -> str:
        """The store to use in place of that one: for each file the same one, and for memory another one each time."""
        if store != "memory" and not store.startswith("sqlite:"):
            return store
        number = next(self._numbers) if store == "memory" else self._names.setdefault(store, next(self._numbers))
        return self._server.address(f"store-{number}")

    def end(self) -> None:
        self._server.kill()
