"""What a chart draws: its panels, axes, marks, labels and the lines behind them."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from targets.charts import draw
from targets.charts.canvas import LABEL, PHONE, measure, wrap
from targets.charts.strips import Scale, scale_of
from targets.contract.comparability import PANEL
from targets.load.dataset import Dataset
from targets.progress.progress import STATES
from targets.query.selection import Selection
from targets.query.tables import TABLES, Choice, table_of
from targets.text import LANGUAGES, say
from targets.wording.progress_text import say_state
from targets.wording.tally import records_per_mark, say_each
from tests.drawing import Drawn
from tests.invented import TARGET, build


def table(data: Dataset, name: str, **choice: str) -> pd.DataFrame:
    return table_of(name, data, Selection(), Choice(**choice))


def test_unlike_records_never_share_an_axis(data):
    """Every axis title stands for one combination of dimension, concept, measure, scope and unit."""
    found = table(data, "place", place="前湾新区")
    panels = found[found["value"].notna()].groupby(list(PANEL), observed=True, dropna=False).ngroups
    heads = [text for text, size in Drawn(draw("place", data, "zh", found)).words if size == 14]
    assert len(heads) == panels + 1
    assert heads[-1] == "<b>没有数字的承诺</b>"


def heads_of(figure: go.Figure) -> list[str]:
    """The titles of a figure's panels."""
    return [text.removeprefix("<b>").removesuffix("</b>") for text, size in Drawn(figure).words if size == 14]


def test_panels_of_ranks_are_told_apart_and_say_which_side_is_better(all_data):
    found = table_of("place", all_data, Selection(district=("宁波市",)), Choice())
    heads = {lang: heads_of(draw("place", all_data, lang, found[found["dimension"] == "rank"])) for lang in LANGUAGES}
    assert heads == {
        "zh": ["位次，全国城市（← 越靠前越好）", "位次，全国（← 越靠前越好）"],
        "en": ["Ranking: Chinese cities (← better)", "Ranking: The country (← better)"],
    }


def test_what_covers_a_part_of_a_year_has_an_axis_of_its_own(all_data):
    found = table_of("place", all_data, Selection(indicator=("规上工业增加值",)), Choice(place="宁波市"))
    assert found["period"].astype("object").fillna("").tolist() == ["", "Q1-3"]
    heads = [text for text, size in Drawn(draw("place", all_data, "zh", found)).words if size == 14]
    assert heads == ["<b>规上工业增加值（亿元）</b>", "<b>规上工业增加值（前三季度）（亿元）</b>"]


def test_a_panel_says_its_unit(data):
    for lang, indicator, head in (
        ("zh", "引进人才数", "引进人才数（人）"),
        ("en", "引进人才数", "Talent recruited (people)"),
        ("zh", "探访企业数", "探访企业数（家）"),
    ):
        assert heads_of(draw("compare", data, lang, table(data, "compare", compare=indicator))) == [head]


def test_a_unit_that_the_name_says_is_not_said_twice(data):
    assert "Number of firms" in heads_of(draw("place", data, "en", table(data, "place", place="宁波市")))


def test_panels_of_what_there_is_and_of_what_was_added_are_told_apart(data):
    for lang, heads in (
        ("zh", ["各规模等级的个数，时点数（家）", "各规模等级的个数，时期数（家）"]),
        ("en", ["Count by size class: Stock (firms)", "Count by size class: Flow (firms)"]),
    ):
        said = heads_of(draw("sector", data, lang, table(data, "sector", sector="工业")))
        assert len(set(said)) == len(said)
        assert [text for text in said if text in heads] == heads


def test_two_figures_for_one_year_are_told_apart(all_data):
    found = table_of("place", all_data, Selection(), Choice(place="宁波市"))
    for lang, once, twice in (
        ("zh", ("2020 事实（初步数）", "2020 事实（修订数）"), "2021 事实（来源2022）"),
        ("en", ("2020 actual (preliminary)", "2020 actual (revised)"), "2021 actual (source of 2022)"),
    ):
        texts = " ".join(Drawn(draw("place", all_data, lang, found)).texts)
        assert [texts.count(said) for said in (*once, twice)] == [1, 1, 2]
        assert "2025 事实（" not in texts


