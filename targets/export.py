"""Bytes and file names for download: CSV that Excel opens as text, and that loads again as it was."""

import csv
import io
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from targets.dataset import Dataset
from targets.schema import NUMBER, Field, resources
from targets.selection import Selection, slug
from targets.text import say

HOT = re.compile(r"^[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|^'")
"""Text that a spreadsheet would run, or that already begins with the apostrophe that prevents it."""


def neutralise(text: str) -> str:
    """Put one apostrophe before text that a spreadsheet would run; taking one off gives it back.

    A plain number with its sign stays a number.
    """
    return "'" + text if HOT.match(text) and not NUMBER.fullmatch(text) else text


def _cells(column: pd.Series) -> list[str]:
    """Write a column for a CSV file: numbers plain, open ends and missing cells blank, text harmless."""
    if pd.api.types.is_bool_dtype(column):
        return ["true" if value else "false" for value in column]
    if pd.api.types.is_integer_dtype(column):
        return ["" if pd.isna(value) else str(value) for value in column]
    if pd.api.types.is_float_dtype(column):
        return [_number(value) for value in column]
    text = column.astype("object").where(column.notna(), "")
    written = {value: neutralise(str(value)) for value in text.unique()}
    return [written[value] for value in text]


def _number(value: float) -> str:
    """Write a number with the fewest digits that give it back, and never with an exponent."""
    number = plain(value)
    return "" if number is None else str(number) if isinstance(number, int) else np.format_float_positional(number)


def plain(value: float) -> float | int | None:
    """Return a number as Python's own, whole ones as int; None where it is missing or without end."""
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def to_csv(table: pd.DataFrame, *, mark: bool = True) -> bytes:
    """Return a table as CSV: UTF-8 with the mark that Excel wants, or without; CRLF; header of column names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutralise(str(name)) for name in table.columns])
    writer.writerows(zip(*(_cells(table[name]) for name in table.columns), strict=True))
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def records_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return records as the contract's columns, the printed digits of value kept, then the derived ones."""
    resource = resources()["targets"]
    table = rows[[*resource.columns, *resource.derived_columns]].copy()
    no_number = rows["value"].isna()
    table["value"] = rows["value_text"].where(~no_number, "")
    for column in ("low_closed", "high_closed"):
        table[column] = table[column].astype("object").where(~no_number & rows["low"].notna(), None)
        table[column] = table[column].map({True: "true", False: "false"})
    return table


def typed(frame: pd.DataFrame, fields: Iterable[Field]) -> dict[str, list]:
    """Return the fields' columns as plain values: int, float, bool, str; blank and unbounded are None."""
    write = {"integer": int, "number": plain, "boolean": bool}
    columns = {}
    for f in fields:
        cells = zip(frame[f.name].astype("object"), frame[f.name].isna(), strict=True)
        columns[f.name] = [None if gone or cell == "" else write.get(f.type, str)(cell) for cell, gone in cells]
    return columns


def typed_records(rows: pd.DataFrame) -> dict[str, list]:
    """Return records as plain values by column, the derived ones last; an end that is not there is None."""
    resource = resources()["targets"]
    without = rows["low"].isna()
    columns = typed(rows, (*resource.fields, *resource.derived))
    for name in ("low_closed", "high_closed"):
        columns[name] = [None if none else end for none, end in zip(without, columns[name], strict=True)]
    return columns


def file_name(data: Dataset, lang: str, selection: Selection, what: str, ending: str) -> str:
    """Return the name of a download, which says the selection: 目标_镇海区_2026.csv."""
    return f"{say(lang, f'file.{what}')}_{slug(data, lang, selection)}.{ending}"
