"""Broken and hostile data files, made here: each with what must come of it.

A case changes one file of a folder that is good otherwise. It is refused with a rule on a line of that
file (0: the file as a whole), or accepted, and then the first record has these cells.
"""

from dataclasses import dataclass

from targets.contract.schema import DATA_FOLDER, resources
from tests.invented import write_row

TARGETS, SOURCES = (",".join(resources()[name].columns) for name in ("targets", "sources"))
GOOD = {
    "id": "a-1", "source": "ningbo-2022", "line": "8", "as_printed": "突破4000亿元", "actor": "镇海区",
    "district": "镇海区", "industry": "工业", "indicator": "规上工业总产值", "kind": "target", "year": "2022",
    "year_basis": "printed", "comparator": "gt", "value": "4000", "unit": "亿元", "modality": "力争",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One broken file: `rule` and `line` if it is refused, else the cells it is accepted with."""

    content: bytes
    rule: str = ""
    line: int = 0
    cells: tuple[tuple[str, object], ...] = ()
    name: str = "targets"


def row(number: int = 1, **cells: str) -> str:
    """Return a good record with other cells."""
    return write_row(GOOD | {"id": f"a-{number}"} | cells)


def table(*rows: str, header: str = TARGETS) -> str:
    return "\n".join([header, *rows, ""])


THREE = table(row(1), row(2), row(3))
LAST = THREE.rstrip("\n").rpartition("\n")[2]


def refused(content: str | bytes, rule: str, line: int = 0, name: str = "targets") -> Case:
    return Case(content.encode() if isinstance(content, str) else content, rule, line, name=name)


def accepted(content: str | bytes, **cells: object) -> Case:
    return Case(content.encode() if isinstance(content, str) else content, cells=tuple(cells.items()))


def cell(rule: str, column: str, value: str) -> Case:
    """A bad cell in the second record, on line 3."""
    return refused(table(row(1), row(2, **{column: value}), row(3)), rule, 3)


def source(rule: str, **cells: str) -> Case:
    """A bad cell in the only record of sources.csv."""
    good = {
        "id": "ningbo-2022",
        "title": "题",
        "title_en": "T",
        "year": "2022",
        "year_basis": "printed",
        "lines": "350",
    }
    line = ",".join((good | cells).get(column, "") for column in SOURCES.split(","))
    return refused(table(line, header=SOURCES), rule, 2, "sources")


TRUNCATED = {
    "nothing left": refused("", "empty"),
    "one byte left": refused(TARGETS[:1], "no_header", 1),
    "within the header": refused(TARGETS[:40], "column_missing", 1),
    "the header's last letter lost": refused(TARGETS[:-1] + "\n" + row(), "column_unknown", 1),
    "behind the header, without line end": refused(TARGETS, "header_only"),
    "behind the header": refused(TARGETS + "\n", "header_only"),
    "within the first cell": refused(THREE.removesuffix(LAST + "\n") + LAST[:2], "ragged", 4),
    "within the printed quantity": refused(THREE.removesuffix(LAST + "\n") + LAST[:24], "ragged", 4),
    "within a Chinese character": refused(THREE.encode()[: THREE.encode().rindex("元".encode()) + 1], "encoding", 4),
    "before the last comma": refused(THREE.rstrip("\n")[:-1], "ragged", 4),
    "within a quoted cell": refused(table(row(1, note='"a, b"'))[:-6], "quoting", 2),
    "the start lost": refused(THREE[30:], "column_missing", 1),
    "the header lost": refused(THREE.partition("\n")[2], "no_header", 1),
    "the middle lost": refused(THREE[: len(TARGETS) + 10] + THREE[-30:], "ragged", 2),
}
DAMAGED = {
    "zero-filled tail": refused(THREE.encode() + bytes(4096), "nul", 5),
    "zeros in the middle": refused(THREE.replace("镇海区", "\0\0\0", 1).encode(), "nul", 2),
    "all zeros": refused(bytes(4096), "nul", 1),
    "appended to itself": refused(THREE + THREE, "not_integer", 5),
    "appended to itself without header": refused(THREE + THREE.partition("\n")[2], "repeated", 5),
    "half a line twice": refused(THREE + LAST[:30] + LAST + "\n", "ragged", 5),
    "merge markers": refused(table(row(1), "<<<<<<< HEAD", row(2), "=======", row(3), ">>>>>>> other"), "ragged", 3),
    "LFS pointer": refused("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 14075\n", "no_header", 1),
    "HTML error page": refused("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n", "no_header", 1),
    "JSON": refused('{"error": "not found"}\n', "no_header", 1),
    "another of the files": refused((DATA_FOLDER / "units.csv").read_bytes(), "column_missing", 1),
    "a workbook": refused(b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(256)), "nul", 1),
    "semicolons": refused(THREE.replace(",", ";"), "semicolons", 1),
    "tabs": refused(THREE.replace(",", "\t"), "tabs", 1),
    "NUL in a cell": refused(table(row(1), row(2, note="a\0b")), "nul", 3),
    "a cell of 3 MB": refused(table(row(1), row(2, note="长" * 1_000_000)), "cell_too_long", 3),
    "long cell below the limit of a field": refused(table(row(1), row(2, note="x" * 1000)), "too_long", 3),
    "a hundred thousand empty lines": accepted(THREE + "\n" * 100_000, id="a-1"),
    "a record behind a hundred thousand empty lines": refused(
        table(row(1)) + "\n" * 100_000 + row(2, value="x"), "not_number", 100_003
    ),
    "a byte-order mark and nothing else": refused(b"\xef\xbb\xbf", "empty"),
    "blanks only": refused(" \n\t\n", "empty"),
    "a quote that swallows the rest": refused(table(row(1, note='"swallowed'), row(2), row(3)), "quoting", 2),
    "a quote that swallows one record": refused(
        table(row(1, note='"swallowed'), row(2, note='to here"'), row(3)), "line_break", 2
    ),
    "a quote within a cell": refused(table(row(1), row(2, note='"a"b')), "quoting", 3),
    "a line break within a cell": refused(table(row(1, note='"one\ntwo"'), row(2)), "line_break", 2),
}
RAGGED = {
    "short first record": refused(table("a-1,ningbo-2022", row(2)), "ragged", 2),
    "short record": refused(table(row(1), "a-2,ningbo-2022,8"), "ragged", 3),
    "long first record": refused(table(row(1) + ",x", row(2)), "ragged", 2),
    "long record": refused(table(row(1), row(2) + ",x"), "ragged", 3),
    "comma within the first number": refused(table(row(1, value="4,000"), row(2)), "ragged", 2),
    "trailing comma in one record": refused(table(row(1), row(2) + ","), "ragged", 3),
    "trailing commas in all lines": accepted(THREE.replace("\n", ",,\n"), id="a-1"),
    "ten thousand commas behind every line": accepted(THREE.replace("\n", "," * 10_000 + "\n"), id="a-1"),
    "a cell below no name": refused(THREE.replace("\n", ",\n").removesuffix("\n") + "x\n", "column_unknown", 1),
    "trailing comma in all records": refused(table(row(1) + ",", row(2) + ","), "ragged", 2),
    "lines of commas": accepted(table(row(1), "," * TARGETS.count(","), "," * TARGETS.count(",")), id="a-1"),
    "an error below lines of commas": refused(
        table(row(1), *["," * TARGETS.count(",")] * 2, row(2, value="x")), "not_number", 5
    ),
    "a total below": refused(table(row(1), "合计,,,"), "ragged", 3),
}
HEADERS = {
    "missing": refused(table(row(1), header=row(2)), "no_header", 1),
    "repeated column": refused(table(row(), header=TARGETS.replace("district", "actor")), "column_repeated", 1),
    "renamed column": refused(table(row(), header=TARGETS.replace("value", "amount")), "column_unknown", 1),
    "blank column": refused(table(row(), header=TARGETS.replace("unit", "")), "column_unknown", 1),
    "exchanged columns": refused(table(row(), header=TARGETS.replace("value,unit", "unit,value")), "column_order", 1),
    "extra column": refused(table(row() + ",x", header=TARGETS + ",colour"), "column_unknown", 1),
    "column left out": refused(table(row(), header=TARGETS.replace(",unit", "")), "column_missing", 1),
    "capitals": refused(table(row(), header=TARGETS.upper()), "no_header", 1),
    "a title above": refused("镇海区的目标\n" + THREE, "no_header", 1),
    "on line 2, below an empty line": accepted("\n" + THREE, line_in_file=3),
    "with blanks around the names": accepted(THREE.replace(TARGETS, TARGETS.replace(",", " , ")), id="a-1"),
}
NO_NUMBERS = [
    "约4000",
    "4000亿元",
    "四千",
    "#REF!",
    "#N/A",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "1e3",
    "4_000",
    "٤٠",
    "४०",
    "3–5",
    "3-5",
    "—",
    "-",
    "0x10",
    "1/2",
    ".5.",
    "4000.",
    "=1+1",
    "+",
    "TRUE",
    "NULL",
    "４０００亿",
    "4 000",
    "4000\u3000 5",
]
VALUES = {
    "blank": cell("number_missing", "value", ""),
    "thousands out of place": cell("not_number", "value", '"40,00"'),
    "too large": cell("too_large", "value", "9" * 20),
    "four hundred digits": cell("too_large", "value", "9" * 400),
    "full width": accepted(table(row(value="４０００")), canonical_value=4000.0),
    "thousands": accepted(table(row(value='"4,000"')), canonical_value=4000.0),
    "minus U+2212": accepted(table(row(value="\u22124000")), canonical_value=-4000.0),
    "footnote mark": cell("not_number", "value", "4000²"),
    "circled digit": cell("not_number", "value", "4000①"),
    "blanks around": accepted(table(row(value="\u3000 4000\u00a0")), canonical_value=4000.0),
}
YEARS = {
    "20222": cell("outside", "year", "20222"),
    "45658": cell("outside", "year", "45658"),
    "22": cell("outside", "year", "22"),
    "-2022": cell("outside", "year", "-2022"),
    "2025.5": cell("not_integer", "year", "2025.5"),
    "二〇二五": cell("not_integer", "year", "二〇二五"),
    "Jan-25": cell("not_integer", "year", "Jan-25"),
    "2025年": cell("not_integer", "year", "2025年"),
    "2025-2026": cell("not_integer", "year", "2025-2026"),
    "year blank": cell("basis_without_year", "year", ""),
    "year in full width": accepted(table(row(year="２０２２")), year=2022),
}
UNITS = {
    "unit unknown": cell("unknown_key", "unit", "圆"),
    "unit blank": cell("number_missing", "unit", ""),
    "％ full width": cell("unknown_key", "unit", "％"),
    "億元": cell("unknown_key", "unit", "億元"),
    "soft hyphen within": cell("unknown_key", "unit", "亿\u00ad元"),
    "invisible blank within": cell("unknown_key", "unit", "亿\u200b元"),
    "soft hyphen at the end": cell("unknown_key", "unit", "亿元\u00ad"),
    "of another dimension": cell("unit_dimension", "unit", "家"),
    "亿 for 亿元": accepted(table(row(unit="亿")), canonical_unit="亿元"),
    "万 against 亿": accepted(table(row(unit="万元")), canonical_value=0.4, canonical_unit="亿元"),
    "stray blank": accepted(table(row(unit=" 亿元\u3000")), canonical_unit="亿元"),
    "invisible blank at the end": accepted(table(row(unit="亿元\u200b")), canonical_unit="亿元"),
}
KEYS = {
    "id repeated": refused(table(row(1), row(2), row(1)), "repeated", 4),
    "id repeated after trimming": refused(table(row(1), row(2), row(1, id=" a-1\u3000")), "repeated", 4),
    "id repeated after an invisible blank": refused(table(row(1), row(1, id="a-1\u200b")), "repeated", 3),
    "id blank": cell("required", "id", ""),
    "id invisible": cell("required", "id", "\u200b"),
    "id in capitals": cell("key_letters", "id", "A-1"),
    "id of Cyrillic letters": cell("key_letters", "id", "\u0430-1"),
    "district unknown": cell("unknown_key", "district", "镇海县"),
    "district in traditional characters": cell("unknown_key", "district", "鎮海區"),
    "two districts in a cell": cell("one_key", "district", "镇海区、余姚市"),
    "kind unknown": cell("unknown", "kind", "targets"),
    "comparator as a sign": cell("unknown", "comparator", "≥"),
}
BIG5 = dict.fromkeys(("actor", "district", "industry", "indicator", "as_printed", "modality"), "鎮海區") | {
    "unit": "億元"
}
MOJIBAKE = THREE.encode().decode("latin-1").encode()
ENCODINGS = {
    "UTF-8 with mark": accepted(THREE.encode("utf-8-sig"), actor="镇海区"),
    "GBK": accepted(THREE.encode("gbk"), actor="镇海区"),
    "GB18030 with a rare character": accepted(table(row(note="𠮷")).encode("gb18030"), note="𠮷"),
    "UTF-16 with mark": accepted(THREE.encode("utf-16"), actor="镇海区"),
    "UTF-16, big end first, with mark": accepted(b"\xfe\xff" + THREE.encode("utf-16-be"), actor="镇海区"),
    "CRLF": accepted(THREE.replace("\n", "\r\n"), actor="镇海区", line_in_file=2),
    "CR": accepted(THREE.replace("\n", "\r"), actor="镇海区", line_in_file=2),
    "UTF-16 without mark": refused(THREE.encode("utf-16-le"), "nul", 1),
    "UTF-32": refused(THREE.encode("utf-32"), "nul", 1),
    "Big5": refused(table(row(**BIG5)).encode("big5"), "unknown_key", 2),
    "one line of GBK within UTF-8": refused(
        table(row(1)).encode() + row(2).encode("gbk") + b"\n" + row(3).encode(), "encoding", 3
    ),
    "one line of UTF-8 within GBK": refused(
        table(row(1)).encode("gbk") + row(2).encode() + b"\n" + row(3).encode("gbk"), "encoding", 2
    ),
    "encoded twice": refused(MOJIBAKE, "control", 2),
    "read as GBK and saved": refused(THREE.encode().decode("gbk", "ignore"), "unknown_key", 2),
    "replacement characters": refused(THREE.replace("镇海区", "\ufffd\ufffd", 1), "replacement", 2),
    "stray bytes": refused(THREE.encode() + b"\xff\xff", "encoding", 5),
}
HOSTILE = {
    "right-to-left override": cell("control", "note", "a\u202eb"),
    "isolate in a key": cell("control", "actor", "镇海区\u2066"),
    "escape sequence": cell("control", "note", "\x1b[31mred"),
    "formula in a key": cell("unknown_key", "actor", "=1+1"),
    "formula in free text": accepted(table(row(note='"=HYPERLINK(""http://x"")"')), note='=HYPERLINK("http://x")'),
    "command in free text": accepted(table(row(note="@SUM(1)")), note="@SUM(1)"),
    "markup in free text": accepted(table(row(note="<script>x</script>")), note="<script>x</script>"),
    "javascript: address": source("web_address", url="javascript:alert(1)"),
    "data: address": source("web_address", url="data:text/html;x"),
    "file: address": source("web_address", url="file:///etc/passwd"),
    "javascript: before http": source("web_address", url="javascript:x//http://a"),
    "address with a blank": source("web_address", url="http://a b"),
    "address without a scheme": source("web_address", url="//example.cn"),
    "address turned round": source("control", url="https://a\u202e"),
    "hash too short": source("sha256", sha256="abc"),
}
GROUPS = {
    "truncated": TRUNCATED,
    "damaged": DAMAGED,
    "ragged": RAGGED,
    "header": HEADERS,
    "value": VALUES,
    "year": YEARS,
    "unit": UNITS,
    "key": KEYS,
    "encoding": ENCODINGS,
    "hostile": HOSTILE,
}
CASES = {f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()}
"""Every case by its name."""
