"""Measurements by turns, and their report in Markdown: a value, a floor measured in the same run, and an aim."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

Sample = dict[str, float]
"""What one measurement found, by the name of the figure."""


def take_turns(cases: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, Sample]:
    """Measure every case once in each round; return the medians. Other work on the machine falls on all cases."""
    found: dict[str, list[Sample]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measure in cases.items():
            found[name].append(measure())
    return {name: {key: median(s[key] for s in samples) for key in samples[0]} for name, samples in found.items()}


@dataclass(frozen=True)
class Row:
    """A measure: its value, the floor that was measured by turns with it, and the aim.

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


def write_failure(name: str, why: str) -> str:
    """Return the row of a measure that could not be taken."""
    return f"| {name} | not run: {why} | | | | |"


def _write(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write_table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    """Return a section of the report, line by line."""
    yield from (f"\n## {title}\n", "| measure | value | floor | ratio | aim | reached |", "|---|---|---|---|---|---|")
    for row in rows:
        yield row.write()
