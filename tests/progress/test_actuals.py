"""Which figure a target is held against: its own series, its base, the one that stands, and its side of a break."""

import math

from tests.invented import ACTUAL
from tests.series import AVERAGE, BASE, DUE, FIRMS, GDP, GROWTH, INVESTMENT, LEVEL, OPEN, actual, firms, judge, target


def test_a_figure_for_part_of_a_year_stands_for_nothing():
    nine_months = actual("eq 250", 2022, source="y2022", period="Q1-3", **INVESTMENT)
    rows = [target("gt 200", 2022, **INVESTMENT), nine_months]
    open_, due = (judge(*rows, asof=day).loc["a"] for day in ("2022-12-31", "2023-06-30"))
    assert (open_["state"], open_["reason"], open_["actual_id"]) == ("not_due", "no_actual", "")
    assert (due["state"], due["reason"], due["actual_id"]) == ("no_result", "no_result", "")
    half = actual("eq 500", 2021, period="H1", **FIRMS)
    assert judge(*firms(target("ge 1210")), half, asof=OPEN).loc["a", "reason"] == "no_base"


def test_a_target_for_part_of_a_year_is_held_against_that_part():
    half = INVESTMENT | {"period": "H1"}
    rows = [
        target("ge 120", 2023, **half),
        actual("eq 100", 2021, **half),
        actual("eq 230", 2021, **INVESTMENT),
        actual("eq 130", 2023, **half),
        actual("eq 110", 2023, **INVESTMENT),
    ]
    row = judge(*rows, asof=DUE).loc["a"]
    assert (row["state"], row["base_id"], row["actual_id"]) == ("met", "b", "d")
    without = judge(*rows[:3], rows[4], asof=DUE).loc["a"]
    assert (without["state"], without["base_id"]) == ("no_result", "b")


NO_RESULT = {
    "another scope": [target("gt 800", indicator="工业增加值"), actual("eq 900", 2023, indicator="规上工业增加值")],
    "another place": [target("gt 800"), actual("eq 900", 2023, actor="余姚市", district="余姚市")],
    "a company in the place": [target("gt 800"), actual("eq 900", 2023, actor="镇海炼化")],
    "a place around the company": [target("gt 800", actor="镇海炼化"), actual("eq 900", 2023)],
    "another concept": [target("gt 800", indicator="企业年产值"), actual("eq 900", 2023, indicator="企业营业收入")],
    "another unit": [target("gt 800", **FIRMS), actual("eq 900", 2023, **FIRMS | {"unit": "个"})],
    "another year": [target("gt 800"), actual("eq 900", 2022)],
    "a level for a growth rate": [target("gt 8", **GROWTH), actual("eq 900", 2022, **GDP), actual("eq 990", 2023, **GDP)],
    "a level for an average rate": [target("gt 8", **AVERAGE), actual("eq 900", 2021, **LEVEL), actual("eq 990", 2023, **LEVEL)],
    "an expectation": [target("gt 800"), target("eq 900", kind="expected", source="y2023", line="")],
}  # fmt: skip


def test_due_without_a_result_of_its_own_is_never_missed():
    for case, rows in NO_RESULT.items():
        row = judge(*rows, asof=DUE).loc["a"]
        assert tuple(row[["state", "rule", "reason", "actual_id"]]) == ("no_result", "no_result", "no_result", ""), case
        assert row[["achieved_low", "achieved_high", "ratio"]].isna().all(), case


def test_a_bureau_speaks_of_its_place():
    row = judge(
        target("gt 800", actor="市经信局", district="宁波市"),
        actual("eq 900", 2023, actor="宁波市", district="宁波市"),
        asof=DUE,
    )
    assert row.loc["a", "state"] == "met"


def test_the_base_is_the_last_year_before_the_page_or_the_one_named():
    rows = firms(target("ge 1210"), actual("eq 800", 2019), actual("eq 1000", 2021), actual("eq 1095", 2022))
    assert judge(*rows, asof=OPEN).loc["a", ["base_id", "base_year", "years_all"]].tolist() == ["c", 2021, 2]
    rows[0]["base"] = "b"
    assert judge(*rows, asof=OPEN).loc["a", ["base_id", "base_year", "years_all"]].tolist() == ["b", 2019, 4]
    rows[0]["base"] = "d"
    early = judge(*rows, asof="2023-02-28").loc["a"]
    assert (early["base_id"], early["reason"]) == ("", "no_base"), "published on 1 March 2023"


def test_the_base_may_stand_on_the_page_itself():
    row = judge(target("gt 4000", 2022), ACTUAL | {"comparator": "gt"}, asof="2022-12-31").loc["a"]
    assert (row["base_id"], row["base_low"], row["base_high"]) == ("b", 3000, math.inf)


def test_the_unit_of_a_level_is_the_one_that_its_subject_reports():
    """Another place reports the same indicator in its own unit, and first."""
    rows = [target("ge 20", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)]
    other = BASE | LEVEL | {"actor": "余姚市", "district": "余姚市", "value": "140", "unit": "亿美元"}
    assert judge(other, *rows, asof=OPEN).loc["b", ["base_id", "actual_id", "reason"]].tolist() == ["c", "d", ""]


def test_two_sources_of_one_figure_are_one_figure():
    rows = firms(target("ge 1210"), BASE, actual("eq 1095", 2022), actual("eq 1095", 2022, source="y2024"))
    assert judge(*rows, asof=OPEN).loc["a", ["actual_id", "ratio"]].tolist() == ["c", 0.95]
    assert judge(*rows, asof="2023-12-31").loc["a", "actual_id"] == "c"


def test_a_later_preliminary_figure_never_displaces_a_revised_one():
    rows = firms(
        target("ge 1210"),
        actual("eq 1210", 2023, status="revised", source="y2024"),
        actual("eq 1100", 2023, status="preliminary", source="y2025"),
    )  # fmt: skip
    assert judge(*rows, asof="2026-01-01").loc["a", ["state", "actual_id"]].tolist() == ["met", "b"]


def test_a_base_on_the_latest_figures_side_of_a_break_is_preferred():
    """The series breaks on 1 March 2024: figures published from then on are on the other side."""
    rows = [
        target("gt 4500", 2026),
        actual("eq 2900", 2020, status="preliminary"),
        actual("eq 3000", 2021),
        actual("eq 3200", 2022),
        actual("eq 3600", 2023),
    ]
    columns = ["base_id", "actual_id", "break_crossed"]
    assert judge(*rows, asof=OPEN).loc["a", columns].tolist() == ["c", "d", False]
    assert judge(*rows, asof=DUE).loc["a", columns].tolist() == ["c", "e", True]
    revised = actual("eq 3100", 2020, status="revised", source="y2024")
    assert judge(*rows, revised, asof=DUE).loc["a", columns].tolist() == ["f", "e", True], "the target is of before"
    rows[0] |= {"source": "y2024", "line": "", "base": "f"}
    assert judge(*rows, revised, asof=DUE).loc["a", columns].tolist() == ["f", "e", False]
    rows[0] |= {"base": "c"}
    assert judge(*rows, revised, asof=DUE).loc["a", columns].tolist() == ["c", "e", True]


def test_nothing_is_crossed_where_no_result_is_shown():
    rows = [target("gt 4500", 2024), actual("eq 3000", 2021), actual("eq 3600", 2023)]
    row = judge(*rows, asof="2025-01-01").loc["a"]
    assert (row["state"], row["actual_id"], row["break_crossed"]) == ("no_result", "", False)
