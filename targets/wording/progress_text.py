"""The words of progress: a target's state, its result and why in a sentence, and what the tables of progress say."""

import math
from collections.abc import Callable, Iterable
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from targets.contract.columns import count_pairs
from targets.contract.units import write_bound, write_number, write_quantity
from targets.load.dataset import Dataset
from targets.load.rows import Rows
from targets.progress import pace
from targets.progress.actuals import breaks_of, known_from
from targets.progress.pace import CLASSES, Intervals, rate_interval
from targets.query.tables import KINDS
from targets.text import listing, say

SYMBOLS = {
    "met": "✓", "missed": "✗", "undecided": "?", "no_result": "∅", "not_due": "▷", "undated": "—", "no_number": "□",
    "confirmed": "✓", "contradicted": "✗", "unconfirmed": "∅",
}  # fmt: skip
"""One shape for each state and outcome, the same on every page; the word stands beside it."""


CLEARLY_MORE = 1.5
"""Times the growth of last year from which needed growth is said as a multiple of it."""
MOST_DECIMALS = 13
"""Decimals to which R is written at most: it is classed by twelve digits."""
MOST_MARKS = 200
MOST_IN_ROW = 6
"""Marks of a tally, on the whole or in each of its rows; where there are more records, a mark stands for more."""


