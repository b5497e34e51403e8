"""The tables of progress: states that add up, ways from base to target, statements held against others, context."""

import pandas as pd
import pytest

from targets.charts import draw
from targets.charts.canvas import PHONE, measure
from targets.dataset import Dataset
from targets.findings import find
from targets.outcomes import context
from targets.progress import progress
from targets.results import say_result, write_rate, write_ratio
from targets.selection import Selection
from targets.tables import Choice, table_of
from targets.text import LANGUAGES, say
from tests.drawing import Drawn
from tests.invented import ACTUAL, DOLLARS, TARGET, WEB, build
from tests.series import AVERAGE, BASE, FIRMS, GDP, INVESTMENT, LEVEL, actual, build_series, same, target

DAY = "2026-11-24"
LATER = WEB | {"year": "2024", "value": "3300"}


def listed(name: str, data: Dataset, day: str = DAY) -> pd.DataFrame:
    return table_of(name, data, Selection(asof=day), Choice())


def results(data: Dataset, lang: str = "zh", day: str = DAY) -> dict[str, str]:
    return {row.id: say_result(data, lang, row) for row in progress(data, day).itertuples()}


def test_states_are_counted_and_add_up():
    data = build(
        TARGET | {"year": "2022"},  # due, and no result
        TARGET | {"year": "2022", "indicator": "工业增加值", "value": "100"},  # due and met
        ACTUAL | WEB | {"year": "2022", "indicator": "工业增加值", "value": "101"},
        TARGET | {"kind": "expected", "indicator": "产业投资"},  # not due
        TARGET | {"year": "", "year_basis": "none", "indicator": "投资额"},  # undated
        TARGET | {"kind": "pledge", "indicator": "五个聚力", "comparator": "", "value": "", "unit": ""},
    )
    found = listed("outcomes", data)
    assert found.to_dict("list") == {
        "state": ["met", "no_result", "not_due", "undated", "no_number"],
        "target": [1, 1, 0, 1, 0],
        "expected": [0, 0, 1, 0, 0],
        "pledge": [0, 0, 0, 0, 1],
        "records": [1, 1, 1, 1, 1],
    }
    said = find("outcomes", data, "zh", found).title
    assert (
        said
        == "2个有数字的目标（含预计）已到期或已提前达到：1个达到和1个在所收来源中没有结果；1个未到期，1个没写年份。"
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "16个有数字的目标（含预计）已到期：在所收来源中全都没有结果；12个未到期，3个没写年份。"),
        ("en", "16 targets and expectations with a number are due: not one has a result in the sources here; "),
    ],
)
def test_one_state_of_all_that_is_due_is_said_of_all(all_data, lang, said):
    title = find("outcomes", all_data, lang, listed("outcomes", all_data)).title
    assert title.startswith(said)


def test_the_project_s_states_partition_its_commitments(all_data):
    found = listed("outcomes", all_data)
    kinds = all_data.frame["kind"].astype("str").value_counts()
    assert found[["target", "expected", "pledge"]].sum().to_dict() == {
        kind: kinds[kind] for kind in ("target", "expected", "pledge")
    }


def test_a_way_runs_from_base_to_target_with_every_later_figure():
    data = build(
        TARGET,
        ACTUAL,
        ACTUAL | {"year": "2019", "value": "2000"},  # before the base: not on the way
        ACTUAL | LATER | {"status": "preliminary"},
        ACTUAL | LATER | {"status": "revised", "value": "3400"},  # leads for its year, the other stays
        ACTUAL | LATER | {"period": "Q1-3", "year": "2025", "value": "2600"},  # part of a year: not on the way
        ACTUAL | LATER | {"district": "余姚市", "actor": "余姚市"},  # another place
        ACTUAL | LATER | {"year": "2025", "value": "500", "unit": "亿美元"},  # another currency
        more={"units": DOLLARS},
    )
    found = listed("paths", data)
    assert found[["role", "id", "year", "canonical_value", "leads"]].to_numpy().tolist() == [
        ["base", "b", 2021, 3000.0, True],
        ["actual", "d", 2024, 3300.0, False],
        ["actual", "e", 2024, 3400.0, True],
        ["target", "a", 2026, 4000.0, True],
    ]
    said = find("paths", data, "zh", found).title
    assert (
        said
        == "镇海区规上工业总产值最近一个数是2024年的3,400亿元；2026年目标超过4,000亿元，还差2个年度的数，须年均名义增长8.5%。"
    )


