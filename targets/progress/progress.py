"""Did it come true, and if it is not due yet, how fast is it going: one result per target, with every input.

Calendar state, verdict and pace follow the progress method: all of it is about intervals, because most
printed figures are bounds. Sources: Open SDG's progress methodology, Eustat's methodology page.
"""

import numpy as np
import pandas as pd

from targets.contract.columns import choose_words
from targets.load.dataset import Dataset
from targets.progress.actuals import NONE, Matches, known_from, match, positions_of_ids
from targets.progress.pace import PACES, add_classes, add_pace, interval_in, years_of_total
from targets.progress.periods import per_period
from targets.progress.verdicts import MET, MISSED, UNDECIDED, judge, wanted_comparator

STATES = ("met", "missed", "undecided", "no_result", "not_due", "undated", "no_number")
"""Every target is in exactly one of them; a pledge has no number."""
COMMITMENTS = ("target", "expected", "pledge")
CAPS, FLOORS = ("le", "lt"), ("ge", "gt")
"""Comparators of a target that must stay below its number, and above."""
RECORD = (
    "id", "actor", "district", "industry", "indicator", "kind", "year", "as_printed", "comparator",
    "canonical_value", "canonical_unit",
)  # fmt: skip
USED = ("period", "pace", "direction", "level", "subject", "source_year", "base", "revises", "source", "line")
"""Columns of a target that its result is reckoned from, or shows, beside RECORD."""


def progress(data: Dataset, asof: str) -> pd.DataFrame:
    """Return one row per target, expectation and pledge that was known by the day, in the order of the file.

    Columns: the record's own; `pace` (how pace is reckoned), `calendar` (undated, not_due, due), `state`,
    `rule` and `reason` (why there is no verdict or no class); `base_*` and `actual_*` (id, year, value, low,
    high in the canonical unit); `years_past` n and `years_all` N; `achieved_*` and `required_*` growth a year
    in % (points for shares), `remaining_*` what is needed a year from the actual on; `ratio_*` R as an
    interval, `ratio` at the printed numbers, `bound` (at_best, at_least, exact), `class_low`, `class_high`;
    `multiple` what an average growth rate comes to by the target year; `break_crossed`; `revises`,
    `revised_by`; `source`, `line`.
    """
    return _results(data, asof)[0]


def base_places(data: Dataset, asof: str) -> np.ndarray:
    """Return where in the frame the base of each row of progress stands, -1 where there is none."""
    return _results(data, asof)[1]


@per_period
def places(data: Dataset, asof: str) -> np.ndarray:
    """Return where in the frame the record of each row of progress stands."""
    return np.flatnonzero(data.frame["kind"].isin(COMMITMENTS) & (known_from(data) <= asof))


@per_period
def states(data: Dataset, asof: str) -> pd.Series:
    """Return the state of every record of the frame as a category, missing for actuals and unknown targets."""
    state = progress(data, asof)["state"].array
    codes = np.full(len(data.frame), -1, dtype=state.codes.dtype)
    codes[places(data, asof)] = state.codes
    return pd.Series(pd.Categorical.from_codes(codes, dtype=state.dtype), data.frame.index)


