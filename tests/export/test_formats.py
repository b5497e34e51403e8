"""Workbook, JSON and data package: opened by others and read back, cell by cell."""

import hashlib
import io
import json
import re
import zipfile
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pandas as pd
import pytest
import yaml

from targets.contract.schema import resources
from targets.export.data_package import to_package, with_linked
from targets.export.json_export import to_json
from targets.export.workbook import PROGRESS, TooManyRecordsError, clean, to_workbook
from targets.load import dataset
from targets.query.narrowing import select, sort_rows
from targets.query.selection import Selection, describe
from targets.text import LANGUAGES, say
from tests.invented import ABOUT_RECORDS

CHOSEN = Selection(district=("镇海区", "前湾新区"), kind=("target", "pledge"))
HOT = ["=1+1", '=HYPERLINK("http://evil.test")', "+A1", "-cmd", "@SUM(1)", "'quoted", "http://evil.test", "007", "1e5"]


def open_workbook(content: bytes):
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content))


def hostile(folder, notes: list[str]) -> dataset.Dataset:
    """The project's data with these texts as the notes of its first records."""
    path = folder / "targets.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[: len(notes) - 1, "note"] = notes
    frame.loc[: len(notes) - 1, "note_en"] = notes
    frame.to_csv(path, index=False)
    return dataset.load(folder)


# Workbook


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_has_a_sheet_each_with_a_fixed_heading_and_filters(data, lang):
    rows = select(data, CHOSEN)
    book = open_workbook(to_workbook(data, lang, CHOSEN, rows))
    targets, sources = resources()["targets"], resources()["sources"]
    names = [targets.titles[lang], say(lang, "page.progress"), sources.titles[lang], say(lang, "records.dictionary")]
    assert book.sheetnames == names
    fields = (*targets.fields, *targets.derived)
    headings = [[cell.value for cell in sheet[1]] for sheet in book]
    assert headings[0] == [f.titles[lang] for f in fields]
    assert headings[2] == [f.titles[lang] for f in sources.fields]
    assert all(len(set(each)) == len(each) for each in headings)
    commitments = int((rows["kind"] != "actual").sum())
    for sheet, length in zip(book, (len(rows), commitments, 1, len(fields)), strict=True):
        assert sheet.freeze_panes == "A2"
        assert sheet.max_row == length + 1
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(length + 1, sheet.max_column).coordinate}"
    assert book.properties.subject == describe(data, lang, CHOSEN)
    assert data.version in book.properties.description
    assert [row[1].value for row in book.worksheets[3].iter_rows(min_row=2)] == [f.name for f in fields]


