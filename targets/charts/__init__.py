"""From a table to a Plotly figure; blocks.py joins table, headline and figure for all readers.

Imports wording and what is below it.
"""

import pandas as pd
import plotly.graph_objects as go

from targets.charts.counts import tally, timeline
from targets.charts.measures import measures
from targets.charts.paths import paths
from targets.charts.strips import strips
from targets.load.dataset import Dataset

CHARTS = {
    "promises": tally,
    "sectors": tally,
    "headline": strips,
    "compare": strips,
    "place": strips,
    "sector": strips,
    "timeline": timeline,
    "horizon": strips,
    "outcomes": tally,
    "paths": paths,
    "measurability": measures,
    "wording": tally,
}
"""How each table is drawn; the others are lists."""


def draw(name: str, data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Return the figure of a table; an empty table gives an empty figure."""
    return CHARTS[name](data, lang, table)
