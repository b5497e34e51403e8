"""The data set: all files of a folder checked together, joined and put in common units, or refused as a whole."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract import formulas, rules, units
from targets.contract.columns import STR, Column, classify, look_up
from targets.contract.schema import DATA_FOLDER, InvalidDataError, Problem, described, resources
from targets.load import csv_reader
from targets.load.cache import Cache
from targets.load.files import Files, read_folder
from targets.text import phrases, say

KEYS = {
    "source": ("sources", "id"),
    "actor": ("actors", "actor"),
    "district": ("districts", "district"),
    "industry": ("industries", "industry"),
    "indicator": ("indicators", "indicator"),
}
CODED = tuple(KEYS)
"""Columns of the targets that hold keys of a code list, each an ordered category in its order."""
CODED_AT_FIRST = ("unit", "year_evidence")
"""Columns that are a category while records are checked, and text afterwards."""
LINKED = {"base_at": "base", "revises_at": "revises"}
"""Where the records stand that others name, known while records are checked."""
FRAME = "frame"
"""The name of the joined frame among the tables, which no file of the data folder has."""
MOST_CELLS = 16 * 1024 * 1024
"""Cells of all cached results of a small data set: 128 MiB of numbers."""
LEAST_CELLS = 1_000
"""Cells that any result counts for: its key, and objects that are not looked into."""
BLOCK = 65_536
"""Records that are streamed at once: 16 MB of text."""
FRAMES_KEPT = 3
"""Cached results of a large data set, in sizes of its frame: the results of two days take less."""


def shared_cache(most_cells: int = MOST_CELLS) -> Cache:
    """Return a cache for what is computed from one data set, for all its readers."""
    return Cache(most_cells, _count_cells)


def _count_cells(made: object) -> int:
    """Return about how many cells a result holds."""
    if isinstance(made, tuple):
        return sum(map(_count_cells, made))
    if isinstance(made, Mapping):
        cells = sum(len(each) if isinstance(each, Mapping) else 1 for each in made.values())
    else:
        cells = getattr(made, "size", None) or (len(made) if isinstance(made, Sized) else 0)
    return max(int(cells), LEAST_CELLS)


Result = TypeVar("Result")


def per_dataset(function: Callable[..., Result]) -> Callable[..., Result]:
    """Cache a function's results by data set and hashable arguments, in the data set's own cache.

    The function must depend on nothing else. The key is the decorated function with its arguments; under the same
    key `known` may have the result, which is then never computed.
    """

    @wraps(function)
    def cached(data: "Data", *arguments: Hashable) -> Result:
        key = (cached, *arguments)
        return data.known[key] if key in data.known else data.shared.get(key, lambda: function(data, *arguments))

    return cached


class BackendError(Exception):
    """A backend that is not reachable or does not hold this data; carries the problem."""

    def __init__(self, rule: str, name: str = "TARGETS_URL") -> None:
        super().__init__(rule)
        self.problem = Problem(name, rule)


class Selects(Protocol):
    """A selection of records, which query/ defines."""

    def positions(self, data: "Dataset", sort: str = "") -> np.ndarray:
        """Return the row positions of the selected records, in the order of the file or sorted."""


class Data(ABC):
    """All records, in a folder or in a backend: what is known of them all, and how to get those of a selection.

    `tables`: the code lists as typed frames, by resource name. `version`: hash of the bytes of all files. `size`: the
    number of all records. `shared`: what has been computed for all readers, which goes with the data; `known`: results
    that were computed elsewhere, by the keys of `per_dataset`.
    """

    tables: dict[str, pd.DataFrame]
    version: str
    size: int
    shared: Cache
    known: dict[Hashable, Any]

    @abstractmethod
    def query(self, selection: Selects, source: str = "", record: str = "") -> "Dataset | TooManyRows":
        """Return what a selection, a source (the first one, if none is named) and a record need; raise BackendError."""

    @abstractmethod
    def stream(self, selection: Selects) -> Iterator[pd.DataFrame]:
        """Return the selected records, however many, some at a time in the order of the file."""

    @cached_property
    def by_key(self) -> dict[str, pd.DataFrame]:
        """Sources, actors, districts, industries and indicators by their keys."""
        return {name: self.tables[name].set_index(key) for name, key in KEYS.values()}

    @cached_property
    def _names(self) -> dict[tuple[str, str], dict[str, str]]:
        """The names of keys by language and column; in Chinese all keys but those of sources are names."""
        names = {
            ("en", column): self._tell_apart("en", name, "title_en" if column == "source" else "name_en")
            for column, (name, _) in KEYS.items()
        }
        return names | {("zh", "source"): self._tell_apart("zh", "sources", "title")}

    def _tell_apart(self, lang: str, name: str, column: str) -> dict[str, str]:
        """Return a unique name of each key: one that several share is followed by the day, or else the key."""
        table = self.by_key[name]
        names = table[column].astype("object")
        for more in (table["published"], table.index.to_series()) if name == "sources" else (table.index.to_series(),):
            shared = names.duplicated(keep=False) & (more != "")
            pairs = zip(names[shared], more[shared], strict=True)
            names[shared] = [say(lang, "apart", name=each, more=other) for each, other in pairs]
        return names.to_dict()

    @cached_property
    def _short_units(self) -> dict[str, str]:
        return self.tables["units"].set_index("unit")["short_en"].to_dict()

    def label_unit(self, lang: str, unit: str) -> str:
        """Return a unit as it is printed; in English with its English form: 亿元 (RMB 100m)."""
        short = self._short_units.get(unit, unit)
        return unit if lang == "zh" or short == unit else f"{unit} ({short})"

    def label(self, lang: str, column: str, key: str) -> str:
        """Return the reader's word for a key, unit or coded value of a column that the schema describes."""
        if column == "state":
            return say(lang, f"state.{key}")
        if column == "modality" and lang != "zh" and (meaning := f"modality.{key}") in phrases():
            return say(lang, "apart", name=key, more=say(lang, meaning))
        if column in CODED:
            return self._names.get((lang, column), {}).get(key, key)
        if column in ("unit", "canonical_unit"):
            return self.label_unit(lang, key)
        return described()[column].label(lang, key)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Data):
    """Records at hand: everything the data folder says in one version, or what a selection needs of a backend.

    `frame`: one row per record of targets.csv, an inferred year computed, with dimension, measure, concept,
    scope, prices, direction and pace of its indicator, level (the indicator whose figures its pace is computed from:
    its own, or what an average growth rate is the growth of), actor_type, source_year, subject (whom or what
    the number is about), value_text (the number's own digits), and canonical_value, canonical_unit, low,
    high, low_closed, high_closed. Where it holds only what a selection needs, `whole` is the number of all records.
    """

    frame: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    version: str
    shared: Cache = field(default_factory=shared_cache)
    whole: int | None = None
    known: dict[Hashable, Any] = field(default_factory=dict)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame], version: str) -> "Dataset":
        """Return the data set of `every_table` of another."""
        return cls(tables[FRAME], {name: table for name, table in tables.items() if name != FRAME}, version)

    @property
    def every_table(self) -> dict[str, pd.DataFrame]:
        """The frame and the files' tables by name."""
        return {FRAME: self.frame, **self.tables}

    @property
    def size(self) -> int:
        """The number of all records."""
        return len(self.frame) if self.whole is None else self.whole

    def query(self, selection: Selects, source: str = "", record: str = "") -> "Dataset":
        """Return itself: it has all that is needed."""
        return self

    def stream(self, selection: Selects, sort: str = "") -> Iterator[pd.DataFrame]:
        """Return the selected records, some at a time in the order of the file or sorted; a slice is not copied."""
        positions = selection.positions(self, sort)
        for start in range(0, len(positions), BLOCK):
            some = positions[start : start + BLOCK]
            in_a_row = (np.diff(some) == 1).all()
            yield self.frame.iloc[some[0] : some[-1] + 1] if in_a_row else self.frame.take(some)

    def __post_init__(self) -> None:
        """Let the cache grow with the data."""
        self.shared.most = max(self.shared.most, FRAMES_KEPT * self.frame.size)

    @cached_property
    def by_id(self) -> pd.DataFrame:
        """The frame by the ID of its records."""
        return self.frame.set_index("id", drop=False)

    def cells(self, record: str, *columns: str) -> tuple:
        """Return some cells of a record, without making a row of all its cells; raise KeyError."""
        position = self.by_id.index.get_loc(record)
        return tuple(self.frame[column].array[position] for column in columns)

    @per_dataset
    def coded(self, column: str) -> pd.Categorical:
        """Return a column of text as a category, in the order of first occurrence; blank is a key too."""
        cells = pa.chunked_array(pa.array(self.frame[column], pa.string())).combine_chunks()
        read = Column.of(cells)
        return pd.Categorical.from_codes(read.codes, pd.Index(read.texts, dtype=STR))


