"""Every guard with a case it must refuse, in words, and one it must allow."""

import pandas as pd
import pytest

from targets.contract.comparability import (
    AXIS,
    PANEL,
    RULES,
    containers,
    definitions,
    differences,
    may_add,
    may_share_axis,
    overlaps,
    partners,
    say_rules,
)
from targets.contract.intervals import Interval, add, compare, exactly, write_interval
from targets.contract.schema import DATA_FOLDER, InvalidDataError
from targets.load.dataset import Dataset
from targets.progress.totals import totals, why_not
from targets.query.selection import Selection
from targets.query.tables import Choice, table_of
from targets.text import LANGUAGES
from tests.invented import build_lines as build
from tests.invented import record
from tests.series import DAY

OUTPUT, ADDED = "规上工业总产值", "工业增加值"
DISTRICTS = "district,name_en,within,order\n宁波市,Ningbo,,1\n镇海区,Zhenhai,宁波市,2\n余姚市,Yuyao,宁波市,3\n前湾新区,Qianwan,宁波市,4\n"
WITHIN = {
    "宁波市": (),
    "镇海区": ("宁波市",),
    "余姚市": ("宁波市",),
    "前湾新区": ("宁波市",),
    "宁波经济技术开发区": ("宁波市",),
}


def test_places_know_what_contains_them(data):
    assert containers(data.tables["districts"]) == WITHIN
    chain = pd.DataFrame({"district": ["a", "b", "c"], "within": ["b", "c", ""]})
    assert containers(chain) == {"a": ("b", "c"), "b": ("c",), "c": ()}


@pytest.mark.parametrize(
    ("districts", "said"),
    [
        (
            DISTRICTS.replace("宁波市,Ningbo,,", "宁波市,Ningbo,宁波市,"),
            ["districts.csv，第2行，“within”列，值“宁波市”：绕成了一圈：一个地方不能在它自己之内"],
        ),
        (
            DISTRICTS.replace("宁波市,Ningbo,,", "宁波市,Ningbo,余姚市,"),
            [
                "districts.csv，第2行，“within”列，值“余姚市”：绕成了一圈：一个地方不能在它自己之内",
                "districts.csv，第4行，“within”列，值“宁波市”：绕成了一圈：一个地方不能在它自己之内",
            ],
        ),
        (
            DISTRICTS.replace("Qianwan,宁波市", "Qianwan,慈溪市"),
            ["districts.csv，第5行，“within”列，值“慈溪市”：districts.csv 里没有；可用的有：宁波市、镇海区、余姚市、前湾新区、开发区"],
        ),
    ],
    ids=["itself", "ring", "unknown"],
)  # fmt: skip
def test_a_place_within_itself_is_refused(districts, said):
    actors = "actor,name_en,type,district,look_in,look_in_en,order\n镇海区,Zhenhai,district,镇海区,公报,Communiqué,1\n"
    with pytest.raises(InvalidDataError) as raised:
        build(
            record("a", "target", "2022", "gt", "1", OUTPUT, "镇海区"),
            districts=districts + "开发区,Zone,宁波市,5\n",
            actors=actors,
        )
    assert [p.say("zh") for p in raised.value.problems] == said


AXES = {
    "the same": (OUTPUT, OUTPUT, ""),
    "another indicator of one definition": (ADDED, "地区生产总值", ""),
    "concept": ("地区生产总值", "生产性服务业营业收入", "概念不同（增加值、营业收入）"),
    "investment and promotion": ("投资额", "招商引资额", "概念不同（投资、招商引资）"),
    "scope": ("产业投资", "投资额", "口径不同（全部、未注明）"),
    "concept and scope": (OUTPUT, ADDED, "概念不同（总产值、增加值）；口径不同（规上、全部）"),
    "prices": (
        "数字经济核心产业增加值年均增速",
        "高新技术企业数量增速",
        "计量方式不同（时期数、时点数）；价格不同（未注明、无）",
    ),
    "stock and flow": ("国家级制造业单项冠军企业数", "数字经济入园企业数", "计量方式不同（时点数、时期数）"),
    "unit": (
        "两千亿级先进产业集群数",
        "千亿级规模企业数",
        "标准单位不同（个、家）",
    ),
}


def test_what_may_share_an_axis(data):
    described = data.tables["indicators"].set_index("indicator")
    rates = {name: described.loc[name].to_dict() | {"canonical_unit": "%"} for name in AXES["prices"][:2]}
    known = definitions(data.frame) | rates
    answers = {case: may_share_axis(known[first], known[second]) for case, (first, second, _) in AXES.items()}
    assert {case: answer.say(data, "zh") for case, answer in answers.items()} == {case: AXES[case][2] for case in AXES}
    for case, (first, second, said) in AXES.items():
        assert answers[case].allowed == may_share_axis(known[second], known[first]).allowed == (said == ""), case