LAST = ACTUAL | WEB | {"year": "2025", "value": "3600"}
BEFORE_LAST = ACTUAL | LATER | {"value": "3400"}
NEEDED = {
    "one year left is no average, and several times what there was": (
        BEFORE_LAST,
        {"value": "3500"},
        "最近一个数是2025年的3,500亿元；2026年目标超过4,000亿元，还差1个年度的数，须名义增长14.3%，是2025年名义增速（2.9–3.0%）的4.8–4.9倍。",
    ),
    "a multiple of exact figures is one number": (
        BEFORE_LAST,
        {},
        "还差1个年度的数，须名义增长11.1%，是2025年名义增速（5.9%）的1.9倍。",
    ),
    "rounded figures give intervals": (
        BEFORE_LAST | {"value": "0.34", "unit": "万亿元"},
        {"value": "0.36", "unit": "万亿元", "status": "preliminary"},
        "2025年的3,600亿元（初步数）；2026年目标超过4,000亿元，还差1个年度的数，须名义增长9.6–12.7%，2025年比上年名义增长2.9–9.0%。",
    ),
    "from a bound there is no growth": (
        BEFORE_LAST | {"comparator": "gt"},
        {},
        "还差1个年度的数，须名义增长11.1%。",
    ),
    "a fall has no multiple": (
        BEFORE_LAST | {"value": "3700"},
        {},
        "还差1个年度的数，须名义增长11.1%，2025年比上年名义增长-2.7%。",
    ),
}


@pytest.mark.parametrize("name", NEEDED)
def test_the_growth_that_remains_stands_beside_that_of_the_last_year(name):
    before, last, said = NEEDED[name]
    data = build(TARGET, ACTUAL, before, LAST | last)
    title = find("paths", data, "zh", listed("paths", data)).title
    assert title.endswith(said)
    assert "年均" not in title


def test_the_figure_that_leads_on_a_way_is_the_one_that_gives_the_pace():
    data = build_series(
        target("gt 4000", 2026),
        BASE,
        actual("eq 0.34", 2023, source="y2025", unit="万亿元"),  # published after the next one, which stands below it
        actual("eq 3400", 2023, source="y2024"),
    )
    assert progress(data, DAY)["actual_id"].tolist() == ["c"]
    found = listed("paths", data)
    assert found.loc[found["leads"] & (found["role"] == "actual"), "id"].tolist() == ["c"]


TWO_BREAKS = (
    "规上工业总产值,镇海区,2023,2024-03-01,口径甲,Basis A,虚构,Invented\n"
    "规上工业总产值,镇海区,2027,2028-03-01,口径乙,Basis B,虚构,Invented\n"
    "数字经济核心产业增加值,镇海区,2023,2024-03-01,口径丙,Basis C,虚构,Invented\n"
)


def test_the_break_that_is_said_is_the_one_between_the_figures():
    data = build_series(target("gt 4500", 2026), actual("eq 3000", 2021), actual("eq 3600", 2023), breaks=TWO_BREAKS)
    assert "口径甲" in results(data, day="2024-06-30")["a"]
    assert "口径乙" not in results(data, day="2024-06-30")["a"]


def test_the_break_of_an_average_growth_rate_is_that_of_its_level():
    rows = [target("ge 20", 2026, **AVERAGE), BASE | LEVEL, actual("eq 1500", 2023, **LEVEL)]
    assert "口径丙" in results(build_series(*rows, breaks=TWO_BREAKS), day="2024-06-30")["a"]


def test_the_break_of_a_place_is_none_of_its_companies():
    company = {"actor": "镇海炼化"}
    rows = [target("gt 4500", 2026, **company), BASE | company, actual("eq 3600", 2023, **company)]
    data = build_series(*rows, breaks=TWO_BREAKS)
    assert not progress(data, "2024-06-30")["break_crossed"].any()
    assert "口径" not in results(data, day="2024-06-30")["a"]
    assert listed("paths", data, "2024-06-30")["side"].tolist() == [0, 0, 0]


