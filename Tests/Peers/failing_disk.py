"""Stores whose disk fails: calls that return errors, when a test says so, and a disk that is full."""

import contextlib
import errno
import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest


class Faults:
    """The library that makes calls on a store fail, and writes them down."""

    def __init__(self, library: Path, folder: Path):
        self.log, self.control = folder / "calls", folder / "control"
        self.control.write_bytes(bytes(24))
        with open(self.control, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 24)
        store = folder / "store"
        store.mkdir(exist_ok=True)
        self.store = store
        self.environment = os.environ | {"LD_PRELOAD": str(library), "FAULTS_STORE": f"{store}/",
                                         "FAULTS_CONTROL": str(self.control), "FAULTS_LOG": str(self.log)}

    def arm(self, call: int, times: int = 1, code: int = errno.EIO) -> None:
        """Lets the `call`-th call from now on fail, and those behind it until so many have."""
        self.memory[8:24] = struct.pack("@2q", times, code)
        self.memory[0:8] = struct.pack("@q", call)

    def disarm(self) -> bool:
        """Whether a call has failed."""
        left, times, _ = struct.unpack("@3q", self.memory[:24])
        self.memory[0:8] = bytes(8)
        return left == 1 and times == 0

    def calls(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()


def compile_faults(folder: Path, name: str = "faults") -> Path:
    """A library for LD_PRELOAD, compiled."""
    compiler = shutil.which("cc") or shutil.which("clang") or pytest.skip("no C compiler here")
    library = folder / f"{name}.so"
    source = Path(__file__).parent / "faults" / f"{name}.c"
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", source, "-o", library], check=True)
    return library


@contextlib.contextmanager
def small_disk(disk: Path):
    """A disk of 1 MiB, and what makes it larger."""
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield disk, lambda: subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
    finally:
        subprocess.run(["umount", "-l", disk])
