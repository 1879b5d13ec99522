"""Servers whose instructions or allocations are counted exactly, between two moments."""

import itertools
import mmap
import re
import struct
import subprocess
from pathlib import Path

from .programs import OUT, Programs
from .server import Server
from .works import COUNTS, ROUNDS, WARM_UP, Work

# The order of a dictionary is no part of what is counted.
STEADY = {"SWIFT_DETERMINISTIC_HASHING": "1"}


class Instructions(Server):
    """In user space, by valgrind's callgrind: all but the same number however loaded the machine is."""

    flags: tuple[str, ...] = ()

    def __init__(self, programs: Programs, *command: str | Path):
        OUT.mkdir(parents=True, exist_ok=True)
        for old in OUT.glob("callgrind.*"):
            old.unlink()
        super().__init__("valgrind", "--tool=callgrind", f"--callgrind-out-file={OUT}/callgrind", *self.flags,
                         *command, environment=STEADY)

    def count(self) -> int:
        """What was counted since the last call."""
        dumped, = self.dump()
        return self.total(dumped)

    def dump(self) -> set[Path]:
        """What was counted since the last dump: a file of the next number, or one for each thread."""
        before = set(OUT.glob("callgrind.*"))
        subprocess.run(["vgdb", f"--pid={self.process.pid}", "dump"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return set(OUT.glob("callgrind.*")) - before

    @staticmethod
    def total(dumped: Path) -> int:
        return int(re.search(r"^totals: (\d+)", dumped.read_text(), re.MULTILINE)[1])


class StoringInstructions(Instructions):
    """Those of all threads but the first: of a server that does nothing but keep what it is sent."""

    flags = ("--separate-threads=yes",)

    def count(self) -> int:
        return sum(self.total(file) for file in self.dump() if not file.name.endswith("-01"))


class Allocations(Server):
    """By a library that is loaded before the C library, and keeps its count in a file."""

    def __init__(self, programs: Programs, *command: str | Path):
        library = programs.c("allocations", "-shared", "-fPIC")
        file = OUT / "allocations.count"
        file.write_bytes(bytes(8))
        with open(file, "r+b") as opened:
            self.shared = mmap.mmap(opened.fileno(), 8)
        self.last = 0
        super().__init__(*command,
                         environment=STEADY | {"LD_PRELOAD": str(library), "ALLOCATIONS_FILE": str(file)})

    def count(self) -> int:
        total, = struct.unpack("<Q", self.shared[:8])
        since, self.last = total - self.last, total
        return since


def costs(counter: type[Instructions] | type[Allocations], programs: Programs, works: list[Work]) -> dict[str, float]:
    """What each piece of work costs when it has been done a few times; those of one program share a server."""
    found = {}
    for command, group in itertools.groupby(works, key=lambda work: (work.program, *work.flags)):
        with counter(programs, programs.swift(command[0]), *command[1:], "--port", "{port}") as server:
            for work in group:
                once = work.prepare(server.port)
                for _ in range(WARM_UP):
                    once()
                # What a server does once, by its clock, is in one of the counts at most.
                found[work.name] = min(counted(server, once) for _ in range(COUNTS)) / ROUNDS / work.parts
    return found


def counted(server: Instructions | Allocations, once) -> int:
    server.count()
    for _ in range(ROUNDS):
        once()
    return server.count()
