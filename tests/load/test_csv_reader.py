"""One case per way a file can be broken, with the message a reader gets; and what must still load."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from targets.contract.dictionary import write_dictionary
from targets.contract.schema import PATTERNS, InvalidDataError, read_field, resources
from targets.export.csv_export import records_table, to_csv
from targets.load import dataset
from targets.load.diagnosing_path import decode
from targets.query.facets import options
from targets.query.narrowing import select
from targets.query.selection import Selection
from targets.text import phrases
from tests.corpus import row
from tests.invented import HEADER, code_lists

ROW = row()
MANY = len(HEADER.split(","))


def contents(targets: bytes | str, **others: bytes) -> dict[str, bytes]:
    """The project's own files with targets.csv, and others, replaced."""
    files = code_lists()
    return files | {"targets": targets.encode() if isinstance(targets, str) else targets} | others


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def changed(column: str, value: str) -> str:
    """The good row with one cell changed."""
    cells = ROW.split(",")
    cells[HEADER.split(",").index(column)] = value
    return ",".join(cells)


def messages(files: dict[str, bytes], lang: str = "zh") -> list[str]:
    with pytest.raises(InvalidDataError) as raised:
        dataset.build(files)
    return [problem.say(lang) for problem in raised.value.problems]


BROKEN_SHAPE = {
    "empty": ("", "targets.csv：文件是空的；应有表头和至少一行记录"),
    "blank": (" \n\n", "targets.csv：文件是空的；应有表头和至少一行记录"),
    "header only": (table(), "targets.csv：只有表头，没有记录；应至少有一行记录"),
    "missing column": (
        HEADER.replace(",unit,", ",") + "\n" + ROW,
        "targets.csv，第1行，“unit”列：缺少这一列",
    ),
    "extra column": (
        HEADER + ",colour\n" + ROW + ",red",
        "targets.csv，第1行，“colour”列：没有这一列；最接近的是“actor”",
    ),
    "renamed column": (
        HEADER.replace("district", "distrikt") + "\n" + ROW,
        "targets.csv，第1行，“distrikt”列：没有这一列；最接近的是“district”",
    ),
    "swapped columns": (
        HEADER.replace("actor,district", "district,actor") + "\n" + ROW,
        "targets.csv，第1行，“district”列：列的次序不对；这里应是“actor”",
    ),
    "repeated column": (
        HEADER.replace("district", "actor") + "\n" + ROW,
        "targets.csv，第1行，“actor”列：这一列出现不止一次；每列只应出现一次",
    ),
    "no header": (
        ROW,
        "targets.csv，第1行，值“a-1,ningbo-2022,8,突破4000亿元,镇海区,镇海区,工业,规上…”：这一行不是表头；第1行应以 id,source,line,as_printed 开头",
    ),
    "short row": (
        table(ROW, "a-2,ningbo-2022,8"),
        f"targets.csv，第3行，值“a-2,ningbo-2022”：有3个单元格，应有{MANY}个；单元格里若有逗号，整格须用双引号括起",
    ),
    "thousands comma without quotes, in the first record": (
        table(ROW.replace(",4000,", ",4,000,")),
        f"targets.csv，第2行，值“a-1,ningbo-2022”：有{MANY + 1}个单元格，应有{MANY}个；单元格里若有逗号，整格须用双引号括起",
    ),
    "line break in a cell": (
        table(changed("note", '"one\ntwo"')),
        "targets.csv，第2行：单元格里有换行，一直到第3行；一条记录应只占一行",
    ),
    "a quote that swallows records": (
        table(changed("note", '"swallowed'), ROW, ROW),
        "targets.csv，第2行：引号不配对；含引号的单元格应整体用双引号括起，内部引号写两遍",
    ),
    "a quote inside a cell": (
        table(ROW, changed("note", '"a"b')),
        "targets.csv，第3行：引号不配对；含引号的单元格应整体用双引号括起，内部引号写两遍",
    ),
    "NUL": (
        table(ROW, "\x00").encode(),
        "targets.csv，第3行：含有空字符（NUL），文件已损坏或不是CSV；UTF-16文件须带标记",
    ),
    "UTF-16 without a mark": (
        table(ROW).encode("utf-16-le"),
        "targets.csv，第1行：含有空字符（NUL），文件已损坏或不是CSV；UTF-16文件须带标记",
    ),
    "no encoding": (
        table(ROW).encode() + b"\xff\xff\xff",
        "targets.csv，第3行：这一行不是UTF-8，也不是GB18030；请另存为“CSV UTF-8”",
    ),
    "replacement character": (
        table(changed("note", "\ufffd")),
        "targets.csv，第2行：含有乱码字符（U+FFFD），原字已丢失；请从原文件重新保存",
    ),
    "merge markers": (
        table("<<<<<<< HEAD", ROW),
        f"targets.csv，第2行，值“<<<<<<< HEAD”：有1个单元格，应有{MANY}个；单元格里若有逗号，整格须用双引号括起",
    ),
    "an HTML page": (
        "<!DOCTYPE html>\n<html></html>",
        "targets.csv，第1行，值“<!DOCTYPE html>”：这一行不是表头；第1行应以 id,source,line,as_printed 开头",
    ),
    "semicolons": (table(ROW).replace(",", ";"), "targets.csv，第1行：单元格之间是分号；请另存为用逗号分隔的CSV"),
}


