"""The CSV reader: a file's bytes become checked columns of text, and only then a frame.

pandas.read_csv pads short records, shifts long ones and turns NA into missing without a word, so the shape is
checked first, on the text itself. The fast path reads a file in which nothing is unusual whole, on all processors.
pyarrow refuses ragged records but is lenient about quotes and empty lines, so those are looked at here. What is not
plain UTF-8 with the header as it should be, one line per record, and quotes as they should be, takes the
diagnosing path, which understands more and says what is wrong and where.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from targets.contract.columns import Column, bytes_of, find_suspects
from targets.contract.schema import CONTROL, MOST_PER_RULE, TO_ASCII, Field, Problem, Resource, check_value, nearest
from targets.load.diagnosing_path import INVISIBLE, MOST_IN_CELL, count_rest, diagnose

VARIED = ("id", "as_printed", "value")
"""Columns in which few cells are alike."""
SEVERAL = re.compile(r"[\s;,|/；，、]+")
"""What stands between keys where somebody put several into one cell."""
FORMULA_START = re.compile(r"^'(?=[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|')")
"""The one apostrophe that an exported file puts before a cell which Excel would run."""
MARK = b"\xef\xbb\xbf"
LOST = "\ufffd".encode()
BLOCK = 1 << 18
READ_AT_ONCE = 1 << 20
"""Bytes of a block, in which each distinct cell is coded by itself; larger ones do not fit the cache of a processor."""
TEXT = pa.string()
QUOTE, COMMA, LINE_FEED, RETURN = b'",\n\r'


@dataclass
class TextTable:
    """A file's cells as text, and the line on which each record stands."""

    columns: dict[str, Column]
    lines: np.ndarray


def read_table(resource: Resource, content: bytes) -> tuple[TextTable | None, list[Problem]]:
    """Read a file of the resource; return its cells, or None and every problem of its shape.

    A file that this project exported carries the derived columns at its end: they are dropped, to be
    computed again, and the apostrophes that keep Excel from running a cell are taken off.
    """
    header = _header_of(content).decode(errors="replace").split(",")
    if columns := read_fast(content, resource.expect(header)):
        lines = np.arange(2, len(columns[header[0]].codes) + 2)
        return TextTable(_tidy_columns(resource, columns, lines, exported=False), lines), []
    return read_diagnosing(resource, content)


def read_diagnosing(resource: Resource, content: bytes) -> tuple[TextTable | None, list[Problem]]:
    """Read a file as read_table does, on the diagnosing path."""
    found, problems = diagnose(resource, content)
    if found is None:
        return None, problems
    cells = list(zip(*found.records, strict=True)) or [()] * len(found.columns)
    columns = {name: Column.of(values) for name, values in zip(found.columns, cells, strict=False)}
    lines = np.array(found.lines, dtype="int64")
    return TextTable(_tidy_columns(resource, columns, lines, exported=found.exported), lines), []


def read_fast(content: bytes, columns: Sequence[str]) -> dict[str, Column] | None:
    """Return the columns of a file, record by record on lines 2, 3, 4 and so on, or None for the diagnosing path.

    Columns of VARIED are not coded block by block as others are: where there are many distinct cells, putting together
    those of all blocks takes longer.
    """
    text = np.frombuffer(content, dtype="uint8")
    if _header_of(content) != ",".join(columns).encode() or not _is_plain(content, text):
        return None
    types = {name: TEXT if name in VARIED else pa.dictionary(pa.int32(), TEXT) for name in columns}
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


def _header_of(content: bytes) -> bytes:
    """Return the first line of a file as it stands, if it has an end."""
    return content[: content.find(b"\n") + 1].removeprefix(MARK).rstrip(b"\r\n")


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
    if lengths.max() > MOST_IN_CELL and pc.max(pc.utf8_length(texts)).as_py() > MOST_IN_CELL:
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
    """Return how many lines there are, the last one with or without an end; faster than bytes.count."""
    blocks = range(0, len(text), BLOCK)
    ends = sum(int(np.count_nonzero(text[start : start + BLOCK] == LINE_FEED)) for start in blocks)
    return ends + (text[-1] != LINE_FEED)


