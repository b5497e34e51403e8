"""The canvas of every chart: marks, lines and words placed by pixel, made into one Plotly figure."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from unicodedata import east_asian_width

import plotly.graph_objects as go

COLOURS = {"target": "#2b78c5", "actual": "#6f7b86", "expected": "#b9700f", "pledge": "#7f8791"}
"""One colour per kind on every page, at least 3:1 against the light and the dark background."""
HOVER = ("#fdfcfa", "#1d232a")
"""Text and ground of the words shown on hovering, the same in both themes."""
RULE = "rgba(128,128,128,0.28)"
CLEAR = "rgba(0,0,0,0)"
LABEL, LINE, ROW, HEAD = 13, 18, 24, 30
"""Sizes in pixels: label text, a line of it, the lane of a mark, the heading of a panel."""
WRAP = 49
"""Half-width characters of a label that fit on a phone 390 px wide; a Chinese character counts two."""
PHONE = 345
"""Pixels of a chart's width on such a phone."""
BETWEEN = " · "
"""What stands between the parts of a label; at the end of a line it goes."""
_CHINESE, _OPENING, _CLOSING = "\u2e80-\uffef", "（《「『“", "，。、；：！？）》」』”%"
_PHRASES = re.compile(r".+?(?:(?<=[，。；])|(?=（)|\s+(?=\()|(?<=[,;])\s+|$)")
_NUMBER = r"(?:RMB )?\d[\d,.]*%?(?: (?![\d(])\w+)?"
_PIECES = re.compile(
    rf"{_NUMBER}\S*\s*"
    rf"|[{_OPENING}]*(?:[^\s{_CHINESE}{_OPENING}]+(?:(?![{_OPENING}])[{_CHINESE}])?|[{_CHINESE}])[{_CLOSING}]*\s*|\S\s*|\s+"
)
_SPLITS = (lambda text: text.split(BETWEEN), _PHRASES.findall, _PIECES.findall, list)
"""Ways to take a label apart, the best first: its parts, phrases, words and quantities, characters."""
SIDES = {"left": "middle right", "center": "middle center", "right": "middle left"}
"""Where Plotly's text stands from its point, by the side of it that is at the point."""
SINK = 2
"""Pixels by which Plotly sets the middle of a text above its point."""
Draw = Callable[..., go.Figure]
"""Draws a table, given the data, the language and the table."""
CHARTS: dict[str, Draw] = {}
"""Every kind of chart by the name of the function that draws it."""


def chart(draw: Draw) -> Draw:
    """Enter a function among the kinds of charts."""
    CHARTS[draw.__name__] = draw
    return draw


class Drawing(go.Figure):
    """A figure held as JSON; Plotly's own is checked, walked and copied anew whenever a page shows it.

    It has data and layout as a whole, and none of the parts that Plotly would make of them.
    """

    def __init__(self, drawn: dict) -> None:
        self._sent = json.dumps(drawn, ensure_ascii=False)

    def __repr__(self) -> str:
        """Return the figure as it is sent."""
        return f"Drawing({self._sent})"

    def to_dict(self) -> dict:
        """Return data and layout."""
        return json.loads(self._sent)


