"""Verdict and pace of invented targets: every edge of the method, and the same data on several days."""

import math

import pandas as pd
import pytest

from targets.progress import STATES, progress, read_day, states
from tests.invented import ACTUAL, TARGET, build

SOURCES = (
    "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
    "page,页,Page,,,,2022,printed,,,9,,\n"
    + "".join(f"y{y},网{y},Web {y},,,{y}-03-01,{y},printed,https://example.com/{y},,,,\n" for y in range(2020, 2029))
)
INDICATORS = "投诉数,Complaints,count,flow,firms,全部,,lower,level,,虚构,Invented,90\n投诉总数,Complaints in all,count,flow,firms,全部,,lower,total,,虚构,Invented,91\n"
BREAKS = "规上工业总产值,镇海区,2023,2024-03-01,口径,Basis,虚构,Invented\n"

FIRMS = {"indicator": "国家级专精特新小巨人企业数", "unit": "家"}
COMPLAINTS = {"indicator": "投诉数", "unit": "家"}
SHARE = {"indicator": "高新技术产业增加值占规上工业比重", "unit": "%"}
GROWTH = {"indicator": "地区生产总值增速", "unit": "%"}
AVERAGE = {"indicator": "数字经济核心产业增加值年均增速", "unit": "%"}
LEVEL = {"indicator": "数字经济核心产业增加值", "unit": "亿元"}
INVESTMENT = {"indicator": "产业投资", "unit": "亿元"}
RECRUITED = {"indicator": "引进人才数", "unit": "人", "actor": "极氪", "district": "宁波经济技术开发区"}
RANK = {"indicator": "工业增加值全国城市位次", "unit": "位"}
LOW_TAX = {"indicator": "亩均税收1万元以下企业数", "unit": "家"}
GDP = {"indicator": "地区生产总值", "unit": "亿元"}


def target(printed: str, year: int | str = 2023, **more: str) -> dict[str, str]:
    """A target of the page: comparator and number, `ge 1210`."""
    comparator, value = printed.split()
    basis = "printed" if year else "none"
    return TARGET | {"comparator": comparator, "value": value, "year": str(year), "year_basis": basis} | more


def actual(printed: str, year: int, **more: str) -> dict[str, str]:
    """An actual that is published in March of the year after."""
    comparator, value = printed.split()
    web = {"source": f"y{year + 1}", "line": ""}
    return ACTUAL | web | {"comparator": comparator, "value": value, "year": str(year)} | more


def judge(*rows: dict[str, str], asof: str) -> pd.DataFrame:
    """The progress of all targets among the records, by id."""
    data = build(*rows, sources=SOURCES, more={"indicators": INDICATORS, "breaks": BREAKS})
    return progress(data, asof).set_index("id")


def same(rows: list[dict[str, str]], **more: str) -> list[dict[str, str]]:
    return [row | more for row in rows]


def firms(*rows: dict[str, str]) -> list[dict[str, str]]:
    """Counts of firms are exact, so that R is a number."""
    return same(list(rows), **FIRMS)


BASE = actual("eq 1000", 2021)
OPEN = "2023-06-30"
DUE = "2024-06-30"

