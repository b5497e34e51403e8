"""Which rows a selection leaves, in which order, and how many stand behind each option of a filter."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract.columns import Column
from targets.contract.dates import today
from targets.contract.schema import TO_ASCII
from targets.load.dataset import KEYS, Data, Dataset, per_dataset
from targets.load.rows import Rows
from targets.progress.actuals import known_from
from targets.progress.evidence import misprints
from targets.progress.progress import states
from targets.query.facets import option_codes, options
from targets.query.selection import FACETS, Selection

SEARCHED = ("as_printed", "modality", "value_text", "note", "note_en")
"""Columns in whose text is searched."""
SEARCHED_KEYS = ("actor", "district", "indicator")
"""Columns in whose keys is searched, in both languages."""


def dated_frame(data: Dataset, asof: str) -> pd.DataFrame:
    """Return all records with `state`, the state of each target as known on a day."""
    return data.frame.assign(state=states(data, asof))  # the columns are shared, so that this costs next to nothing


def mask_of(data: Dataset, facet: str, keys: Iterable[str], asof: str) -> np.ndarray:
    """Return which records have one of the keys of a filter; one that does not occur in the data is no record's."""
    wanted = set(keys)
    return np.array([*(key in wanted for key in options(data, facet)), False])[option_codes(data, facet, asof)]


def fold(text: str) -> str:
    """Return a text as it is searched: letters without their case, full-width ones as ASCII."""
    return text.translate(TO_ASCII).casefold()


_IN_NUMBER = re.compile(r"(?<=\d),(?=\d{3})")


def words_of(search: str) -> list[list[str]]:
    """Return the words of a search, folded, each with the ways it may be written: 4,000 is 4000 as well."""
    return [list(dict.fromkeys((word, _IN_NUMBER.sub("", word)))) for word in fold(search).split()]


@per_dataset
def _folded(data: Dataset, column: str) -> Column:
    """Return a column's texts as they are searched."""
    cells = pa.array(data.frame[column], pa.string())
    return Column.of(cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells).map(fold)


def _search(data: Dataset, search: str) -> np.ndarray:
    """Find the records that have every word, each in any of the columns, or in the misprint."""
    words = [np.logical_or.reduce([_find(data, way) for way in ways]) for ways in words_of(search)]
    return np.logical_and.reduce(words)


def _find(data: Dataset, wanted: str) -> np.ndarray:
    frame = data.frame
    found = frame["id"].isin(find_misprinted(data, wanted)).to_numpy(dtype=bool, copy=True)
    for column in SEARCHED:
        folded = _folded(data, column)
        found |= pc.match_substring(folded.texts, wanted).to_numpy(zero_copy_only=False)[folded.codes]
    for column in SEARCHED_KEYS:
        found |= frame[column].isin(find_named(data, column, wanted)).to_numpy(dtype=bool)
    return found


def find_named(data: Data, column: str, wanted: str) -> list[str]:
    """Return the keys of a column that hold the text in either language."""
    keys = data.by_key[KEYS[column][0]].index
    return [key for key in keys if wanted in fold(key) or wanted in fold(data.label("en", column, key))]


def find_misprinted(data: Data, wanted: str) -> list[str]:
    """Return the ids of the records whose misprint holds the text."""
    return [record for record, each in misprints(data).items() if wanted in fold(each["printed"])]


def masks(data: Dataset, selection: Selection) -> dict[str, np.ndarray]:
    """Return which records each filter in use lets through; a day in the past lets through what was known by then."""
    used = {f: mask_of(data, f, keys, selection.asof) for f in FACETS if (keys := getattr(selection, f))}
    if selection.asof != today():
        used["asof"] = (known_from(data) <= selection.asof).to_numpy(dtype=bool)
    return used | ({"q": _search(data, selection.q)} if selection.q else {})


def select(data: Dataset, selection: Selection, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the selected records with the state of each target, in the order of the file.

    With `columns` only these are copied; the index tells where a record stands in the frame.
    """
    frame = dated_frame(data, selection.asof)
    frame = frame if columns is None else frame[list(columns)]
    chosen = places_of(data, selection)
    return frame if len(chosen) == len(frame) else frame.take(chosen)


def rows_of(data: Dataset, selection: Selection) -> Rows:
    """Return the selected records with the state of each target, in the order of the file; none is copied yet."""
    return Rows(dated_frame(data, selection.asof), places_of(data, selection))


@per_dataset
def places_of(data: Dataset, selection: Selection) -> np.ndarray:
    """Return where the selected records stand in the frame."""
    used = list(masks(data, selection).values())
    return np.flatnonzero(np.logical_and.reduce(used)) if used else np.arange(len(data.frame))


SORTS = ("actor", "district", "industry", "indicator", "kind", "year", "canonical_value", "state", "line")
ORDERS = tuple(sign + column for column in SORTS for sign in ("", "-"))
"""Columns by which records are ordered, from the end with "-" before them."""


def sort_rows(rows: pd.DataFrame, sort: str) -> pd.DataFrame:
    """Order records by a column, or from the end with "-" before it; "" keeps the order of the file.

    Numbers are ordered within their own canonical unit, never across units. Blanks come last.
    """
    column, ascending = sort.removeprefix("-"), not sort.startswith("-")
    if column not in SORTS:
        return rows
    if column != "canonical_value":
        return rows.sort_values(column, ascending=ascending, kind="stable", na_position="last")
    ordered = rows.sort_values(["canonical_unit", column], ascending=[True, ascending], kind="stable")
    blank = ordered[column].isna().to_numpy(dtype=bool)  # what has no number has a blank unit, the first of all
    return ordered.take(np.argsort(blank, kind="stable"))


def sorted_places(data: Dataset, selection: Selection, sort: str) -> np.ndarray:
    """Return where the selected records stand in the frame, in their order; no record is copied for that."""
    places, column = places_of(data, selection), sort.removeprefix("-")
    if column not in SORTS:
        return places
    frame = dated_frame(data, selection.asof)
    return sort_rows(frame[["canonical_unit", column]].take(places), sort).index.to_numpy()


def count_options(data: Dataset, selection: Selection, facet: str) -> dict[str, int]:
    """Count the records behind each option of a filter, the other filters applied.

    The counts of one filter add up to the records that the other filters let through.
    """
    return count_all(data, selection)[facet]


@per_dataset
def count_all(data: Dataset, selection: Selection) -> dict[str, dict[str, int]]:
    """Return the counts of every filter, by filter and option."""
    used = masks(data, selection)
    chosen = np.flatnonzero(np.logical_and.reduce(list(used.values()))) if used else slice(None)
    counted = {}
    for facet in FACETS:
        codes, let_through = option_codes(data, facet, selection.asof), chosen
        if facet in used:
            others = [mask for name, mask in used.items() if name != facet]
            let_through = np.logical_and.reduce(others) if others else slice(None)
        known = options(data, facet)
        counts = np.bincount(codes[let_through], minlength=len(known))
        counted[facet] = dict(zip(known, counts.tolist(), strict=False))
    return counted


@per_dataset
def filters_to_relax(data: Dataset, selection: Selection) -> dict[str, int]:
    """For a selection without records: how many would be there with each one filter let go."""
    relaxed = {name: len(places_of(data, selection.without(name))) for name in masks(data, selection)}
    return {name: count for name, count in relaxed.items() if count}
