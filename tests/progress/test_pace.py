"""Pace of invented targets: every edge of R and its classes, why there is none, and growth a year."""

import math

import pytest

from targets.progress.progress import progress
from targets.wording.progress_text import say_result
from tests.series import (
    AVERAGE,
    BASE,
    COMPLAINTS,
    DUE,
    GROWTH,
    LEVEL,
    LOW_TAX,
    OPEN,
    RANK,
    RECRUITED,
    SHARE,
    actual,
    build_series,
    firms,
    judge,
    judge_each,
    same,
    target,
)

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


def test_pace():
    columns = ["bound", "class_low", "class_high", "state", "reason"]
    for total, day in ((False, OPEN), (True, "2024-06-30")):
        cases = {case: asked for case, asked in PACE.items() if (asked[0][0]["year"] == "2025") == total}
        rows = judge_each([rows for rows, _ in cases.values()], day)
        found = {case: (round(row["ratio"], 3), *row[columns]) for case, row in zip(cases, rows, strict=True)}
        assert found == {case: (*expected, "not_due", "") for case, (_, expected) in cases.items()}
        assert all(row["rule"] == f"pace_{row['pace']}" for row in rows)


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
    "met_before": firms(target("ge 1210", base="b"), actual("eq 1000", 2020), actual("eq 1300", 2021)),
    "undated": firms(target("ge 1210", ""), BASE, actual("eq 1060", 2022)),
    "rank": same([target("le 5"), actual("eq 9", 2021), actual("eq 7", 2022)], **RANK),
    "zero_target": same([target("eq 0"), actual("eq 9", 2021), actual("eq 7", 2022)], **LOW_TAX),
    "period_open": same([target("ge 8"), actual("eq 9", 2021), actual("eq 9", 2022)], **GROWTH),
    "total_cap": [target("le 100", **COMPLAINTS | {"indicator": "投诉总数"}), actual("eq 9", 2022)],
}


def test_why_there_is_no_pace():
    rows = judge_each(list(NO_PACE.values()), OPEN)
    columns = ["state", "reason", "rule", "bound", "class_low", "class_high"]
    assert [tuple(row[columns]) for row in rows] == [
        ("undated" if reason == "undated" else "not_due", reason, "", "", "", "") for reason in NO_PACE
    ]
    assert all(row[["ratio", "ratio_low", "ratio_high"]].isna().all() for row in rows)


def test_other_targets_without_a_pace_say_why():
    rows = judge_each(
        [
            firms(target("ge 0"), BASE, actual("eq 900", 2022)),
            firms(target("ge 0"), BASE),  # the base is from before the promise
            [target("le -3", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)],
            [target("ge 0", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)],
        ],
        OPEN,
    )
    assert [(row["state"], row["reason"]) for row in rows] == [
        ("met", ""),
        ("not_due", "zero_target"),
        ("not_due", "sign_change"),
        ("not_due", "zero_target"),
    ]


def test_a_limit_on_the_good_side_is_no_goal():
    """At most 45 % of what is better the more there is of it: neither met early nor come closer to by growing."""
    cases = [
        [target("le 45", 2026, **SHARE), actual("eq 40", 2021, **SHARE), actual("eq 48", 2022, **SHARE)],
        [target("le 45", 2026, **SHARE), actual("eq 40", 2021, **SHARE), actual("eq 43", 2022, **SHARE)],
        firms(target("lt 1500", 2026), BASE, actual("eq 1600", 2022)),
        [target("ge 500", 2026, **COMPLAINTS), BASE | COMPLAINTS, actual("eq 400", 2022, **COMPLAINTS)],
        [target("le 9", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1100", 2022, **LEVEL)],
    ]
    rows = judge_each(cases, OPEN)
    assert [tuple(row[["state", "reason", "bound"]]) for row in rows] == [("not_due", "cap", "")] * len(cases)
    assert all(math.isnan(row["ratio"]) for row in rows)
    due = judge_each(cases, "2027-06-30")
    assert [tuple(row[["state", "reason"]]) for row in due] == [("no_result", "no_result")] * len(cases)


def test_the_worked_example_of_the_method():
    """4500 in 2026, 3400 in 2023, over 3000 in 2021: what R is depends on what the base is."""
    examples = {
        "gt 3000": (0.76, "at_best", "", "moderate"),
        "eq 3000": (0.76, "exact", "moderate", "moderate"),
        "eq 3200": (0.44, "exact", "insufficient", "insufficient"),
        "eq 3300": (0.23, "exact", "insufficient", "insufficient"),
    }
    rows = judge_each(
        [[target("gt 4500", 2026), actual(base, 2021), actual("eq 3400", 2023)] for base in examples], DUE
    )
    columns = ["bound", "class_low", "class_high"]
    assert [(round(row["ratio"], 2), *row[columns]) for row in rows] == list(examples.values())
    assert {tuple(row[["years_past", "years_all", "break_crossed"]]) for row in rows} == {(2, 5, False)}


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
    for rate, year, said in (
        ("gt 20", 2026, "超过2.48倍"),
        ("eq 20", 2026, "2.49倍"),
        ("le 20", 2026, "不多于2.49倍"),
        ("ge 15", 2022, "不少于1.15倍"),
    ):
        data = build_series(target(rate, year, **AVERAGE))
        row = next(progress(data, "2022-12-31").itertuples())
        assert say_result(data, "zh", row).endswith(f"若自2021年起算，到{year}年折合{said}。")
    alone = judge(target("gt 20", 2026, **AVERAGE), asof="2022-12-31").loc["a"]
    assert (alone["multiple"], alone["reason"]) == (pytest.approx(1.2**5), "no_base")
