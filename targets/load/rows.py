"""A selection of rows of a table by their positions, without copying them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of a table in an order of their own, asked as a DataFrame is: len, columns, a column, the first rows.

    `of`: the table, with a range as its index, which is shared and must not be changed. `index`: the position of
    each row in it.
    """

    of: pd.DataFrame
    index: np.ndarray

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.index)

    def __contains__(self, column: str) -> bool:
        """Return whether there is such a column."""
        return column in self.of

    def __getitem__(self, column: str) -> pd.Series:
        """Return a column of the rows; its index holds their positions."""
        return self.of[column].take(self.index)

    @property
    def size(self) -> int:
        """The number of its own cells: those of the table are shared."""
        return len(self.index)

    @property
    def empty(self) -> bool:
        """Whether there are no rows."""
        return not len(self.index)

    @property
    def columns(self) -> pd.Index:
        """The names of the columns."""
        return self.of.columns

    def take(self, positions: Sequence[int]) -> pd.DataFrame:
        """Return the rows at these positions among them."""
        return self.of.take(self.index[positions]).reset_index(drop=True)

    def head(self, many: int) -> pd.DataFrame:
        """Return the first rows."""
        return self.take(slice(many))

    def whole(self) -> pd.DataFrame:
        """Return all rows: the table itself where they are all of it in its order."""
        all_ = len(self.index) == len(self.of) and bool((self.index[1:] > self.index[:-1]).all())
        return self.of if all_ else self.take(slice(None))