def test_cells_of_a_workbook_have_their_types(data):
    sheet = open_workbook(to_workbook(data, "en", Selection(), data.frame)).worksheets[0]
    names = [f.name for f in (*resources()["targets"].fields, *resources()["targets"].derived)]
    found = {row[0]: dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert list(found) == data.frame["id"].tolist()
    columns = ["year", "comparator", "value", "unit", "canonical_value", "low", "high", "low_closed", "high_closed"]
    expected = {
        "zhenhai-gross-output-2022": [2022, "over", 4000, "亿元 (RMB 100m)", 4000, 4000, None, False, False],
        "zhenhai-output-per-mu-rank-2021": [2021, "at most", 10, "位 (place)", 10, None, 10, False, True],
        "ningbo-gdp-2026": [2026, "at least", 2.2, "万亿元 (RMB tn)", 22000, 22000, None, True, False],
        "zeekr-senior-talent-2025": [2025, "about", 500, "人 (people)", 500, None, None, None, None],
        "yuyao-five-focuses": [None, None, None, None, None, None, None, None, None],
    }
    for key, cells in expected.items():
        row = [found[key][column] for column in columns]
        if key == "ningbo-gdp-2026":
            row[1], row[7] = cells[1], cells[7]
        assert row == cells, key
        assert [type(cell) for cell in row] == [type(cell) for cell in cells], key


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["地区生产总值", "目标", 2026, "▷ 未到期", 2020, 13100, 2025, 18700, "进展适中", "进展适中"]),
        ("en", ["Gross domestic product (GDP)", "Target", 2026, "▷ not due", 2020, 13100, 2025, 18700]
               + ["moderate progress"] * 2),
    ],
)  # fmt: skip
def test_a_workbook_says_what_became_of_each_target(all_data, lang, said):
    rows = select(all_data, Selection()).iloc[::-1]
    sheet = open_workbook(to_workbook(all_data, lang, Selection(), rows)).worksheets[1]
    found = [dict(zip(PROGRESS, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [row["id"] for row in found] == rows.loc[rows["kind"] != "actual", "id"].tolist()
    row = next(row for row in found if row["id"] == "ningbo-gdp-2026")
    shown = ("indicator", "kind", "year", "state", "base_year", "base_value", "actual_year", "actual_value")
    assert [row[name] for name in (*shown, "class_low", "class_high")] == said
    assert (round(row["remaining_low"], 1), row["break_crossed"]) == (17.3, True)
    bounded = next(row for row in found if row["id"] == "zhenhai-gross-output-2022")
    assert [bounded[f"base_{end}"] for end in ("value", "low", "high")] == [3000, 3000, None]
    pledge = next(row for row in found if row["id"] == "yuyao-five-focuses")
    assert (pledge["year"], pledge["canonical_value"], pledge["ratio_low"]) == (None, None, None)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_cells_of_a_workbook_hold_the_words_of_the_pages(data, lang):
    book = open_workbook(to_workbook(data, lang, CHOSEN, select(data, CHOSEN)))
    names = [f.name for f in (*resources()["targets"].fields, *resources()["targets"].derived)]
    rows = book.worksheets[0].iter_rows(min_row=2, values_only=True)
    row = next(row for row in rows if row[0] == "zhenhai-gross-output-2022")
    columns = [
        "source", "as_printed", "actor", "district", "industry", "indicator", "kind", "year_basis", "comparator",
        "canonical_unit", "modality",
    ]  # fmt: skip
    expected = {
        "zh": [
            "创新引领发展 智造成就未来", "突破4000亿元", "镇海区", "镇海区", "工业", "规上工业总产值", "目标", "推定",
            "超过", "亿元", "力争",
        ],
        "en": [
            "Innovation leads development, smart manufacturing makes the future", "突破4000亿元", "Zhenhai District",
            "Zhenhai District", "Industry", "Gross industrial output (above designated size)", "Target", "Inferred",
            "over", "亿元 (RMB 100m)", "力争 (strive for)",
        ],
    }  # fmt: skip
    assert [row[names.index(column)] for column in columns] == expected[lang]
    explained = {row[1].value: row[4].value for row in book.worksheets[3].iter_rows(min_row=2)}
    word = resources()["targets"].field("comparator").label(lang, "gt")
    assert f"gt {word}" in explained["comparator"]
    basis = resources()["sources"].columns.index("year_basis")
    stated = data.by_key["sources"].loc["ningbo-2022", "year_basis"]
    assert book.worksheets[2][2][basis].value == resources()["sources"].field("year_basis").label(lang, stated)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_in_a_workbook_runs_or_leads_away(folder, lang):
    data = hostile(folder, HOT)
    content = to_workbook(data, lang, Selection(q="=1+1"), data.frame)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode()
            assert not re.search(r"<(?:\w+:)?(f|hyperlink)[ />]", text), name
            assert "externalLink" not in name
            assert 'TargetMode="External"' not in text
    sheet = open_workbook(content).worksheets[0]
    place = resources()["targets"].columns.index("note") + 1
    cells = [sheet.cell(row, place) for row in range(2, len(HOT) + 2)]
    assert [cell.value for cell in cells] == HOT
    assert {cell.data_type for cell in cells} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells] == [True] * 6 + [False] * 3


def test_what_a_cell_cannot_hold_is_shown():
    cells = {
        "a\x00b\x07c": "a\ufffdb\ufffdc",
        "\x1b[31m\x7f\x85\x9f": "\ufffd[31m\ufffd\x85\ufffd",
        "\ud800x\ufffe\uffff": "\ufffdx\ufffd\ufffd",
        "tab\tand 汉字 😀": "tab\tand 汉字 😀",
        "x" * 32_767: "x" * 32_767,
        "x" * 32_768: "x" * 32_766 + "…",
    }
    assert {text: clean(text) for text in cells} == cells


def test_whatever_a_cell_holds_is_xml_and_else_the_text_itself():
    for code in range(0x11000):
        text = f"a{chr(code)}b"
        cell = clean(text)
        assert cell in (text, "a\ufffdb")
        assert ElementTree.fromstring(f"<c>{escape(cell)}</c>").text == cell.replace("\r", "\n"), hex(code)


def test_a_workbook_with_forbidden_characters_opens(data):
    notes = ["bell\x07 and escape\x1b", "_x0041_ stays", "<b>&amp;</b>"]
    rows = data.frame.head(3).assign(note=notes)
    sheet = open_workbook(to_workbook(data, "zh", Selection(), rows)).worksheets[0]
    place = resources()["targets"].columns.index("note") + 1
    found = [sheet.cell(row, place).value for row in (2, 3, 4)]
    assert found == ["bell\ufffd and escape\ufffd", "_x0041_ stays", "<b>&amp;</b>"]


def test_a_workbook_takes_no_more_than_it_can_hold(data, monkeypatch):
    monkeypatch.setattr("targets.export.workbook.MOST_RECORDS", 69)
    with pytest.raises(TooManyRecordsError):
        to_workbook(data, "zh", Selection(), data.frame)


# JSON


def test_json_has_typed_records_and_what_explains_them(data):
    rows = sort_rows(select(data, CHOSEN), "-line")
    found = json.loads(to_json(data, CHOSEN, rows))
    assert {name: found[name] for name in ("title", "title_en", "data_version", "count", "selection")} == {
        "title": "经济目标与数字",
        "title_en": "Economic targets and figures",
        "data_version": data.version,
        "count": len(rows),
        "selection": {
            "parameters": {"district": ["镇海区", "前湾新区"], "kind": ["target", "pledge"]},
            "zh": "区县：镇海区和前湾新区；类别：目标和无数字承诺",
            "en": "District: Zhenhai District and Qianwan New Area; Kind: Target and Pledge without a number",
        },
    }
    assert [record["id"] for record in found["records"]] == rows["id"].tolist()
    names = [column["name"] for column in found["columns"]]
    assert all(list(record) == names for record in found["records"])
    assert all(column["title"] and column["title_en"] for column in found["columns"])
    assert {unit["unit"] for unit in found["units"]} == {*rows["unit"], *rows["canonical_unit"]} - {""}
    assert [source["id"] for source in found["sources"]] == ["ningbo-2022"]


def test_json_says_null_for_blank_cells_and_open_ends(data):
    found = {r["id"]: r for r in json.loads(to_json(data, Selection(), data.frame))["records"]}
    columns = ["line", "year", "comparator", "value", "unit", "low", "high", "low_closed", "high_closed", "base"]
    assert [found["zhenhai-gross-output-2022"][c] for c in columns] == [
        8, 2022, "gt", 4000, "亿元", 4000, None, False, False, None,
    ]  # fmt: skip
    assert [found["zeekr-senior-talent-2025"][c] for c in columns[3:]] == [500, "人", None, None, None, None, None]
    assert [found["yuyao-five-focuses"][c] for c in columns[1:]] == [None] * 9
    assert found["ningbo-gdp-2026"]["value"] == 2.2


def test_json_of_nothing_and_of_many_chunks_is_json(data):
    assert json.loads(to_json(data, Selection(), data.frame[:0]))["records"] == []
    whole = to_json(data, Selection(), data.frame)
    assert to_json(data, Selection(), data.frame, chunk=7) == whole


# Data package


def validate(folder):
    """What an independent reader of data packages makes of one."""
    from frictionless import Package

    return Package(str(folder / "datapackage.json")).validate()


def unpack(content: bytes, tmp_path):
    folder = tmp_path / "package"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def test_an_independent_reader_finds_a_package_valid(data, tmp_path):
    for selection in (Selection(), CHOSEN, Selection(district=("余姚市",), kind=("target",))):  # the last one: none
        rows = select(data, selection)
        report = validate(unpack(to_package(data, selection, rows), tmp_path / str(len(rows))))
        assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
        assert len(report.tasks) == len(resources())
        assert report.tasks[0].stats.get("rows", 0) == len(rows)


def test_a_package_loads_again_to_the_same_records(data, tmp_path):
    rows = sort_rows(select(data, CHOSEN), "-line")
    again = dataset.load(unpack(to_package(data, CHOSEN, rows), tmp_path))
    columns = [column for column in data.frame if column != "line_in_file"]
    pd.testing.assert_frame_equal(again.frame[columns], rows[columns].reset_index(drop=True), check_categorical=False)
    for name in resources():
        if name not in ("targets", *ABOUT_RECORDS):
            pd.testing.assert_frame_equal(again.tables[name], data.tables[name])
    every = data.tables["checks"]["check"].tolist()
    assert again.tables["checks"]["check"].tolist() == [name for name in every if name != "zeekr-senior-talent"]


def test_hostile_cells_of_a_package_are_harmless_and_come_back(folder, tmp_path):
    data = hostile(folder, HOT)
    unpacked = unpack(to_package(data, Selection(), data.frame), tmp_path)
    assert validate(unpacked).valid
    first = pd.read_csv(unpacked / "targets.csv")["note"][: len(HOT)].tolist()
    assert first == ["'" + text for text in HOT[:6]] + HOT[6:]
    assert dataset.load(unpacked).frame["note"][: len(HOT)].tolist() == HOT


def test_a_package_says_what_it_holds(data, tmp_path):
    selection = Selection(district=("镇海区",), q="`<b>")
    folder = unpack(to_package(data, selection, select(data, Selection(district=("镇海区",)))), tmp_path)
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (described["version"], described["selection"]["zh"]) == (data.version, "区县：镇海区；含“`<b>”")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "全部70条记录中的12条" in readme and "12 of 70 records" in readme
    assert [line for line in readme.splitlines() if "<b>" in line] == [
        "    区县：镇海区；含“`<b>”",
        "    District: Zhenhai District; containing “`<b>”",
    ]
    citation = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["cff-version"], citation["type"], citation["version"]) == ("1.2.0", "dataset", data.version)
    assert citation["title"] and citation["message"] and citation["authors"] == [{"name": "目标追踪 · Target Tracker"}]
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    del files["SHA256SUMS"]
    assert sums == files
    assert {r["path"]: r["hash"] for r in described["resources"]} == {
        resource.path: "sha256:" + files[resource.path] for resource in resources().values()
    }


def test_records_that_selected_ones_name_come_along_and_are_told_apart(folder, tmp_path):
    """镇海区's target of 2022 names its actual of 2021 as its base; choosing 2022 alone leaves it out."""
    path = folder / "targets.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[frame["id"] == "zhenhai-gross-output-2022", "base"] = "zhenhai-gross-output-2021"
    frame.to_csv(path, index=False)
    data = dataset.load(folder)
    selection = Selection(district=("镇海区",), year=("2022",))
    rows = select(data, selection)
    together, linked = with_linked(data, rows)
    assert linked == ["zhenhai-gross-output-2021"]
    assert together["id"].tolist() == [*rows["id"], *linked]
    unpacked = unpack(to_package(data, selection, rows), tmp_path)
    assert validate(unpacked).valid
    assert json.loads((unpacked / "datapackage.json").read_text(encoding="utf-8"))["linked"] == linked
    assert "末尾另有1条记录" in (unpacked / "README.md").read_text(encoding="utf-8")
    assert dataset.load(unpacked).frame["id"].tolist() == together["id"].tolist()
    assert with_linked(data, data.frame)[1] == []
