"""The table behind each chart, written out; then its words and its drawing on awkward selections."""

import re

import pandas as pd
import plotly.graph_objects as go
import pytest

from targets import dataset
from targets.blocks import MOST_DRAWN, drawn_of
from targets.charts import CHARTS, draw
from targets.charts.canvas import LABEL, wrap
from targets.charts.strips import Scale, scale_of
from targets.findings import find
from targets.measurability import TESTS
from targets.progress import STATES
from targets.results import records_per_mark, say_each, say_state
from targets.schema import DATA_FOLDER
from targets.selection import Ignored, Selection, select
from targets.tables import AXIS, DATED_TABLES, NAMES, Choice, choice_options, choose, table_of, title_of
from targets.text import LANGUAGES, listing
from tests.drawing import Drawn
from tests.invented import code_lists

HEADER = (DATA_FOLDER / "targets.csv").read_text(encoding="utf-8").split("\n")[0]


def build(*rows: str) -> dataset.Dataset:
    """A data set of invented rows: id, kind, year, comparator, value, unit, indicator, actor, district."""
    lines = [HEADER]
    for row in rows:
        id_, kind, year, comparator, value, unit, indicator, actor, district = row.split(",")
        basis = "printed" if year else "none"
        lines.append(
            f"{id_},ningbo-2022,1,x,{actor},{district},工业,{indicator},{kind},{year},{basis},,,,{comparator},{value},{unit},,,,,,"
        )
    files = code_lists()
    return dataset.build(files | {"targets": ("\n".join(lines) + "\n").encode()})


def table(data: dataset.Dataset, name: str, selection: Selection | None = None, **choice: str) -> pd.DataFrame:
    return table_of(name, data, selection or Selection(), Choice(**choice))


def test_promises_count_every_record_once(data):
    expected = pd.DataFrame(
        [
            ("前湾新区", 16, 0, 0, 4, 20),
            ("镇海区", 5, 0, 4, 0, 9),
            ("镇海炼化", 2, 0, 0, 1, 3),
            ("宁波市", 1, 0, 7, 0, 8),
            ("探访团", 1, 0, 0, 0, 1),
            ("市服务业发展局", 1, 0, 0, 3, 4),
            ("市经信局", 1, 0, 0, 8, 9),
            ("极氪", 0, 2, 0, 1, 3),
            ("太平鸟", 0, 0, 0, 4, 4),
            ("余姚市", 0, 0, 0, 9, 9),
        ],
        columns=["actor", "target", "expected", "actual", "pledge", "records"],
    )
    pd.testing.assert_frame_equal(table(data, "promises"), expected)
    assert expected["records"].sum() == len(data.frame)


