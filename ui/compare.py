"""The box for a second indicator in the compare chart, and the total of the compared figures."""

from html import escape

import streamlit as st

from targets.charts.blocks import block_of
from targets.contract.comparability import AXIS, partners
from targets.contract.intervals import write_interval
from targets.load.dataset import Dataset, per_dataset
from targets.progress.totals import Total, totals, why_not
from targets.query.narrowing import select
from targets.query.selection import Selection
from targets.query.tables import may_stand_beside
from targets.wording.progress_text import say_part
from ui import pieces
from ui.view import View, change_address

KEY = "choice-beside"
MEASURED = ("indicator", "value", *AXIS)
"""What tells which indicators may share an axis."""


@per_dataset
def _partners(data: Dataset, selection: Selection, first: str) -> list[str]:
    return partners(select(data, selection, MEASURED), first)


def show_beside(view: View) -> None:
    """Show the box for a second indicator, and if it may not share the axis, why and what may."""
    first = view.choice.compare or next(iter(view.choices("compare")), "")
    known = [key for key in view.choices("beside") if key != first]
    asked = view.choice.beside if view.choice.beside != first else ""
    if not known and not asked:
        return
    allowed = _partners(view.data, view.selection, first)
    shown = ["", *allowed, *(key for key in known if key not in allowed)]
    shown += [asked] if asked not in shown else []
    st.session_state[KEY] = asked
    st.selectbox(
        view.say("choice.beside"),
        shown,
        key=KEY,
        format_func=lambda key: view.label("indicator", key) if key else view.say("beside.none"),
        on_change=_choose,
        filter_mode=view.filter_mode,
    )
    if asked:
        st.html(pieces.block(_say_beside(view, first, asked, known, allowed)))


def _choose() -> None:
    change_address(beside=[st.session_state[KEY]] if st.session_state[KEY] else [])


def _say_beside(view: View, first: str, asked: str, known: list[str], allowed: list[str]) -> str:
    """Say why two indicators do not share the chart and link to those that do; nothing where they do."""
    names = {"first": view.label("indicator", first), "second": view.label("indicator", asked)}
    answer = may_stand_beside(view.data, first, asked)
    if answer.allowed and asked in known:
        return ""
    if answer.allowed:
        return f'<p class="notice" role="status">{escape(view.say("beside.nothing", **names))}</p>'
    said = escape(view.say("beside.refused", **names, reasons=answer.say(view.data, view.lang)))
    links = [pieces.link(view.here(beside=[key]), view.label("indicator", key)) for key in allowed]
    offers = escape(view.say("beside.offers" if links else "beside.no_offers", **names))
    return f'<div class="notice" role="status"><p>{said}</p><p>{offers}{" · ".join(links)}</p></div>'


def show_total(view: View) -> None:
    """Show what the figures of the compare chart add up to, or in one sentence why they do not."""
    table = block_of("compare", view.data, view.lang, view.selection, view.choice).table
    said = view.kept("total", lambda: _say_totals(view, table["id"]))
    if said:
        st.html(pieces.block(said))


def _say_totals(view: View, ids: object) -> str:
    if found := totals(view.data, ids, view.selection.asof):
        return f"<h3>{escape(view.say('total.title'))}</h3>" + "".join(_say_total(view, one) for one in found)
    answer = why_not(view.data, ids)
    if answer.allowed:
        return ""
    reasons = answer.say(view.data, view.lang)
    return f'<p class="under" data-total>{escape(view.say("total.why_not", reasons=reasons))}</p>'


def _say_total(view: View, total: Total) -> str:
    value = write_interval(view.lang, total.interval, total.unit)
    kind, indicator = view.label("kind", total.kind), view.label("indicator", total.indicator)
    part = say_part(view.data, view.lang, total.period)
    head = view.say("total.sum", indicator=indicator, year=total.year, part=part, kind=kind, value=value)
    rows = view.data.by_id.loc[[*total.ids, *dict(total.left_out)]]
    named = {id_: _say_row(view, id_, row) for id_, row in rows.iterrows()}
    said = escape(head) + view.say("enumeration").join(named[id_] for id_ in total.ids)
    if not total.left_out:
        return f"<p data-total>{said}</p>"
    left = [
        view.say("total.left_one", printed=named[id_], reason=escape(reason.say(view.data, view.lang)))
        for id_, reason in total.left_out
    ]
    out = escape(view.say("total.left_out")) + view.say("enumeration").join(left)
    return f"<p data-total>{said}</p><p class=under>{out}</p>"


def _say_row(view: View, record: str, row: object) -> str:
    text = view.say("total.row", name=view.label("actor", row["actor"]), printed=row["as_printed"])
    return pieces.link(view.here(record=[record]), text, within=view.lang)
