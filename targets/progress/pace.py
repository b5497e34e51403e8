"""The pace towards a target: actual over required growth, as an interval, by the kind of target.

Eurostat's family of methods as in Open SDG: R = d * g_act / |g_req| with g_act = (y / b)^(1/n) - 1 and
g_req = (T / b)^(1/N) - 1; shares in percentage points a year, totals as part done over part of the period.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from targets.contract.columns import choose_words
from targets.progress.verdicts import UNDECIDED

SIGNIFICANT, MODERATE = 0.95, 0.60
"""R from which progress is significant, and moderate; a ratio of exactly this belongs above."""
PACES = ("level", "share", "average_growth", "total")
"""The kinds of target that have a pace before they are due."""
CLASSES = ("moving_away", "insufficient", "moderate", "significant", "met")
DIGITS = 12
"""Significant digits to which R is rounded before it is classed, so that 0.95 is 0.95."""


@dataclass(frozen=True)
class Intervals:
    """Intervals of true values: arrays low and high, NaN where none is known (约), infinite where open."""

    low: np.ndarray
    high: np.ndarray

    @property
    def one_sided(self) -> np.ndarray:
        """Whether an end is open."""
        return np.isinf(self.low) | np.isinf(self.high)

    def where(self, mask: np.ndarray) -> "Intervals":
        """Return the intervals where the mask holds, NaN elsewhere."""
        return Intervals(np.where(mask, self.low, np.nan), np.where(mask, self.high, np.nan))


def round_ratio(ratio: np.ndarray) -> np.ndarray:
    """Round to twelve significant digits; infinities and NaN stay."""
    with np.errstate(all="ignore"):
        size = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(ratio))))
        rounded = np.round(ratio * size) / size
    return np.where(np.isfinite(rounded), rounded, ratio)


def classify(ratio: np.ndarray) -> np.ndarray:
    """Return the number of each ratio's class in CLASSES, met left out; -1 for NaN."""
    rounded = round_ratio(ratio)
    found = np.searchsorted([0.0, MODERATE, SIGNIFICANT], np.nan_to_num(rounded, nan=-1.0), side="right")
    return np.where(np.isnan(ratio), -1, found)


