"""Programs measured in turn, round by round: what a piece of work costs each, and beside the others."""

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .machine import SERVER_CORE
from .server import Server
from .table import Table, median_of_ratios


@dataclass
class Load:
    """What a server has done, and in how many seconds."""
    works: int
    seconds: float
    # How many milliseconds 99 of 100 of them take at most; 0 where that is not known.
    p99: float = 0


@dataclass
class Candidate:
    name: str
    command: list[str | Path]
    # What it needs before it is asked.
    prepare: Callable[[int], object] = lambda port: None
    cpu: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    peak: int = 0

    def measure(self, load: Callable[[int], Load], warm_up: Callable[[int], object]) -> None:
        with Server(*self.command, core=SERVER_CORE) as server:
            self.prepare(server.port)
            warm_up(server.port)
            before = server.cpu_microseconds()
            done = load(server.port)
            self.cpu.append((server.cpu_microseconds() - before) / done.works)
            self.rate.append(done.works / done.seconds)
            self.peak = max(self.peak, server.kibibytes())


def compare(title: str, work: str, candidates: list[Candidate], rounds: int, load: Callable[[int], Load],
            warm_up: Callable[[int], object]) -> Table:
    """A row a candidate. Ratios are to the first, which is the floor, and to the last, which is Node."""
    for turn in range(rounds):
        print(f"Round {turn + 1} of {rounds}", file=sys.stderr)
        # Another one begins each round, so that none is always the first after the others.
        for index in range(len(candidates)):
            candidates[(turn + index) % len(candidates)].measure(load, warm_up)
    table = Table(f"{title}; {rounds} rounds, the server on core {SERVER_CORE}",
                  ["program", f"CPU us a {work}", "least", "most", "a second", "peak MiB",
                   *(f"of {one.name}" for one in (candidates[0], candidates[-1]))])
    for one in candidates:
        spread = (statistics.median(one.cpu), min(one.cpu), max(one.cpu))
        table.rows.append([one.name, *(round(cost, 3) for cost in spread), round(statistics.median(one.rate)),
                           round(one.peak / 1024, 1),
                           *(median_of_ratios(one.cpu, other.cpu) for other in (candidates[0], candidates[-1]))])
    return table