def test_the_growth_a_target_implies():
    data = build(
        "a,actual,2021,gt,3000,亿元,规上工业总产值,镇海区,镇海区",  # base is a lower bound: at most
        "b,target,2022,gt,4000,亿元,规上工业总产值,镇海区,镇海区",
        "c,actual,2020,eq,100,亿元,工业增加值,余姚市,余姚市",  # an older base is not used
        "d,actual,2021,eq,200,亿元,工业增加值,余姚市,余姚市",
        "e,target,2023,ge,288,亿元,工业增加值,余姚市,余姚市",  # two years: (288 / 200)^(1/2) - 1 = 20 %
        "f,actual,2021,lt,50,亿元,产业投资,镇海区,镇海区",  # base is an upper bound: at least
        "g,target,2022,eq,60,亿元,产业投资,镇海区,镇海区",
        "h,actual,2021,approx,50,亿元,投资额,镇海区,镇海区",  # about is no base
        "i,target,2022,eq,60,亿元,投资额,镇海区,镇海区",
        "j,actual,2021,eq,0,亿元,招商引资额,镇海区,镇海区",  # zero is no base
        "k,target,2022,eq,60,亿元,招商引资额,镇海区,镇海区",
        "l,target,2022,gt,9,亿元,规上工业总产值,前湾新区,前湾新区",  # another place's base is not used
        "m,target,,gt,8,亿元,规上工业总产值,镇海区,镇海区",  # no year: no growth
        "n,actual,2022,eq,7,亿元,地区生产总值,宁波市,宁波市",  # an actual of the same year is no base
        "o,target,2022,eq,6,亿元,地区生产总值,宁波市,宁波市",
    )
    found = table(data, "headline")
    said = found.set_index("id")[["base_id", "growth", "growth_bound", "missing"]]
    said = said.astype("object").where(said.notna(), None)
    assert said.to_dict("index") == {
        "b": {"base_id": "a", "growth": 33.3, "growth_bound": "at_most", "missing": None},
        "e": {"base_id": "d", "growth": 20.0, "growth_bound": "exact", "missing": None},
        "g": {"base_id": "f", "growth": 20.0, "growth_bound": "at_least", "missing": None},
        "i": {"base_id": "h", "growth": None, "growth_bound": None, "missing": "bad_base"},
        "k": {"base_id": "j", "growth": None, "growth_bound": "exact", "missing": "bad_base"},
        "l": {"base_id": None, "growth": None, "growth_bound": None, "missing": "no_base"},
        "m": {"base_id": None, "growth": None, "growth_bound": None, "missing": "undated"},
        "o": {"base_id": None, "growth": None, "growth_bound": None, "missing": "no_base"},
    }
    assert found["canonical_value"].is_monotonic_decreasing


def test_a_base_is_found_although_the_filters_hide_it(data):
    found = table(data, "headline", Selection(year=("2022",), district=("镇海区",)))
    assert found.loc[0, ["id", "base_id", "growth"]].tolist() == [
        "zhenhai-gross-output-2022",
        "zhenhai-gross-output-2021",
        33.3,
    ]


def test_comparing_one_indicator_keeps_its_places_and_years_apart(data):
    found = table(data, "compare", compare="规上工业总产值")
    assert found[["actor", "year", "kind", "comparator", "canonical_value"]].astype("object").to_numpy().tolist() == [
        ["前湾新区", 2026, "target", "gt", 4500.0],
        ["镇海区", 2022, "target", "gt", 4000.0],
        ["镇海区", 2021, "actual", "gt", 3000.0],
    ]


def test_a_rank_is_compared_best_first():
    data = build(
        "a,actual,2021,eq,7,位,工业增加值全国城市位次,宁波市,宁波市",
        "b,actual,2020,eq,9,位,工业增加值全国城市位次,宁波市,宁波市",
    )
    assert table(data, "compare", compare="工业增加值全国城市位次")["id"].tolist() == ["a", "b"]


def test_a_place_holds_its_companies_as_records_of_their_own(data):
    found = table(data, "place", place="镇海区")
    assert found["actor"].astype("str").value_counts(sort=False).to_dict() == {"镇海区": 9, "镇海炼化": 3}
    assert len(found) == 12


def test_a_year_and_the_undated_share_out_all_records(data):
    sizes = {year: len(table(data, "horizon", horizon=year)) for year in ("2021", "2022", "2025", "2026", "undated")}
    assert sizes == {"2021": 7, "2022": 12, "2025": 2, "2026": 13, "undated": 36}
    assert len(table(data, "timeline")) == sum(sizes.values()) == 70


def test_charts_are_about_the_fullest_unless_asked(data):
    rows = data.frame
    assert choice_options(data, rows, "compare")[0] == "规上工业总产值"
    assert choice_options(data, rows, "place")[0] == "前湾新区"
    assert choice_options(data, rows, "sector")[0] == "工业"
    assert choice_options(data, rows, "horizon")[0] == "2022"
    assert "五个聚力" not in choice_options(data, rows, "compare")


def test_choices_come_from_the_address_and_unknown_ones_are_named(data):
    choice, ignored = choose(data, {"compare": ["工业增加值"], "place": ["镇海区", "余姚市"], "horizon": ["1999"]})
    assert choice == Choice(compare="工业增加值", place="余姚市")
    assert ignored == [Ignored("place", "镇海区"), Ignored("horizon", "1999")]
    assert choose(data, choice.query) == (choice, [])


