"""The marks of all charts, and the words beside a mark and on hovering.

Filled dot: exact. Hollow dot with an arrow: a bound, the arrow towards what it leaves open. Dot with a
tilde: about. Dot in brackets: the count of a size class. Open square: no number. Colour repeats the kind.
"""

import re
from collections.abc import Mapping
from html import escape

import pandas as pd

from targets.charts.canvas import Canvas
from targets.contract.comparability import OWN
from targets.load.dataset import Dataset
from targets.text import say
from targets.wording.headlines import say_kind, say_value
from targets.wording.progress_text import say_part, say_state, say_status

ARROW = 2
"""Pixels by which an arrow, which is drawn above the middle of its line, is set lower to point along the mark's."""
FOREIGN = re.compile(r"(?=.*[A-Za-z])[\x00-\u024f]+")
"""Words in Latin letters only."""


def say_hover(data: Dataset, lang: str, row: object) -> str:
    """Return a record for hovering: whose, as printed, in words, source and line; data escaped."""
    line = "" if pd.isna(row.line) else say(lang, "hover.line", line=row.line)
    parts = [
        "<b>" + escape(" · ".join(data.label(lang, c, getattr(row, c)) for c in ("actor", "indicator"))) + "</b>",
        say(lang, "hover.printed", printed=escape(row.as_printed)) + line,
        escape(say_when(data, lang, row) + ("" if pd.isna(row.value) else say(lang, "colon") + say_value(lang, row))),
    ]
    state = getattr(row, "state", None)
    parts += [] if pd.isna(state) else [escape(say_state(lang, str(state)))]
    return "<br>".join(parts)


def say_when(data: Dataset, lang: str, row: object) -> str:
    """Say a record's year and kind: 2026 目标 or 2026 target, 未注明年份 目标 or undated target."""
    part = say_part(data, lang, getattr(row, "period", None))
    year = say(lang, "year.undated_short") if pd.isna(row.year) else f"{row.year}{part}"
    blank = "" if year.endswith("）") else " "
    return f"{year}{blank}{say_kind(data, lang, row.kind)}"


def symbol_of(comparator: str, kind: str) -> str:
    """Return the Plotly symbol: its shape says how sure the number is."""
    if kind == "pledge":
        return "square-open"
    return "circle" if comparator == "eq" else "circle-open"


def place_record(canvas: Canvas, data: Dataset, lang: str, row: object, x: float, y: float) -> None:
    """Draw one record's mark, and beside it what its number leaves open."""
    comparator = str(row.comparator)
    canvas.mark(x, y, symbol_of(comparator, row.kind), row.kind, say_hover(data, lang, row), f"record={row.id}")
    place_bound(canvas, comparator, row.kind, x, y)
    if comparator == "approx":
        canvas.glyph(x, y - 2, "~", "top center", row.kind)
    if str(row.concept) == "size_class" and not pd.isna(row.value):
        canvas.glyph(x, y - 1, "[  ]", "middle center", row.kind)


def place_bound(canvas: Canvas, comparator: str, kind: str, x: float, y: float) -> None:
    """Draw the arrow of a bound, towards what it leaves open."""
    if comparator in ("gt", "ge"):
        canvas.glyph(x, y + ARROW, "\u2002→", "middle right", kind)
    elif comparator in ("lt", "le"):
        canvas.glyph(x, y + ARROW, "←\u2002", "middle left", kind)


def say_twins(data: Dataset, lang: str, table: pd.DataFrame) -> dict[str, str]:
    """Say by ID what tells several actuals of one thing and year apart: their status, or when the source is of."""
    actuals = table[(table["kind"] == "actual") & table["value"].notna() & table["year"].notna()]
    alike = ["indicator", "year", "period"]
    actuals = actuals[actuals.duplicated(alike, keep=False)]
    subjects = [data.cells(id_, "subject")[0] for id_ in actuals["id"]]
    said = {}
    for id_ in actuals.loc[actuals.assign(subject=subjects).duplicated(["subject", *alike], keep=False), "id"]:
        status, source = data.cells(id_, "status", "source")
        published, year = data.by_key["sources"].loc[source, ["published", "year"]]
        said[id_] = say_status(data, lang, status) or say(lang, "record.published", published=published or year)
    return said


def say_whose(data: Dataset, lang: str, row: object, several: Mapping[str, bool]) -> list[str]:
    """Say the actor where there are `several`, and where there are several places the one that its number is about."""
    kind = data.by_key["actors"]["type"].get(row.actor)
    said = []
    if several["actor"]:
        name = data.label(lang, "actor", row.actor)
        said.append(say(lang, "company", name=name) if kind == "company" else name)
    if several["district"] and kind not in OWN and row.district != row.actor:
        said.append(data.label(lang, "district", row.district))
    return said


def say_row(
    data: Dataset, lang: str, row: object, several: Mapping[str, bool], *, indicator: bool, apart: str = ""
) -> str:
    """Say what a lane holds: actor, place and indicator where the panel has several, year and kind always.

    `apart` is what tells the record from another one of the same thing and year.
    """
    parts = say_whose(data, lang, row, several)
    if indicator:
        parts.append(data.label(lang, "indicator", row.indicator))
    parts.append(say_when(data, lang, row) + apart)
    return " · ".join(parts)


def say_outcome(lang: str, row: object) -> str:
    """Say the state of a target; that it names no year the words for the year say."""
    return "" if pd.isna(row.state) or row.state == "undated" else say_state(lang, str(row.state))


def say_number(lang: str, row: object) -> str:
    """Say a record's number beside its mark: as printed in Chinese, in English words otherwise.

    What a source prints in another language than the page's comes after its meaning, in brackets, in Chinese.
    """
    if pd.isna(row.value) or (lang == "zh" and not FOREIGN.fullmatch(row.as_printed)):
        return row.as_printed
    said = say_value(lang, row)
    return say(lang, "quantity.printed", quantity=said, printed=row.as_printed) if lang == "zh" else said
