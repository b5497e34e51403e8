"""What may share an axis or a sum. Every answer names the rule behind it, in both languages.

After the progress method, section 6: different concepts, scopes and prices are never mixed; shares, rates
and ranks are never summed; a company and its place, a place and what contains it are never added.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from targets.contract.schema import resources
from targets.contract.units import write_unit
from targets.text import listing, say

AXIS = ("dimension", "concept", "measure", "scope", "prices", "canonical_unit")
"""Indicators may share an axis only where all of these are equal."""
PANEL = (*AXIS, "period")
"""Records may share an axis only where they also cover the same part of a year."""
TIME = ("kind", "year", "industry")
"""What figures must share beyond their definition and indicator to be added."""
NEVER_ADDED = ("share", "growth", "rank")
"""Dimensions whose figures have no sum."""
UNSTATED = "未注明"
"""The scope of an indicator whose source does not say what it covers."""
OWN = ("company", "campaign")
"""Types of actor whose figures are about themselves; those of all others are about their place."""
BOUND_OF_RATIO = {"gt": "at_most", "ge": "at_most", "eq": "exact", "le": "at_least", "lt": "at_least"}
"""How a base bounds the growth computed from it: from a lower bound as base, growth is at most so much."""
RULES = ("axis", "sum_definition", "sum_never", "sum_overlap", "sum_bound", "prices")
"""Every rule, as the method page tells them."""


class Labels(Protocol):
    """Anything that has the reader's words for keys, such as the data set."""

    def label(self, lang: str, column: str, key: str) -> str:
        """Return the reader's word for a key."""


@dataclass(frozen=True)
class Reason:
    """Why two figures may not be put together: a rule, the column it looks at, and the two keys."""

    rule: str
    column: str = ""
    first: str = ""
    second: str = ""

    def say(self, labels: Labels, lang: str) -> str:
        """Return the reason as part of a sentence."""
        words = [say_key(labels, lang, self.column, key) for key in (self.first, self.second)]
        return say(lang, f"guard.{self.rule}", what=title_of_rule(lang, self.column), first=words[0], second=words[1])


@dataclass(frozen=True)
class Answer:
    """Whether figures may share an axis or be added, and if not, all reasons why."""

    reasons: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether no rule forbids it."""
        return not self.reasons

    def say(self, labels: Labels, lang: str) -> str:
        """Return all reasons in words, or nothing where it is allowed."""
        return say(lang, "semicolon").join(reason.say(labels, lang) for reason in self.reasons)


def title_of_rule(lang: str, column: str) -> str:
    """Return the title of the column a rule looks at."""
    described = {f.name: f for f in (*resources()["targets"].fields, *resources()["targets"].derived)}
    described |= {f.name: f for f in resources()["indicators"].fields}
    if column == "subject":
        return say(lang, "column.subject")
    return described[column].titles[lang] if column in described else ""


def say_key(labels: Labels, lang: str, column: str, key: str) -> str:
    """Return the reader's word for a key of a column that a rule looks at."""
    if not key:
        return say(lang, "guard.whole_year" if column == "period" else "guard.blank")
    if column in ("dimension", "concept", "measure", "scope", "prices"):
        return resources()["indicators"].field(column).label(lang, key)
    if column == "canonical_unit":
        return write_unit(lang, key)
    if column in ("actor", "subject"):
        name = labels.label(lang, "actor", key)
        return name if name != key else labels.label(lang, "district", key)
    return labels.label(lang, column, key) if column and column != "year" else key


