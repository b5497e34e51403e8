"""What commitments can be measured by, and how they are worded: tables written out, sums held against the data."""

import pandas as pd

from targets.progress.measurability import COMMITMENTS, measurability, measured, wording
from targets.query.narrowing import select
from targets.query.selection import Selection
from targets.text import LANGUAGES
from targets.wording.headlines import find
from tests.invented import build_lines as build
from tests.invented import record

OUTPUT = "规上工业总产值"


def test_what_each_actor_gives_to_measure_it_by():
    data = build(
        record("a", "target", "2022", "gt", "4000", OUTPUT, "镇海区", modality="力争"),  # has everything: base is c
        record("b", "target", "", "gt", "1", "投资额", "镇海区"),  # a number alone: no year, no scope
        record("c", "actual", "2021", "gt", "3000", OUTPUT, "镇海区"),  # no commitment
        record("d", "target", "2026", "gt", "1", OUTPUT, "前湾新区", modality="力争"),  # another place's base
        record("e", "actual", "2022", "gt", "1", OUTPUT, "余姚市"),
        record("f", "target", "2022", "gt", "1", OUTPUT, "余姚市"),  # an actual of the same year is no base
        record("g", "pledge", "", "", "", "五个聚力", "余姚市", modality="将"),  # nothing at all
        record("h", "actual", "", "gt", "1", "工业增加值", "镇海区"),
        record("i", "expected", "2025", "gt", "1", "工业增加值", "镇海区", modality="预计"),  # undated actual: no base
    )
    expected = pd.DataFrame(
        [("镇海区", 3, 3, 2, 1, 2, 1), ("余姚市", 2, 1, 1, 0, 1, 0), ("前湾新区", 1, 1, 1, 0, 1, 0)],
        columns=["actor", "commitments", "numbered", "dated", "based", "defined", "complete"],
    )
    pd.testing.assert_frame_equal(measurability(data, data.frame), expected)
    words = pd.DataFrame(
        [("将", 0, 0, 1, 1), ("预计", 0, 1, 0, 1), ("力争", 2, 0, 0, 2), ("none", 2, 0, 0, 2)],
        columns=["modality", "target", "expected", "pledge", "records"],
    )
    pd.testing.assert_frame_equal(wording(data, data.frame), words)


def test_a_base_of_the_record_s_own_counts():
    data = build(
        record("a", "actual", "2021", "gt", "1", OUTPUT, "宁波市"),
        record("b", "target", "2026", "gt", "2", OUTPUT, "市经信局", district="宁波市", base="a"),
    )
    assert measured(data, data.frame)["based"].tolist() == [True]


def test_a_figure_from_after_the_promise_is_no_base():
    data = build(
        record("a", "actual", "2025", "gt", "1", OUTPUT, "宁波市", source="work-report-2026", line=""),
        record("b", "target", "2026", "gt", "2", OUTPUT, "宁波市"),
    )
    assert measured(data, data.frame)["based"].tolist() == [False]


def test_a_base_is_found_although_the_filters_hide_it(data):
    rows = select(data, Selection(kind=("target",), district=("镇海区",)))
    assert measurability(data, rows).set_index("actor").loc["镇海区", "based"] == 1


SELECTIONS = {
    "everything": Selection(),
    "a place": Selection(district=("镇海区",)),
    "pledges": Selection(kind=("pledge",)),
    "facts": Selection(kind=("actual",)),
    "nothing": Selection(district=("余姚市",), kind=("target",)),
}


def test_sums_are_those_of_the_data(data):
    for name, selection in SELECTIONS.items():
        rows = select(data, selection)
        ours = rows[rows["kind"].isin(COMMITMENTS)]
        table, words = measurability(data, rows), wording(data, rows)
        assert table["commitments"].sum() == words["records"].sum() == len(ours), name
        assert table["numbered"].sum() == ours["value"].notna().sum(), name
        assert table["dated"].sum() == ours["year"].notna().sum(), name
        for kind in COMMITMENTS:
            assert words[kind].sum() == (ours["kind"] == kind).sum(), name
        for lang in LANGUAGES:
            for told, shown in (("measurability", table), ("wording", words)):
                said = find(told, data, lang, shown)
                assert said.title and "{" not in said.alt, name
                assert (str(len(ours)) in said.title) == bool(len(ours)), name


def test_the_findings_are_what_the_page_says(data):
    assert find("measurability", data, "zh", measurability(data, data.frame)).title == (
        "59项承诺中，29项有数字、27项有年份、1项有基数和28项口径明确；四样俱全的1项。"
    )
    assert find("wording", data, "en", wording(data, data.frame)).title == (
        "Of 59 commitments, the most frequent word of intent is 力争 (strive for), in 10; 28 have none."
    )
    few = wording(data, data.frame[data.frame["actor"] == "极氪"])
    assert find("wording", data, "zh", few).title == "3项承诺中，意愿词是将（1项）和预计（2项）。"
    assert find("wording", data, "en", few).title == (
        "Words of intent of 3 commitments: 将 (will) in 1 and 预计 (expect) in 2."
    )
    assert find("measurability", data, "en", measurability(data, data.frame.iloc[:0])).title == (
        "No commitment is among the selected records"
    )
