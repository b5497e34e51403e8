"""The filters in the sidebar: options with counts, the selection in words, and a way back."""

import re
from collections.abc import Iterable
from html import escape

import streamlit as st

from targets.contract.dates import today
from targets.load.dataset import Data, per_dataset
from targets.progress.actuals import known_days
from targets.query.facets import label_option, options
from targets.query.narrowing import count_options
from targets.query.selection import FACETS, describe, read_typed_day
from targets.storage.store import current_store
from targets.text import LANGUAGES, write
from ui import pieces
from ui.view import View, change_address

SHOWN = ("district", "industry", "year", "kind", "state")
FOLDED = ("actor", "indicator", "source", "modality")
"""Filters that are sent, with the day of what is known, when they are unfolded or one of them is used."""
MOST_COUNTED = 200
"""Most options of a filter that have counts; a longer list has none, does not change and is sent only once."""
NO_DAY = "asof-typed"
"""Key in the session state of what was typed as a day and is none, until the page says so."""
NO_FILTERS = {name: () for name in (*FACETS, "q", "asof")}
"""The parameters of every filter, without values."""
_COUNT = re.compile(r"(?:（[\d,]+）| \([\d,]+\))$")


def show_filters(view: View) -> None:
    """Show a box per filter with the number of records behind each option, and the reset."""
    title = escape(view.say("filter.title"))
    st.html(pieces.block(f"<style>:root {{ --filters: '{title}'; }}</style><h2>{title}</h2>"))
    _show_boxes(view, SHOWN)
    if _is_used(view):
        st.session_state["more"] = True
    names = view.say("enumeration").join(view.say(f"filter.{facet}").lower() for facet in FOLDED)
    more = st.expander(view.say("filter.more", names=names), key="more", on_change="rerun")
    if more.open:
        with more:
            _show_boxes(view, FOLDED)
            _show_asof(view)
    see = escape(view.say("filter.see", n=view.count))
    st.html(
        pieces.block(
            f"<p class=under>{escape(view.say('filter.counts_help'))}</p>",
            f'<p class=away><a class=button data-away href="{escape(view.here())}">{see}</a></p>',
        )
    )
    if view.selection.query:
        st.button(view.say("filter.reset"), on_click=_reset, width="stretch")


def _show_boxes(view: View, facets: Iterable[str]) -> None:
    """Show the boxes of filters that have something to choose from."""
    for facet in facets:
        known = options(view.data, facet)
        if len(known) < 2:
            continue
        counts = count_options(view.data, view.selection, facet)
        key, chosen = f"filter-{facet}", list(getattr(view.selection, facet))
        if len(known) > MOST_COUNTED:
            key += f"-{view.lang}"
        if len(known) <= MOST_COUNTED or _shown(view, facet, key) != chosen:
            st.session_state[key] = chosen
        st.multiselect(
            view.say(f"filter.{facet}"),
            known,
            key=key,
            placeholder=view.say("filter.all"),
            format_func=_Labels(view, facet, counts),
            select_all=False,
            on_change=_apply,
            args=(facet, key),
            filter_mode=view.filter_mode,
        )


def _is_used(view: View) -> bool:
    """Return whether a folded filter decides what is shown."""
    return any(getattr(view.selection, facet) for facet in FOLDED) or view.selection.asof != today()


def _shown(view: View, facet: str, key: str) -> list[str]:
    """Return what a box already shows: one that is set anew is sent anew, with all its options."""
    return [key_of(view.data, facet, label) for label in st.session_state.get(key, [])]


def _show_asof(view: View) -> None:
    """Show the days on which something was published, for looking at what was known then."""
    days = known_days(view.data)
    asked = view.selection.asof
    st.session_state["asof"] = "" if asked == today() else asked
    st.selectbox(
        view.say("filter.asof"),
        ["", *sorted({*days, *([asked] if asked != today() else [])}, reverse=True)],
        key="asof",
        accept_new_options=True,
        format_func=lambda day: day or view.say("filter.asof_today"),
        help=view.say("filter.asof_help"),
        on_change=_apply_asof,
        filter_mode=view.filter_mode,
    )
    if typed := st.session_state.pop(NO_DAY, ""):
        st.html(pieces.alert(view.say("filter.no_day", value=typed[:40])))


def _apply_asof() -> None:
    """Put the day that was chosen or typed into the URL; the next run says if it is none."""
    typed = st.session_state["asof"]
    day = read_typed_day(typed)
    if typed and not day:
        st.session_state[NO_DAY] = typed
    else:
        change_address(asof=[day] if day and day != today() else [])


class _Labels:
    """Writes an option with its count, if it is known, and reads an older label of the same option, in either language.

    Where there are very many options, they go without counts. The browser sends labels back, and the counts in
    them change with every other filter.
    """

    def __init__(self, view: View, facet: str, counts: dict[str, int]) -> None:
        self.view, self.facet, self.counts = view, facet, counts if len(counts) <= MOST_COUNTED else {}
        key = ("options", facet, view.lang, view.selection if self.counts else None)
        self.labels = view.data.shared.get(key, self._make)

    def __call__(self, option: str) -> str:
        """Return the label of an option, or of the option that a label stands for."""
        return self.labels.get(option) or self._write(key_of(self.view.data, self.facet, option))

    def _make(self) -> dict[str, str]:
        return {key: self._write(key) for key in options(self.view.data, self.facet)}

    def _write(self, key: str) -> str:
        name = label_option(self.view.data, self.view.lang, self.facet, key)
        return self.view.say("filter.option", name=name, n=self.counts.get(key, 0)) if self.counts else name


@per_dataset
def _keys_by_label(data: Data, facet: str) -> dict[str, str]:
    known = options(data, facet)
    labels = {label_option(data, lang, facet, key): key for key in known for lang in LANGUAGES}
    return labels | {key: key for key in known}


def key_of(data: Data, facet: str, label: str) -> str:
    """Return the key that a label stands for, whichever its language and count; a key stays itself."""
    keys = _keys_by_label(data, facet)
    return keys.get(label) or keys.get(_COUNT.sub("", label), label)


def _apply(facet: str, key: str) -> None:
    data = current_store().current().dataset
    if data:
        change_address(**{facet: [key_of(data, facet, label) for label in st.session_state[key]]})


def _reset() -> None:
    change_address(**NO_FILTERS)


def say_selection(view: View) -> str:
    """Say how many records of how many are shown, and which, with a way back."""
    words = describe(view.data, view.lang, view.selection)
    most = view.too_many and view.selection.state  # of so many the states are not known
    count = f"≤ {write(view.count)}" if most else view.count
    said = view.say("filter.showing", n=count, all=view.data.size, words=words)
    reset = ""
    if view.selection.query:
        reset = " " + pieces.link(view.here(**NO_FILTERS), view.say("filter.reset"))
    return pieces.block(f'<p class="said" role="status">{escape(said)}{reset}</p>')
