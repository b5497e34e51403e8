"""Questions about a backend's records, as Ibis expressions: any engine does the selecting, grouping and counting."""

from collections.abc import Sequence

import ibis
import pandas as pd

from targets.contract.dates import today
from targets.load.dataset import Data
from targets.query.facets import blank_of, key_of
from targets.query.narrowing import SEARCHED_KEYS, find_misprinted, find_named, words_of
from targets.query.selection import STORED, Selection

POSITION, KNOWN, FOLDED, LINKED = OWN = ("position", "known", "folded", "linked")
"""Columns beside those of the frame: row position, day from which known, text that is searched, named by a revision."""


def conditions(data: Data, rows: ibis.Table, selection: Selection) -> dict[str, ibis.Value]:
    """Return what each filter in use lets through, but for the state, which needs other records as well."""
    used = {}
    for facet in STORED:
        if keys := getattr(selection, facet):
            used[facet] = _has(rows[facet], keys, blank_of(facet))
    if selection.asof != today():
        used["asof"] = rows[KNOWN] <= selection.asof
    if selection.q:
        words = ([_find(data, rows, way) for way in ways] for ways in words_of(selection.q))
        used["q"] = ibis.and_(*(ibis.or_(*ways) for ways in words))
    return used


def _has(cells: ibis.Column, keys: tuple[str, ...], blank: str) -> ibis.Value:
    """Return which cells have one of the keys of a filter; that of blank ones stands for "" and for no number."""
    numbers = cells.type().is_integer()
    found = cells.isin([int(key) for key in keys if key != blank] if numbers else keys)
    if blank not in keys:
        return found
    return found.fill_null(False) | cells.isnull() | (ibis.literal(False) if numbers else cells == "")


def _find(data: Data, rows: ibis.Table, wanted: str) -> ibis.Value:
    found = rows[FOLDED].contains(wanted)
    named = {column: find_named(data, column, wanted) for column in SEARCHED_KEYS} | {
        "id": find_misprinted(data, wanted)
    }
    for column, keys in named.items():
        if keys:
            found = found | rows[column].isin(keys)
    return found


def select(data: Data, rows: ibis.Table, selection: Selection, without: str = "") -> ibis.Table:
    """Return the selected records, the state left aside; `without` lets one filter go."""
    used = conditions(data, rows, selection)
    used.pop(without, None)
    return rows.filter(*used.values()) if used else rows


def count(rows: ibis.Table) -> int:
    """Return how many records there are."""
    return rows.count().to_pyarrow().as_py()


def count_keys(rows: ibis.Table, facet: str) -> dict[str, int]:
    """Return how many records each key of a filter has."""
    counted = rows.group_by(facet).aggregate(n=ibis._.count()).to_pyarrow().to_pydict()
    return {key_of(facet, cell): n for cell, n in zip(counted[facet], counted["n"], strict=True)}


def tally(rows: ibis.Table, column: str) -> pd.DataFrame:
    """Return one row per key of the column and kind that occur together, with `n`, how many records there are."""
    counted = rows.group_by(column, "kind").aggregate(n=ibis._.count()).to_pyarrow()
    return pd.DataFrame(counted.to_pydict())


def behind(data: Data, rows: ibis.Table, seeds: pd.DataFrame) -> ibis.Table:
    """Return the records on which results of others rest: figures and revisions of the same series.

    A series is what a subject's figures of an indicator are; a target is also held against the level that it is
    the growth of, and shown beside indicators that are related to its own.
    """
    related = data.tables["related"]
    indicators = {*seeds["indicator"], *seeds["level"].dropna()}
    indicators |= set(related.loc[related["indicator"].isin(indicators), "related"])
    return rows.filter(
        rows.subject.isin(sorted(set(seeds["subject"]))),
        rows.indicator.isin(sorted(indicators)),
        (rows.kind == "actual") | rows[LINKED],
    )


def named(rows: ibis.Table, column: str, keys: Sequence) -> ibis.Table:
    """Return the records that have one of the keys in a column."""
    return rows.filter(rows[column].isin(keys))


def window(rows: ibis.Table, start: int, end: int) -> ibis.Table:
    """Return the records from one row position to before another, in the order of the file."""
    return rows.filter(rows[POSITION] >= start, rows[POSITION] < end).order_by(POSITION)


def repeated_ids(rows: ibis.Table, most: int) -> list[str]:
    """Return ids that several records have."""
    counted = rows.group_by("id").aggregate(n=ibis._.count())
    return counted.filter(counted.n > 1).order_by("id").limit(most)["id"].to_pyarrow().to_pylist()


def two_actuals(rows: ibis.Table, most: int) -> list[dict]:
    """Return subject, indicator and year of figures for the same thing, year and standing that cannot all be true."""
    exact = rows.comparator != "approx"  # what is about something contradicts nothing
    actuals = rows.filter(rows.kind == "actual", rows.year.notnull(), rows.value.notnull(), exact)
    same = ibis.window(group_by=["subject", "indicator", "year", "period", "status", "canonical_unit"])
    ends = actuals.mutate(most_low=actuals.low.max().over(same), least_high=actuals.high.min().over(same))
    touches = (ends.most_low == ends.least_high) & (
        ((ends.low == ends.most_low) & ~ends.low_closed) | ((ends.high == ends.least_high) & ~ends.high_closed)
    )
    apart = ends.filter((ends.most_low > ends.least_high) | touches)
    named = apart.select("subject", "indicator", "year").distinct().order_by("subject", "indicator", "year")
    return named.limit(most).to_pyarrow().to_pylist()
