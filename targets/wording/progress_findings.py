"""What the tables of progress say: outcomes, ways to a target, statements of a page, and pace."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from targets.contract.columns import count_pairs
from targets.contract.units import write_bound, write_quantity
from targets.load.dataset import Dataset
from targets.load.rows import Rows
from targets.progress.pace import CLASSES, Intervals, rate_interval
from targets.text import listing, say
from targets.wording.progress_text import (
    join_sentences,
    say_band,
    say_rate,
    say_status,
    say_yearly,
    write_rate,
    write_ratio,
)
from targets.wording.tally import say_each

CLEARLY_MORE = 1.5
"""Times the growth of last year from which needed growth is said as a multiple of it."""


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
    return join_sentences(lang, [title, say(lang, "progress.of_progress" if totals else "progress.of_growth")]), ""


def _say_one(lang: str, row: pd.Series) -> str:
    """Say the class of the only target in it, with its R; R between two classes is told by them."""
    sign = {"at_best": "≤", "at_least": "≥"}.get(row["bound"], "=")
    ratio = f"R {sign} {write_ratio(row['ratio_low'], row['ratio_high'])}"
    first, second = row["class_low"] or row["class_high"], row["class_high"] or row["class_low"]
    if first != second:
        return _say_several(lang, 1, first, second)
    if not np.isnan(row["remaining_low"]):
        yearly = say_yearly(lang, row["year"] - row["actual_year"])
        words = {"remaining": say_rate(lang, row, "remaining"), "yearly": yearly, "since": row["actual_year"]}
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
