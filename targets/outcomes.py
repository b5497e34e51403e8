"""The tables of progress: every target with its state, the path from base to target, and statements checked."""

import numpy as np
import pandas as pd

from targets.actuals import known_from, series_side
from targets.dataset import Dataset
from targets.guards import AXIS, BOUND_OF_RATIO
from targets.progress import COMMITMENTS, STATES, places, progress

RECORD = (
    "id", "actor", "district", "industry", "indicator", "kind", "year", "period", "as_printed", "comparator", "value",
    "unit", "canonical_value", "canonical_unit", "state", "source", "line",
)  # fmt: skip


def of_selection(data: Dataset, rows: pd.DataFrame, asof: str) -> pd.DataFrame:
    """One row per selected target, expectation and pledge, with every input and result of its progress."""
    selected = np.zeros(len(data.frame), dtype=bool)
    selected[rows.index] = True
    return progress(data, asof)[selected[places(data, asof)]].reset_index(drop=True)


def outcomes(data: Dataset, rows: pd.DataFrame, asof: str) -> pd.DataFrame:
    """One row per state that occurs: how many targets, expectations and pledges are in it; they add up."""
    table = of_selection(data, rows, asof)
    counts = pd.crosstab(table["state"].astype("str"), table["kind"].astype("str"))
    counts = counts.reindex(index=list(STATES), columns=list(COMMITMENTS), fill_value=0).astype("int64")
    counts.index.name, counts.columns.name = "state", None
    counts["records"] = counts.sum(axis=1)
    return counts[counts["records"] > 0].reset_index()


def headline(data: Dataset, rows: pd.DataFrame, asof: str) -> pd.DataFrame:
    """One row per money target, the largest first: its base and the yearly growth it implies.

    `growth` is (target / base)^(1 / years) - 1 in %, nominal; `growth_bound` says how it is bounded: at_most
    where the base is a lower bound, at_least where it is an upper one, exact, or blank; `missing` names why
    there is none.
    """
    money = rows[(rows["kind"] == "target") & (rows["dimension"] == "money") & rows["value"].notna()]
    by_place = data.shared.get(("progress by place", asof), lambda: progress(data, asof).set_index(places(data, asof)))
    known = by_place.reindex(money.index)
    dated = money["year"].notna().to_numpy()
    base_id = known["base_id"].where(dated & (known["base_id"] != ""))
    base = data.by_id.reindex(base_id)
    extra = [column for column in AXIS if column not in RECORD]
    table = money[[*RECORD, *extra]].reset_index(drop=True).assign(
        base_id=base_id.array, base_year=base["year"].array, base_printed=base["as_printed"].array,
        base_comparator=base["comparator"].astype("object").array, base_value=base["canonical_value"].array,
    )  # fmt: skip
    years = (table["year"] - table["base_year"]).astype("float64")
    ratio = table["canonical_value"] / table["base_value"].where(table["base_value"] > 0)
    table["growth_bound"] = table["base_comparator"].map(BOUND_OF_RATIO)
    table["growth"] = ((ratio ** (1 / years) - 1) * 100).where(table["growth_bound"].notna()).round(1)
    reason = np.where(table["year"].isna(), "undated", np.where(table["base_value"].isna(), "no_base", "bad_base"))
    table["missing"] = pd.Series(reason, index=table.index).where(table["growth"].isna())
    order = ["canonical_value", "actor", "indicator", "year"]
    return table.sort_values(order, ascending=[False, True, True, True], kind="stable", ignore_index=True)


def _sides(data: Dataset) -> np.ndarray:
    return data.shared.get(("sides of series",), lambda: series_side(data, known_from(data)))


def _levels(data: Dataset, asof: str) -> pd.DataFrame:
    """One row per figure for a whole year, with the side of its series and whether it leads for its year."""

    def make() -> pd.DataFrame:
        frame, known = data.frame, known_from(data)
        level = frame[(frame["kind"] == "actual") & frame["year"].notna() & frame["period"].isna() & (known <= asof)]
        level = level.assign(side=_sides(data)[level.index], standing=level["status"].cat.codes)
        level = level.sort_values(["year", "standing"], kind="stable")
        return level.assign(leads=~level.duplicated(["subject", "indicator", "year"], keep="last"))

    return data.shared.get(("levels", asof), make)


