"""What a reader sees of an error in the program: one sentence, and the number under which the log has the rest."""

import streamlit as st

from server.log import report_fault
from targets.text import language_of, say
from ui import pieces
from ui.view import current_view


def show_fault(error: Exception) -> bool:
    """Log an error, show its number in place of what failed, and return True so that Streamlit shows nothing else."""
    try:
        lang = current_view().lang
    except LookupError:  # it failed before the address was read
        lang = language_of(st.context.locale)
    said = [say(lang, "notice.trouble"), say(lang, "http.trouble_number", number=report_fault(error))]
    st.html(pieces.alert(" ".join(said)))
    return True
