"""The frame around every page: menu, filters, notices, and the record that a link opens."""

from html import escape
from pathlib import Path

import streamlit as st

from targets.store import STORE
from targets.text import LANGUAGES, say
from ui import html
from ui.fault import show_fault
from ui.filters import say_selection, show_filters
from ui.links import SCRIPTS
from ui.record import show_record
from ui.view import PAGES, View, address_query, read_view, set_view

ROOT = Path(__file__).parent
STYLE = "<style>" + (ROOT / "style.css").read_text(encoding="utf-8") + "</style>"


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_icon="🎯", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    state = STORE.current()
    if state.dataset is None:
        _show_no_data(state.problems)
        return
    view = read_view(state.dataset, address_query(), st.context.locale)
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
    st.html(f"<script>{SCRIPTS[view.lang]}</script>", unsafe_allow_javascript=True)
    _show_masthead(view, name)
    if state.problems:
        problems = [p.say(view.lang) for p in state.problems]
        st.html(html.say_problems(view.say, view.say("notice.last_good"), problems))
    with st.sidebar:
        show_filters(view)
    st.html(
        html.block(f"<h1>{escape(view.say(f'heading.{name}'))}</h1>") + say_selection(view) + html.say_ignored(view)
    )
    if view.rows.empty and name != "records":
        st.html(html.say_empty(view))
    else:
        _run(chosen)
    version = view.say("footer.version", version=view.data.version)
    st.html(html.block(f"<p class=source data-foot>{escape(view.say('app.title'))} · {escape(version)}</p>"))
    if view.record:
        show_record(view)


def _run(chosen: object) -> None:
    """Run the page; a fault in it leaves the frame around it standing."""
    try:
        chosen.run()
    except Exception as error:
        show_fault(error)


def _show_masthead(view: View, current: str) -> None:
    links = [html.link(view.href(name), view.say(f"page.{name}"), current=name == current) for name in PAGES]
    other = next(lang for lang in LANGUAGES if lang != view.lang)
    record = [view.record] if view.record else []
    href = view.href(current, lang=[other], record=record)
    links.append(html.link(href, view.say("app.other_language"), lang=other))
    brand = escape(view.say("app.title"))
    st.html(html.block(f'<nav aria-label="{brand}"><b>{brand}</b>', *links, "</nav>"))


def _show_no_data(problems: tuple) -> None:
    lang = "en" if (st.context.locale or "zh").lower()[:2] != "zh" else "zh"
    said = [p.say(lang) for p in problems]
    st.html(html.say_problems(lambda key, **v: say(lang, key, **v), say(lang, "notice.no_data"), said))


main()
