"""Marks, lines and words placed by pixel: the paper every chart is drawn on."""

from dataclasses import dataclass, field
from html import escape
from unicodedata import east_asian_width

import plotly.graph_objects as go

COLOURS = {"target": "#2b78c5", "actual": "#6f7b86", "expected": "#b9700f", "pledge": "#7f8791"}
"""One colour per kind on every page, at least 3:1 against the light and the dark background."""
HOVER = ("#fdfcfa", "#1d232a")
"""Text and ground of the words shown on hovering, the same in both themes."""
RULE = "rgba(128,128,128,0.28)"
LABEL, LINE, ROW, PANEL = 13, 18, 24, 30
"""Sizes in pixels: label text, a line of it, the lane of a mark, the heading of a panel."""
WRAP = 49
"""Half-width characters of a label that fit on a phone 390 px wide; a Chinese character counts two."""


PAPER = {
    "layout": {
        "annotationdefaults": {"xref": "x", "yref": "y", "showarrow": False, "yanchor": "middle", "borderpad": 0},
        "shapedefaults": {"type": "line", "layer": "below"},
    }
}
"""What all words and all lines have in common, sent once; and in place of Plotly's own template of 7 kB."""


@dataclass
class Canvas:
    """Marks, lines and words placed by pixel from the top; x runs from 0 to 1 across the chart."""

    height: float = 4
    marks: dict[tuple[str, str, bool], list[dict]] = field(default_factory=dict)
    glyphs: list[dict] = field(default_factory=list)
    lines: list[dict] = field(default_factory=list)
    words: list[dict] = field(default_factory=list)

    def mark(self, x: float, y: float, symbol: str, kind: str, hover: str, link: str, *, big: bool = True) -> None:
        """Place a mark that opens the link when clicked."""
        found = self.marks.setdefault((symbol, kind, big), [])
        found.append({"x": round(x, 4), "y": y, "hover": hover, "link": link})

    def glyph(self, x: float, y: float, text: str, position: str, kind: str) -> None:
        """Place an arrow, tilde or brackets at a mark, in its colour."""
        self.glyphs.append({"x": x, "y": y, "text": text, "position": position, "colour": COLOURS[kind]})

    def word(self, x: float, y: float, text: str, *, anchor: str = "left", size: int = LABEL) -> None:
        """Place text in the page's own text colour; it stands on the side of x that the anchor leaves free."""
        word = {"x": round(x, 4), "y": y, "text": text, "xanchor": anchor, "align": anchor, "font": {"size": size}}
        self.words.append(word)

    def line(
        self, x0: float, x1: float, y0: float, y1: float, colour: str = RULE, width: float = 1, dash: str = "solid"
    ) -> None:
        """Place a straight line beneath the marks."""
        shape = {"x0": round(x0, 4), "x1": round(x1, 4), "y0": y0, "y1": y1}
        self.lines.append(shape | {"line": {"color": colour, "width": width, "dash": dash}})

    def figure(self) -> go.Figure:
        """Return the drawing as a Plotly figure that does not zoom, drag or flash."""
        traces = [_trace(*key, marks) for key, marks in self.marks.items()]
        layout = {
            "template": PAPER,
            "height": max(self.height + 6, 60),
            "margin": {"l": 2, "r": 10, "t": 2, "b": 2},
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [self.height + 4, 0], "visible": False, "fixedrange": True},
            "shapes": self.lines,
            "annotations": self.words,
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "hoverlabel": {"align": "left", "bgcolor": HOVER[1], "font": {"size": LABEL, "color": HOVER[0]}},
            "separators": ".,",
        }
        return go.Figure({"data": [*traces, *_glyph_trace(self.glyphs)], "layout": layout})


def _glyph_trace(glyphs: list[dict]) -> list[dict]:
    if not glyphs:
        return []
    columns = {name: [g[name] for g in glyphs] for name in glyphs[0]}
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": columns["x"],
            "y": columns["y"],
            "text": columns["text"],
            "textposition": columns["position"],
            "textfont": {"color": columns["colour"], "size": 18},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    ]


def _trace(symbol: str, kind: str, big: bool, marks: list[dict]) -> dict:
    colour = COLOURS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [m["x"] for m in marks],
        "y": [m["y"] for m in marks],
        "customdata": [m["link"] for m in marks],
        "text": [m["hover"] for m in marks],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": 13 if big else 11,
            "color": colour,
            "line": {"width": 2.4 if symbol.endswith("open") else 0, "color": colour},
        },
    }


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, most: int = WRAP) -> list[str]:
    """Break a label into lines of so many half-width characters, at blanks or between Chinese ones."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if _width(joined) <= most:
            lines[-1] = joined
        else:
            lines.append("")
            for character in word:
                if _width(lines[-1] + character) > most:
                    lines.append("")
                lines[-1] += character
    return [line for line in lines if line] or [""]


def label_row(canvas: Canvas, text: str, strong: str = "") -> None:
    """Place a label above its lane, wrapped for a phone; the strong words after it are the number."""
    lines = [escape(line) for line in wrap(text)]
    if strong:
        fits = _width(wrap(text)[-1]) + 2 + _width(strong) <= WRAP
        strong = f"<b>{escape(strong)}</b>"
        lines = [*lines[:-1], f"{lines[-1]}\u2002{strong}"] if fits else [*lines, strong]
    for line in lines:
        canvas.word(0, canvas.height + LINE / 2, line)
        canvas.height += LINE
