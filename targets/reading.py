"""A CSV file's bytes into checked columns of text. Nothing becomes a frame before it has passed here.

pandas.read_csv pads short records, shifts long ones and turns NA into missing without a word, so the
shape is checked first, on the text itself.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

import pandas as pd

from targets.schema import Problem, Resource, check_value, nearest

MOST_PER_RULE = 50
"""Problems listed for one rule and column; the rest are only counted."""

SEVERAL = re.compile(r"[\s;,|/；，、]+")
"""What stands between keys where somebody put several into one cell."""

INVISIBLE = " \t\u3000\u00a0\u200b\u200c\u200d\ufeff"
FORMULA_START = re.compile(r"^'(?=[ \u3000\u00a0\u200b\u200c\u200d\ufeff]*[=+\-@\t\r\n＝＋－＠]|')")
"""The one apostrophe that an exported file puts before a cell which Excel would run."""


@dataclass
class TextTable:
    """A file's cells as text: one list per column, and the line on which each record stands."""

    columns: dict[str, list[str]]
    lines: list[int]


def decode(name: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or GB18030; raise Problem otherwise."""
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
    else:
        raise _Refused(Problem(name, "encoding", content[: bad[0]].count(b"\n") + 1))
    for mark, rule in (("\x00", "nul"), ("\ufffd", "replacement")):
        if mark in text:
            raise _Refused(Problem(name, rule, text[: text.index(mark)].count("\n") + 1))
    return text


class _Refused(Exception):  # noqa: N818 - a way out with one problem, not an error of the program
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_table(resource: Resource, content: bytes) -> tuple[TextTable | None, list[Problem]]:
    """Read a file of the resource; return its cells, or None and every problem of its shape.

    A file that this project exported carries the derived columns at its end: they are dropped, to be
    reckoned again, and the apostrophes that keep Excel from running a cell are taken off.
    """
    if not content.strip():
        return None, [Problem(resource.path, "empty")]
    try:
        records, lines, problems = _split(resource.path, decode(resource.path, content))
    except _Refused as refused:
        return None, [refused.problem]
    header, records, lines = [c.strip(INVISIBLE) for c in records[0]], records[1:], lines[1:]
    exported = bool(resource.derived) and header == resource.columns + resource.derived_columns
    if not exported and header != resource.columns:
        return None, problems + check_header(resource, header)
    for line, record in zip(lines, records, strict=True):
        if len(record) != len(header):
            details = {"found": len(record), "expected": len(header)}
            problems.append(Problem(resource.path, "ragged", line, value=",".join(record[:2]), details=details))
    if not records and not problems and not resource.may_be_empty:
        problems.append(Problem(resource.path, "header_only"))
    if problems:
        return None, problems
    columns = {}
    cells = list(zip(*records, strict=True)) or [()] * len(header)
    for described, values in zip(resource.fields, cells, strict=False):
        plain = described.type in ("integer", "number", "date", "boolean") or bool(described.categories)
        tidy = {value: _tidy(value, plain=plain, exported=exported) for value in set(values)}
        columns[described.name] = [tidy[value] for value in values]
    return TextTable(columns, lines), []


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
    except csv.Error:
        raise _Refused(Problem(name, "quoting", max(end + 1, 1))) from None
    return records, lines, problems


def _tidy(value: str, *, plain: bool, exported: bool) -> str:
    """Take blanks off the ends; write full-width digits and signs of a plain cell as ASCII."""
    if exported:
        value = FORMULA_START.sub("", value)
    value = value.strip(INVISIBLE)
    return unicodedata.normalize("NFKC", value).replace("\u2212", "-") if plain else value


def check_header(resource: Resource, header: list[str]) -> list[Problem]:
    """Return what is wrong with a header: columns missing, unknown, repeated or out of order."""
    expected, problems = resource.columns, []
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
        values = table.columns[described.name]
        bad = {value: found for value in set(values) if (found := check_value(described, value))[0]}
        if bad:
            broken = [(line, v) for line, v in zip(table.lines, values, strict=True) if v in bad]
            problems += [
                Problem(resource.path, bad[value][0], line, described.name, value, bad[value][1])
                for line, value in broken[:MOST_PER_RULE]
            ]
            problems += _rest(resource, described.name, len(broken))
        if described.constraints.get("unique"):
            problems += _check_unique(resource, described.name, table)
    return sorted(problems, key=lambda p: p.line)


def _check_unique(resource: Resource, column: str, table: TextTable) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for line, value in zip(table.lines, table.columns[column], strict=True):
        if value and first.setdefault(value, line) != line:
            problems.append(Problem(resource.path, "repeated", line, column, value, {"first": first[value]}))
    return problems[:MOST_PER_RULE] + _rest(resource, column, len(problems))


def _rest(resource: Resource, column: str, found: int) -> list[Problem]:
    more = found - MOST_PER_RULE
    return [Problem(resource.path, "more", column=column, details={"more": more})] if more > 0 else []


def check_keys(resource: Resource, table: TextTable, known: dict[str, list[str]]) -> list[Problem]:
    """Return every key that its code list does not hold, with the nearest one that it does."""
    problems = []
    for column in resource.foreign_keys:
        allowed = set(known[column])
        near = {v: nearest(v, known[column]) for v in set(table.columns[column]) - allowed - {""}}
        broken = [(n, v) for n, v in zip(table.lines, table.columns[column], strict=True) if v in near]
        code_list = resource.foreign_keys[column][0] + ".csv"
        for line, value in broken[:MOST_PER_RULE]:
            several = [part for part in SEVERAL.split(value) if part in allowed]
            rule = "one_key" if len(several) > 1 else "unknown_key"
            details = {"file": code_list, "nearest": near[value]}
            problems.append(Problem(resource.path, rule, line, column, value, details))
        problems += _rest(resource, column, len(broken))
    return problems


def to_frame(resource: Resource, table: TextTable) -> pd.DataFrame:
    """Return checked cells as a typed frame: one row is one record, blank is missing.

    Integers are nullable Int64, numbers float64, everything else str; `line_in_file` is the line of
    the record in its own file.
    """
    columns: dict[str, pd.Series] = {}
    for described in resource.fields:
        values = table.columns[described.name]
        if described.type in ("integer", "number"):
            numbers = [float(v.replace(",", "")) if v else None for v in values]
            dtype = "Int64" if described.type == "integer" else "float64"
            columns[described.name] = pd.Series(numbers, dtype=dtype)
        else:
            columns[described.name] = pd.Series(values, dtype="str")
    return pd.DataFrame(columns).assign(line_in_file=table.lines)
