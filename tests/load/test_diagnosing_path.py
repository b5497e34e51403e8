"""The fast path and the diagnosing path give the same, and no bad cell passes as certainly good."""

import csv
import io
from dataclasses import replace
from itertools import chain, product

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from targets.contract.columns import Column, find_suspects
from targets.contract.schema import DATA_FOLDER, check_value, resources
from targets.load import csv_reader
from targets.load.csv_reader import read_fast
from targets.load.diagnosing_path import MOST_IN_CELL, Refused, _split
from tests.corpus import CASES, TARGETS, row, table
from tests.generator import generate
from tests.load.test_csv_reader import BROKEN_CELL, BROKEN_SHAPE, READABLE, changed
from tests.load.test_csv_reader import table as good_table

FIELDS = [field for resource in resources().values() for field in resource.fields]
SMALL = resources()["related"]
TWO = replace(SMALL, fields=SMALL.fields[:2])


def read_both(resource, content):
    """What each path makes of a file: cells and lines, and problems."""
    return [
        (found and ({name: c.cells.to_pylist() for name, c in found.columns.items()}, found.lines.tolist()), problems)
        for found, problems in (csv_reader.read_table(resource, content), csv_reader.read_diagnosing(resource, content))
    ]


def check_both(resource, content, name=""):
    fast, diagnosed = read_both(resource, content)
    assert fast == diagnosed, name or content
    return fast


def test_both_paths_agree_on_every_broken_or_hostile_file():
    for name, case in CASES.items():
        check_both(resources()[case.name], case.content, name)
    for name, (broken, _) in BROKEN_SHAPE.items():
        check_both(resources()["targets"], broken.encode() if isinstance(broken, str) else broken, name)
    for name, (column, value, *_) in (*BROKEN_CELL.items(), *READABLE.items()):
        check_both(resources()["targets"], good_table(changed(column, value)).encode(), name)


def test_the_projects_own_files_take_the_fast_path():
    for name, resource in resources().items():
        content = (DATA_FOLDER / resource.path).read_bytes()
        columns = resource.expect(content.decode().split("\n")[0].split(","))
        assert read_fast(content, columns) is not None, name
        assert read_fast(content.replace(b"\n", b"\r\n"), columns) is not None, name
        check_both(resource, content, name)


def every_text(pieces: str, longest: int):
    """Every text of so many of the pieces or fewer."""
    return map("".join, chain.from_iterable(product(pieces, repeat=n) for n in range(longest + 1)))


def test_both_paths_agree_on_every_short_text():
    for body in every_text('",\na', 5):
        check_both(TWO, (",".join(TWO.columns) + "\n" + body).encode())


def split_by_csv(text):
    """The records that Python's own reader finds, and the line of each; None where quotes do not match."""
    reader, found, end = csv.reader(io.StringIO(text, newline=""), strict=True), [], 0
    try:
        for record in reader:
            found += [(record, end + 1)] if record else []
            end = reader.line_num
    except csv.Error:
        return None
    return found


def test_records_are_split_as_by_the_csv_module():
    for text in every_text('",\na', 6):
        try:
            records, lines, _ = _split("a.csv", text)
        except Refused:
            records = lines = None
        expected = split_by_csv(text)
        assert (None if records is None else list(zip(records, lines, strict=True))) == expected, text


def test_the_longest_cell_does_not_depend_on_what_others_tell_the_csv_module():
    whole, longer = ("x" * n for n in (MOST_IN_CELL, MOST_IN_CELL + 1))
    before = csv.field_size_limit()
    try:
        for limit in (before, 10, 2**31 - 1):
            csv.field_size_limit(limit)
            for mark in ("", '"'):
                content = f"{','.join(TWO.columns)}\na,{mark}%s{mark}\n"
                (cells, _), problems = check_both(TWO, (content % whole).encode(), limit)
                assert (cells[TWO.columns[1]], problems) == ([whole], [])
                found, problems = check_both(TWO, (content % longer).encode(), limit)
                assert (found, [(p.rule, p.line, p.details) for p in problems]) == (
                    None,
                    [("cell_too_long", 2, {"most": 131_072})],
                )
    finally:
        csv.field_size_limit(before)


PIECES = ['"', '""', ",", "\n", "\r\n", "\r", "a", " ", "宁", "'", "\ufeff", "=", "\0", "\ufffd", "１"]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
@example('a,b,"c""d",e\n')
@example('a,b,"c"d,e\n')
@example('a,b,c,"e')
@example('"","","",""\n')
@example('""",""","","",a\n')
def test_both_paths_agree_on_any_quotes_and_line_ends(body):
    check_both(SMALL, (",".join(SMALL.columns) + "\n" + body).encode())


def quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",') else cell


@given(st.lists(st.lists(st.text('a",\u3000 宁', max_size=4), min_size=4, max_size=4), min_size=1, max_size=5))
@example([["", "", "", ""], ["a", "", "", ""]])
def test_quoted_cells_take_the_fast_path(records):
    """A record of one blank cell alone would be an empty line; there are four. One of blank cells alone is none."""
    content = "\n".join([",".join(SMALL.columns), *(",".join(map(quote, cells)) for cells in records)]).encode()
    read = read_fast(content, SMALL.columns)
    if any(not any(cells) for cells in records):
        assert read is None
    else:
        cells = zip(*(read[name].cells.to_pylist() for name in SMALL.columns), strict=True)
        assert [list(each) for each in cells] == records


def test_a_cell_over_blocks_and_a_long_file_are_read_by_either_path():
    content = table(*(row(n, note="注" * (n % 7)) for n in range(8000))).encode()
    assert len(content) > csv_reader.READ_AT_ONCE
    (_, lines), _ = check_both(resources()["targets"], content, "long")
    assert len(lines) == 8000
    assert read_fast(content, TARGETS.split(",")) is not None


CELLS = st.text(st.characters(codec="utf-8"), max_size=6) | st.text(
    "0123456789.,+-eE_ \u3000\x1c\x85abcxyz:/\u202e宁", max_size=20
)


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_no_bad_cell_passes_as_certainly_good(cells):
    column = Column.of(cells)
    for described in FIELDS:
        suspects = dict(find_suspects(described, column.texts))
        for code, text in enumerate(column.texts.to_pylist()):
            if csv_reader._check_cell(described, text)[0]:
                assert suspects[code] == text, described.name


GOOD_NUMBERS = ["0", "-1.5", "4000", "123456789012345", "999999999999999.25", "0.1", "1e3", "+5", "4,000", ""]


def test_numbers_become_what_python_reads():
    for described in (f for f in FIELDS if f.type == "number"):
        good = [text for text in GOOD_NUMBERS if check_value(described, text)[0] in ("", "required")]
        expected = [float(text.replace(",", "")) if text else np.nan for text in good]
        np.testing.assert_array_equal(Column.of(good).to_numbers(), expected, described.name)


def test_nearly_every_cell_of_a_large_file_is_certain(tmp_path):
    """Else the checks would be made one by one."""
    generate(tmp_path, 3000)
    resource = resources()["targets"]
    read, problems = csv_reader.read_table(resource, (tmp_path / resource.path).read_bytes())
    assert problems == []
    assert {f.name: find_suspects(f, read.columns[f.name].texts) for f in resource.fields} == {
        f.name: [] for f in resource.fields
    }