def test_classes_are_said_with_their_r_or_its_band(all_data):
    said = {lang: find("progress", all_data, lang, progress(all_data, DAY)).title for lang in LANGUAGES}
    assert said["zh"].endswith(
        "1个进展适中（R = 0.81–0.83，此后须增长17.3–18.0%）。R是基数年以来的年均增速与所需年均增速之比，不单看最近一年。"
    )
    assert (
        "1 with moderate progress (R = 0.81–0.83, needing growth of 17.3–18.0% from now on). R is the average growth since the base year"
        in said["en"]
    )
    at_best = progress(build(TARGET, ACTUAL | {"comparator": "gt"}, ACTUAL | LATER), DAY)
    assert "1个进展不足（R ≤ 0.55，此后须年均增长10.1%）" in find("progress", all_data, "zh", at_best).title
    both = pd.concat([at_best, at_best], ignore_index=True)
    assert "2个至多进展不足。" in find("progress", all_data, "zh", both).title
    assert "2 with insufficient progress at best. " in find("progress", all_data, "en", both).title
    mixed = pd.concat([at_best, progress(build(TARGET, ACTUAL, ACTUAL | LATER), DAY)], ignore_index=True)
    one, other = "1个进展不足（R = 0.54–0.55，此后须年均增长10.1%）", "1个进展不足（R ≤ 0.55，此后须年均增长10.1%）"
    assert f"2个算得出进度：{one}和{other}。" in find("progress", all_data, "zh", mixed).title
    at_least = progress(build(TARGET, ACTUAL, ACTUAL | LATER | {"comparator": "gt"}), DAY)
    both = pd.concat([at_least, at_least], ignore_index=True)
    assert "2个至少进展不足。" in find("progress", all_data, "zh", both).title
    base = ACTUAL | {"value": "0.3", "unit": "万亿元"}
    between = progress(build(TARGET, base, ACTUAL | LATER | {"value": "3400"}), DAY)
    assert "1个介于背离目标与进展显著之间" in find("progress", all_data, "zh", between).title


def test_the_way_is_drawn_with_its_required_path_and_its_break(all_data):
    found = listed("paths", all_data)
    drawn = Drawn(draw("paths", all_data, "zh", found))
    assert "所需路径" in drawn.texts
    assert "口径改变：第五次全国经济普查修订（小点是改变前公布的数）" in "".join(drawn.texts)
    ((at, _),) = next(lines for (dash, _), lines in drawn.lines.items() if dash == "dash")
    for lang in LANGUAGES:
        drawn = Drawn(draw("paths", all_data, lang, found))
        words = say(lang, "paths.required")
        end = next(x for x, text in zip(drawn.places, drawn.texts, strict=True) if text == words)
        assert not end - measure(words, 11) / PHONE < at < end + 0.01


STATED = ACTUAL | {"comparator": "gt", "value": "3000"}
HELD = {
    "confirmed by an exact figure": (STATED, {"comparator": "eq", "value": "3200"}, "confirmed"),
    "confirmed by a rounded figure": (STATED, {"comparator": "eq", "value": "0.31", "unit": "万亿元"}, "confirmed"),
    "contradicted": (STATED, {"comparator": "eq", "value": "2900"}, "contradicted"),
    "over is not exactly": (STATED | {"value": "4"}, {"comparator": "lt", "value": "4"}, "contradicted"),
    "rounding reaches across": (STATED, {"comparator": "eq", "value": "0.30", "unit": "万亿元"}, "undecided"),
    "a bound decides nothing": (STATED, {"comparator": "gt", "value": "2900"}, "undecided"),
    "the same bound": (STATED, {"comparator": "gt", "value": "3000"}, "confirmed"),
    "at least does not confirm over": (STATED, {"comparator": "ge", "value": "3000"}, "undecided"),
    "about decides nothing": (STATED, {"comparator": "approx", "value": "3200"}, "undecided"),
    "another year": (STATED, {"year": "2020"}, "unconfirmed"),
    "part of the year": (STATED, {"period": "Q1-3"}, "unconfirmed"),
    "another scope": (STATED, {"indicator": "工业增加值"}, "unconfirmed"),
    "another currency": (STATED, {"value": "500", "unit": "亿美元"}, "unconfirmed"),
}


@pytest.mark.parametrize("name", HELD)
def test_a_statement_is_held_against_the_same_figure_elsewhere(name):
    stated, other, outcome = HELD[name]
    other = ACTUAL | WEB | {"status": "final", "value": "3200"} | other
    data = build(stated, other, more={"units": DOLLARS})
    found = listed("statements", data)
    assert found[["id", "outcome"]].to_numpy().tolist() == [["a", outcome]]


def test_a_statement_without_a_year_is_compared_with_the_year_before_its_page():
    undated = STATED | {"year": "", "year_basis": "none"}
    data = build(undated, ACTUAL | WEB | {"value": "3200"}, ACTUAL | WEB | {"year": "2020", "value": "2000"})
    found = listed("statements", data)
    assert found[["id", "outcome", "year_compared", "other_id"]].to_numpy().tolist() == [["a", "confirmed", 2021, "b"]]
    assert find("statements", data, "zh", found).title == (
        "文中自述的1项事实，对照其他来源：1项得到证实。有数字可对照的1项中，1项文中未写年份，按来源的前一年对照。"
    )


