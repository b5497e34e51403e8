"""The chart of measurability: one lane per actor, one bar per test."""

from html import escape

import pandas as pd
import plotly.graph_objects as go

from targets.charts.canvas import COLOURS, LINE, RULE, Canvas, chart, label_row
from targets.load.dataset import Dataset
from targets.progress.measurability import TESTS
from targets.progress.progress import COMMITMENTS
from targets.query.selection import to_query_string
from targets.text import say

GAP = 0.03
"""Blank between two bars, as a part of the chart's width."""


@chart
def measures(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw for each actor how many of its commitments pass each test: full, open or empty at the bar's end."""
    canvas = Canvas(say(lang, "hover.opens", said="%{text}"))
    width = 1 / len(TESTS)
    if len(table):
        for i, test in enumerate(TESTS):
            canvas.word(i * width, canvas.height + LINE / 2, f"<b>{escape(say(lang, f'measure.{test}'))}</b>")
        canvas.height += LINE + 6
    for row in table.itertuples():
        name = data.label(lang, "actor", row.actor)
        label_row(canvas, say(lang, "measure.actor", name=name, n=row.commitments))
        for i, test in enumerate(TESTS):
            _bar(canvas, lang, row, test, (i * width, (i + 1) * width - GAP), escape(name))
        canvas.height += 2 * LINE + 4
    return canvas.figure()


def _bar(canvas: Canvas, lang: str, row: object, test: str, ends: tuple[float, float], name: str) -> None:
    passed, y = getattr(row, test), canvas.height + LINE / 2
    start, end = ends[0] + 0.02, ends[1] - 0.01
    reach = start + (end - start) * passed / row.commitments
    canvas.line(start, end, y, y, RULE, 4)
    if passed:
        canvas.line(start, reach, y, y, COLOURS["target"], 4)
    symbol = "circle" if passed == row.commitments else "circle-open" if passed else "square-open"
    said = say(lang, f"measure.hover_{test}", n=passed, all=row.commitments)
    link = to_query_string({"actor": [row.actor], "kind": COMMITMENTS})
    canvas.mark(reach, y, symbol, "target" if passed else "pledge", f"<b>{name}</b><br>{escape(said)}", link, big=False)
    canvas.word(start, y + LINE, f"{passed} / {row.commitments}", size=12)
