"""Which records a reader looks at: a frozen Selection, to and from the query string, in words, applied."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract.columns import Column
from targets.contract.dates import read_day, today
from targets.contract.schema import TO_ASCII
from targets.load.dataset import KEYS, Data, Dataset, per_dataset
from targets.load.rows import Rows
from targets.progress.actuals import known_from
from targets.progress.evidence import misprints
from targets.progress.periods import per_period
from targets.progress.progress import STATES, states
from targets.text import listing, say

UNDATED = "undated"
"""Stands in the query string for the year of records whose source names none."""

LONGEST_SEARCH = 60
SEARCHED = ("as_printed", "modality", "value_text", "note", "note_en")
"""Columns in whose text is searched."""
SEARCHED_KEYS = ("actor", "district", "indicator")
"""Columns in whose keys is searched, in both languages."""


@dataclass(frozen=True)
class Selection:
    """The chosen keys of each filter; an empty filter lets every record through.

    Years are written as text, with "undated" for records without one. `state` is that of targets, as known
    on the day `asof` (YYYY-MM-DD, today in China unless asked otherwise). Each word of `q` is searched in
    the printed quantity and words, the number's digits, the actor, the place, the indicator and the note, in both
    languages.
    """

    district: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    q: str = ""
    asof: str = field(default_factory=today)

    @property
    def query(self) -> dict[str, list[str]]:
        """The selection as query parameters; empty filters and today are left out."""
        chosen = {name: list(getattr(self, name)) for name in FACETS if getattr(self, name)}
        chosen |= {"q": [self.q]} if self.q else {}
        return chosen | ({"asof": [self.asof]} if self.asof != today() else {})

    def without(self, name: str) -> "Selection":
        """Return the selection with one filter let go."""
        return replace(self, **{name: {"q": "", "asof": today()}.get(name, ())})

    def positions(self, data: Dataset, sort: str = "") -> np.ndarray:
        """Return the row positions of the selected records, in the order of the file or sorted."""
        return sorted_places(data, self, sort)


TRACKING = re.compile(r"utm_\w+|\w*clid|spm|from|scene|isappinstalled|share_\w+|wxfrom|nsukey", re.ASCII)
"""Parameters that mail, search and WeChat put behind an address that is passed on; they ask for nothing."""
FACETS = tuple(f.name for f in fields(Selection) if f.name not in ("q", "asof"))
EARLIEST_DAY = "1949-10-01"


@dataclass(frozen=True)
class Ignored:
    """A value of a query parameter that was left out of account: unknown, unreadable or too long.

    `repeated`: the parameter takes one value, and another one came after this.
    """

    parameter: str
    value: str
    repeated: bool = False


def find_unknown(query: Iterable[str], known: Collection[str]) -> list[Ignored]:
    """Return the names of query parameters that are none, but for what is put behind a link that is passed on."""
    return [Ignored(name, "") for name in query if name not in known and not TRACKING.fullmatch(name)]


def last_value(name: str, asked: Iterable[str], default: str = "") -> tuple[str, list[Ignored]]:
    """Return the last value of a parameter that takes one, or the default, and whatever else was asked for."""
    *earlier, last = list(asked) or [default]
    return last, [Ignored(name, value, repeated=True) for value in dict.fromkeys(earlier) if value != last]


@per_dataset
def options(data: Dataset, facet: str) -> list[str]:
    """Return the keys of a filter that occur in the data, in the order of its code list; every state there is."""
    if facet == "state":
        return list(STATES)
    column = data.frame[facet]
    if facet == "year":
        years = [str(y) for y in sorted(column.dropna().unique())]
        return years + ([UNDATED] if column.isna().any() else [])
    present = set(column.dropna().unique())
    return [key for key in column.cat.categories if key in present]


def from_query(data: Data, query: Mapping[str, Iterable[str]]) -> tuple[Selection, list[Ignored]]:
    """Read the filters out of query parameters; return the selection and whatever is not known."""
    chosen: dict = {}
    ignored: list[Ignored] = []
    for facet in FACETS:
        asked = dict.fromkeys(query.get(facet, ()))
        known = options(data, facet) if asked else []
        chosen[facet] = tuple(key for key in known if key in asked)
        ignored += [Ignored(facet, value) for value in asked if value not in known]
    asof, more = _read_asof(query.get("asof", ()))
    ignored += more
    search, more = last_value("q", (" ".join(text.split()) for text in query.get("q", ())))
    ignored += more
    if len(search) > LONGEST_SEARCH or not search.isprintable():
        ignored.append(Ignored("q", search))
        search = ""
    return Selection(**chosen, q=search, asof=asof), ignored


def _read_asof(asked: Iterable[str]) -> tuple[str, list[Ignored]]:
    """Return the last day asked for, or today; what is no day of the past is ignored and named."""
    day, ignored = last_value("asof", asked, today())
    try:
        if EARLIEST_DAY <= read_day(day) <= today():
            return day, ignored
    except ValueError:
        pass
    return today(), [*ignored, Ignored("asof", day)]


_TYPED_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)


def read_typed_day(text: str) -> str:
    """Return a day of the past that a person typed, 2024-3-31, 2024/3/31 or 2024年3月31日, as YYYY-MM-DD; else ""."""
    found = _TYPED_DAY.fullmatch(unicodedata.normalize("NFKC", text[:40]).strip())
    try:
        day = date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""
    return day if EARLIEST_DAY <= day <= today() else ""


def to_query_string(query: Mapping[str, Iterable[str]]) -> str:
    """Write query parameters as the part of an address after the question mark."""
    return urlencode({k: list(v) for k, v in query.items()}, doseq=True)


def dated_frame(data: Dataset, asof: str) -> pd.DataFrame:
    """Return all records with `state`, the state of each target as known on a day."""
    return data.frame.assign(state=states(data, asof))  # the columns are shared, so that this costs next to nothing


def places_among_options(data: Dataset, facet: str, asof: str) -> np.ndarray:
    """Return for each record the place of its key among the options of a filter, one past the last for none."""
    return _places_of_states(data, asof) if facet == "state" else _places_of_keys(data, facet)


@per_dataset
def _places_of_keys(data: Dataset, facet: str) -> np.ndarray:
    return _places_among(options(data, facet), data.frame[facet])


@per_period
def _places_of_states(data: Dataset, asof: str) -> np.ndarray:
    return _places_among(options(data, "state"), states(data, asof))


def _places_among(known: Sequence[str], column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        of_key = pd.Index(known).get_indexer(column.cat.categories)
        places = np.append(np.where(of_key < 0, len(known), of_key), len(known))[column.cat.codes]
    else:
        keys = [*map(int, filter(UNDATED.__ne__, known))]
        places = np.where(column.isna(), len(keys), np.searchsorted(keys, column.fillna(0).to_numpy("int64")))
    return places.astype(np.min_scalar_type(len(known)))


def mask_of(data: Dataset, facet: str, keys: Iterable[str], asof: str) -> np.ndarray:
    """Return which records have one of the keys of a filter; one that does not occur in the data is no record's."""
    wanted = set(keys)
    return np.array([*(key in wanted for key in options(data, facet)), False])[places_among_options(data, facet, asof)]


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
        places, let_through = places_among_options(data, facet, selection.asof), chosen
        if facet in used:
            others = [mask for name, mask in used.items() if name != facet]
            let_through = np.logical_and.reduce(others) if others else slice(None)
        known = options(data, facet)
        counts = np.bincount(places[let_through], minlength=len(known))
        counted[facet] = dict(zip(known, counts.tolist(), strict=False))
    return counted


