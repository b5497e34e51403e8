"""The schema, data/datapackage.json, as Python objects, and the problems found against it."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from targets.contract.dates import read_day
from targets.text import say

DATA_FOLDER = Path(__file__).parent.parent.parent / "data"
MOST_PER_RULE = 50
"""Problems listed for one rule and column; the rest are only counted."""
TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-"}
"""Full-width characters, and the true minus, to ASCII; NFKC would also make 40002 of 4000²."""


@dataclass(frozen=True)
class Field:
    """A column as datapackage.json describes it, with its titles in both languages."""

    name: str
    type: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    constraints: dict
    categories: tuple[dict, ...]
    optional: bool
    """Whether a file may be without the column, whose cells are then blank."""

    @property
    def required(self) -> bool:
        """Whether a blank cell is refused."""
        return bool(self.constraints.get("required"))

    def label(self, lang: str, value: str) -> str:
        """Return the reader's word for a coded value; a value without a label stays itself."""
        key = "label" if lang == "zh" else "label_en"
        return next((c[key] for c in self.categories if c["value"] == value), value)


@dataclass(frozen=True)
class Resource:
    """A table of the package: its file, fields, keys and the columns added at load."""

    name: str
    path: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    fields: tuple[Field, ...]
    derived: tuple[Field, ...]
    primary_key: str
    foreign_keys: dict[str, tuple[str, str]]
    may_be_empty: bool

    def field(self, name: str) -> Field:
        """Return a field, derived ones included, by its name."""
        return next(f for f in (*self.fields, *self.derived) if f.name == name)

    @property
    def columns(self) -> list[str]:
        """Names of all columns that the file may have."""
        return [f.name for f in self.fields]

    def expect(self, header: Collection[str]) -> list[str]:
        """Return the columns that a file of this header has to have: those that are optional only if it has them."""
        return [f.name for f in self.fields if f.name in header or not f.optional]

    @property
    def derived_columns(self) -> list[str]:
        """Names of the columns added at load."""
        return [f.name for f in self.derived]


def _both(described: dict, key: str) -> dict[str, str]:
    return {"zh": described[key], "en": described[f"{key}_en"]}


def read_field(described: dict) -> Field:
    """Return a field as datapackage.json describes it."""
    return Field(
        described["name"],
        described["type"],
        _both(described, "title"),
        _both(described, "description"),
        described.get("constraints", {}),
        tuple(described.get("categories", ())),
        described.get("optional", False),
    )


@cache
def package() -> dict:
    """Return datapackage.json as it stands; it is shared and must not be changed."""
    return json.loads((DATA_FOLDER / "datapackage.json").read_text(encoding="utf-8"))


@cache
def resources() -> dict[str, Resource]:
    """Return the tables of the package by name, in the order of datapackage.json."""
    found = {}
    for each in package()["resources"]:
        described = each["schema"]
        found[each["name"]] = Resource(
            each["name"],
            each["path"],
            _both(each, "title"),
            _both(each, "description"),
            tuple(map(read_field, described["fields"])),
            tuple(map(read_field, each.get("derivedFields", ()))),
            described.get("primaryKey", ""),
            {
                key["fields"]: (key["reference"]["resource"] or each["name"], key["reference"]["fields"])
                for key in described.get("foreignKeys", ())
            },
            each.get("mayBeEmpty", False),
        )
    return found


@cache
def described() -> dict[str, Field]:
    """Return the columns that tables may have, by name: those of the targets, of indicators and of checks."""
    tables = [resources()[name] for name in ("checks", "indicators", "targets")]
    return {field.name: field for table in tables for field in (*table.fields, *table.derived)}


CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Invisible characters: controls, and marks that turn the direction of writing."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file and where: line 1 is the header; 0 means the file as a whole."""

    file: str
    rule: str
    line: int = 0
    column: str = ""
    value: str = ""
    details: dict = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """Return one sentence: file, line, column, value and what was expected."""
        parts, value, column = [self.file], CONTROL.sub("", self.value), CONTROL.sub("", self.column)
        if self.line:
            parts.append(say(lang, "problem.line", line=self.line))
        if column:
            parts.append(say(lang, "problem.column", column=column[:40]))
        if value:
            shown = value if len(value) <= 40 else value[:40] + "…"
            parts.append(say(lang, "problem.value", value=shown))
        details = {k: v[lang] if isinstance(v, dict) else v for k, v in self.details.items()}
        where = ("，" if lang == "zh" else ", ").join(parts)
        said = say(lang, f"problem.{self.rule}", **details).rstrip("；; ")  # where there is nothing to suggest
        return where + ("：" if lang == "zh" else ": ") + said


class InvalidDataError(Exception):
    """Data that does not load; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(p.say("en") for p in problems))
        self.problems = tuple(problems)


MOST_COMPARED = 10_000
"""Keys among which the nearest to a wrong one is looked for; among a million that takes ten seconds each."""


def nearest(value: str, known: Sequence[str]) -> dict[str, str]:
    """Return a suggestion in both languages: the known key nearest to the value, or all of a few."""
    folded = {key.casefold(): key for key in known} if len(known) <= MOST_COMPARED else {}
    close = get_close_matches(value.casefold(), folded, n=1, cutoff=0.4)
    if close:
        return {lang: say(lang, "problem.nearest", key=folded[close[0]]) for lang in ("zh", "en")}
    if len(known) <= 12:
        return {lang: say(lang, "problem.known", keys=say(lang, "enumeration").join(known)) for lang in ("zh", "en")}
    return {"zh": "", "en": ""}


NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
"""A finite plain number; thousands separators must stand where they belong."""


PATTERNS = {
    "[a-z0-9]+(-[a-z0-9]+)*": "key_letters",
    "[a-z0-9-]+": "key_letters",
    "https?://\\S+": "web_address",
    "[0-9a-f]{64}": "sha256",
    "\\S+": "no_blank",
    "\\S+( [A-Za-z]+)*": "no_blank_but_in_english",
}
"""How a cell must be written, and the sentence that says so."""


def _is_day(value: str) -> bool:
    try:
        read_day(value)
    except ValueError:
        return False
    return True


def check_value(described: Field, value: str) -> tuple[str, dict]:
    """Return the rule a cell breaks with its details, or an empty rule for a good cell."""
    constraints = described.constraints
    if value == "":
        return ("required", {}) if described.required else ("", {})
    if described.type in ("integer", "number"):
        if not NUMBER.fullmatch(value) or (described.type == "integer" and "." in value):
            return f"not_{described.type}", {}
        number = float(value.replace(",", ""))
        low, high = constraints.get("minimum"), constraints.get("maximum")
        if (low is not None and number < low) or (high is not None and number > high):
            bounds = {"low": low, "high": high if high is not None else "…"}
            return "outside", bounds
        if abs(number) > 1e15:
            return "too_large", {}
    elif described.type == "date" and not _is_day(value):
        return "not_date", {}
    if "enum" in constraints and value not in constraints["enum"]:
        return "unknown", {"nearest": nearest(value, constraints["enum"])}
    if len(value) > constraints.get("maxLength", len(value)):
        return "too_long", {"most": constraints["maxLength"], "length": len(value)}
    if "pattern" in constraints and not re.fullmatch(constraints["pattern"], value):
        return PATTERNS[constraints["pattern"]], {}
    return "", {}