@dataclass(frozen=True)
class TooManyRows:
    """A selection of more records than are fetched: how many, by column how many of each kind, and `data`.

    The data has what is shown whatever is selected, such as the records of one source.
    """

    records: int
    tallies: Mapping[str, pd.DataFrame]
    data: Dataset


def at_hand(found: Dataset | TooManyRows) -> Dataset:
    """Return the records that were fetched: the selected ones, or those shown whatever is selected."""
    return found.data if isinstance(found, TooManyRows) else found


def build(contents: Mapping[str, bytes]) -> Dataset:
    """Check all files together and return the data set; raise InvalidDataError with every problem."""
    problems: list[Problem] = []
    texts: dict[str, csv_reader.TextTable] = {}
    for resource in resources().values():
        text, found = csv_reader.read_table(resource, contents[resource.name])
        if text:
            texts[resource.name] = text
            found = csv_reader.check_cells(resource, text)
        problems += found
    for resource in resources().values():
        if resource.name in texts and all(k in texts for k, _ in resource.foreign_keys.values()):
            known = {c: texts[name].columns[key] for c, (name, key) in resource.foreign_keys.items()}
            problems += csv_reader.check_keys(resource, texts[resource.name], known)
    if problems:
        raise InvalidDataError(problems)
    tables = {name: csv_reader.to_frame(resources()[name], text) for name, text in texts.items() if name != "targets"}
    tables["targets"] = csv_reader.to_frame(resources()["targets"], texts["targets"], known_keys(tables))
    tables = {name: tables[name] for name in texts}
    frame = _join(tables, texts["targets"].columns)
    if problems := rules.check_lists(tables) + rules.check_rows(frame):
        raise InvalidDataError(problems)
    frame = units.add_canonical(frame, tables["units"])
    if problems := rules.check_links(frame):
        raise InvalidDataError(problems)
    frame = frame.drop(columns=["year_entered", *LINKED])
    frame[list(CODED_AT_FIRST)] = tables["targets"][list(CODED_AT_FIRST)]
    if problems := formulas.check_formulas(tables["checks"], frame):
        raise InvalidDataError(problems)
    return Dataset(frame, tables, Files(contents).version)


