"""Tables of a page as HTML: headings that sort, cells that link, and the box around them."""

from collections.abc import Iterable, Mapping
from html import escape

import pandas as pd

from targets.query.narrowing import SORTS
from targets.query.tables import KINDS, TABLES, records_counted, title_of
from ui.pieces import link, mark_chinese, printed
from ui.view import View

SIZES = {"long": 14, "text": 6, "short": -1}
"""Classes of the cells with words, by the characters that their text has more than."""
BESIDE = {"comparator": "canonical_value", "canonical_unit": "canonical_value", "district": "actor"}
"""Columns that stand in the cell of another: what bounds a number and its unit, and the place of an actor elsewhere."""


def table(view: View, name: str, shown: pd.DataFrame, *, caption: str) -> str:
    """Return rows of the table of that name as HTML: numbers to the right, the printed quantity a link to its record.

    Counts link to the records that they count.
    """
    columns = [column for column in shown.columns if column != "id" and BESIDE.get(column) not in shown]
    head = "".join(heading(view, shown[column]) for column in columns)
    body = []
    for row in shown.to_dict("records"):
        sides = sides_of(view, row)
        cells = (cell(view, column, row, by=TABLES[name].by, sides=sides.get(column, ("", ""))) for column in columns)
        body.append(f"<tr>{''.join(cells)}</tr>")
    return box_of(head, body, caption=caption)


def sides_of(view: View, row: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return what stands before and after the cells of a row, by column, as HTML."""
    sides = {}
    if not pd.isna(row.get("canonical_value")):
        bound, unit = (view.cell(column, row[column]) for column in ("comparator", "canonical_unit"))
        bound = "" if row["comparator"] == "eq" else f"<small>{escape(bound)}</small> "
        sides["canonical_value"] = bound, f" <small>{mark_chinese(view.lang, unit)}</small>"
    if "actor" in row and "district" in row and row["district"] != row["actor"]:
        sides["actor"] = "", f" <small>{mark_chinese(view.lang, view.label('district', str(row['district'])))}</small>"
    return sides


def box_of(head: str, rows: Iterable[str], *, caption: str, css: str = "") -> str:
    """Return a table in the box that scrolls where it is too wide."""
    marks = f' class="{css}"' if css else ""
    return (
        f'<div class="box" tabindex="0" role="region" aria-label="{escape(caption)}"><table{marks}>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def heading(view: View, cells: pd.Series, *, sortable: bool = False) -> str:
    """Return the heading of a column; where the list is `sortable`, it is a link to the list in that order."""
    column, title = cells.name, title_of(view.lang, cells.name)
    css = ' class="number"' if cells.dtype.kind in "fiu" else ""
    if not sortable or column not in SORTS:
        return f'<th scope="col"{css}>{escape(title)}</th>'
    descending = view.sort == column
    mark = {column: " ↑", f"-{column}": " ↓"}.get(view.sort, "")
    sort = {"": "none", " ↑": "ascending", " ↓": "descending"}[mark]
    href = view.here(sort=[f"-{column}" if descending else column])
    return f'<th scope="col"{css} aria-sort="{sort}">{link(href, title + mark)}</th>'


def cell(
    view: View, column: str, row: dict, *, name: str = "", by: Iterable[str] = (), sides: tuple[str, str] = ("", "")
) -> str:
    """Return a cell of a table: a count links to the records that the filters `by` select, of the kinds it counts.

    `name` is what it is called without headings, `sides` are HTML before and after.
    """
    value, text = row[column], view.cell(column, row[column])
    number = isinstance(value, int | float) and not isinstance(value, bool)
    css = "number" if number else next(css for css, least in SIZES.items() if len(text) > least)
    if column == "as_printed" and row.get("id"):
        page = [str(view.page)] if view.page > 1 else []
        inner = printed(view, row["id"], text, page=page)
    elif by and column in (*KINDS, "records") and value:
        inner = link(view.href("records", **records_counted(by, row, column)), text)
    else:
        inner = mark_chinese(view.lang, text)
    said = f' data-name="{escape(name)}"' if name and text else ""
    return f'<td class="{css}"{said}>{sides[0]}{inner}{sides[1]}</td>'
