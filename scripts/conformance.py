#!/usr/bin/env python3
"""Writes the numbers of docs/conformance.md from what the test run has found.

`scripts/test.sh` leaves a report of each suite of clients in .build/checks; `--full` makes them whole. A row of a table
in docs/conformance.md that names a suite, such as `test_http_time.py`, gets the number of its cases and of those that
passed. A suite whose cases stand for more says so in its report.
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance.md"
REPORTS = ROOT / ".build" / "checks"
SUITE = re.compile(r"`(test_[a-z_]+)\.py`")


def outcome(case: ElementTree.Element) -> str:
    for name in ("failure", "error", "skipped"):
        if case.find(name) is not None:
            return name
    return "passed"


def counts(reports: list[Path]) -> dict[str, Counter]:
    """By suite: its cases, those that passed, and those that were left out here."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for report in sorted(reports, key=lambda path: path.stat().st_mtime):
        for case in ElementTree.parse(report).iter("testcase"):
            weight = sum(int(item.get("value")) for item in case.iter("property") if item.get("name") == "cases") or 1
            cases = found.setdefault(case.get("classname", "").split(".")[-1], {})
            # The latest report of a case counts, and one that was run counts before one that was left out.
            if outcome(case) != "skipped" or case.get("name") not in cases:
                cases[case.get("name")] = (outcome(case), weight)
    result = {}
    for suite, cases in found.items():
        result[suite] = Counter()
        for what, weight in cases.values():
            if what != "skipped":
                result[suite]["cases"] += weight
            if what == "passed":
                result[suite]["passed"] += weight
    return result


def row(line: str, known: dict[str, Counter]) -> str:
    """The line with the numbers of the suites that it names; as it is where it names none."""
    suites = SUITE.findall(line)
    cells = line.split("|")
    if not line.startswith("|") or not suites or len(cells) < 6 or any(suite not in known for suite in suites):
        return line
    total = sum((known[suite] for suite in suites), Counter())
    cells[3:5] = [f" {total['cases']:,} ", f" {total['passed']:,} "]
    return "|".join(cells)


class Parser(argparse.ArgumentParser):
    """Ends with the code that all scripts here have for what they do not understand."""

    def error(self, message: str):
        self.exit(64, f"{self.prog}: {message}\n")


def main() -> int:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the page, instead of printing what would change")
    options = parser.parse_args()
    reports = [*REPORTS.glob("*.xml")]
    if not reports:
        print(f"no reports in {REPORTS.relative_to(ROOT)}; run scripts/test.sh first", file=sys.stderr)
        return 1
    known = counts(reports)
    before = PAGE.read_text().split("\n")
    after = [row(line, known) for line in before]
    if options.write:
        PAGE.write_text("\n".join(after))
    else:
        print(*(line for line, old in zip(after, before) if line != old), sep="\n")
    failed = {suite: count for suite, count in known.items() if count["passed"] < count["cases"]}
    for suite, count in sorted(failed.items()):
        print(f"{suite}: {count['cases'] - count['passed']} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
