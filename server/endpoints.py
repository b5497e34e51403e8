"""The data interface: every address beside the pages, the parameters it takes, and the bytes it gives."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd
from targets.export import csv_export, data_package, json_export, workbook
from targets.load.dataset import Data, Dataset, per_dataset
from targets.query.facets import label_option, options
from targets.query.narrowing import ORDERS, select, sort_rows
from targets.query.selection import FACETS, LONGEST_SEARCH, Ignored, Selection, find_unknown, from_query, last_value
from targets.query.tables import CHOICE_COLUMN, TABLES, Choice, choose, table_of
from targets.storage.program import program_key
from targets.text import LANGUAGES, say

PAGE_ONLY = ("check", "page", "record", "embed", "embed_options")
"""Parameters of a page that change nothing here, so that the address of a page can be used as it is."""


@dataclass(frozen=True)
class Asked:
    """What a request asks for: language, records, what a chart is about, and the order."""

    lang: str
    selection: Selection
    choice: Choice
    sort: str

    def rows(self, data: Dataset) -> pd.DataFrame:
        """Return the records asked for, in their order."""
        return sort_rows(select(data, self.selection), self.sort)

    def stream(self, data: Dataset) -> Iterator[bytes | memoryview]:
        """Return the records asked for as CSV, in their order, each part written when it is asked for."""
        return csv_export.stream_csv(data.stream(self.selection, self.sort))


def read_asked(data: Data, query: Mapping[str, list[str]]) -> tuple[Asked, list[Ignored]]:
    """Read query parameters; return what they ask for, and whatever is not known or said twice."""
    selection, ignored = from_query(data, query)
    choice, more = choose(data, {name: values for name, values in query.items() if name not in PAGE_ONLY})
    ignored += more
    single = {}
    for name, known, default in (("lang", LANGUAGES, LANGUAGES[0]), ("sort", ORDERS, "")):
        last, more = last_value(name, query.get(name, ()), default)
        ignored += more
        ignored += [Ignored(name, last)] if query.get(name) and last not in known else []
        single[name] = last if last in known else default
    known_names = {"lang", "sort", "q", "asof", *FACETS, *CHOICE_COLUMN, *PAGE_ONLY}
    ignored += find_unknown(query, known_names)
    return Asked(single["lang"], selection, choice, single["sort"]), ignored


@dataclass(frozen=True)
class Parameter:
    """A query parameter with its meaning in both languages, and its values where they are a list."""

    name: str
    meanings: dict[str, str]
    values: tuple[str, ...] = ()
    labels: tuple[dict[str, str], ...] = ()
    many: bool = False


def _parameter(data: Data, name: str) -> Parameter:
    plain = {"lang": LANGUAGES, "q": (), "asof": (), "sort": ORDERS}
    if name in plain:
        meanings = {lang: say(lang, f"interface.{name}", most=LONGEST_SEARCH) for lang in LANGUAGES}
        labels = tuple(dict.fromkeys(LANGUAGES, value) for value in plain[name])
        return Parameter(name, meanings, plain[name], labels)
    facet = CHOICE_COLUMN.get(name, name)
    values = tuple(options(data, facet))
    labels = tuple({lang: label_option(data, lang, facet, value) for lang in LANGUAGES} for value in values)
    key = f"choice.{name}" if name in CHOICE_COLUMN else f"filter.{name}"
    return Parameter(name, {lang: say(lang, key) for lang in LANGUAGES}, values, labels, many=name in FACETS)


@per_dataset
def parameters(data: Data) -> dict[str, Parameter]:
    """Return every parameter by name, with the values that occur in the data."""
    names = (*TABLE, *chain.from_iterable(table.choices for table in TABLES.values()), "sort")
    return {name: _parameter(data, name) for name in names}


CSV = ("csv", "text/csv; charset=utf-8")
JSON = ("json", "application/json")
XLSX = ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ZIP = ("zip", "application/zip")
TABLE = ("lang", *FACETS, "q", "asof")
RECORDS = (*TABLE, "sort")


@dataclass(frozen=True)
class Address:
    """An address beside the pages: `what` names the file, `takes` are the parameters that change it or its name.

    What `streams` may be written while it is sent, where it is too large to be put together.
    """

    path: str
    what: str
    format: tuple[str, str]
    takes: tuple[str, ...]
    make: Callable[[Dataset, Asked], bytes]
    streams: bool = False

    def file_name(self, data: Data, asked: Asked) -> str:
        """Return the name of the file for the reader, which says the selection."""
        return csv_export.file_name(data, asked.lang, asked.selection, self.what, self.format[0])

    def gives(self, lang: str) -> str:
        """Return what is had from the address, in words."""
        return say(lang, f"interface.{self.format[0]}" if self.what == "targets" else f"gives.{self.what}")

    def tag(self, data: Data, asked: Asked) -> str:
        """Return what tells one answer from another: data, program, address and what was asked.

        Of all formats only a workbook's words are in a language.
        """
        chosen = asked.selection.query | asked.choice.query | {"lang": asked.lang, "sort": asked.sort}
        chosen["asof"] = asked.selection.asof
        depends = {*self.takes} - ({"lang"} if self.format != XLSX else set())
        chosen = {name: value for name, value in chosen.items() if name in depends}
        said = json.dumps([data.version, program_key(Path(__file__).parent), self.path, chosen], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def _csv(data: Dataset, asked: Asked) -> bytes:
    return b"".join(asked.stream(data))


def _json(data: Dataset, asked: Asked) -> bytes:
    return json_export.to_json(data, asked.selection, asked.rows(data))


def _xlsx(data: Dataset, asked: Asked) -> bytes:
    return workbook.to_workbook(data, asked.lang, asked.selection, asked.rows(data))


def _zip(data: Dataset, asked: Asked) -> bytes:
    return data_package.to_package(data, asked.selection, asked.rows(data))


def _table(name: str, data: Dataset, asked: Asked) -> bytes:
    return csv_export.to_csv(table_of(name, data, asked.selection, asked.choice))


ADDRESSES = (
    Address("data/targets.csv", "targets", CSV, RECORDS, _csv, streams=True),
    Address("data/targets.xlsx", "targets", XLSX, RECORDS, _xlsx),
    Address("data/targets.json", "targets", JSON, RECORDS, _json),
    Address("data/progress.csv", "progress", CSV, TABLE, partial(_table, "progress")),
    Address("data/package.zip", "targets", ZIP, RECORDS, _zip),
    *(
        Address(f"data/tables/{name}.csv", name, CSV, (*TABLE, *table.choices), partial(_table, name))
        for name, table in TABLES.items()
    ),
)
"""Every address, in the order in which a reader is told of them."""
