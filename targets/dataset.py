"""The data folder, loaded as a whole or not at all: read, checked, joined and put in common units."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets import formulas, reading, rules, units
from targets.columns import STR, Column, classify, look_up
from targets.files import Files, read_folder
from targets.once import Once
from targets.schema import DATA_FOLDER, InvalidDataError, Problem, resources
from targets.sizes import size_of
from targets.text import say

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
FRAMES_KEPT = 3
"""The budget of what is kept of a large data set, in sizes of its frame: the results of two days take less."""


class Shared(Once):
    """What has been worked out from one data set, for all its readers, within a budget of bytes.

    It lives and dies with its data set, so a new version never shows what was worked out from an old one.
    Readers who ask at once for the same wait for one working out of it. What was known on a day before the
    newest that is asked for goes first, then the least used; what was worked out last always stays, as whoever
    asked for it asks again at once. The day stands in the `asof` of a part of the key. `known` is what was worked
    out elsewhere and is never dropped.
    """

    MOST = 10_000
    LEAST_BYTES = 128 * 1024 * 1024
    """The budget of a small data set."""

    def __init__(self, most_bytes: int = LEAST_BYTES, known: Mapping[Hashable, Any] | None = None) -> None:
        super().__init__()
        self.known = dict(known or {})
        self.most_bytes = most_bytes
        self._newest = ""
        self._past: dict[Hashable, None] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever make returns
        """Return what is known or kept under the key, or make it and keep it."""
        return self.known[key] if key in self.known else super().get(key, make)

    def _measure(self, made: object) -> int:
        return size_of(made)

    def _keep(self, key: Hashable, made: object, size: int) -> None:
        self._kept[key] = made, size
        self.size += size
        if (day := _day_of(key)) > self._newest:
            self._newest = day
            self._past = {each: None for each in self._kept if "" < _day_of(each) < day}
        elif day and day < self._newest:
            self._past[key] = None
        while len(self._kept) > 1 and (self.size > self.most_bytes or len(self._kept) > self.MOST):
            gone = next(each for each in chain(self._past, self._kept) if each != key)
            self._past.pop(gone, None)
            self.size -= self._kept.pop(gone)[1]


def _day_of(key: Hashable) -> str:
    """Return the day as of which something is kept, "" for what depends on none."""
    parts = key if isinstance(key, tuple) else (key,)
    return next((part.asof for part in parts if hasattr(part, "asof")), "")


class HomeError(Exception):
    """Data that lives elsewhere than in a folder and is not to be had; carries the problem."""

    def __init__(self, rule: str, name: str = "TARGETS_URL") -> None:
        super().__init__(rule)
        self.problem = Problem(name, rule)


@dataclass(frozen=True)
class Wide:
    """A selection of more records than are fetched: how many, and by column how many of each kind."""

    records: int
    tallies: Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Everything the data folder says, in one version.

    `frame`: one row per record of targets.csv, an inferred year reckoned, with dimension, measure, concept,
    scope, prices, direction and pace of its indicator, level (the indicator whose figures its pace is reckoned from:
    its own, or what an average growth rate is the growth of), actor_type, source_year, subject (whom or what
    the number is about), value_text (the number's own digits), and canonical_value, canonical_unit, low,
    high, low_closed, high_closed. `tables`: every file as a typed frame, by resource name. `version`: hash of
    the bytes of all files. Where the frame holds only what a selection needs, `whole` is the number of all records,
    and `wide` is there if the selection itself is too large to be held.
    """

    frame: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    version: str
    shared: Shared = field(default_factory=Shared)
    whole: int | None = None
    wide: Wide | None = None

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

    def narrow(self, selection: Hashable, source: str = "", record: str = "") -> "Dataset":
        """Return data with all that a selection, a source and a record need; raise HomeError. Here it is at hand."""
        return self

    def __post_init__(self) -> None:
        """Let what is kept grow with the data."""
        self.shared.most_bytes = max(self.shared.most_bytes, FRAMES_KEPT * size_of(self.frame))

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        return {
            c: self._tell_apart("en", name, "title_en" if c == "source" else "name_en") for c, (name, _) in KEYS.items()
        }

    @cached_property
    def by_key(self) -> dict[str, pd.DataFrame]:
        """Sources, actors, districts, industries and indicators by their keys."""
        return {name: self.tables[name].set_index(key) for name, key in KEYS.values()}

    @cached_property
    def by_id(self) -> pd.DataFrame:
        """The frame by the ID of its records."""
        return self.frame.set_index("id", drop=False)

    def cells(self, record: str, *columns: str) -> tuple:
        """Return some cells of a record; raise KeyError. A whole row would make one object of each of its cells."""
        place = self.by_id.index.get_loc(record)
        return tuple(self.frame[column].array[place] for column in columns)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return self._tell_apart("zh", "sources", "title")

    def _tell_apart(self, lang: str, name: str, column: str) -> dict[str, str]:
        """Return a name of each key that no other has: what several share is followed by the day, or else the key."""
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

    def coded(self, column: str) -> pd.Categorical:
        """Return a column of text by what occurs in it, in the order in which it first occurs; blank is a key too."""

        def make() -> pd.Categorical:
            cells = pa.chunked_array(pa.array(self.frame[column], pa.string())).combine_chunks()
            read = Column.of(cells)
            return pd.Categorical.from_codes(read.codes, pd.Index(read.texts, dtype=STR))

        return self.shared.get(("coded", column), make)

    def label_unit(self, lang: str, unit: str) -> str:
        """Return a unit as it is printed; in English with its English form: 亿元 (RMB 100m)."""
        short = self._short_units.get(unit, unit)
        return unit if lang == "zh" or short == unit else f"{unit} ({short})"

    def label(self, lang: str, column: str, key: str) -> str:
        """Return the reader's word for a key or coded value of a column of targets.csv."""
        if column == "source" and lang == "zh":
            return self._titles.get(key, key)
        if column == "state":
            return say(lang, f"state.{key}")
        if column in CODED:
            return key if lang == "zh" else self._names[column].get(key, key)
        return resources()["targets"].field(column).label(lang, key)


def read_files(folder: Path = DATA_FOLDER) -> dict[str, bytes]:
    """Return the bytes of every data file, each read once, by resource name; raise InvalidDataError."""
    return dict(read_folder(folder).contents)


def build(contents: Mapping[str, bytes]) -> Dataset:
    """Check all files together and return the data set; raise InvalidDataError with every problem."""
    problems: list[Problem] = []
    texts: dict[str, reading.TextTable] = {}
    for resource in resources().values():
        text, found = reading.read_table(resource, contents[resource.name])
        if text:
            texts[resource.name] = text
            found = reading.check_cells(resource, text)
        problems += found
    for resource in resources().values():
        if resource.name in texts and all(k in texts for k, _ in resource.foreign_keys.values()):
            known = {c: texts[name].columns[key] for c, (name, key) in resource.foreign_keys.items()}
            problems += reading.check_keys(resource, texts[resource.name], known)
    if problems:
        raise InvalidDataError(problems)
    tables = {name: reading.to_frame(resources()[name], text) for name, text in texts.items() if name != "targets"}
    tables["targets"] = reading.to_frame(resources()["targets"], texts["targets"], known_keys(tables))
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
    return build(read_files(folder))


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
        frame[column] = columns[link].places_in(columns["id"])
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
