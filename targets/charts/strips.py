"""Records one to a lane, in panels that share an axis only where they are comparable."""

import math
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go

from targets.charts.canvas import COLOURS, LINE, PANEL, ROW, WRAP, Canvas, label_row, wrap
from targets.charts.marks import place_bound, place_record, say_number, say_row, symbol_of
from targets.dataset import Dataset
from targets.results import say_implied
from targets.schema import resources
from targets.tables import AXIS
from targets.text import say
from targets.units import write_axis, write_bound, write_unit


def _say_axis(data: Dataset, lang: str, first: object, *, many_indicators: bool) -> str:
    """Name a panel by one of its rows: its one indicator or their common concept, with the unit."""
    concept = resources()["indicators"].field("concept").label(lang, str(first.concept))
    name = concept if many_indicators else data.label(lang, "indicator", first.indicator)
    return say(lang, "axis", name=name, unit=write_unit(lang, str(first.canonical_unit)))


def strips(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw records one to a lane, in panels that share an axis only where they are comparable.

    A table with bases draws each base in the lane of its target, and says the growth it implies.
    """
    canvas = Canvas()
    many_actors = table["actor"].nunique() > 1
    panels: dict[tuple[str, ...], list] = {}
    for row in table.itertuples():
        axis = () if pd.isna(row.value) else tuple(str(getattr(row, column)) for column in AXIS)
        panels.setdefault(axis, []).append(row)
    pledges = panels.pop((), [])
    for rows in panels.values():
        _panel(canvas, data, lang, rows, many_actors=many_actors)
    if pledges:
        _head(canvas, say(lang, "panel.pledges"))
        for row in pledges:
            _pledge(canvas, data, lang, row, actor=many_actors)
    return canvas.figure()


def _pledge(canvas: Canvas, data: Dataset, lang: str, row: object, *, actor: bool) -> None:
    """Draw an open square with what is promised; in English the programme's name stands beside it."""
    parts = [data.label(lang, "actor", row.actor)] if actor else []
    parts += [row.as_printed] if lang == "zh" else [row.as_printed, data.label(lang, "indicator", row.indicator)]
    parts += [] if pd.isna(row.year) else [str(row.year)]
    place_record(canvas, data, lang, row, 0.02, canvas.height + LINE / 2 + 2)
    for line in wrap(" · ".join(parts), WRAP - 4):
        canvas.word(0.055, canvas.height + LINE / 2 + 2, escape(line))
        canvas.height += LINE
    canvas.height += 4


def _head(canvas: Canvas, text: str) -> None:
    canvas.height += 8 if canvas.words else 0
    for line in wrap(text, WRAP - 8):
        canvas.word(0, canvas.height + PANEL / 2, f"<b>{escape(line)}</b>", size=14)
        canvas.height += LINE
    canvas.height += PANEL - LINE


@dataclass(frozen=True)
class Scale:
    """The axis of a panel: from `start` to `end` in the panel's unit, with its ticks."""

    start: float
    end: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value stands across the chart, from 0 to 1."""
        return 0.02 + 0.95 * (value - self.start) / (self.end - self.start)


def scale_of(dimension: str, values: list[float]) -> Scale:
    """Return the axis of a panel: shares run to 100 %, ranks from 1, everything else from zero."""
    most = max([v for v in values if v > 0], default=1)
    if dimension == "share" and most <= 100:
        return Scale(0, 100, (0, 25, 50, 75, 100))
    size = 10 ** math.floor(math.log10(most))
    step = next(s for s in (size / 5, size / 2, size, size * 2, size * 5) if most / s <= 4.5)
    if dimension in ("count", "rank"):
        step = max(step, 1)
    end = max(math.ceil(most * 1.02 / step), 2) * step
    ticks = tuple(i * step for i in range(round(end / step) + 1))
    return Scale(1, end, (1, *(t for t in ticks if t > 1))) if dimension == "rank" else Scale(0, end, ticks)


def _panel(canvas: Canvas, data: Dataset, lang: str, rows: list, *, many_actors: bool) -> None:
    many_indicators = len({row.indicator for row in rows}) > 1
    _head(canvas, _say_axis(data, lang, rows[0], many_indicators=many_indicators))
    dimension = str(rows[0].dimension)
    has_bases = hasattr(rows[0], "base_value")
    shown = [row.canonical_value for row in rows] + ([row.base_value for row in rows] if has_bases else [])
    scale = scale_of(dimension, shown)
    for row in rows:
        label = say_row(data, lang, row, actor=many_actors, indicator=many_indicators)
        label_row(canvas, label, say_number(lang, row))
        canvas.grid(map(scale.place, scale.ticks), ROW - 3)
        x, y = scale.place(row.canonical_value), canvas.height + ROW / 2
        if dimension != "rank" and row.canonical_value:
            canvas.line(scale.place(0), x, y, y, COLOURS[row.kind], 1.6)
        if has_bases and not pd.isna(row.base_value):
            _place_base(canvas, lang, row, scale, y)
        place_record(canvas, data, lang, row, x, y)
        canvas.height += ROW
    for tick in scale.ticks:
        edge = {scale.ticks[0]: "left", scale.ticks[-1]: "right"}.get(tick, "center")
        x = {"left": 0, "right": 1}.get(edge, scale.place(tick))
        said = write_axis(lang, tick, str(rows[0].canonical_unit))
        canvas.word(x, canvas.height + 9, said, anchor=edge, size=11)
    canvas.height += 20


def _place_base(canvas: Canvas, lang: str, row: object, scale: Scale, y: float) -> None:
    """Draw the base of a target in its lane, and the growth between the two in words beneath."""
    x = scale.place(row.base_value)
    base = write_bound(lang, row.base_comparator, row.base_value, row.canonical_unit)
    hover = say(lang, "hover.base", year=row.base_year, printed=escape(row.base_printed), base=escape(base))
    canvas.mark(x, y, symbol_of(row.base_comparator, "actual"), "actual", hover, f"record={row.base_id}")
    place_bound(canvas, row.base_comparator, "actual", x, y)
    if not pd.isna(row.growth):
        growth = say_implied(lang, f"growth_label.{row.growth_bound}", row)
        # On a phone the words need four fifths of the width.
        said = f"{row.base_year} → {row.year}{say(lang, 'colon')}{growth}"
        canvas.word(max(x, 0.8), y + 16, said, anchor="right", size=12)
        canvas.height += 10
