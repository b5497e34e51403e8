"""The data itself: what the page prints, how much of it, and an independent reader's opinion of the package."""

import csv
from collections import Counter
from itertools import pairwise

import pandas as pd

from targets.contract.dictionary import write_dictionary
from targets.contract.schema import DATA_FOLDER, resources
from targets.load.dataset import CODED
from tests.conftest import PAGE


def rows(name: str) -> list[dict[str, str]]:
    with (DATA_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_independent_reader_finds_the_package_valid():
    from frictionless import Package

    report = Package(str(DATA_FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


def test_the_dictionary_is_generated():
    assert (DATA_FOLDER / "README.md").read_text(encoding="utf-8") == write_dictionary(), "run: make dictionary"


def test_files_are_plain_utf8_with_lf():
    for resource in resources().values():
        content = (DATA_FOLDER / resource.path).read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        assert content.endswith(b"\n")


KINDS = {
    "宁波市": {"actual": 7, "target": 1},
    "镇海区": {"actual": 4, "target": 5},
    "余姚市": {"pledge": 9},
    "前湾新区": {"target": 16, "pledge": 4},
    "市经信局": {"target": 1, "pledge": 8},
    "市服务业发展局": {"target": 1, "pledge": 3},
    "镇海炼化": {"target": 2, "pledge": 1},
    "极氪": {"expected": 2, "pledge": 1},
    "太平鸟": {"pledge": 4},
    "探访团": {"target": 1},
}


def test_each_actor_has_the_records_counted_on_the_page():
    found = {}
    for row in rows("targets"):
        if row["source"] == PAGE:
            found.setdefault(row["actor"], Counter())[row["kind"]] += 1
    assert found == KINDS


PRINTED = [
    ("zhenhai-gross-output-2022", 8, "突破4000亿元", "gt", "4000", "亿元", "2022", "inferred", "力争"),
    ("zhenhai-output-per-mu-rank-2021", 3, "进入全省前十", "le", "10", "位", "2021", "printed", ""),
    ("ningbo-digital-core-value-added-2021", 48, "突破千亿元", "gt", "1000", "亿元", "2021", "printed", ""),
    ("ningbo-champions", 49, "63家", "eq", "63", "家", "", "none", "已"),
    ("qianwan-investment-2022", 143, "双400亿", "eq", "400", "亿", "2022", "inferred", "力争"),
    ("qianwan-talent-2026", 152, "8万名以上", "ge", "8", "万名", "2026", "printed", "争取"),
    ("services-bureau-producer-services-2026", 220, "达到6500亿元", "ge", "6500", "亿元", "2026", "printed", "力争"),
    ("ningbo-gdp-2026", 248, "达到2.2万亿元", "ge", "2.2", "万亿元", "2026", "printed", "提出"),
    ("zeekr-senior-talent-2025", 298, "约500人", "approx", "500", "人", "2025", "inferred", "预计"),
    ("qianwan-clusters-100-2026", 145, "若干个百亿级", "", "", "", "2026", "printed", "争取"),
]


def test_hard_readings_stay_as_they_were_settled(all_data):
    columns = ["line", "as_printed", "comparator", "value_text", "unit", "year", "year_basis", "modality"]
    frame = all_data.frame.set_index("id")
    for id_, *printed in PRINTED:
        assert ["" if pd.isna(cell) else str(cell) for cell in frame.loc[id_, columns]] == list(map(str, printed)), id_


def test_one_printed_number_may_be_two_records_but_never_the_same_indicator_twice():
    keys = [(r["source"], r["line"], r["as_printed"], r["indicator"]) for r in rows("targets")]
    assert len(set(keys)) == len(keys)


def test_exclusions_stand_in_the_order_of_the_page_and_are_no_records():
    found = rows("exclusions")
    lines = [int(row["line"]) for row in found]
    assert all(a <= b for a, b in pairwise(lines))
    entered = {(row["line"], row["as_printed"]) for row in rows("targets")}
    assert not entered & {(row["line"], row["as_printed"]) for row in found}
    assert len(found) == 65


def test_nothing_is_defined_and_unused():
    targets = rows("targets")
    for column, name in (
        ("actor", "actors"),
        ("industry", "industries"),
        ("indicator", "indicators"),
        ("district", "districts"),
    ):
        assert {row[column] for row in rows(name)} == {row[column] for row in targets}
    assert {row["reason"] for row in rows("exclusions")} == {row["reason"] for row in rows("reasons")}


def test_every_note_stands_in_both_languages(all_data):
    frame = all_data.frame
    assert ((frame["note"] == "") == (frame["note_en"] == "")).all()
    for name in ("indicators", "actors", "districts", "industries"):
        assert all_data.tables[name]["name_en"].str.strip().ne("").all()
        assert all_data.tables[name]["name_en"].is_unique


def test_keys_have_english_names_without_chinese(all_data):
    for column in CODED:
        for key in all_data.frame[column].cat.categories:
            name = all_data.label("en", column, key)
            assert not any("\u4e00" <= c <= "\u9fff" for c in name), name
