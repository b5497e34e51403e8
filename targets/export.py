"""Bytes and file names for download: CSV that Excel opens as text, and that loads again as it was."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.dataset import Dataset
from targets.schema import NUMBER, Field, resources
from targets.selection import Selection, slug
from targets.text import say

HOT = re.compile(r"^[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|^'")
"""Text that a spreadsheet would run, or that already begins with the apostrophe that prevents it."""

BLOCK = 65536
"""Records of which the lines are put together at once: what fits a processor's cache."""
_HOT_IN_ARROW = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", HOT.pattern)
_SUSPECT = np.isin(np.arange(256), [mark.encode()[0] for mark in " \u3000\u00a0\u200b\ufeff=+-@\t\r\n＝'"])
"""Bytes with which a text begins that HOT may match."""


def neutralise(text: str) -> str:
    """Put one apostrophe before text that a spreadsheet would run; taking one off gives it back.

    A plain number with its sign stays a number.
    """
    return "'" + text if HOT.match(text) and not NUMBER.fullmatch(text) else text


def _cells(column: pd.Series) -> pa.Array:
    """Write a column for a CSV file: numbers plain, open ends and missing cells blank, text harmless."""
    if pd.api.types.is_bool_dtype(column):
        return _texts(["false", "true"]).take(pa.array(column.to_numpy("int8")))
    if pd.api.types.is_integer_dtype(column):
        return pc.fill_null(pa.array(column, from_pandas=True).cast(pa.large_string()), "")
    if pd.api.types.is_float_dtype(column):
        return _write_numbers(column.to_numpy("float64", na_value=np.nan))
    if column.dtype == "str" and _are_harmless(texts := _texts(column)):
        return pc.fill_null(texts, "")
    codes, texts = _distinct(column)
    hot = np.flatnonzero(pc.match_substring_regex(texts, _HOT_IN_ARROW).to_numpy(zero_copy_only=False))
    if len(hot):
        written = texts.to_numpy(zero_copy_only=False)
        written[hot] = [neutralise(text) for text in written[hot]]
        texts = _texts(written)
    quoted = _join('"', pc.replace_substring(texts, '"', '""'), '"', between="")
    texts = pc.if_else(pc.match_substring_regex(texts, '[",\r\n]'), quoted, texts)
    return pa.concat_arrays([texts, _texts([""])]).take(pa.array(np.where(codes < 0, len(texts), codes)))


def _are_harmless(texts: pa.Array) -> bool:
    """Return whether none of the texts need be changed, as far as that is seen without looking at each."""
    ends = np.frombuffer(texts.buffers()[1], "int64")[texts.offset : texts.offset + len(texts) + 1]
    body = memoryview(texts.buffers()[2] or b"")[: ends[-1]]
    first = np.frombuffer(body, "uint8")[ends[:-1][ends[:-1] < ends[1:]]]
    together = bytes(body[ends[0] :])
    return not (_SUSPECT[first].any() or any(mark in together for mark in (b'"', b",", b"\r", b"\n")))


def _distinct(column: pd.Series) -> tuple[np.ndarray, pa.Array]:
    if column.dtype == "str":
        coded = pc.dictionary_encode(_texts(column))
        return pc.fill_null(coded.indices, -1).to_numpy(), coded.dictionary
    if isinstance(column.dtype, pd.CategoricalDtype) and len(column.cat.categories) < len(column):
        return column.array.codes, _texts(column.cat.categories.astype("str"))
    codes, distinct = pd.factorize(column)
    return codes, _texts([str(value) for value in distinct])


def _join(*parts: pa.Array | str, between: str) -> pa.Array:
    typed = (pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in (*parts, between))
    return pc.binary_join_element_wise(*typed)


def _texts(values: Iterable[str]) -> pa.Array:
    written = pa.array(values, pa.large_string())
    return written.combine_chunks() if isinstance(written, pa.ChunkedArray) else written


def _write_numbers(numbers: np.ndarray) -> pa.Array:
    """Write numbers as `_number` does; only those that pyarrow writes in another way are written by it."""
    coded = pa.array(numbers).dictionary_encode()
    distinct = coded.dictionary.to_numpy()
    written = pc.if_else(
        np.isfinite(distinct), coded.dictionary.cast(pa.large_string()), pa.scalar("", pa.large_string())
    )
    other = np.flatnonzero(pc.match_substring_regex(written, "e|^-0$").to_numpy(zero_copy_only=False))
    if len(other):
        written = written.to_numpy(zero_copy_only=False)
        written[other] = [_number(number) for number in distinct[other]]
        written = _texts(written)
    return written.take(coded.indices)


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
    return b"".join([write_header(table.columns, mark=mark), *map(text_of, write_lines(table))])


def write_header(names: Iterable[str], *, mark: bool = True) -> bytes:
    """Return the first line of a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([neutralise(str(name)) for name in names])
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


def write_lines(table: pd.DataFrame) -> Iterator[pa.Array]:
    """Return the line of every row, a block of them at a time."""
    for start in range(0, len(table), BLOCK):
        block = table.iloc[start : start + BLOCK]
        cells = [_cells(block[name]) for name in table.columns]
        if len(cells) == 1:  # a blank cell alone would be an empty line
            cells = [pc.if_else(pc.equal(cells[0], ""), pa.scalar('""', pa.large_string()), cells[0])]
        cells[-1] = _join(cells[-1], "", between="\r\n")
        yield _join(*cells, between=",")


def text_of(lines: pa.Array) -> memoryview:
    """Return lines one after another, as they stand in memory."""
    return memoryview(lines.buffers()[2])


def stream_csv(parts: Iterable[pd.DataFrame]) -> Iterator[bytes | memoryview]:
    """Return the bytes of to_csv for records that come in parts."""
    for n, table in enumerate(map(records_table, parts)):
        if n == 0:
            yield write_header(table.columns)
        yield from map(text_of, write_lines(table))


def records_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return records as the contract's columns, the printed digits of value kept, then the derived ones."""
    resource = resources()["targets"]
    with_number = rows["value"].notna()
    with_end = (with_number & rows["low"].notna()).to_numpy()
    closed = {
        name: pd.Categorical.from_codes(np.where(with_end, rows[name].to_numpy("int8"), -1), ["false", "true"])
        for name in ("low_closed", "high_closed")
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


def file_name(data: Dataset, lang: str, selection: Selection, what: str, ending: str) -> str:
    """Return the name of a download, which says the selection: 目标_镇海区_2026.csv."""
    return f"{say(lang, f'file.{what}')}_{slug(data, lang, selection)}.{ending}"
