"""What a reader sees, read from the address and nowhere else: language, filters, choices, record."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from targets.load.dataset import Data, Dataset, TooManyRows, at_hand, per_dataset
from targets.load.rows import Rows
from targets.query.facets import label_option
from targets.query.narrowing import ORDERS, places_of, rows_of, sorted_places
from targets.query.selection import FACETS, Ignored, Selection, find_unknown, from_query, last_value, to_query_string
from targets.query.tables import CHOICE_COLUMN, Choice, choice_options, choose
from targets.text import LANGUAGES, language_of, say
from targets.wording.cells import write_cell

PAGES = (
    "overview", "progress", "by_district", "by_industry", "by_year", "records", "sources", "method", "interface",
)  # fmt: skip
UNFILTERED = ("method", "interface")
"""Pages that are there also where nothing is selected: they show no records."""
PARAMETERS = ("lang", *FACETS, "q", "asof", *CHOICE_COLUMN, "sort", "page", "record")
STREAMLIT_PARAMETERS = ("embed", "embed_options")
_CURRENT: ContextVar["View"] = ContextVar("view")
_BASE = re.compile(r"https?://[\w.:\[\]-]+(?:/[\w.~%-]+)*", re.ASCII)
_HERE = "http://localhost:8501"
"""The address of a dashboard started as the README says, where the browser does not tell its own."""


@dataclass(frozen=True)
class View:
    """One reader's view of one version of the data; everything in it stands in the address.

    `too_many`: what is told of the selection where it has more records than are fetched.
    """

    data: Dataset
    lang: str
    selection: Selection
    choice: Choice
    sort: str
    page: int
    record: str
    ignored: tuple[Ignored, ...]
    too_many: TooManyRows | None = None

    @cached_property
    def rows(self) -> Rows:
        """The selected records in the order of the file."""
        return rows_of(self.data, self.selection)

    @property
    def count(self) -> int:
        """The number of selected records, also where they are too many to be here."""
        return self.too_many.records if self.too_many else len(places_of(self.data, self.selection))

    @cached_property
    def sorted_rows(self) -> Rows:
        """The selected records in the order the reader asked for."""
        return Rows(self.rows.of, sorted_places(self.data, self.selection, self.sort))

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """Return a part of a page made once for all who look at this view; an opened record is not part of it."""
        key = (name, self.lang, self.selection, self.choice, self.sort, self.page)
        return self.data.shared.get(key, make)

    def choices(self, name: str) -> list[str]:
        """Return what a chart can be about, the fullest first."""
        return _choices(self.data, self.selection, name)

    @property
    def filter_mode(self) -> str:
        """How boxes find what is typed: Chinese names are shortened by leaving out characters, English ones are not."""
        return "fuzzy" if self.lang == "zh" else "contains"

    def say(self, key: str, **values: object) -> str:
        """Return a phrase in the reader's language."""
        return say(self.lang, key, **values)

    def label(self, column: str, key: str) -> str:
        """Return the reader's word for a key."""
        return label_option(self.data, self.lang, column, key)

    def cell(self, column: str, value: object) -> str:
        """Return a cell of a table as plain text for the reader."""
        return write_cell(self.data, self.lang, column, value)

    def query(self, **changes: Iterable[str]) -> dict[str, list[str]]:
        """Return the view as query parameters with changes; an empty change takes a parameter out."""
        query = {"lang": [self.lang]} | self.selection.query | self.choice.query
        query |= {"sort": [self.sort]} if self.sort else {}
        query |= {name: list(values) for name, values in changes.items()}
        return {name: values for name, values in query.items() if values}

    def href(self, page_name: str, /, **changes: Iterable[str]) -> str:
        """Return the address of a page with this view and the changes to it."""
        return ("./" if page_name == PAGES[0] else page_name) + self.here(**changes)

    def here(self, **changes: Iterable[str]) -> str:
        """Return the address of the page the reader is on, with the changes."""
        return "?" + to_query_string(self.query(**changes)) if changes else self._unchanged

    @cached_property
    def _unchanged(self) -> str:
        return "?" + to_query_string(self.query())


@per_dataset
def _choices(data: Dataset, selection: Selection, name: str) -> list[str]:
    return choice_options(data, rows_of(data, selection), name)


def read_language(query: Mapping[str, list[str]], locale: str | None) -> str:
    """Return the language that the address names, else that of the reader's browser."""
    asked = [value for value in query.get("lang", ()) if value in LANGUAGES]
    return asked[-1] if asked else language_of(locale)


def read_view(data: Data, query: Mapping[str, list[str]], locale: str | None) -> View:
    """Read a view from query parameters; what is unknown is left out and named in `ignored`.

    Raises BackendError where the records stand in a backend that does not respond.
    """
    lang = read_language(query, locale)
    selection, ignored = from_query(data, query)
    choice, more = choose(data, query)
    ignored += more
    single = {}
    for name, default in (("sort", ""), ("page", "1"), ("record", "")):
        single[name], more = last_value(name, query.get(name, ()), default)
        ignored += more
    sort, page, record = single.values()
    if sort not in ("", *ORDERS):
        ignored.append(Ignored("sort", sort))
        sort = ""
    if not (page.isascii() and page.isdigit() and 0 < len(page) < 8 and int(page)):
        ignored.append(Ignored("page", page))
        page = "1"
    found = data.query(selection, choice.check, record)
    if record and not (at_hand(found).frame["id"] == record).any():
        ignored.append(Ignored("record", record))
        record = ""
    ignored += [Ignored("lang", v, repeated=v in LANGUAGES) for v in dict.fromkeys(query.get("lang", ())) if v != lang]
    ignored += find_unknown(query, (*PARAMETERS, *STREAMLIT_PARAMETERS))
    too_many = found if isinstance(found, TooManyRows) else None
    return View(at_hand(found), lang, selection, choice, sort, int(page), record, tuple(ignored), too_many)


def base_address(here: str | None) -> str:
    """Return the dashboard's own address, from that of the page the reader is on as the browser has it."""
    root, _, last = (here or "").rstrip("/").rpartition("/")
    base = root if last in PAGES else f"{root}/{last}"
    return base if _BASE.fullmatch(base) else _HERE


def address_query() -> dict[str, list[str]]:
    """Return the query parameters of the address, every value of each."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def set_view(view: View) -> None:
    """Make the view the one that the page of this run shows."""
    _CURRENT.set(view)


def current_view() -> View:
    """Return the view of this run."""
    return _CURRENT.get()


def change_address(**changes: Iterable[str]) -> None:
    """Write changes into the address; the opened record, and the page of a changed list, are let go."""
    changes = {"record": ()} | ({"page": ()} if changes else {}) | changes
    query = address_query() | {name: list(values) for name, values in changes.items()}
    st.query_params.from_dict({name: values for name, values in query.items() if values})
