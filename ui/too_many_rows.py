"""Pages for a selection of more records than a backend sends: how many of each kind there are, and the download."""

from html import escape

import streamlit as st

from targets.charts.blocks import MOST_DRAWN
from targets.load.dataset import TooManyRows
from targets.query.tables import table_of_counts
from targets.wording.headlines import find
from ui import pieces, tables
from ui.view import View

UNSELECTED = ("sources", "method", "interface")
"""Pages that show the same whatever is selected."""


def show_counts(view: View, found: TooManyRows) -> None:
    """Say that the selection has too many records to draw, what is left to do, and what can be counted of them."""
    key = "backend.too_many_state" if view.selection.state else "backend.too_many"
    said = f"<p>{escape(view.say(key, n=found.records))}</p>"
    if view.selection.state:
        st.html(pieces.block(f'<div role="status">{said}</div>'))
        return
    link = pieces.download(f"data/targets.csv{view.here(sort=())}", view.say("records.download", n=found.records))
    tallies = (_tally(view, found, name) for name in ("sectors", "promises"))
    st.html(pieces.block(f'<div role="status">{said}<p>{link}</p></div>', *tallies))


def _tally(view: View, found: TooManyRows, name: str) -> str:
    """Return a table of counts under its headline; a chart would have too many marks."""
    table = table_of_counts(name, found)
    finding = find(name, view.data, view.lang, table)
    return "".join(
        [
            f"<h2>{pieces.mark_chinese(view.lang, finding.title)}</h2>",
            tables.table(view, name, table.head(MOST_DRAWN), caption=finding.title),
            pieces.download(f"data/tables/{name}.csv{view.here()}", view.say("figure.download")),
        ]
    )