PACE = {
    # +10 % a year is required from 1000 (2021) to 1210 (2023)
    "R is exactly 0.95": (firms(target("ge 1210"), BASE, actual("eq 1095", 2022)), (0.95, "exact", "significant", "significant")),
    "R is just under 0.95": (firms(target("ge 1210"), BASE, actual("eq 1094", 2022)), (0.94, "exact", "moderate", "moderate")),
    "R is exactly 0.60": (firms(target("ge 1210"), BASE, actual("eq 1060", 2022)), (0.6, "exact", "moderate", "moderate")),
    "R is just under 0.60": (firms(target("ge 1210"), BASE, actual("eq 1059", 2022)), (0.59, "exact", "insufficient", "insufficient")),
    "R is 0": (firms(target("ge 1210"), BASE, actual("eq 1000", 2022)), (0.0, "exact", "insufficient", "insufficient")),
    "R is negative": (firms(target("ge 1210"), BASE, actual("eq 990", 2022)), (-0.1, "exact", "moving_away", "moving_away")),
    "everything is lost": (firms(target("ge 1210"), BASE, actual("eq 0", 2022)), (-10.0, "exact", "moving_away", "moving_away")),
    "an exact figure equals a target of more than that": (
        firms(target("gt 1210"), BASE, actual("eq 1210", 2022)),
        (2.1, "exact", "significant", "significant"),
    ),
    "the base is a lower bound": (firms(target("ge 1210"), actual("gt 1000", 2021), actual("eq 1060", 2022)), (0.6, "at_best", "", "moderate")),
    "the base is an upper bound": (firms(target("ge 1210"), actual("le 1000", 2021), actual("eq 1060", 2022)), (0.6, "at_least", "moderate", "")),
    "the actual is a lower bound": (firms(target("ge 1210"), BASE, actual("gt 1060", 2022)), (0.6, "at_least", "moderate", "")),
    "the actual is an upper bound": (firms(target("ge 1210"), BASE, actual("le 1060", 2022)), (0.6, "at_best", "", "moderate")),
    "rounding spans two classes": (
        [target("ge 121"), actual("eq 100", 2021), actual("eq 106", 2022)],
        (0.6, "exact", "insufficient", "moderate"),
    ),
    "a figure that may just meet it": (
        [target("ge 121"), actual("eq 100", 2021), actual("eq 121", 2022)],
        (2.1, "exact", "significant", "met"),
    ),
    "a rounded figure that ends under it": (
        [target("ge 121.5"), actual("eq 100", 2021), actual("eq 121", 2022)],
        (2.053, "exact", "significant", "significant"),
    ),
    "fewer is better": (same([target("le 810"), BASE, actual("eq 905", 2022)], **COMPLAINTS), (0.95, "exact", "significant", "significant")),
    "fewer is better, at 0.60": (same([target("eq 810"), BASE, actual("eq 940", 2022)], **COMPLAINTS), (0.6, "exact", "moderate", "moderate")),
    "fewer is better, no change": (same([target("le 810"), BASE, actual("eq 1000", 2022)], **COMPLAINTS), (0.0, "exact", "insufficient", "insufficient")),
    "fewer is better, more came": (same([target("le 810"), BASE, actual("eq 1010", 2022)], **COMPLAINTS), (-0.1, "exact", "moving_away", "moving_away")),
    "fewer is better, base at most": (
        same([target("le 810"), actual("le 1000", 2021), actual("eq 940", 2022)], **COMPLAINTS),
        (0.6, "at_best", "", "moderate"),
    ),
    "fewer is better, actual at most": (
        same([target("le 810"), BASE, actual("le 940", 2022)], **COMPLAINTS),
        (0.6, "at_least", "moderate", ""),
    ),
    "a share in points": (
        same([target("gt 80", 2024), actual("eq 50.00", 2021), actual("eq 60.00", 2022)], **SHARE),
        (1.0, "exact", "significant", "significant"),
    ),
    "an average rate, by its level": (
        [target("gt 20", 2026, **AVERAGE), actual("eq 1000.00", 2021, **LEVEL), actual("eq 1100.00", 2022, **LEVEL)],
        (0.5, "exact", "insufficient", "insufficient"),
    ),
    "an average rate, base a lower bound": (
        [target("gt 20", 2026, **AVERAGE), actual("gt 1000", 2021, **LEVEL), actual("eq 1190.00", 2022, **LEVEL)],
        (0.95, "at_best", "", "significant"),
    ),
    "a total over three years": (
        same([target("eq 1500", 2025), actual("eq 300", 2023)], **RECRUITED),
        (0.6, "exact", "moderate", "moderate"),
    ),
    "a total, at least so far": (
        same([target("eq 1500", 2025), actual("gt 300", 2023)], **RECRUITED),
        (0.6, "at_least", "moderate", ""),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PACE)
def test_pace(case):
    rows, expected = PACE[case]
    row = judge(*rows, asof="2024-06-30" if rows[0]["year"] == "2025" else OPEN).loc["a"]
    assert (row["state"], row["reason"], row["rule"]) == ("not_due", "", f"pace_{row['pace']}")
    assert (round(row["ratio"], 3), row["bound"], row["class_low"], row["class_high"]) == expected


NO_PACE = {
    "base_not_positive": firms(target("ge 1210"), actual("eq 0", 2021), actual("eq 1060", 2022)),
    "target_is_base": firms(target("ge 1210"), actual("eq 1210", 2021), actual("eq 1100", 2022)),
    "target_behind_base": firms(target("ge 1210"), actual("eq 1300", 2021), actual("eq 1100", 2022)),
    "base_spans_target": [target("ge 100.2"), actual("eq 100", 2021), actual("eq 98", 2022)],
    "both_bounds": firms(target("ge 1210"), actual("gt 1000", 2021), actual("gt 1060", 2022)),
    "approx_base": firms(target("ge 1210"), actual("approx 1000", 2021), actual("eq 1060", 2022)),
    "approx_actual": firms(target("ge 1210"), BASE, actual("approx 1060", 2022)),
    "approx_target": firms(target("approx 1210"), BASE, actual("eq 1060", 2022)),
    "no_base": firms(target("ge 1210"), actual("eq 1060", 2022)),
    "no_actual": firms(target("ge 1210"), BASE),
    "undated": firms(target("ge 1210", ""), BASE, actual("eq 1060", 2022)),
    "rank": same([target("le 5"), actual("eq 9", 2021), actual("eq 7", 2022)], **RANK),
    "zero_target": same([target("eq 0"), actual("eq 9", 2021), actual("eq 7", 2022)], **LOW_TAX),
    "period_open": same([target("ge 8"), actual("eq 9", 2021), actual("eq 9", 2022)], **GROWTH),
    "total_cap": [target("le 100", **COMPLAINTS | {"indicator": "投诉总数"}), actual("eq 9", 2022)],
}


@pytest.mark.parametrize("reason", NO_PACE)
def test_why_there_is_no_pace(reason):
    row = judge(*NO_PACE[reason], asof=OPEN).loc["a"]
    assert row["state"] == ("undated" if reason == "undated" else "not_due")
    assert (row["reason"], row["rule"], row["bound"], row["class_low"], row["class_high"]) == (reason, "", "", "", "")
    assert row[["ratio", "ratio_low", "ratio_high"]].isna().all()


def test_other_targets_without_a_pace_say_why():
    assert judge(*firms(target("ge 0"), BASE), asof="2022-12-31").loc["a", "state"] == "met"
    falling = [target("le -3", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)]
    assert judge(*falling, asof=OPEN).loc["a", "reason"] == "sign_change"
    still = [target("ge 0", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)]
    assert judge(*still, asof=OPEN).loc["a", "reason"] == "zero_target"


@pytest.mark.parametrize(
    ("base", "ratio", "bound", "classes"),
    [
        ("gt 3000", 0.76, "at_best", ("", "moderate")),
        ("eq 3000", 0.76, "exact", ("moderate", "moderate")),
        ("eq 3200", 0.44, "exact", ("insufficient", "insufficient")),
        ("eq 3300", 0.23, "exact", ("insufficient", "insufficient")),
    ],
)
def test_the_worked_example_of_the_method(base, ratio, bound, classes):
    """4500 in 2026, 3400 in 2023, over 3000 in 2021: what R is depends on what the base is."""
    place = {"actor": "前湾新区", "district": "前湾新区"}
    row = judge(*same([target("gt 4500", 2026), actual(base, 2021), actual("eq 3400", 2023)], **place), asof=DUE).loc[
        "a"
    ]
    assert (round(row["ratio"], 2), row["bound"], (row["class_low"], row["class_high"])) == (ratio, bound, classes)
    assert (row["years_past"], row["years_all"], row["break_crossed"]) == (2, 5, False)


def test_growth_implied_by_a_target_from_a_lower_bound_is_at_most():
    row = judge(target("gt 4000", 2022), actual("gt 3000", 2021), asof="2022-12-31").loc["a"]
    assert (row["required_low"], round(row["required_high"], 1)) == (-math.inf, 33.3)
    assert (row["state"], row["reason"], row["base_id"]) == ("not_due", "no_actual", "b")


def test_growth_a_year_is_in_points_for_shares_and_in_per_cent_for_levels():
    columns = ["achieved_low", "achieved_high", "required_low", "required_high", "remaining_low", "remaining_high"]
    share = judge(*same([target("gt 80", 2026), actual("eq 50", 2021), actual("eq 62", 2023)], **SHARE), asof=DUE).loc[
        "a", columns
    ]
    assert share.tolist() == [5.5, 6.5, 5.9, 6.1, pytest.approx(17.5 / 3), pytest.approx(18.5 / 3)]
    level = judge(*firms(target("ge 1210"), BASE, actual("eq 1100", 2022)), asof=OPEN).loc["a", columns]
    assert level.tolist() == pytest.approx([10, 10, 10, 10, 10, 10])
    none = judge(*firms(target("ge 1210"), actual("eq 0", 2021), actual("eq 11", 2022)), asof=OPEN).loc["a", columns]
    assert none.isna().tolist() == [True, True, True, True, False, False]


def test_an_average_rate_shows_what_it_comes_to():
    row = judge(target("gt 20", 2026, **AVERAGE), actual("gt 1000", 2021, **LEVEL), asof="2022-12-31").loc["a"]
    assert (row["multiple"], row["base_id"], row["reason"]) == (pytest.approx(1.2**5), "b", "no_actual")
    alone = judge(target("gt 20", 2026, **AVERAGE), asof="2022-12-31").loc["a"]
    assert (alone["multiple"], alone["reason"]) == (pytest.approx(1.2**5), "no_base")


VERDICTS = {
    # target, actual of its year, verdict and reason when due
    "超过 against 以上": ("ge 4000", "gt 4000", "met", ""),
    "超过 against 超过": ("gt 4000", "gt 4000", "met", ""),
    "以上 against 以上": ("ge 4000", "ge 4000", "met", ""),
    "以上 against 超过": ("gt 4000", "ge 4000", "undecided", "straddles"),
    "a bound under the target": ("ge 4000", "gt 3000", "undecided", "straddles"),
    "a rounded number equal to 以上": ("ge 4000", "eq 4000", "undecided", "straddles"),
    "a rounded number equal to 超过": ("gt 4000", "eq 4000", "undecided", "straddles"),
    "a rounded number equal to a bare number": ("eq 4000", "eq 4000", "undecided", "straddles"),
    "a rounded number that begins at 以上": ("ge 3999.5", "eq 4000", "met", ""),
    "a rounded number that begins at 超过": ("gt 3999.5", "eq 4000", "undecided", "straddles"),
    "a rounded number that ends at 以上": ("ge 4000.5", "eq 4000", "missed", ""),
    "a rounded number above": ("gt 4000", "eq 4001", "met", ""),
    "a rounded number below": ("ge 4000", "eq 3999", "missed", ""),
    "不到 against 以上": ("ge 4000", "lt 4000", "missed", ""),
    "以下 against 超过": ("gt 4000", "le 4000", "missed", ""),
    "以下 against 以上": ("ge 4000", "le 4000", "undecided", "straddles"),
    "约 as the result": ("ge 4000", "approx 5000", "undecided", "approx_actual"),
    "约 as the target": ("approx 4000", "eq 5000", "undecided", "approx_target"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdict_when_due(case):
    wanted, printed, state, reason = VERDICTS[case]
    row = judge(target(wanted), actual(printed, 2023), asof=DUE).loc["a"]
    assert (row["state"], row["reason"], row["rule"], row["calendar"]) == (state, reason, "verdict_of_year", "due")
    assert (row["actual_id"], row["class_low"], row["class_high"]) == ("b", "", "")
    assert math.isnan(row["ratio"])


EXACT_VERDICTS = [
    (FIRMS, "ge 60", "eq 60", "met"),
    (FIRMS, "eq 60", "eq 60", "met"),
    (FIRMS, "gt 60", "eq 60", "missed"),
    (COMPLAINTS, "eq 60", "eq 60", "met"),
    (COMPLAINTS, "lt 60", "eq 60", "missed"),
    (COMPLAINTS, "le 60", "gt 60", "missed"),
    (COMPLAINTS, "le 60", "ge 60", "undecided"),
    (COMPLAINTS, "lt 60", "ge 60", "missed"),
    (COMPLAINTS, "lt 60", "lt 60", "met"),
    (RANK, "le 10", "eq 10", "met"),
    (RANK, "le 10", "eq 11", "missed"),
    (RANK, "le 10", "le 20", "undecided"),
    (RANK, "le 10", "le 10", "met"),
    (LOW_TAX, "eq 0", "eq 0", "met"),
    (LOW_TAX, "eq 0", "eq 1", "missed"),
    (GROWTH, "ge 8", "eq 8.6", "met"),
    (GROWTH, "ge 8", "eq 8", "undecided"),
    (GROWTH, "ge 8", "eq 7.9", "missed"),
    (AVERAGE, "gt 20", "eq 21", "met"),
    (AVERAGE, "gt 20", "eq 19", "missed"),
    (INVESTMENT, "gt 200", "eq 210", "met"),
    (INVESTMENT, "gt 200", "eq 190", "missed"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wanted", "printed", "state"), EXACT_VERDICTS)
def test_verdict_of_every_kind(kind, wanted, printed, state):
    row = judge(*same([target(wanted), actual(printed, 2023)], **kind), asof=DUE).loc["a"]
    assert (row["state"], row["rule"]) == (state, "verdict_of_year")


@pytest.mark.parametrize(
    ("wanted", "state"),
    [("ge 1.86", "met"), ("ge 1.865", "met"), ("ge 1.87", "undecided"), ("ge 1.875", "missed"), ("ge 1.88", "missed")],
)
def test_a_printed_trillion_is_known_to_its_last_digit(wanted, state):
    rows = same([target(wanted), actual("eq 1.87", 2023)], unit="万亿元")
    assert judge(*rows, asof=DUE).loc["a", "state"] == state


MET_EARLY = [
    (firms(target("ge 1210"), BASE, actual("eq 1210", 2022)), "met"),
    (firms(target("ge 1210"), BASE, actual("gt 1210", 2022)), "met"),
    (firms(target("gt 1210"), BASE, actual("ge 1210", 2022)), "not_due"),
    (firms(target("ge 1210", ""), actual("eq 1210", 2022)), "met"),
    (same([target("le 10"), actual("le 10", 2022)], **RANK), "met"),
    (same([target("le 10"), actual("eq 11", 2022)], **RANK), "not_due"),
    (same([target("eq 0"), actual("eq 0", 2022)], **LOW_TAX), "met"),
    (same([target("eq 1500", 2025), actual("eq 1500", 2023)], **RECRUITED), "met"),
    (same([target("eq 1500", 2025), actual("eq 1500", 2022)], **RECRUITED), "not_due"),  # before the period
    (same([target("le 1500", 2025), actual("eq 1", 2023)], **COMPLAINTS | {"indicator": "投诉总数"}), "not_due"),
    (same([target("ge 8", 2025), actual("eq 9", 2023)], **GROWTH), "not_due"),
    (same([target("ge 8", 2025), actual("eq 9", 2023)], **AVERAGE), "not_due"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "state"), MET_EARLY)
def test_a_target_may_be_met_before_it_is_due(rows, state):
    row = judge(*rows, asof="2024-06-30" if rows[0]["year"] == "2025" else OPEN).loc["a"]
    assert (row["state"], row["rule"] == "verdict_early") == (state, state == "met")
    if state == "met":
        assert (row["reason"], row["bound"], row["class_high"]) == ("", "", "")


def test_a_figure_for_part_of_a_year_stands_for_nothing():
    nine_months = actual("eq 250", 2022, source="y2022", period="Q1-3", **INVESTMENT)
    rows = [target("gt 200", 2022, **INVESTMENT), nine_months]
    open_, due = (judge(*rows, asof=day).loc["a"] for day in ("2022-12-31", "2023-06-30"))
    assert (open_["state"], open_["reason"], open_["actual_id"]) == ("not_due", "no_actual", "")
    assert (due["state"], due["reason"], due["actual_id"]) == ("no_result", "no_result", "")
    half = actual("eq 500", 2021, period="H1", **FIRMS)
    assert judge(*firms(target("ge 1210")), half, asof=OPEN).loc["a", "reason"] == "no_base"


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


@pytest.mark.parametrize("case", NO_RESULT)
def test_due_without_a_result_of_its_own_is_never_missed(case):
    row = judge(*NO_RESULT[case], asof=DUE).loc["a"]
    assert (row["state"], row["rule"], row["reason"], row["actual_id"]) == ("no_result", "no_result", "no_result", "")
    assert row[["achieved_low", "achieved_high", "ratio"]].isna().all()


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


def test_two_sources_of_one_figure_are_one_figure():
    rows = firms(target("ge 1210"), BASE, actual("eq 1095", 2022), actual("eq 1095", 2022, source="y2024"))
    assert judge(*rows, asof=OPEN).loc["a", ["actual_id", "ratio"]].tolist() == ["c", 0.95]
    assert judge(*rows, asof="2023-12-31").loc["a", "actual_id"] == "c"


HISTORY = firms(
    target("ge 1210"),
    actual("eq 1210", 2023, status="revised", source="y2025"),
    actual("eq 1100", 2023, status="preliminary", source="y2024"),
    actual("eq 1095", 2022, status="revised", source="y2024"),
    actual("eq 1060", 2022, status="preliminary"),
    BASE,
    target("ge 1100", source="y2024", line="", revises="a"),
)  # fmt: skip
DAYS = {
    # day: state, actual, R of the first target; state and R of the one that revises it
    "2022-12-30": (),  # the page prints no day: it counts from the last of its year
    "2022-12-31": ("not_due", "f", None),  # the base is the latest figure
    "2023-02-28": ("not_due", "f", None),
    "2023-03-01": ("not_due", "e", 0.6),
    "2023-12-31": ("not_due", "e", 0.6),
    "2024-01-01": ("no_result", "", None),
    "2024-02-29": ("no_result", "", None),
    "2024-03-01": ("missed", "c", None, "met"),
    "2025-02-28": ("missed", "c", None, "met"),
    "2025-03-01": ("met", "b", None, "met"),
    "2028-12-31": ("met", "b", None, "met"),
}


@pytest.mark.parametrize("day", DAYS)
def test_the_same_data_on_several_days(day):
    table = judge(*HISTORY, asof=day)
    found = [] if table.empty else table.loc["a", ["state", "actual_id", "ratio"]].tolist()
    found = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in found]
    assert tuple(found + table["state"].tolist()[1:]) == DAYS[day]


def test_a_revision_is_linked_both_ways_from_the_day_it_is_published():
    before, after = (judge(*HISTORY, asof=day) for day in ("2024-02-29", "2024-03-01"))
    assert before["revised_by"].tolist() == [""]
    assert after["revised_by"].tolist() == ["g", ""]
    assert after["revises"].tolist() == ["", "a"]


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


@pytest.mark.parametrize("text", ["", "2026", "20260101", "2026-1-1", "2026-02-30", "2026-01-01T00:00", "今天"])
def test_a_day_is_written_in_one_way(text):
    with pytest.raises(ValueError):
        read_day(text)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2026-11-24", {"no_result": 16, "not_due": 12, "undated": 3, "no_number": 30}),
        ("2024-06-30", {"no_result": 14, "not_due": 14, "undated": 3, "no_number": 30}),
        ("2019-12-31", {}),
    ],
)
def test_the_projects_targets_by_state(all_data, day, counts):
    table = progress(all_data, day)
    assert {state: n for state, n in table["state"].value_counts().items() if n} == counts
    assert len(table) == sum(counts.values())
    by_record = states(all_data, day)
    assert by_record.notna().sum() == len(table)
    assert by_record.cat.categories.tolist() == list(STATES)
    if counts:
        commitments = all_data.frame["kind"].isin(["target", "expected", "pledge"])
        assert by_record.notna().tolist() == commitments.tolist()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-24", ("ningbo-gdp-2020", 13100, "ningbo-gdp-2025", 18700, 0.82, 17.6, True)),
        ("2024-06-30", ("ningbo-gdp-2021", 14594.9, "ningbo-gdp-2022", 15700, 0.89, 8.8, False)),
    ],
)
def test_the_gdp_target_of_2026(all_data, day, expected):
    row = progress(all_data, day).set_index("id").loc["ningbo-gdp-2026"]
    left = ((row["canonical_value"] / row["actual_value"]) ** (1 / (2026 - row["actual_year"])) - 1) * 100
    found = (
        row["base_id"], row["base_value"], row["actual_id"], row["actual_value"], round(row["ratio"], 2),
        round(left, 1), row["break_crossed"],
    )  # fmt: skip
    assert found == expected
    assert row["remaining_low"] < left < row["remaining_high"]
    assert (row["state"], row["class_low"], row["class_high"], row["bound"]) == (
        "not_due",
        "moderate",
        "moderate",
        "exact",
    )