def test_a_figure_beyond_a_break_contradicts_no_statement():
    """What is found on a later basis says nothing of what a page stated on the earlier one."""
    stated = actual("gt 3000", 2021, source="page", line="2")
    later = actual("eq 2900", 2021, source="y2025", status="revised")
    for breaks, outcome in (("", "contradicted"), (TWO_BREAKS, "unconfirmed")):
        assert listed("statements", build_series(stated, later, breaks=breaks))["outcome"].tolist() == [outcome]
    both = build_series(stated, actual("eq 3200", 2021), later, breaks=TWO_BREAKS)
    assert listed("statements", both)[["outcome", "other_id"]].to_numpy().tolist() == [["confirmed", "b"]]


def test_what_is_published_later_confirms_nothing_yet():
    data = build(STATED, ACTUAL | WEB | {"value": "3200", "status": "final"})
    assert listed("statements", data, "2023-01-01")["outcome"].tolist() == ["unconfirmed"]


def test_the_project_s_page_is_confirmed_by_the_communique(all_data):
    found = listed("statements", all_data).set_index("id")
    assert found["outcome"].value_counts().to_dict() == {"unconfirmed": 6, "confirmed": 5}
    assert found.loc["ningbo-value-added-2021", ["outcome", "other_printed"]].tolist() == ["confirmed", "6297.5亿元"]


def test_related_figures_are_context_and_never_an_outcome(all_data):
    found, _ = context(all_data, DAY)
    of_services = found[found["target_indicator"] == "生产性服务业增加值"]
    assert of_services["as_printed"].tolist() == ["9813.9亿元", "突破万亿元"]
    states = progress(all_data, DAY).set_index("id")["state"]
    assert states["services-bureau-producer-services-2026"] == "not_due"
    part = found[(found["target_indicator"] == "工业增加值") & (found["subject"] == "宁波市")]
    assert part["period"].isna().tolist() == [False, True]


def test_the_words_of_the_project_s_one_pace(all_data):
    said = results(all_data)["ningbo-gdp-2026"]
    assert said == (
        "R = 0.81–0.83，进展适中 0.60 ≤ R < 0.95。2020–2025年年均增长7.2–7.5%，到2026年所需为年均9.0–9.1%"
        "（从2020年1.31万亿元起）。2025年之后，到2026年还需增长17.3–18.0%。金额按当年价格（名义）。"
        "序列中断：2023年起是“第五次全国经济普查修订”之后的口径；2023年比首次公布时高约4.2%，2020年由12408.7亿元改为约1.31万亿元；"
        "修订有利于目标，目标是按修订前口径提出的。"
    )


def test_one_sided_figures_are_said_at_best_and_at_least():
    at_best = build(TARGET, ACTUAL | {"comparator": "gt"}, ACTUAL | LATER)
    assert results(at_best)["a"].startswith("R至多0.55，至多是进展不足 0 ≤ R < 0.60。")
    assert "到2026年所需为年均至多5.9%" in results(at_best)["a"]
    at_least = build(TARGET, ACTUAL, ACTUAL | LATER | {"comparator": "gt"})
    assert results(at_least, "en")["a"].startswith("R is at least 0.54: at least insufficient progress 0 ≤ R < 0.60.")
    spans = build(TARGET, ACTUAL | {"value": "0.3", "unit": "万亿元"}, ACTUAL | LATER | {"value": "3400"})
    assert results(spans)["a"].startswith("R = -0.36–1.10，介于背离目标 R < 0和进展显著 R ≥ 0.95之间。")


def test_every_result_is_a_sentence_in_both_languages(all_data):
    for lang in LANGUAGES:
        for day in (DAY, "2024-06-30", "2023-01-01"):
            for said in results(all_data, lang, day).values():
                assert said
                assert not any(mark in said for mark in ("{", "nan", "<NA>", "None", "inf"))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.8083, 0.8266, "0.81–0.83"),
        (0.951, 0.953, "0.95"),
        (float("-inf"), 0.5, "0.50"),
        (0.4, float("inf"), "0.40"),
        (0.9467, 0.9467, "0.947"),
        (0.59996, 0.6, "0.59996–0.60"),
        (-0.001, 0.001, "-0.001–0.00"),
        (0.95 - 1e-15, 0.95 - 1e-15, "0.95"),
    ],
)
def test_a_ratio_is_written_at_two_decimals_and_never_rounded_into_another_class(low, high, said):
    assert write_ratio(low, high) == said


def test_a_share_of_a_total_is_no_hundred_percent_before_it_is_reached():
    data = build_series(target("ge 400", 2026, **INVESTMENT), actual("eq 398.5", 2024, **INVESTMENT))
    assert "2024年398.5亿元，是目标的99.6%。" in results(data, day="2025-06-30")["a"]