def test_an_amount_printed_in_english_is_said_in_chinese_first(all_data):
    found = table_of("compare", all_data, Selection(), Choice(compare="地区生产总值"))
    texts = Drawn(draw("compare", all_data, "zh", found)).texts
    assert any(text.endswith("<b>1.57万亿元（原文 1.57 trillion yuan）</b>") for text in texts)
    assert any(text.endswith("<b>1.31万亿元</b>") for text in texts)
    assert not any("trillion yuan" in text for text in Drawn(draw("compare", all_data, "en", found)).texts)


def test_shape_says_how_sure_a_number_is(data):
    drawn = Drawn(draw("place", data, "zh", table(data, "place", place="宁波经济技术开发区")))
    assert drawn.marks == [("circle", "record=zeekr-talent-2025"), ("circle-open", "record=zeekr-senior-talent-2025")]
    assert drawn.signs == ["~"]


def test_a_mark_that_counts_opens_its_records_whatever_its_key_holds():
    """A key may hold what has a meaning in an address."""
    actor = {"actor": "A&B+公司"}
    data = build(TARGET | actor, more={"actors": "A&B+公司,A & B,company,镇海区,年报,Report,99\n"})
    promised = Drawn(draw("promises", data, "zh", table(data, "promises")))
    assert promised.marks == [("square", "actor=A%26B%2B%E5%85%AC%E5%8F%B8&kind=target")]
    measured = Drawn(draw("measurability", data, "zh", table(data, "measurability")))
    assert {link for _, link in measured.marks} == {
        "actor=A%26B%2B%E5%85%AC%E5%8F%B8&kind=target&kind=expected&kind=pledge"
    }


def test_an_arrow_points_to_what_a_bound_leaves_open(data):
    for selection, arrow in (
        (Selection(indicator=("地区生产总值",)), "→"),
        (Selection(indicator=("亩均产出全省位次",)), "←"),
    ):
        found = table_of("horizon", data, selection, Choice())
        assert set(Drawn(draw("horizon", data, "zh", found)).signs) == {arrow}


def test_english_axes_count_money_as_the_words_beside_the_marks_do(all_data):
    """RMB 2.2 trillion stands before 2,500 billion, and not before 25,000 of a unit that English has not."""
    found = table_of("compare", all_data, Selection(indicator=("地区生产总值",)), Choice())
    drawn = Drawn(draw("compare", all_data, "en", found))
    assert "(RMB billion)" in " ".join(drawn.texts).replace("</b> <b>", " ")
    assert [text for text, size in drawn.words if size == 11] == ["0", "500", "1,000", "1,500", "2,000", "2,500"]
    ways = Drawn(draw("paths", all_data, "en", table_of("paths", all_data, Selection(), Choice())))
    assert {"<b>2,200</b>", "1,870", "1,310"} <= set(ways.texts)


def test_data_is_escaped_for_plotly(data):
    found = table(data, "compare").assign(as_printed="<a href='http://evil.test'>x</a>&")
    for name in filter(lambda name: TABLES[name].chart, TABLES):
        if name in ("promises", "sectors", "outcomes", "measurability", "wording"):
            continue
        rows = found if not TABLES[name].dated else table(data, name).assign(as_printed="<b>x</b><a>")
        text = draw(name, data, "zh", rows).to_json()
        assert "<a" not in text.replace("\\u003c", "<") and "evil.test'>" not in text