def test_a_broken_shape_is_refused_with_its_place():
    for name, (broken, message) in BROKEN_SHAPE.items():
        assert message in messages(contents(broken)), name


BROKEN_CELL = {
    "text in value": ("value", "四千", "第2行，“value”列，值“四千”：应是普通数字"),
    "unit in value": ("value", "4000亿元", "第2行，“value”列，值“4000亿元”：应是普通数字"),
    "qualifier in value": ("value", "约4000", "第2行，“value”列，值“约4000”：应是普通数字"),
    "nan": ("value", "nan", "第2行，“value”列，值“nan”：应是普通数字"),
    "inf": ("value", "inf", "第2行，“value”列，值“inf”：应是普通数字"),
    "1e999": ("value", "1e999", "第2行，“value”列，值“1e999”：应是普通数字"),
    "underscore": ("value", "4_000", "第2行，“value”列，值“4_000”：应是普通数字"),
    "Arabic-Indic digits": ("value", "٤٠", "第2行，“value”列，值“٤٠”：应是普通数字"),
    "error of a spreadsheet": ("value", "#REF!", "第2行，“value”列，值“#REF!”：应是普通数字"),
    "separators out of place": ("value", '"40,00"', "第2行，“value”列，值“40,00”：应是普通数字"),
    "far too large": ("value", "9" * 20, "“value”列，值“99999999999999999999”：数字太大；请检查单位"),
    "year 20222": ("year", "20222", "第2行，“year”列，值“20222”：应在1949到2100之间"),
    "half a year": ("year", "2025.5", "第2行，“year”列，值“2025.5”：应是整数，例如 2026"),
    "Chinese year": ("year", "二〇二五", "第2行，“year”列，值“二〇二五”：应是整数，例如 2026"),
    "date as year": ("year", "45658", "第2行，“year”列，值“45658”：应在1949到2100之间"),
    "unknown district": (
        "district", "镇海县", "第2行，“district”列，值“镇海县”：districts.csv 里没有；最接近的是“镇海区”"
    ),
    "unknown unit": ("unit", "万亿圆", "第2行，“unit”列，值“万亿圆”：units.csv 里没有；最接近的是“万亿元”"),
    "unknown indicator": (
        "indicator", "规上工业产值", "“indicator”列，值“规上工业产值”：indicators.csv 里没有；最接近的是“规上工业总产值”"
    ),
    "unknown source": ("source", "ningbo-2023", "“source”列，值“ningbo-2023”：sources.csv 里没有；最接近的是“ningbo-2022”"),
    "unknown kind": ("kind", "targets", "第2行，“kind”列，值“targets”：没有这个取值；最接近的是“target”"),
    "unknown comparator": ("comparator", "≥", "第2行，“comparator”列，值“≥”：没有这个取值；可用的有：gt、ge、eq、approx、le、lt"),
    "unit of another dimension": (
        "unit", "家", "第2行，“unit”列，值“家”：这个单位量不了量纲为“money”的指标；请检查单位或指标"
    ),
    "blank id": ("id", "", "第2行，“id”列：不能为空"),
    "blank actor": ("actor", "", "第2行，“actor”列：不能为空"),
    "blank value of a target": ("value", "", "“value”列：类别是“target”，这一列不能为空；没有数字的承诺用 pledge"),
    "blank comparator of a target": ("comparator", "", "“comparator”列：类别是“target”，这一列不能为空"),
    "id not plain": ("id", "A 1", "第2行，“id”列，值“A 1”：编号只用小写字母、数字和连字符，例如 ningbo-gdp-2026"),
    "a sentence as printed": ("as_printed", "长" * 25, "“as_printed”列，值“" + "长" * 25 + "”：有25个字，最多24个"),
    "blank in as_printed": ("as_printed", "突破 4000", "“as_printed”列，值“突破 4000”：不能含空白，英文单位前的一个空格除外，例如 1.57 trillion yuan"),
    "year without basis": ("year_basis", "none", "“year_basis”列，值“none”：有年份，年份依据应是 printed 或 inferred"),
    "basis without year": ("year", "", "第2行，“year”列：年份为空，年份依据应是 none；否则请填年份"),
    "status of a target": ("status", "final", "“status”列，值“final”：只有事实（actual）才有数据状态；“target”应为空"),
    "line missing": ("line", "", "第2行，“line”列：来源是印刷文本，应填行号"),
    "line beyond the source": ("line", "351", "第2行，“line”列，值“351”：来源只有350行"),
    "number for a programme": ("indicator", "五个聚力", "这个指标是具名计划，没有量纲；有数字的记录应用统计指标"),
}  # fmt: skip


