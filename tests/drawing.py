"""A drawing read back from what is sent of it."""

import json

import plotly.graph_objects as go


class Drawn:
    """The marks, words, signs and lines of a figure; each mark is a symbol with its link."""

    def __init__(self, figure: go.Figure) -> None:
        self.sent = json.loads(figure.to_json())
        traces = self.sent["data"]
        self.marks = [
            (t["marker"]["symbol"], link) for t in traces if t["mode"] == "markers" for link in t["customdata"]
        ]
        texts = [t for t in traces if t["mode"] == "text"]
        self.words = [
            w for t in texts if "color" not in t["textfont"] for w in zip(t["text"], t["textfont"]["size"], strict=True)
        ]
        self.signs = [sign.strip() for t in texts if "color" in t["textfont"] for sign in t["text"]]
        self.places = [x for t in texts if "color" not in t["textfont"] for x in t["x"]]
        self.heights = [y for t in texts if "color" not in t["textfont"] for y in t["y"]]
        self.lines = {
            (t["line"]["dash"], t["line"]["width"]): list(zip(t["x"][::3], t["x"][1::3], strict=True))
            for t in traces
            if t["mode"] == "lines"
        }

    @property
    def uprights(self) -> list[tuple[float, float]]:
        """Top and bottom of the upright lines of the ground."""
        found = []
        for t in self.sent["data"]:
            if t["mode"] == "lines":
                ends = zip(t["x"][::3], t["x"][1::3], t["y"][::3], t["y"][1::3], strict=True)
                found += [(min(y0, y1), max(y0, y1)) for x0, x1, y0, y1 in ends if x0 == x1]
        return found

    @property
    def texts(self) -> list[str]:
        """The words without their sizes."""
        return [text for text, _ in self.words]
