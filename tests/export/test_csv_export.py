"""Downloads: what Excel opens as text, and what loads again as it was."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.export.csv_export import HOT, file_name, neutralise, records_table, stream_csv, to_csv
from targets.load import dataset
from targets.load.csv_reader import FORMULA_START
from targets.load.files import read_folder
from targets.query.facets import options
from targets.query.narrowing import ORDERS, select, sort_rows
from targets.query.selection import FACETS, Selection
from targets.query.tables import TABLES, Choice, table_of


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_download_loads_again_to_the_same_records(data, folder):
    files = dict(read_folder(folder).contents)
    again = dataset.build(files | {"targets": to_csv(records_table(data.frame))})
    pd.testing.assert_frame_equal(again.frame, data.frame)


def test_a_filtered_download_has_the_rows_on_screen_in_their_order(data):
    rows = select(data, Selection(district=("镇海区",), kind=("target",)))
    content = to_csv(records_table(rows))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == len(rows) + 1
    frame = pd.read_csv(io.BytesIO(content))
    assert frame["id"].tolist() == rows["id"].tolist()
    assert frame["comparator"].notna().all()
    assert frame["canonical_value"].tolist() == rows["canonical_value"].tolist()
    assert frame.columns[-6:].tolist() == [
        "canonical_value",
        "canonical_unit",
        "low",
        "high",
        "low_closed",
        "high_closed",
    ]


def test_open_ends_and_missing_numbers_are_blank(data):
    table = pd.read_csv(io.BytesIO(to_csv(records_table(data.frame))), dtype="str", keep_default_na=False).set_index(
        "id"
    )
    derived = table.columns[-6:]
    assert table.loc["zhenhai-gross-output-2022", derived].tolist() == ["4000", "亿元", "4000", "", "false", "false"]
    assert table.loc["zhenhai-output-per-mu-rank-2021", derived].tolist() == ["10", "位", "", "10", "false", "true"]
    assert table.loc["zeekr-senior-talent-2025", derived].tolist() == ["500", "人", "", "", "", ""]
    assert table.loc["yuyao-five-focuses", derived].tolist() == ["", "", "", "", "", ""]
    assert table.loc["ningbo-gdp-2026", ["value", "unit"]].tolist() == ["2.2", "万亿元"]


def test_a_cell_that_excel_would_run_becomes_text_and_others_stay():
    hot = ["=1+1", "+A1", "-cmd", "@SUM(1)", "\t=1", "\r=1", "＝1", " =1", "\u3000@x", "'quoted", "\ufeff=1"]
    plain = ["-5", "+5", "%", "4,000", "突破4000亿元", "a=b", "", "3-5"]
    assert [neutralise(cell) for cell in (*hot, *plain)] == ["'" + cell for cell in hot] + plain


@given(st.text(max_size=30))
def test_taking_one_apostrophe_off_gives_the_text_back(text):
    written = neutralise(text)
    assert (FORMULA_START.sub("", written) if written != text else written) == text
    assert written == text or written == "'" + text


def test_hostile_cells_go_out_harmless_and_come_back(folder):
    path = folder / "targets.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[1] = lines[1].removesuffix(",,") + ",=1+1,@x"
    path.write_text("\n".join(lines), encoding="utf-8")
    data = dataset.load(folder)
    content = to_csv(records_table(data.frame))
    assert cells(content)[1][21:23] == ["'=1+1", "'@x"]
    again = dataset.build(read_folder(folder).contents | {"targets": content})
    assert again.frame.loc[0, ["note", "note_en"]].tolist() == ["=1+1", "@x"]


def test_numbers_are_written_plainly_and_give_themselves_back():
    numbers = [1e-08, 0.1, 2.2, 1e15, 123456789.25, -0.5, 0.0, float("nan"), float("inf")]
    written = [row[0] for row in cells(to_csv(pd.DataFrame({"n": numbers})))[1:]]
    assert written == ["0.00000001", "0.1", "2.2", "1000000000000000", "123456789.25", "-0.5", "0", "", ""]
    assert [float(text) for text in written[:7]] == numbers[:7]


def test_every_chart_s_table_is_a_rectangle_of_plain_cells(data):
    for name in TABLES:
        table = table_of(name, data, Selection(), Choice())
        header, *rows = cells(to_csv(table))
        assert header == list(table.columns), name
        assert len(rows) == len(table), name
        assert {len(row) for row in rows} == {len(header)}, name
        assert not {"nan", "NaN", "<NA>", "None", "inf"} & {cell for row in rows for cell in row}, name
        assert [header, *rows] == cell_by_cell(table), name


def test_the_file_name_says_what_and_which(data):
    selection = Selection(district=("镇海区",), year=("2026",))
    assert file_name(data, "zh", selection, "targets", "csv") == "目标与数字_镇海区_2026.csv"
    assert file_name(data, "en", selection, "place", "csv") == "place_Zhenhai-District_2026.csv"


def cell_by_cell(table: pd.DataFrame) -> list[list[str]]:
    """What a reader of to_csv's bytes must find, from each cell by itself."""

    def write(value: object) -> str:
        if pd.isna(value) or value in (float("inf"), float("-inf")):
            return ""
        if isinstance(value, float):
            return str(int(value)) if value == int(value) else np.format_float_positional(value)
        return ("false", "true")[value] if isinstance(value, bool) else neutralise(str(value))

    return [list(table.columns), *([write(v) for v in row] for row in table.astype("object").itertuples(index=False))]


