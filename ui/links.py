"""The script of the pages, in each language; the content security policy allows exactly this text."""

import json
from pathlib import Path

from targets.text import LANGUAGES, say

_TEXT = Path(__file__).with_name("links.js").read_text(encoding="utf-8")
_WORDS = {
    "Skip to main content": "skip", "Sidebar": "filters", "Collapse sidebar": "collapse", "Open": "open",
    "Close": "close", "Clear all": "clear", "Selected values": "chosen", "Choose an option": "choose",
    "Choose or add an option": "choose", "Remove ": "remove", "Help for ": "help", "Copy to clipboard": "copy",
    "No results": "nothing",
}  # fmt: skip
"""Streamlit's own words, and the keys of ours; a word that ends with a blank stands before a name."""


def _write(lang: str) -> str:
    words = [
        (said, ours)
        for theirs, key in _WORDS.items()
        for said in (theirs, *(say(other, f"streamlit.{key}") for other in LANGUAGES))
        if said != (ours := say(lang, f"streamlit.{key}"))
    ]
    return _TEXT.replace("{lang}", lang).replace("{words}", json.dumps(words, ensure_ascii=False))


SCRIPTS = {lang: _write(lang) for lang in LANGUAGES}
"""The script's text for each language."""