def test_a_broken_cell_is_refused_with_its_place():
    for name, (column, value, message) in BROKEN_CELL.items():
        found = messages(contents(table(changed(column, value))))
        assert any(m.startswith("targets.csv，") and message in m for m in found), (name, found)


def test_every_way_a_cell_must_be_written_has_its_sentence():
    fields = [field for resource in resources().values() for field in resource.fields]
    patterns = {field.constraints["pattern"] for field in fields if "pattern" in field.constraints}
    assert patterns == {*PATTERNS}
    assert {f"problem.{rule}" for rule in PATTERNS.values()} <= {*phrases()}


def test_a_pledge_with_a_number_is_refused():
    found = messages(contents(table(changed("kind", "pledge"))))
    assert found == [
        f"targets.csv，第2行，“{column}”列，值“{value}”：无数字承诺（pledge）的这一列应为空"
        for column, value in (("value", "4000.0"), ("unit", "亿元"), ("comparator", "gt"))
    ]


def test_a_rank_is_a_whole_number_from_one():
    row = (
        ROW.replace("规上工业总产值", "工业增加值全国城市位次").replace("亿元,力争", "位,力争").replace(",4000,", ",0,")
    )
    assert messages(contents(table(row))) == ["targets.csv，第2行，“value”列，值“0.0”：位次应是从1起的整数"]


def test_a_repeated_id_names_both_lines():
    assert messages(contents(table(ROW, ROW.replace("a-1", " a-1 ")))) == [
        "targets.csv，第3行，“id”列，值“a-1”：编号重复，第2行已用；每个编号只能用一次"
    ]


def test_all_problems_are_reported_at_once_in_both_languages():
    rows = table(changed("value", "四千"), changed("year", "20222").replace("a-1", "a-2"))
    broken = contents(rows, districts=b"district,name_en,within,order\n")
    assert messages(broken, "en") == [
        "targets.csv, line 2, column “value”, value “四千”: a plain number was expected, such as 4000 or 2.2; "
        "the unit belongs in “unit”, 约 or 超 in “comparator”",
        "targets.csv, line 3, column “year”, value “20222”: expected between 1949 and 2100",
        "districts.csv: only a header, no record; at least one record was expected",
    ]
    assert len(messages(broken)) == 3


def test_many_problems_of_one_kind_are_counted_not_listed():
    rows = table(*(changed("value", "四千").replace("a-1", f"a-{n}") for n in range(60)))
    found = messages(contents(rows))
    assert len(found) == 51
    assert "targets.csv，“value”列：同样的问题还有10处" in found


