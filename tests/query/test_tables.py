"""The table behind each chart, written out; then its words and its drawing on awkward selections."""

import re

import pandas as pd
import plotly.graph_objects
import pytest

from targets.charts import CHARTS, draw
from targets.charts.blocks import FEWER_DRAWN, MOST_DRAWN, block_of, drawn_of
from targets.load import dataset
from targets.progress.measurability import TESTS
from targets.query.narrowing import select
from targets.query.selection import FACETS, Ignored, Selection, from_query
from targets.query.tables import (
    CHOICE_COLUMN,
    KINDS,
    TABLES,
    Choice,
    choice_options,
    choose,
    records_counted,
    table_of,
    title_of,
)
from targets.text import LANGUAGES, listing, phrases
from targets.wording.headlines import HEADLINES, find
from tests.drawing import Drawn
from tests.invented import DOLLARS, build_lines, code_lists, record


def build(*rows: str, units: str = "") -> dataset.Dataset:
    """A data set of invented rows: id, kind, year, comparator, value, unit, indicator, actor, district."""
    lines = []
    for row in rows:
        id_, kind, year, comparator, value, unit, indicator, actor, district = row.split(",")
        lines.append(
            record(id_, kind, year, comparator, value, indicator, actor, unit=unit, district=district, as_printed="x")
        )
    return build_lines(*lines, units=code_lists()["units"].decode() + units)


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
        "p,target,2026,eq,400,亿元,产业投资,镇海区,镇海区",  # done in four years: no growth over one
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
        "p": {"base_id": "f", "growth": None, "growth_bound": "at_least", "missing": "total"},
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


def test_figures_in_different_units_are_not_ranked_against_one_another():
    rows = (
        "a,actual,2022,eq,400,亿元,地区生产总值,余姚市,余姚市",
        "b,actual,2022,eq,230,亿美元,地区生产总值,镇海区,镇海区",
        "c,actual,2022,eq,500,亿元,地区生产总值,宁波市,宁波市",
    )
    mixed = build(*rows, units=DOLLARS)
    found = table(mixed, "compare", compare="地区生产总值")
    assert found["id"].tolist() == ["c", "a", "b"]
    said = {lang: find("compare", mixed, lang, found) for lang in LANGUAGES}
    assert said["zh"].title == "地区生产总值：3个数字，单位不同（亿元和亿美元），不分大小。"
    assert "3 figures in different units" in said["en"].title


def test_equal_figures_share_the_first_place():
    places = "余姚市", "镇海区"
    rows = [
        f"{id_},actual,2022,eq,2200,亿元,地区生产总值,{place},{place}" for id_, place in zip("ab", places, strict=True)
    ]
    data = build(*rows, "c,actual,2021,eq,2000,亿元,地区生产总值,余姚市,余姚市")
    title = find("compare", data, "zh", table(data, "compare", compare="地区生产总值")).title
    assert title == "地区生产总值：2个数字同居首位，其中有镇海区2022年事实，2,200亿元。"


def test_the_same_figure_of_one_place_twice_is_told_as_that():
    data = build(
        "a,actual,2021,eq,63,家,国家级制造业单项冠军企业数,宁波市,宁波市",
        "b,actual,2020,eq,63,家,国家级制造业单项冠军企业数,宁波市,宁波市",
    )
    found = table(data, "compare", compare="国家级制造业单项冠军企业数")
    said = {lang: find("compare", data, lang, found).title for lang in LANGUAGES}
    assert said["zh"] == "国家级制造业单项冠军企业数：2个数字相同，都是宁波市的，63家。"
    assert said["en"].endswith(": 2 figures, all of Ningbo, are the same: 63 firms.")


def test_equal_ranks_share_the_best_place():
    rank = "工业增加值全国城市位次"
    rows = [
        f"{id_},actual,2021,eq,3,位,{rank},{place},{place}"
        for id_, place in zip("ab", ("余姚市", "镇海区"), strict=True)
    ]
    data = build(*rows)
    title = find("compare", data, "zh", table(data, "compare", compare=rank)).title
    assert title == f"{rank}：2个数字同居最前，其中有镇海区2021年事实，第3位。"


def test_of_pledges_alone_the_most_come_first(data):
    found = table_of("promises", data, Selection(kind=("pledge",)), Choice())
    assert found["pledge"].is_monotonic_decreasing
    assert found["pledge"].iloc[0] > found["pledge"].iloc[-1]


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
    assert ignored == [Ignored("place", "镇海区", repeated=True), Ignored("horizon", "1999")]
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


@pytest.mark.parametrize("name", [name for name in TABLES if name != "checks"])
def test_every_table_is_said_and_drawn_in_both_languages(data, name):
    for awkward, selection in AWKWARD.items():
        found = table_of(name, data, selection, Choice())
        tallied = found.get("records", pd.Series(dtype=int)).sum()
        marks = dict.fromkeys(("promises", "sectors", "outcomes", "wording"), tallied)
        marks["measurability"] = len(found) * len(TESTS)
        bases = int(found["base_id"].notna().sum()) if name == "headline" else 0
        for lang in LANGUAGES:
            finding = find(name, data, lang, found)
            assert finding.title, awkward
            assert "{" not in finding.alt and "nan" not in finding.alt.lower() and "<NA>" not in finding.alt, awkward
            if not TABLES[name].chart:
                continue
            drawn = Drawn(draw(name, data, lang, found))
            assert len(drawn.marks) == marks.get(name, len(found)) + bases, awkward
            assert all(0 <= x <= 1 for trace in drawn.sent["data"] for x in trace["x"] if x is not None), awkward
            plotly.graph_objects.Figure(drawn.sent)  # raises where Plotly knows a part of it not