AWKWARD = {
    "empty": Selection(district=("余姚市",), kind=("target",)),
    "one record": Selection(indicator=("地区生产总值",)),
    "pledges only": Selection(kind=("pledge",)),
    "undated only": Selection(year=("undated",)),
    "ranks only": Selection(indicator=("亩均产出全省位次", "工业增加值全国城市位次")),
    "zero": Selection(indicator=("亩均税收1万元以下企业数",)),
    "expected only": Selection(kind=("expected",)),
    "everything": Selection(),
}


@pytest.mark.parametrize("selection", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "checks"])
def test_every_table_is_said_and_drawn_in_both_languages(data, name, selection):
    found = table_of(name, data, selection, Choice())
    tallied = found.get("records", pd.Series(dtype=int)).sum()
    marks = dict.fromkeys(("promises", "sectors", "outcomes", "wording"), tallied)
    marks["measurability"] = len(found) * len(TESTS)
    bases = int(found["base_id"].notna().sum()) if name == "headline" else 0
    for lang in LANGUAGES:
        finding = find(name, data, lang, found)
        assert finding.title
        assert "{" not in finding.alt and "nan" not in finding.alt.lower() and "<NA>" not in finding.alt
        if name not in CHARTS:
            continue
        drawn = Drawn(draw(name, data, lang, found))
        assert len(drawn.marks) == marks.get(name, len(found)) + bases
        assert all(0 <= x <= 1 for trace in drawn.sent["data"] for x in trace["x"] if x is not None)
        go.Figure(drawn.sent)  # raises where Plotly knows a part of it not


@pytest.mark.parametrize("name", NAMES)
def test_every_column_has_a_title_in_both_languages(data, name):
    for column in table(data, name).columns:
        assert all(title_of(lang, column) for lang in LANGUAGES)


def test_unlike_records_never_share_an_axis(data):
    """Every axis title stands for one combination of dimension, concept, measure, scope and unit."""
    found = table(data, "place", place="前湾新区")
    panels = found[found["value"].notna()].groupby(list(AXIS), observed=True).ngroups
    heads = [text for text, size in Drawn(draw("place", data, "zh", found)).words if size == 14]
    assert len(heads) == panels + 1
    assert heads[-1] == "<b>没有数字的承诺</b>"


@pytest.mark.parametrize(
    ("lang", "heads"),
    [
        ("zh", ["位次，全国城市（← 越靠前越好）", "位次，全国（← 越靠前越好）"]),
        ("en", ["Ranking: Chinese cities (← better)", "Ranking: The country (← better)"]),
    ],
)
def test_panels_of_ranks_are_told_apart_and_say_which_side_is_better(all_data, lang, heads):
    found = table_of("place", all_data, Selection(district=("宁波市",)), Choice())
    drawn = Drawn(draw("place", all_data, lang, found[found["dimension"] == "rank"]))
    assert [text for text, size in drawn.words if size == 14] == [f"<b>{head}</b>" for head in heads]


@pytest.mark.parametrize(
    ("lang", "first", "revised", "page"),
    [
        ("zh", "2020 事实（初步数）", "2020 事实（修订数）", "2021 事实（来源2022）"),
        ("en", "2020 actual (preliminary)", "2020 actual (revised)", "2021 actual (source of 2022)"),
    ],
)
def test_two_figures_for_one_year_are_told_apart(all_data, lang, first, revised, page):
    found = table_of("place", all_data, Selection(), Choice(place="宁波市"))
    texts = " ".join(Drawn(draw("place", all_data, lang, found)).texts)
    assert all(texts.count(said) == 1 for said in (first, revised))
    assert texts.count(page) == 2
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
    for name in CHARTS:
        if name in ("promises", "sectors", "outcomes", "measurability", "wording"):
            continue
        rows = found if name not in DATED_TABLES else table(data, name).assign(as_printed="<b>x</b><a>")
        text = draw(name, data, "zh", rows).to_json()
        assert "<a" not in text.replace("\\u003c", "<") and "evil.test'>" not in text


