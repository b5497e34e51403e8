"""The page that checks a source line by line: what is known of it, its rows, its exclusions, the misprints."""

from collections.abc import Mapping, Set
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from targets.contract.schema import resources
from targets.contract.units import write_number
from targets.entry.audit import Account
from targets.load.dataset import Dataset, per_dataset
from targets.progress.evidence import misprints, misread, say_misprint, say_year_basis
from targets.query.facets import options
from targets.query.narrowing import rows_of
from targets.query.selection import Selection
from targets.query.tables import title_of
from targets.wording.headlines import say_kind, say_value
from ui import pieces, tables
from ui.records import write_page
from ui.view import View, change_address

PER_PAGE = 200


def choose_source(view: View) -> str:
    """Return the source to check, the one that is selected at first; where there are several, show the box for it."""
    known = options(view.data, "source")
    source = view.choice.check or (*view.selection.source, *known)[0]
    if len(known) > 1:
        st.session_state["choice-check"] = source
        st.selectbox(
            view.say("choice.check"),
            known,
            key="choice-check",
            format_func=lambda key: view.label("source", key),
            on_change=lambda: change_address(check=[st.session_state["choice-check"]]),
            filter_mode=view.filter_mode,
        )
    return source


def show_source(view: View, source: str) -> None:
    """Show what is known of a source: title, publisher, date, address, year, checksum, lines, note."""
    described = view.data.by_key["sources"].loc[source]
    fields = resources()["sources"]
    unprinted = f"<span class=under>{escape(view.say('check.unprinted'))}</span>"
    basis = fields.field("year_basis").label(view.lang, described["year_basis"])
    of_language = "" if view.lang == "zh" else "_en"
    shown = {
        "title": pieces.mark_chinese(view.lang, described["title"]) if view.lang != "zh" else "",
        "publisher": escape(described[f"publisher{of_language}"]) or unprinted,
        "published": escape(described["published"]) or unprinted,
        "year": escape(view.say("check.year", year=described["year"], basis=basis)),
        "url": pieces.link_out(described["url"]),
        "sha256": f"<code>{escape(described['sha256'])}</code>" if described["sha256"] else "",
        "lines": "" if pd.isna(described["lines"]) else str(described["lines"]),
        "note": escape(described[f"note{of_language}"]),
    }
    listed = "".join(
        f"<dt>{escape(fields.field(name).titles[view.lang])}</dt><dd>{text}</dd>"
        for name, text in shown.items()
        if text
    )
    rows = int((view.data.frame["source"] == source).sum())
    left_out = int((view.data.tables["exclusions"]["source"] == source).sum())
    key = "check.lead_web" if pd.isna(described["lines"]) else "check.lead"
    lead = view.say(key, rows=rows, excluded=left_out)
    title = escape(view.label("source", source))
    st.html(pieces.block(f"<p class=lead>{escape(lead)}</p><h2>{title}</h2><dl class=facts>{listed}</dl>"))


@per_dataset
def _rows_of(data: Dataset, selection: Selection, source: str) -> pd.DataFrame:
    """Return the selected rows of a source in the order of its lines."""
    rows = rows_of(data, selection)
    return _in_order(rows.take(np.flatnonzero(rows["source"] == source)))


def show_rows(view: View, source: str, account: Account | None) -> None:
    """Show the selected rows of a source in the order of its lines; a row that its text contradicts is marked."""
    rows = _rows_of(view.data, view.selection, source)
    key = "check.rows" if rows["line"].notna().any() else "check.rows_web"
    st.html(pieces.block(f"<h2>{escape(view.say(key, n=len(rows)))}</h2>"))
    if rows.empty:
        st.html(pieces.block(f"<p>{escape(view.say('check.rows_none'))}</p>"))
    elif account:
        st.html(_rows(view, rows, {*account.faulty_rows}))
    else:
        st.html(view.kept(f"rows-{source}", lambda: _rows(view, rows)))


def _rows(view: View, rows: pd.DataFrame, contradicted: Set[str] = frozenset()) -> str:
    """Return a page of the rows; one that the text, or its own printed words, contradict is marked."""
    page = [str(view.page)] if view.page > 1 else []

    def write(shown: pd.DataFrame) -> str:
        flags = dict.fromkeys(misread(view.data, shown.set_index("id")), view.say("check.misread"))
        return _ledger(view, shown, flags | dict.fromkeys(contradicted, view.say("check.belied")), page)

    return write_page(view, rows, write, per_page=PER_PAGE)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("line", kind="stable", na_position="last")


