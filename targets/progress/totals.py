"""Totals of the figures of one indicator, where they may be added, and why not where they may not."""

from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from targets.contract.comparability import NEVER_ADDED, OWN, PANEL, TIME, Answer, Reason, containers, may_add, overlaps
from targets.contract.intervals import Interval, add, interval_of
from targets.load.dataset import Dataset
from targets.progress.periods import per_period
from targets.progress.progress import progress


@dataclass(frozen=True)
class Total:
    """A sum: the ids of its records, its interval in the canonical unit, and what was left out and why.

    `period` is the part of the year, missing for a whole one.
    """

    indicator: str
    kind: str
    year: int
    period: str | float
    unit: str
    interval: Interval
    ids: tuple[str, ...]
    left_out: tuple[tuple[str, Reason], ...]


def totals(data: Dataset, ids: pd.Series, asof: str) -> list[Total]:
    """Return every sum of at least two of the records: of one indicator, industry, kind, year and period.

    What a target that was known by the day `asof` revises is left out.
    """
    rows = data.frame[data.frame["id"].isin(ids) & data.frame["year"].notna() & data.frame["value"].notna()]
    rows = rows[~rows["dimension"].isin(NEVER_ADDED)]
    within = containers(data.tables["districts"])
    keys = [rows[c].astype("str") for c in ("indicator", *TIME, *PANEL)]
    groups = (group for _, group in rows.groupby(keys, sort=False, dropna=False) if len(group) > 1)
    revised = _revised(data, asof)
    found = (_total(group, within, revised) for group in groups)
    return [total for total in found if total]


@per_period
def _revised(data: Dataset, asof: str) -> Set[str]:
    """Return the ids of the targets that others, known by the day, revise."""
    return frozenset(progress(data, asof)["revises"].unique())


def _total(rows: pd.DataFrame, within: dict[str, tuple[str, ...]], revised: Set[str]) -> Total | None:
    left_out = {id_: Reason("revised") for id_ in rows["id"] if id_ in revised}
    left_out |= {id_: Reason("about") for id_ in rows.loc[rows["comparator"] == "approx", "id"]}
    left_out |= overlaps(rows[~rows["id"].isin(left_out)], within)
    added = rows[~rows["id"].isin(left_out)]
    total = add(i for i in map(interval_of, added.itertuples()) if i)
    if len(added) < 2 or total.unlimited or not may_add(added, within).allowed:
        return None
    first = added.iloc[0]
    return Total(
        str(first["indicator"]), str(first["kind"]), int(first["year"]), first["period"], str(first["canonical_unit"]),
        total, tuple(added["id"]), tuple(left_out.items()),
    )  # fmt: skip


def why_not(data: Dataset, ids: pd.Series) -> Answer:
    """Say why records of several places or companies have no sum; records of one alone need no reason.

    Figures of one kind and year come first, as these look as if they could be added.
    """
    rows = data.frame[data.frame["id"].isin(ids) & data.frame["value"].notna()]
    subject = rows["actor"].astype("str").where(rows["actor_type"].isin(OWN), rows["district"].astype("str"))
    if subject.nunique() < 2:
        return Answer()
    within = containers(data.tables["districts"])
    for _, group in rows.assign(subject=subject).groupby(
        [rows[c].astype("str") for c in TIME], sort=False, dropna=False
    ):
        if group["subject"].nunique() > 1:
            return may_add(group, within)
    return may_add(rows, within)
