"""The boxes of the sidebar: what they offer, and what choosing does."""

from dataclasses import replace

import pytest

from targets.load.dataset import TooManyRows, shared_cache
from targets.query.facets import label_option, options
from targets.query.selection import Selection
from targets.query.tables import Choice
from targets.text import say
from tests.opened import body, cached_run, run

pytestmark = pytest.mark.usefixtures("shown")


def test_counts_stand_beside_the_options():
    at = cached_run("overview", district=["镇海区"])
    assert at.multiselect(key="filter-year").options == [
        "2021（4）",
        "2022（5）",
        "2025（0）",
        "2026（0）",
        "未注明年份（3）",
    ]
    assert at.multiselect(key="filter-district").options[:2] == ["宁波市（27）", "镇海区（12）"]


def test_choosing_an_option_changes_the_selection():
    at = run("overview")
    at.multiselect(key="filter-district").select("镇海区").run()
    assert "12 / 70 条记录：区县：镇海区" in body(at)
    at.multiselect(key="filter-kind").select("pledge").run()
    assert "1 / 70 条记录：区县：镇海区；类别：无数字承诺" in body(at)
    at.button[0].click().run()
    assert "70 / 70 条记录：全部记录" in body(at)


def test_options_of_one_name_are_told_apart(all_data):
    """The browser sends a label back: of two equal ones it could mean either."""
    from ui.filters import key_of

    sources = "ningbo-2022", "2026-01-27", "2021-01-27"
    for facet, name, column, lang, labels in (
        ("district", "districts", "name_en", "en", ["Same (宁波市)", "Same (镇海区)", "Same (余姚市)"]),
        ("source", "sources", "title", "zh", [f"Same（{source}）" for source in sources]),
        ("source", "sources", "title_en", "en", [f"Same ({source})" for source in sources]),
    ):
        table = all_data.tables[name].assign(**{column: "Same"})
        ours = replace(all_data, tables=all_data.tables | {name: table}, shared=shared_cache())
        known = options(ours, facet)
        named = [label_option(ours, lang, facet, key) for key in known]
        assert named[:3] == labels
        assert [key_of(ours, facet, label) for label in named] == known


def test_a_long_list_of_options_is_the_same_whatever_else_is_chosen(monkeypatch):
    """So that the browser is not sent it again; a short one tells its counts and is."""
    monkeypatch.setattr("ui.filters.MOST_COUNTED", 5)

    def box(at, key: str) -> bytes:
        return at.multiselect(key=key).proto.SerializeToString(deterministic=True)

    at = run("records")
    at.session_state["more"] = True
    at.run()
    before, short = box(at, "filter-actor-zh"), box(at, "filter-kind")
    assert at.multiselect(key="filter-actor-zh").options[:2] == ["宁波市", "镇海区"]
    at.query_params["year"] = ["2026"]
    at.run()
    assert box(at, "filter-actor-zh") == before
    assert box(at, "filter-kind") != short
    at.multiselect(key="filter-actor-zh").select("镇海区").run()
    assert at.query_params["actor"] == "镇海区"
    assert box(at, "filter-actor-zh") == before
    at.query_params["lang"] = ["en"]
    at.run()
    assert at.multiselect(key="filter-actor-en").value == ["镇海区"]


def test_folded_filters_are_sent_when_they_are_unfolded_or_used(data):
    from ui.filters import FOLDED, SHOWN

    def boxes(at) -> list[str]:
        return [box.key for box in at.multiselect] + [box.key for box in at.selectbox if box.key == "asof"]

    shown = [f"filter-{facet}" for facet in SHOWN]
    every = [*shown, *(f"filter-{facet}" for facet in FOLDED if len(options(data, facet)) > 1), "asof"]
    assert "filter-source" not in every
    at = run("records")
    assert boxes(at) == shown
    assert at.sidebar.expander[0].label == f"更多：{'、'.join(say('zh', f'filter.{facet}') for facet in FOLDED)}、日期"
    at.session_state["more"] = True
    at.run()
    assert boxes(at) == every
    at.multiselect(key="filter-actor").select("镇海区").run()
    assert at.query_params["actor"] == "镇海区"
    for used in ({"actor": "镇海区"}, {"indicator": "规上工业总产值"}, {"asof": "2023-01-01"}):
        assert boxes(run("records", **used)) == every, used


def test_of_too_many_records_the_most_that_there_can_be_is_said(data):
    from ui.filters import say_selection
    from ui.view import View

    many = TooManyRows(54_410, {}, replace(data, whole=1_000_000))
    for lang, count in (("zh", "≤ 54,410 / 1,000,000"), ("en", "≤ 54,410 of 1,000,000")):
        view = View(many.data, lang, Selection(state=("met",)), Choice(), "", 1, "", (), many)
        assert f">{count} " in say_selection(view)
