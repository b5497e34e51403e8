"""The check of a source's text that a reader pastes: its account, and the text with every numeral highlighted."""

from dataclasses import dataclass
from html import escape
from itertools import islice

import streamlit as st

from targets.entry.audit import Account, Numeral, audit, say_faults, say_sum
from targets.load.source_text import LARGEST, MOST_PASTED, UnreadableTextError, read_page
from ui import pieces
from ui.sources import of_reasons
from ui.view import View

MOST_NUMERALS = 10_000
"""Numerals of a text that is shown; a page of a newspaper has some hundreds."""
MOST_FAULTS = 50
"""Faults that are listed; the count holds for all."""
STATE_KEY = "checked-text"
"""Key of the checked text in the session state; it is stored nowhere else."""


@dataclass(frozen=True)
class Checked:
    """The result of a check under one version of the data: the account of the text, or why there is none."""

    source: str
    version: str
    account: Account | None
    problem: str = ""


def show_text_check(view: View, source: str) -> Account | None:
    """Show the form for a source's text and, once one is handed in, its account; return the account.

    A source without lines, such as a page on the web, is checked where it stands, not here.
    """
    if view.data.by_key["sources"]["lines"].isna()[source]:
        return None
    title, lead = escape(view.say("check.title")), escape(view.say("check.promise"))
    st.html(pieces.block(f"<h2>{title}</h2><p class=under>{lead}</p>"))
    content = _ask(view)
    if content is not None:
        st.session_state[STATE_KEY] = check(view, source, content)
    checked = st.session_state.get(STATE_KEY)
    if checked is None or checked.source != source:
        return None
    if checked.account and checked.version != view.data.version:
        checked = st.session_state[STATE_KEY] = check(view, source, checked.account.text.encode())
    if checked.account is None:
        st.html(pieces.alert(view.say(checked.problem)))
        return None
    _show_account(view, checked.account)
    return checked.account


def check(view: View, source: str, content: bytes) -> Checked:
    """Hold a text against the data; a text that cannot be read is not stored."""
    version = view.data.version
    try:
        account = audit(view.data, source, read_page(content))
    except UnreadableTextError as error:
        return Checked(source, version, None, str(error))
    if len(account.numerals) > MOST_NUMERALS:
        return Checked(source, version, None, "audit.too_dense")
    return Checked(source, version, account)


def _ask(view: View) -> bytes | None:
    """Show the form; return what was handed in just now.

    The browser ignores input over `max_chars` without a word: the page's script then shows the sentence.
    """
    with st.form("check", clear_on_submit=True, border=False):
        text = st.text_area(
            view.say("check.paste"),
            key="check-paste",
            max_chars=MOST_PASTED,
            height=140,
            placeholder=view.say("check.placeholder"),
        )
        over = escape(view.say("audit.too_long"))
        st.html(pieces.block(f'<div class="notice" role="alert" data-over="{MOST_PASTED}" hidden>{over}</div>'))
        file = None
        if st.get_option("server.maxUploadSize") == 0:
            closed, how = escape(view.say("check.closed")), escape(view.say("check.operator"))
            st.html(pieces.block(f"<details><summary>{closed}</summary><p>{how}</p></details>"))
        else:
            most = max(1, LARGEST // 1_000_000)
            file = st.file_uploader(view.say("check.file"), type=["txt"], max_upload_size=most)
        st.html(pieces.block(f"<p class=under>{escape(view.say('check.cleared'))}</p>"))
        if not st.form_submit_button(view.say("check.submit"), key="check-submit"):
            return None
    return file.getvalue() if file else text.encode()


def _show_account(view: View, account: Account) -> None:
    """Show the sum, the checksum's verdict, every fault, and the text with its numerals highlighted."""
    same = escape(view.say("audit.same" if account.same_text else "audit.other", sha256=account.sha256[:12]))
    same += escape(view.say("check.stop"))
    if not (account.same_text or account.elsewhere):
        same += escape(view.say("check.copied"))
    faults = list(islice(say_faults(view.data, view.lang, account), MOST_FAULTS + 1))
    items = [
        f"<li>{pieces.link(view.here(record=[record]), said) if record else escape(said)}</li>"
        for record, said in faults[:MOST_FAULTS]
    ]
    items += [f"<li>{escape(view.say('check.more'))}</li>"] if len(faults) > MOST_FAULTS else []
    found = f'<div class="notice"><ul>{"".join(items)}</ul></div>' if items else ""
    key = "".join(f"<span>{sample}</span>" for sample in _samples(view))
    st.html(
        pieces.block(
            f'<div role="status"><h3>{escape(say_sum(view.lang, account))}</h3><p class=under>{same}</p></div>',
            found,
            f'<div class="key lit">{key}</div>',
        )
    )
    st.button(view.say("check.forget"), key="check-forget", on_click=lambda: st.session_state.pop(STATE_KEY, None))
    lines = "".join(f"<li>{line}</li>" for line in highlight(view, account))
    st.html(pieces.block(f'<ol class="lit lines" lang="zh-CN">{lines}</ol>'))


def _samples(view: View) -> tuple[str, ...]:
    """Return the key to the three ways in which a numeral is highlighted."""
    said = {name: escape(view.say(f"lit.{name}")) for name in ("row", "excluded", "unaccounted")}
    return (
        f'<a class="in">8</a> {said["row"]}',
        f'<span class="out">8</span> {said["excluded"]}',
        f"<mark>8</mark> {said['unaccounted']}",
    )


def highlight(view: View, account: Account) -> list[str]:
    """Return the lines of a text as HTML, every numeral marked by what became of it."""
    records = view.data.by_id["as_printed"]
    reasons, names = view.data.tables["exclusions"]["reason"], of_reasons(view, "name")
    parts, done = [], 0

    def mark(numeral: Numeral, piece: str) -> str:
        if numeral.rows:
            first, *more = numeral.rows
            also = "".join(f"<sup>{_link(view, row, records[row], str(n))}</sup>" for n, row in enumerate(more, 2))
            return _link(view, first, records[first], piece) + also
        if numeral.exclusion is not None:
            reason = escape(view.say("check.reason", reason=names[reasons[numeral.exclusion]]))
            return f'<span class="out" tabindex="0" title="{reason}">{piece}<i>{reason}</i></span>'
        return f'<mark title="{escape(view.say("lit.unaccounted"))}">{piece}</mark>'

    for numeral in account.numerals:
        start, end = numeral.quantity.start, numeral.quantity.end
        parts.append(escape(account.text[done:start]))
        between = account.text[start:end].split("\n")
        parts.append("\n".join(mark(numeral, escape(p)) if p.strip() else p for p in between))
        done = end
    return ("".join(parts) + escape(account.text[done:])).split("\n")


def _link(view: View, record: str, printed: str, text: str) -> str:
    """Return a link to a record, with text that is HTML already."""
    href, title = escape(view.here(record=[record])), escape(printed)
    return f'<a data-view class="in" href="{href}" title="{title}">{text}</a>'
