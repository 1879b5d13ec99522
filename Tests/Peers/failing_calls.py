"""Programs of which one system call fails: the n-th of a family, on descriptors of one kind."""

import contextlib
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from failing_disk import Faults
from server import TRACE, Server

# The errno that lets a read or write move one byte instead of failing.
ONE_BYTE = 0


@dataclass(frozen=True)
class Fault:
    """What fails, and how. `kind` begins the descriptors' names as /proc shows them, or the libraries' for `malloc`."""
    calls: str
    kind: str
    code: int
    # libuv ends the program by `abort` when this fails: with it nothing can go on.
    is_final: bool = False

    def __str__(self) -> str:
        code = os.strerror(self.code) if self.code else "one byte"
        return re.sub(r"\W+", "-", f"{self.calls} {self.kind} {code}").strip("-").lower()


class FailingCalls(Faults):
    """The library that makes calls of one kind fail."""

    def __init__(self, library: Path, folder: Path, fault: Fault):
        super().__init__(library, folder)
        self.fault = fault
        self.environment |= {"FAULTS_CALLS": fault.calls, "FAULTS_KIND": fault.kind}

    def arm(self, call: int, times: int = 1) -> None:
        super().arm(call, times, self.fault.code)


class Ended(Exception):
    """The program has ended in a way that it may: before it was ready with code 1 and a reason, or as libuv ends it."""


class Sufferer(Server):
    """A server that is started once, for its calls may fail."""

    def __init__(self, *arguments, may_abort: bool = False, **options):
        # Whether libuv may end it; and whether it has started, so that it may not end by itself.
        self.may_abort, self.is_ready = may_abort, False
        super().__init__(*arguments, **options)

    def start_again(self) -> bool:
        if super().start_again():
            return True
        self.check()
        return False

    def has_aborted(self) -> bool:
        return self.may_abort and self.process.poll() == -signal.SIGABRT

    def check_end(self, code: int) -> None:
        assert self.process.returncode == code, (self.process.returncode, self.output())
        assert not TRACE.search(self.output()), self.output()

    def check(self) -> None:
        """Raises `Ended` if it has ended in a way that it may, and fails if in another."""
        if self.process.poll() is None:
            return
        if self.has_aborted():
            raise Ended
        assert not self.is_ready, (self.process.returncode, self.output())
        self.check_end(1)
        assert re.search(r"ERROR|cannot start the event loop", self.output()), self.output()
        raise Ended

    def finish(self) -> None:
        """Tells it to end, which it has to do as if nothing had failed."""
        self.signal(signal.SIGTERM)
        self.wait(20)
        if not self.has_aborted():
            self.check_end(0)

    def kinds(self) -> list[str]:
        """What its descriptors are, without the numbers that tell two of a kind apart."""
        folder, found = f"/proc/{self.process.pid}/fd", []
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):
                found.append(os.path.basename(re.sub(r"\[\d+\]|#\d+", "", os.readlink(f"{folder}/{name}"))))
        # libuv keeps one of these, to give it up where a connection has to be shed.
        return sorted("null" if kind == "" else kind for kind in found)
