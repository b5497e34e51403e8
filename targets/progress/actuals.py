"""Matches targets with published figures: the base and the latest actual of each, as known by a day.

Matching follows the progress method: same indicator (and so the same scope), same place or company, same unit,
and a whole year or the same part of one: a figure for half a year is no base, no verdict and not what is done
so far of a whole one. Positions are row numbers of the data set's frame; -1 means there is none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract.columns import look_up
from targets.load.dataset import Dataset, per_dataset

NONE = -1
FAR = 9999
"""Stands for a missing year: after all others."""


@per_dataset
def known_from(data: Dataset) -> pd.Series:
    """Return for each record the day from which it was known, as text YYYY-MM-DD.

    That is the day its source was published; a source without a day counts from the last day of its year.
    """
    sources = data.tables["sources"].set_index("id")
    days = sources["published"].where(sources["published"] != "", sources["year"].astype("str") + "-12-31")
    return pd.Series(look_up(data.frame["source"].array, days), data.frame.index)


@per_dataset
def known_days(data: Dataset) -> list[str]:
    """Return the days on which the project's sources were published, the latest first."""
    return sorted(known_from(data).unique(), reverse=True)


def series_of(data: Dataset) -> np.ndarray:
    """Return for each record the number of its subject and indicator together."""
    subject, indicator = data.frame["subject"].array, data.frame["indicator"].array
    return subject.codes.astype("int64") * len(indicator.categories) + indicator.codes


def breaks_of(data: Dataset, indicator: str, subject: str) -> pd.DataFrame:
    """Return the breaks of one series; those of a place are not those of its companies."""
    breaks = data.tables["breaks"]
    return breaks[(breaks["indicator"] == indicator) & (breaks["district"] == subject)]


def series_side(data: Dataset, known: pd.Series) -> np.ndarray:
    """Return for each record how many breaks of its series lie before it: figures of one side are comparable."""
    side = np.zeros(len(data.frame), dtype="int64")
    for one in data.tables["breaks"].itertuples():
        series = (data.frame["indicator"] == one.indicator) & (data.frame["subject"] == one.district)
        side += (series & (known >= one.published)).to_numpy()
    return side


@dataclass(frozen=True)
class Matches:
    """For each target its base, its latest actual and the actual of its own year, as positions."""

    target: np.ndarray
    base: np.ndarray
    latest: np.ndarray
    of_year: np.ndarray
    indicator: np.ndarray
    side: np.ndarray

    def crosses(self, shown: np.ndarray) -> np.ndarray:
        """Return where the actual shown lies on another side of a break in its series than base or target."""

        def differ(other: np.ndarray) -> np.ndarray:
            same = _take(self.indicator, other) == _take(self.indicator, shown)
            return (other != NONE) & same & (_take(self.side, other) != _take(self.side, shown))

        return (shown != NONE) & (differ(self.base) | differ(self.target))


def match(data: Dataset, targets: pd.DataFrame, asof: str) -> Matches:
    """Find the figures for each target among those known by the day `asof`.

    `targets` are rows of the frame. A base is the record's own `base`, or the latest actual from before the
    year of the target's source; where a series is broken, one on the latest actual's side is preferred.
    """
    frame, known = data.frame, known_from(data)
    side = series_side(data, known)
    dated = frame["year"].notna() & frame["value"].notna()
    usable = ((frame["kind"] == "actual") & dated & (known <= asof)).to_numpy(dtype=bool)
    keys = keys_of(data)
    own = keys[targets.index]
    reported = frame[["subject", "indicator", "canonical_unit"]][usable].drop_duplicates(["subject", "indicator"])
    wanted = _keys(targets, targets["level"], _units_of_level(reported, targets))

    actuals = leading(frame, keys, known, side, usable)
    year = targets["year"].astype("float64").fillna(FAR).to_numpy("int64")
    promised = targets["source_year"].to_numpy("int64")
    latest = _latest(actuals, wanted, year)
    before = np.minimum(promised - 1, year - 1)
    plain = _latest(actuals, wanted, before)
    same_side = _latest(actuals, wanted, before, _take(side, latest))
    base = np.where((same_side != NONE) & (latest != NONE), same_side, plain)
    named = (targets["base"] != "").to_numpy()
    base[named] = positions_of_ids(frame["id"], targets["base"][named])
    base = np.where(usable[base] & (keys[base] == wanted), base, NONE)
    indicator = frame["indicator"].cat.codes.to_numpy("int64")
    return Matches(targets.index.to_numpy(), base, latest, _of_year(actuals, own, year), indicator, side)


def positions_of_ids(ids: pd.Series, wanted: pd.Series) -> np.ndarray:
    """Return the position of each wanted id among the ids, -1 for one that is not among them."""
    positions = pc.index_in(pa.array(wanted, pa.large_string()), value_set=pa.array(ids, pa.large_string()))
    return positions.fill_null(NONE).to_numpy().astype("int64")


@per_dataset
def keys_of(data: Dataset) -> np.ndarray:
    """Return for each record the number of what figures must share to be held against one another."""
    frame = data.frame
    return _keys(frame, frame["indicator"], frame["canonical_unit"])


def _keys(rows: pd.DataFrame, indicator: pd.Series, unit: pd.Series) -> np.ndarray:
    """Number what figures must share: whom they are about, indicator, unit and part of the year; -1 without a unit.

    A whole year is a part like any other, so that a figure for half of one never stands for all of it.
    """
    units, names = rows["canonical_unit"].cat.categories, rows["indicator"].cat.categories
    period = rows["period"].cat
    parts = np.array([rows["subject"].cat.codes, names.get_indexer(indicator), units.get_indexer(unit)])
    key = (parts[0] * len(names) + parts[1]) * len(units) + parts[2]
    key = key * (len(period.categories) + 1) + period.codes.to_numpy("int64") + 1
    return np.where((parts < 0).any(axis=0), NONE, key)


def _units_of_level(reported: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Return each target's own unit, or for an average growth rate the unit its subject's level is reported in."""
    own, averaged = targets["canonical_unit"].copy(), targets["pace"] == "average_growth"
    levels = targets.loc[averaged, ["subject", "level"]].rename(columns={"level": "indicator"})
    own[averaged] = levels.merge(reported, on=["subject", "indicator"], how="left")["canonical_unit"].array
    return own


def leading(
    frame: pd.DataFrame, keys: np.ndarray, known: pd.Series, side: np.ndarray, usable: np.ndarray
) -> pd.DataFrame:
    """One row per actual that counts: key, year, side, position; the figure that leads last.

    Of several for one year the final one leads, then the revised, the preliminary, one without a status; among
    equals the one published last.
    """
    position = np.flatnonzero(usable)
    standing = frame["status"].cat.codes.to_numpy("int64")  # in the order of the schema, -1 where blank
    table = pd.DataFrame(
        {
            "key": keys[position], "year": frame["year"].to_numpy("float64", na_value=0)[position].astype("int64"),
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
