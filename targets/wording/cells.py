"""How a cell of any table is written, on the pages as in the workbook: keys in words, numbers as they are read."""

from collections.abc import Callable

import pandas as pd

from targets.contract.schema import described
from targets.contract.units import write_number
from targets.load.dataset import Dataset
from targets.query.facets import label_option
from targets.query.selection import FACETS
from targets.text import say
from targets.wording.progress_text import say_reason, say_state, write_ratio

KEYS: dict[str, Callable[[str, str], str]] = {
    "state": say_state,
    "reason": say_reason,
    "base_comparator": lambda lang, key: described()["comparator"].label(lang, key),
    "outcome": lambda lang, key: say(lang, f"outcome.{key}"),
    **dict.fromkeys(("class_low", "class_high"), lambda lang, key: say(lang, f"class.{key}")),
    **dict.fromkeys(("growth_bound", "missing", "role"), lambda lang, key: say(lang, f"value.{key}")),
}
"""Columns whose keys are said in a way of their own; all others have the words that the data and its schema give."""
NUMBERS: dict[str, Callable[[float], str]] = {
    **dict.fromkeys(("line", "year", "base_year"), str),
    **dict.fromkeys(("ratio_low", "ratio_high"), lambda ratio: write_ratio(ratio, ratio)),
}
"""Columns whose numbers are written in a way of their own; all others have separators."""


def say_key(data: Dataset, lang: str, column: str, key: str) -> str:
    """Return the reader's words for a key of a column; text of a column without keys stands as it is."""
    if column in KEYS:
        return KEYS[column](lang, key)
    if column in FACETS:
        return label_option(data, lang, column, key)
    return data.label(lang, column, key) if column in described() else key


def write_cell(data: Dataset, lang: str, column: str, value: object) -> str:
    """Write a cell for a reader, as plain text."""
    if pd.isna(value) or value == "":
        return ""
    if isinstance(value, bool):
        return say(lang, "value.yes" if value else "value.no")
    if isinstance(value, float | int):
        return NUMBERS.get(column, write_number)(value)
    return say_key(data, lang, column, str(value))
