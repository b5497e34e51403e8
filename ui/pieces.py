"""Pieces of a page as HTML. Every text from data or address is escaped here; none is ever markup."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape

import pandas as pd
import streamlit as st

from targets.contract.dates import CHINA
from targets.contract.schema import resources
from targets.contract.units import write_number
from targets.load.dataset import CODED
from targets.progress.evidence import say_misprint
from targets.query.selection import FACETS, LONGEST_SEARCH, SORTS, UNDATED, Ignored, filters_to_relax, read_typed_day
from targets.query.tables import CHOICE_COLUMN, title_of
from targets.storage.store import State
from targets.text import say
from targets.wording.headlines import say_modality, say_value
from targets.wording.progress_text import say_state, write_ratio
from ui.view import View

RATIOS = ("ratio_low", "ratio_high")
"""Columns of R, written as everywhere."""
NUMBERS = (
    *RATIOS,
    "value",
    "canonical_value",
    "base_value",
    "growth",
    "target",
    "expected",
    "actual",
    "pledge",
    "records",
    "line",
    "year",
    "base_year",
    "low",
    "high",
    "commitments",
    "numbered",
    "dated",
    "based",
    "defined",
    "complete",
)
SIZES = {"long": 14, "text": 6, "short": -1}
"""Classes of the cells with words, by the characters that their text has more than."""
BESIDE = {"comparator": "canonical_value", "canonical_unit": "canonical_value", "district": "actor"}
"""Columns that stand in the cell of another: what bounds a number and its unit, and the place of an actor elsewhere."""
COUNTS = ("target", "expected", "actual", "pledge", "records")
CODED_BY = {c: c for c in (*CODED, "kind", "period", "comparator", "status", "year_basis")} | {
    "base_comparator": "comparator"
}
"""Columns whose cells are keys, and the column of the records whose words those keys have."""
NAMED = ("lang", "page", "record", "sort")
"""Parameters that have a name of their own beside filters and choices."""
PLAIN_NUMBERS = ("line", "year", "base_year")
CHINESE = "zh-CN"
_CHINESE_WORDS = re.compile(r"[〇一-鿿]+(?:[\d.％%、，]+[〇一-鿿]+)*")


def mark_chinese(lang: str, text: str) -> str:
    """Escape a text; on a page in another language its Chinese words are marked, for those who hear the page.

    The mark is no `span`: those have a look of their own in several lists.
    """
    escaped = escape(text)
    return escaped if lang == "zh" else _CHINESE_WORDS.sub(rf'<bdi lang="{CHINESE}">\g<0></bdi>', escaped)


def link(href: str, text: str, css: str = "", *, current: bool = False, lang: str = "", within: str = "zh") -> str:
    """Return a link that changes the view; the text is escaped, its Chinese words marked within another language."""
    marks = (f' class="{css}"' if css else "") + (' aria-current="page"' if current else "")
    marks += f' lang="{lang}"' if lang else ""
    return f'<a data-view href="{escape(href)}"{marks}>{mark_chinese(within, text)}</a>'


def link_out(url: str) -> str:
    """Return an address as a link, if it is one of the web."""
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" rel="noopener" target="_blank">{escape(url)}</a>'


def download(href: str, text: str) -> str:
    """Return a link that downloads."""
    return f'<a download class="button" href="{escape(href)}">{escape(text)}</a>'


class Whole(str):
    """HTML that Streamlit sends as it is; of any other text it looks for a common margin in every run."""

    def _repr_html_(self) -> str:
        return self


def block(*parts: str) -> Whole:
    """Wrap pieces in the block that the style sheet knows."""
    return Whole('<div class="tt">' + "".join(parts) + "</div>")


def write_cell(view: View, column: str, value: object) -> str:
    """Write a cell for a reader, as plain text: labels for keys, numbers with separators."""
    if pd.isna(value) or value == "":
        return ""
    if isinstance(value, bool):
        return view.say("value.yes" if value else "value.no")
    if column in RATIOS:
        return write_ratio(value, value)
    if isinstance(value, float | int):
        return str(value) if column in PLAIN_NUMBERS else write_number(value)
    return _write_key(view, column, str(value))


def _write_key(view: View, column: str, key: str) -> str:
    if column in ("unit", "canonical_unit"):
        return view.data.label_unit(view.lang, key)
    if column == "state":
        return say_state(view.lang, key)
    if column == "modality":
        return say_modality(view.lang, key)
    if column in CODED_BY:
        return view.label(CODED_BY[column], key)
    if column in ("dimension", "measure", "concept", "scope", "prices"):
        return resources()["indicators"].field(column).label(view.lang, key)
    if column in ("growth_bound", "missing", "role"):
        return view.say(f"value.{key}")
    return view.say(f"outcome.{key}") if column == "outcome" else key


def table(view: View, shown: pd.DataFrame, *, caption: str) -> str:
    """Return a table as HTML: numbers to the right, the printed quantity a link to its record.

    Counts of a tally link to the records behind them.
    """
    columns = [column for column in shown.columns if column != "id" and BESIDE.get(column) not in shown]
    head = "".join(heading(view, column) for column in columns)
    body = []
    for row in shown.to_dict("records"):
        sides = sides_of(view, row)
        cells = (cell(view, column, row, sides=sides.get(column, ("", ""))) for column in columns)
        body.append(f"<tr>{''.join(cells)}</tr>")
    return box_of(head, body, caption=caption)


def sides_of(view: View, row: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return what stands before and after the cells of a row, by column, as HTML."""
    sides = {}
    if not pd.isna(row.get("canonical_value")):
        bound, unit = (write_cell(view, column, row[column]) for column in ("comparator", "canonical_unit"))
        bound = "" if row["comparator"] == "eq" else f"<small>{escape(bound)}</small> "
        sides["canonical_value"] = bound, f" <small>{mark_chinese(view.lang, unit)}</small>"
    if "actor" in row and "district" in row and row["district"] != row["actor"]:
        sides["actor"] = "", f" <small>{mark_chinese(view.lang, view.label('district', str(row['district'])))}</small>"
    return sides


