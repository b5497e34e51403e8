"""The diagnosing path of the CSV reader: reads any encoding, quotes and line ends, and finds what is wrong where.

It is taken by every file that the fast path does not understand.
"""

import re
from dataclasses import dataclass

from targets.contract.schema import MOST_PER_RULE, Problem, Resource, nearest

MOST_IN_CELL = 131_072
"""Characters of the longest cell that is read."""
INVISIBLE = " \t\u3000\u00a0\u200b\u200c\u200d\ufeff"
CHINESE_IN_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){3}")
QUOTED = re.compile(r'"((?:[^"]++|"")*+)("(?=[,\n]|\Z))?')


class Refused(Exception):  # noqa: N818 - a way out with one problem, not an error of the program
    """A file of which no table can be made, for this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass
class Records:
    """The columns, each record's cells and the line on which it begins, and whether this project exported the file."""

    columns: list[str]
    records: list[list[str]]
    lines: list[int]
    exported: bool


def diagnose(resource: Resource, content: bytes) -> tuple[Records | None, list[Problem]]:
    """Return a file's records, or None and every problem of its shape."""
    if not content.strip():
        return None, [Problem(resource.path, "empty")]
    try:
        records, lines, problems = _split(resource.path, decode(resource.path, content))
    except Refused as refused:
        return None, [refused.problem]
    if not records:
        return None, [Problem(resource.path, "empty")]
    header, records, lines = [c.strip(INVISIBLE) for c in records[0]], records[1:], lines[1:]
    header, records, lines = _drop_blank(header, records, lines)
    columns = resource.expect(header)
    exported = bool(resource.derived) and header == columns + resource.derived_columns
    if not exported and header != columns:
        return None, problems + _check_header(resource, header)
    for line, record in zip(lines, records, strict=True):
        if len(record) != len(header):
            details = {"found": len(record), "expected": len(header)}
            problems.append(Problem(resource.path, "ragged", line, value=",".join(record[:2]), details=details))
    problems = problems[:MOST_PER_RULE] + count_rest(resource.path, "", len(problems))
    if not records and not problems and not resource.may_be_empty:
        problems.append(Problem(resource.path, "header_only"))
    return (None, problems) if problems else (Records(columns, records, lines, exported), [])


def count_rest(name: str, column: str, found: int) -> list[Problem]:
    """Return a problem that counts those of one kind which are not listed, where there are any."""
    more = found - MOST_PER_RULE
    return [Problem(name, "more", column=column, details={"more": more})] if more > 0 else []


def decode(name: str, content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or GB18030; raise Refused for any other."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise Refused(Problem(name, "nul", line))
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
                raise Refused(Problem(name, "encoding", line)) from None
    else:
        raise Refused(Problem(name, "encoding", content[: bad[0]].count(b"\n") + 1))
    for mark, rule in (("\x00", "nul"), ("\ufffd", "replacement")):
        if mark in text:
            raise Refused(Problem(name, rule, text[: text.index(mark)].count("\n") + 1))
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


def _split(name: str, text: str) -> tuple[list[list[str]], list[int], list[Problem]]:
    """Split text into records; return them, the line of each, and the records that run over lines.

    Python's csv module has one limit for the length of a cell, for the whole process; whoever else changes it must
    not change what is read here.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    records, lines, problems = [], [], []
    at, line = 0, 1
    while at < len(text):
        cells, end, rule = _split_record(text, at)
        if rule:
            raise Refused(Problem(name, rule, line, details={"most": MOST_IN_CELL} if rule == "cell_too_long" else {}))
        if end > at:
            records.append(cells)
            lines.append(line)
        last = line + text.count("\n", at, end)
        if last > line:
            problems.append(Problem(name, "line_break", line, details={"last": last}))
        at, line = end + 1, last + 1
    return records, lines, problems


def _split_record(text: str, at: int) -> tuple[list[str], int, str]:
    """Return the cells of the record that begins there, where it ends, and the rule that it breaks or ""."""
    cells, end = [], at - 1
    while end < at or text[end : end + 1] == ",":
        start = end + 1
        if quoted := QUOTED.match(text, start):
            found, end = [quoted[1].replace('""', '"')], quoted.end()
        else:
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            next_quoted = text.find(',"', start, end)
            end = end if next_quoted < 0 else next_quoted
            found = text[start:end].split(",")
        if end - start > MOST_IN_CELL and any(len(cell) > MOST_IN_CELL for cell in found):
            return cells, end, "cell_too_long"
        if quoted and not quoted[2]:
            return cells, end, "quoting"
        cells += found
    return cells, end, ""


def _drop_blank(
    header: list[str], records: list[list[str]], lines: list[int]
) -> tuple[list[str], list[list[str]], list[int]]:
    """Drop the blank rows, and blank columns at the end, that a spreadsheet saves."""
    named = max((position for position, name in enumerate(header, 1) if name), default=0)
    if 0 < named < len(header) and not any(any(record[named : len(header)]) for record in records):
        records = [record[:named] + record[len(header) :] for record in records]
        header = header[:named]
    filled = [n for n, record in enumerate(records) if any(record)]
    if len(filled) == len(records):
        return header, records, lines
    return header, [records[n] for n in filled], [lines[n] for n in filled]


def _check_header(resource: Resource, header: list[str]) -> list[Problem]:
    """Return what is wrong with a header: columns missing, unknown, repeated or out of order."""
    expected, problems = resource.expect(header), []
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
    absent = [name for name in resource.columns if name not in header]
    for name in header:
        if name not in expected and name not in repeated:
            near = nearest(name, absent or expected)
            problems.append(Problem(resource.path, "column_unknown", 1, name or "?", details={"nearest": near}))
    problems += [Problem(resource.path, "column_missing", 1, name) for name in missing]
    if not problems:
        wrong = next(n for n, name in enumerate(header) if name != expected[n])
        details = {"expected": expected[wrong]}
        problems.append(Problem(resource.path, "column_order", 1, header[wrong], details=details))
    return problems
