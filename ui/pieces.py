"""Pieces of a page as HTML. Every text from data or address is escaped here; none is ever markup."""

import re
from html import escape

import pandas as pd
import streamlit as st

from targets.progress.evidence import say_misprint
from targets.wording.headlines import say_value
from ui.view import View

CHINESE = "zh-CN"
_CHINESE_WORDS = re.compile(r"[〇一-鿿]+(?:[\d.％%、，]+[〇一-鿿]+)*")


def mark_chinese(lang: str, text: str) -> str:
    """Escape a text; on a page in another language its Chinese words are marked, for those who hear the page.

    The mark is no `span`: those have a look of their own in several lists.
    """
    escaped = escape(text)
    return escaped if lang == "zh" else _CHINESE_WORDS.sub(rf'<bdi lang="{CHINESE}">\g<0></bdi>', escaped)


def link(href: str, text: str, css: str = "", *, current: bool = False, lang: str = "", within: str = "zh") -> str:
    """Return a link that changes the view; the text is escaped, its Chinese words marked within another language."""
    marks = (f' class="{css}"' if css else "") + (' aria-current="page"' if current else "")
    marks += f' lang="{lang}"' if lang else ""
    return f'<a data-view href="{escape(href)}"{marks}>{mark_chinese(within, text)}</a>'


def link_out(url: str) -> str:
    """Return an address as a link, if it is one of the web."""
    if not url.startswith(("http://", "https://")):
        return escape(url)
    return f'<a href="{escape(url)}" rel="noopener" target="_blank">{escape(url)}</a>'


def download(href: str, text: str) -> str:
    """Return a link that downloads."""
    return f'<a download class="button" href="{escape(href)}">{escape(text)}</a>'


class Whole(str):
    """HTML that Streamlit sends as it is; of any other text it looks for a common margin in every run."""

    def _repr_html_(self) -> str:
        return self


def block(*parts: str) -> Whole:
    """Wrap pieces in the block that the style sheet knows."""
    return Whole('<div class="tt">' + "".join(parts) + "</div>")


def printed(view: View, record: str, text: str, **changes: list[str]) -> str:
    """Return a printed quantity as a link to its record, with a mark where it was misprinted.

    What was misprinted is said where the mark is touched, has the focus or is pointed at.
    """
    sic = say_misprint(view.data, view.lang, record)
    mark = ""
    if sic:
        word = escape(view.say("misprint.mark"))
        word = word if view.lang == "zh" else f'<bdi lang="la">{word}</bdi>'
        said = mark_chinese(view.lang, view.say("colon") + sic)
        mark = f' <span class="sic" tabindex="0">{word}<i>{said}</i></span>'
    return link(view.here(record=[record], **changes), text, lang=CHINESE) + mark


def reading(view: View, row: object) -> str:
    """Return what a printed quantity reads as for who cannot read it: nothing on a Chinese page, or of a pledge."""
    if view.lang == "zh" or pd.isna(row.canonical_value):
        return ""
    return f'<span class="reading">{escape(say_value(view.lang, row))}</span> '


def alert(said: str) -> str:
    """Return a sentence that a reader is to hear of at once."""
    return block(f'<div class="notice" role="alert">{escape(said)}</div>')


def show_key(view: View) -> None:
    """Show the key to the marks, folded, above the charts."""
    parts = [view.say(f"key.{name}") for name in ("exact", "bound", "approx", "tier", "none", "colours")]
    spans = "".join(f"<span>{escape(part)}</span>" for part in parts)
    st.html(
        block(f'<details><summary>{escape(view.say("key.title"))}</summary><div class="key">{spans}</div></details>')
    )
