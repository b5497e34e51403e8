"""Formulas of data/checks.csv, such as `2000*one-id + 500*other-id`: parsed, and checked at load.

side = term { "+" term }; term = [ number "*" ] id | number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from targets.contract.comparability import AXIS, differences, title_of_rule
from targets.contract.schema import MOST_PER_RULE, Problem, nearest, resources
from targets.text import LANGUAGES

NUMBER = r"\d+(?:\.\d+)?"
_TERM = re.compile(rf"\s*(?:(?P<number>{NUMBER})|(?:(?P<factor>{NUMBER})\s*\*\s*)?(?P<id>[^\s*+]+))\s*", re.ASCII)
_NAME = re.compile(r"[^\s*+]+")
ACCEPTED = {"": (), "scope": ("scope",), "concept": ("concept", "scope"), "class": ()}
"""Which columns the records of a check may differ in, by its `mixing`."""
CLASS = "size_class"
"""The concept of indicators that count a size class; its floor is the factor, in money."""


@dataclass(frozen=True)
class Term:
    """A record with its factor, or a plain number: `factor` times the record, or `factor` alone."""

    factor: float
    id: str = ""


def parse(side: str) -> tuple[Term, ...]:
    """Return the terms of one side; raise ValueError with the part that is not written as a term."""
    terms = []
    for part in side.split("+"):
        match = _TERM.fullmatch(part)
        number = float((match["number"] or match["factor"] or 1) if match else 0)
        if not match or (match["id"] and not number):
            raise ValueError(part.strip() or side)
        terms.append(Term(number, match["id"] or ""))
    return tuple(terms)


def check_formulas(checks: pd.DataFrame, frame: pd.DataFrame) -> list[Problem]:
    """Return what is wrong with the entries of checks.csv, given the records with their canonical units."""
    needed = ["id", "value", "indicator", *AXIS]
    named = {word for column in ("left", "right") for side in checks[column] for word in _NAME.findall(side)}
    found = frame.loc[frame["id"].isin(named), needed]
    by_id = found.set_index("id", drop=False).to_dict("index")
    problems = [p for row in checks.itertuples() for p in _check_entry(row, by_id, frame["id"])]
    return problems[:MOST_PER_RULE]


def _check_entry(row: object, by_id: Mapping[str, Mapping], ids: pd.Series) -> Iterable[Problem]:
    path, found, broken = resources()["checks"].path, [], False
    for column in ("left", "right"):
        at = (int(row.line_in_file), column)
        try:
            terms = parse(getattr(row, column))
        except ValueError as error:
            yield Problem(path, "check_unparsable", *at, str(error))
            broken = True
            continue
        for term in filter(lambda term: term.id, terms):
            if term.id not in by_id:
                details = {"file": resources()["targets"].path, "nearest": nearest(term.id, ids.tolist())}
                yield Problem(path, "unknown_key", *at, term.id, details)
            elif pd.isna(by_id[term.id]["value"]):
                yield Problem(path, "check_no_number", *at, term.id)
            else:
                found.append((column, term, by_id[term.id]))
                continue
            broken = True
    if not broken:
        yield from _check_mixture(row, found)


def _check_mixture(row: object, found: list[tuple[str, Term, Mapping]]) -> Iterable[Problem]:
    """Find records that may not share an axis, but for the difference that the check accepts."""
    path, line = resources()["checks"].path, int(row.line_in_file)
    if not found:
        yield Problem(path, "check_no_record", line, "left", row.left)
        return
    columns = [c for c in AXIS if c not in ACCEPTED[row.mixing]]
    classes = [one for one in found if row.mixing == "class" and str(one[2]["concept"]) == CLASS]
    others = [one for one in found if one not in classes]
    if classes and any(str(record["dimension"]) != "money" for _, _, record in others):
        yield Problem(path, "check_class_money", line, "mixing", row.mixing)
    for column, term, record in others[1:]:
        if reasons := differences(others[0][2], record, columns):
            names = {lang: title_of_rule(lang, reasons[0].column) for lang in LANGUAGES}
            details = {"what": names, "other": others[0][1].id}
            yield Problem(path, "check_mixed", line, column, term.id, details)
            return
