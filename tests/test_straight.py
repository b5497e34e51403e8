"""The straight way of reading a file and the long one give the same, and no bad cell passes as certainly good."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.generate import generate
from targets import reading
from targets.columns import Column, find_suspects
from targets.schema import DATA_FOLDER, check_value, resources
from targets.straight import read_straight
from tests.corpus import CASES, TARGETS, row, table
from tests.test_reading import BROKEN_CELL, BROKEN_SHAPE, READABLE, changed
from tests.test_reading import table as good_table

FIELDS = [field for resource in resources().values() for field in resource.fields]


def read_both(resource, content):
    """What each way makes of a file: cells and lines, and problems."""
    return [
        (found and ({name: c.cells.to_pylist() for name, c in found.columns.items()}, found.lines.tolist()), problems)
        for found, problems in (reading.read_table(resource, content), reading.read_any_table(resource, content))
    ]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_ways_agree_on_every_broken_or_hostile_file(case):
    straight, long = read_both(resources()[case.name], case.content)
    assert straight == long


BY_HAND = [
    *(broken for broken, _ in BROKEN_SHAPE.values()),
    *(good_table(changed(column, value)) for column, value, *_ in (*BROKEN_CELL.values(), *READABLE.values())),
]


@pytest.mark.parametrize("content", BY_HAND)
def test_both_ways_agree_on_what_is_edited_by_hand(content):
    straight, long = read_both(resources()["targets"], content.encode() if isinstance(content, str) else content)
    assert straight == long


@pytest.mark.parametrize("name", resources())
def test_the_projects_own_files_go_the_straight_way(name):
    resource = resources()[name]
    content = (DATA_FOLDER / resource.path).read_bytes()
    assert read_straight(content, resource.columns) is not None
    assert read_straight(content.replace(b"\n", b"\r\n"), resource.columns) is not None
    straight, long = read_both(resource, content)
    assert straight == long


SMALL = resources()["related"]
PIECES = ['"', '""', ",", "\n", "\r\n", "\r", "a", " ", "宁", "'", "\ufeff", "=", "\0", "\ufffd", "１"]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
@settings(max_examples=2000, deadline=None)
@example('a,b,"c""d",e\n')
@example('a,b,"c"d,e\n')
@example('a,b,c,"e')
@example('"","","",""\n')
@example('""",""","","",a\n')
def test_both_ways_agree_on_any_quotes_and_line_ends(body):
    straight, long = read_both(SMALL, (",".join(SMALL.columns) + "\n" + body).encode())
    assert straight == long


def quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set('",') else cell


@given(st.lists(st.lists(st.text('a",\u3000 宁', max_size=4), min_size=4, max_size=4), min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_quoted_cells_go_the_straight_way(records):
    """A record of one blank cell alone would be an empty line; there are four. One of blank cells alone is none."""
    content = "\n".join([",".join(SMALL.columns), *(",".join(map(quote, cells)) for cells in records)]).encode()
    read = read_straight(content, SMALL.columns)
    assert (read is None) == any(not any(cells) for cells in records)
    assert (
        read is None
        or [list(cells) for cells in zip(*(read[c].cells.to_pylist() for c in SMALL.columns), strict=True)] == records
    )


def test_a_cell_over_blocks_and_a_long_file_are_read_by_either_way():
    content = table(*(row(n, note="注" * (n % 7)) for n in range(20_000))).encode()
    straight, long = read_both(resources()["targets"], content)
    assert straight == long
    assert len(straight[0][1]) == 20_000
    assert read_straight(content, TARGETS.split(",")) is not None


CELLS = st.text(st.characters(codec="utf-8"), max_size=6) | st.text(
    "0123456789.,+-eE_ \u3000\x1c\x85abcxyz:/\u202e宁", max_size=20
)


@given(st.sampled_from(FIELDS), st.lists(CELLS, min_size=1, max_size=8))
@settings(max_examples=1500, deadline=None)
def test_no_bad_cell_passes_as_certainly_good(described, cells):
    column = Column.of(cells)
    suspects = dict(find_suspects(described, column.texts))
    for code, text in enumerate(column.texts.to_pylist()):
        if reading._check_cell(described, text)[0]:
            assert suspects[code] == text


GOOD_NUMBERS = ["0", "-1.5", "4000", "123456789012345", "999999999999999.25", "0.1", "1e3", "+5", "4,000", ""]


@pytest.mark.parametrize("described", [f for f in FIELDS if f.type == "number"], ids=lambda f: f.name)
def test_numbers_become_what_python_reads(described):
    good = [text for text in GOOD_NUMBERS if check_value(described, text)[0] in ("", "required")]
    expected = [float(text.replace(",", "")) if text else np.nan for text in good]
    np.testing.assert_array_equal(Column.of(good).to_numbers(), expected)


def test_nearly_every_cell_of_a_large_file_is_certain(tmp_path):
    """Else the checks would be made one by one."""
    generate(tmp_path, 3000)
    resource = resources()["targets"]
    read, problems = reading.read_table(resource, (tmp_path / resource.path).read_bytes())
    assert problems == []
    assert {f.name: find_suspects(f, read.columns[f.name].texts) for f in resource.fields} == {
        f.name: [] for f in resource.fields
    }
