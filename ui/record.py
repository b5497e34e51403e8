"""One record in full: all its fields, the indicator's definition, what was inferred and why."""

from collections.abc import Iterator
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from targets.contract.schema import resources
from targets.contract.units import write_number
from targets.load.dataset import Dataset
from targets.load.rows import Rows
from targets.progress.evidence import say_misprint, say_year_basis
from targets.progress.outcomes import statements
from targets.progress.periods import per_period
from targets.progress.progress import progress
from targets.query.tables import title_of
from targets.wording.headlines import say_value
from targets.wording.progress_text import SYMBOLS, say_result, say_state
from ui import pieces
from ui.citation import show_citation
from ui.progress import link_to_base, link_to_other, say_context
from ui.sources import row_url
from ui.view import View, change_address

SKIPPED = (
    "as_printed", "year_basis", "year_evidence", "year_line", "note", "note_en", "source", "line",
    "low", "high", "low_closed", "high_closed",
)  # fmt: skip


def show_record(view: View) -> None:
    """Open the record that the address names, in a dialog; closing it takes the record out of the address."""
    found = view.data.frame[view.data.frame["id"] == view.record]
    if found.empty:
        return
    dialog = st.dialog(view.say("detail.title"), width="medium", on_dismiss=change_address)
    dialog(_fill)(view, found.iloc[0])


def _fill(view: View, row: pd.Series) -> None:
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{_write(view, text)}</dd>" for name, text in _fields(view, row))
    st.html(
        pieces.block(f'<p class="quote" lang="{pieces.CHINESE}">{escape(row["as_printed"])}</p>', f"<dl>{listed}</dl>")
    )
    nothing = {name: () for name in view.selection.query}
    links = [
        pieces.link(
            view.href("records", **nothing | {"indicator": [row["indicator"]]}), view.say("detail.same"), "button"
        ),
        pieces.link(
            view.href("records", **nothing | {"actor": [row["actor"]]}), view.say("detail.same_actor"), "button"
        ),
    ]
    st.html(pieces.block("<p>", *links, "</p>"))
    show_citation(view, row)


def _fields(view: View, row: pd.Series) -> Iterator[tuple[str, str]]:
    """Return what is said of a record, each with its name: first what it means, what became of it, where it stands."""
    resource = resources()["targets"]
    yield view.say("detail.means"), say_value(view.lang, row)
    yield from _say_progress(view, row["id"])
    if held := _say_statement(view, row):
        yield view.say("detail.held_against"), held
    source = view.label("source", row["source"])
    if not pd.isna(row["line"]):
        source = view.say("detail.source_line", source=source, line=row["line"])
    checked = row_url(view, row["source"], row["id"])
    yield title_of(view.lang, "source"), pieces.Whole(pieces.link(checked, source, within=view.lang))
    if url := view.data.by_key["sources"].loc[row["source"], "url"]:
        yield view.say("detail.url"), pieces.Whole(pieces.link_out(url))
    if sic := say_misprint(view.data, view.lang, row["id"]):
        yield view.say("misprint.title"), sic
    for column in (*resource.columns, *resource.derived_columns):
        text = view.cell(column, row[column])
        if text and column not in SKIPPED:
            yield title_of(view.lang, column), text
        if column == "year":
            yield title_of(view.lang, "year_basis"), say_year_basis(view.data, view.lang, row)
    interval = "detail.interval" if row["kind"] == "actual" else "detail.interval_promised"
    yield view.say(interval), say_interval(view, row)
    indicator = view.data.by_key["indicators"].loc[row["indicator"]]
    yield view.say("detail.definition"), indicator[f"definition_{view.lang}"]
    if note := row["note" if view.lang == "zh" else "note_en"]:
        yield resource.field("note").titles[view.lang], note


def _write(view: View, text: str) -> str:
    return text if isinstance(text, pieces.Whole) else pieces.mark_chinese(view.lang, str(text))


@per_period
def _find_result(data: Dataset, asof: str, record: str) -> object:
    """Return the row of progress of a record, None for one without."""
    table = progress(data, asof)
    return next(table[table["id"] == record].itertuples(), None)


def _say_progress(view: View, record: str) -> Iterator[tuple[str, str]]:
    """Say the state of a target and its result, its base, and what else was published; nothing for a fact."""
    one = _find_result(view.data, view.selection.asof, record)
    if one is None:
        return
    result = say_result(view.data, view.lang, one)
    yield view.say("filter.state"), f"{say_state(view.lang, str(one.state))}{view.say('colon')}{result}"
    also = [link_to_base(view, one), *(pieces.mark_chinese(view.lang, said) for said in say_context(view, one))]
    if any(also):
        yield view.say("detail.also"), pieces.Whole("<br>".join(filter(None, also)))


def _say_statement(view: View, row: pd.Series) -> str:
    """Say what other sources publish of what a page states, with a link to it; nothing for anything else."""
    if row["kind"] != "actual" or pd.isna(row["source_lines"]):
        return ""
    found = statements(view.data, Rows(view.data.frame, np.array([row.name])), view.selection.asof)
    if found.empty:
        return ""
    one = next(found.head(1).itertuples())
    said = escape(f"{SYMBOLS[one.outcome]} {view.say(f'outcome.{one.outcome}')}")
    other = link_to_other(view, one)
    return pieces.Whole(f"{said}{escape(view.say('colon'))}{other}" if other else said)


def say_interval(view: View, row: pd.Series) -> str:
    """Write the interval that a number stands for: (3,000, no upper end) 亿元."""
    low, high = row["low"], row["high"]
    if pd.isna(low):
        return view.say("detail.interval_none")
    left = view.say("detail.minus_infinite") if np.isneginf(low) else write_number(low)
    right = view.say("detail.infinite") if np.isposinf(high) else write_number(high)
    brackets = "[" if row["low_closed"] else "(", "]" if row["high_closed"] else ")"
    return f"{brackets[0]}{left}, {right}{brackets[1]} {view.data.label_unit(view.lang, row['canonical_unit'])}"
