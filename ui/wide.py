"""What a page shows of more records than are fetched: how many of each kind there are, and the way to fewer."""

from html import escape

import streamlit as st

from ui import html
from ui.figure import show_figure
from ui.view import View

NARROW = ("sources", "method", "interface")
"""Pages that show the same of many records as of few."""


def show_wide(view: View) -> None:
    """Say that the selection has too many records to draw, what is left to do, and what can be counted of them."""
    key = "home.wide_state" if view.selection.state else "home.wide"
    said = f"<p>{escape(view.say(key, n=f'{view.count:,}'))}</p>"
    if view.selection.state:
        st.html(html.block(f'<div role="status">{said}</div>'))
        return
    link = html.download(f"data/targets.csv{view.here(sort=())}", view.say("records.download", n=f"{view.count:,}"))
    st.html(html.block(f'<div role="status">{said}<p>{link}</p></div>'))
    show_figure(view, "promises")
    show_figure(view, "sectors")