SCALES = [
    ("money", [4500.0, 3000.0], Scale(0, 5000, (0, 1000, 2000, 3000, 4000, 5000))),
    ("money", [22000.0], Scale(0, 25000, (0, 5000, 10000, 15000, 20000, 25000))),
    ("money", [9999.0], Scale(0, 15000, (0, 5000, 10000, 15000))),
    ("share", [80.0], Scale(0, 100, (0, 25, 50, 75, 100))),
    ("share", [80.0, 2.6], Scale(0, 100, (0, 25, 50, 75, 100))),
    ("share", [2.6, 2.8], Scale(0, 3, (0, 1, 2, 3))),
    ("share", [0.02, 0.05], Scale(0, 0.06, (0, 0.02, 0.04, 0.06))),
    ("money", [0.02, 0.05], Scale(0, 0.06, (0, 0.02, 0.04, 0.06))),
    ("growth", [-3.1, 8.0], Scale(-5, 10, (-5, 0, 5, 10))),
    ("growth", [-3.1], Scale(-4, 0, (-4, -3, -2, -1, 0))),
    ("count", [1.0], Scale(0, 2, (0, 1, 2))),
    ("count", [0.0], Scale(0, 2, (0, 1, 2))),
    ("count", [0.5], Scale(0, 2, (0, 1, 2))),
    ("rank", [7.0], Scale(1, 7, (1, 3, 5, 7))),
    ("rank", [11.0, 5.0], Scale(1, 11, (1, 6, 11))),
    ("rank", [3.0, 1.0], Scale(1, 3, (1, 2, 3))),
    ("rank", [1.0], Scale(1, 3, (1, 2, 3))),
]


def test_an_axis_holds_its_values_with_few_round_ticks():
    assert [(dimension, values, scale_of(dimension, values)) for dimension, values, _ in SCALES] == SCALES
    for _, values, scale in SCALES:
        assert all(0 <= scale.across(v) <= 1 for v in (*values, *scale.ticks) if v >= scale.start)


def test_labels_are_broken_where_a_phone_ends():
    assert wrap("短", 10) == ["短"]
    assert wrap("一二三四五六七", 10) == ["一二三四五", "六七"]
    assert wrap("alpha beta gamma", 10) == ["alpha beta", "gamma"]
    assert wrap("", 10) == [""]
    assert wrap("┆ 口径改变：修订", 12) == ["┆ 口径改变：", "修订"]
    assert wrap("到2025年达到（约）9亿", 8) == ["到2025年", "达到", "（约）", "9亿"]
    assert wrap("GDP（国内）", 6) == ["GDP", "（国", "内）"]
    assert wrap("incomprehensibilities", 10) == ["incomprehe", "nsibilitie", "s"]
    assert (
        "".join(wrap("宁波市 · 规上工业总产值（亿元）2026年 ≥ 4,500", 9)).replace(" ", "")
        == "宁波市规上工业总产值（亿元）2026年≥4,500"
    )


BROKEN = [
    ("宁波市 · 地区生产总值 · 2026 目标 · ▷ 未到期", 30, ["宁波市 · 地区生产总值", "2026 目标 · ▷ 未到期"]),
    ("镇海区 · 2022 目标 · ∅ 未找到结果", 25, ["镇海区 · 2022 目标", "∅ 未找到结果"]),
    ("宁波市 · 企业数 · 未注明年份 事实", 28, ["宁波市 · 企业数", "未注明年份 事实"]),
    ("Zhenhai · 2022 target · ∅ no result found", 30, ["Zhenhai · 2022 target", "∅ no result found"]),
    ("Annual output of a company (RMB billion)", 33, ["Annual output of a company", "(RMB billion)"]),
    ("Firms paying under RMB 10,000 of tax", 20, ["Firms paying under", "RMB 10,000 of tax"]),
    ("Clusters of the RMB 200 billion class", 24, ["Clusters of the", "RMB 200 billion class"]),
    ("Ningbo · 2023 (First three quarters) actual", 40, ["Ningbo", "2023 (First three quarters) actual"]),
    ("前湾新区：16个有数字的目标，4项无数字承诺", 30, ["前湾新区：16个有数字的目标，", "4项无数字承诺"]),
    ("Will: 1 target with a number, 7 pledges", 32, ["Will: 1 target with a number,", "7 pledges"]),
    ("┆ Break: Revision after the census (small dots)", 30, ["┆ Break: Revision after the", "census (small dots)"]),
    ("Ningbo · a name longer than a line", 20, ["Ningbo · a name", "longer than a line"]),
]
"""A label, the widths that a line has room for, and its lines."""


