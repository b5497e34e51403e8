"""Printed numbers in common units: factors, intervals, and numbers written for a reader."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.contract import units
from targets.load.dataset import Dataset


def canonical(data: Dataset, *rows: tuple[str, str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["comparator", "value_text", "unit", "dimension"])
    frame["value"] = frame["value_text"].astype("float64")
    return units.add_canonical(frame, data.tables["units"])


def test_the_interval_follows_the_printed_word(data):
    table = canonical(
        data,
        ("gt", "4000", "亿元", "money"),  # 突破: above, the number itself not included
        ("ge", "8", "万名", "count"),  # 以上: the number included
        ("eq", "2.2", "万亿元", "money"),  # bare: half of the last printed place either way
        ("eq", "2.20", "万亿元", "money"),  # one more printed digit, a tenth of the interval
        ("eq", "63", "家", "count"),  # single things are counted exactly
        ("eq", "3", "万人", "count"),  # tens of thousands are not
        ("eq", "4.9", "%", "growth"),
        ("approx", "500", "人", "count"),  # 约: no interval is invented
        ("le", "10", "位", "rank"),  # 进入前十
        ("lt", "5", "%", "share"),
        ("eq", "0", "家", "count"),
        ("eq", "191100000000", "元", "money"),  # printed to more digits than are kept
    )
    expected = pd.DataFrame(
        [
            (4000.0, "亿元", 4000.0, np.inf, False, False),
            (80000.0, "人", 80000.0, np.inf, True, False),
            (22000.0, "亿元", 21500.0, 22500.0, True, False),
            (22000.0, "亿元", 21950.0, 22050.0, True, False),
            (63.0, "家", 63.0, 63.0, True, True),
            (30000.0, "人", 25000.0, 35000.0, True, False),
            (4.9, "%", 4.85, 4.95, True, False),
            (500.0, "人", np.nan, np.nan, False, False),
            (10.0, "位", -np.inf, 10.0, False, True),
            (5.0, "%", -np.inf, 5.0, False, False),
            (0.0, "家", 0.0, 0.0, True, True),
            (1911.0, "亿元", 1911.0, 1911.0, True, True),
        ],
        columns=["canonical_value", "canonical_unit", "low", "high", "low_closed", "high_closed"],
    )
    pd.testing.assert_frame_equal(table[expected.columns].astype({"canonical_unit": "str"}), expected)


def test_every_row_goes_to_its_canonical_value_and_back(data):
    rows = data.frame[data.frame["value"].notna()]
    factor = rows["unit"].map(data.tables["units"].set_index("unit")["factor"])
    back = units.round_significant(rows["canonical_value"] / factor)
    assert len(rows) == 40
    assert back.tolist() == rows["value"].tolist()
    assert [units.write_number(v).replace(",", "") for v in back] == rows["value_text"].tolist()


@given(
    st.decimals(min_value="0.01", max_value="99999", places=2),
    st.sampled_from(["亿元", "万亿元", "千亿元", "万元", "元"]),
)
def test_any_amount_goes_there_and_back(data, amount, unit):
    row = canonical(data, ("eq", str(amount), unit, "money")).iloc[0]
    factor = data.tables["units"].set_index("unit").loc[unit, "factor"]
    back = units.round_significant(pd.Series([row["canonical_value"] / factor]))[0]
    assert back == pytest.approx(float(amount), rel=1e-11)
    assert row["low"] < row["canonical_value"] < row["high"]


BOUNDS = [
    ("gt", 4000.0, "亿元", "超过4,000亿元", "over RMB 400 billion"),
    ("ge", 22000.0, "亿元", "不少于2.2万亿元", "at least RMB 2.2 trillion"),
    ("eq", 0.5, "亿元", "0.5亿元", "RMB 50 million"),
    ("eq", 0.00004, "亿元", "0.00004亿元", "RMB 4,000"),
    ("ge", 80000.0, "人", "不少于80,000人", "at least 80,000 people"),
    ("approx", 500.0, "人", "约500人", "about 500 people"),
    ("eq", 1.0, "家", "1家", "1 firm"),
    ("eq", np.float64(63), "家", "63家", "63 firms"),
    ("eq", 3.0, "个", "3个", "3"),
    ("gt", 35.0, "%", "超过35%", "over 35%"),
    ("lt", 4.5, "%", "不到4.5%", "under 4.5%"),
    ("le", 10.0, "位", "前10位", "top 10"),
    ("gt", 8.0, "亿美元", "超过8亿美元", "over USD 800 million"),
    ("gt", 35000.0, "亩", "超过35,000亩", "over 35,000 mu"),
    ("gt", 35.0, "桩", "超过35桩", "over 35 桩"),  # a unit that English has no word for here
    ("eq", 7.0, "位", "第7位", "No. 7"),
    ("", np.nan, "", "没有数字", "no number"),
]


def test_a_bound_is_written_in_words():
    written = [
        (*bound, *(units.write_bound(lang, *bound) for lang in ("zh", "en"))) for bound in (row[:3] for row in BOUNDS)
    ]
    assert written == BOUNDS


AXES = [
    (22000.0, "亿元", "22,000", "2,200"),
    (12408.7, "亿元", "12,408.7", "1,240.87"),
    (0.5, "亿元", "0.5", "0.05"),
    (0.0, "亿元", "0", "0"),
    (85.0, "亿美元", "85", "8.5"),
    (22000.0, "人", "22,000", "22,000"),
    (35.0, "%", "35", "35"),
]


def test_an_axis_counts_money_as_its_language_does():
    written = [
        (value, unit, *(units.write_axis(lang, value, unit) for lang in ("zh", "en"))) for value, unit, *_ in AXES
    ]
    assert written == AXES
    assert units.write_unit("en", "亿元") == "RMB billion"
    assert [units.write_unit(lang, "桩") for lang in ("zh", "en")] == ["桩", "桩"]


def test_a_number_is_written_with_separators_and_its_own_decimals():
    numbers = [4000.0, 2.2, 0.0, -1234.5, np.nan, 100.0, 1e-9]
    written = ["4,000", "2.2", "0", "-1,234.5", "", "100", "0.000000001"]
    assert [units.write_number(number) for number in numbers] == written
