"""The scorecard of targets, the statements held against other sources, and the file with every input."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from targets.charts.blocks import Block, block_of
from targets.load.rows import Rows
from targets.progress.outcomes import context
from targets.progress.progress import STATES
from targets.wording.progress_text import SYMBOLS, say_figure, say_reason, say_result
from ui import pieces
from ui.view import View

MOST = 200
"""Targets of one state that are listed on the page; the file has them all."""


def show_scorecard(view: View) -> None:
    """Show every target with a number by state: whose, what, by when, as printed, and the result in words."""
    block = block_of("progress", view.data, view.lang, view.selection, view.choice)
    if block.table.empty:
        return
    numbered = (block.table["state"] != "no_number").any()
    title = block.finding.title if numbered else view.say("panel.pledges")
    st.html(view.kept("scorecard", lambda: _scorecard(view, block.table, title)))


def _scorecard(view: View, table: pd.DataFrame | Rows, title: str) -> str:
    parts = [f"<h2>{escape(title)}</h2>"]
    states, bounds = table["state"].array, table["bound"].array
    for state in STATES:
        rows = np.flatnonzero(states == state)
        if not len(rows):
            continue
        shown = table.take(rows[bounds[rows].argsort(ascending=False, kind="stable")][:MOST])
        heading = f"{escape(view.say(f'state.{state}'))} <small>{len(rows)}</small>"
        items = "".join(_group(view, reason, group) for reason, group in shown.groupby("reason", sort=False))
        more = f"<p>{escape(view.say('progress.more', n=len(rows) - MOST))}</p>" if len(rows) > MOST else ""
        parts.append(
            f'<details{"" if state == "no_number" else " open"}><summary><h3 class="state">'
            f'<span class="shape" aria-hidden="true">{SYMBOLS[state]}</span> {heading}</h3></summary>'
            f"{items}{more}</details>"
        )
    return pieces.block(*parts)


def _group(view: View, reason: str, rows: pd.DataFrame) -> str:
    """Say once why there is no verdict or pace, and list the targets it holds for."""
    why = f"<p class=under>{escape(say_reason(view.lang, reason))}</p>" if reason and reason != "no_number" else ""
    return f'{why}<ul class="score">{"".join(_item(view, row) for row in rows.itertuples())}</ul>'


def _item(view: View, row: object) -> str:
    year = view.say("year.undated") if pd.isna(row.year) else str(row.year)
    name = " · ".join([view.label("actor", row.actor), view.label("indicator", row.indicator), year])
    lines = [say_result(view.data, view.lang, row, reason=False)] if row.state != "no_number" else []
    lines += _say_chain(view, row)
    lines += [*say_context(view, row)] if row.reason else []
    said = "".join(f"<p>{pieces.mark_chinese(view.lang, line)}</p>" for line in lines if line)
    printed = pieces.printed(view, row.id, row.as_printed)
    base = link_to_base(view, row)
    base = f'<p class="under">{base}</p>' if base else ""
    return f"<li>{printed} {pieces.reading(view, row)}<b>{escape(name)}</b>{base}{said}</li>"


def link_to_base(view: View, row: object) -> str:
    """Return a link to the base of a target, with its figure as a reader reads it; nothing where it has none."""
    if not row.base_id or row.state == "no_number":
        return ""
    (printed,) = view.data.cells(row.base_id, "as_printed")
    figure = say_figure(view.data, view.lang, row.base_id)
    said = view.say("result.base_as_printed" if printed in figure else "result.base", figure=figure, printed=printed)
    return pieces.link(view.here(record=[row.base_id]), said, within=view.lang)


def _say_chain(view: View, row: object) -> Iterable[str]:
    for other, key in ((row.revises, "result.revises"), (row.revised_by, "result.revised_by")):
        if other:
            yield view.say(key, printed=view.data.cells(other, "as_printed")[0])


def say_context(view: View, row: object) -> Iterable[str]:
    """Say the latest related figures, marked as not the same thing."""
    related, places = context(view.data, view.selection.asof)
    at = places.get((row.indicator, *view.data.cells(row.id, "subject")), ())
    for one in related.iloc[at].itertuples() if len(at) else ():
        yield view.say(
            "result.context",
            figure=say_figure(view.data, view.lang, one.id),
            indicator=view.label("indicator", one.indicator),
            reason=one.reason if view.lang == "zh" else one.reason_en,
        )


def show_statements(view: View) -> None:
    """Show each fact that a page states, and what other sources publish of the same thing."""
    block = block_of("statements", view.data, view.lang, view.selection, view.choice)
    if block.table.empty:
        return
    st.html(view.kept("statements", lambda: _statements(view, block)))


def _statements(view: View, block: Block) -> str:
    items = "".join(_statement(view, row) for row in block.table.head(MOST).itertuples())
    heading = f"<h2>{escape(block.finding.title)}</h2><p class=under>{escape(block.finding.subtitle)}</p>"
    download = pieces.download(f"data/tables/statements.csv{view.here()}", view.say("figure.download"))
    return pieces.block(heading, f'<ul class="score">{items}</ul><p>{download}</p>')


def _statement(view: View, row: object) -> str:
    name = " · ".join(view.label(c, getattr(row, c)) for c in ("actor", "indicator"))
    year = view.say("year.undated") if pd.isna(row.year) else str(row.year)
    lines = [link_to_other(view, row)]
    if pd.isna(row.year) and not pd.isna(row.other_id):
        lines.append(escape(view.say("statements.assumed", year=row.year_compared)))
    said = "".join(f"<p>{line}</p>" for line in lines if line)
    word = escape(view.say(f"outcome.{row.outcome}"))
    mark = f'<span class="shape" aria-hidden="true">{SYMBOLS[row.outcome]}</span> {word}'
    printed = pieces.printed(view, row.id, row.as_printed)
    reading = pieces.reading(view, row)
    return f'<li><span class="mark">{mark}</span> {printed} {reading}<b>{escape(name)} · {escape(year)}</b>{said}</li>'


def link_to_other(view: View, row: object) -> str:
    """Return a link to the figure of another source that a statement is held against, nothing without one."""
    if pd.isna(row.other_id):
        return ""
    source = view.label("source", row.other_source)
    said = view.say("statements.with", source=source, printed=row.other_printed)
    return pieces.link(view.here(record=[row.other_id]), said, within=view.lang)


def show_components(view: View) -> None:
    """Show the link to the file with every input, interval, rule and reason."""
    link = pieces.download(f"data/progress.csv{view.here()}", view.say("progress.download"))
    st.html(pieces.block("<p>", link, f"<span class=under>{escape(view.say('progress.download_note'))}</span></p>"))
