"""What a suite gives back: rows of numbers, as text for people and as JSON for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    title: str
    # The first one is what the row is about.
    columns: list[str]
    rows: list[list] = field(default_factory=list)
    # What is below the table.
    notes: list[str] = field(default_factory=list)
    # Why the run has failed; empty if it has not.
    failures: list[str] = field(default_factory=list)
    # Tables of the same run with other columns.
    others: list["Table"] = field(default_factory=list)

    def as_text(self) -> str:
        cells = [self.columns, *([shown(value) for value in row] for row in self.rows)]
        widths = [max(len(row[index]) for row in cells) for index in range(len(self.columns))]
        lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
                 for row in cells]
        others = [line for other in self.others for line in ("", other.as_text())]
        return "\n".join([self.title, "", *(line.rstrip() for line in lines), *self.notes, *self.failures, *others])

    def as_object(self) -> dict:
        """As JSON takes it."""
        rows = [dict(zip(self.columns, row)) for row in self.rows]
        own = {"title": self.title, "rows": rows, "notes": self.notes, "failures": self.failures}
        return own | ({"others": [other.as_object() for other in self.others]} if self.others else {})


def shown(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def median_of_ratios(values: Sequence[float], others: Sequence[float]) -> float:
    """Taken within a round, since rounds drift together."""
    return round(statistics.median(value / other for value, other in zip(values, others)), 3)
