"""The words of progress: a target's state, and its result and why in a sentence."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from targets.contract.units import write_bound, write_number
from targets.load.dataset import Dataset
from targets.progress import pace
from targets.progress.actuals import breaks_of, known_from
from targets.text import listing, say

SYMBOLS = {
    "met": "✓", "missed": "✗", "undecided": "?", "no_result": "∅", "not_due": "▷", "undated": "—", "no_number": "□",
    "confirmed": "✓", "contradicted": "✗", "unconfirmed": "∅",
}  # fmt: skip
"""One shape for each state and outcome, the same on every page; the word stands beside it."""


MOST_DECIMALS = 13
"""Decimals to which R is written at most: it is classed by twelve digits."""


def say_band(name: str) -> str:
    """Return the band of R of a class, printed wherever a class is; met has none."""
    moderate, significant = f"{pace.MODERATE:.2f}", f"{pace.SIGNIFICANT:.2f}"
    return {
        "moving_away": "R < 0",
        "insufficient": f"0 ≤ R < {moderate}",
        "moderate": f"{moderate} ≤ R < {significant}",
        "significant": f"R ≥ {significant}",
    }.get(name, "")


def say_state(lang: str, state: str) -> str:
    """Say a state with its shape: ∅ 未找到结果."""
    return f"{SYMBOLS[state]} {say(lang, f'state.{state}')}"


def _between(ends: Iterable[str]) -> str:
    """Write an interval by its ends, with room for a sign; ends that are written alike are one."""
    ends = tuple(dict.fromkeys(ends))
    return (" – " if any(end.startswith("-") for end in ends) else "–").join(ends)


def _write_within(value: float, digits: int, part: Callable[[float], object]) -> str:
    """Write a number with so many decimals, or as many more as it takes not to be rounded into another part."""
    written = (f"{value:.{more}f}" for more in range(digits, MOST_DECIMALS))
    return next((text for text in written if part(float(text)) == part(value)), f"{value:.{digits}f}")


def write_ratio(low: float, high: float) -> str:
    """Write R: 0.82, or its interval 0.81–0.83 where the ends differ when rounded; never rounded into another class."""
    return _between(_write_within(value, 2, pace.classify) for value in (low, high) if np.isfinite(value))


def write_rate(lang: str, low: float, high: float, unit: str = "%") -> str:
    """Write a yearly rate: 9.0%, an interval 17.3–18.0%, or with the words for a bound on either side."""
    if np.isneginf(low):
        return say(lang, "rate.at_most", rate=f"{high:.1f}{unit}")
    if np.isposinf(high):
        return say(lang, "rate.at_least", rate=f"{low:.1f}{unit}")
    return _between((f"{low:.1f}", f"{high:.1f}")) + unit


def say_yearly(lang: str, years: float) -> str:
    """Return the word that makes a growth a yearly one; over a single year growth needs none."""
    return say(lang, "growth.yearly") if years > 1 else ""


def say_implied(lang: str, key: str, row: object) -> str:
    """Say the growth that a target implies over its base, in the words of that key."""
    return say(lang, key, growth=write_number(row.growth), yearly=say_yearly(lang, row.year - row.base_year))


def say_rate(lang: str, row: object, name: str) -> str:
    """Write the yearly rate in the two columns of this name."""
    unit = say(lang, "rate.points") if row.pace == "share" else "%"
    return write_rate(lang, getattr(row, f"{name}_low"), getattr(row, f"{name}_high"), unit)


def say_figure(data: Dataset, lang: str, id_: str) -> str:
    """Say a figure that a result rests on: 2025年1.87万亿元, its comparator in words, and the part of its year."""
    comparator, value, unit, year = data.cells(id_, "comparator", "canonical_value", "canonical_unit", "year")
    part = say_part(data, lang, *data.cells(id_, "period"))
    return say(
        lang, "result.figure", year=year, part=part, quantity=write_bound(lang, str(comparator), value, str(unit))
    )


def say_part(data: Dataset, lang: str, period: object) -> str:
    """Say the part of the year that a figure covers, to stand after the year; nothing for a whole one."""
    return "" if pd.isna(period) else say(lang, "record.part", part=data.label(lang, "period", str(period)))


def say_status(data: Dataset, lang: str, status: object) -> str:
    """Say whether a figure is preliminary or revised, to stand after it; nothing where its source says neither."""
    if pd.isna(status) or not status:
        return ""
    word = data.label(lang, "status", str(status))
    return say(lang, "record.status", status=word if lang == "zh" else word.lower())


def say_result(data: Dataset, lang: str, row: object, *, reason: bool = True) -> str:
    """Say a target's verdict or pace in a sentence or two, or why there is neither.

    `row` is one of the progress table. Pace prints R, its band, the growth achieved and required, and what
    remains; money says that it is nominal. Without `reason` the sentence that says why is left to whoever asks.
    """
    said = [_say_verdict(data, lang, row) if row.rule.startswith("verdict") else ""]
    if row.bound:
        said.append(_say_pace(data, lang, row))
    if row.reason and reason:
        said.append(say_reason(lang, row.reason))
    if row.reason == "no_result":
        said.append(_say_where(data, lang, row))
    if row.break_crossed:
        said.append(_say_break(data, lang, row))
    if not np.isnan(row.multiple):
        since = row.base_year if not pd.isna(row.base_year) else data.cells(row.id, "source_year")[0] - 1
        said.append(say(lang, "result.multiple", since=since, year=row.year, multiple=_multiple(lang, row)))
    return join_sentences(lang, said)


def _multiple(lang: str, row: object) -> str:
    """Say what an average growth comes to, rounded towards what its bound leaves open: 超过2.48倍."""
    towards = {"gt": math.floor, "ge": math.floor, "lt": math.ceil, "le": math.ceil}.get(row.comparator, round)
    said = say(lang, "result.times", n=f"{towards(round(row.multiple * 100, 9)) / 100:.2f}")
    return say(lang, f"quantity.{row.comparator}", quantity=said)


def _say_verdict(data: Dataset, lang: str, row: object) -> str:
    early = "early_undated" if row.calendar == "undated" else "early"
    key = early if row.rule == "verdict_early" else str(row.state)
    return say(lang, f"result.{key}", figure=say_figure(data, lang, row.actual_id))


def _say_pace(data: Dataset, lang: str, row: object) -> str:
    names = list(dict.fromkeys(name for name in (row.class_low, row.class_high) if name))
    band = listing(lang, [f"{say(lang, f'class.{n}')} {say_band(n)}".strip() for n in names])
    key = "between" if len(names) > 1 else row.bound
    said = [say(lang, f"pace.{key}", ratio=write_ratio(row.ratio_low, row.ratio_high), band=band)]
    if row.pace == "total":
        share = _write_within(row.actual_value / row.canonical_value * 100, 0, lambda part: part >= 100)
        said.append(say(lang, "pace.total", figure=say_figure(data, lang, row.actual_id), share=share))
        return join_sentences(lang, said)
    span = {"since": row.base_year, "until": row.actual_year, "year": row.year}
    averaged = row.pace == "average_growth"
    required = write_number(row.canonical_value) + "%" if averaged else say_rate(lang, row, "required")
    base = say_figure(data, lang, row.base_id)
    said.append(
        say(lang, "pace.growth", achieved=say_rate(lang, row, "achieved"), required=required, base=base, **span)
    )
    if not np.isnan(row.remaining_low):
        yearly = say_yearly(lang, row.year - row.actual_year)
        said.append(say(lang, "pace.remaining", remaining=say_rate(lang, row, "remaining"), yearly=yearly, **span))
    said.append(say(lang, "pace.nominal") if row.canonical_unit == "亿元" else "")
    return join_sentences(lang, said)


def join_sentences(lang: str, said: list[str]) -> str:
    """Join sentences, leaving out the empty ones."""
    return (" " if lang == "en" else "").join(filter(None, said))


def say_reason(lang: str, reason: str) -> str:
    """Say why there is no verdict or no class of pace."""
    return say(lang, f"reason.{reason}")


def _say_where(data: Dataset, lang: str, row: object) -> str:
    look_in = data.by_key["actors"]["look_in" if lang == "zh" else "look_in_en"]
    return say(lang, "result.look_in", look_in=look_in[str(row.actor)])


def _say_break(data: Dataset, lang: str, row: object) -> str:
    """Say the last break that parts the figures a result rests on."""
    indicator, subject = map(str, data.cells(row.actual_id, "indicator", "subject"))
    places = [data.by_id.index.get_loc(id_) for id_ in (row.id, row.base_id, row.actual_id) if id_]
    known = [known_from(data).array[n] for n in places if data.frame["indicator"].array[n] == indicator]
    breaks = breaks_of(data, indicator, subject).sort_values("published", kind="stable")
    one = breaks[(breaks["published"] > min(known)) & (breaks["published"] <= max(known))].iloc[-1]
    name, note = ("name", "note") if lang == "zh" else ("name_en", "note_en")
    return say(lang, "result.break", year=one["year"], name=one[name], note=one[note])


def say_breaks(data: Dataset, lang: str, places: np.ndarray) -> str:
    """Say each break of a series of which figures from before it and after it stand in these places of the frame."""
    frame, known, said = data.frame, known_from(data).array, []
    actual = places[frame["kind"].array[places] == "actual"]
    indicator, subject = (frame[column].array[actual] for column in ("indicator", "subject"))
    name, note = ("name", "note") if lang == "zh" else ("name_en", "note_en")
    for one in data.tables["breaks"].to_dict("records"):
        after = known[actual[(indicator == one["indicator"]) & (subject == one["district"])]] >= one["published"]
        if after.any() and not after.all():
            place, what = (data.label(lang, column, one[column]) for column in ("district", "indicator"))
            words = {"place": place, "indicator": what, "day": one["published"], "name": one[name], "note": one[note]}
            said.append(say(lang, "figure.break", **words))
    return join_sentences(lang, said)
