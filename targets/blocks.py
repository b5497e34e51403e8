"""A chart with its table and its words, worked out once for all readers of a data set."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from targets.charts import draw
from targets.dataset import Dataset
from targets.findings import Finding, find
from targets.selection import Selection
from targets.tables import Choice, table_of


@dataclass(frozen=True, eq=False)
class Block:
    """What a reader sees of one chart: its table, the sentence it tells, and the drawing."""

    table: pd.DataFrame
    finding: Finding
    figure: go.Figure


def block_of(name: str, data: Dataset, lang: str, selection: Selection, choice: Choice) -> Block:
    """Return a chart's block; the table must not be changed, as all readers share it."""

    def make() -> Block:
        table = table_of(name, data, selection, choice)
        return Block(table, find(name, data, lang, table), draw(name, data, lang, table))

    return data.shared.get(("block", name, lang, selection, choice), make)