@pytest.mark.parametrize(
    ("dimension", "values", "scale"),
    [
        ("money", [4500.0, 3000.0], Scale(0, 5000, (0, 1000, 2000, 3000, 4000, 5000))),
        ("money", [22000.0], Scale(0, 25000, (0, 5000, 10000, 15000, 20000, 25000))),
        ("money", [9999.0], Scale(0, 15000, (0, 5000, 10000, 15000))),
        ("share", [80.0], Scale(0, 100, (0, 25, 50, 75, 100))),
        ("count", [1.0], Scale(0, 2, (0, 1, 2))),
        ("count", [0.0], Scale(0, 2, (0, 1, 2))),
        ("count", [0.5], Scale(0, 2, (0, 1, 2))),
        ("rank", [7.0], Scale(1, 7, (1, 3, 5, 7))),
        ("rank", [11.0, 5.0], Scale(1, 11, (1, 6, 11))),
        ("rank", [3.0, 1.0], Scale(1, 3, (1, 2, 3))),
        ("rank", [1.0], Scale(1, 3, (1, 2, 3))),
    ],
)
def test_an_axis_holds_its_values_with_few_round_ticks(dimension, values, scale):
    assert scale_of(dimension, values) == scale
    assert all(0 <= scale.place(v) <= 1 for v in (*values, *scale.ticks) if v >= scale.start)


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


@pytest.mark.parametrize(
    ("text", "most", "lines"),
    [
        ("宁波市 · 地区生产总值 · 2026 目标 · … 未到期", 30, ["宁波市 · 地区生产总值", "2026 目标 · … 未到期"]),
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
    ],
)
def test_labels_are_broken_between_their_parts(text, most, lines):
    assert wrap(text, most) == lines


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


@pytest.mark.parametrize(("lang", "first", "above"), [("zh", 2018, 0), ("en", 2018, 1), ("en", 2021, 0)])
def test_the_word_for_the_undated_stands_among_the_years_where_it_fits(all_data, lang, first, above):
    years = (*map(str, range(first, 2027)), "undated")
    found = table_of("timeline", all_data, Selection(year=years), Choice())
    drawn = Drawn(draw("timeline", all_data, lang, found))
    heights = {y for y, text in zip(drawn.heights, drawn.texts, strict=True) if text.startswith("<b>")}
    assert len(heights) == 1 + above


def test_no_line_of_the_ground_runs_through_a_label(all_data):
    for name in ("headline", "place", "horizon", "timeline"):
        drawn = Drawn(draw(name, all_data, "en", table_of(name, all_data, Selection(), Choice())))
        sizes = [size for _, size in drawn.words]
        labels = [(y - 9, y + 5) for y, size in zip(drawn.heights, sizes, strict=True) if size == LABEL]
        assert labels
        for top, bottom in drawn.uprights:
            assert all(bottom <= start or top >= end for start, end in labels)


def test_the_project_s_own_headlines_are_what_the_page_says(data):
    """The sentences a reader meets first, written out."""
    said = {
        name: find(name, data, lang, table_of(name, data, Selection(), Choice())).title
        for lang in ("zh",)
        for name in ("promises", "headline", "compare", "sectors", "timeline")
    }
    assert said == {
        "promises": "前湾新区给出16个有数字的目标，最多；太平鸟和余姚市只有计划，没有一个数字。",
        "headline": "镇海区规上工业总产值要从2021年超过3,000亿元到2022年超过4,000亿元，需增长至多33.3%（名义）；"
        "另外10个金额目标在来源中没有可比的基数。",
        "compare": "规上工业总产值：所印最大的是前湾新区2026年目标，超过4,500亿元。",
        "sectors": "27个有数字的目标中，13个属于工业。",
        "timeline": "27个目标中，12个落在2022年、12个落在2026年和3个没有写年份。",
    }
    assert len(select(data, Selection())) == 70