def test_what_excel_saves_is_read():
    for encoding, ending in zip(
        ["utf-8", "utf-8-sig", "gb18030", "utf-16"] * 3, ["\n", "\r\n", "\r"] * 2, strict=False
    ):
        content = table(ROW).replace("\n", ending).encode(encoding)
        row = dataset.build(contents(content)).frame[["actor", "as_printed", "canonical_value"]]
        assert row.to_numpy().tolist() == [["镇海区", "突破4000亿元", 4000.0]], (encoding, ending)


READABLE = {
    "full-width digits": ("value", "４０００", 4000.0, "亿元"),
    "thousands separators": ("value", '"4,000"', 4000.0, "亿元"),
    "full-width separators": ("value", '"４，０００"', 4000.0, "亿元"),
    "blanks around": ("value", "\u3000 4000 ", 4000.0, "亿元"),
    "万亿元": ("unit", "万亿元", 40_000_000.0, "亿元"),
    "千亿元": ("unit", "千亿元", 4_000_000.0, "亿元"),
    "亿": ("unit", "亿", 4000.0, "亿元"),
    "万元": ("unit", "万元", 0.4, "亿元"),
    "元": ("unit", "元", 0.00004, "亿元"),
    "invisible blank in a key": ("district", "镇海区\u200b", 4000.0, "亿元"),
}


def test_a_hand_edited_file_is_understood():
    for name, (column, value, canonical, unit) in READABLE.items():
        row = dataset.build(contents(table(changed(column, value)))).frame.iloc[0]
        assert (row["canonical_value"], row["canonical_unit"]) == (canonical, unit), name


def test_utf16_is_read_by_its_mark():
    assert decode("targets.csv", "甲".encode("utf-16")) == "甲"


def test_files_that_are_no_files_are_named(folder):
    (folder / "targets.csv").unlink()
    (folder / "targets.csv").mkdir()
    (folder / "units.csv").unlink()
    with pytest.raises(InvalidDataError) as raised:
        dataset.load(folder)
    assert [p.say("zh") for p in raised.value.problems] == [
        "targets.csv：这是文件夹或特殊文件；应是普通的CSV文件",
        "units.csv：找不到文件；应在数据文件夹中",
    ]


def test_a_file_without_permission_is_named(folder, monkeypatch):
    """Root reads everything, so the refusal of the system is played."""
    opened = os.open

    def refuse(path, *flags):
        if Path(path).name == "targets.csv":
            raise PermissionError
        return opened(path, *flags)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InvalidDataError) as raised:
        dataset.load(folder)
    assert [p.say("zh") for p in raised.value.problems] == ["targets.csv：没有读取权限；服务器须能读取这个文件"]


PAGE = {
    "name": "page", "type": "integer", "title": "版", "title_en": "Page", "description": "版次", "description_en": "Page",
    "optional": True,
}  # fmt: skip


def test_a_column_that_is_optional_may_be_left_out(monkeypatch):
    """Another one may not, and what is unknown is still refused."""
    ours = resources()["targets"]
    monkeypatch.setitem(resources(), "targets", replace(ours, fields=(*ours.fields, read_field(PAGE))))
    absent, there = contents(table(ROW)), contents(f"{HEADER},page\n{ROW},\n{row(2)},12\n")
    for files, keys, cells in ((absent, ["blank"], [""]), (there, ["12", "blank"], ["", "12"])):
        for targets in (files["targets"], files["targets"].decode().encode("gbk")):
            data = dataset.build(files | {"targets": targets})
            assert data.frame["page"].astype("str").fillna("").tolist() == cells
            assert options(data, "page") == keys
            exported = to_csv(records_table(select(data, Selection())))
            assert dataset.build(files | {"targets": exported}).frame["page"].equals(data.frame["page"])
    assert messages(contents(f"{HEADER},pgae\n{ROW},12\n"), "en") == [
        "targets.csv, line 1, column “pgae”: there is no such column; the nearest is “page”"
    ]
    written = next(line for line in write_dictionary().splitlines() if line.startswith("| `page`"))
    assert "文件可以没有这一列" in written
    assert "a file may be without this column" in written
