"""The straight way through a CSV file in which nothing is unusual: read whole, by all processors, in text.

pyarrow refuses ragged records but is lenient about quotes and empty lines, so those are looked at here. What is
not plain UTF-8 with the header as it should be, one line per record, and quotes as they should be, is left to
the long way, which understands more and says what is wrong and where.
"""

import csv
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from targets.columns import Column, bytes_of

MARK = b"\xef\xbb\xbf"
LOST = "\ufffd".encode()
BLOCK = 1 << 18
READ_AT_ONCE = 1 << 20
"""Bytes in which each distinct cell is looked for once; more do not fit the cache of a processor."""
TEXT = pa.string()
QUOTE, COMMA, LINE_FEED, RETURN = b'",\n\r'


def read_straight(content: bytes, columns: Sequence[str], varied: Collection[str] = ()) -> dict[str, Column] | None:
    """Return the columns of a file, record by record on lines 2, 3, 4 and so on, or None for the long way.

    Cells of `varied` columns are looked for among all before them at once, not block by block as others are: where
    there are many distinct ones, putting together those of all blocks takes longer.
    """
    header = content[: content.find(b"\n") + 1].removeprefix(MARK).rstrip(b"\r\n")
    text = np.frombuffer(content, dtype="uint8")
    if header != ",".join(columns).encode() or not _is_plain(content, text):
        return None
    types = {name: TEXT if name in varied else pa.dictionary(pa.int32(), TEXT) for name in columns}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(skip_rows=1, column_names=list(columns), block_size=READ_AT_ONCE),
            convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    if not len(table) or _count_lines(text) != len(table) + 1:
        return None
    table = table.unify_dictionaries().combine_chunks()
    read = {name: Column.of(table[name].chunk(0)) for name in columns}
    return None if _has_blank_record(read) or any(_has_odd_cell(column.texts) for column in read.values()) else read


def _has_blank_record(read: Mapping[str, Column]) -> bool:
    """Return whether a line has nothing but commas; the first column alone nearly always says that none has."""
    alone = True
    for column in read.values():
        blank = pc.index(column.texts, "").as_py()
        alone = alone & (column.codes == blank)
        if blank < 0 or not alone.any():
            return False
    return True


def _has_odd_cell(texts: pa.Array) -> bool:
    """Return whether a cell is very long or has a character that was lost."""
    text, lengths = bytes_of(texts)
    if lengths.max() > csv.field_size_limit() and pc.max(pc.utf8_length(texts)).as_py() > csv.field_size_limit():
        return True
    return LOST in text.tobytes()


def _is_plain(content: bytes, text: np.ndarray) -> bool:
    """Return whether a file has no NUL, no odd line end and no odd quote."""
    if b"\0" in content:
        return False
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return False
    return QUOTE not in content or _quotes_fit(text)


def _count_lines(text: np.ndarray) -> int:
    """Return how many lines there are, the last one with or without an end; much faster than bytes.count."""
    blocks = range(0, len(text), BLOCK)
    ends = sum(int(np.count_nonzero(text[start : start + BLOCK] == LINE_FEED)) for start in blocks)
    return ends + (text[-1] != LINE_FEED)


def _quotes_fit(text: np.ndarray) -> bool:
    """Return whether quotes open only at the start of a cell, and close only at its end.

    Of quotes in a row an odd number opens or closes a cell. An even number within a cell stands for quotes;
    outside of one it opens and closes it at once.
    """
    blocks = range(0, len(text), BLOCK)
    at = np.concatenate([np.flatnonzero(text[start : start + BLOCK] == QUOTE) + start for start in blocks])
    apart = np.diff(at) != 1
    first, last = at[np.append(True, apart)], at[np.append(apart, True)]
    odd = (last - first) % 2 == 0
    inside = (np.cumsum(odd) - odd) % 2 == 1
    opens, closes = ~inside, odd == inside
    before, after = text[first - 1], text[np.minimum(last + 1, len(text) - 1)]
    starts_cell = (before == COMMA) | (before == LINE_FEED)
    ends_cell = (after == COMMA) | (after == LINE_FEED) | (after == RETURN) | (last == len(text) - 1)
    return bool(odd.sum() % 2 == 0 and starts_cell[opens].all() and ends_cell[closes].all())