def box_of(head: str, rows: Iterable[str], *, caption: str, css: str = "") -> str:
    """Return a table in the box that scrolls where it is too wide."""
    marks = f' class="{css}"' if css else ""
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{escape(caption)}"><table{marks}>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def heading(view: View, column: str, *, sortable: bool = False) -> str:
    """Return the heading of a column; where the list is `sortable`, it is a link to the list in that order."""
    title = title_of(view.lang, column)
    css = ' class="number"' if column in NUMBERS else ""
    if not sortable or column not in SORTS:
        return f'<th scope="col"{css}>{escape(title)}</th>'
    descending = view.sort == column
    mark = {column: " ↑", f"-{column}": " ↓"}.get(view.sort, "")
    sort = {"": "none", " ↑": "ascending", " ↓": "descending"}[mark]
    href = view.here(sort=[f"-{column}" if descending else column])
    return f'<th scope="col"{css} aria-sort="{sort}">{link(href, title + mark)}</th>'


def cell(view: View, column: str, row: dict, *, name: str = "", sides: tuple[str, str] = ("", "")) -> str:
    """Return a cell of a table: `name` is what it is called without headings, `sides` are HTML before and after."""
    text = write_cell(view, column, row[column])
    css = "number" if column in NUMBERS else next(css for css, least in SIZES.items() if len(text) > least)
    if column == "as_printed" and row.get("id"):
        page = [str(view.page)] if view.page > 1 else []
        inner = printed(view, row["id"], text, page=page)
    elif column in COUNTS and text not in ("", "0") and (facet := next(iter(row))) in FACETS:
        chosen = {facet: [str(row[facet])]} | ({"kind": [column]} if column != "records" else {})
        inner = link(view.href("records", **chosen), text)
    else:
        inner = mark_chinese(view.lang, text)
    said = f' data-name="{escape(name)}"' if name and text else ""
    return f'<td class="{css}"{said}>{sides[0]}{inner}{sides[1]}</td>'


def printed(view: View, record: str, text: str, **changes: list[str]) -> str:
    """Return a printed quantity as a link to its record, with a mark where it was misprinted.

    What was misprinted is said where the mark is touched, has the focus or is pointed at.
    """
    sic = say_misprint(view.data, view.lang, record)
    mark = ""
    if sic:
        word = escape(view.say("misprint.mark"))
        word = word if view.lang == "zh" else f'<bdi lang="la">{word}</bdi>'
        said = mark_chinese(view.lang, view.say("colon") + sic)
        mark = f' <span class="sic" tabindex="0">{word}<i>{said}</i></span>'
    return link(view.here(record=[record], **changes), text, lang=CHINESE) + mark