def row_url(view: View, source: str, record: str) -> str:
    """Return the URL of a record's row on the page that checks its source, whatever is selected."""
    frame = view.data.frame
    position = _in_order(frame.loc[frame["source"] == source, ["id", "line"]])["id"].tolist().index(record)
    nothing = {name: () for name in view.selection.query}
    page = [str(position // PER_PAGE + 1)] if position >= PER_PAGE else []
    return view.href("sources", **nothing | {"check": [source], "page": page}) + f"#row-{record}"


def _ledger(view: View, rows: pd.DataFrame, flags: Mapping[str, str], page: list[str]) -> str:
    names = ("line", "printed", "what", "reading", "year", "note")
    titles = [title_of(view.lang, "line"), *(view.say(f"ledger.{name}") for name in names[1:])]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = (_entry(view, row, flags, page) for row in rows.itertuples())
    return tables.box_of(head, body, caption=view.say("check.rows", n=len(rows)), css="ledger")


def _entry(view: View, row: object, flags: Mapping[str, str], page: list[str]) -> str:
    """Return one record as a row of the table: where it stands, what is printed, how it was read."""
    note, sic = row.note if view.lang == "zh" else row.note_en, say_misprint(view.data, view.lang, row.id)
    who = f"{view.label('actor', row.actor)} · {say_kind(view.data, view.lang, row.kind)}"
    reading, comparable = say_reading(view, row)
    flag = f" <mark>{escape(flags[row.id])}</mark>" if row.id in flags else ""
    cells = [
        "" if pd.isna(row.line) else str(row.line),
        pieces.printed(view, row.id, row.as_printed, page=page) + flag,
        _two(view, who, view.label("indicator", row.indicator)),
        _two(view, reading, comparable),
        _two(view, "" if pd.isna(row.year) else str(row.year), say_year_basis(view.data, view.lang, row)),
        _two(view, note, sic),
    ]
    return f'<tr id="row-{escape(row.id)}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _two(view: View, first: str, second: str) -> str:
    """Return two texts, the second smaller under the first."""
    first, second = (pieces.mark_chinese(view.lang, text) for text in (first, second))
    return " ".join(filter(None, (first, f"<span>{second}</span>" if second else "")))


def say_reading(view: View, row: object) -> tuple[str, str]:
    """Say what a printed quantity was read as, and what that is in the common unit."""
    if pd.isna(row.value):
        return view.say("quantity.none"), ""
    if row.canonical_unit == "位":
        return say_value(view.lang, row), ""
    read = [view.label("comparator", row.comparator), row.value_text, row.unit]
    unit = view.data.label_unit(view.lang, row.canonical_unit)
    return " ".join(read), f"→ {write_number(row.canonical_value)} {unit}"


def show_exclusions(view: View, source: str) -> None:
    """Show, folded, every numeral of a source that is no row, with the reason."""
    excluded = view.data.tables["exclusions"]
    excluded = excluded[excluded["source"] == source].sort_values("line", kind="stable")
    if len(excluded):
        st.html(view.kept(f"exclusions-{source}", lambda: _exclusions(view, excluded)))


def _exclusions(view: View, excluded: pd.DataFrame) -> str:
    names, descriptions = of_reasons(view, "name"), of_reasons(view, "description")
    items = "".join(
        f"<li><span>{escape(view.say('check.line', line=row.line))}</span> "
        f'<q lang="{pieces.CHINESE}">{escape(row.as_printed)}</q> {escape(names[row.reason])}</li>'
        for row in excluded.itertuples()
    )
    key = "".join(
        f"<dt>{escape(names[reason])}</dt><dd>{escape(descriptions[reason])}</dd>"
        for reason in excluded["reason"].unique()
    )
    summary = escape(view.say("check.excluded", n=len(excluded)))
    return pieces.block(f"<details><summary>{summary}</summary><dl>{key}</dl><ul class=left-out>{items}</ul></details>")


def of_reasons(view: View, column: str) -> dict[str, str]:
    """Return the name or description of each reason for leaving a numeral out."""
    reasons = view.data.tables["reasons"]
    said = reasons[column if view.lang == "zh" else f"{column}_en"]
    return dict(zip(reasons["reason"], said, strict=True))


def show_misprints(view: View) -> None:
    """Show every misprint that a record rests on, of all sources, each with a link to its record."""
    items = [
        f"<li>{pieces.link(view.here(record=[record]), found['printed'], lang=pieces.CHINESE)}<span class=under> "
        f"{pieces.mark_chinese(view.lang, say_misprint(view.data, view.lang, record))}</span></li>"
        for record, found in misprints(view.data).items()
    ]
    shown = f"<ul>{''.join(items)}</ul>" if items else f"<p>{escape(view.say('misprint.none'))}</p>"
    st.html(pieces.block(f"<h2>{escape(view.say('misprint.all', n=len(items)))}</h2>{shown}"))
