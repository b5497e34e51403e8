"""Path charts: from a base to a target over the years, with the required path and the figures published."""

import math
from html import escape
from itertools import groupby, pairwise

import pandas as pd
import plotly.graph_objects as go

from targets.charts.canvas import COLOURS, LINE, PHONE, Canvas, chart, label_row, measure
from targets.charts.marks import say_hover, say_when, say_whose, symbol_of
from targets.contract.units import write_axis, write_unit
from targets.load.dataset import Dataset
from targets.progress import pace
from targets.progress.actuals import breaks_of
from targets.text import say
from targets.wording.headlines import say_value
from targets.wording.progress_text import write_ratio

HEIGHT = 130
"""Pixels of a panel between its lowest and highest value."""
ARROWS = dict.fromkeys(("gt", "ge"), ("↑", "top center")) | dict.fromkeys(("lt", "le"), ("↓", "bottom center"))
"""What a bound leaves open, on an axis that goes up."""
LEAST_BAR = 0.012
"""Width of the bar of an R that is known exactly, as a part of the chart."""
MOST_RATIO = (-0.25, 1.25)
"""The scale of R; what lies beyond is drawn at its end, and printed as it is."""
STEPS = 12
"""Straight pieces of the curve of constant growth."""


@chart
def paths(data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Draw a panel per target: years across, values up from zero; breaks in the series as upright lines."""
    canvas = Canvas()
    for _, path in groupby(table.itertuples(), key=lambda row: row.target_id):
        _panel(canvas, data, lang, list(path))
    return canvas.figure()


def _panel(canvas: Canvas, data: Dataset, lang: str, path: list) -> None:
    target, base = (next(row for row in path if row.role == role) for role in ("target", "base"))
    canvas.height += 10 if canvas.words else 0
    whose = say_whose(data, lang, target, {"actor": True, "district": True})
    name = " · ".join([*whose, data.label(lang, "indicator", str(target.indicator))])
    label_row(canvas, say(lang, "axis", name=name, unit=write_unit(lang, str(target.canonical_unit))))
    label_row(canvas, say_when(data, lang, target), say_value(lang, target))
    years = [row.year for row in path]
    breaks = _breaks(data, path, target)
    for name in breaks["name" if lang == "zh" else "name_en"]:
        label_row(canvas, f"┆ {say(lang, 'paths.break', name=name)}")
    top = canvas.height + LINE
    first, span = min(years), max(max(years) - min(years), 1)
    most = max(row.canonical_value for row in path) * 1.05 or 1

    def across(year: float) -> float:
        return 0.06 + 0.86 * (year - first) / span

    def down(value: float) -> float:
        return top + HEIGHT * (1 - value / most)

    canvas.line(0.02, 0.98, down(0), down(0))
    parted = [across(year - 0.5) for year in breaks["year"]]
    for x in parted:
        canvas.line(x, x, top - 6, down(0), COLOURS["actual"], 1.4, dash="dash")
    _place_path(canvas, lang, (base, target), across, down, parted)
    _place_figures(canvas, data, lang, path, across, down)
    for year in sorted(set(years)):
        canvas.word(across(year), down(0) + 10, str(year), anchor="center", size=11)
    canvas.height = down(0) + 22
    if not (math.isnan(target.ratio_low) or math.isnan(target.ratio_high)):
        _place_ratio(canvas, lang, target.ratio_low, target.ratio_high)


def _place_figures(canvas: Canvas, data: Dataset, lang: str, path: list, across: object, down: object) -> None:
    """Draw every figure on the path; the base, the latest and the target have their number beside them."""
    known = [row.year for row in path if row.role != "target"]
    side = [row.side for row in path if row.role != "target"][-1]
    for row in path:
        x, y = across(row.year), down(row.canonical_value)
        symbol = symbol_of(str(row.comparator), row.kind)
        said = write_axis(lang, row.canonical_value, str(row.canonical_unit))
        # What another figure for the year has replaced, or a break has overtaken, stays small.
        big = row.leads and (row.role == "target" or row.side == side)
        canvas.mark(x, y, symbol, row.kind, say_hover(data, lang, row), f"record={row.id}", big=big)
        if row.comparator in ARROWS:
            canvas.glyph(x, y, *ARROWS[row.comparator], row.kind)
        if row.leads and row.role == "target":
            canvas.word(x - 0.025, y - 8, f"<b>{said}</b>", anchor="right", size=12)
        elif row.leads and row.year in (min(known), max(known)):
            canvas.word(x, y + 16, said, anchor="center", size=12)


def _place_ratio(canvas: Canvas, lang: str, low: float, high: float) -> None:
    """Draw R against its bands: a scale with the thresholds, and the interval of R as a thick bar on it."""

    least, most = MOST_RATIO

    def scaled(ratio: float) -> float:
        return 0.06 + 0.86 * (min(max(ratio, least), most) - least) / (most - least)

    label_row(canvas, say(lang, "paths.ratio"), write_ratio(low, high))
    y = canvas.height + 12
    edges = (least, 0.0, pace.MODERATE, pace.SIGNIFICANT, most)
    canvas.line(scaled(edges[0]), scaled(edges[-1]), y, y)
    middle, half = (scaled(low) + scaled(high)) / 2, max(scaled(high) - scaled(low), LEAST_BAR) / 2
    canvas.line(middle - half, middle + half, y, y, COLOURS["actual"], 9)
    for edge in edges[1:-1]:
        canvas.line(scaled(edge), scaled(edge), y - 9, y + 9, "rgba(128,128,128,0.75)", 1.2)
        canvas.word(scaled(edge), y + 18, f"{edge:.2f}", anchor="center", size=11)
    for name, (start, end) in zip(pace.CLASSES, pairwise(edges), strict=False):  # met has no band
        canvas.word((scaled(start) + scaled(end)) / 2, y + 31, say(lang, f"band.{name}"), anchor="center", size=11)
    canvas.height = y + 42


def _place_path(
    canvas: Canvas, lang: str, ends: tuple[object, object], across: object, down: object, parted: list[float]
) -> None:
    """Draw constant growth from base to target, dashed and labelled: it is required, not observed.

    The label stands near the middle, clear of the lines that part the figures.
    """
    base, target = ends
    start, end, years = base.canonical_value, target.canonical_value, target.year - base.year
    if start <= 0 or end <= 0 or years < 1:
        return
    points = [
        (across(base.year + years * i / STEPS), down(start * math.pow(end / start, i / STEPS)))
        for i in range(STEPS + 1)
    ]
    for (x0, y0), (x1, y1) in pairwise(points):
        canvas.line(x0, x1, y0, y1, COLOURS["target"], 1.4, dash="dot")
    said = say(lang, "paths.required")
    wide = measure(said, 11) / PHONE
    near = sorted(points[STEPS // 4 : -1], key=lambda point: abs(point[0] - points[STEPS // 2][0]))
    clear = (point for point in near if not any(point[0] - wide < x < point[0] + 0.02 for x in parted))
    x, y = next(clear, near[0])
    canvas.word(x, y - 16, escape(said), anchor="right", size=11)


def _breaks(data: Dataset, path: list, target: object) -> pd.DataFrame:
    """Return the breaks of the target's series that part the figures on the path."""
    (subject,) = data.cells(target.id, "subject")
    breaks, years = breaks_of(data, str(target.indicator), str(subject)), [row.year for row in path]
    if len({row.side for row in path if row.role != "target"}) < 2:
        return breaks.iloc[:0]
    return breaks[breaks["year"].gt(min(years)) & breaks["year"].le(max(years))]
