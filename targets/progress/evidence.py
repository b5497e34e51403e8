"""Evidence behind a record: how its year was found, its misprint, and whether its number is the printed one."""

import math
import re

import pandas as pd

from targets.load.dataset import Data, Dataset, per_dataset
from targets.quantities.reader import LARGE, find_quantities
from targets.text import say


def say_year_basis(data: Dataset, lang: str, row: object) -> str:
    """Say how a record's year was found: “今年”（第6行）：即来源年份2022; “明年”（第6行）：来源年份2022 + 1 = 2023.

    `row` is a record of the data's frame, as a Series or a named tuple.
    """
    if row.year_basis != "inferred":
        return say(lang, f"year_basis.{row.year_basis}")
    distance = int(row.year - row.source_year)
    where = "" if pd.isna(row.year_line) else say(lang, "year_basis.line", line=row.year_line)
    return say(
        lang,
        "year_basis.inferred" if distance else "year_basis.inferred_same",
        words=row.year_evidence,
        where=where,
        source_year=row.source_year,
        distance=f"{'−' if distance < 0 else '+'} {abs(distance)}",  # noqa: RUF001 - the minus sign of print
        year=row.year,
    )


@per_dataset
def misprints(data: Data) -> dict[str, dict[str, str]]:
    """Return the misprints by the id of the record each belongs to: printed, reading, reason, reason_en."""
    return {row["id"]: row for row in data.tables["misprints"].to_dict("records")}


def say_misprint(data: Dataset, lang: str, record: str) -> str:
    """Say what is printed, how it is read and why; nothing for a record without a misprint."""
    found = misprints(data).get(record)
    if not found:
        return ""
    reason = found["reason" if lang == "zh" else "reason_en"]
    return say(lang, "misprint.says", printed=found["printed"], reading=found["reading"], reason=reason)


TIMES = ("年", "月", "日")
"""Units of numerals that say when or how long, beside a number of something else."""
FALL = re.compile("[-\u2212负降减跌]")
"""What is printed before a number below zero."""


def misread(data: Dataset, rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the rows, by their index, whose number is none of those printed, or bounded otherwise than the words say.

    What was misprinted is read as its misprint says. Words without a numeral (连续8年居首位) say nothing.
    """
    found = []
    for row in rows[rows["value"].notna() & ~rows.index.isin(list(misprints(data)))].itertuples():
        printed = find_quantities(row.as_printed)
        quantities = [each for each in printed if each.unit not in TIMES or each.unit == row.unit]
        amount = row.canonical_value * LARGE.get(row.canonical_unit[:1], 1)
        amount = abs(amount) if FALL.search(row.as_printed) else amount  # a numeral is read without its sign
        amounts = (amount, row.value) if row.unit.isascii() else (amount,)  # billion yuan is not read with its numeral
        same = {e.comparator for e in quantities if any(math.isclose(e.value, each, rel_tol=1e-9) for each in amounts)}
        if quantities and not same & {row.comparator, "eq"}:
            found.append(row.Index)
    return tuple(found)
