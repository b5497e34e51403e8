"""How a record's year was found, said in one sentence, and the misprints that records rest on."""

import pandas as pd

from targets.dataset import Dataset
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


def misprints(data: Dataset) -> dict[str, dict[str, str]]:
    """Return the misprints by the id of the record each belongs to: printed, reading, reason, reason_en."""

    def make() -> dict[str, dict[str, str]]:
        return {row["id"]: row for row in data.tables["misprints"].to_dict("records")}

    return data.shared.get(("misprints",), make)


def say_misprint(data: Dataset, lang: str, record: str) -> str:
    """Say what is printed, how it is read and why; nothing for a record without a misprint."""
    found = misprints(data).get(record)
    if not found:
        return ""
    reason = found["reason" if lang == "zh" else "reason_en"]
    return say(lang, "misprint.says", printed=found["printed"], reading=found["reading"], reason=reason)
