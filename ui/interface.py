"""The API page: endpoints, examples to copy, parameters."""

from html import escape

import streamlit as st

from server.endpoints import ADDRESSES, Address, Parameter, parameters
from server.examples import EXAMPLES, write_example
from server.openapi import OPENAPI
from targets.query.selection import to_query_string
from targets.query.tables import CHOICE_COLUMN
from ui import pieces, tables
from ui.view import View, base_address


def show_endpoints(view: View) -> None:
    """Show every endpoint with what it returns; each is a link with the reader's filters."""
    rows = [_address(view, address, f"{address.path}{view.here()}") for address in ADDRESSES]
    rows.append(_address(view, OPENAPI, OPENAPI.path))
    heads = "".join(f'<th scope="col">{escape(view.say(f"interface.{key}"))}</th>' for key in ("address", "gives"))
    caption = view.say("interface.addresses")
    st.html(
        pieces.block(
            f"<p class=lead>{escape(view.say('interface.lead'))}</p><h2>{escape(caption)}</h2>",
            f"<p class=under>{escape(view.say('interface.filtered'))}</p>",
            tables.box_of(heads, rows, caption=caption),
            f"<p class=under>{escape(view.say('interface.rules'))}</p>",
        )
    )


def _address(view: View, address: Address, href: str) -> str:
    gives = address.gives(view.lang)
    return (
        f'<tr><td class="short"><a href="{escape(href)}">{escape(address.path)}</a></td><td>{escape(gives)}</td></tr>'
    )


def show_examples(view: View) -> None:
    """Show how other programs get the records that the reader has chosen, to be copied."""
    query = view.selection.query | ({"sort": [view.sort]} if view.sort else {})
    url = f"{base_address(st.context.url)}/{ADDRESSES[0].path}" + (f"?{to_query_string(query)}" if query else "")
    st.html(pieces.block(f"<h2>{escape(view.say('interface.examples'))}</h2>"))
    for name in EXAMPLES:
        st.html(pieces.block(f"<p>{escape(view.say(f'interface.{name}'))}</p>"))
        if name == "excel":
            st.code(url, language=None, wrap_lines=True)
        st.code(write_example(name, url), language=None, wrap_lines=True)


def show_parameters(view: View) -> None:
    """Show every parameter with its meaning and, folded, its values."""
    entries = "".join(_parameter(view, parameter) for parameter in parameters(view.data).values())
    st.html(pieces.block(f"<h2>{escape(view.say('interface.parameters'))}</h2><dl>{entries}</dl>"))


def _parameter(view: View, parameter: Parameter) -> str:
    marks = [view.say("interface.many")] if parameter.many else []
    marks += [view.say("interface.for_tables")] if parameter.name in CHOICE_COLUMN else []
    said = view.say("comma").join([parameter.meanings[view.lang], *marks])
    if parameter.values:
        values = "".join(_value(view, *pair) for pair in zip(parameter.values, parameter.labels, strict=True))
        summary = escape(view.say("interface.values", said=said, n=len(parameter.values)))
        said = f"<details><summary>{summary}</summary><ul>{values}</ul></details>"
    else:
        said = escape(said)
    return f"<dt><code>{escape(parameter.name)}</code></dt><dd>{said}</dd>"


def _value(view: View, value: str, labels: dict[str, str]) -> str:
    code, label = (pieces.mark_chinese(view.lang, text) for text in (value, labels[view.lang]))
    return f"<li><code>{code}</code>{'' if label == code else ' ' + label}</li>"
