"""The straight way through a CSV file in which nothing is unusual: read whole, by all processors, in text.

pyarrow refuses ragged records but is lenient about quotes and empty lines, so those are looked at here. What is
not plain UTF-8 with the header as it should be, one line per record, and quotes as they should be, is left to
the long way, which understands more and says what is wrong and where.
"""

import csv
from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from targets.columns import Column

MARK = b"\xef\xbb\xbf"
LOST = "[\0\ufffd]"
BLOCK = 1 << 18
READ_AT_ONCE = 1 << 22
"""Bytes in which each distinct cell is looked for once; smaller parts cost more in memory that is taken anew."""
QUOTE, COMMA, LINE_FEED, RETURN = b'",\n\r'


def read_straight(content: bytes, columns: Sequence[str], unique: Collection[str] = ()) -> dict[str, Column] | None:
    """Return the columns of a file, record by record on lines 2, 3, 4 and so on, or None for the long way.

    Cells of `unique` columns are not looked for among those before them, block by block, as others are.
    """
    header = content[: content.find(b"\n") + 1].removeprefix(MARK).rstrip(b"\r\n")
    if header != ",".join(columns).encode() or not _is_plain(content):
        return None
    coded = dict.fromkeys(columns, pa.dictionary(pa.int32(), pa.string())) | dict.fromkeys(unique, pa.string())
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(skip_rows=1, column_names=list(columns), block_size=READ_AT_ONCE),
            convert_options=arrow_csv.ConvertOptions(column_types=coded, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if not len(table) or lines != len(table) + 1:
        return None
    table = table.unify_dictionaries().combine_chunks()
    read = {name: Column.of(table[name].chunk(0)) for name in columns}
    return None if any(_has_odd_cell(column.texts) for column in read.values()) else read


def _has_odd_cell(texts: pa.Array) -> bool:
    """Return whether a cell is very long or has a character that was lost."""
    long = pc.max(pc.utf8_length(texts)).as_py() > csv.field_size_limit()
    return long or pc.any(pc.match_substring_regex(texts, LOST)).as_py()


def _is_plain(content: bytes) -> bool:
    """Return whether a file has no odd line end and no odd quote."""
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return False
    return QUOTE not in content or _quotes_fit(np.frombuffer(content, dtype="uint8"))


def _quotes_fit(text: np.ndarray) -> bool:
    """Return whether quotes open only at the start of a cell, and close only at its end.

    Of quotes in a row an odd number opens or closes a cell. An even number within a cell stands for quotes;
    outside of one it opens and closes it at once.
    """
    blocks = range(0, len(text), BLOCK)
    at = np.concatenate([np.flatnonzero(text[start : start + BLOCK] == QUOTE) + start for start in blocks])
    starts = np.flatnonzero(np.diff(at, prepend=-2) != 1)
    first, last = at[starts], at[np.append(starts[1:], len(at)) - 1]
    odd = (last - first) % 2 == 0
    inside = (np.cumsum(odd) - odd) % 2 == 1
    opens, closes = ~inside, odd == inside
    before, after = text[first - 1], text[np.minimum(last + 1, len(text) - 1)]
    starts_cell = (before == COMMA) | (before == LINE_FEED)
    ends_cell = np.isin(after, (COMMA, LINE_FEED, RETURN)) | (last == len(text) - 1)
    return bool(odd.sum() % 2 == 0 and starts_cell[opens].all() and ends_cell[closes].all())
