"""The counts that stand in `Benchmarks/counts.txt`, and what is said of one that is exceeded."""

import platform

from .programs import BENCHMARKS
from .table import Table

FILE = BENCHMARKS / "counts.txt"
ALLOWED = 0.03
# An allocation that only some of the counted works have, such as that of a new second, is no news.
RARE = 0.2


def read(column: str) -> dict[str, float]:
    """The counts of a column, by the name of the work."""
    lines = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    titles = lines[0].split()
    rows = [line.rsplit(maxsplit=len(titles)) for line in lines[1:]]
    return {name: float(values[titles.index(column)]) for name, *values in rows}


def table(column: str, counts: dict[str, float]) -> Table:
    """The counts beside those of the file; one that is exceeded is a failure, where the file is about this machine."""
    known = read(column)
    result = Table(f"{column.capitalize()} in user space", ["work", column, "known", "of it"])
    for name, count in counts.items():
        limit = known.get(name)
        ratio = round(count / limit, 3) if limit else None
        result.rows.append([name, round(count, 2), limit, ratio])
        if limit is None:
            result.failures.append(f"{name}: not in {FILE.name}")
        elif is_exceeded(count, limit) and is_judged(column):
            more = f"{100 * (count / limit - 1):.1f} % more than" if limit else "more than"
            result.failures.append(f"{name}: {count:,.2f} {column}, {more} the {limit:,.2f} of {FILE.name}")
        elif count < limit * (1 - ALLOWED) and limit - count > RARE:
            result.notes.append(f"{name}: {column} are fewer than in {FILE.name}: the new number is {count:.2f}")
    return result


def is_exceeded(count: float, limit: float | None) -> bool:
    return limit is not None and count > limit * (1 + ALLOWED)


def is_judged(column: str) -> bool:
    """Another processor has other instructions."""
    return column != "instructions" or platform.machine() == "x86_64"
