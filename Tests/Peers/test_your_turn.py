"""scripts/your-turn.sh: what a learner is told of a task of the course, whatever becomes of its tests."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from course import FOLDER, ROOT, write_program, your_turn


@pytest.mark.parametrize("arguments, word", [(["11"], "11"), (["00"], "00"), (["three"], "three"), ([""], "no chapter"),
                                             (["03", "04"], "04"), ([], "which chapter"), (["--solutions"], "--solutions")])
def test_what_is_no_chapter_is_code_64(arguments, word):
    result = your_turn(*arguments)
    assert result.returncode == 64 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and word in result.stderr


def test(name: str, title: str, kind: str = "function") -> dict:
    return {"kind": "test", "payload": {"id": name, "displayName": title, "kind": kind}}


def event(kind: str, name: str | None, *texts: str, symbol: str = "default", line: int | None = None) -> dict:
    """An event as Swift Testing writes it; the first of its texts has the symbol, the others are details."""
    messages = [{"symbol": "details" if place else symbol, "text": text} for place, text in enumerate(texts)]
    issue = {"issue": {"sourceLocation": {"fileID": "YourTurnTests/Chapter03Tests.swift", "line": line}}} if line else {}
    return {"kind": "event", "payload": {"kind": kind, "testID": name, "messages": messages} | issue}


# They are no tests of this file.
test.__test__ = event.__test__ = False

BEGUN = (test("3", "Chapter 3", "suite"), test("3/1", "one"), test("3/2", 'two "2"'), event("runStarted", None),
         event("testStarted", "3"), event("testStarted", "3/1"), event("testEnded", "3/1", "passed", symbol="pass"),
         event("testStarted", "3/2"))
PASSED = (event("testEnded", "3/2", "passed", symbol="pass"), event("testEnded", "3", "passed", symbol="pass"),
          event("runEnded", None, "passed", symbol="pass"))
FAILED = (event("testEnded", "3/2", "failed", symbol="fail"), event("testEnded", "3", "failed", symbol="fail"),
          event("runEnded", None, "failed", symbol="fail"))
FOUND = event("issueRecorded", "3/2", "Expectation failed: (a → 1) == 2", "// because", symbol="fail", line=7)


def of_a_case(argument: str) -> tuple[dict, dict]:
    return (event("testCaseStarted", "3/2", f'Test case passing 1 argument line → {argument} to "two" started.'),
            event("issueRecorded", "3/2", "Expectation failed: b", symbol="fail", line=8))


LONG = "x" * 300
NOT_YET = 'Chapter 3\n  ok       one\n  not yet  two "2"\n'


@pytest.mark.parametrize("said, printed, code, shown", [
    ((*BEGUN, *PASSED), "", 0, 'Chapter 3\n  ok       one\n  ok       two "2"\nSolved.\n'),
    ((*BEGUN, FOUND, *FAILED), "", 1,
     f"{NOT_YET}             Chapter03Tests.swift:7: (a → 1) == 2\n             because\nNot solved yet.\n"),
    # Three things at most, and those of one case name it.
    ((*BEGUN, *(line for case in "abcd" for line in of_a_case(f'"{case}"')), *FAILED), "", 1,
     NOT_YET + "".join(f'             Chapter03Tests.swift:8: line → "{case}": b\n' for case in "abc") + "Not solved yet.\n"),
    # What has several lines is on one, and what was wanted, at the end, is shown however long the rest is.
    ((*BEGUN, event("issueRecorded", "3/2", f'(text → "a\r\nb") == "{LONG}c\n"', symbol="fail", line=7), *FAILED), "", 1,
     f'{NOT_YET}             Chapter03Tests.swift:7: (text → "a\\r\\nb") == "{"x" * 98} … {"x" * 83}c\\n"\nNot solved yet.\n'),
    # A crash ends the stream, maybe in the middle of a line.
    ((*BEGUN, '{"kind":"ev'), "error: Exited with unexpected signal code 11", 1,
     'Chapter 3\n  ok       one\nNot solved yet: the test "two "2"" has crashed.\n'),
    ((*BEGUN,), "Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range\n"
     "  3 [ra] 0x1 TaskQueue.pop() + 238 in your-turnPackageTests.xctest at {root}/docs/course/YourTurn/Mine/Chapter03.swift:29:25",
     1, 'Chapter 3\n  ok       one\nNot solved yet: the test "two "2"" has crashed.\n'
     "             Chapter03.swift:29: Index out of range\n"),
    (("",), "{root}/docs/course/YourTurn/Mine/Chapter03.swift:3:5: error: cannot find 'x' in scope\n"
     "  |     `- error: cannot find 'x' in scope", 1,
     "docs/course/YourTurn/Mine/Chapter03.swift:3:5: error: cannot find 'x' in scope\n"
     "Not solved yet: it does not compile.\n"),
    # `swift test` may lose what tests print, and a solution may print what looks like an end: neither is read.
    ((*BEGUN, FOUND, *FAILED), '◇ Suite "Chapter 4" started.\n✔ Test run with 9 tests in 1 suite passed after 1 seconds.', 1,
     f"{NOT_YET}             Chapter03Tests.swift:7: (a → 1) == 2\n             because\nNot solved yet.\n"),
], ids=["solved", "not yet", "cases", "long", "crashed", "crashed with a reason", "not compiled", "the log is not read"])
def test_what_a_learner_is_told(tmp_path, said, printed, code, shown):
    """A clone whose `swift` says this; the learner's file is made, and made once."""
    root, tools = tmp_path / "a clone", tmp_path / "tools"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copytree(FOLDER / "YourTurn" / "Start", root / "docs" / "course" / "YourTurn" / "Start")
    tools.mkdir()
    lines = [line if isinstance(line, str) else json.dumps(line) + "\n" for line in said]
    (tmp_path / "events").write_text("".join(lines))
    (tmp_path / "printed").write_text(printed.replace("{root}", str(root)) + "\n")
    write_program(tools / "swift", f"""
[ "$YOUR_TURN $YOUR_TURN_FOLDER" = "03 Mine" ] || exit 9
while [ "$1" != --event-stream-output-path ]; do shift; done
cat {tmp_path}/events >"$2"
cat {tmp_path}/printed
exit {code}""")
    mine = root / "docs" / "course" / "YourTurn" / "Mine" / "Chapter03.swift"
    for turn in (1, 2):
        result = run(root / "scripts" / "your-turn.sh", "3", tools=tools)
        told = "Your file is now there, to be edited: docs/course/YourTurn/Mine/Chapter03.swift\n" if turn == 1 else ""
        assert (result.returncode, result.stdout, result.stderr) == (code, told + shown, "")
    assert mine.read_text() == (FOLDER / "YourTurn" / "Start" / "Chapter03.swift").read_text()


def run(script: Path, *arguments: str, tools: Path) -> subprocess.CompletedProcess:
    return subprocess.run([script, *arguments], capture_output=True, text=True, timeout=60,
                          env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"})


def test_a_build_that_fails_is_no_fault_of_the_learner(tmp_path):
    write_program(tmp_path / "swift", "echo no such module libuv; exit 1")
    result = run(ROOT / "scripts" / "your-turn.sh", "--start", "3", tools=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "no such module libuv" in result.stderr and "could not be built" in result.stderr
