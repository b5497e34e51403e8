"""Pages for a selection of more records than a backend sends: how many of each kind there are, and the download."""

from html import escape

import streamlit as st

from targets.charts.blocks import MOST_DRAWN
from targets.query.tables import table_of
from targets.wording.headlines import find
from ui import pieces
from ui.view import View

NARROW = ("sources", "method", "interface")
"""Pages that show the same of many records as of few."""


def show_wide(view: View) -> None:
    """Say that the selection has too many records to draw, what is left to do, and what can be counted of them."""
    key = "home.wide_state" if view.selection.state else "home.wide"
    said = f"<p>{escape(view.say(key, n=view.count))}</p>"
    if view.selection.state:
        st.html(pieces.block(f'<div role="status">{said}</div>'))
        return
    link = pieces.download(f"data/targets.csv{view.here(sort=())}", view.say("records.download", n=view.count))
    tables = (_tally(view, name) for name in ("sectors", "promises"))
    st.html(pieces.block(f'<div role="status">{said}<p>{link}</p></div>', *tables))


def _tally(view: View, name: str) -> str:
    """Return a table of counts under its headline; a chart would have too many marks."""
    table = table_of(name, view.data, view.selection, view.choice)
    finding = find(name, view.data, view.lang, table)
    return "".join(
        [
            f"<h2>{pieces.mark_chinese(view.lang, finding.title)}</h2>",
            pieces.table(view, table.head(MOST_DRAWN), caption=finding.title),
            pieces.download(f"data/tables/{name}.csv{view.here()}", view.say("figure.download")),
        ]
    )
