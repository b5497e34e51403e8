"""Interval arithmetic with open and closed ends: sums and comparisons of printed bounds."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from targets.contract.units import write_bound, write_quantity
from targets.text import say


@dataclass(frozen=True)
class Interval:
    """What a true value may be: from `low` to `high`, each end belonging to it or not."""

    low: float
    high: float
    low_closed: bool
    high_closed: bool

    def times(self, factor: float) -> "Interval":
        """Return the interval of a positive multiple."""
        return Interval(self.low * factor, self.high * factor, self.low_closed, self.high_closed)

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def unlimited(self) -> bool:
        """Whether neither end is finite, so that nothing is known."""
        return math.isinf(self.low) and math.isinf(self.high)


def exactly(value: float) -> Interval:
    """Return the interval of a number that is known exactly."""
    return Interval(value, value, True, True)


def interval_of(row: object) -> Interval | None:
    """Return the interval of a record, or None where it has none (约, or no number)."""
    if math.isnan(row.low) or math.isnan(row.high):
        return None
    return Interval(float(row.low), float(row.high), bool(row.low_closed), bool(row.high_closed))


def add(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of a sum; an end belongs to it only where every end does."""
    every = list(intervals)
    return Interval(
        math.fsum(i.low for i in every),
        math.fsum(i.high for i in every),
        all(i.low_closed for i in every),
        all(i.high_closed for i in every),
    )


def compare(left: Interval, relation: str, right: Interval) -> bool | None:
    """Return whether left <= right (or <) for every value of both, for none, or None where some do."""
    touching_ends_belong = left.high_closed and right.low_closed
    if left.high < right.low or (left.high == right.low and (relation == "<=" or not touching_ends_belong)):
        return True
    beyond = left.low_closed and right.high_closed
    if left.low > right.high or (left.low == right.high and (relation == "<" or not beyond)):
        return False
    return None


def lie_apart(high: np.ndarray, high_closed: np.ndarray, low: np.ndarray, low_closed: np.ndarray) -> np.ndarray:
    """Return which intervals that end at `high` lie below those that begin at `low`, so that no number is in both."""
    return (high < low) | ((high == low) & ~(high_closed & low_closed))


def write_interval(lang: str, interval: Interval, canonical_unit: str) -> str:
    """Write an interval in words: 超过8,500亿元, 100家, 99.5%到100.5%之间."""
    if interval.low == interval.high:
        return write_quantity(lang, interval.low, canonical_unit)
    if math.isinf(interval.high):
        return write_bound(lang, "ge" if interval.low_closed else "gt", interval.low, canonical_unit)
    if math.isinf(interval.low):
        return write_bound(lang, "le" if interval.high_closed else "lt", interval.high, canonical_unit)
    ends = (write_quantity(lang, end, canonical_unit) for end in (interval.low, interval.high))
    return say(lang, "total.between", **dict(zip(("low", "high"), ends, strict=True)))