def rate(kind: str, start: np.ndarray, end: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Return the yearly change: compound growth as a fraction, or for shares percentage points.

    Nothing compounds from zero or less, or to less than zero: NaN.
    """
    with np.errstate(all="ignore"):
        if kind == "share":
            return (end - start) / years
        return np.where((start > 0) & (end >= 0), (end / start) ** (1 / years) - 1, np.nan)


def _ratio(kind: str, b: np.ndarray, y: np.ndarray, target: np.ndarray, n: np.ndarray, N: np.ndarray) -> np.ndarray:  # noqa: N803 - as the method writes it
    """Return R without the sign of the direction, at one corner of the intervals."""
    with np.errstate(all="ignore"):
        if kind == "total":
            return (y / target) / (n / N)
        if kind == "average_growth":
            return rate("level", b, y, n) * 100 / np.abs(target)
        return rate(kind, b, y, n) / np.abs(rate(kind, b, target, N))


def ratio_interval(
    kind: str,
    base: Intervals,
    actual: Intervals,
    target: np.ndarray,
    years: tuple[np.ndarray, np.ndarray],
    direction: np.ndarray,
) -> Intervals:
    """Return the interval of R over all true values of base and actual.

    R rises with the actual where more is better (direction +1), and falls with it where less is. It falls as the
    base rises, or rises with it where the actual is beyond the target, so the ends of R lie at corners; an open end
    of base or actual opens R.
    """
    up = direction > 0
    worst = np.where(up, base.high, base.low), np.where(up, actual.low, actual.high)
    best = np.where(up, base.low, base.high), np.where(up, actual.high, actual.low)
    if kind == "total":
        worst, best = (target, worst[1]), (target, best[1])
    low, low_other = (direction * _ratio(kind, b, worst[1], target, *years) for b in (worst[0], best[0]))
    high, high_other = (direction * _ratio(kind, b, best[1], target, *years) for b in (best[0], worst[0]))
    both = np.isfinite(worst[0]) & np.isfinite(best[0])
    low, high = np.where(both, np.minimum(low, low_other), low), np.where(both, np.maximum(high, high_other), high)
    low = np.where(np.isinf(worst[0]) | np.isinf(worst[1]), -np.inf, low)
    high = np.where(np.isinf(best[0]) | np.isinf(best[1]), np.inf, high)
    return _known(low, high)


def rate_interval(kind: str, start: Intervals, end: Intervals, years: np.ndarray) -> Intervals:
    """Return the interval of the yearly change in %, for shares in points: it rises with the end."""
    scale = 1 if kind == "share" else 100
    low, high = rate(kind, start.high, end.low, years) * scale, rate(kind, start.low, end.high, years) * scale
    low = np.where(np.isinf(start.high) | np.isinf(end.low), -np.inf, low)
    high = np.where(np.isinf(start.low) | np.isinf(end.high), np.inf, high)
    return _known(low, high)


def _known(low: np.ndarray, high: np.ndarray) -> Intervals:
    """Return the rounded intervals; one with an end unknown is unknown."""
    return Intervals(round_ratio(low), round_ratio(high)).where(~np.isnan(low) & ~np.isnan(high))


def years_of_total(targets: pd.DataFrame) -> np.ndarray:
    """Return the years of the period of a total: from the year of its source to its own, at least one."""
    return np.maximum((targets["year"] - targets["source_year"]).to_numpy("float64", na_value=np.nan), 1)


def interval_in(table: pd.DataFrame, name: str) -> Intervals:
    """Return the intervals in the two columns of this name."""
    return Intervals(table[f"{name}_low"].to_numpy("float64"), table[f"{name}_high"].to_numpy("float64"))


def _point_in(table: pd.DataFrame, name: str) -> Intervals:
    value = table[f"{name}_value"].to_numpy("float64")
    return Intervals(value, value)


PACE = (
    "achieved_low", "achieved_high", "required_low", "required_high", "remaining_low", "remaining_high",
    "ratio", "ratio_low", "ratio_high",
)  # fmt: skip


def add_pace(table: pd.DataFrame, targets: pd.DataFrame, direction: np.ndarray) -> pd.DataFrame:
    """Add years, growth achieved, required and remaining, R, and what an average rate comes to."""
    target = targets["canonical_value"].to_numpy()
    end, base_year = (table[c].to_numpy("float64", na_value=np.nan) for c in ("year", "base_year"))
    actual_year = table["actual_year"].to_numpy("float64", na_value=np.nan)
    kinds, due = table["pace"].to_numpy(), (table["calendar"] == "due").to_numpy()
    start = np.where(kinds == "total", end - years_of_total(targets), base_year)
    past, whole = (np.where(years > 0, years, np.nan) for years in (actual_year - start, end - start))
    left = np.where(end > actual_year, end - actual_year, np.nan)
    pace = {name: np.full(len(table), np.nan) for name in PACE}
    columns = [f"{side}_{part}" for side in ("base", "actual") for part in ("value", "low", "high")]
    for kind in PACES:
        paced = kinds == kind
        if kind == "average_growth":
            paced &= ~due  # a due one shows a rate, which never compounds
        at = np.flatnonzero(paced)
        if len(at):
            years = past[at], whole[at], left[at]
            for name, values in _pace(kind, table[columns].take(at), target[at], years, direction[at]).items():
                pace[name][at] = values
    counted = end - np.where(np.isnan(base_year), targets["source_year"].to_numpy("float64") - 1, base_year)
    multiple = np.where(kinds == "average_growth", (1 + target / 100) ** counted, np.nan)
    return table.assign(years_past=past, years_all=whole, **pace, multiple=multiple)


def _pace(
    kind: str, figures: pd.DataFrame, target: np.ndarray, years: tuple[np.ndarray, ...], direction: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of PACE that targets of one kind have; `years` are those past, all of them, and those left."""
    past, whole, left = years
    base, actual, goal = interval_in(figures, "base"), interval_in(figures, "actual"), Intervals(target, target)
    ratio = ratio_interval(kind, base, actual, target, (past, whole), direction)
    points = _point_in(figures, "base"), _point_in(figures, "actual")
    pace = {"ratio": ratio_interval(kind, *points, target, (past, whole), direction).low}
    pace |= {"ratio_low": ratio.low, "ratio_high": ratio.high}
    growing = "share" if kind == "share" else "level"
    if kind != "total":
        achieved = rate_interval(growing, base, actual, past)
        pace |= {"achieved_low": achieved.low, "achieved_high": achieved.high}
    if kind in ("level", "share"):
        required, remaining = rate_interval(growing, base, goal, whole), rate_interval(growing, actual, goal, left)
        pace |= {"required_low": required.low, "required_high": required.high}
        pace |= {"remaining_low": remaining.low, "remaining_high": remaining.high}
    return pace


def add_classes(table: pd.DataFrame, verdict: np.ndarray) -> pd.DataFrame:
    """Add the classes at both ends of R, and how R is bounded; a figure that may meet the target may be met."""
    low, high = table["ratio_low"].to_numpy(), table["ratio_high"].to_numpy()
    paced = ~np.isnan(low) & ~np.isnan(high)
    number_low, number_high = classify(low), np.where(verdict == UNDECIDED, CLASSES.index("met"), classify(high))
    at_best, at_least = paced & np.isneginf(low), paced & np.isposinf(high) & ~np.isneginf(low)
    bound = choose_words([at_best, at_least, paced], ["at_best", "at_least", "exact"])
    return table.assign(
        bound=bound,
        class_low=_name_classes(np.where(paced & ~at_best, number_low, len(CLASSES))),
        class_high=_name_classes(np.where(paced & ~at_least, number_high, len(CLASSES))),
    )


def _name_classes(numbers: np.ndarray) -> pd.Categorical:
    return pd.Categorical.from_codes(numbers, [*CLASSES, ""])
