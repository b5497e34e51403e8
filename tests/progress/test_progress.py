"""Progress as known on a day: the same invented data on several days, and the project's own targets."""

import math

import pytest

from targets.contract.dates import read_day
from targets.load.dataset import Dataset
from targets.progress.progress import STATES, progress, states
from tests.series import BASE, BREAKS, actual, build_series, firms, target

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


@pytest.fixture(scope="module")
def history() -> Dataset:
    return build_series(*HISTORY, breaks=BREAKS)


def test_the_same_data_on_several_days(history):
    found = {}
    for day in DAYS:
        table = progress(history, day).set_index("id")
        cells = [] if table.empty else table.loc["a", ["state", "actual_id", "ratio"]].tolist()
        cells = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
        found[day] = tuple(cells + table["state"].tolist()[1:])
    assert found == DAYS


def test_a_revision_is_linked_both_ways_from_the_day_it_is_published(history):
    before, after = (progress(history, day) for day in ("2024-02-29", "2024-03-01"))
    assert before["revised_by"].tolist() == [""]
    assert after["revised_by"].tolist() == ["g", ""]
    assert after["revises"].tolist() == ["", "a"]


def test_a_day_is_written_in_one_way():
    assert read_day("2026-01-01") == "2026-01-01"
    for text in ("", "2026", "20260101", "2026-1-1", "2026-02-30", "2026-01-01T00:00", "今天"):
        with pytest.raises(ValueError):
            read_day(text)


def test_the_projects_targets_by_state(all_data):
    commitments = all_data.frame["kind"].isin(["target", "expected", "pledge"])
    for day, counts in (
        ("2026-11-24", {"no_result": 16, "not_due": 12, "undated": 3, "no_number": 30}),
        ("2024-06-30", {"no_result": 14, "not_due": 14, "undated": 3, "no_number": 30}),
        ("2019-12-31", {}),
    ):
        table = progress(all_data, day)
        assert {state: n for state, n in table["state"].value_counts().items() if n} == counts
        assert len(table) == sum(counts.values())
        by_record = states(all_data, day)
        assert by_record.cat.categories.tolist() == list(STATES)
        assert by_record.notna().tolist() == (commitments if counts else commitments & False).tolist()


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
