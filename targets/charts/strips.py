"""Strip charts: a lane per record, in panels that share an axis only where the records are comparable."""

import math
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go

from targets.charts.canvas import COLOURS, HEAD, LINE, ROW, WRAP, Canvas, chart, label_row, wrap
from targets.charts.marks import (
    place_bound,
    place_record,
    say_number,
    say_outcome,
    say_row,
    say_twins,
    say_whose,
    symbol_of,
)
from targets.contract.comparability import PANEL
from targets.contract.schema import resources
from targets.contract.units import write_axis, write_bound, write_unit
from targets.load.dataset import Dataset
from targets.text import say
from targets.wording.progress_text import say_implied, say_part

SMALL = 20
"""Per cent up to which shares have an axis of their own length."""
LONG_TICK = 7
"""Characters of a tick that still fit on a phone when they stand astride the last line."""


def _name_panels(data: Dataset, lang: str, panels: list[list]) -> list[str]:
    """Name each panel by its one indicator or the common concept of several, and the part of a year it covers.

    Where two would be alike their scopes tell them apart, or whether what there is was counted or what was added.
    After the name stands the unit; for ranks, which are their own unit, the side that is better.
    """
    field = resources()["indicators"].field
    names = [
        (
            field("concept").label(lang, str(first.concept))
            if len({row.indicator for row in (first, *more)}) > 1
            else data.label(lang, "indicator", first.indicator)
        )
        + say_part(data, lang, first.period)
        for first, *more in panels
    ]
    for column in ("scope", "measure"):
        keys = [str(getattr(first, column)) for first, *_ in panels]
        known = set(zip(names, keys, strict=True))
        names = [
            say(lang, "axis_scope", name=name, scope=field(column).label(lang, key))
            if any(other == name and of_other != key for other, of_other in known)
            else name
            for name, key in zip(names, keys, strict=True)
        ]
    said = []
    for name, (first, *_) in zip(names, panels, strict=True):
        ranked = str(first.dimension) == "rank"
        unit = say(lang, "axis_better") if ranked else write_unit(lang, str(first.canonical_unit))
        named = lang == "en" and unit.lower() in name.lower()  # "Number of firms" needs no "(firms)"
        said.append(name if named else say(lang, "axis", name=name, unit=unit))
    return said


