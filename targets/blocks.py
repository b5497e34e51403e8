"""A chart with its table and its words, worked out once for all readers of a data set."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from targets.charts import CHARTS, draw
from targets.dataset import Dataset
from targets.findings import Finding, find
from targets.mapped import keep_in_file
from targets.selection import Selection
from targets.tables import Choice, table_of

MOST_DRAWN = 120
"""Rows of a table that are drawn and listed: a chart of more cannot be read, and each is a kilobyte on its way."""
FEWER_DRAWN = {"headline": 30}
"""The same for a chart that is one of several on the page where readers arrive."""


@dataclass(frozen=True, eq=False)
class Block:
    """What a reader sees of one table: its rows, the sentence it tells, and the drawing where there is one.

    `drawn`: how many rows are drawn, from the first on.
    """

    table: pd.DataFrame
    finding: Finding
    figure: go.Figure | None
    drawn: int


def drawn_of(table: pd.DataFrame, most: int = MOST_DRAWN) -> pd.DataFrame:
    """Return the rows of a table that are drawn: the first ones, and no part of a way from base to target."""
    head = table.head(most)
    if len(head) < len(table) and "target_id" in table:
        head = head[head["target_id"] != table["target_id"].iloc[most]]
        head = head if len(head) else table[table["target_id"] == table["target_id"].iloc[0]]
    return head


def block_of(name: str, data: Dataset, lang: str, selection: Selection, choice: Choice) -> Block:
    """Return a chart's block; the table must not be changed, as all readers share it."""

    def make() -> Block:
        key = ("table", name, selection, choice)
        table = data.shared.get(key, lambda: keep_in_file(table_of(name, data, selection, choice)))
        drawn = drawn_of(table, FEWER_DRAWN.get(name, MOST_DRAWN))
        figure = draw(name, data, lang, drawn) if name in CHARTS else None
        return Block(table, find(name, data, lang, table), figure, len(drawn))

    return data.shared.get(("block", name, lang, selection, choice), make)