@dataclass
class Canvas:
    """Marks, lines and words placed by pixel from the top; x runs from 0 to 1 across the chart.

    `hover` is what all marks say when hovered, around the words of each.
    """

    hover: str = "%{text}"
    height: float = 4
    marks: dict[tuple[str, str, bool], list[dict]] = field(default_factory=dict)
    glyphs: list[dict] = field(default_factory=list)
    lines: dict[tuple[str, float, str], dict[str, list]] = field(default_factory=dict)
    words: list[dict] = field(default_factory=list)

    def mark(self, x: float, y: float, symbol: str, kind: str, hover: str, link: str, *, big: bool = True) -> None:
        """Place a mark that opens the link when clicked."""
        found = self.marks.setdefault((symbol, kind, big), [])
        found.append({"x": round(x, 4), "y": y, "hover": hover, "link": link})

    def glyph(self, x: float, y: float, text: str, position: str, kind: str) -> None:
        """Place an arrow, tilde or brackets at a mark, in its colour."""
        self.glyphs.append({"x": x, "y": y, "text": text, "position": position, "color": COLOURS[kind], "size": 18})

    def word(self, x: float, y: float, text: str, *, anchor: str = "left", size: int = LABEL) -> None:
        """Place text in the page's own text colour; it stands on the side of x that the anchor leaves free."""
        self.words.append({"x": round(x, 4), "y": y + SINK, "text": text, "position": SIDES[anchor], "size": size})

    def line(
        self, x0: float, x1: float, y0: float, y1: float, colour: str = RULE, width: float = 1, dash: str = "solid"
    ) -> None:
        """Place a straight line beneath the marks."""
        ends = self.lines.setdefault((colour, width, dash), {"x": [], "y": []})
        ends["x"] += [round(x0, 4), round(x1, 4), None]
        ends["y"] += [y0, y1, None]

    def grid(self, across: Iterable[float], height: float) -> None:
        """Draw upright lines through the lane that begins here, and not through the labels above and below it."""
        for x in across:
            self.line(x, x, self.height, self.height + height)

    def figure(self) -> go.Figure:
        """Return the drawing as a Plotly figure that does not zoom, drag or flash.

        Lines and words are traces: as shapes and annotations each would be an element that Plotly measures by itself.
        With a revision of the data, and without a template, the page draws a figure only once.
        The words are the last trace; the style sheet gives them the colour of the page.
        """
        data = [_line_trace(*key, ends) for key, ends in self.lines.items()]
        data += [_mark_trace(*key, marks, self.hover) for key, marks in self.marks.items()]
        data += _text_traces(self.glyphs) + _text_traces(self.words)
        layout = {
            "height": max(self.height + 6, 60),
            "margin": {"l": 2, "r": 10, "t": 2, "b": 2},
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [self.height + 4, 0], "visible": False, "fixedrange": True},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "font": {"family": "inherit"},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "datarevision": 0,
            "hoverlabel": {"align": "left", "bgcolor": HOVER[1], "font": {"size": LABEL, "color": HOVER[0]}},
            "separators": ".,",
        }
        return Drawing({"data": data, "layout": layout})


def _line_trace(colour: str, width: float, dash: str, ends: dict[str, list]) -> dict:
    line = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", **ends, "line": line, "hoverinfo": "skip", "cliponaxis": False}


def _text_traces(texts: list[dict]) -> list[dict]:
    """Return a trace of texts with a size and, where it is not the page's own, a colour each."""
    if not texts:
        return []
    columns = {name: [text[name] for text in texts] for name in texts[0]}
    at = {name: columns.pop(name) for name in ("x", "y", "text")} | {"textposition": columns.pop("position")}
    return [{"type": "scatter", "mode": "text", **at, "textfont": columns, "hoverinfo": "skip", "cliponaxis": False}]


def _mark_trace(symbol: str, kind: str, big: bool, marks: list[dict], hover: str) -> dict:
    colour = COLOURS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [m["x"] for m in marks],
        "y": [m["y"] for m in marks],
        "customdata": [m["link"] for m in marks],
        "text": [m["hover"] for m in marks],
        "hovertemplate": f"{hover}<extra></extra>",
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": 13 if big else 11,
            "color": colour,
            "line": {"width": 2.4 if symbol.endswith("open") else 0, "color": colour},
        },
    }


def measure(text: str, size: float) -> float:
    """Return about how many pixels wide a bold text is."""
    return size * sum(1 if east_asian_width(c) in "WF" else 0.57 for c in text)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, most: int = WRAP) -> list[str]:
    """Break a label into lines of so many half-width characters, between its parts where they fit a line of their own.

    A longer part is broken before a bracket or after a comma, and only then between words or Chinese characters. A
    number stays with its unit; no line begins with a closing mark or ends with an opening one or a separator.
    """
    lines = [""]

    def put(text: str, between: str, splits: tuple) -> None:
        longer = lines[-1] + between + text if lines[-1] else text
        if _width(longer.rstrip()) <= most:
            lines[-1] = longer
        elif _width(text.rstrip()) <= most or not splits:
            lines.append(text)
        else:
            inner = BETWEEN if splits is _SPLITS else ""
            for i, part in enumerate(splits[0](text)):
                put(part, inner if i else between, splits[1:])

    put(text, "", _SPLITS)
    return [line.strip() for line in lines if line.strip()] or [""]


def label_row(canvas: Canvas, text: str, strong: str = "", after: str = "") -> None:
    """Place a label above its lane, wrapped for a phone; the strong words in it are the number, others may follow."""
    lines = wrap(text)
    said, width = [escape(line) for line in lines], _width(lines[-1])
    for words, between, written in ((strong, "\u2002", f"<b>{escape(strong)}</b>"), (after, BETWEEN, escape(after))):
        if not words:
            continue
        width += _width(between) + _width(words)
        if width <= WRAP:
            said[-1] += between + written
        else:
            said.append(written)
            width = _width(words)
    for line in said:
        canvas.word(0, canvas.height + LINE / 2, line)
        canvas.height += LINE
