"""The list of records, its search and sorting, its download, and the data dictionary."""

from collections.abc import Callable, Mapping
from html import escape

import pandas as pd
import streamlit as st

from targets.contract.schema import Field, resources
from targets.load.rows import Rows
from targets.query.narrowing import ORDERS
from targets.query.selection import LONGEST_SEARCH
from targets.query.tables import title_of
from ui import notices, pieces, tables
from ui.view import View, change_address

PER_PAGE = 50
MOST_TYPED = 10_000
"""Characters that the box of the search takes; the browser drops more than that without a word."""
TOO_LONG = "search-too-long"
"""Key in the session state that says that a search was too long, until the page says so."""
LIST = "list"
"""The ID of the list, to whose top a reader is brought who goes to another page of it."""
LISTED = ("as_printed", "actor", "indicator", "kind", "year", "canonical_value", "state", "industry", "line")
"""Columns of the list, as many as a laptop shows; number and unit as printed stand in the record and the files."""
ON_A_CARD = LISTED[: LISTED.index("industry")]
"""Columns that a narrow screen shows, where each record is a card without headings; its record has them all."""


def show_search(view: View) -> None:
    """Show the search box and the sorting; both go into the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["search"] = view.selection.q
        st.text_input(
            view.say("filter.q"),
            key="search",
            placeholder=view.say("records.search"),
            max_chars=MOST_TYPED,
            on_change=_search,
        )
        st.session_state["sort"] = view.sort
        st.selectbox(
            view.say("choice.sort"),
            ["", *ORDERS],
            key="sort",
            format_func=lambda sort: say_sort(view, sort),
            on_change=_sort,
            width=240,
            filter_mode=view.filter_mode,
        )

    if st.session_state.pop(TOO_LONG, False):
        st.html(pieces.alert(view.say("filter.long_search", most=LONGEST_SEARCH)))


def say_sort(view: View, sort: str) -> str:
    """Return the words for an order of the list."""
    if sort not in ORDERS:
        return view.say("choice.file_order")
    name = title_of(view.lang, sort.removeprefix("-"))
    return view.say("choice.descending" if sort.startswith("-") else "choice.ascending", name=name)


def _search() -> None:
    """Put the search into the URL; the next run says if it is too long."""
    if len(" ".join(st.session_state["search"].split())) > LONGEST_SEARCH:
        st.session_state[TOO_LONG] = True
    else:
        change_address(q=[st.session_state["search"]] if st.session_state["search"] else [])


def _sort() -> None:
    change_address(sort=[st.session_state["sort"]] if st.session_state["sort"] else [])


def show_list(view: View) -> None:
    """Show one page of the records; the printed quantity opens its record, a heading sorts."""
    if not view.count:
        st.html(notices.say_empty(view))
        return
    st.html(view.kept("list", lambda: _list(view)))


def _list(view: View) -> str:
    caption = view.say("heading.records")

    def write(rows: pd.DataFrame) -> str:
        head = "".join(tables.heading(view, rows[column], sortable=True) for column in LISTED)
        names = {column: title_of(view.lang, column) + view.say("colon") for column in ON_A_CARD}
        shown = rows[["id", *LISTED, "district", "comparator", "canonical_unit"]].itertuples(index=False)
        return tables.box_of(head, (_row(view, row, names) for row in shown), caption=caption, css="cards")

    return write_page(view, view.sorted_rows, write)


def _row(view: View, row: tuple, names: Mapping[str, str]) -> str:
    """Return a record as a row; beside its number are bound and unit, beside an actor of another name its place.

    `names` are what cells are called on a card.
    """
    cells = row._asdict()
    sides = tables.sides_of(view, cells) | {"as_printed": ("", " " + pieces.reading(view, row))}
    said = (
        tables.cell(view, column, cells, name=names.get(column, ""), sides=sides.get(column, ("", "")))
        for column in LISTED
    )
    return f"<tr>{''.join(said)}</tr>"


def write_page(
    view: View, rows: pd.DataFrame | Rows, write: Callable[[pd.DataFrame], str], *, per_page: int = PER_PAGE
) -> str:
    """Return the page of the rows that the address names, as `write` writes it, and above and below it the others."""
    pages = -(-len(rows) // per_page)
    page = min(view.page, pages)
    shown = write(rows.take(range((page - 1) * per_page, min(page * per_page, len(rows)))))
    pager = f"<p>{_pager(view, page, pages)}</p>" if pages > 1 else ""
    return pieces.block(f'<div id="{LIST}">', pager, shown, pager, "</div>")


def _pager(view: View, page: int, pages: int) -> str:
    said = [escape(view.say("records.page", page=page, pages=pages))]
    for other, key in ((page - 1, "records.previous"), (page + 1, "records.next")):
        if 1 <= other <= pages:
            said.append(pieces.link(f"{view.here(page=[str(other)])}#{LIST}", view.say(key), "button"))
    return " ".join(said)


def show_download(view: View) -> None:
    """Show the links that download exactly the records of the list, in its order, in every format; of none, nothing."""
    if not view.count:
        return
    links = [pieces.download(f"data/targets.csv{view.here()}", view.say("records.download", n=view.count))]
    for path, name in (
        ("targets.xlsx", "Excel"),
        ("targets.json", "JSON"),
        ("package.zip", view.say("records.package")),
        ("progress.csv", view.say("records.progress")),
    ):
        links.append(pieces.download(f"data/{path}{view.here()}", name))
    note = f"<span class=under>{escape(view.say('records.download_note'))}</span>"
    st.html(pieces.block("<p>", *links, "<br>", note, "</p>"))


def show_dictionary(view: View) -> None:
    """Show every column of the records with its meaning, from the schema."""
    resource = resources()["targets"]
    items = [_entry(view, field, derived=False) for field in resource.fields]
    items += [_entry(view, field, derived=True) for field in resource.derived]
    summary = escape(view.say("records.dictionary"))
    st.html(pieces.block(f"<details><summary>{summary}</summary><dl>{''.join(items)}</dl></details>"))


def _entry(view: View, field: Field, *, derived: bool) -> str:
    marks = [view.say("records.required")] if field.required else []
    marks += [view.say("records.derived")] if derived else []
    text = pieces.mark_chinese(view.lang, field.descriptions[view.lang])
    comma = view.say("comma")
    values = [f"{c['value']} {field.label(view.lang, c['value'])}" for c in field.categories]
    text += f" ({comma.join(marks)})" if marks else ""
    text += f"<br>{pieces.mark_chinese(view.lang, comma.join(values))}" if values else ""
    return f"<dt><code>{escape(field.name)}</code> {escape(field.titles[view.lang])}</dt><dd>{text}</dd>"