def reading(view: View, row: object) -> str:
    """Return what a printed quantity reads as for who cannot read it: nothing on a Chinese page, or of a pledge."""
    if view.lang == "zh" or pd.isna(row.canonical_value):
        return ""
    return f'<span class="reading">{escape(say_value(view.lang, row))}</span> '


def say_empty(view: View) -> str:
    """Return what an empty selection says: which filter to let go, and how many records that brings."""
    ways = filters_to_relax(view.data, view.selection)
    said = [f"<h2>{escape(view.say('empty.title'))}</h2>"]
    if ways:
        items = [
            f"<li>{link(view.here(**{name: ()}), view.say('empty.relax', filter=view.say(f'filter.{name}'), n=n))}</li>"
            for name, n in ways.items()
        ]
        said.append(f"<ul>{''.join(items)}</ul>")
    else:
        said.append(f"<p>{escape(view.say('empty.relax_none'))}</p>")
    everything = {name: () for name in (*FACETS, "q", "asof")}
    said.append("<p>" + link(view.here(**everything), view.say("filter.reset"), "button") + "</p>")
    return block(f'<div role="status">{"".join(said)}</div>')


def alert(said: str) -> str:
    """Return a sentence that a reader is to hear of at once."""
    return block(f'<div class="notice" role="alert">{escape(said)}</div>')


def say_ignored(view: View, most: int = 5) -> str:
    """Return the notice that names what the link asked for in vain, or nothing."""
    if not view.ignored:
        return ""
    said = [
        view.say(_why_ignored(one), parameter=_name(view, one), value=one.value[:40], most=LONGEST_SEARCH)
        for one in view.ignored[:most]
    ]
    if len(view.ignored) > most:
        said.append(view.say("notice.ignored_more", n=len(view.ignored) - most))
    return block('<div class="notice" role="status">' + "<br>".join(map(escape, said)) + "</div>")


def _name(view: View, one: Ignored) -> str:
    """Return what the page calls a parameter; one that is unknown keeps its name."""
    if one.parameter in NAMED:
        return view.say(f"parameter.{one.parameter}")
    column = CHOICE_COLUMN.get(one.parameter, one.parameter)
    return view.say(f"filter.{column}") if column in (*FACETS, "q", "asof") else column[:30]


def _why_ignored(one: Ignored) -> str:
    if one.repeated:
        return "notice.one_value"
    if one.parameter == "q" and (len(one.value) > LONGEST_SEARCH or not one.value.isprintable()):
        return "notice.bad_search"
    if one.parameter == "asof" and not read_typed_day(one.value):
        return "notice.bad_day"
    return "notice.ignored" if one.value else "notice.unknown"


def say_problems(lang: str, state: State) -> str:
    """Return the warning that the data is broken or away: since when, what is shown instead, and each problem."""
    said = [say(lang, "live.since", since=_write_time(state.failing_since))]
    if state.dataset:
        title = say(lang, "backend.last_good" if state.remote else "notice.last_good")
        loaded = _write_time(state.loaded)
        said.append(say(lang, "live.shown", loaded=loaded, version=state.dataset.version))
    else:
        title = say(lang, "backend.no_data" if state.remote else "notice.no_data")
    said.append(say(lang, "backend.follow" if state.remote else "live.folder"))
    if len(state.problems) > 1:
        said.append(say(lang, "notice.problems", n=len(state.problems)))
    items = "".join(f"<li>{escape(problem.say(lang))}</li>" for problem in state.problems[:20])
    rest = escape((" " if lang == "en" else "").join(said))
    heading = f"<b>{escape(title)}</b>" if state.dataset else f"<h1>{escape(title)}</h1>"
    return block(f'<div class="notice" role="alert">{heading}<p>{rest}</p><ul>{items}</ul></div>')


def _write_time(time: datetime) -> str:
    return time.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def show_key(view: View) -> None:
    """Show the key to the marks, folded, above the charts."""
    parts = [view.say(f"key.{name}") for name in ("exact", "bound", "approx", "tier", "none", "colours")]
    spans = "".join(f"<span>{escape(part)}</span>" for part in parts)
    st.html(
        block(f'<details><summary>{escape(view.say("key.title"))}</summary><div class="key">{spans}</div></details>')
    )


def year_label(view: View, year: object) -> str:
    """Return a year, or the word for records without one."""
    return view.say("year.undated") if pd.isna(year) or year == UNDATED else str(year)