def test_labels_are_broken_between_their_parts():
    assert [(text, most, wrap(text, most)) for text, most, _ in BROKEN] == BROKEN


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_of_a_label_ends_in_a_separator_or_amid_a_state(all_data, lang):
    states = [say_state(lang, state) for state in STATES]
    for name in ("headline", "place", "horizon", "compare", "outcomes"):
        texts = Drawn(draw(name, all_data, lang, table_of(name, all_data, Selection(), Choice()))).texts
        for text in texts:
            assert not text.removesuffix("</b>").endswith("·")
            signs = [state for state in states if state.split()[0] in text]
            assert not signs or any(state in text for state in signs)


def test_a_tick_stands_under_its_line_unless_it_is_too_long(data):
    for most, beside in ((4000.0, True), (4000000.0, False)):
        found = table(data, "compare").assign(canonical_value=most)
        drawn = Drawn(draw("compare", data, "zh", found))
        ticks = [x for x, (_, size) in zip(drawn.places, drawn.words, strict=True) if size == 11]
        lines = sorted({x for x, _ in drawn.lines["solid", 1]})
        assert ticks[:-1] == lines[:-1]
        assert (ticks[-1] == lines[-1]) == beside


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_word_for_the_undated_has_the_room_of_a_year(all_data, lang):
    """Ten columns are as many as the project's data has."""
    drawn = Drawn(draw("timeline", all_data, lang, table_of("timeline", all_data, Selection(), Choice())))
    heads = [(x, y, said) for x, y, said in zip(drawn.places, drawn.heights, drawn.texts, strict=True) if "<b>" in said]
    assert len(heads) == 10
    assert len({y for _, y, _ in heads}) == 1
    assert [x for x, *_ in heads] == pytest.approx([(i + 0.5) / 10 for i in range(10)])
    assert measure(say(lang, "year.undated_column"), 12) < PHONE / 10


def test_no_line_of_the_ground_runs_through_a_label(all_data):
    for name in ("headline", "place", "horizon", "timeline"):
        drawn = Drawn(draw(name, all_data, "en", table_of(name, all_data, Selection(), Choice())))
        sizes = [size for _, size in drawn.words]
        labels = [(y - 9, y + 5) for y, size in zip(drawn.heights, sizes, strict=True) if size == LABEL]
        assert labels
        for top, bottom in drawn.uprights:
            assert all(bottom <= start or top >= end for start, end in labels)


def test_a_mark_of_a_tally_stands_for_more_where_there_are_too_many(data):
    for records, marks, each in ((100, 200, ""), (600, 120, "10"), (60_000, 120, "1,000")):
        table = pd.DataFrame({"actor": ["镇海区", "余姚市"], "target": [records] * 2})
        assert len(Drawn(draw("promises", data, "zh", table)).marks) == marks
        assert say_each("zh", table) == (f"一个图形{each}条（不足的也算一个）" if each else "一个图形一条")


def test_a_mark_of_a_tally_says_that_it_opens_all_of_its_row(data):
    said = {}
    for name in ("promises", "outcomes", "wording", "place"):
        traces = Drawn(draw(name, data, "zh", table(data, name))).sent["data"]
        said[name] = {t["hovertemplate"].removesuffix("<extra></extra>") for t in traces if t["mode"] == "markers"}
    opens, shows = {"%{text}，点击看全部"}, {"%{text}"}
    assert said == {"promises": opens, "outcomes": opens, "wording": opens, "place": shows}


def test_a_tally_of_many_rows_tells_their_sizes_apart():
    rows = pd.DataFrame({"actor": list(map(str, range(120))), "target": [150] * 120, "pledge": [6] * 120})
    assert records_per_mark(rows) == 100
