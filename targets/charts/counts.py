"""Charts that count records as small marks: in rows, or in a column per year."""

import math
from html import escape

import pandas as pd
import plotly.graph_objects as go

from targets.charts.canvas import Canvas, chart, label_row
from targets.charts.marks import say_hover
from targets.load.dataset import Dataset
from targets.query.selection import FACETS, to_query_string
from targets.query.tables import KINDS, records_counted
from targets.text import say
from targets.wording.cells import say_key
from targets.wording.tally import records_per_mark

SYMBOLS = {"target": "square", "expected": "diamond", "actual": "circle", "pledge": "square-open"}
"""One shape per kind where a mark stands for a record and not for its number: the colour only repeats it."""


@chart
def tally(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw one square per record, or per so many: filled with a number, open without, in rows by the first column."""
    column, kinds_of = table.columns[0], [k for k in KINDS if k in table]
    # A mark stands for one record, or for several, and opens all of its row and kind.
    canvas = Canvas(say(lang, "hover.opens", said="%{text}")) if column in FACETS else Canvas()
    most, each = 20, records_per_mark(table)
    for row in table.itertuples():
        key = getattr(row, column)
        counts = [say(lang, f"count.{k}", n=getattr(row, k)) for k in kinds_of if getattr(row, k)]
        name = say_key(data, lang, column, key)
        label_row(canvas, say(lang, "tally", name=name, counts=say(lang, "comma").join(counts)))
        kinds = [k for k in kinds_of for _ in range(-(-getattr(row, k) // each))]
        for i, kind in enumerate(kinds):
            if i % most == 0:
                canvas.height += 20
            hover = f"<b>{escape(name)}</b><br>{escape(say(lang, f'count.{kind}', n=getattr(row, kind)))}"
            link = to_query_string(records_counted((column,), row._asdict(), kind)) if column in FACETS else ""
            canvas.mark(
                0.02 + (i % most) * 0.96 / (most - 1), canvas.height - 9, SYMBOLS[kind], kind, hover, link, big=False
            )
        canvas.height += 8
    return canvas.figure()


def _head_years(canvas: Canvas, lang: str, years: list, between: list[float]) -> None:
    """Write the year above each column, and above that of the undated a word as short."""
    canvas.grid(between, 24)
    for i, year in enumerate(years):
        name = say(lang, "year.undated_column") if pd.isna(year) else str(year)
        size = 12 if len(years) > 6 else 14
        canvas.word((i + 0.5) / len(years), canvas.height + 11, f"<b>{name}</b>", anchor="center", size=size)
    canvas.height += 26


@chart
def timeline(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw a column per year and one for the undated, a shape per kind, by actor."""
    canvas = Canvas()
    years = [*sorted(table["year"].dropna().unique()), *([pd.NA] if table["year"].isna().any() else [])]
    width = 1 / max(len(years), 1)
    between = [i * width for i in range(1, len(years))]
    _head_years(canvas, lang, years, between)
    per_line = max(2, int(width * 330 // 15))
    actors: dict[str, dict[object, list]] = {}
    for row in table.itertuples():
        actors.setdefault(row.actor, {}).setdefault(row.year, []).append(row)
    for actor, cells in actors.items():
        canvas.line(0, 1, canvas.height, canvas.height)
        label_row(canvas, data.label(lang, "actor", actor))
        for i, year in enumerate(years):
            cell = sorted(cells.get(year, []), key=lambda row: KINDS.index(row.kind))
            first_line = min(per_line, len(cell))
            for j, row in enumerate(cell):
                offset = (j % per_line - (first_line - 1) / 2) * width * 0.92 / per_line
                y = canvas.height + 11 + (j // per_line) * 19
                canvas.mark(
                    (i + 0.5) * width + offset,
                    y,
                    SYMBOLS[row.kind],
                    row.kind,
                    say_hover(data, lang, row),
                    f"record={row.id}",
                    big=False,
                )
        lanes = max(math.ceil(len(cell) / per_line) for cell in cells.values())
        canvas.grid(between, lanes * 19 + 4)
        canvas.height += lanes * 19 + 8
    return canvas.figure()