def test_reasons_are_said_in_english_without_chinese(data):
    known = definitions(data.frame)
    said = may_share_axis(known[OUTPUT], known[ADDED]).say(data, "en")
    assert said == "Concept differs (Gross output, Value added); Scope differs (Above designated size, All)"


def test_nominal_and_real_are_never_mixed(data):
    nominal = dict.fromkeys(AXIS, "x") | {"prices": "current"}
    answer = may_share_axis(nominal, nominal | {"prices": "constant"})
    assert answer.say(data, "zh") == "价格不同（现价（名义）、不变价（实际））"


def test_partners_are_what_may_stand_beside(data):
    assert partners(data.frame, ADDED) == ["地区生产总值", "数字经济核心产业增加值", "生产性服务业增加值"]
    assert partners(data.frame, OUTPUT) == []
    assert partners(data.frame, "五个聚力") == []


def test_axes_of_charts_are_those_of_the_guards(data):
    """Records that a chart puts into one panel may share an axis, and those it parts may not."""
    table = table_of("place", data, Selection(), Choice(place="前湾新区")).dropna(subset=["value"])
    panels = [rows.to_dict("records") for _, rows in table.groupby([table[c].astype("str") for c in PANEL])]
    for i, panel in enumerate(panels):
        assert not any(differences(panel[0], row, PANEL) for row in panel)
        assert all(differences(panel[0], other[0], PANEL) for other in panels[i + 1 :])


def rows_of(*records: str) -> pd.DataFrame:
    return build(*records).frame


def build_each(cases: list[list[str]]) -> tuple[Dataset, list[pd.DataFrame]]:
    """One data set of the records of all cases, and the rows of each; an id has the number of its case behind it."""
    data = build(*(line.replace(",", f"{n},", 1) for n, records in enumerate(cases) for line in records))
    counts = iter(data.frame["id"])
    return data, [data.frame[data.frame["id"].isin([next(counts) for _ in records])] for records in cases]


A = record("a", "target", "2026", "gt", "4500", OUTPUT, "前湾新区")
B = record("b", "target", "2026", "ge", "4000", OUTPUT, "镇海区")
CITY = record("c", "target", "2026", "gt", "20000", OUTPUT, "宁波市")
COUNTED = {"unit": "家"}
SUMS = {
    "two districts": ([A, B], ""),
    "concept": ([A, record("b", "target", "2026", "gt", "1", ADDED, "镇海区")], "概念不同（总产值、增加值）；口径不同（规上、全部）；指标不同（规上工业总产值、工业增加值）"),
    "another indicator of one definition": (
        [record("a", "target", "2026", "gt", "1", "地区生产总值", "前湾新区"), record("b", "target", "2026", "gt", "1", ADDED, "镇海区")],
        "指标不同（地区生产总值、工业增加值）",
    ),
    "kind": ([A, record("b", "expected", "2026", "gt", "1", OUTPUT, "镇海区")], "类别不同（目标、预计）"),
    "year": ([A, record("b", "target", "2022", "gt", "1", OUTPUT, "镇海区")], "年份不同（2026、2022）"),
    "part of the year": ([A, record("b", "target", "2026", "gt", "1", OUTPUT, "镇海区", period="H1")], "所含时期不同（全年、上半年）"),
    "industry": ([A, record("b", "target", "2026", "gt", "1", OUTPUT, "镇海区", industry="石化")], "产业不同（工业、石化）"),
    "no year": ([record("a", "target", "", "gt", "1", OUTPUT, "前湾新区"), record("b", "target", "", "gt", "1", OUTPUT, "镇海区")], "有的没有年份"),
    "about": ([A, record("b", "target", "2026", "approx", "1", OUTPUT, "镇海区")], "约数没有区间"),
    "share": (
        [record(i, "target", "2026", "gt", "9", "高新技术产业增加值占规上工业比重", p, unit="%") for i, p in (("a", "前湾新区"), ("b", "镇海区"))],
        "比重从不相加",
    ),
    "growth": (
        [record(i, "target", "2026", "gt", "9", "高新技术企业数量增速", p, unit="%") for i, p in (("a", "前湾新区"), ("b", "镇海区"))],
        "增速从不相加",
    ),
    "rank": (
        [record(i, "target", "2026", "le", "9", "亩均产出全省位次", p, unit="位") for i, p in (("a", "前湾新区"), ("b", "镇海区"))],
        "位次从不相加",
    ),
    "city and district": ([CITY, B], "宁波市包含镇海区"),
    "company and its place": (
        [record("a", "target", "2026", "gt", "1", "引进人才数", "镇海炼化", district="镇海区", **COUNTED),
         record("b", "target", "2026", "gt", "1", "引进人才数", "镇海区", **COUNTED)],
        "镇海炼化在镇海区之内",
    ),
    "company that may be in a district": (
        [record("a", "target", "2026", "gt", "1", "引进人才数", "太平鸟", district="宁波市", **COUNTED),
         record("b", "target", "2026", "gt", "1", "引进人才数", "镇海区", **COUNTED)],
        "太平鸟可能在镇海区之内",
    ),
    "bureau and its city": (
        [CITY, record("b", "target", "2026", "gt", "1", OUTPUT, "市经信局", district="宁波市")], "宁波市有不止一个数字"
    ),
    "a company twice": (
        [record(i, "target", "2026", "gt", "1", "引进人才数", "极氪", district="宁波经济技术开发区", **COUNTED) for i in "ab"],
        "极氪有不止一个数字",
    ),
    "two companies": (
        [record("a", "target", "2026", "gt", "1", "引进人才数", "镇海炼化", district="镇海区", **COUNTED),
         record("b", "target", "2026", "gt", "1", "引进人才数", "极氪", district="宁波经济技术开发区", **COUNTED)],
        "",
    ),
}  # fmt: skip