def _quotes_fit(text: np.ndarray) -> bool:
    """Return whether quotes open only at the start of a cell, and close only at its end.

    Of quotes in a row an odd number opens or closes a cell. An even number within a cell stands for quotes;
    outside of one it is an empty cell.
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


def _tidy_columns(
    resource: Resource, columns: dict[str, Column], lines: np.ndarray, *, exported: bool
) -> dict[str, Column]:
    """Return the columns of the resource with tidy cells; where all are, as they were. One that is absent is blank."""
    tidied, blank = {}, Column(pa.array([""], TEXT), np.zeros(len(lines), dtype="int32"))
    for described in resource.fields:
        column = columns.get(described.name, blank)
        plain = described.type in ("integer", "number", "date", "boolean") or bool(described.categories)
        tidy = pc.all(pc.equal(pc.utf8_trim(column.texts, INVISIBLE), column.texts)).as_py() is not False
        if plain and tidy:
            tidy = pc.all(pc.string_is_ascii(column.texts)).as_py() is not False
        if exported or not tidy:
            column = column.map(partial(_tidy, plain=plain, exported=exported))
        tidied[described.name] = column
    return tidied


def _tidy(value: str, *, plain: bool, exported: bool) -> str:
    """Take blanks off the ends; write full-width digits and signs of a plain cell as ASCII."""
    if exported:
        value = FORMULA_START.sub("", value)
    value = value.strip(INVISIBLE)
    return value.translate(TO_ASCII) if plain else value


def check_cells(resource: Resource, table: TextTable) -> list[Problem]:
    """Return every cell that breaks its field's type or constraints, in the order of the file."""
    problems = []
    for described in resource.fields:
        column = table.columns[described.name]
        suspects = find_suspects(described, column.texts)
        bad = {code: (value, *found) for code, value in suspects if (found := _check_cell(described, value))[0]}
        broken = column.records_of(list(bad))
        for record in broken[:MOST_PER_RULE].tolist():
            value, rule, details = bad[column.codes[record]]
            problems.append(Problem(resource.path, rule, int(table.lines[record]), described.name, value, details))
        problems += count_rest(resource.path, described.name, len(broken))
        if described.constraints.get("unique"):
            problems += _check_unique(resource, described.name, table)
    return sorted(problems, key=lambda p: p.line)


def _check_cell(described: Field, value: str) -> tuple[str, dict]:
    if found := CONTROL.search(value):
        return "control", {"code": f"U+{ord(found[0]):04X}"}
    return check_value(described, value)


def _check_unique(resource: Resource, column: str, table: TextTable) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    read = table.columns[column]
    if len(read.texts) == len(read.codes):
        return []
    for line, value in zip(table.lines.tolist(), read.cells.to_pylist(), strict=True):
        if value and first.setdefault(value, line) != line:
            problems.append(Problem(resource.path, "repeated", line, column, value, {"first": first[value]}))
    return problems[:MOST_PER_RULE] + count_rest(resource.path, column, len(problems))


def check_keys(resource: Resource, table: TextTable, known: dict[str, Column]) -> list[Problem]:
    """Return every key that its code list does not hold, with the nearest one that it does."""
    problems = []
    for column, (code_list, _) in resource.foreign_keys.items():
        read, allowed = table.columns[column], known[column].texts
        unknown = read.records_of(_find_unknown(read.texts, allowed))
        if not len(unknown):
            continue
        names = allowed.to_pylist()
        for record in unknown[:MOST_PER_RULE].tolist():
            line, value = int(table.lines[record]), read.texts[read.codes[record]].as_py()
            several = [part for part in SEVERAL.split(value) if part in names]
            rule = "one_key" if len(several) > 1 else "unknown_key"
            details = {"file": code_list + ".csv", "nearest": nearest(value[:80], names)}
            problems.append(Problem(resource.path, rule, line, column, value, details))
        problems += count_rest(resource.path, column, len(unknown))
    return problems


def _find_unknown(texts: pa.Array, allowed: pa.Array) -> np.ndarray:
    """Return the positions of the texts that are not among the allowed ones, nor blank."""
    if len(allowed) > len(texts):
        unknown = np.ones(len(texts), dtype=bool)
        unknown[pc.index_in(allowed, value_set=texts).drop_null().to_numpy()] = False
    else:
        unknown = pc.invert(pc.is_in(texts, value_set=allowed)).to_numpy(zero_copy_only=False)
    return np.flatnonzero(unknown & pc.not_equal(texts, "").to_numpy(zero_copy_only=False))


def to_frame(
    resource: Resource, table: TextTable, coded: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return checked cells as a typed frame: one row is one record, blank is missing.

    Integers are nullable Int64, numbers float64, columns `coded` by known keys an ordered category, everything
    else str; `line_in_file` is the line of the record in its own file.
    """
    columns: dict[str, pd.Series] = {}
    for described in resource.fields:
        column = table.columns[described.name]
        if described.name in coded:
            columns[described.name] = pd.Series(column.to_categorical(coded[described.name]))
        elif described.type == "integer":
            numbers = column.to_numbers()
            missing = np.isnan(numbers)
            whole = np.where(missing, 0, numbers).astype("int64")
            columns[described.name] = pd.Series(pd.arrays.IntegerArray(whole, missing))
        elif described.type == "number":
            columns[described.name] = pd.Series(column.to_numbers())
        else:
            columns[described.name] = column.to_series()
    return pd.DataFrame(columns, copy=False).assign(line_in_file=table.lines)
