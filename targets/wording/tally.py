"""How many records a mark of a tally stands for."""

import pandas as pd

from targets.contract.units import write_number
from targets.query.tables import KINDS
from targets.text import say

MOST_MARKS = 200
MOST_IN_ROW = 6
"""Marks of a tally, on the whole or in each of its rows; where there are more records, a mark stands for more."""


def records_per_mark(table: pd.DataFrame) -> int:
    """Return how many records a mark of a tally stands for: a power of ten."""
    counts = table[[kind for kind in KINDS if kind in table]].to_numpy()
    each, most = 1, max(MOST_MARKS, MOST_IN_ROW * len(table))
    while each < counts.max(initial=0) and (-(-counts // each)).sum() > most:
        each *= 10
    return each


def say_each(lang: str, table: pd.DataFrame) -> str:
    """Say how many records a mark of a tally stands for."""
    each = records_per_mark(table)
    return say(lang, "drawn.each", n=write_number(each)) if each > 1 else say(lang, "drawn.one_each")