def records_per_mark(table: pd.DataFrame) -> int:
    """Return how many records a mark of a tally stands for: a power of ten."""
    counts = table[[kind for kind in KINDS if kind in table]].to_numpy()
    each, most = 1, max(MOST_MARKS, MOST_IN_ROW * len(table))
    while each < counts.max(initial=0) and (-(-counts // each)).sum() > most:
        each *= 10
    return each


def say_each(lang: str, table: pd.DataFrame) -> str:
    """Say how many records a mark of a tally stands for."""
    each = records_per_mark(table)
    return say(lang, "drawn.each", n=write_number(each)) if each > 1 else say(lang, "drawn.one_each")


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


def _rate(lang: str, row: object, name: str) -> str:
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
    return _join(lang, said)


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
        return _join(lang, said)
    span = {"since": row.base_year, "until": row.actual_year, "year": row.year}
    averaged = row.pace == "average_growth"
    required = write_number(row.canonical_value) + "%" if averaged else _rate(lang, row, "required")
    base = say_figure(data, lang, row.base_id)
    said.append(say(lang, "pace.growth", achieved=_rate(lang, row, "achieved"), required=required, base=base, **span))
    if not np.isnan(row.remaining_low):
        yearly = say_yearly(lang, row.year - row.actual_year)
        said.append(say(lang, "pace.remaining", remaining=_rate(lang, row, "remaining"), yearly=yearly, **span))
    said.append(say(lang, "pace.nominal") if row.canonical_unit == "亿元" else "")
    return _join(lang, said)


def _join(lang: str, said: list[str]) -> str:
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
    return _join(lang, said)


def find_outcomes(data: Dataset, lang: str, table: pd.DataFrame) -> tuple[str, str]:
    """Say how many targets came true, how many did not, and for how many nothing was found.

    Those that came true may have done so before they were due.
    """
    counts = dict(zip(table["state"], table["records"] - table["pledge"], strict=True))
    due = {state: int(counts.get(state, 0)) for state in ("met", "missed", "undecided", "no_result")}
    known = sum(due.values())
    alike = [state for state, n in due.items() if n == known > 1]
    parts = [say(lang, f"outcomes.all_{state}") for state in alike] or [
        say(lang, f"outcomes.{state}", n=n) for state, n in due.items() if n
    ]
    key = "outcomes.due_or_met" if due["met"] else "outcomes.due"
    title = say(lang, key, n=known, parts=listing(lang, parts)) if parts else ""
    rest = [
        say(lang, f"outcomes.{state}", n=int(counts[state])) for state in ("not_due", "undated") if counts.get(state)
    ]
    title += (say(lang, "outcomes.rest") if title and rest else "") + say(lang, "comma").join(rest)
    if not title:
        title = say(lang, "outcomes.pledges", n=int(table["pledge"].sum()))
    else:
        title += say(lang, "stop")
    return title, say(lang, "outcomes.under", n=int(table["records"].sum()), each=say_each(lang, table))


def find_paths(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> tuple[str, str]:
    """Say of the first way that leads on how far it has come, and what growth remains, beside that of last year.

    A way whose latest figure is at its target or beyond it leads nowhere.
    """
    role, years, value = table["role"].array, table["year"].to_numpy("int64"), table["canonical_value"].to_numpy()
    goals = np.flatnonzero(role == "target")
    under = say(lang, "paths.under", n=len(goals), first=int(years.min()), last=int(years.max()))
    latest = goals - 1  # a way ends with its target, and the one before is the figure that leads for the latest year
    left = years[goals] - years[latest]
    followed = (left >= 1) & (role != "base")[latest] & (table["comparator"].array == "eq")[latest]
    starts = np.append(0, goals[:-1] + 1)
    reached = followed & ((value[goals] - value[latest]) * (value[goals] - value[starts]) <= 0)
    leads_on = followed & ~reached & (value[latest] > 0) & (value[goals] > 0)
    if not leads_on.any():
        whys = {"no_figure": ~followed, "reached": reached, "no_growth": followed & ~reached}
        reasons = listing(lang, [say(lang, f"paths.{why}", n=int(n.sum())) for why, n in whys.items() if n.any()])
        return say(lang, "paths.none", n=len(goals), reasons=reasons), under
    first = leads_on.argmax()
    way = table.take(np.arange(starts[first], goals[first] + 1))
    target, actuals = way.iloc[-1], way[(way["role"] != "target") & way["leads"]]
    last, n = actuals.iloc[-1], int(left[first])
    needed = _growth(_figure(data, last), Intervals(*[np.array(target["canonical_value"])] * 2), n)
    actor, indicator = (data.label(lang, c, target[c]) for c in ("actor", "indicator"))
    actual = write_quantity(lang, last["canonical_value"], last["canonical_unit"])
    goal = write_bound(lang, str(target["comparator"]), target["canonical_value"], target["canonical_unit"])
    words = {
        "actor": actor, "indicator": indicator, "actual": actual, "target": goal, "last": last["year"],
        "year": target["year"], "n": n, "yearly": say_yearly(lang, n), "needed": write_rate(lang, *needed),
        "before": _say_last_growth(data, lang, actuals, needed),
        "status": say_status(data, lang, last["status"]) if last["status"] == "preliminary" else "",
        "nominal": _nominal(lang, last),
    }  # fmt: skip
    return say(lang, "paths.left", **words), under


def _nominal(lang: str, row: pd.Series) -> str:
    """Return the word that tells growth of money at current prices from the real growth that is published."""
    return say(lang, "paths.nominal") if row["canonical_unit"] == "亿元" else ""


def _figure(data: Dataset, row: pd.Series) -> Intervals:
    low, high = data.cells(row["id"], "low", "high")
    return Intervals(np.array(low), np.array(high))


def _growth(start: Intervals, end: Intervals, years: int) -> tuple[float, float]:
    """Return the least and the greatest yearly growth in % between two figures, as far as they are rounded."""
    growth = rate_interval("level", start, end, np.array(years))
    return float(growth.low), float(growth.high)


def _say_last_growth(data: Dataset, lang: str, actuals: pd.DataFrame, needed: tuple[float, float]) -> str:
    """Say the growth of the last year, and how many times as much is needed where that is clearly more.

    Only where both years have an exact figure on one side of any break: growth from or to a bound is none.
    """
    if len(actuals) < 2:
        return ""
    before, last = actuals.iloc[-2], actuals.iloc[-1]
    alike = str(before["comparator"]) == "eq" and before["side"] == last["side"] and before["canonical_value"] > 0
    if not alike or before["year"] != last["year"] - 1:
        return ""
    growth = _growth(_figure(data, before), _figure(data, last), 1)
    words = {"last": last["year"], "growth": write_rate(lang, *growth), "nominal": _nominal(lang, last)}
    if growth[0] <= 0 or needed[0] / growth[1] < CLEARLY_MORE:
        return say(lang, "paths.before", **words)
    # The least needed over the most there was, and the other way round: every true value lies between.
    ends = (f"{n:.1f}" for n in (needed[0] / growth[1], needed[1] / growth[0]))
    return say(lang, "paths.times", times="–".join(dict.fromkeys(ends)), **words)


def find_statements(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> tuple[str, str]:
    """Say how many of the facts a page states other sources confirm, contradict or do not mention."""
    counts = table["outcome"].value_counts()
    order = ("confirmed", "contradicted", "undecided", "unconfirmed")
    parts = [say(lang, f"statements.{o}", n=int(counts[o])) for o in order if o in counts]
    title = say(lang, "statements.title", n=len(table), parts=listing(lang, parts))
    compared = table["outcome"].ne("unconfirmed").to_numpy()
    if undated := int(table["year"].isna().to_numpy()[compared].sum()):
        title += say(lang, "statements.undated", n=undated, m=int(compared.sum()))
    return title, say(lang, "statements.under")


def find_progress(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> tuple[str, str]:
    """Say how many of the targets have a pace, and of which class."""
    targets = int((table["kind"].array != "pledge").sum())
    low, high = table["class_low"].array, table["class_high"].array
    ends, parts, paced = count_pairs(low, high), [], (low != "") | (high != "")
    for first, second in combinations_with_replacement(CLASSES, 2):
        # Where R is open on one side, only the class at its other end is known.
        for pair in [(first, second)] if first != second else [(first, first), ("", first), (first, "")]:
            n = int(ends.at[pair])
            if n == 1:
                found = (low == pair[0]) & (high == pair[1])
                parts.append(_say_one(lang, table.take(np.flatnonzero(found)).iloc[0]))
            elif n:
                parts.append(_say_several(lang, n, *pair))
    if not parts:
        return say(lang, "progress.unpaced", all=targets), ""
    title = say(lang, "progress.paced", n=int(paced.sum()), all=targets, parts=listing(lang, parts))
    totals = (table["pace"].array == "total")[paced].any()
    return _join(lang, [title, say(lang, "progress.of_progress" if totals else "progress.of_growth")]), ""


def _say_one(lang: str, row: pd.Series) -> str:
    """Say the class of the only target in it, with its R; R between two classes is told by them."""
    sign = {"at_best": "≤", "at_least": "≥"}.get(row["bound"], "=")
    ratio = f"R {sign} {write_ratio(row['ratio_low'], row['ratio_high'])}"
    first, second = row["class_low"] or row["class_high"], row["class_high"] or row["class_low"]
    if first != second:
        return _say_several(lang, 1, first, second)
    if not np.isnan(row["remaining_low"]):
        yearly = say_yearly(lang, row["year"] - row["actual_year"])
        words = {"remaining": _rate(lang, row, "remaining"), "yearly": yearly, "since": row["actual_year"]}
        ratio += say(lang, "progress.remaining", **words)
    ratio += say(lang, "progress.break") if row["break_crossed"] else ""
    keys = {"at_best": "progress.class_at_best", "at_least": "progress.class_at_least"}
    return say(lang, keys.get(row["bound"], "progress.class"), n=1, name=say(lang, f"class.{first}"), ratio=ratio)


def _say_several(lang: str, n: int, first: str, second: str) -> str:
    """Say how many targets are in a class, with its band, between two, or at one of them at best or at least."""
    if not first or not second:
        name = say(lang, f"class.{first or second}")
        return say(lang, "progress.at_least" if first else "progress.at_best", n=n, name=name)
    low, high = (say(lang, f"class.{name}") for name in (first, second))
    if first != second:
        return say(lang, "progress.between", n=n, low=low, high=high)
    return say(lang, "progress.class", n=n, name=low, ratio=say_band(first))
