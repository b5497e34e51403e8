"""Which reported figures a target is held against: what was known by a day, its base and its latest actual.

Matching follows the progress method: same indicator (and so the same scope), same place or company, a whole
year. Positions are row numbers of the data set's frame; -1 means there is none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from targets.dataset import Dataset

NONE = -1
FAR = 9999


def known_from(data: Dataset) -> pd.Series:
    """Return for each record the day from which it was known, as text YYYY-MM-DD.

    That is the day its source was published; a source without a day counts from the last day of its year.
    """
    sources = data.tables["sources"].set_index("id")
    days = sources["published"].where(sources["published"] != "", sources["year"].astype("str") + "-12-31")
    return data.frame["source"].astype("str").map(days)


def known_days(data: Dataset) -> list[str]:
    """Return the days on which the project's sources were published, the latest first."""
    return data.shared.get("known_days", lambda: sorted(known_from(data).unique(), reverse=True))


def series_side(data: Dataset, known: pd.Series) -> np.ndarray:
    """Return for each record how many breaks of its series lie before it: figures of one side are comparable."""
    side = np.zeros(len(data.frame), dtype="int64")
    for one in data.tables["breaks"].itertuples():
        series = (data.frame["indicator"] == one.indicator) & (data.frame["district"] == one.district)
        side += (series & (known >= one.published)).to_numpy()
    return side


@dataclass(frozen=True)
class Matches:
    """For each target its base, its latest actual and the actual of its own year, as positions.

    `crossed` marks a base and an actual on different sides of a break; `target_crossed` a target set on
    the other side of a break than its latest actual.
    """

    base: np.ndarray
    latest: np.ndarray
    of_year: np.ndarray
    crossed: np.ndarray
    target_crossed: np.ndarray


def match(data: Dataset, targets: pd.DataFrame, asof: str) -> Matches:
    """Find the figures for each target among those known by the day `asof`.

    `targets` are rows of the frame. A base is the record's own `base`, or the latest actual from before the
    year of the target's source; where a series is broken, one on the latest actual's side is preferred.
    """
    frame, known = data.frame, known_from(data)
    side = series_side(data, known)
    growth_of = data.tables["indicators"].set_index("indicator")["growth_of"]
    indicator = targets["indicator"].astype("str")
    averaged = (targets["pace"] == "average_growth").to_numpy(dtype=bool)
    level = indicator.map(growth_of).where(averaged, indicator)
    names = frame["indicator"].cat.categories
    codes = frame["subject"].cat.codes.to_numpy("int64") * len(names) + frame["indicator"].cat.codes.to_numpy("int64")
    subject = targets["subject"].cat.codes.to_numpy("int64") * len(names)
    wanted, own = subject + names.get_indexer(level), subject + names.get_indexer(indicator)

    actuals = _leading(frame, codes, known, side, asof)
    year = targets["year"].astype("float64").fillna(FAR).to_numpy("int64")
    promised = targets["source_year"].to_numpy("int64")
    latest = _latest(actuals, wanted, year)
    before = np.minimum(promised - 1, year - 1)
    plain = _latest(actuals, wanted, before)
    same_side = _latest(actuals, wanted, before, _take(side, latest))
    base = np.where((same_side != NONE) & (latest != NONE), same_side, plain)
    own_base = frame.reset_index().set_index("id")["index"].reindex(targets["base"]).to_numpy("float64")
    base = np.where(np.isnan(own_base), base, np.nan_to_num(own_base)).astype("int64")
    base = np.where((base != NONE) & (known.to_numpy()[base] > asof), NONE, base)
    there = latest != NONE
    return Matches(
        base,
        latest,
        _of_year(actuals, own, year),
        there & (base != NONE) & (_take(side, base) != _take(side, latest)),
        there & (side[targets.index] != _take(side, latest)),
    )


def _leading(frame: pd.DataFrame, codes: np.ndarray, known: pd.Series, side: np.ndarray, asof: str) -> pd.DataFrame:
    """One row per actual that counts: key, year, side, position; the figure that leads last.

    Of several for one year the final one leads, then the revised, the preliminary, one without a status; among
    equals the one published last.
    """
    usable = (frame["kind"] == "actual") & frame["year"].notna() & frame["value"].notna() & (known <= asof)
    usable &= frame["period"].isna()
    position = np.flatnonzero(usable)
    standing = frame["status"].cat.codes.to_numpy("int64")  # in the order of the schema, -1 where blank
    table = pd.DataFrame(
        {
            "key": codes[position], "year": frame["year"].to_numpy("float64", na_value=0)[position].astype("int64"),
            "standing": standing[position], "known": known.to_numpy()[position], "side": side[position],
            "position": position,
        }
    )  # fmt: skip
    return table.sort_values(["year", "standing", "known"], kind="stable", ignore_index=True)


def _latest(actuals: pd.DataFrame, key: np.ndarray, until: np.ndarray, side: np.ndarray | None = None) -> np.ndarray:
    """Return the position of the leading actual with the key of the latest year up to `until`."""
    by = ["key"] if side is None else ["key", "side"]
    unique = actuals.drop_duplicates([*by, "year"], keep="last")
    wanted = pd.DataFrame({"key": key, "year": until, "order": np.arange(len(key))})
    if side is not None:
        wanted["side"] = side
    wanted = wanted.sort_values("year", kind="stable")
    found = pd.merge_asof(wanted, unique[[*by, "year", "position"]], on="year", by=by)
    return found.sort_values("order")["position"].fillna(NONE).to_numpy("int64")


def _of_year(actuals: pd.DataFrame, key: np.ndarray, year: np.ndarray) -> np.ndarray:
    unique = actuals.drop_duplicates(["key", "year"], keep="last")
    found = pd.DataFrame({"key": key, "year": year}).merge(unique, on=["key", "year"], how="left")
    return found["position"].fillna(NONE).to_numpy("int64")


def _take(values: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Return the values at the positions; -1 gives the first, to be masked by whoever asks."""
    return values[np.maximum(position, 0)] if len(values) else np.zeros(len(position), dtype="int64")