TEXT = st.text(st.sampled_from("a\",\r\n\t '=+-@1.宁＝\u200b\u3000"), max_size=6)
COLUMNS = {
    "text": (TEXT, "str"),
    "category": (st.sampled_from(["甲", "=1", 'a"b', None]), "category"),
    "mixed": (st.sampled_from(["true", "false", None]), "object"),
    "number": (st.floats(allow_nan=True, width=64) | st.sampled_from([0.1, 4000.0, -0.0, 1e15, 1e-9, 1e22]), "float64"),
    "year": (st.integers(1949, 2100) | st.none(), "Int64"),
    "whole": (st.integers(-5, 10**15), "int64"),
    "closed": (st.booleans(), "bool"),
}


@given(st.data(), st.sets(st.sampled_from(list(COLUMNS)), min_size=1), st.integers(0, 4))
def test_a_table_is_written_as_cell_by_cell(drawn, names, rows):
    table = pd.DataFrame(
        {
            name: pd.Series(drawn.draw(st.lists(cell, min_size=rows, max_size=rows)), dtype=dtype)
            for name, (cell, dtype) in COLUMNS.items()
            if name in names
        }
    )
    assert cells(to_csv(table)) == cell_by_cell(table)


def test_text_stands_in_quotes_and_numbers_blank_cells_and_truth_do_not():
    table = pd.DataFrame({"text": ['a,"b"', "", "7"], "n": [0.5, float("nan"), -0.0], "yes": [True, False, True]})
    table["word"] = pd.Categorical(["甲", None, "=1"])
    content = 'text,n,yes,word\r\n"a,""b""",0.5,true,"甲"\r\n,,false,\r\n"7",0,true,"\'=1"\r\n'
    assert to_csv(table) == content.encode("utf-8-sig")
    assert to_csv(table, mark=False) == content.encode()


def test_text_that_excel_would_run_is_never_taken_for_harmless():
    first = [c for c in map(chr, (*range(0xD800), *range(0xE000, 0x10000))) if HOT.match(c + "=")]
    assert len(first) == 19
    for character in first:
        table = pd.DataFrame({"text": pd.Series(["a", character + "=1"], dtype="str"), "n": 1})
        assert cells(to_csv(table)) == [["text", "n"], ["a", "1"], ["'" + character + "=1", "1"]], character


@given(st.data())
def test_a_selection_in_any_order_is_the_same_in_blocks_as_at_once(data, drawn):
    chosen = {
        facet: tuple(drawn.draw(st.lists(st.sampled_from(options(data, facet)), max_size=3, unique=True)))
        for facet in drawn.draw(st.sets(st.sampled_from(FACETS), max_size=2))
    }
    selection, sort = Selection(**chosen), drawn.draw(st.sampled_from(["", *ORDERS]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dataset, "BLOCK", drawn.draw(st.sampled_from([20, 100])))
        written = b"".join(stream_csv(data.stream(selection, sort)))
    assert written == to_csv(records_table(sort_rows(select(data, selection), sort)))


def test_blocks_are_written_when_they_are_asked_for(data, monkeypatch):
    monkeypatch.setattr(dataset, "BLOCK", 50)
    header, *pieces = stream_csv(data.stream(Selection()))
    assert header == b"".join(stream_csv(())) == to_csv(records_table(data.frame[:0]))
    assert [len(rows) for rows in data.stream(Selection())] == [50, 20]
    assert len(pieces) == 2
