"""Printed numbers in comparable units, their intervals, and numbers written for a reader.

Factors live in data/units.csv and nowhere else. Intervals follow the progress method: 超 (v, inf),
以上 [v, inf), a bare number the rounding interval of its printed digits, 约 none.
"""

from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract.columns import among, classify, look_up
from targets.text import phrases, say

DIMENSION_OF_UNIT = {"growth": "share"} | {d: d for d in ("money", "share", "count", "rank")}
"""What a unit must measure for an indicator of each dimension: growth is printed in % as a share is."""

DIGITS = 12
_TENS = 10.0 ** np.arange(309.0)


def round_significant(values: pd.Series) -> pd.Series:
    """Round to twelve significant digits, so that 1.1 × 10000 is 11000 and not 11000.000000000002."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    size = np.floor(np.log10(np.abs(np.where((numbers == 0) | np.isnan(numbers), 1, numbers))))
    scale = _TENS[np.minimum(np.abs(DIGITS - 1 - size), len(_TENS) - 1).astype("int64")]
    up = size <= DIGITS - 1
    rounded = np.round(numbers * scale) / scale
    if not up.all():
        rounded = np.where(up, rounded, np.round(numbers / scale) * scale)
    return pd.Series(np.where(np.isfinite(numbers), rounded, numbers), index=values.index)


def add_canonical(frame: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Add canonical_value, canonical_unit and the interval low, high, low_closed, high_closed.

    `frame` has value, value_text, unit, comparator and dimension. The printed decimal places decide
    the rounding interval of a bare number; a count of single things is exact, as is what is printed to more
    digits than are kept. low and high are in the canonical unit; an open side is -inf or inf, and both are NaN
    where there is no interval (约, or no number).
    """
    unit, by_unit = pd.Categorical(frame["unit"]), units.set_index("unit")
    factor = pd.Series(look_up(unit, by_unit["factor"]), frame.index, dtype="float64").to_numpy()
    canonical = round_significant(frame["value"] * factor)
    value = canonical.to_numpy()
    comparator, decimals = pd.Categorical(frame["comparator"]), _count_decimals(frame["value_text"])
    counted = among(pd.Categorical(frame["dimension"]), ["count", "rank"]) & (factor == 1) & (decimals == 0)
    bare, below, above = (among(comparator, words) for words in (["eq"], ["le", "lt"], ["ge", "gt"]))
    low = np.where(below, -np.inf, np.where(bare | above, value, np.nan))
    high = np.where(above, np.inf, np.where(bare | below, value, np.nan))
    rounded = np.flatnonzero(bare & ~counted)
    half = round_significant(pd.Series(0.5 * 10.0 ** -decimals[rounded] * factor[rounded]))
    low[rounded] = round_significant(value[rounded] - half)
    high[rounded] = round_significant(value[rounded] + half)
    ends = {
        "low": low,
        "high": high,
        "low_closed": among(comparator, ["ge", "eq"]),
        "high_closed": among(comparator, ["le"]) | (bare & (low == high)),
    }
    return frame.assign(
        canonical_value=canonical,
        canonical_unit=classify(unit, by_unit["canonical_unit"], missing=""),
        **{name: pd.Series(values, frame.index, copy=False) for name, values in ends.items()},
    )


def _count_decimals(numbers: pd.Series) -> np.ndarray:
    """Return how many digits stand behind the point of each number."""
    texts = pa.chunked_array(pa.array(numbers, pa.string()))
    point, length = (count(texts).to_numpy() for count in (partial(pc.find_substring, pattern="."), pc.utf8_length))
    return np.where(point < 0, 0.0, length - point - 1)


def write_number(value: float) -> str:
    """Write a number with thousands separators and no more decimals than it has: 4,000 or 2.2."""
    if pd.isna(value):
        return ""
    text = f"{value:,.10f}".rstrip("0").rstrip(".")
    return text or "0"


def write_money_zh(value: float) -> str:
    """Write 亿元 as Chinese readers count: 4,000亿元, and 2.2万亿元 from a trillion on."""
    if abs(value) >= 10_000:
        return f"{write_number(round(value / 10_000, 6))}万亿元"
    return f"{write_number(value)}亿元"


CURRENCIES = {"亿元": "RMB", "亿美元": "USD"}
"""Units of 100 million, by the currency that English names."""


def write_money_en(value: float, currency: str) -> str:
    """Write 亿元 as English readers count: RMB 400 billion, RMB 2.2 trillion, RMB 50 million."""
    for size, name in ((10_000, "trillion"), (10, "billion"), (0.01, "million")):
        if abs(value) >= size:
            return f"{currency} {write_number(round(value / size, 6))} {name}"
    return f"{currency} {write_number(round(value * 1e8, 2))}"


NOUNS = {"家": ("firm", "firms"), "人": ("person", "people"), "个": ("", ""), "条": ("", ""), "项": ("", "")}
"""What is counted, in English: one and many; what the indicator names has none."""


def write_quantity(lang: str, value: float, canonical_unit: str) -> str:
    """Write a canonical quantity for prose: 4,000亿元 or RMB 400 billion; 第7位 or No. 7."""
    if lang == "en" and canonical_unit in CURRENCIES:
        return write_money_en(value, CURRENCIES[canonical_unit])
    if canonical_unit == "亿元":
        return write_money_zh(value)
    if canonical_unit == "位":
        return say(lang, "quantity.rank", value=write_number(value))
    if canonical_unit == "%":
        return write_number(value) + "%"
    if lang == "zh":
        return write_number(value) + canonical_unit
    if canonical_unit in NOUNS:
        return f"{write_number(value)} {NOUNS[canonical_unit][int(value != 1)]}".strip()
    return f"{write_number(value)} {write_unit(lang, canonical_unit)}"


def write_bound(lang: str, comparator: str, value: float, canonical_unit: str) -> str:
    """Write a quantity with its comparator in words: 超过4,000亿元 or over RMB 400 billion."""
    if not comparator or pd.isna(value):
        return say(lang, "quantity.none")
    if canonical_unit == "位" and comparator == "le":
        return say(lang, "quantity.top", value=write_number(value))
    return say(lang, f"quantity.{comparator}", quantity=write_quantity(lang, value, canonical_unit))


def write_unit(lang: str, canonical_unit: str) -> str:
    """Write the unit of an axis: the canonical one, in English its name where text.toml has one, billions for 亿元."""
    key = f"unit.{canonical_unit}"
    return say(lang, key) if key in phrases() else canonical_unit


def write_axis(lang: str, value: float, canonical_unit: str) -> str:
    """Write a canonical number without its unit, for a tick or a mark on an axis named by `write_unit`.

    English has no word for 亿: 22,000 of them would be read as billions beside a label that says 2.2 trillion.
    """
    return write_number(round(value / 10, 9) if lang == "en" and canonical_unit in CURRENCIES else value)
