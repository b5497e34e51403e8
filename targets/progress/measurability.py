"""Measurability of commitments: whether each has a number, a year, a base and a definition, and how firm its words."""

import numpy as np
import pandas as pd

from targets.contract.columns import among, count_pairs
from targets.contract.comparability import UNSTATED
from targets.load.dataset import Dataset, per_dataset
from targets.load.rows import Rows
from targets.progress.actuals import series_of
from targets.progress.progress import COMMITMENTS
from targets.text import words

TESTS = ("numbered", "dated", "based", "defined")
"""What a commitment needs to be measured: a number, a year, a base, a definition."""
NO_WORD = "none"
"""Stands in the table for commitments printed without a word of intent."""


def measured(data: Dataset, rows: pd.DataFrame | Rows) -> pd.DataFrame:
    """Return one row per commitment among the rows: id, actor, and whether it passes each of TESTS.

    A base is the record's own, or an actual from before the promise and its year about the same place or company
    and indicator, looked for in all records. Defined means that the indicator has a dimension and says its scope.
    """
    ours = data.frame[["id", "actor"]].take(_commitments(rows)).reset_index(drop=True)
    passed = _passed(data)[_commitments(rows)]
    return ours.assign(**{test: (passed >> n & 1).astype(bool) for n, test in enumerate(TESTS)})


def _commitments(rows: pd.DataFrame | Rows) -> np.ndarray:
    """Return where the commitments among the rows stand in the frame."""
    return np.asarray(rows.index)[among(rows["kind"].array, COMMITMENTS)]


@per_dataset
def _passed(data: Dataset) -> np.ndarray:
    """Return for each record the tests that it passes, one bit for each of TESTS in order."""
    frame, series = data.frame, series_of(data)
    year = frame["year"].to_numpy("float64", na_value=np.nan)
    promised = frame["source_year"].to_numpy("float64")
    numbered, dated = frame["value"].notna().to_numpy(), ~np.isnan(year)
    figures = (frame["kind"] == "actual").to_numpy() & numbered & dated
    first = pd.Series(year[figures]).groupby(series[figures]).min().reindex(series).to_numpy()
    tests = {
        "numbered": numbered,
        "dated": dated,
        "based": (frame["base"] != "").to_numpy() | (np.minimum(year, promised) > first),
        "defined": ~among(frame["dimension"].array, [""]) & ~among(frame["scope"].array, [UNSTATED]),
    }
    return np.bitwise_or.reduce([tests[test].astype("uint8") << n for n, test in enumerate(TESTS)])


def measurability(data: Dataset, rows: Rows) -> pd.DataFrame:
    """Return one row per actor: its commitments, how many pass each test, and how many pass them all."""
    ours = _commitments(rows)
    actor, combinations = data.frame["actor"].array, 1 << len(TESTS)
    both = actor.codes[ours].astype("int64") * combinations + _passed(data)[ours]
    found = np.bincount(both, minlength=len(actor.categories) * combinations).reshape(-1, combinations)
    counts = pd.DataFrame({"actor": actor.categories, "commitments": found.sum(axis=1)})
    passing = np.arange(combinations)
    for n, test in enumerate(TESTS):
        counts[test] = found[:, passing >> n & 1 == 1].sum(axis=1)
    counts["complete"] = found[:, -1]
    counts = counts[counts["commitments"] > 0]
    return counts.sort_values(["complete", "commitments"], ascending=False, kind="stable", ignore_index=True)


def wording(data: Dataset, rows: Rows) -> pd.DataFrame:
    """Return one row per printed word of intent, the firmest first and NO_WORD last: commitments by kind."""
    counts = count_pairs(data.coded("modality").take(np.asarray(rows.index)), rows["kind"].array)
    counts = counts.rename(index={"": NO_WORD}).groupby(level=0).sum().reindex(columns=list(COMMITMENTS), fill_value=0)
    counts = counts[counts.sum(axis=1) > 0]
    counts.columns.name, counts.index.name = None, "modality"
    firmest = words("modality")
    others = sorted(set(counts.index) - {*firmest, NO_WORD})
    order = [word for word in (*firmest, *others, NO_WORD) if word in counts.index]
    counts = counts.reindex(order).astype("int64")
    counts["records"] = counts.sum(axis=1).astype("int64")
    return counts.reset_index().astype({"modality": "str"})
