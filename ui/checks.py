"""The consistency checks: each with its formula in printed numbers, its records and its outcome."""

import re
from html import escape

import pandas as pd
import streamlit as st

from targets.progress.checks import WORDS, checks
from targets.text import listing, phrases
from ui import pieces
from ui.view import View

OUTCOMES = (*WORDS.values(), "nothing")
"""Every outcome a check may have."""


def show_checks(view: View) -> None:
    """Show every check over the whole data, whatever is selected; the records open from here."""
    st.html(view.kept("checks-panel", lambda: _panel(view)))


def _panel(view: View) -> str:
    table = checks(view.data)
    counts = {outcome: int((table["outcome"] == outcome).sum()) for outcome in OUTCOMES}
    parts = [view.say(f"consistency.count_{outcome}", n=n) for outcome, n in counts.items() if n]
    lead = view.say("consistency.lead", n=len(table), parts=listing(view.lang, parts))
    printed = view.data.by_id["as_printed"]
    return pieces.block(
        f"<h2>{escape(view.say('consistency.title'))}</h2><p class=under>{escape(lead)}</p>",
        f"<ul class=checks>{''.join(_check(view, row, printed) for row in table.itertuples())}</ul>",
        pieces.download(f"data/tables/checks.csv{view.here()}", view.say("figure.download")),
    )


def _say_formula(view: View, formula: str) -> str:
    """Return a formula with the words of the page for the names in it."""
    known = phrases()
    return re.sub(
        r"[a-z_]+", lambda m: view.say(f"check_word.{m[0]}") if f"check_word.{m[0]}" in known else m[0], formula
    )


def _check(view: View, row: object, printed: pd.Series) -> str:
    """Return one check; its outcome is told by a sign and a word."""
    zh = view.lang == "zh"
    title, note = (row.title, row.note) if zh else (row.title_en, row.note_en)
    said = [view.say(f"consistency.because_{reason}") for reason in row.reason.split()]
    said += [view.say(f"consistency.fits_{row.fits}")] if row.fits else []
    if row.pairs > 1:
        counts = {"holds": row.holding, "fails": row.failing, "undecided": row.undecided}
        parts = [view.say(f"consistency.count_{outcome}", n=n) for outcome, n in counts.items() if n]
        said.append(view.say("consistency.pairs", n=row.pairs, parts=listing(view.lang, parts)))
    links = [pieces.printed(view, id_, printed[id_]) for id_ in row.rows.split()]
    outcome = f'<span class="{row.outcome}">{escape(view.say(f"consistency.{row.outcome}"))}</span>'
    parts = [
        f"<p>{outcome} {escape(title)}</p>",
        f"<p class=formula>{escape(_say_formula(view, row.formula))}</p>",
        f"<p class=under>{escape(view.say('comma').join(said))}</p>" if said else "",
        f"<p class=under>{escape(note)}</p>" if note else "",
        f"<p>{' · '.join(links)}</p>" if links else "",
    ]
    return f'<li id="check-{escape(row.check)}">{"".join(parts)}</li>'
