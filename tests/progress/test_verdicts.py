"""Verdict of invented targets: every comparator against every other, every kind of target, and met before due."""

import math

from tests.series import (
    AVERAGE,
    BASE,
    COMPLAINTS,
    DUE,
    FIRMS,
    GROWTH,
    INVESTMENT,
    LOW_TAX,
    OPEN,
    RANK,
    RECRUITED,
    actual,
    firms,
    judge_each,
    same,
    target,
)

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


def test_verdict_when_due():
    found = judge_each([[target(wanted), actual(printed, 2023)] for wanted, printed, *_ in VERDICTS.values()], DUE)
    columns = ["state", "reason", "rule", "calendar", "actual_id", "class_low", "class_high"]
    assert {case: tuple(row[columns]) for case, row in zip(VERDICTS, found, strict=True)} == {
        case: (*expected, "verdict_of_year", "due", "b", "", "") for case, (_, _, *expected) in VERDICTS.items()
    }
    assert all(math.isnan(row["ratio"]) for row in found)


EXACT_VERDICTS = [
    ({"unit": "元"}, "ge 400000000000", "eq 400000000000", "met"),  # its rounding is less than is kept of it
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


def test_verdict_of_every_kind():
    cases = [same([target(wanted), actual(printed, 2023)], **kind) for kind, wanted, printed, _ in EXACT_VERDICTS]
    rows = judge_each(cases, DUE)
    found = [(*asked[:3], row["state"]) for asked, row in zip(EXACT_VERDICTS, rows, strict=True)]
    assert found == EXACT_VERDICTS
    assert {row["rule"] for row in rows} == {"verdict_of_year"}


def test_a_printed_trillion_is_known_to_its_last_digit():
    states = {"ge 1.86": "met", "ge 1.865": "met", "ge 1.87": "undecided", "ge 1.875": "missed", "ge 1.88": "missed"}
    cases = [same([target(wanted), actual("eq 1.87", 2023)], unit="万亿元") for wanted in states]
    assert dict(zip(states, [row["state"] for row in judge_each(cases, DUE)], strict=True)) == states


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


def test_a_target_may_be_met_before_it_is_due():
    for year, day in (("2025", "2024-06-30"), ("", OPEN), ("2023", OPEN)):
        cases = [(rows, state) for rows, state in MET_EARLY if rows[0]["year"] == year]
        assert cases
        for (rows, state), row in zip(cases, judge_each([rows for rows, _ in cases], day), strict=True):
            assert (row["state"], row["rule"] == "verdict_early") == (state, state == "met"), rows
            if state == "met":
                assert (row["reason"], row["bound"], row["class_high"]) == ("", "", ""), rows
