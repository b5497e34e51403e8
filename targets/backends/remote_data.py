"""Data in a backend: what all readers share of it, and the records that a selection needs, fetched on demand.

The engine selects, pandas computes: the records of a selection and those on which its results rest make a data set
of their own, in which every table, chart and page finds what it would find in the whole.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.backends import pushdown
from targets.backends.engine import Engine
from targets.contract.columns import STR
from targets.contract.schema import check_value, resources
from targets.load.cache import Cache
from targets.load.dataset import BackendError, Data, Dataset, TooManyRows, at_hand, per_dataset, shared_cache
from targets.query.facets import options
from targets.query.narrowing import count_all, filters_to_relax, masks, select
from targets.query.selection import FACETS, STORED, Selection
from targets.query.tables import tally

MOST = 50_000
"""Selected records that are fetched and drawn; of more only counts and tallies are shown."""
MOST_BEHIND = 250_000
"""Records fetched because results rest on them."""
MOST_KEPT = 500_000
"""Records of all the selections that are kept in memory."""
MOST_SLICES = 250
"""Selections that are kept in memory, however few their records."""
LEAST_CELLS = 256 * 1024
"""Cells of results that are kept of a selection of few records: every page in both languages takes half of it."""
WINDOW = 50_000
"""Row positions of the file from which a download takes records at once."""
TALLIED = ("actor", "industry")


def to_frame(rows: pa.Table, columns: dict[str, dict]) -> pd.DataFrame:
    """Return fetched records as the frame they were taken in from, in the order of their row positions."""
    _, first = np.unique(rows[pushdown.POSITION].to_numpy(), return_index=True)
    rows = rows.take(pa.array(first))
    cells = {name: rows[name].combine_chunks() for name in columns}
    return pd.DataFrame({name: _to_column(cells[name], described) for name, described in columns.items()})


def _to_column(cells: pa.Array, described: dict) -> pd.Series:
    if described["type"] == "category":
        keys = pd.Index(described["keys"], "str", name=described["name"])
        coded = cells.cast(pa.string()).dictionary_encode()
        known = keys.get_indexer(pd.Index(coded.dictionary.to_pylist(), dtype="str"))
        codes = np.append(known, -1)[pc.fill_null(coded.indices, -1).to_numpy()]
        return pd.Series(pd.Categorical.from_codes(codes, keys, ordered=described["ordered"]))
    if described["type"] == "str":
        return pd.Series(STR.__from_arrow__(cells.cast(pa.string())))
    if described["type"] == "Int64":
        return pd.Series(pd.array(cells.to_numpy(zero_copy_only=False), dtype="Int64"))
    return pd.Series(cells.to_numpy(zero_copy_only=False).astype(described["type"]))


def slice_cache(most_records: int = MOST_KEPT, most: int = MOST_SLICES) -> Cache:
    """Return a cache for the data sets of the selections last asked for, by their records."""
    return Cache(most_records, lambda found: max(len(at_hand(found).frame), most_records // most))


@dataclass(frozen=True, eq=False, repr=False)
class BackendData(Data):
    """All records of a backend, none of them at hand: `query` fetches what is needed.

    `parts`: the tables of records with the row position of their first; `heads`: those of the records that are fetched
    with any selection. `columns`: the type of each column of a frame; `counts`: records by filter and key.
    """

    tables: dict[str, pd.DataFrame]
    version: str
    size: int
    known: dict[Hashable, Any]
    engine: Engine
    parts: tuple[tuple[str, int], ...]
    heads: tuple[tuple[str, int], ...]
    columns: dict[str, dict]
    counts: dict[str, dict[str, int]]
    shared: Cache = field(default_factory=shared_cache)
    slices: Cache = field(default_factory=slice_cache)

    def query(self, selection: Selection, source: str = "", record: str = "") -> Dataset | TooManyRows:
        """Return what a selection, a source (the first one, if none is named) and a record need; raise BackendError."""
        record = "" if check_value(resources()["targets"].field("id"), record)[0] else record
        try:
            found = self._slice(selection)
            frame = at_hand(found).frame
            there = int((frame["source"] == source).sum()) == self.counts["source"].get(source, 0)
            missing = "" if there else source, "" if (frame["id"] == record).any() else record
            found = self._slice(selection, *missing) if any(missing) else found
            known = at_hand(found).known
            if (count_all, selection) not in known:
                known[(filters_to_relax, selection)] = self._relax(found, selection)
                known[(count_all, selection)] = self._count(found, selection)
        except self.engine.broken as error:
            raise BackendError("backend_away", self.engine.name) from error
        return found

    def stream(self, selection: Selection) -> Iterator[pd.DataFrame]:
        """Return the selected records, whatever their number and state, some at a time in the order of the file."""

        def ask(name: str, start: int) -> pa.Table:
            return self.engine.ask(
                ((name, 0),),
                lambda rows: pushdown.window(
                    pushdown.select(self, rows, selection), start, start + WINDOW
                ).to_pyarrow(),
            )

        ends = [first for _, first in self.parts[1:]] + [self.size]
        for (name, first), end in zip(self.parts, ends, strict=True):
            for start in range(0, end - first, WINDOW):
                found = ask(name, start)
                if len(found):
                    yield to_frame(found, self.columns)

    def _ask(self, question: Callable) -> object:
        return self.engine.ask(self.parts, question)

    def _slice(self, selection: Selection, source: str = "", record: str = "") -> Dataset | TooManyRows:
        selection = selection.without("state")
        key = (selection, source, record)
        return self.slices.get(key, lambda: self._fetch(selection, source, record))

    def _fetch(self, selection: Selection, source: str, record: str) -> Dataset | TooManyRows:
        selected = self._count_selected(selection)
        named = {column: [key] for column, key in (("source", source), ("id", record)) if key}
        always = self._always()
        found = self._fetch_rows(selection, named, MOST_BEHIND) if selected <= MOST else None
        if found is not None:
            return self._make([always, *found])
        rows = self._fetch_rows(None, {"source": options(self, "source")[:1]} | named, self.size)
        tallies = {column: self._tally(selection, column) for column in TALLIED}
        return TooManyRows(selected, tallies, self._make([always, *rows]))

    def _make(self, rows: list[pa.Table]) -> Dataset:
        frame = to_frame(pa.concat_tables(rows), self.columns)
        return Dataset(frame, self.tables, self.version, shared_cache(LEAST_CELLS), self.size, dict(self.known))

    def _fetch_rows(self, selection: Selection | None, named: dict[str, list], most: int) -> list[pa.Table] | None:
        """Return the records of a selection or named, and those behind them; None if these are too many."""
        seeds = self._fetch_named(named)
        if selection:
            seeds.append(self._ask(lambda rows: pushdown.select(self, rows, selection).to_pyarrow()))
        if not sum(map(len, seeds)):
            return []
        frame = to_frame(pa.concat_tables(seeds), self.columns)
        behind = self._ask(lambda rows: pushdown.behind(self, rows, frame).limit(most + 1).to_pyarrow())
        return [*seeds, behind] if len(behind) <= most else None

    def _fetch_named(self, named: dict[str, list]) -> list[pa.Table]:
        """Return the records named by keys of columns, one column at a time: an engine passes over more of the rest."""
        return [
            self._ask(lambda rows, column=column, keys=keys: pushdown.named(rows, column, keys).to_pyarrow())
            for column, keys in named.items()
            if keys
        ]

    @per_dataset
    def _always(self) -> pa.Table:
        """Return the records that are fetched with any selection, and those of the first source."""
        heads = self.engine.ask(self.heads, lambda rows: rows.to_pyarrow())
        return pa.concat_tables([heads, *self._fetch_named({"source": options(self, "source")[:1]})])

    def _count_selected(self, selection: Selection, without: str = "state") -> int:
        if not selection.without(without).query:
            return self.size
        return self._ask(lambda rows: pushdown.count(pushdown.select(self, rows, selection, without)))

    def _count_keys(self, selection: Selection, facet: str) -> dict[str, int]:
        found = self.counts[facet]
        if selection.without(facet).query:
            found = self._ask(lambda rows: pushdown.count_keys(pushdown.select(self, rows, selection, facet), facet))
        return {key: found.get(key, 0) for key in options(self, facet)}

    def _tally(self, selection: Selection, column: str) -> pd.DataFrame:
        found = self._ask(lambda rows: pushdown.tally(pushdown.select(self, rows, selection), column))
        counts = found.pivot(index=column, columns="kind", values="n").fillna(0)
        return tally(counts.reindex([key for key in options(self, column) if key in counts.index]), column)

    def _count(self, found: Dataset | TooManyRows, selection: Selection) -> dict[str, dict[str, int]]:
        """Return the counts of every filter, empty where they are not known: those by state of too many records."""
        if isinstance(found, TooManyRows):
            known = {} if selection.state else {facet: self._count_keys(selection, facet) for facet in STORED}
            return {facet: known.get(facet, {}) for facet in FACETS}
        counts = dict(count_all(found, selection))
        for facet in STORED:
            if getattr(selection, facet) and selection.state:
                other = self._slice(selection.without(facet))
                counts[facet] = {} if isinstance(other, TooManyRows) else count_all(other, selection)[facet]
            elif getattr(selection, facet):
                counts[facet] = self._count_keys(selection, facet)
        return counts

    def _relax(self, found: Dataset | TooManyRows, selection: Selection) -> dict[str, int]:
        """Return how many records there are with one filter let go, if there are none with all of them."""
        if isinstance(found, TooManyRows) or len(select(found, selection)):
            return {}
        relaxed = {}
        for name in masks(found, selection):
            wider = selection.without(name)
            if not selection.state:
                relaxed[name] = self._count_selected(selection, name)
            elif not isinstance(other := self._slice(wider), TooManyRows):
                relaxed[name] = len(select(other, wider))
        return {name: count for name, count in relaxed.items() if count}
