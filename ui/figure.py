"""One block of a page: the finding as headline, the chart, its table, its sources and its download."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from targets.charts.blocks import Block, block_of
from targets.contract.columns import among
from targets.load.dataset import Dataset, per_dataset
from targets.load.rows import Rows
from targets.query.facets import label_option
from targets.query.narrowing import rows_of
from targets.query.selection import Selection
from targets.query.tables import CHOICE_COLUMN, TABLES
from targets.wording.progress_text import say_breaks
from ui import pieces, tables
from ui.fault import show_fault
from ui.view import View, change_address

CONFIG = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "scrollZoom": False,
    "doubleClick": False,
}
NOT_LISTED = (
    "value", "unit", "dimension", "measure", "concept", "scope", "prices", "status", "side", "leads",
    "base_id", "base_comparator", "target_id",
)  # fmt: skip
"""Columns that only the download has: IDs, how an indicator is defined, and what the printed words say already."""
MOST_LINES = 4
"""Lines of a source named under a chart; the table names them all, as it does all sources but the first."""


def show_figure(view: View, name: str) -> None:
    """Show the block of one table: headline, chart, source line, table and download."""
    show_figures(view, (name,))


def show_figures(view: View, names: Sequence[str], before: str = "", after: str = "") -> None:
    """Show the blocks of tables one below the other, between pieces of HTML.

    A block without rows is left out, but for the first, which says so. What stands between two charts is one element:
    each costs the server a message and the browser a rendering.
    """
    between = before
    for name in names:
        try:
            block = block_of(name, view.data, view.lang, view.selection, view.choice)
            foot = "" if block.table.empty else foot_of(view, name, block)
        except Exception as error:  # the other charts have none
            _show(between)
            show_fault(error)
            between = ""
            continue
        if not foot and name != names[0]:
            continue
        finding = block.finding
        heading = (
            f"<h2>{pieces.mark_chinese(view.lang, finding.title)}</h2><p class=under>{escape(finding.subtitle)}</p>"
        )
        between += pieces.block(heading)
        if foot:
            _show(between)
            st.plotly_chart(
                block.figure, key=f"chart-{name}", alt=finding.alt, config=CONFIG, height="content", theme=None
            )
            between = foot
    _show(between + after)


def _show(piece: str) -> None:
    if piece:
        st.html(pieces.Whole(piece))


def foot_of(view: View, name: str, block: Block) -> str:
    """Return what stands under a chart: sources, and folded the table with its download."""
    return view.kept(f"foot-{name}", lambda: _foot(view, name, block))


def _foot(view: View, name: str, block: Block) -> str:
    notes = [say_sources(view, name, block.table)]
    notes += [view.say("figure.money_note")] if name != "timeline" and _has_money(block.table) else []
    if TABLES[name].choices:  # figures of one series stand beside one another on its axes
        notes += [say_breaks(view.data, view.lang, block.table.index[: block.drawn])]
    columns = len(block.table.columns)
    if block.listed < len(block.table):
        notes += [view.say("drawn.first", drawn=block.drawn, listed=block.listed, n=len(block.table))]
    said = ("" if view.lang == "zh" else " ").join(filter(None, notes))
    return pieces.block(
        f"<p class=source>{escape(said)}</p>",
        f"<details><summary>{escape(view.say('figure.table', n=len(block.table)))}</summary>",
        tables.table(view, name, _listed(block.table.head(block.listed)), caption=block.finding.title),
        pieces.download(f"data/tables/{name}.csv{view.here()}", view.say("figure.download_all", n=columns)),
        "</details>",
    )


def _listed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a table that are listed on the page: not a kind beside the role that tells it."""
    unused = {"kind"} if "role" in table else set()
    unused |= {"period"} if "period" in table and table["period"].isna().all() else set()
    return table[[c for c in table if c not in NOT_LISTED and c not in unused]]


def _has_money(table: pd.DataFrame | Rows) -> bool:
    return "canonical_unit" in table and bool((table["canonical_unit"] == "亿元").any())


@dataclass(frozen=True)
class Used:
    """How many sources a table comes from, the first of them, and the lines of the printed quantities in it."""

    sources: int
    first: str
    lines: Sequence[int]

    @classmethod
    def of(cls, table: pd.DataFrame | Rows) -> "Used":
        """Return the sources of a table with `source` and `line`, in the order of the sources."""
        source = table["source"].array
        places = np.flatnonzero(np.bincount(source.codes, minlength=len(source.categories)))
        if not len(places):
            return cls(0, "", ())
        lines = table["line"].array[source.codes == places[0]].dropna()
        return cls(len(places), source.categories[places[0]], tuple(sorted(set(lines.tolist()))))


def say_sources(view: View, name: str, table: pd.DataFrame | Rows) -> str:
    """Say in a line which sources a table comes from: the first one, and how many there are.

    A table of records lists the source of each; one of counts does not.
    """
    used = Used.of(table) if "source" in table else _sources_counted(view.data, view.selection, TABLES[name].kinds)
    said = _say_source(view, used.first, used.lines) if used.sources else ""
    if used.sources > 1:
        more = "figure.source_listed" if "source" in table else "figure.source_counted"
        said = view.say(more, first=said, n=used.sources)
    return view.say("figure.source", sources=said)


@per_dataset
def _sources_counted(data: Dataset, selection: Selection, only: tuple[str, ...]) -> Used:
    """Return the sources of the selected records of these kinds, which a table counts."""
    rows = rows_of(data, selection)
    return Used.of(Rows(rows.of, rows.index[among(rows["kind"].array, only)]))


def _say_source(view: View, key: str, lines: Sequence[int]) -> str:
    """Say one source with the lines of a printed page, or with the publisher and day of a page on the web."""
    source = view.data.by_key["sources"].loc[key]
    if lines:
        shown = view.say("enumeration").join(map(str, lines[:MOST_LINES]))
        shown = view.say("figure.first_lines", lines=shown) if len(lines) > MOST_LINES else shown
        where = view.say("figure.lines", lines=shown, n=len(lines))
        where = view.say("figure.source_year", year=source["year"], where=where)
    else:
        publisher = source["publisher" if view.lang == "zh" else "publisher_en"]
        where = view.say("comma").join(filter(None, [publisher, source["published"] or str(source["year"])]))
    return view.say("figure.source_one", title=view.label("source", key), where=where)


def show_choice(view: View, name: str) -> None:
    """Show the box that chooses what a chart is about; the choice goes into the address.

    What the address asks for stands in it also where the filters leave nothing of that to draw.
    """
    known, asked = view.choices(name), getattr(view.choice, name)
    shown = [*known, asked] if asked and asked not in known else known
    if len(shown) < 2:
        return
    key, column = f"choice-{name}", CHOICE_COLUMN[name]
    st.session_state[key] = asked or known[0]
    st.selectbox(
        view.say(f"choice.{name}"),
        shown,
        key=key,
        format_func=lambda option: label_option(view.data, view.lang, column, option),
        on_change=_choose,
        args=(name, key),
        filter_mode=view.filter_mode,
    )


def _choose(name: str, key: str) -> None:
    change_address(**{name: [st.session_state[key]]})
