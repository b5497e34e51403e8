"""The frame around every page: menu, filters, notices, and the record that a link opens."""

from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import streamlit as st

from targets.load.dataset import BackendError
from targets.storage.state import State
from targets.storage.store import current_store
from targets.text import LANGUAGES
from ui import notices, pieces
from ui.fault import show_fault
from ui.filters import say_selection, show_filters
from ui.links import SCRIPTS
from ui.record import show_record
from ui.too_many_rows import UNSELECTED, show_counts
from ui.view import PAGES, UNFILTERED, View, address_query, read_language, read_view, set_view

ROOT = Path(__file__).parent
RUN = {lang: pieces.Whole(f"<script>{script}</script>") for lang, script in SCRIPTS.items()}


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_icon="🎯", layout="wide", initial_sidebar_state="auto")
    state = current_store().current()
    if state.dataset is None:
        _show_no_data(state)
        return
    try:
        view = read_view(state.dataset, address_query(), st.context.locale)
    except BackendError as error:
        since = state.failing_since or datetime.now(UTC)
        _show_no_data(replace(state, dataset=None, problems=(error.problem,), failing_since=since))
        return
    set_view(view)
    pages = {
        name: st.Page(
            ROOT.parent / "pages" / f"{name}.py",
            title=f"{view.say(f'page.{name}')} · {view.say('app.title')}",
            url_path=name,
            default=name == PAGES[0],
        )
        for name in PAGES
    }
    chosen = st.navigation(list(pages.values()), position="hidden")
    name = next(name for name, page in pages.items() if page.title == chosen.title)
    st.html(RUN[view.lang], unsafe_allow_javascript=True)
    with st.sidebar:
        show_filters(view)
    problems = notices.say_problems(view.lang, state) if state.problems else ""
    heading = pieces.block(f"<h1>{escape(view.say(f'heading.{name}'))}</h1>")
    top = _masthead(view, name) + problems + heading + say_selection(view) + notices.say_ignored(view)
    st.html(pieces.Whole(top))
    if view.too_many and name not in UNSELECTED:
        show_counts(view, view.too_many)
    elif not view.count and name not in ("records", *UNFILTERED):
        st.html(notices.say_empty(view))
    else:
        _run(chosen)
    _show_foot(view, state)
    if view.record:
        show_record(view)


def _run(chosen: object) -> None:
    """Run the page; a fault in it leaves the frame around it standing."""
    try:
        chosen.run()
    except Exception as error:
        show_fault(error)


def _masthead(view: View, current: str) -> str:
    links = [pieces.link(view.href(name), view.say(f"page.{name}"), current=name == current) for name in PAGES]
    other = next(lang for lang in LANGUAGES if lang != view.lang)
    record = [view.record] if view.record else []
    href = view.href(current, lang=[other], record=record)
    links.append(pieces.link(href, view.say("app.other_language"), lang=other))
    brand = escape(view.say("app.title"))
    return pieces.block(f'<nav aria-label="{brand}"><b>{brand}</b>', *links, "</nav>")


def _show_foot(view: View, state: State) -> None:
    """Show the data's version and which files differ from their checksums; the script compares the mark."""
    said = [view.say("app.title"), view.say("footer.version", version=view.data.version)]
    if state.changed:
        said.append(view.say("live.changed", files=view.say("comma").join(state.changed)))
    st.html(pieces.block(f'<p class=source data-foot data-state="{state.mark}">{escape(" · ".join(said))}</p>'))


def _show_no_data(state: State) -> None:
    lang = read_language(address_query(), st.context.locale)
    st.html(RUN[lang], unsafe_allow_javascript=True)
    st.html(notices.say_problems(lang, state) + f'<p data-state="{state.mark}"></p>')


main()
