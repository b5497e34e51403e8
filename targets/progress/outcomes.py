"""The tables of progress: every target with its state, the path from base to target, and statements checked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from targets.contract.columns import choose_words, count_pairs, to_text
from targets.contract.comparability import AXIS, BOUND_OF_RATIO
from targets.contract.intervals import lie_apart
from targets.load.dataset import Dataset, per_dataset
from targets.load.rows import Rows
from targets.progress.actuals import NONE, keys_of, known_from, leading, series_side
from targets.progress.periods import per_period
from targets.progress.progress import COMMITMENTS, STATES, base_places, places, progress, states

RECORD = (
    "id", "actor", "district", "industry", "indicator", "kind", "year", "period", "as_printed", "comparator", "value",
    "unit", "canonical_value", "canonical_unit", "status", "state", "source", "line",
)  # fmt: skip


def of_selection(data: Dataset, rows: Rows, asof: str) -> Rows:
    """One row per selected target, expectation and pledge, with every input and result of its progress."""
    return Rows(progress(data, asof), _chosen(data, rows, places(data, asof)))


def _chosen(data: Dataset, rows: Rows, positions: np.ndarray) -> np.ndarray:
    """Return which rows of a table are selected, from the position in the frame of each one's record."""
    selected = np.zeros(len(data.frame), dtype=bool)
    selected[rows.index] = True
    return np.flatnonzero(selected[positions])


def outcomes(data: Dataset, rows: pd.DataFrame | Rows, asof: str) -> pd.DataFrame:
    """One row per state that occurs: how many targets, expectations and pledges are in it; they add up."""
    state, kind = states(data, asof).array, data.frame["kind"].array
    counts = count_pairs(*(each.take(np.asarray(rows.index)) for each in (state, kind)))
    counts = counts.reindex(index=list(STATES), columns=list(COMMITMENTS), fill_value=0).astype("int64")
    counts.index.name, counts.columns.name = "state", None
    counts["records"] = counts.sum(axis=1)
    return counts[counts["records"] > 0].reset_index()


def headline(data: Dataset, rows: Rows, asof: str) -> Rows:
    """One row per money target, the largest first: its base and the yearly growth it implies.

    `growth` is (target / base)^(1 / years) - 1 in %, nominal; `growth_bound` says how it is bounded: at_most
    where the base is a lower bound, at_least where it is an upper one, exact, or blank; `missing` names why
    there is none.
    """
    table, position = _headline(data, asof)
    return Rows(table, _chosen(data, rows, position))