@per_period
def _results(data: Dataset, asof: str) -> tuple[pd.DataFrame, np.ndarray]:
    frame = data.frame
    targets = frame[[*RECORD, *USED]].take(places(data, asof))
    found = match(data, targets, asof)
    table = targets[list(RECORD)].assign(pace=targets["pace"].astype("str").fillna(""))
    table["calendar"] = _calendar(targets, asof)
    direction = np.where(targets["direction"] == "lower", -1, 1)
    averaged = (table["pace"] == "average_growth").to_numpy(dtype=bool)
    due = (table["calendar"] == "due").to_numpy()
    comparator = wanted_comparator(targets["comparator"], direction)
    recent = np.where(_counts_early(frame, targets, found, comparator, direction), found.latest, NONE)
    since = _year_of(frame, recent) >= targets["source_year"].to_numpy("float64")
    early = np.where(since, recent, NONE)  # a figure from before the promise meets nothing
    judged = np.where(due, found.of_year, early)
    verdict, before = (
        judge(comparator, targets["canonical_value"].to_numpy(), _figures(frame, figures))
        for figures in (judged, np.where(since, NONE, recent))
    )
    table["state"] = _state(table, verdict)
    shown = np.where(due, found.of_year, np.where(averaged, found.latest, recent))
    table = _add_figures(table, frame, "base", found.base)
    table = _add_figures(table, frame, "actual", shown)
    table = add_pace(table, targets, direction)
    table["reason"] = _reason(table, targets, comparator, direction, before)
    paced = (table["state"] == "not_due") & (table["reason"] == "")
    table.loc[~paced, ["ratio", "ratio_low", "ratio_high"]] = np.nan
    table = add_classes(table, verdict)
    table["rule"] = _rule(table)
    table["break_crossed"] = found.crosses(shown)
    table["revises"] = targets["revises"]
    table["revised_by"] = _revised_by(targets)
    table = table.assign(source=targets["source"], line=targets["line"]).reset_index(drop=True)
    return table, found.base


def _revised_by(targets: pd.DataFrame) -> np.ndarray:
    """Return the id of the target that revises each one, or ""."""
    newer = targets.loc[targets["revises"] != "", ["id", "revises"]]
    place = positions_of_ids(targets["id"], newer["revises"])
    revised_by = np.full(len(targets), "", dtype="object")
    revised_by[place[place >= 0]] = newer["id"].to_numpy()[place >= 0]
    return revised_by


def _calendar(targets: pd.DataFrame, asof: str) -> pd.Categorical:
    """A target is due when its year has ended."""
    year = targets["year"].to_numpy("float64", na_value=np.nan)
    dated = ~np.isnan(year)
    return choose_words([dated & (year < int(asof[:4])), dated, ~dated], ["due", "not_due", "undated"])


