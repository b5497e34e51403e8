"""The one script of the pages. Its exact text is what the server's policy lets a browser run."""

from pathlib import Path

from targets.text import LANGUAGES

_TEXT = Path(__file__).with_name("links.js").read_text(encoding="utf-8")
SCRIPTS = {lang: _TEXT.replace("{lang}", lang) for lang in LANGUAGES}
"""The script's text for each language."""