def test_a_table_lacks_nothing_that_belongs_to_it():
    """Its chart, its headline or the phrases that stand in for one, the name of its file and what it is for."""
    lacking = []
    for name, of in TABLES.items():
        needed = [f"file.{name}", f"gives.{name}"]
        if name not in HEADLINES and name != "checks":  # a list that says itself what came of each
            needed += [f"most.{name}", f"most.{name}_nobody", f"most.{name}_under"]
        lacking += [(name, key) for key in needed if key not in phrases()]
        lacking += [(name, of.chart)] if of.chart and of.chart not in CHARTS else []
        lacking += [(name, each) for each in (*of.by, *of.choices) if each not in (*FACETS, *CHOICE_COLUMN)]
    assert lacking == []
    assert set(CHARTS) == {of.chart for of in TABLES.values()} - {""}
    assert set(HEADLINES) < set(TABLES)


def test_a_count_names_the_filters_that_select_the_records_it_counts(data):
    for name, of in TABLES.items():
        for row in table(data, name).to_dict("records") if of.by else ():
            for column in {*KINDS, "records"} & {*row}:
                chosen, ignored = from_query(data, records_counted(of.by, row, column))
                counted = select(data, chosen)["kind"].isin(of.kinds).sum()
                assert (counted, ignored) == (row[column], []), (name, row, column)
    undated = {"district": "镇海区", "year": pd.NA}
    assert records_counted(("district", "year"), undated, "records") == {"district": ["镇海区"], "year": ["undated"]}


def test_every_column_has_a_title_in_both_languages(data):
    columns = {column for name in TABLES for column in table(data, name).columns}
    assert all(title_of(lang, column) for column in columns for lang in LANGUAGES)


def test_the_project_s_own_headlines_are_what_the_page_says(data):
    """The sentences a reader meets first, written out."""
    said = {
        name: find(name, data, lang, table_of(name, data, Selection(), Choice())).title
        for lang in ("zh",)
        for name in ("promises", "headline", "compare", "sectors", "timeline")
    }
    assert said == {
        "promises": "前湾新区给出16个有数字的目标，最多；太平鸟和余姚市的承诺没有一个带数字。",
        "headline": "镇海区规上工业总产值2022年目标超过4,000亿元，从2021年超过3,000亿元算起，至多须增长33.3%（名义）；"
        "11个金额目标中，10个未注明年份或缺少可比的基数，算不出增速。",
        "compare": "规上工业总产值：所印最大的是前湾新区2026年目标，超过4,500亿元。",
        "sectors": "27个有数字的目标中，13个属于工业。",
        "timeline": "29个目标（含预计）中，12个落在2022年、2个落在2025年、12个落在2026年和3个未注明年份。",
    }
    assert len(select(data, Selection())) == 70


def test_the_most_is_said_of_three_at_least(data):
    for actors, zh, en in (
        (("镇海区", "市经信局"), "镇海区给出5个有数字的目标，市经信局给出1个。", "Zhenhai District sets 5 targets with a number, "),
        (("镇海区", "余姚市"), "镇海区给出5个有数字的目标；余姚市的承诺没有一个带数字。", "Zhenhai District sets 5 targets with"),
        (("镇海区", "镇海炼化", "市经信局"), "镇海区给出5个有数字的目标，最多。", "Zhenhai District sets 5 targets with a number, the most."),
    ):  # fmt: skip
        found = table(data, "promises", Selection(actor=actors))
        assert find("promises", data, "zh", found).title == zh
        assert find("promises", data, "en", found).title.startswith(en)
        assert len(found) == len(actors)


def test_english_has_one_word_for_actuals_and_one_for_the_undated(all_data):
    for name in ("promises", "sectors", "place", "timeline", "horizon", "statements"):
        found = table_of(name, all_data, Selection(), Choice())
        said = find(name, all_data, "en", found).alt
        said += " ".join(Drawn(draw(name, all_data, "en", found)).texts) if TABLES[name].chart else ""
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


def test_a_chart_of_the_overview_draws_fewer_rows_than_others():
    data = build(*(f"r{n},target,2030,gt,{90 + n},亿元,投资额,镇海区,镇海区" for n in range(41)))
    block = block_of("headline", data, "zh", Selection(), Choice())
    assert (len(block.table), block.drawn) == (41, FEWER_DRAWN)
    words = " ".join(Drawn(block.figure).texts)
    assert [f"{value}亿元" in words for value in (130, 119, 118, 90)] == [True, True, False, False]
    assert block_of("progress", data, "zh", Selection(), Choice()).drawn == 41


def test_a_timeline_draws_more_rows_than_are_listed():
    data = build(*(f"r{n},target,2030,gt,{90 + n},亿元,投资额,镇海区,镇海区" for n in range(MOST_DRAWN + 10)))
    block = block_of("timeline", data, "zh", Selection(), Choice())
    assert (block.drawn, block.listed) == (MOST_DRAWN + 10, MOST_DRAWN)
    assert len(Drawn(block.figure).marks) == MOST_DRAWN + 10


def test_words_under_a_chart_name_ten_actors_at_most():
    assert listing("zh", "甲乙丙丁", 3) == "甲、乙、丙等4个"
    assert listing("en", "ABCD", 3) == "A, B, C and others, 4 in all"
    assert listing("zh", "甲乙丙", 3) == "甲、乙和丙"
