"""The method page: every rule, threshold and definition in sections that fold, generated from the code."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from targets.charts.blocks import FEWER_DRAWN, MOST_DRAWN
from targets.contract.schema import Resource, resources
from targets.contract.units import write_number
from targets.wording.method import SECTIONS, Rule, say_exclusions, say_indicators, say_method_sources
from ui import pieces, records
from ui.pieces import mark_chinese as mark
from ui.view import View


def section(view: View, name: str, rules: Iterable[Rule], *, opened: bool = False) -> str:
    """Return one section of the page: its rules as terms with their meaning, folded until opened."""
    listed = "".join(f"<dt>{mark(view.lang, term)}</dt><dd>{mark(view.lang, text)}</dd>" for term, text in rules)
    summary = escape(view.say(f"method.{name}"))
    return f'<details id="{name}"{" open" * opened}><summary><h2>{summary}</h2></summary><dl>{listed}</dl></details>'


def show_rules(view: View) -> None:
    """Show every rule and limit, the marks, the definitions, the data dictionary, and where the method is from."""
    st.html(view.kept("rules", lambda: _rules(view)))


def _rules(view: View) -> str:
    data, lang = view.data, view.lang
    shown = {name: say_rules(data, lang) for name, say_rules in SECTIONS.items()}
    shown["limits"] += [
        (view.say("method.limit_rows"), write_number(MOST_DRAWN)),
        (view.say("method.limit_rows_overview"), write_number(FEWER_DRAWN)),
        (view.say("method.limit_page"), write_number(records.PER_PAGE)),
    ]
    shown |= {"marks": _say_marks(view), "indicators": say_indicators(data, lang)}
    shown["exclusions"] = say_exclusions(data, lang)
    parts = [section(view, name, rules, opened=name == "words") for name, rules in shown.items()]
    parts += [_dictionary(view), section(view, "sources", say_method_sources(data, lang))]
    return pieces.block(f"<div class=rules>{''.join(parts)}</div>")


def _say_marks(view: View) -> list[Rule]:
    """Return the marks, as the charts use them."""
    marks = [(*view.say(f"key.{name}").partition(" ")[::2],) for name in ("exact", "approx", "tier", "none")]
    return [*marks, ("○→ ←○", view.say("key.bound")), ("", view.say("key.colours"))]


def _dictionary(view: View) -> str:
    tables = "".join(_table(view, resource) for resource in resources().values())
    summary = escape(view.say("method.dictionary"))
    return f'<details id="dictionary"><summary><h2>{summary}</h2></summary>{tables}</details>'


def _table(view: View, resource: Resource) -> str:
    listed = "".join(
        f"<dt><code>{escape(field.name)}</code> {escape(field.titles[view.lang])}</dt>"
        f"<dd>{mark(view.lang, field.descriptions[view.lang])}</dd>"
        for field in (*resource.fields, *resource.derived)
    )
    head = escape(f"{resource.titles[view.lang]} · {resource.path}")
    return f"<h3>{head}</h3><p class=under>{escape(resource.descriptions[view.lang])}</p><dl>{listed}</dl>"
