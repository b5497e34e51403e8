"""The method in words, generated from the code and the data that follow it: nothing is written down twice."""

from collections.abc import Callable

import numpy as np

from targets.contract import schema
from targets.contract.comparability import UNSTATED, say_rules
from targets.contract.intervals import Interval
from targets.contract.schema import resources
from targets.contract.units import write_number
from targets.load import source_text
from targets.load.dataset import Dataset
from targets.progress import checks, pace
from targets.progress.measurability import TESTS
from targets.progress.progress import STATES
from targets.quantities import reader, relative_years
from targets.query import selection
from targets.text import say, words
from targets.wording.progress_text import say_band, say_state

Rule = tuple[str, str]
"""A term and what it means, both in the reader's language."""
EXAMPLE = 100
"""The number by which intervals are explained."""
ENDS = {
    "gt": Interval(EXAMPLE, float("inf"), False, False),
    "ge": Interval(EXAMPLE, float("inf"), True, False),
    "eq": Interval(EXAMPLE - 0.5, EXAMPLE + 0.5, True, False),
    "approx": None,
    "le": Interval(float("-inf"), EXAMPLE, False, True),
    "lt": Interval(float("-inf"), EXAMPLE, False, False),
}


def say_words(data: Dataset, lang: str) -> list[Rule]:
    """Return for each comparator the printed words that make it, its meaning, and an interval."""
    rules = []
    for category in resources()["targets"].field("comparator").categories:
        name = category["value"]
        before = [f"{word}{EXAMPLE}" for word, made in reader.BEFORE.items() if made == name]
        after = [f"{EXAMPLE}{word}" for word, made in reader.AFTER.items() if made == name]
        words = [say(lang, "method.no_words")] * (name == "eq") + before + after
        meaning = category["description" if lang == "zh" else "description_en"]
        example = (before + after or [str(EXAMPLE)])[0]
        said = say(lang, "method.word", words=say(lang, "enumeration").join(words), meaning=meaning, example=example,
                   interval=_write(lang, ENDS[name]))  # fmt: skip
        rules.append((resources()["targets"].field("comparator").label(lang, name), said))
    ranks = {made: word for word, made in reader.BEFORE.items() if made in ("ordinal", "top")}
    rules.append((say(lang, "method.ranks"), say(lang, "method.rank_words", **ranks)))
    return [*rules, (say(lang, "method.tier"), say(lang, "method.tier_text"))]


def _write(lang: str, interval: Interval | None) -> str:
    if interval is None:
        return say(lang, "method.no_interval")
    low = say(lang, "detail.minus_infinite") if interval.low < 0 else write_number(interval.low)
    high = say(lang, "detail.infinite") if interval.high == float("inf") else write_number(interval.high)
    return f"{'[' if interval.low_closed else '('}{low}, {high}{']' if interval.high_closed else ')'}"


def say_units(data: Dataset, lang: str) -> list[Rule]:
    """Return every unit with its factor to the canonical unit."""
    rules = []
    for row in data.tables["units"].itertuples():
        canonical = data.label_unit(lang, row.canonical_unit)
        said = say(lang, "method.unit", factor=write_number(row.factor), canonical=canonical)
        rules.append((data.label_unit(lang, row.unit), said))
    return rules


def say_dates(data: Dataset, lang: str) -> list[Rule]:
    """Return every word for a year by its distance from the source's, and the rule for spans."""
    keys = {0: "method.same_year", 1: "method.year_after", -1: "method.year_before"}
    named = [
        (word, say(lang, keys[(n > 0) - (n < 0)], n=abs(n))) for word, n in relative_years.NAMED.items()
    ]  # fmt: skip
    words = "未来五年"
    span = say(lang, "method.span_text", words=words, n=relative_years.years_after(words))
    return [*named, (say(lang, "method.span"), span)]


def say_guards(data: Dataset, lang: str) -> list[Rule]:
    """Return what is never mixed."""
    return say_rules(lang)


def say_checks(data: Dataset, lang: str) -> list[Rule]:
    """Return how checks are decided, and the relations looked for over all records."""
    rules = [
        (rule.formula.format(far=checks.FAR), say(lang, f"check_rule.{rule.name}", far=checks.FAR))
        for rule in checks.RULES
    ]
    return [(say(lang, "method.relation"), say(lang, "method.relation_text")), *rules]