def paths(data: Dataset, rows: pd.DataFrame, asof: str) -> pd.DataFrame:
    """One row per point on the way to a target that has a base: the base, each later actual, the target.

    `target_id` names the way, `role` the point. Of several figures for one year one `leads`; `side` counts
    the breaks of the series before the figure was published. The target's row has its R as an interval.
    """
    frame = data.frame
    ways = of_selection(data, rows, asof)
    ways = ways[(ways["base_id"] != "") & ways["year"].notna() & (ways["pace"] == "level")]
    level = _levels(data, asof)
    wanted = ways[["id", "year", "base_year", "base_id"]].set_axis(["target_id", "until", "from", "base_id"], axis=1)
    subject = data.by_id.loc[ways["id"], "subject"].astype("str").to_numpy()
    wanted = wanted.assign(subject=subject, indicator=ways["indicator"].astype("str"))
    level = level[level["subject"].isin(wanted["subject"])].astype({"subject": "str", "indicator": "str"})
    points = wanted.merge(level, on=["subject", "indicator"])
    points = points[(points["year"] >= points["from"]) & (points["year"] <= points["until"])]
    points = points.assign(role=np.where(points["id"] == points["base_id"], "base", "actual"))
    goals = frame.assign(side=_sides(data))[frame["id"].isin(ways["id"])]
    goals = goals.assign(leads=True, target_id=goals["id"], role="target")
    columns = [
        "target_id", "role", "id", "actor", "district", "indicator", "kind", "year", "as_printed", "comparator",
        "value", "unit", "canonical_value", "canonical_unit", "status", "leads", "side", "source", "line",
    ]  # fmt: skip
    both = pd.concat([part[columns].astype({"actor": "str", "indicator": "str"}) for part in (points, goals)])
    ratios = ways.set_index("id")[["ratio_low", "ratio_high"]]
    goal = both["role"] == "target"
    for column in ratios:
        both[column] = both["target_id"].map(ratios[column]).where(goal)
    order = {id_: n for n, id_ in enumerate(ways.sort_values("canonical_value", ascending=False, kind="stable")["id"])}
    both = both.assign(order=both["target_id"].map(order)).sort_values(["order", "year"], kind="stable")
    return both.drop(columns="order").reset_index(drop=True)


def statements(data: Dataset, rows: pd.DataFrame, asof: str) -> pd.DataFrame:
    """One row per fact that a printed page states, held against what other sources publish of the same thing.

    `outcome` is confirmed where every value of the other figure satisfies the statement, contradicted where
    none does, undecided where some do, unconfirmed where there is no other figure. A statement without a
    year is compared with the last year before its page.
    """
    frame = data.frame.assign(known=known_from(data))
    actuals = frame[(frame["kind"] == "actual") & frame["value"].notna() & (frame["known"] <= asof)]
    stated = actuals[actuals["source_lines"].notna() & actuals["id"].isin(rows["id"])]
    stated = stated.assign(year_compared=stated["year"].fillna(stated["source_year"] - 1))
    compared = ["low", "high", "low_closed", "high_closed", "as_printed", "known", "status"]
    other = actuals[["id", "source", "subject", "indicator", "year", "period", *compared]]
    other = other.assign(standing=other["status"].cat.codes).sort_values(["standing", "known"], kind="stable")
    keys = ["subject", "indicator", "year_compared", "period"]
    pairs = stated[["id", "source", *keys]].merge(
        other.rename(columns={"year": "year_compared"}), on=keys, suffixes=("", "_other")
    )
    pairs = pairs[pairs["source"].astype("str") != pairs["source_other"].astype("str")]
    found = pairs.drop_duplicates("id", keep="last").set_index("id").reindex(stated["id"])
    table = stated[
        ["id", "actor", "district", "indicator", "kind", "year", "as_printed", "comparator", "canonical_value",
         "canonical_unit", "source", "line"]
    ].reset_index(drop=True)  # fmt: skip
    return table.assign(
        outcome=_compare(stated.reset_index(drop=True), found.reset_index()),
        year_compared=stated["year_compared"].to_numpy(),
        other_id=found["id_other"].to_numpy(), other_printed=found["as_printed"].to_numpy(),
        other_source=found["source_other"].to_numpy(),
    )  # fmt: skip


def _compare(stated: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    low, high = stated["low"].to_numpy(), stated["high"].to_numpy()
    low_in, high_in = stated["low_closed"].to_numpy(), stated["high_closed"].to_numpy()
    other_low, other_high = other["low"].to_numpy("float64"), other["high"].to_numpy("float64")
    other_low_in, other_high_in = (other[f"{end}_closed"].eq(True).to_numpy(dtype=bool) for end in ("low", "high"))
    within = (other_low > low) | ((other_low == low) & (low_in | ~other_low_in))
    within &= (other_high < high) | ((other_high == high) & (high_in | ~other_high_in))
    apart = (other_low > high) | ((other_low == high) & ~(high_in & other_low_in))
    apart |= (other_high < low) | ((other_high == low) & ~(low_in & other_high_in))
    missing = other["id_other"].isna().to_numpy()
    return np.select([missing, within, apart], ["unconfirmed", "confirmed", "contradicted"], "undecided")


def context(data: Dataset, asof: str) -> pd.DataFrame:
    """One row per related figure: the `target_indicator` it is context for, the latest actual, why it differs.

    Related is what data/related.csv says: never an outcome.
    """

    def make() -> pd.DataFrame:
        frame = data.frame[(data.frame["kind"] == "actual") & data.frame["year"].notna() & (known_from(data) <= asof)]
        latest = frame.assign(whole=frame["period"].isna()).sort_values(["year", "whole"], kind="stable")
        latest = latest.drop_duplicates(["subject", "indicator"], keep="last").astype({"indicator": "str"})
        related = data.tables["related"].rename(columns={"indicator": "target_indicator", "related": "indicator"})
        return related[["target_indicator", "indicator", "reason", "reason_en"]].merge(latest, on="indicator")

    return data.shared.get(("context", asof), make)