@pytest.mark.parametrize(
    ("year", "result", "title"),
    [
        (2026, "未到期已达到目标。", "1个有数字的目标（含预计）已到期或已提前达到：1个达到。"),
        ("", "已达到目标；目标没有写年份。", "1个有数字的目标（含预计）已到期或已提前达到：1个达到。"),
        (2023, "没有达到目标。", "1个有数字的目标（含预计）已到期：1个未达到。"),
    ],
)
def test_what_is_met_before_it_is_due_is_not_said_to_be_due(year, result, title):
    goal = target("ge 18000", year, **GDP)
    data = build_series(goal, actual("eq 17000", 2023, **GDP), actual("eq 18700", 2024, **GDP))
    assert results(data, day="2025-06-30")["a"].endswith(result)
    assert find("outcomes", data, "zh", listed("outcomes", data, "2025-06-30")).title == title
    early = {
        2026: "met before it was due.",
        "": "already met; the target names no year.",
        2023: "the target was missed.",
    }
    assert results(data, "en", "2025-06-30")["a"].endswith(early[year])


def test_figures_of_a_part_of_a_year_say_which():
    half = {"period": "H1", "indicator": "工业增加值"}
    data = build_series(*same([target("ge 400"), actual("eq 350", 2021), actual("eq 450", 2023)], **half))
    assert results(data, day="2024-06-30")["a"] == "2023年（上半年）450亿元，达到了目标。"
    assert results(data, "en", "2024-06-30")["a"] == "RMB 45 billion in 2023 (First half): the target was met."
    assert find("headline", data, "zh", listed("headline", data)).title.startswith(
        "镇海区工业增加值2023年（上半年）目标不少于400亿元，从2021年（上半年）350亿元算起，"
    )


WAYS = {
    "a number of people has no prices": (
        same([target("ge 3000", 2026), actual("eq 1000", 2021), actual("eq 2000", 2024)], **FIRMS),
        "须年均增长22.5%。",
    ),
    "money is nominal": (
        same([target("ge 3000", 2026), actual("eq 1000", 2021), actual("eq 2000", 2024)], **GDP),
        "须年均名义增长22.5%。",
    ),
    "met": (
        same([target("ge 3000", 2026), actual("eq 1000", 2021), actual("eq 3100", 2024)], **GDP),
        "1个有基数的目标，都说不出此后还须增长多少：1个的最近一个数已到或越过目标数。",
    ),
    "nothing new": (
        same([target("ge 3000", 2026), actual("eq 1000", 2021)], **GDP),
        "都说不出此后还须增长多少：1个在基数之后没有可用的新数字。",
    ),
    "below nought": (
        same([target("ge -7", 2026), actual("eq 600", 2021), actual("eq 550", 2024)], **GDP),
        "都说不出此后还须增长多少：1个的数字为零或负数，算不出增速。",
    ),
}


@pytest.mark.parametrize(("records", "said"), WAYS.values(), ids=WAYS)
def test_growth_still_needed_is_said_only_where_there_is_some(records, said):
    data = build_series(*records)
    title = find("paths", data, "zh", listed("paths", data, "2025-06-30")).title
    assert title.endswith(said)
    assert "nan" not in title


def test_a_rate_is_written_with_its_bound():
    assert write_rate("zh", float("-inf"), 33.33) == "至多33.3%"
    assert write_rate("zh", 5.0, float("inf")) == "至少5.0%"
    assert write_rate("en", 8.96, 9.09) == "9.0–9.1%"


def test_the_components_file_holds_the_selected_commitments(all_data):
    selection = Selection(actor=("极氪",), asof=DAY)
    found = table_of("progress", all_data, selection, Choice())
    assert found["id"].tolist() == ["zeekr-talent-2025", "zeekr-senior-talent-2025", "zeekr-parts-park"]
    assert found["state"].astype("str").tolist() == ["no_result", "no_result", "no_number"]


def test_r_stands_against_its_thresholds_under_the_way(all_data):
    found = listed("paths", all_data)
    target = found[(found["target_id"] == "ningbo-gdp-2026") & (found["role"] == "target")].iloc[0]
    assert target[["ratio_low", "ratio_high"]].round(3).tolist() == [0.808, 0.827]
    assert found.loc[found["role"] != "target", ["ratio_low", "ratio_high"]].isna().all(axis=None)
    drawn = Drawn(draw("paths", all_data, "zh", found))
    assert [word for word in drawn.texts if word in ("0.00", "0.60", "0.95")] == ["0.00", "0.60", "0.95"]
    ((start, end),) = drawn.lines[("solid", 9)]
    assert start < end