@pytest.mark.parametrize(
    ("actors", "zh", "en"),
    [
        (("镇海区", "市经信局"), "镇海区给出5个有数字的目标，市经信局给出1个。", "Zhenhai District sets 5 targets with a number, "),
        (("镇海区", "余姚市"), "镇海区给出5个有数字的目标；余姚市只有计划，没有一个数字。", "Zhenhai District sets 5 targets with"),
        (("镇海区", "镇海炼化", "市经信局"), "镇海区给出5个有数字的目标，最多。", "Zhenhai District sets 5 targets with a number, the most."),
    ],
)  # fmt: skip
def test_the_most_is_said_of_three_at_least(data, actors, zh, en):
    found = table(data, "promises", Selection(actor=actors))
    assert find("promises", data, "zh", found).title == zh
    assert find("promises", data, "en", found).title.startswith(en)
    assert len({*actors}) == len(found)


def test_english_has_one_word_for_actuals_and_one_for_the_undated(all_data):
    for name in ("promises", "sectors", "place", "timeline", "horizon", "statements"):
        found = table_of(name, all_data, Selection(), Choice())
        said = find(name, all_data, "en", found).alt
        said += " ".join(Drawn(draw(name, all_data, "en", found)).texts) if name in CHARTS else ""
        assert not re.search(r"\bfacts?\b|no year stated (target|actual)", said)
    assert "undated actual" in " ".join(Drawn(draw("place", all_data, "en", table(all_data, "place"))).texts)


def test_a_chart_of_many_rows_draws_the_first_and_no_part_of_a_way():
    ways = pd.DataFrame({"target_id": ["a"] * 100 + ["b"] * 100 + ["c"]})
    assert drawn_of(ways)["target_id"].tolist() == ["a"] * 100
    long = pd.DataFrame({"target_id": ["a"] * 150 + ["b"]})
    assert drawn_of(long)["target_id"].tolist() == ["a"] * 150
    assert len(drawn_of(long.rename(columns={"target_id": "id"}), 40)) == 40
    assert drawn_of(ways.head(MOST_DRAWN)).equals(ways.head(MOST_DRAWN))
    assert len(drawn_of(ways.rename(columns={"target_id": "id"}))) == MOST_DRAWN


@pytest.mark.parametrize(("records", "marks", "each"), [(100, 200, ""), (600, 120, "10"), (60_000, 120, "1,000")])
def test_a_mark_of_a_tally_stands_for_more_where_there_are_too_many(data, records, marks, each):
    table = pd.DataFrame({"actor": ["镇海区", "余姚市"], "target": [records] * 2})
    assert len(Drawn(draw("promises", data, "zh", table)).marks) == marks
    assert say_each("zh", table) == (f"一个图形{each}条（不足的也算一个）" if each else "一个图形一条")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("promises", "%{text}，点击看全部"),
        ("outcomes", "%{text}，点击看全部"),
        ("wording", "%{text}"),
        ("place", "%{text}"),
    ],
)
def test_a_mark_of_a_tally_says_that_it_opens_all_of_its_row(data, name, said):
    traces = Drawn(draw(name, data, "zh", table(data, name))).sent["data"]
    assert {t["hovertemplate"] for t in traces if t["mode"] == "markers"} == {f"{said}<extra></extra>"}


def test_a_tally_of_many_rows_tells_their_sizes_apart():
    rows = pd.DataFrame({"actor": list(map(str, range(120))), "target": [150] * 120, "pledge": [6] * 120})
    assert records_per_mark(rows) == 100


def test_words_under_a_chart_name_ten_actors_at_most():
    assert listing("zh", "甲乙丙丁", 3) == "甲、乙、丙等4个"
    assert listing("en", "ABCD", 3) == "A, B, C and others, 4 in all"
    assert listing("zh", "甲乙丙", 3) == "甲、乙和丙"