def _key(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def differences(a: Mapping, b: Mapping, columns: Iterable[str] = AXIS) -> tuple[Reason, ...]:
    """Return a reason for each column in which two records or definitions differ."""
    pairs = ((column, _key(a[column]), _key(b[column])) for column in columns)
    return tuple(Reason("differs", column, first, second) for column, first, second in pairs if first != second)


def may_share_axis(a: Mapping, b: Mapping) -> Answer:
    """Say whether the figures of two indicators' definitions may be drawn on one axis."""
    return Answer(differences(a, b))


def definitions(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what each indicator with a number measures: the columns of AXIS, by indicator."""
    measured = frame[frame["value"].notna()].drop_duplicates("indicator")
    keys = measured[list(AXIS)].astype("object").to_dict("records")
    return dict(zip(measured["indicator"].astype("str"), keys, strict=True))


def partners(frame: pd.DataFrame, indicator: str) -> list[str]:
    """Return the other indicators with numbers that may share an axis with one, in code-list order."""
    known = definitions(frame)
    if indicator not in known:
        return []
    ordered = [key for key in frame["indicator"].cat.categories if key in known and key != indicator]
    return [key for key in ordered if may_share_axis(known[indicator], known[key]).allowed]


def containers(districts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return for each place every place that contains it, the nearest first."""
    within = districts.set_index("district")["within"].to_dict()
    found = {}
    for place in within:
        chain: list[str] = []
        while (above := within.get((chain or [place])[-1], "")) and above not in chain:
            chain.append(above)
        found[place] = tuple(chain)
    return found


def overlaps(rows: pd.DataFrame, within: Mapping[str, tuple[str, ...]]) -> dict[str, Reason]:
    """Return by id the records that must be left out so that no part is counted twice, each with its reason.

    A place that contains another one of the rows is left out, as are several figures for one place or
    company, and a company that lies, or may lie, in a place of the rows.
    """
    own = rows["actor_type"].isin(OWN)
    left_out = _places(rows[~own], within)
    places = [str(d) for d in rows.loc[~own & ~rows["id"].isin(left_out), "district"]]
    seen = rows.loc[own, "actor"].astype("str").value_counts()
    for row in rows.loc[own, ["id", "actor", "district"]].itertuples():
        above = (str(row.district), *within[str(row.district)])
        actor = str(row.actor)
        inside = next((p for p in places if p in above), "")
        near = next((p for p in places if str(row.district) in within[p]), "")
        if seen[actor] > 1:
            left_out[row.id] = Reason("same", "subject", actor)
        elif inside or near:
            left_out[row.id] = Reason("inside" if inside else "may_be_inside", "subject", actor, inside or near)
    return left_out


def _places(rows: pd.DataFrame, within: Mapping[str, tuple[str, ...]]) -> dict[str, Reason]:
    """Return the place records to leave out: those that contain another, and several of one place."""
    counts = rows["district"].astype("str").value_counts()
    present = {str(d) for d in rows["district"]}
    part_of = {above: place for place in sorted(present) for above in within[place]}
    left_out = {}
    for row in rows[["id", "district"]].itertuples():
        place = str(row.district)
        if place in part_of:
            left_out[row.id] = Reason("contains", "subject", place, part_of[place])
        elif counts[place] > 1:
            left_out[row.id] = Reason("same", "subject", place)
    return left_out


def may_add(rows: pd.DataFrame, within: Mapping[str, tuple[str, ...]]) -> Answer:
    """Say whether the numbers of records may be added as they stand."""
    reasons: list[Reason] = []
    for column in (*PANEL, "indicator", *TIME):
        keys = list(dict.fromkeys(map(_key, rows[column])))
        if len(keys) > 1:
            reasons.append(Reason("differs" if len(keys) == 2 else "differs_more", column, *keys[:2]))
    never = [d for d in NEVER_ADDED if (rows["dimension"] == d).any()]
    reasons += [Reason("never_added", "dimension", d) for d in never]
    reasons += [Reason("no_number")] if rows["value"].isna().any() else []
    reasons += [Reason("about")] if (rows["comparator"] == "approx").any() else []
    reasons += [Reason("undated")] if rows["year"].isna().any() else []
    inside = dict.fromkeys(overlaps(rows, within).values())
    places = rows.loc[~rows["actor_type"].isin(OWN), "district"].astype("str")
    above = {within[place][:1] or (place,) for place in places}
    reasons += [Reason("apart")] if len(above) > 1 and not inside else []
    return Answer((*reasons, *inside))


def say_rules(lang: str) -> list[tuple[str, str]]:
    """Return every rule with its words, the columns and dimensions named from the rules themselves."""

    def titles(columns: Iterable[str]) -> str:
        return listing(lang, [title_of_rule(lang, c) for c in columns])

    dimension = resources()["indicators"].field("dimension")
    values = {
        "axis": titles(PANEL), "time": titles(("indicator", *TIME)),
        "never": listing(lang, [dimension.label(lang, d) for d in NEVER_ADDED]),
    }  # fmt: skip
    return [(say(lang, f"guard_title.{rule}"), say(lang, f"guard_rule.{rule}", **values)) for rule in RULES]
