"""The citation of a record, in both forms, each copied by one click."""

from datetime import UTC, datetime, timedelta
from html import escape

import pandas as pd
import streamlit as st

from targets.query.selection import to_query_string
from targets.text import LANGUAGES
from targets.wording.citation import cite
from ui import pieces
from ui.view import View, base_address


def show_citation(view: View, row: pd.Series) -> None:
    """Show a record's citations as plain text with a button that copies."""
    st.html(pieces.block(f"<h3>{escape(view.say('cite.title'))}</h3>"))
    today = datetime.now(UTC) - timedelta(minutes=st.context.timezone_offset or 0)
    for lang in LANGUAGES:
        st.html(pieces.block(f"<p class=under>{escape(view.say(f'cite.{lang}'))}</p>"))
        link = record_url(st.context.url, lang, row["id"])
        st.code(cite(view.data, lang, row, link, f"{today:%Y-%m-%d}"), language=None, wrap_lines=True)


def record_url(here: str | None, lang: str, record: str) -> str:
    """Return the URL of a record on the list of records, from the URL of the page the reader is on."""
    return f"{base_address(here)}/records?{to_query_string({'lang': [lang], 'record': [record]})}"
