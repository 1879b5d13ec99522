"""The chapters of the course: their blocks, a learner's terminals, and what counts as the same output."""

import contextlib
import os
import queue
import re
import shutil
import signal
import stat
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "course"
CHAPTERS = sorted(FOLDER.glob("[0-9][0-9]-*.md"))

BLOCK = re.compile(r"((?:^<!-- [^\n]+ -->\n)*)^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REMARK = re.compile(r"<!-- (from|terminal|ends with) (\S+) -->")


@dataclass
class Block:
    """What stands between two fences, and the remarks above it that no reader sees."""

    language: str
    lines: list[str]
    line: int
    source: str | None = None
    terminal: str = "1"
    code: int = 0


def blocks(chapter: Path) -> list[Block]:
    text, found = chapter.read_text(), []
    for match in BLOCK.finditer(text):
        block = Block(match[2], match[3].splitlines(), text.count("\n", 0, match.end(1)) + 1)
        remarks = REMARK.findall(match[1])
        assert len(remarks) == match[1].count("\n"), f"{chapter.name}:{block.line}: a remark that is not understood"
        for kind, value in remarks:
            if kind == "from":
                block.source = value
            elif kind == "terminal":
                block.terminal = value
            else:
                block.code = int(value)
        found.append(block)
    assert text.count("\n```") + text.startswith("```") == 2 * len(found), f"{chapter.name}: a block is not understood"
    return found


@dataclass
class Step:
    """A command and what the chapter says that it prints; without a command, what one that goes on prints next."""

    command: str | None
    output: list[str] = field(default_factory=list)


def steps(block: Block) -> list[Step]:
    found, lines = [], iter(block.lines)
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            found.append(Step(command))
        else:
            if not found:
                found.append(Step(None))
            found[-1].output.append(line)
    return found


# What is another one at each run. An id is bound to the one that stands in its place, and is that from then on.
IDENTIFIER = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
MASKS = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", None),
    (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", None),
    (r"\d[\d,]*(?:\.\d+)? (?:ms|KiB|MiB)\b", r"\d[\d,]*(?:\.\d+)? (?:ms|KiB|MiB)"),
    (r"-?\d+(?= KiB)", r"-?\d+"),
    (r'"(?:rss|heapUsed|heapTotal|durationMs|uptimeSeconds|pid|freedBytes|result)":\d+(?:\.\d+)?', r'"\w+":\d+(?:\.\d+)?'),
    (r"(?:demo|events)-\d+-\d+", None),
    (r"\d+ of \d+ (?=ms)", None),
    (r"iterations=\d+", None),
    (r"(?<=\w) +\d+ +\d+(?:\.\d+)?$", None),
    (r"\"epoch\":\"[0-9a-f]{16}\"", None),
]
MASK = re.compile("|".join([f"({IDENTIFIER})"] + [f"({pattern})" for pattern, _ in MASKS] + ["(…)"]))


class Comparison:
    """Compares what a chapter shows with what is printed, line by line."""

    def __init__(self):
        self._bound: dict[str, str] = {}

    def same(self, shown: str, printed: str) -> bool:
        identifiers: list[str] = []

        def pattern(match: re.Match) -> str:
            if match[1]:
                identifiers.append(match[1])
                return f"({IDENTIFIER})"
            if match[len(MASKS) + 2]:
                return ".*"
            own, other = MASKS[next(place for place in range(len(MASKS)) if match[place + 2])]
            return other or own

        parts, end = [], 0
        for match in MASK.finditer(shown):
            parts += [re.escape(shown[end:match.start()]), pattern(match)]
            end = match.end()
        found = re.fullmatch("".join(parts) + re.escape(shown[end:]), printed)
        return bool(found) and all(self._bound.setdefault(one, other) == other
                                   for one, other in zip(identifiers, found.groups()))

    def mismatch(self, shown: list[str], printed: list[str]) -> str | None:
        """The first line that is not as shown; a line `…` stands for any number of lines, also none."""
        rest = list(printed)
        is_open = False
        for line in shown:
            if line.strip() == "…":
                is_open = True
                continue
            while rest and is_open and not self.same(line, rest[0]):
                rest.pop(0)
            if not rest or not self.same(line, rest[0]):
                return f"shown:   {line}\nprinted: {rest[0] if rest else '(nothing)'}"
            rest.pop(0)
            is_open = False
        return None if is_open or not rest else f"shown:   (nothing)\nprinted: {rest[0]}"


class Terminal:
    """A shell in which a learner types one command after another."""

    MARK = "-- the command has ended --"

    def __init__(self, folder: Path, environment: dict[str, str]):
        self._shell = subprocess.Popen([shutil.which("bash"), "--norc", "--noprofile"], cwd=folder, env=environment,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True, start_new_session=True)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self):
        for line in self._shell.stdout:
            self._lines.put(line.removesuffix("\n").removesuffix("\r"))
        self._lines.put(None)

    def type(self, command: str):
        self._shell.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{self.MARK}' $?\n")
        self._shell.stdin.flush()

    def line(self, timeout: float = 30) -> str:
        """The next line of a program that goes on."""
        line = self._lines.get(timeout=timeout)
        assert line is not None and not line.startswith(self.MARK), "the program has ended"
        return line

    def rest(self, timeout: float = 120) -> tuple[list[str], int]:
        """What the command has printed until its end, and the code it has ended with."""
        deadline, printed = time.monotonic() + timeout, []
        while not (line := self._lines.get(timeout=max(deadline - time.monotonic(), 0.01))).startswith(self.MARK):
            printed.append(line)
        while printed and not printed[-1]:
            printed.pop()
        return printed, int(line.split()[-1])

    def end(self):
        # A shell that has a program in the foreground does not read on, so all of its session are ended.
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self._shell.pid, number)
                self._shell.wait(10)
        self._reader.join(10)
        self._shell.stdin.close()
        self._shell.stdout.close()


def your_turn(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scripts" / "your-turn.sh", *arguments], capture_output=True, text=True, timeout=900)


def write_program(path: Path, text: str):
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
