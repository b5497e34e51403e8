"""Consistency checks: relations that should hold between records, entered ones and those over all data.

Interval arithmetic gives three outcomes: holds, fails, undecided. Beside it stands whether the printed
numbers themselves fit, because most of them are bounds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from targets.contract.comparability import OWN, containers
from targets.contract.formulas import Term, parse
from targets.contract.intervals import Interval, add, compare, exactly, interval_of
from targets.contract.units import round_significant, write_number
from targets.load.dataset import Dataset, per_dataset
from targets.text import say

FAR = 1000
"""A figure more than so many times larger or smaller than every other one of its indicator is looked at again."""
MOST_NAMED = 20
"""Records named in the outcome of one check; the download has the same."""
COLUMNS = (
    "check", "title", "title_en", "formula", "rows", "pairs", "holding", "failing", "undecided", "outcome", "fits",
    "reason", "note", "note_en",
)  # fmt: skip
SIGNS = {"<=": "≤", "<": "<", "same": "≡"}


@per_dataset
def checks(data: Dataset) -> pd.DataFrame:
    """Return one row per check: entered ones first, in the order of the file, then those over all records.

    `formula` in printed numbers; `rows` ids of the records, blank between; `pairs` how many relations were
    looked at, `holding`, `failing`, `undecided` how many of each; `outcome` holds, fails, undecided or
    nothing; `fits` whether the printed numbers fit (yes, no, or blank); `reason` why it is undecided: bound,
    about, rounding.
    """
    records = {row.id: row for row in _wanted(data).itertuples()}
    entered = [_evaluate(row, records) for row in data.tables["checks"].itertuples()]
    return pd.DataFrame([*entered, *(_summarise(rule, rule.pairs(data)) for rule in RULES)], columns=list(COLUMNS))


def _wanted(data: Dataset) -> pd.DataFrame:
    """Return the records that entered checks name."""
    sides = data.tables["checks"]
    ids = {t.id for side in (*sides["left"], *sides["right"]) for t in parse(side) if t.id}
    return data.frame[data.frame["id"].isin(ids)]


def _evaluate(row: object, records: dict[str, object]) -> dict:
    left, right = parse(row.left), parse(row.right)
    sums = [sum(t.factor * (records[t.id].canonical_value if t.id else 1) for t in side) for side in (left, right)]
    printed = round_significant(pd.Series(sums)).tolist()
    used = [records[t.id] for t in (*left, *right) if t.id]
    if row.relation == "same":
        fits = printed[0] == printed[1]
        outcome = fits and len({str(records[t.id].comparator) if t.id else "eq" for t in (*left, *right)}) == 1
        reason = ""
    else:
        sides = [_interval(side, records) for side in (left, right)]
        outcome, fits, reason = _relate(sides, row.relation, printed)
    formula = f"{_write(left, records)} {SIGNS[row.relation]} {_write(right, records)}"
    return {
        "check": row.check, "title": row.title, "title_en": row.title_en, "formula": formula,
        "rows": " ".join(dict.fromkeys(one.id for one in used)), "pairs": 1, "holding": int(outcome is True),
        "failing": int(outcome is False), "undecided": int(outcome is None), "outcome": WORDS[outcome],
        "fits": "yes" if fits else "no", "reason": reason, "note": row.note, "note_en": row.note_en,
    }  # fmt: skip


WORDS = {True: "holds", False: "fails", None: "undecided"}


def _interval(side: tuple[Term, ...], records: dict[str, object]) -> Interval | None:
    """Return the interval of one side; None where a record has none."""
    parts = []
    for term in side:
        one = interval_of(records[term.id]) if term.id else exactly(1)
        if one is None:
            return None
        parts.append(one.times(term.factor))
    return add(parts)


def _relate(sides: list[Interval | None], relation: str, printed: list[float]) -> tuple[bool | None, bool, str]:
    """Return the outcome for two intervals, whether the printed numbers fit, and why it is undecided."""
    fits = printed[0] <= printed[1] if relation == "<=" else printed[0] < printed[1]
    if None in sides:
        return None, fits, "about"
    outcome = compare(sides[0], relation, sides[1])
    undecided = "rounding" if all(side.bounded for side in sides) else "bound"
    return outcome, fits, undecided if outcome is None else ""


def _write(side: tuple[Term, ...], records: dict[str, object]) -> str:
    """Write a side in printed numbers, a size class as what it counts times its floor."""
    parts = []
    for term in side:
        if not term.id:
            parts.append(write_number(term.factor))
            continue
        value = write_number(records[term.id].canonical_value)
        mark = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "approx": "~"}.get(str(records[term.id].comparator), "")
        value = f"({mark}{value})" if mark else value
        parts.append(value if term.factor == 1 else f"{value} × {write_number(term.factor)}")
    return " + ".join(parts)


@dataclass(frozen=True)
class Rule:
    """A relation looked for over all records: its name, how it is written, and how its pairs are found.

    `pairs` returns one row per relation: `rows` (ids, blank between), left and right as low, high, closed
    ends and printed value, or `outcome` itself where no interval is compared.
    """

    name: str
    formula: str
    pairs: Callable[[Dataset], pd.DataFrame]


ENDS = ("low", "high", "low_closed", "high_closed", "canonical_value")


def _compare_pairs(pairs: pd.DataFrame, relation: str) -> pd.DataFrame:
    """Return rows, outcome, fits and reason of pairs with columns `id`, ENDS and the same with `_right`."""
    found = []
    for row in pairs.itertuples():
        printed = [row.canonical_value, row.canonical_value_right]
        outcome, *more = _relate([interval_of(row), _right_side(row)], relation, printed)
        found.append((f"{row.id} {row.id_right}", WORDS[outcome], *more))
    return pd.DataFrame(found, columns=["rows", "outcome", "fits", "reason"])


def _right_side(row: object) -> Interval | None:
    if np.isnan(row.low_right):
        return None
    return Interval(row.low_right, row.high_right, bool(row.low_closed_right), bool(row.high_closed_right))


def _about(data: Dataset) -> pd.DataFrame:
    """Return the records with a number for a whole year about a place; those of its companies are left out."""
    frame = data.frame
    whole = frame["year"].notna() & frame["period"].isna()
    columns = [
        "id", "district", "industry", "indicator", "kind", "year", "canonical_unit", "dimension", "concept", *ENDS,
    ]  # fmt: skip
    return frame[columns][frame["value"].notna() & whole & ~frame["actor_type"].isin(OWN)]


def _value_added(data: Dataset) -> pd.DataFrame:
    rows = _about(data)
    money = rows[rows["dimension"] == "money"]
    keys = ["district", "industry", "kind", "year", "canonical_unit"]
    columns = [*keys, "id", *ENDS]
    added, output = (money.loc[money["concept"] == c, columns] for c in ("value_added", "gross_output"))
    return _compare_pairs(added.merge(output, on=keys, suffixes=("", "_right")), "<")


def _parts(data: Dataset) -> pd.DataFrame:
    rows = _about(data)
    rows = rows[rows["dimension"].isin(["money", "count"])]
    keys = ["indicator", "industry", "year", "kind", "canonical_unit", "above"]
    within = pd.DataFrame(
        [(place, above) for place, chain in containers(data.tables["districts"]).items() for above in chain],
        columns=["district", "above"],
        dtype="str",
    )
    columns = [*keys[:-1], "district", "id", *ENDS]
    rows = rows[columns].astype({"district": "str"})
    small = rows.merge(within, on="district").drop(columns="district")
    large = rows.rename(columns={"district": "above"})
    return _compare_pairs(small.merge(large, on=keys, suffixes=("", "_right")), "<=")


def _listed(rows: pd.DataFrame, wrong: pd.Series) -> pd.DataFrame:
    """Return one relation per record that is either right or wrong, whatever its interval."""
    outcome = np.where(wrong.fillna(False).to_numpy(dtype=bool), "fails", "holds")
    return pd.DataFrame({"rows": rows["id"], "outcome": outcome, "fits": outcome == "holds", "reason": ""})


def _years(data: Dataset) -> pd.DataFrame:
    rows = data.frame[["id", "kind", "year", "source_year"]][data.frame["year"].notna()]
    before = (rows["kind"] != "actual") & (rows["year"] < rows["source_year"])
    after = (rows["kind"] == "actual") & (rows["year"] > rows["source_year"])
    return _listed(rows, before | after)


def _magnitudes(data: Dataset) -> pd.DataFrame:
    """Hold each figure of an indicator that has several against the nearest other one."""
    rows = data.frame[["id", "indicator", "canonical_value"]][data.frame["canonical_value"] > 0]
    rows = rows.sort_values("canonical_value", kind="stable")
    groups = rows.groupby("indicator", observed=True)["canonical_value"]
    rows = rows.assign(below=groups.shift(1), above=groups.shift(-1))
    rows = rows[rows["below"].notna() | rows["above"].notna()]
    far_below = (rows["canonical_value"] > rows["below"] * FAR) | rows["below"].isna()
    far_above = (rows["canonical_value"] * FAR < rows["above"]) | rows["above"].isna()
    return _listed(rows, far_below & far_above)


def _ranks(data: Dataset) -> pd.DataFrame:
    rows = data.frame[["id", "canonical_value"]][(data.frame["dimension"] == "rank") & data.frame["value"].notna()]
    return _listed(rows, rows["canonical_value"] < 1)


def _shares(data: Dataset) -> pd.DataFrame:
    rows = data.frame[["id", "canonical_value"]][(data.frame["dimension"] == "share") & data.frame["value"].notna()]
    return _listed(rows, ~rows["canonical_value"].between(0, 100))


RULES = (
    Rule("value-added-below-output", "value_added < gross_output", _value_added),
    Rule("part-below-whole", "part ≤ whole", _parts),
    Rule("years-in-order", "year_actual ≤ year_source ≤ year_target", _years),
    Rule("magnitudes", "1/{far} ≤ value / nearest ≤ {far}", _magnitudes),
    Rule("ranks-from-one", "rank ≥ 1", _ranks),
    Rule("shares-to-hundred", "0 ≤ share ≤ 100", _shares),
)
"""The relations that are looked for over all records."""


def _summarise(rule: Rule, pairs: pd.DataFrame) -> dict:
    """Return a rule's row: it fails where one pair fails, and is undecided where one is and none fails."""
    counts = {word: int((pairs["outcome"] == word).sum()) for word in WORDS.values()}
    outcome = next((word for word in ("fails", "undecided", "holds") if counts[word]), "nothing")
    named = pairs[pairs["outcome"] == outcome] if outcome in ("fails", "undecided") else pairs.iloc[:0]
    reasons = filter(None, named["reason"].unique())
    return {
        "check": rule.name, "title": say("zh", f"check_rule.{rule.name}", far=FAR),
        "title_en": say("en", f"check_rule.{rule.name}", far=FAR), "formula": rule.formula.format(far=FAR),
        "rows": " ".join(dict.fromkeys(" ".join(named["rows"].head(MOST_NAMED)).split())), "pairs": len(pairs),
        "holding": counts["holds"], "failing": counts["fails"], "undecided": counts["undecided"], "outcome": outcome,
        "fits": ("yes" if named["fits"].all() else "no") if len(named) else "", "reason": " ".join(reasons),
        "note": say("zh", f"check_note.{rule.name}"), "note_en": say("en", f"check_note.{rule.name}"),
    }  # fmt: skip
