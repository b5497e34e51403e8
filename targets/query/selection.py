"""Which records a reader looks at: a frozen Selection, to and from the query string, and in words."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from urllib.parse import urlencode

import numpy as np

from targets.contract.dates import read_day, today
from targets.load.dataset import Data, Dataset
from targets.query.facets import STATE, label_option, options
from targets.text import listing, say

LONGEST_SEARCH = 60


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
    modality: tuple[str, ...] = ()
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
        from targets.query.narrowing import sorted_places  # it reads selections, and so imports this module

        return sorted_places(data, self, sort)


TRACKING = re.compile(r"utm_\w+|\w*clid|spm|from|scene|isappinstalled|share_\w+|wxfrom|nsukey", re.ASCII)
"""Parameters that mail, search and WeChat put behind an address that is passed on; they ask for nothing."""
FACETS = tuple(f.name for f in fields(Selection) if f.name not in ("q", "asof"))
STORED = tuple(facet for facet in FACETS if facet != STATE)
"""The filters that are columns of the frame."""
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