def say_measures(data: Dataset, lang: str) -> list[Rule]:
    """Return what a commitment needs to be measured by, and the order of the words of intent."""
    scope = resources()["indicators"].field("scope").label(lang, UNSTATED)
    rules = [(say(lang, f"measure.{t}"), say(lang, f"method.{t}_text", unstated=scope)) for t in TESTS]
    firmest = say(lang, "enumeration").join(data.label(lang, "modality", word) for word in words("modality"))
    return [*rules, (say(lang, "method.strength"), firmest)]


def say_progress(data: Dataset, lang: str) -> list[Rule]:
    """Return every state and what it means, how a base is found, every kind of pace, and the bands of R."""
    kinds = resources()["indicators"].field("pace").categories
    described = "description" if lang == "zh" else "description_en"
    rules = [(say_state(lang, state), say(lang, f"method.state_{state}")) for state in STATES]
    rules += [_say_ratio(lang), *(_say_named(lang, name) for name in ("day", "bare", "base"))]
    rules += [(resources()["indicators"].field("pace").label(lang, c["value"]), c[described]) for c in kinds]
    rules += [(say(lang, f"class.{name}"), say_band(name) or say(lang, "method.state_met")) for name in pace.CLASSES]
    return rules + [_say_named(lang, name) for name in ("one_sided", "corners")]


def _say_ratio(lang: str) -> Rule:
    """Return what R is, with an example that the code itself computes."""
    base, actual, target = (np.array([n]) for n in (3000.0, 3400.0, 4500.0))
    years = {"base_year": 2021, "year": 2023, "target_year": 2026}
    past, whole = np.array([2.0]), np.array([5.0])
    at = (pace.Intervals(base, base), pace.Intervals(actual, actual))
    ratio = pace.ratio_interval("level", *at, target, (past, whole), np.array([1]))
    achieved, required = (pace.rate("level", base, *to)[0] * 100 for to in ((actual, past), (target, whole)))
    figures = {
        name: write_number(value[0]) for name, value in {"base": base, "actual": actual, "target": target}.items()
    }
    rates = {"achieved": f"{achieved:.1f}", "required": f"{required:.1f}", "ratio": f"{ratio.low[0]:.2f}"}
    text = say(lang, "method.ratio_text", **figures, **rates, **years)
    return say(lang, "method.ratio"), text


def _say_named(lang: str, name: str) -> Rule:
    return say(lang, f"method.{name}"), say(lang, f"method.{name}_text")


def say_limits(data: Dataset, lang: str) -> list[Rule]:
    """Return every threshold of this layer, read from the code's constants when asked."""
    limits = {
        "search": selection.LONGEST_SEARCH, "source": source_text.LARGEST, "numeral": reader.LONGEST,
        "problems": schema.MOST_PER_RULE, "far": checks.FAR, "named": checks.MOST_NAMED,
    }  # fmt: skip
    return [(say(lang, f"method.limit_{name}"), write_number(limit)) for name, limit in limits.items()]


def say_indicators(data: Dataset, lang: str) -> list[Rule]:
    """Return the definition of every indicator that has a dimension."""
    table = data.tables["indicators"]
    measured = table[table["dimension"] != ""]
    return [
        (data.label(lang, "indicator", row.indicator), row.definition_zh if lang == "zh" else row.definition_en)
        for row in measured.itertuples()
    ]


def say_exclusions(data: Dataset, lang: str) -> list[Rule]:
    """Return every reason for leaving a numeral out, with how many there are."""
    counts = data.tables["exclusions"]["reason"].value_counts()
    return [
        (
            row.name if lang == "zh" else row.name_en,
            say(
                lang, "method.excluded", text=row.description if lang == "zh" else row.description_en,
                n=int(counts.get(row.reason, 0)),
            ),
        )
        for row in data.tables["reasons"].itertuples(index=False)
    ]  # fmt: skip


def say_method_sources(data: Dataset, lang: str) -> list[Rule]:
    """Return where the method comes from."""
    return [
        (say(lang, f"method.source_{name}"), say(lang, f"method.source_{name}_text"))
        for name in ("sdg", "eustat", "schema")
    ]


SECTIONS: dict[str, Callable[[Dataset, str], list[Rule]]] = {
    "words": say_words,
    "units": say_units,
    "dates": say_dates,
    "guards": say_guards,
    "checks": say_checks,
    "progress": say_progress,
    "measure": say_measures,
    "limits": say_limits,
}
"""The rules of the method page in their order: a section's name and the function that returns its rules."""