def test_what_may_be_added(data):
    _, rows = build_each([records for records, _ in SUMS.values()])
    answers = {case: may_add(each, WITHIN) for case, each in zip(SUMS, rows, strict=True)}
    assert {case: answer.say(data, "zh") for case, answer in answers.items()} == {case: SUMS[case][1] for case in SUMS}
    assert {case for case, answer in answers.items() if answer.allowed} == {"two districts", "two companies"}


def test_growth_is_computed_only_for_money_with_a_base(data):
    table = table_of("headline", data, Selection(), Choice())
    growth = table[table["growth"].notna()]
    pair = ["zhenhai-gross-output-2022", "zhenhai-gross-output-2021"]
    assert growth[["id", "base_id"]].to_numpy().tolist() == [pair]


INTERVALS = {
    "over and over": ([("gt", 4500), ("gt", 4000)], Interval(8500, float("inf"), False, False), "超过8,500亿元"),
    "over and at least": ([("gt", 1), ("ge", 2)], Interval(3, float("inf"), False, False), "超过3亿元"),
    "at least twice": ([("ge", 1), ("ge", 2)], Interval(3, float("inf"), True, False), "不少于3亿元"),
    "at most twice": ([("le", 1), ("le", 2)], Interval(float("-inf"), 3, False, True), "不多于3亿元"),
    "bare twice": ([("eq", 10), ("eq", 20)], Interval(29, 31, True, False), "29亿元到31亿元之间"),
    "bare and over": ([("eq", 10), ("gt", 20)], Interval(29.5, float("inf"), False, False), "超过29.5亿元"),
}


def test_a_sum_of_bounds_stays_a_bound():
    places = ("前湾新区", "镇海区")
    cases = [
        [
            record(i, "target", "2026", comparator, str(value), OUTPUT, place)
            for i, place, (comparator, value) in zip("ab", places, figures, strict=True)
        ]
        for figures, *_ in INTERVALS.values()
    ]
    data, rows = build_each(cases)
    for (case, (_, interval, said)), each in zip(INTERVALS.items(), rows, strict=True):
        (total,) = totals(data, each["id"], DAY)
        assert total.interval == interval, case
        assert write_interval("zh", total.interval, total.unit) == said
        assert (total.ids, total.left_out) == (tuple(each["id"]), ())


def test_an_upper_and_a_lower_bound_have_no_sum():
    data = build(A, record("b", "target", "2026", "le", "1", OUTPUT, "镇海区"))
    assert totals(data, data.frame["id"], DAY) == []
    assert add([exactly(1), Interval(0, 2, True, False)]) == Interval(1, 3, True, False)


def test_a_total_names_what_it_leaves_out():
    data = build(
        A,
        B,
        CITY,  # contains both
        record("d", "target", "2026", "gt", "9", OUTPUT, "镇海炼化", district="镇海区"),  # inside b
        record("e", "target", "2026", "approx", "9", OUTPUT, "余姚市"),  # about
        record("f", "target", "2026", "gt", "9", OUTPUT, "极氪", district="宁波经济技术开发区"),  # a place of its own
        record("g", "target", "2022", "gt", "9", OUTPUT, "前湾新区"),  # another year: not spoken of
    )
    (total,) = totals(data, data.frame["id"], DAY)
    assert total.ids == ("a", "b", "f")
    assert total.interval == Interval(8509, float("inf"), False, False)
    said = {id_: reason.say(data, "zh") for id_, reason in total.left_out}
    assert said == {"e": "约数没有区间", "c": "宁波市包含镇海区", "d": "镇海炼化在镇海区之内"}


