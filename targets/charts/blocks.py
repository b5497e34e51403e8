"""A block of a page: a table, its words and its chart, computed once for all readers of a data set."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from targets.charts import draw
from targets.load.dataset import Dataset, per_dataset
from targets.load.rows import Rows
from targets.query.selection import Selection
from targets.query.tables import TABLES, Choice, choice_of, find_table
from targets.wording.headlines import Finding, find

MOST_DRAWN = 120
"""Rows of a table that are drawn and listed: a chart of more cannot be read, and each is a kilobyte to send."""
MORE_DRAWN = {"timeline": 400}
"""The same for a chart in which many rows share a lane."""
FEWER_DRAWN = 12
"""The same for the charts of the overview, where readers arrive: there are several, and each is to be seen."""
CELLS_DRAWN = 500
"""Cells that a mark takes with its words, and each drawing has beside its marks."""
OVERVIEW = ("promises", "outcomes", "measurability", "wording", "headline")
"""The charts of the overview, in their order."""


@dataclass(frozen=True, eq=False)
class Block:
    """What a reader sees of one table: its rows, the sentence it tells, and the drawing where there is one.

    `drawn`: how many rows are drawn, from the first on.
    """

    table: pd.DataFrame | Rows
    finding: Finding
    figure: go.Figure | None
    drawn: int

    @property
    def size(self) -> int:
        """About how many cells it takes: those of the table, and what is written of every row that is drawn."""
        return self.table.size + CELLS_DRAWN * (1 + self.drawn)

    @property
    def listed(self) -> int:
        """How many rows stand in the table under the chart, from the first on."""
        return min(self.drawn, MOST_DRAWN)


def drawn_of(table: pd.DataFrame | Rows, most: int = MOST_DRAWN) -> pd.DataFrame:
    """Return the rows of a table that are drawn: the first ones, and no part of a path from base to target."""
    head = table.head(most + 1)
    if len(head) <= most or "target_id" not in head:
        return head.head(most)
    path = head["target_id"]
    if path.iloc[0] != path.iloc[most]:
        return head[path != path.iloc[most]]
    longer = drawn_of(table, 2 * most)
    return longer[longer["target_id"] == path.iloc[0]]


def block_of(name: str, data: Dataset, lang: str, selection: Selection, choice: Choice) -> Block:
    """Return a chart's block; the table must not be changed, as all readers share it."""
    return _block(data, name, lang, selection, choice_of(name, choice))


@per_dataset
def _block(data: Dataset, name: str, lang: str, selection: Selection, choice: Choice) -> Block:
    table = _table(data, name, selection, choice)
    drawn = drawn_of(table, FEWER_DRAWN if name in OVERVIEW else MORE_DRAWN.get(name, MOST_DRAWN))
    figure = draw(name, data, lang, drawn) if TABLES[name].chart else None
    return Block(table, find(name, data, lang, table), figure, len(drawn))


@per_dataset
def _table(data: Dataset, name: str, selection: Selection, choice: Choice) -> pd.DataFrame | Rows:
    return find_table(name, data, selection, choice)