@per_dataset
def filters_to_relax(data: Dataset, selection: Selection) -> dict[str, int]:
    """For a selection without records: how many would be there with each one filter let go."""
    relaxed = {name: len(places_of(data, selection.without(name))) for name in masks(data, selection)}
    return {name: count for name, count in relaxed.items() if count}


def label_option(data: Data, lang: str, facet: str, key: str) -> str:
    """Return the reader's word for an option of a filter."""
    if facet == "year":
        return say(lang, "year.undated") if key == UNDATED else key
    return data.label(lang, facet, key)


def describe(data: Data, lang: str, selection: Selection) -> str:
    """Say the selection in words: 区县：镇海区；年份：2022和2026."""
    parts = []
    for facet in FACETS:
        if keys := getattr(selection, facet):
            names = [label_option(data, lang, facet, key) for key in keys]
            parts.append(say(lang, f"filter.{facet}") + say(lang, "colon") + listing(lang, names))
    if selection.q:
        parts.append(say(lang, "filter.said_q", q=selection.q))
    if selection.asof != today():
        parts.append(say(lang, "filter.said_asof", day=selection.asof))
    return say(lang, "semicolon").join(parts) or say(lang, "filter.everything")


def slug(data: Data, lang: str, selection: Selection) -> str:
    """Return the selection as the middle of a file name: 镇海区_2026, or 全部."""
    names = [label_option(data, lang, f, key) for f in FACETS for key in getattr(selection, f)]
    names += [selection.q] if selection.q else []
    names += [selection.asof] if selection.asof != today() else []
    plain = ["".join(c if c.isalnum() else "-" for c in name).strip("-") for name in names]
    return "_".join(filter(None, plain))[:60] or say(lang, "file.all")