@per_period
def _headline(data: Dataset, asof: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the headline of all records, and their positions in the frame."""
    frame = data.frame.assign(state=states(data, asof))
    money = (frame["kind"] == "target") & (frame["dimension"] == "money") & frame["value"].notna()
    order = ["canonical_value", "actor", "indicator", "year"]
    ordered = frame.loc[money, order].sort_values(order, ascending=[False, True, True, True], kind="stable")
    position = ordered.index.to_numpy()
    base = _bases(data, position, asof)
    table = frame[list(dict.fromkeys((*RECORD, *AXIS)))].take(position).reset_index(drop=True)
    table = table.assign(
        base_id=base["id"].array, base_year=base["year"].array, base_printed=base["as_printed"].array,
        base_comparator=to_text(base["comparator"].array), base_value=base["canonical_value"].array,
    )  # fmt: skip
    years = (table["year"] - table["base_year"]).astype("float64")
    ratio = table["canonical_value"] / table["base_value"].where(table["base_value"] > 0)
    table["growth_bound"] = table["base_comparator"].map(BOUND_OF_RATIO).astype("str")
    table["growth"] = ((ratio ** (1 / years) - 1) * 100).where(table["growth_bound"].notna()).round(1)
    several = frame["year"] - frame["source_year"] > 1  # what is done in several years is no growth over one
    total = ((frame["pace"] == "total") & several.fillna(False)).to_numpy(dtype=bool)[position]
    table["growth"] = table["growth"].where(~total)
    reasons = [("total", total), ("undated", table["year"].isna()), ("no_base", table["base_value"].isna())]
    reason = np.select([holds for _, holds in reasons], [name for name, _ in reasons], "bad_base")
    table["missing"] = pd.Series(reason, index=table.index).where(table["growth"].isna()).astype("str")
    return table, position


def _bases(data: Dataset, targets: np.ndarray, asof: str) -> pd.DataFrame:
    """Return the base of each target, one row each, missing where it has none, no year, or was not known."""
    base = np.full(len(data.frame), NONE)
    base[places(data, asof)] = base_places(data, asof)
    base[data.frame["year"].isna()] = NONE
    base = base[targets]
    columns = ["id", "year", "as_printed", "comparator", "canonical_value"]
    return data.frame[columns].take(np.maximum(base, 0)).apply(pd.Series.where, cond=base != NONE)


@per_dataset
def _sides(data: Dataset) -> np.ndarray:
    return series_side(data, known_from(data))


def _levels(data: Dataset, asof: str) -> pd.DataFrame:
    """One row per figure for a whole year: key, year, `position` in the frame, and whether it leads for its year."""
    frame, known = data.frame, known_from(data)
    whole = frame["year"].notna() & frame["period"].isna() & (known <= asof)
    usable = ((frame["kind"] == "actual") & whole).to_numpy(dtype=bool)
    table = leading(frame, keys_of(data), known, _sides(data), usable)[["key", "year", "position"]]
    return table.assign(leads=~table.duplicated(["key", "year"], keep="last"))


PATH = (
    "id", "actor", "district", "indicator", "kind", "year", "as_printed", "comparator", "value", "unit",
    "canonical_value", "canonical_unit", "status", "source", "line",
)  # fmt: skip


def paths(data: Dataset, rows: Rows, asof: str) -> Rows:
    """One row per point on the path to a target that has a base: the base, each later actual, the target.

    `target_id` names the path, `role` the point. Of several figures for one year one `leads`; `side` counts
    the breaks of the series before the figure was published. The target's row has its R as an interval.
    """
    table, target = _paths(data, asof)
    return Rows(table, _chosen(data, rows, target))


@per_period
def _paths(data: Dataset, asof: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the paths of all records, and the position of each row's target in the frame; a limit has no path."""
    frame, known, at = data.frame, progress(data, asof), places(data, asof)
    whole = frame["year"].notna() & frame["period"].isna()
    paced = (frame["pace"] == "level").to_numpy(dtype=bool) & whole.to_numpy()
    chosen = np.flatnonzero((base_places(data, asof) != NONE) & paced[at] & (known["reason"].array != "cap"))
    target = at[chosen]
    wanted = {"key": keys_of(data)[target], "path": np.arange(len(chosen)), "base": base_places(data, asof)[chosen]}
    wanted |= {"until": frame["year"].array[target].to_numpy("int64")}
    wanted |= {"from": known["base_year"].array[chosen].to_numpy("int64")}
    points = pd.DataFrame(wanted).merge(_levels(data, asof), on="key")
    points = points[(points["year"] >= points["from"]) & (points["year"] <= points["until"])]
    many, sides = len(points), _sides(data)
    position, path = np.append(points["position"], target), np.append(points["path"], np.arange(len(chosen)))
    size = known["canonical_value"].array[chosen].argsort(ascending=False, kind="stable")
    order = np.empty(len(chosen), dtype="int64")
    order[size] = np.arange(len(chosen))
    sorted_ = np.lexsort((np.append(points["year"], wanted["until"]), order[path]))
    base = np.append((points["position"] == points["base"]).to_numpy(), np.zeros(len(chosen), dtype=bool))
    position, path, goal = position[sorted_], path[sorted_], (np.arange(len(position)) >= many)[sorted_]
    table = frame[list(PATH)].take(position).reset_index(drop=True)
    table = table.assign(**{column: to_text(table[column].array) for column in ("actor", "indicator")})
    table.insert(0, "target_id", frame["id"].array[target].take(path))
    table.insert(1, "role", choose_words([goal, base[sorted_], ~goal], ["target", "base", "actual"]))
    leads = np.append(points["leads"].to_numpy(dtype=bool), np.ones(len(chosen), dtype=bool))
    table.insert(table.columns.get_loc("source"), "leads", leads[sorted_])
    table.insert(table.columns.get_loc("source"), "side", sides[position])
    for column in ("ratio_low", "ratio_high"):
        table[column] = np.where(goal, known[column].array[chosen][path], np.nan)
    return table, target[path].astype("int32")


def statements(data: Dataset, rows: Rows, asof: str) -> Rows:
    """One row per fact that a printed page states, held against what other sources publish of the same thing.

    `outcome` is confirmed where every value of the other figure satisfies the statement, contradicted where
    none does, undecided where some do, unconfirmed where there is no other figure on its side of the breaks of the
    series. A statement without a year is compared with the last year before its page.
    """
    table, position = _statements(data, asof)
    return Rows(table, _chosen(data, rows, position))


@per_period
def _statements(data: Dataset, asof: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the statements of all records, and their positions in the frame."""
    frame = data.frame.assign(known=known_from(data), key=keys_of(data), side=_sides(data))
    actuals = frame[(frame["kind"] == "actual") & frame["value"].notna() & (frame["known"] <= asof)]
    stated = actuals[actuals["source_lines"].notna()]
    stated = stated.assign(year_compared=stated["year"].fillna(stated["source_year"] - 1))
    compared = ["low", "high", "low_closed", "high_closed", "as_printed", "known", "status"]
    other = actuals[["id", "source", "key", "side", "year", *compared]]
    other = other.assign(standing=other["status"].cat.codes).sort_values(["standing", "known"], kind="stable")
    keys = ["key", "side", "year_compared"]
    pairs = stated[["id", "source", *keys]].merge(
        other.rename(columns={"year": "year_compared"}), on=keys, suffixes=("", "_other")
    )
    pairs = pairs[pairs["source"].astype("str") != pairs["source_other"].astype("str")]
    found = pairs.drop_duplicates("id", keep="last").set_index("id").reindex(stated["id"])
    table = stated[
        ["id", "actor", "district", "indicator", "kind", "year", "as_printed", "comparator", "canonical_value",
         "canonical_unit", "source", "line"]
    ].reset_index(drop=True)  # fmt: skip
    table = table.assign(
        outcome=_compare(stated.reset_index(drop=True), found.reset_index()),
        year_compared=stated["year_compared"].to_numpy(),
        other_id=found["id_other"].astype("str").array, other_printed=found["as_printed"].astype("str").array,
        other_source=found["source_other"].astype("str").array,
    )  # fmt: skip
    return table, stated.index.to_numpy()


def _compare(stated: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    low, high = stated["low"].to_numpy(), stated["high"].to_numpy()
    low_in, high_in = stated["low_closed"].to_numpy(), stated["high_closed"].to_numpy()
    other_low, other_high = other["low"].to_numpy("float64"), other["high"].to_numpy("float64")
    other_low_in, other_high_in = (other[f"{end}_closed"].eq(True).to_numpy(dtype=bool) for end in ("low", "high"))
    within = (other_low > low) | ((other_low == low) & (low_in | ~other_low_in))
    within &= (other_high < high) | ((other_high == high) & (high_in | ~other_high_in))
    apart = lie_apart(high, high_in, other_low, other_low_in) | lie_apart(other_high, other_high_in, low, low_in)
    missing = other["id_other"].isna().to_numpy()
    return np.select([missing, within, apart], ["unconfirmed", "confirmed", "contradicted"], "undecided")


CONTEXT = ("id", "subject", "indicator", "period", "as_printed")


@per_period
def context(data: Dataset, asof: str) -> tuple[pd.DataFrame, Mapping[tuple[str, str], np.ndarray]]:
    """One row per related figure: the `target_indicator` it is context for, the latest actual, why it differs.

    Related is what data/related.csv says: never an outcome. The second part tells which rows are about an indicator
    and subject.
    """
    frame = data.frame[(data.frame["kind"] == "actual") & data.frame["year"].notna() & (known_from(data) <= asof)]
    latest = frame.assign(whole=frame["period"].isna()).sort_values(["year", "whole"], kind="stable")
    latest = latest.drop_duplicates(["subject", "indicator"], keep="last").astype({"indicator": "str"})
    related = data.tables["related"].rename(columns={"indicator": "target_indicator", "related": "indicator"})
    related = related[["target_indicator", "indicator", "reason", "reason_en"]]
    found = related.merge(latest[list(CONTEXT)], on="indicator")
    return found, found.groupby(["target_indicator", "subject"], observed=True).indices
