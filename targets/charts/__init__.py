"""From a table to a Plotly figure; blocks.py joins table, headline and figure for all readers.

Imports wording and what is below it.
"""

import pandas as pd
import plotly.graph_objects as go

from targets.charts import counts, measures, paths, strips  # noqa: F401, which enter their functions
from targets.charts.canvas import CHARTS
from targets.load.dataset import Dataset
from targets.query.tables import TABLES


def draw(name: str, data: Dataset, lang: str, table: pd.DataFrame) -> go.Figure:
    """Return the figure of a table; an empty table gives an empty figure."""
    return CHARTS[TABLES[name].chart](data, lang, table)