def _limits(pace: np.ndarray, comparator: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return whether a target is a limit that the figure comes near with time, and not a goal.

    Of a total that is every cap, else what the good direction leads up to: at most 45 % of what is better the more.
    """
    return np.where((pace == "total") | (direction > 0), np.isin(comparator, CAPS), np.isin(comparator, FLOORS))


def _counts_early(
    frame: pd.DataFrame, targets: pd.DataFrame, found: Matches, comparator: np.ndarray, direction: np.ndarray
) -> np.ndarray:
    """Return whether the latest actual can meet the target before its year has ended.

    A growth rate is judged by its own year alone, and an average one paced by the level behind it. A total
    counts from within its period. A limit is open until the period has ended.
    """
    start = targets["year"].to_numpy("float64", na_value=np.nan) - years_of_total(targets)
    within = _year_of(frame, found.latest) > start
    pace = targets["pace"].astype("object").to_numpy()
    goal = ~_limits(pace, comparator, direction) & ~np.isin(pace, ("growth", "average_growth"))
    return goal & (within | (pace != "total"))


def _year_of(frame: pd.DataFrame, position: np.ndarray) -> np.ndarray:
    return frame["year"].to_numpy("float64", na_value=np.nan)[np.maximum(position, 0)]


def _figures(frame: pd.DataFrame, position: np.ndarray) -> pd.DataFrame:
    figure = frame[["low", "high", "low_closed", "high_closed"]].take(np.maximum(position, 0))
    return figure.assign(there=position != NONE)


def _state(table: pd.DataFrame, verdict: np.ndarray) -> pd.Categorical:
    """Before it is due only `met` is a verdict; what is due without a figure has no result found."""
    calendar, judged = table["calendar"], (MET, MISSED, UNDECIDED)
    due, pledge = (calendar == "due").to_numpy(), (table["kind"] == "pledge").to_numpy()
    conditions = [pledge, *(due & (verdict == word) for word in judged), due, verdict == MET]
    conditions += [(calendar == word).to_numpy() for word in ("not_due", "undated")]
    words = ("no_number", *judged, "no_result", MET, "not_due", "undated")
    codes = np.select(conditions, [STATES.index(word) for word in words])
    return pd.Categorical.from_codes(codes, list(STATES), ordered=True)


def _add_figures(table: pd.DataFrame, frame: pd.DataFrame, name: str, position: np.ndarray) -> pd.DataFrame:
    there = position != NONE
    columns = {"id": "id", "year": "year", "value": "canonical_value", "low": "low", "high": "high"}
    taken = frame[list(columns.values())].take(np.maximum(position, 0))
    added = {f"{name}_{ours}": taken[theirs].where(there).to_numpy() for ours, theirs in columns.items()}
    added[f"{name}_id"] = np.where(there, taken["id"].to_numpy(), "")
    return table.assign(**added).astype({f"{name}_year": "Int64"})


def _reason(
    table: pd.DataFrame, targets: pd.DataFrame, comparator: np.ndarray, direction: np.ndarray, before: np.ndarray
) -> pd.Categorical:
    """Return why a target has no verdict or no class of pace; "" where it has one. The first that holds counts.

    `before` is the verdict that a figure from before the target was set would give.
    """
    target = targets["canonical_value"].to_numpy()
    pace = table["pace"].to_numpy()
    base, actual = interval_in(table, "base"), interval_in(table, "actual")
    has_base, has_actual = (table["base_id"] != "").to_numpy(), (table["actual_id"] != "").to_numpy()
    state = table["state"]
    needs_base = np.isin(pace, ("level", "share", "average_growth"))
    compound = np.isin(pace, ("level", "average_growth"))
    level = pace == "level"
    base_value = table["base_value"].to_numpy("float64")
    worst = np.where(direction > 0, base.high, base.low)
    towards = np.isin(pace, ("level", "share"))
    limits = _limits(pace, comparator, direction)
    with np.errstate(invalid="ignore"):
        reasons = [
            ("", state.isin((MET, MISSED))),
            ("no_number", state == "no_number"),
            ("approx_target", (comparator == "approx") & (state != "no_result")),
            ("approx_actual", (state == "undecided") & np.isnan(actual.low)),
            ("straddles", state == "undecided"),
            ("no_result", state == "no_result"),
            ("undated", state == "undated"),
            ("rank", pace == "rank"),
            ("period_open", pace == "growth"),
            ("zero_target", (pace == "zero") | (target == 0)),
            ("total_cap", (pace == "total") & limits),
            ("no_base", needs_base & ~has_base),
            ("approx_base", needs_base & np.isnan(base.low)),
            ("base_not_positive", compound & ~(np.where(np.isinf(base.low), base_value, base.low) > 0)),
            ("sign_change", (level & (target < 0)) | ((pace == "average_growth") & (direction * target < 0))),
            ("cap", needs_base & limits),
            ("target_is_base", towards & (target == base_value)),
            ("target_behind_base", towards & (direction * (target - base_value) < 0)),
            ("base_spans_target", towards & np.isfinite(worst) & (direction * (target - worst) <= 0)),
            ("met_before", towards & (before == MET)),
            ("no_actual", ~has_actual | np.isnan(table["years_past"].to_numpy("float64"))),
            ("approx_actual", np.isnan(actual.low)),
            ("sign_change", compound & (np.where(np.isinf(actual.low), 0, actual.low) < 0)),
            ("both_bounds", needs_base & base.one_sided & actual.one_sided),
        ]  # fmt: skip
    return choose_words([np.asarray(holds, dtype=bool) for _, holds in reasons], [name for name, _ in reasons])


def _rule(table: pd.DataFrame) -> pd.Categorical:
    """Return which rule of the method gave the result."""
    state, due = table["state"], table["calendar"] == "due"
    verdict = state.isin(["met", "missed", "undecided"])
    paced = (table["bound"] != "").to_numpy()
    conditions = [state == "no_number", verdict & due, verdict, due, *(paced & (table["pace"] == p) for p in PACES)]
    words = ["", "verdict_of_year", "verdict_early", "no_result", *(f"pace_{pace}" for pace in PACES)]
    return choose_words([np.asarray(each, dtype=bool) for each in conditions], words)