def test_totals_of_parts_of_a_year_are_totals_of_their_own():
    figures = ((id_, place, period) for period in ("", "Q1-3") for id_, place in (("a", "镇海区"), ("b", "余姚市")))
    data = build(
        *(
            record(id_ + period[-1:], "actual", "2022", "eq", "500", OUTPUT, place, period=period)
            for id_, place, period in figures
        )
    )
    found = {total.ids: total.period for total in totals(data, data.frame["id"], DAY)}
    assert found.keys() == {("a", "b"), ("a3", "b3")}
    assert found["a3", "b3"] == "Q1-3"
    assert pd.isna(found["a", "b"])


def test_a_revised_target_is_replaced_in_a_total():
    old = record("o", "target", "2026", "gt", "1", OUTPUT, "镇海区")
    data = build(A, old, record("b", "target", "2026", "ge", "4000", OUTPUT, "镇海区", revises="o"))
    (total,) = totals(data, data.frame["id"], DAY)
    assert (total.ids, [(i, r.rule) for i, r in total.left_out]) == (("a", "b"), [("o", "revised")])


def test_a_target_is_left_out_as_revised_only_from_the_day_of_its_revision():
    data = build(
        A,
        record("o", "target", "2026", "gt", "1", OUTPUT, "镇海区"),
        record("b", "target", "2026", "ge", "4000", OUTPUT, "镇海区", source="work-report-2026", line="", revises="o"),
    )
    before = data.frame["id"][data.frame["source"] == "ningbo-2022"]
    (total,) = totals(data, before, "2025-12-31")
    assert (total.ids, total.left_out) == (("a", "o"), ())
    (total,) = totals(data, data.frame["id"], "2026-01-27")
    assert (total.ids, [(i, r.rule) for i, r in total.left_out]) == (("a", "b"), [("o", "revised")])


WHY_NOT = {
    "nothing": ([A], ""),
    "one place twice": ([A, record("b", "target", "2022", "gt", "1", OUTPUT, "前湾新区")], ""),
    "city and district": ([CITY, B], "宁波市包含镇海区"),
    "years": ([A, record("b", "target", "2022", "gt", "1", OUTPUT, "镇海区")], "年份不同（2026、2022）"),
}


def test_why_there_is_no_total():
    data, rows = build_each([records for records, _ in WHY_NOT.values()])
    assert [totals(data, each["id"], DAY) for each in rows] == [[]] * len(rows)
    assert [why_not(data, each["id"]).say(data, "zh") for each in rows] == [said for _, said in WHY_NOT.values()]


def test_places_that_lie_in_none_are_not_parts_of_one():
    other = record("b", "target", "2026", "gt", "1", OUTPUT, "市经信局", district="杭州市")
    places = (DATA_FOLDER / "districts.csv").read_text(encoding="utf-8") + "杭州市,Hangzhou,,99\n"
    data = build(CITY, other, districts=places)
    assert totals(data, data.frame["id"], DAY) == []
    assert why_not(data, data.frame["id"]).say(data, "zh") == "各地不属同一个上级"


def test_overlaps_leave_a_company_of_a_city_beside_two_districts_out():
    rows = rows_of(A, B, CITY, record("d", "target", "2026", "gt", "1", OUTPUT, "太平鸟", district="宁波市"))
    found = {id_: reason.rule for id_, reason in overlaps(rows, WITHIN).items()}
    assert found == {"c": "contains", "d": "may_be_inside"}


COMPARED = [
    (exactly(1), "<=", exactly(1), True),
    (exactly(1), "<", exactly(1), False),
    (exactly(2), "<=", exactly(1), False),
    (Interval(0, 1, True, False), "<", exactly(1), True),
    (Interval(0, 1, True, True), "<", exactly(1), None),
    (Interval(1, 2, False, True), "<=", exactly(1), False),
    (Interval(1, 2, True, True), "<=", exactly(1), None),
    (Interval(1, float("inf"), True, False), "<", Interval(2, float("inf"), True, False), None),
]


def test_intervals_are_compared_with_their_ends():
    found = [(left, relation, right, compare(left, relation, right)) for left, relation, right, _ in COMPARED]
    assert found == COMPARED


def test_beside_draws_both_only_where_allowed(data):
    def indicators(beside: str) -> set[str]:
        table = table_of("compare", data, Selection(), Choice(compare=ADDED, beside=beside))
        return set(table["indicator"].astype("str"))

    assert indicators("地区生产总值") == {ADDED, "地区生产总值"}
    assert indicators(OUTPUT) == indicators("") == indicators("五个聚力") == {ADDED}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_is_said_with_its_own_columns(lang):
    said = dict(zip(RULES, say_rules(lang), strict=True))
    assert all(title and text and "{" not in text for title, text in said.values())
    assert ("概念" if lang == "zh" else "Concept") in said["axis"][1]