def load(folder: Path = DATA_FOLDER) -> Dataset:
    """Read and build the data folder."""
    return build(read_folder(folder).contents)


def known_keys(tables: dict[str, pd.DataFrame]) -> dict[str, Sequence[str]]:
    """Return the keys that each coded column of the targets may hold, in their order."""
    known = {f.name: [c["value"] for c in f.categories] for f in resources()["targets"].fields if f.categories}
    for column, (name, key) in KEYS.items():
        table = tables[name]
        known[column] = (table.sort_values("order") if "order" in table else table)[key]
    return known


def _join(tables: dict[str, pd.DataFrame], columns: dict[str, Column]) -> pd.DataFrame:
    """Return the targets with what their indicator, actor, unit and source say of them."""
    frame = tables["targets"].copy(deep=False)
    for column in CODED_AT_FIRST:
        frame[column] = columns[column].to_categorical()
    for column, link in LINKED.items():
        frame[column] = columns[link].positions_in(columns["id"])
    indicator, indicators = frame["indicator"].array, tables["indicators"].set_index("indicator")
    for column in ("dimension", "measure", "concept", "scope", "prices", "direction", "pace"):
        frame[column] = classify(indicator, indicators[column])
    averaged = indicators["pace"] == "average_growth"
    level = indicators["growth_of"].where(averaged, indicators.index.to_series()).reindex(indicator.categories)
    frame["level"] = pd.Categorical.from_codes(
        indicator.categories.get_indexer(level)[indicator.codes], indicator.dtype.categories
    )
    frame["actor_type"] = classify(frame["actor"].array, tables["actors"].set_index("actor")["type"])
    frame["unit_dimension"] = classify(frame["unit"].array, tables["units"].set_index("unit")["dimension"])
    sources = tables["sources"].set_index("id")
    for column in ("lines", "year"):
        frame[f"source_{column}"] = look_up(frame["source"].array, sources[column])
    frame["year_entered"] = frame["year"]
    frame["year"] = rules.infer_years(frame)
    frame["subject"] = rules.subjects(frame)
    value = columns["value"]
    frame["value_text"] = replace(value, texts=pc.replace_substring(value.texts, ",", "")).to_series()
    return frame
