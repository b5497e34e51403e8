"""A CSV file's bytes into checked columns of text. Nothing becomes a frame before it has passed here.

pandas.read_csv pads short records, shifts long ones and turns NA into missing without a word, so the
shape is checked first, on the text itself.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.columns import Column, find_suspects
from targets.schema import CONTROL, Field, Problem, Resource, check_value, nearest
from targets.straight import read_straight

MOST_PER_RULE = 50
"""Problems listed for one rule and column; the rest are only counted."""

VARIED = ("id", "as_printed", "value")
"""Columns in which few cells are alike."""

SEVERAL = re.compile(r"[\s;,|/；，、]+")
"""What stands between keys where somebody put several into one cell."""

INVISIBLE = " \t\u3000\u00a0\u200b\u200c\u200d\ufeff"
TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
"""Full-width characters, and the true minus, to ASCII; NFKC would also make 40002 of 4000²."""
FORMULA_START = re.compile(r"^'(?=[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|')")
"""The one apostrophe that an exported file puts before a cell which Excel would run."""


CHINESE_IN_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")


@dataclass
class TextTable:
    """A file's cells as text, and the line on which each record stands."""

    columns: dict[str, Column]
    lines: np.ndarray


def decode(name: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or GB18030; what is none of them is _Refused."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise _Refused(Problem(name, "nul", line))
    else:
        encodings = ["utf-8-sig", "gb18030"]
    bad = []
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError as error:
            bad.append(error.start)
            if encoding == "utf-8-sig" and (line := _find_mixed(content)):
                raise _Refused(Problem(name, "encoding", line)) from None
    else:
        raise _Refused(Problem(name, "encoding", content[: bad[0]].count(b"\n") + 1))
    for mark, rule in (("\x00", "nul"), ("\ufffd", "replacement")):
        if mark in text:
            raise _Refused(Problem(name, rule, text[: text.index(mark)].count("\n") + 1))
    return text


def _find_mixed(content: bytes) -> int:
    """Return the first line that is not UTF-8 of a file that has Chinese in UTF-8 on another line, or 0.

    GB18030 reads nearly everything, such lines too, and makes other words of them.
    """
    first, chinese = 0, False
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            first = first or number
        else:
            chinese = chinese or CHINESE_IN_UTF8.search(line) is not None
    return first if chinese else 0


class _Refused(Exception):  # noqa: N818 - a way out with one problem, not an error of the program
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_table(resource: Resource, content: bytes) -> tuple[TextTable | None, list[Problem]]:
    """Read a file of the resource; return its cells, or None and every problem of its shape.

    A file that this project exported carries the derived columns at its end: they are dropped, to be
    reckoned again, and the apostrophes that keep Excel from running a cell are taken off.
    """
    if straight := read_straight(content, resource.columns, VARIED):
        return TextTable(_tidy_columns(resource, straight, exported=False), _lines(straight)), []
    return read_any_table(resource, content)


def _lines(columns: dict[str, Column]) -> np.ndarray:
    return np.arange(2, len(next(iter(columns.values())).codes) + 2)


def read_any_table(resource: Resource, content: bytes) -> tuple[TextTable | None, list[Problem]]:
    """Read a file as read_table does, the long way: whatever its encoding, quotes and lines."""
    if not content.strip():
        return None, [Problem(resource.path, "empty")]
    try:
        records, lines, problems = _split(resource.path, decode(resource.path, content))
    except _Refused as refused:
        return None, [refused.problem]
    if not records:
        return None, [Problem(resource.path, "empty")]
    header, records, lines = [c.strip(INVISIBLE) for c in records[0]], records[1:], lines[1:]
    header, records, lines = _drop_blank(header, records, lines)
    exported = bool(resource.derived) and header == resource.columns + resource.derived_columns
    if not exported and header != resource.columns:
        return None, problems + check_header(resource, header)
    for line, record in zip(lines, records, strict=True):
        if len(record) != len(header):
            details = {"found": len(record), "expected": len(header)}
            problems.append(Problem(resource.path, "ragged", line, value=",".join(record[:2]), details=details))
    problems = problems[:MOST_PER_RULE] + _rest(resource.path, "", len(problems))
    if not records and not problems and not resource.may_be_empty:
        problems.append(Problem(resource.path, "header_only"))
    if problems:
        return None, problems
    cells = list(zip(*records, strict=True)) or [()] * len(header)
    read = {name: Column.of(values) for name, values in zip(resource.columns, cells, strict=False)}
    return TextTable(_tidy_columns(resource, read, exported=exported), np.array(lines, dtype="int64")), []


def _drop_blank(
    header: list[str], records: list[list[str]], lines: list[int]
) -> tuple[list[str], list[list[str]], list[int]]:
    """Leave out what a spreadsheet saves beside the table: columns without name or cells at the end, rows without."""
    named = max((place for place, name in enumerate(header, 1) if name), default=0)
    if 0 < named < len(header) and not any(any(record[named : len(header)]) for record in records):
        records = [record[:named] + record[len(header) :] for record in records]
        header = header[:named]
    kept = [n for n, record in enumerate(records) if any(record)]
    if len(kept) == len(records):
        return header, records, lines
    return header, [records[n] for n in kept], [lines[n] for n in kept]


def _tidy_columns(resource: Resource, columns: dict[str, Column], *, exported: bool) -> dict[str, Column]:
    """Return the columns of the resource with tidy cells; where all are, as they were."""
    tidied = {}
    for described in resource.fields:
        column = columns[described.name]
        plain = described.type in ("integer", "number", "date", "boolean") or bool(described.categories)
        tidy = pc.all(pc.equal(pc.utf8_trim(column.texts, INVISIBLE), column.texts)).as_py() is not False
        if plain and tidy:
            tidy = pc.all(pc.string_is_ascii(column.texts)).as_py() is not False
        if exported or not tidy:
            column = column.map(partial(_tidy, plain=plain, exported=exported))
        tidied[described.name] = column
    return tidied


def _split(name: str, text: str) -> tuple[list[list[str]], list[int], list[Problem]]:
    """Split text into records; return them, the line of each, and the records that run over lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, lines, problems = [], [], []
    end = 0
    try:
        for record in reader:
            start, end = end + 1, reader.line_num
            if record:
                records.append(record)
                lines.append(start)
            if end > start:
                problems.append(Problem(name, "line_break", start, details={"last": end}))
    except csv.Error as error:
        if "field limit" in str(error):
            raise _Refused(Problem(name, "cell_too_long", end + 1, details={"most": csv.field_size_limit()})) from None
        raise _Refused(Problem(name, "quoting", max(end + 1, 1))) from None
    return records, lines, problems


def _tidy(value: str, *, plain: bool, exported: bool) -> str:
    """Take blanks off the ends; write full-width digits and signs of a plain cell as ASCII."""
    if exported:
        value = FORMULA_START.sub("", value)
    value = value.strip(INVISIBLE)
    return value.translate(TO_ASCII) if plain else value


def check_header(resource: Resource, header: list[str]) -> list[Problem]:
    """Return what is wrong with a header: columns missing, unknown, repeated or out of order."""
    expected, problems = resource.columns, []
    if not set(header) & set(expected):
        first, *_ = header
        for mark, rule in ((";", "semicolons"), ("\t", "tabs")):
            if set(first.split(mark)) & set(expected):
                return [Problem(resource.path, rule, 1)]
        details = {"expected": ",".join(expected[:4])}
        return [Problem(resource.path, "no_header", 1, value=",".join(header), details=details)]
    repeated = {name for name in header if header.count(name) > 1}
    for name in sorted(repeated):
        problems.append(Problem(resource.path, "column_repeated", 1, name))
    missing = [name for name in expected if name not in header]
    for name in header:
        if name not in expected and name not in repeated:
            near = nearest(name, missing or expected)
            problems.append(Problem(resource.path, "column_unknown", 1, name or "?", details={"nearest": near}))
    problems += [Problem(resource.path, "column_missing", 1, name) for name in missing]
    if not problems:
        place, name = next((i, n) for i, n in enumerate(header) if n != expected[i])
        problems.append(Problem(resource.path, "column_order", 1, name, details={"expected": expected[place]}))
    return problems


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
        problems += _rest(resource.path, described.name, len(broken))
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
    return problems[:MOST_PER_RULE] + _rest(resource.path, column, len(problems))


def _rest(name: str, column: str, found: int) -> list[Problem]:
    more = found - MOST_PER_RULE
    return [Problem(name, "more", column=column, details={"more": more})] if more > 0 else []


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
        problems += _rest(resource.path, column, len(unknown))
    return problems


def _find_unknown(texts: pa.Array, allowed: pa.Array) -> np.ndarray:
    """Return the places of the texts that are not among the allowed ones, nor blank."""
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
