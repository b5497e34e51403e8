"""The report: rows with a value, a floor measured in the same run and an aim, written as Markdown."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import linear_regression


@dataclass(frozen=True)
class Row:
    """A measure: its value, the floor that was measured by turns with it, and what is aimed at.

    The aim is a ratio to the floor or, without one, a value; it is the most, or with `more` the least.
    """

    name: str
    value: float
    unit: str
    floor: str = ""
    least: float | None = None
    aim: float | None = None
    more: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the floor the value is."""
        return self.value / self.least if self.least else None

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached, None without one."""
        found = self.value if self.least is None else self.ratio
        if self.aim is None or found is None:
            return None
        return found >= self.aim if self.more else found <= self.aim

    def write(self) -> str:
        """Return the row of the table."""
        floor = f"{self.floor} {_write(self.least)}" if self.least is not None else self.floor
        ratio = "" if self.ratio is None else f"{_write(self.ratio)}x"
        sign, times = "≥" if self.more else "≤", "x" if self.least is not None else f" {self.unit}".rstrip()
        aim = "" if self.aim is None else f"{sign} {_write(self.aim)}{times}"
        verdict = {True: "yes", False: "**no**", None: ""}[self.reached]
        return f"| {self.name} | {_write(self.value)} {self.unit} | {floor} | {ratio} | {aim} | {verdict} |"


@dataclass(frozen=True)
class NotRun:
    """A measure that could not be taken, and why."""

    name: str
    why: str

    def write(self) -> str:
        """Return the row of the table."""
        return f"| {self.name} | not run: {self.why} | | | | |"


def _write(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write_table(title: str, rows: Iterable[Row | NotRun]) -> Iterator[str]:
    """Return a section of the report, line by line."""
    yield from (f"\n## {title}\n", "| measure | value | floor | ratio | aim | reached |", "|---|---|---|---|---|---|")
    for row in rows:
        yield row.write()


def fit_exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return b of cost = a * size**b: 1 is linear, 0 flat."""
    logs = [[math.log(max(each, 1e-9)) for each in values] for values in (sizes, costs)]
    return linear_regression(*logs).slope


def write_growth(what: str, sizes: Sequence[int], costs: dict[str, Sequence[float]]) -> Iterator[str]:
    """Return a table of costs by size, with the fitted exponents."""
    yield f"\n| {what} | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent |"
    yield "|---|" + "---|" * (len(sizes) + 1)
    for name, each in costs.items():
        yield f"| {name} | " + " | ".join(map(_write, each)) + f" | {fit_exponent(sizes, each):.2f} |"
