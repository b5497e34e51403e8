"""The numbers at the head of the overview, each a link to its records."""

from html import escape

import streamlit as st

from targets.charts.canvas import COLOURS
from targets.findings import say_counts
from targets.selection import count_options, options
from targets.text import write
from ui import html
from ui.view import View


def show_tiles(view: View) -> None:
    """Show how many records of each kind there are, and by whom, in a sentence and as links."""
    st.html(view.kept("tiles", lambda: _tiles(view)))


def _tiles(view: View) -> str:
    counts = count_options(view.data, view.selection, "kind")
    kinds = view.selection.kind or tuple(options(view.data, "kind"))
    shown = {kind: n if kind in kinds else 0 for kind, n in counts.items()}
    lead = view.say(
        "overview.lead",
        sources=view.rows["source"].nunique(),
        actors=view.rows["actor"].nunique(),
        records=view.count,
        counts=say_counts(view.lang, shown),
    )
    tiles = "".join(
        f'<a data-view style="--kind:{COLOURS[kind]}" href="{escape(view.href("records", kind=[kind]))}">'
        f"<b>{write(n)}</b><span>{escape(view.say(f'tile.{kind}'))}</span></a>"
        for kind, n in shown.items()
    )
    return html.block(f'<p class="lead">{escape(lead)}</p><div class="tiles">{tiles}</div>')


def show_years(view: View) -> None:
    """Show how many records each year has, as links."""
    st.html(view.kept("years", lambda: _years(view)))


def _years(view: View) -> str:
    counts = count_options(view.data, view.selection, "year")
    tiles = "".join(
        f'<a data-view style="--kind:rgba(128,128,128,.5)" href="{escape(view.href("records", year=[year]))}">'
        f"<b>{write(n)}</b><span>{escape(html.year_label(view, year))}</span></a>"
        for year, n in counts.items()
        if n and (not view.selection.year or year in view.selection.year)
    )
    return html.block(f"<h2>{escape(view.say('overview.by_year'))}</h2>", f'<div class="tiles">{tiles}</div>')
