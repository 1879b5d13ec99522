"""scripts/bench.sh: what it says of a count that stands in a file, and how it is called."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "Benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from bench import limits  # noqa: E402
from bench.suites import instructions  # noqa: E402

COUNTS = """# A comment.
              instructions  allocations
GET /health           1000            9
an echo of 2            50            0
"""


@pytest.fixture(autouse=True)
def counts(tmp_path, monkeypatch):
    file = tmp_path / "counts.txt"
    file.write_text(COUNTS)
    monkeypatch.setattr(limits, "FILE", file)
    monkeypatch.setattr(limits.platform, "machine", lambda: "x86_64")


@pytest.mark.parametrize("count, is_kept", [(1000, True), (1030, True), (1031, False), (900, True)])
def test_a_count_may_grow_by_three_hundredths(count, is_kept):
    assert (not limits.table("instructions", {"GET /health": count}).failures) == is_kept


def test_a_failure_says_by_what():
    table = limits.table("instructions", {"GET /health": 1100, "an echo of 2": 50})
    assert table.failures == ["GET /health: 1,100.00 instructions, 10.0 % more than the 1,000.00 of counts.txt"]
    assert table.failures[0] in table.as_text() and table.as_object()["failures"] == table.failures


@pytest.mark.parametrize("counts_in_turn", [[1000], [1100, 1030], [1100, 1200, 1031]])
def test_instructions_that_exceed_are_counted_again(monkeypatch, counts_in_turn):
    counted = iter(counts_in_turn)
    monkeypatch.setattr(instructions, "WORKS", [types.SimpleNamespace(name="GET /health")])
    monkeypatch.setattr(instructions, "costs", lambda _, __, works: {work.name: next(counted) for work in works})
    table = instructions.run(types.SimpleNamespace(programs=None))
    assert table.rows[0][1] == min(counts_in_turn) and next(counted, None) is None
    assert bool(table.failures) == (min(counts_in_turn) > 1030)


def test_a_count_of_nothing_may_not_grow():
    assert limits.table("allocations", {"an echo of 2": 0}).failures == []
    assert limits.table("allocations", {"an echo of 2": 0.01}).failures


def test_a_count_that_has_become_smaller_is_said_with_its_new_number():
    note, = limits.table("instructions", {"GET /health": 900.5}).notes
    assert note.endswith("the new number is 900.50")


def test_work_that_no_line_is_about_is_a_failure():
    assert limits.table("instructions", {"something new": 1}).failures == ["something new: not in counts.txt"]


def test_instructions_of_another_processor_are_not_judged_but_allocations_are(monkeypatch):
    monkeypatch.setattr(limits.platform, "machine", lambda: "aarch64")
    assert limits.table("instructions", {"GET /health": 2000}).failures == []
    assert limits.table("allocations", {"GET /health": 10}).failures


@pytest.mark.parametrize("words, code", [([], 0), (["--help"], 0), (["nothing"], 64), (["http", "--nothing"], 64),
                                         (["http", "--taskflow", "/no/such/file"], 64)])
def test_a_wrong_call_ends_with_64(words, code):
    answer = subprocess.run([sys.executable, "-m", "bench", *words], env=os.environ | {"PYTHONPATH": str(BENCHMARKS)},
                            capture_output=True, text=True)
    assert answer.returncode == code
    assert "see --help" in answer.stderr if code else "instructions" in answer.stdout