@chart
def strips(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw records one to a lane, in panels that share an axis only where they are comparable.

    A table with bases draws each base in the lane of its target, and says the growth it implies.
    """
    canvas = Canvas()
    several = {column: table[column].nunique() > 1 for column in ("actor", "district")}
    apart = say_twins(data, lang, table)
    panels: dict[tuple[str, ...], list] = {}
    for row in table.itertuples():
        axis = () if pd.isna(row.value) else tuple(str(getattr(row, column)) for column in PANEL)
        panels.setdefault(axis, []).append(row)
    pledges = panels.pop((), [])
    names = _name_panels(data, lang, list(panels.values()))
    for name, rows in zip(names, panels.values(), strict=True):
        _head(canvas, name)
        _panel(canvas, data, lang, rows, apart, several)
    if pledges:
        _head(canvas, say(lang, "panel.pledges"))
        for row in pledges:
            _pledge(canvas, data, lang, row, several)
    return canvas.figure()


def _pledge(canvas: Canvas, data: Dataset, lang: str, row: object, several: dict[str, bool]) -> None:
    """Draw an open square with what is promised; in English the programme's name stands beside it."""
    parts = say_whose(data, lang, row, several)
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
        canvas.word(0, canvas.height + HEAD / 2, f"<b>{escape(line)}</b>", size=14)
        canvas.height += LINE
    canvas.height += HEAD - LINE


@dataclass(frozen=True)
class Scale:
    """The axis of a panel: from `start` to `end` in the panel's unit, with its ticks."""

    start: float
    end: float
    ticks: tuple[float, ...]

    def across(self, value: float) -> float:
        """Return where a value is across the chart, from 0 to 1."""
        return 0.02 + 0.95 * (value - self.start) / (self.end - self.start)


def scale_of(dimension: str, values: list[float]) -> Scale:
    """Return the axis of a panel: shares run to 100 %, ranks from 1, everything else through zero, in even steps.

    Shares that are all small have an axis of their length: on one to 100 % they could not be told apart.
    """
    least = min([v for v in values if v < 0], default=0)
    most = max([v for v in values if v > 0], default=0 if least else 1)
    if dimension == "share" and SMALL < most <= 100 and not least:
        return Scale(0, 100, (0, 25, 50, 75, 100))
    start = 1 if dimension == "rank" else 0
    reach = most - start - least or 1
    if dimension in ("count", "rank"):
        reach = max(reach, 1)
    size = 10 ** math.floor(math.log10(reach))
    step = next(s for s in (size / 5, size / 2, size, size * 2, size * 5) if reach / s <= 4.5)
    if dimension in ("count", "rank"):
        step = max(step, 1)
    # A mark at the very end of a scale from zero is taken for its limit; a last rank is one.
    below = math.ceil(-least * 1.02 / step)
    above = math.ceil((most - start) / step if start else most * 1.02 / step)
    steps = range(-below, max(above, 2 - below) + 1)
    return Scale(start + steps[0] * step, start + steps[-1] * step, tuple(start + i * step for i in steps))


def _panel(
    canvas: Canvas, data: Dataset, lang: str, rows: list, apart: dict[str, str], several: dict[str, bool]
) -> None:
    many_indicators = len({row.indicator for row in rows}) > 1
    dimension = str(rows[0].dimension)
    has_bases = hasattr(rows[0], "base_value")
    shown = [row.canonical_value for row in rows] + ([row.base_value for row in rows] if has_bases else [])
    scale = scale_of(dimension, shown)
    for row in rows:
        said_apart = apart.get(row.id, "")
        label = say_row(data, lang, row, several, indicator=many_indicators, apart=said_apart)
        label_row(canvas, label, say_number(lang, row), say_outcome(lang, row))
        canvas.grid(map(scale.across, scale.ticks), ROW - 3)
        x, y = scale.across(row.canonical_value), canvas.height + ROW / 2
        if dimension != "rank" and row.canonical_value:
            canvas.line(scale.across(0), x, y, y, COLOURS[row.kind], 1.6)
        if has_bases and not pd.isna(row.base_value):
            _place_base(canvas, lang, row, scale, y)
        place_record(canvas, data, lang, row, x, y)
        canvas.height += ROW
    for tick in scale.ticks:
        said = write_axis(lang, tick, str(rows[0].canonical_unit))
        # Only a long number would reach beyond the end of the paper on a phone.
        aside = tick == scale.ticks[-1] and len(said) > LONG_TICK
        x = 1 if aside else scale.across(tick)
        canvas.word(x, canvas.height + 9, said, anchor="right" if aside else "center", size=11)
    canvas.height += 20


def _place_base(canvas: Canvas, lang: str, row: object, scale: Scale, y: float) -> None:
    """Draw the base of a target in its lane, and the growth between the two in words beneath."""
    x = scale.across(row.base_value)
    base = write_bound(lang, row.base_comparator, row.base_value, row.canonical_unit)
    hover = say(lang, "hover.base", year=row.base_year, printed=escape(row.base_printed), base=escape(base))
    canvas.mark(x, y, symbol_of(row.base_comparator, "actual"), "actual", hover, f"record={row.base_id}")
    place_bound(canvas, row.base_comparator, "actual", x, y)
    if not pd.isna(row.growth):
        growth = say_implied(lang, f"growth_label.{row.growth_bound}", row)
        # On a phone the words need four fifths of the width.
        said = f"{row.base_year} → {row.year}{say(lang, 'colon')}{growth}"
        canvas.word(max(x, 0.8), y + 16, said, anchor="right", size=12)
        canvas.height += 16
