#!/usr/bin/env python3
"""Fails on what AddressSanitizer and LeakSanitizer have found, but for leaks that are known and no fault of a library here.

What OpenSSL, SQLite and libuv allocate is never excused, also where it is an object of Swift that has not given it back:
LeakSanitizer's own suppressions would excuse all that an excused object holds.

Usage: scripts/check-leaks.py [--self-test] [FILE...]      the reports, as ASAN_OPTIONS=log_path=… writes them
"""

import argparse
import re
import sys
from pathlib import Path

EXCUSED = [
    # A Process of Foundation's that has run leaves the entry of a weak reference.
    r"^\s+#\d .*Foundation7ProcessC3run",
    # Objects, and their weak references, that the closures of a test's program hold in a circle, as
    # `server.onError = { server.close() }` does: such a program ends with its process, and a test's does not.
    r"^\s+#[123] .*\bin swift_allocObject\b", r"^\s+#[123] .*\bformWeakReference\b",
    # The buffers of such objects, and their semaphores.
    r"^\s+#\d .*UVCore(?:12OutputBuffer|10ThreadLine)C", r"^\s+#1 .*\bin _os_object_alloc_realized\b",
    # What Foundation's Data holds of a file that a test has read.
    r"^\s+#1 .*FoundationEssentials\d+readBytesFromFile",
    # Tasks that still wait when their loop has ended, as tests of that end want it.
    r"^\s+#[123] .*(?:/libswift_Concurrency\.so|TaskAllocator)",
]
# By what has taken the memory, the first of the calls: those behind them are of the loop that a test's task runs.
EXCUSE = re.compile("|".join(EXCUSED), re.MULTILINE)
LEAK = re.compile(r"^(?:Direct|Indirect) leak of .*(?:\n\s+#\d+ .*)*", re.MULTILINE)

# A wrong use of memory, or a search for leaks that could not be made, or was not made to its end.
FAILURE = re.compile(r"^.*(?:ERROR: AddressSanitizer|LeakSanitizer has encountered|Too many leaks!).*$", re.MULTILINE)


def leaks(report: str) -> list[str]:
    """What has leaked and is not excused, each with the calls that have allocated it."""
    return [leak for leak in LEAK.findall(report) if not EXCUSE.search(leak)]


def self_test() -> None:
    ours = ("Direct leak of 9 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in malloc a.cpp\n    #1 0x2 in CRYPTO_zalloc"
            "\n    #19 0x4 in swift_job_run (/usr/lib/swift/linux/libswift_Concurrency.so+0x5)")
    theirs = "Indirect leak of 9 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in malloc a.cpp\n    #1 0x2 in swift_allocObject (b)"
    assert leaks(f"==1==ERROR\n\n{theirs}\n\n{ours}\n\nSUMMARY: 18 byte(s)\n") == [ours]
    assert FAILURE.findall("a\n==1==ERROR: AddressSanitizer: heap-use-after-free on\n==1==ERROR: LeakSanitizer: b") != []
    assert FAILURE.findall("==1==ERROR: LeakSanitizer: detected memory leaks") == []
    assert FAILURE.findall("Too many leaks! Only the first 5000 leaks encountered will be reported.") != []
    assert leaks(theirs) == [] and leaks("no leak of any kind") == []


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    arguments = parser.parse_args()
    if arguments.self_test:
        self_test()
    try:
        reports = [file.read_text(errors="replace") for file in arguments.files]
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    found = [leak for report in reports for leak in leaks(report)]
    broken = [report[failure.start():][:10_000] for report in reports if (failure := FAILURE.search(report))]
    for text in broken + found:
        print(text, end="\n\n")
    if found or broken:
        print(f"{len(found)} kinds of objects were not given back; {len(broken)} reports of worse.", file=sys.stderr)
    return 1 if found or broken else 0


if __name__ == "__main__":
    sys.exit(main())
