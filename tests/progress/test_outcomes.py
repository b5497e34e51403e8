"""What became of targets: states that add up, classes and results in words, and context."""

import pandas as pd
import pytest

from targets.progress.outcomes import context
from targets.progress.progress import progress
from targets.query.selection import Selection
from targets.query.tables import Choice, table_of
from targets.text import LANGUAGES
from targets.wording.headlines import find
from targets.wording.progress_text import write_rate, write_ratio
from tests.invented import ACTUAL, TARGET, WEB, build
from tests.series import DAY, GDP, INVESTMENT, LATER, actual, build_series, listed, results, same, target


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
        == "2个有数字的目标（含预计）已到期或已提前达到：1个达到和1个在所收来源中没有结果；1个未到期，1个未注明年份。"
    )


def test_one_state_of_all_that_is_due_is_said_of_all(all_data):
    for lang, said in (
        ("zh", "16个有数字的目标（含预计）已到期：在所收来源中全都没有结果；12个未到期，3个未注明年份。"),
        ("en", "16 targets and expectations with a number are due: not one has a result in the sources here; "),
    ):
        assert find("outcomes", all_data, lang, listed("outcomes", all_data)).title.startswith(said)


def test_the_project_s_states_partition_its_commitments(all_data):
    found = listed("outcomes", all_data)
    kinds = all_data.frame["kind"].astype("str").value_counts()
    assert found[["target", "expected", "pledge"]].sum().to_dict() == {
        kind: kinds[kind] for kind in ("target", "expected", "pledge")
    }


def test_classes_are_said_with_their_r_or_its_band(all_data):
    said = {lang: find("progress", all_data, lang, progress(all_data, DAY)).title for lang in LANGUAGES}
    assert said["zh"].endswith(
        "1个进展适中（R = 0.81–0.83，2025年之后须增长17.3–18.0%，其间口径改变）。R是基数年以来的年均增速与所需年均增速之比，不单看最近一年。"
    )
    assert (
        "1 with moderate progress (R = 0.81–0.83, needing growth of 17.3–18.0% after 2025, across a break of the series). R is the average growth since the base year"
        in said["en"]
    )
    at_best = progress(build(TARGET, ACTUAL | {"comparator": "gt"}, ACTUAL | LATER), DAY)
    assert "1个至多进展不足（R ≤ 0.55，2024年之后须年均增长10.1%）" in find("progress", all_data, "zh", at_best).title
    both = pd.concat([at_best, at_best], ignore_index=True)
    assert "2个至多进展不足。" in find("progress", all_data, "zh", both).title
    assert "2 with insufficient progress at best. " in find("progress", all_data, "en", both).title
    mixed = pd.concat([at_best, progress(build(TARGET, ACTUAL, ACTUAL | LATER), DAY)], ignore_index=True)
    one, other = (
        "1个进展不足（R = 0.54–0.55，2024年之后须年均增长10.1%）",
        "1个至多进展不足（R ≤ 0.55，2024年之后须年均增长10.1%）",
    )
    assert f"2个算得出进度：{one}和{other}。" in find("progress", all_data, "zh", mixed).title
    at_least = progress(build(TARGET, ACTUAL, ACTUAL | LATER | {"comparator": "gt"}), DAY)
    both = pd.concat([at_least, at_least], ignore_index=True)
    assert "2个至少进展不足。" in find("progress", all_data, "zh", both).title
    base = ACTUAL | {"value": "0.3", "unit": "万亿元"}
    between = progress(build(TARGET, base, ACTUAL | LATER | {"value": "3400"}), DAY)
    assert "1个介于背离目标与进展显著之间" in find("progress", all_data, "zh", between).title


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
    assert results(spans)["a"].startswith("R = -0.36 – 1.10，介于背离目标 R < 0和进展显著 R ≥ 0.95之间。")


def test_every_result_is_a_sentence_in_both_languages(all_data):
    for lang in LANGUAGES:
        for day in (DAY, "2024-06-30", "2023-01-01"):
            for said in results(all_data, lang, day).values():
                assert said
                assert not any(mark in said for mark in ("{", "nan", "<NA>", "None", "inf"))


def test_a_ratio_is_written_at_two_decimals_and_never_rounded_into_another_class():
    ratios = {
        (0.8083, 0.8266): "0.81–0.83",
        (0.951, 0.953): "0.95",
        (float("-inf"), 0.5): "0.50",
        (0.4, float("inf")): "0.40",
        (0.9467, 0.9467): "0.947",
        (0.59996, 0.6): "0.59996–0.60",
        (-0.001, 0.001): "-0.001 – 0.00",
        (0.95 - 1e-15, 0.95 - 1e-15): "0.95",
    }
    assert {ratio: write_ratio(*ratio) for ratio in ratios} == ratios


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


def test_a_rate_is_written_with_its_bound():
    assert write_rate("zh", float("-inf"), 33.33) == "至多33.3%"
    assert write_rate("zh", 5.0, float("inf")) == "至少5.0%"
    assert write_rate("en", 8.96, 9.09) == "9.0–9.1%"


def test_the_components_file_holds_the_selected_commitments(all_data):
    selection = Selection(actor=("极氪",), asof=DAY)
    found = table_of("progress", all_data, selection, Choice())
    assert found["id"].tolist() == ["zeekr-talent-2025", "zeekr-senior-talent-2025", "zeekr-parts-park"]
    assert found["state"].astype("str").tolist() == ["no_result", "no_result", "no_number"]
