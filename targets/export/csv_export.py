"""CSV downloads: Excel opens them as text, and they load again as they were; and names of download files."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import WriteOptions, write_csv

from targets.contract.schema import NUMBER, Field, resources
from targets.load.dataset import Data
from targets.query.selection import Selection, slug
from targets.text import say

HOT = re.compile(r"^[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|^'")
"""Text that a spreadsheet would run, or that already begins with the apostrophe that prevents it."""
_HOT_IN_ARROW = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", HOT.pattern)
_FIRST_BYTES = np.isin(np.arange(256), [mark.encode()[0] for mark in " \u3000\u00a0\u200b\ufeff=+-@\t\r\n＝'"])
"""Bytes with which a text begins that HOT may match."""

_LINES = WriteOptions(include_header=False, eol="\r\n", batch_size=8192)


def neutralise(text: str) -> str:
    """Put one apostrophe before text that a spreadsheet would run; taking one off gives it back.

    A plain number with its sign stays a number.
    """
    return "'" + text if HOT.match(text) and not NUMBER.fullmatch(text) else text


def _cells(column: pd.Series) -> pa.Array:
    """Return a column as it is written: open ends and missing or blank cells null, text neutralised."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
        return pa.array(column, from_pandas=True)
    if pd.api.types.is_float_dtype(column):
        return _numbers(column.to_numpy("float64", na_value=np.nan))
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, words = column.cat.codes.to_numpy(), _texts(column.cat.categories.astype("str"))
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), _neutral(words))
    texts = _texts(column.map(str, na_action="ignore") if column.dtype == "object" else column)
    if _may_be_hot(texts):
        coded = texts.dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices, _neutral(coded.dictionary))
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _texts(values: Iterable[str]) -> pa.Array:
    texts = pa.array(values, pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _may_be_hot(texts: pa.Array) -> bool:
    """Return whether HOT may match one of the texts, from their first bytes alone."""
    ends = np.frombuffer(texts.buffers()[1], "int64")[texts.offset : texts.offset + len(texts) + 1]
    body = np.frombuffer(texts.buffers()[2] or b"", "uint8")
    return bool(_FIRST_BYTES[body[ends[:-1][ends[:-1] < ends[1:]]]].any())


def _neutral(texts: pa.Array) -> pa.Array:
    """Return the texts with an apostrophe before each that a spreadsheet would run, null for a blank one."""
    if pc.any(pc.match_substring_regex(texts, _HOT_IN_ARROW)).as_py():
        texts = pa.array([text and neutralise(text) for text in texts.to_pylist()], texts.type)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _numbers(numbers: np.ndarray) -> pa.Array:
    """Return numbers as they are written: the fewest digits that give them back, and never an exponent.

    Arrow writes one for the very small and the very large, so that a column with such numbers becomes text.
    """
    finite = np.isfinite(numbers)
    written = pa.array(numbers + 0.0, mask=~finite)  # without the sign of a zero
    size = np.abs(numbers)
    extreme = finite & (((size < 1e-6) & (size > 0)) | (size >= 1e10))
    if not extreme.any():
        return written
    texts = written.cast(pa.large_string()).to_numpy(zero_copy_only=False)
    texts[extreme] = [
        str(int(number)) if number.is_integer() else np.format_float_positional(number)
        for number in numbers[extreme].tolist()
    ]
    return _texts(texts)


def to_csv(table: pd.DataFrame, *, mark: bool = True) -> bytes:
    """Return a table as CSV: UTF-8 with the mark that Excel wants, or without; CRLF; every text in quotes."""
    return b"".join([_header(table.columns, mark=mark), _lines(table)])


def _header(names: Iterable[str], *, mark: bool = True) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([neutralise(str(name)) for name in names])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _lines(table: pd.DataFrame) -> memoryview:
    cells = [_cells(table[name]) for name in table.columns]
    if len(cells) == 1:  # a blank cell alone would be an empty line
        cells = [pc.fill_null(cells[0].cast(pa.large_string()), "")]
    out = pa.BufferOutputStream()
    write_csv(pa.table(cells, names=[str(n) for n in range(len(cells))]), out, _LINES)
    return memoryview(out.getvalue())


def stream_csv(parts: Iterable[pd.DataFrame]) -> Iterator[bytes | memoryview]:
    """Return the bytes of to_csv for records that come in parts."""
    resource = resources()["targets"]
    yield _header([*resource.columns, *resource.derived_columns])
    for part in parts:
        yield _lines(records_table(part))


def plain(value: float) -> float | int | None:
    """Return a number as Python's own, whole ones as int; None where it is missing or without end."""
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def records_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return records as the contract's columns, the printed digits of value kept, then the derived ones."""
    resource = resources()["targets"]
    with_number = rows["value"].notna()
    with_end = (with_number & rows["low"].notna()).to_numpy()
    closed = {
        name: pd.arrays.BooleanArray(rows[name].to_numpy("bool"), ~with_end) for name in ("low_closed", "high_closed")
    }
    table = rows[[*resource.columns, *resource.derived_columns]]
    return table.assign(value=rows["value_text"].where(with_number, ""), **closed)


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


def file_name(data: Data, lang: str, selection: Selection, what: str, ending: str) -> str:
    """Return the name of a download, which says the selection: 目标_镇海区_2026.csv."""
    return f"{say(lang, f'file.{what}')}_{slug(data, lang, selection)}.{ending}"
