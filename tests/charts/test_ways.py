"""Ways from a base to a target: their figures and breaks, the growth still needed, and how they are drawn."""

from targets.charts import draw
from targets.charts.canvas import PHONE, measure
from targets.progress.progress import progress
from targets.text import LANGUAGES, say
from targets.wording.headlines import find
from tests.drawing import Drawn
from tests.invented import ACTUAL, DOLLARS, TARGET, WEB, build
from tests.series import (
    AVERAGE,
    BASE,
    DAY,
    FIRMS,
    GDP,
    LATER,
    LEVEL,
    TWO_BREAKS,
    actual,
    build_series,
    listed,
    results,
    same,
    target,
)


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


def test_the_growth_that_remains_stands_beside_that_of_the_last_year():
    for name, (before, last, said) in NEEDED.items():
        data = build(TARGET, ACTUAL, before, LAST | last)
        title = find("paths", data, "zh", listed("paths", data)).title
        assert title.endswith(said), name
        assert "年均" not in title, name


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


def test_growth_still_needed_is_said_only_where_there_is_some():
    for name, (records, said) in WAYS.items():
        data = build_series(*records)
        title = find("paths", data, "zh", listed("paths", data, "2025-06-30")).title
        assert title.endswith(said), name
        assert "nan" not in title, name


def test_r_stands_against_its_thresholds_under_the_way(all_data):
    found = listed("paths", all_data)
    target = found[(found["target_id"] == "ningbo-gdp-2026") & (found["role"] == "target")].iloc[0]
    assert target[["ratio_low", "ratio_high"]].round(3).tolist() == [0.808, 0.827]
    assert found.loc[found["role"] != "target", ["ratio_low", "ratio_high"]].isna().all(axis=None)
    drawn = Drawn(draw("paths", all_data, "zh", found))
    assert [word for word in drawn.texts if word in ("0.00", "0.60", "0.95")] == ["0.00", "0.60", "0.95"]
    ((start, end),) = drawn.lines[("solid", 9)]
    assert start < end
