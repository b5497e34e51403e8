"""The method page follows the code: change a constant and the page says so."""

import pytest

from targets.contract import comparability, schema
from targets.contract.intervals import interval_of
from targets.contract.schema import resources
from targets.contract.units import write_number
from targets.load import source_text
from targets.progress import checks, measurability, pace
from targets.progress.progress import STATES
from targets.quantities import reader, relative_years
from targets.query import selection
from targets.text import LANGUAGES, say, words
from targets.wording.method import ENDS, SECTIONS, say_exclusions, say_indicators, say_method_sources
from targets.wording.progress_text import say_state
from tests.invented import build_lines, record

LIMITS = {
    "search": (selection, "LONGEST_SEARCH"),
    "source": (source_text, "LARGEST"),
    "numeral": (reader, "LONGEST"),
    "problems": (schema, "MOST_PER_RULE"),
    "far": (checks, "FAR"),
    "named": (checks, "MOST_NAMED"),
}


def said(data, section: str, lang: str = "zh") -> dict[str, str]:
    return dict(SECTIONS[section](data, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_limit_is_the_code_s_own(data, monkeypatch, lang):
    titles = {limit: say(lang, f"method.limit_{limit}") for limit in LIMITS}
    shown = said(data, "limits", lang)
    assert {limit: shown[titles[limit]] for limit in LIMITS} == {
        limit: write_number(getattr(*owner)) for limit, owner in LIMITS.items()
    }
    for n, owner in enumerate(LIMITS.values()):
        monkeypatch.setattr(*owner, 4321 + n)
    shown = said(data, "limits", lang)
    assert [shown[title] for title in titles.values()] == [f"4,{321 + n}" for n in range(len(LIMITS))]


def test_every_word_of_the_reader_is_on_the_page(data, monkeypatch):
    monkeypatch.setitem(reader.BEFORE, "逾", "gt")
    shown = said(data, "words")
    for word, comparator in (reader.BEFORE | reader.AFTER).items():
        place = "method.ranks" if comparator in ("ordinal", "top") else ""
        label = say("zh", place) if place else resources()["targets"].field("comparator").label("zh", comparator)
        assert word in shown[label], word
    assert {c["value"] for c in resources()["targets"].field("comparator").categories} == set(ENDS)


def test_the_intervals_told_are_those_of_the_data():
    told = {comparator: interval for comparator, interval in ENDS.items() if interval}
    lines = [record(f"r-{c}", "target", "2026", c, "100", "规上工业总产值", "镇海区") for c in told]
    found = {row.comparator: interval_of(row) for row in build_lines(*lines).frame.itertuples()}
    assert found == told


def test_dates_units_and_definitions_are_those_of_the_data(data, monkeypatch):
    monkeypatch.setitem(relative_years.NAMED, "大后年", 3)
    assert said(data, "dates")["大后年"] == "来源年份之后第3年"
    assert set(relative_years.NAMED) <= set(said(data, "dates"))
    assert said(data, "units")["万亿元"] == "= 10,000 亿元"
    assert len(said(data, "units")) == len(data.tables["units"])
    measured = data.tables["indicators"].query("dimension != ''")
    assert dict(say_indicators(data, "zh")) == dict(zip(measured["indicator"], measured["definition_zh"], strict=True))
    assert len(say_exclusions(data, "en")) == len(data.tables["reasons"])
    assert sum(int(text.rsplit("（")[-1].rstrip("处）")) for _, text in say_exclusions(data, "zh")) == len(
        data.tables["exclusions"]
    )


def test_the_guards_told_are_those_that_guard(data, monkeypatch):
    assert "位次" in said(data, "guards")["从不相加"]
    monkeypatch.setattr(comparability, "NEVER_ADDED", ("share",))
    monkeypatch.setattr(comparability, "PANEL", ("dimension", "concept"))
    shown = said(data, "guards")
    assert shown["从不相加"] == "比重从不相加。"
    assert shown["同一条轴"].startswith("只有量纲和概念都相同")


def test_checks_and_measures_are_those_of_the_code(data):
    assert set(said(data, "checks")) == {"三种结果"} | {rule.formula.format(far=checks.FAR) for rule in checks.RULES}
    shown = said(data, "measure")
    assert {say("zh", f"measure.{test}") for test in measurability.TESTS} < set(shown)
    assert shown["语气由坚定到谨慎"] == "、".join(words("modality"))
    assert comparability.UNSTATED in shown["口径明确"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_is_said(data, lang):
    told = [rule for say_rules in (*SECTIONS.values(), say_method_sources) for rule in say_rules(data, lang)]
    assert all(term and text and "{" not in text for term, text in told)


def test_states_paces_and_bands_are_those_of_the_code(data, monkeypatch):
    shown = said(data, "progress")
    assert [say_state("zh", state) for state in STATES] == list(shown)[: len(STATES)]
    assert shown["进展适中"] == "0.60 ≤ R < 0.95"
    kinds = [c["label"] for c in resources()["indicators"].field("pace").categories]
    assert set(kinds) <= set(shown)
    monkeypatch.setattr(pace, "MODERATE", 0.5)
    assert said(data, "progress")["进展适中"] == "0.50 ≤ R < 0.95"
