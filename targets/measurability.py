"""Could anybody tell whether it came true: what each commitment gives to measure it by, and how it is worded."""

import pandas as pd

from targets.dataset import Dataset
from targets.guards import THING, UNSTATED
from targets.progress import COMMITMENTS

TESTS = ("numbered", "dated", "based", "defined")
"""What a commitment needs to be measured: a number, a year, a base, a definition."""
STRENGTH = ("实现", "将", "提出", "预计", "争取", "力争")
"""Printed words of intent, from the firmest to the most cautious; others follow as they come."""

NO_WORD = "none"
"""Stands in the table for commitments printed without a word of intent."""


def measured(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per commitment among the rows: id, actor, and whether it passes each of TESTS.

    A base is the record's own, or an actual of an earlier year about the same place or company and indicator,
    looked for in all records. Defined means that the indicator has a dimension and says its scope.
    """
    ours = rows[rows["kind"].isin(COMMITMENTS)]
    actuals = data.frame[(data.frame["kind"] == "actual") & data.frame["value"].notna()]
    first = actuals.groupby(list(THING), observed=True)["year"].min().rename("first")
    earliest = ours[list(THING)].merge(first.reset_index(), on=list(THING), how="left")["first"].to_numpy()
    earlier = (ours["year"] > pd.array(earliest, dtype="Int64")).fillna(False).astype(bool)
    return pd.DataFrame(
        {
            "id": ours["id"],
            "actor": ours["actor"],
            "numbered": ours["value"].notna(),
            "dated": ours["year"].notna(),
            "based": (ours["base"] != "") | earlier,
            "defined": (ours["dimension"].astype("str") != "") & (ours["scope"].astype("str") != UNSTATED),
        }
    ).reset_index(drop=True)


def measurability(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per actor: its commitments, how many pass each test, and how many pass them all."""
    table = measured(data, rows)
    table["complete"] = table[list(TESTS)].all(axis=1)
    columns = [*TESTS, "complete"]
    counts = table.groupby("actor", observed=True)[columns].sum().astype("int64")
    counts.insert(0, "commitments", table.groupby("actor", observed=True).size().astype("int64"))
    counts = counts.reset_index().astype({"actor": "str"})
    return counts.sort_values(["complete", "commitments"], ascending=False, kind="stable", ignore_index=True)


def wording(data: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per printed word of intent, the firmest first and NO_WORD last: commitments by kind."""
    ours = rows[rows["kind"].isin(COMMITMENTS)]
    words = ours["modality"].replace("", NO_WORD)
    counts = pd.crosstab(words, ours["kind"].astype("str")).reindex(columns=list(COMMITMENTS), fill_value=0)
    counts.columns.name, counts.index.name = None, "modality"
    others = sorted(set(counts.index) - {*STRENGTH, NO_WORD})
    order = [word for word in (*STRENGTH, *others, NO_WORD) if word in counts.index]
    counts = counts.reindex(order).astype("int64")
    counts["records"] = counts.sum(axis=1).astype("int64")
    return counts.reset_index().astype({"modality": "str"})
