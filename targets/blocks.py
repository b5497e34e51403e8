"""A chart with its table and its words, worked out once for all readers of a data set."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from targets.charts import CHARTS, draw
from targets.dataset import Dataset
from targets.findings import Finding, find
from targets.selection import Selection
from targets.tables import Choice, table_of


@dataclass(frozen=True, eq=False)
class Block:
    """What a reader sees of one table: its rows, the sentence it tells, and the drawing where there is one."""

    table: pd.DataFrame
    finding: Finding
    figure: go.Figure | None


def block_of(name: str, data: Dataset, lang: str, selection: Selection, choice: Choice) -> Block:
    """Return a chart's block; the table must not be changed, as all readers share it."""

    def make() -> Block:
        table = table_of(name, data, selection, choice)
        figure = draw(name, data, lang, table) if name in CHARTS else None
        return Block(table, find(name, data, lang, table), figure)

    return data.shared.get(("block", name, lang, selection, choice), make)
