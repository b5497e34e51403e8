"""What records must not say of themselves or of one another, and the years that follow from a page's own."""

import pytest

from targets.contract.schema import DATA_FOLDER, InvalidDataError
from targets.quantities.relative_years import years_after
from tests.invented import ACTUAL, DOLLARS, SOURCES, TARGET, WEB, build

INFERRED = {"year": "", "year_basis": "inferred", "year_evidence": "今年", "year_line": "2"}


def said(*rows: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidDataError) as raised:
        build(*rows, more={"units": DOLLARS})
    return [problem.say("zh") for problem in raised.value.problems]


def test_words_for_a_year_are_read_and_others_are_no_date():
    words = {
        "今年": 0, "今年内": 0, "去年": -1, "前年": -2, "今年底": 0, "明年": 1, "3年": 3, "三年内": 3, "未来五年": 5, "今后10年": 10,
    }  # fmt: skip
    words |= dict.fromkeys(["", "近年来", "2022年后", "年", "百千年", "今", "十四五"])
    assert {each: years_after(each) for each in words} == words


def test_inferred_years_follow_the_year_of_the_source():
    rows = [
        TARGET | INFERRED,  # 今年
        TARGET | INFERRED | {"year_evidence": "3年"},
        TARGET | INFERRED | {"year_evidence": "未来五年", "year": "2027"},  # entered as well, and right
        TARGET,  # printed: stays
    ]
    assert build(*rows).frame["year"].tolist() == [2022, 2025, 2027, 2026]
    rows[2]["year"] = ""
    assert build(*rows, source_year="2020").frame["year"].tolist() == [2020, 2023, 2025, 2026]


BASE = TARGET | {"base": "a"}
LEVEL = ACTUAL | {"indicator": "数字经济核心产业增加值"}
AVERAGE = TARGET | {"indicator": "数字经济核心产业增加值年均增速", "value": "20", "unit": "%"}
BROKEN = {
    "no evidence": (
        [TARGET | INFERRED | {"year_evidence": ""}],
        "targets.csv，第2行，“year_evidence”列：年份是推定的，这里应写所依据的原文词语，例如 今年、3年、未来五年",
    ),
    "no line of the evidence": (
        [TARGET | INFERRED | {"year_line": ""}],
        "targets.csv，第2行，“year_line”列：来源是印刷文本，应填行号",
    ),
    "evidence beyond the page": (
        [TARGET | INFERRED | {"year_line": "10"}],
        "targets.csv，第2行，“year_line”列，值“10”：来源只有9行",
    ),
    "evidence without need": (
        [TARGET | {"year_evidence": "今年"}],
        "targets.csv，第2行，“year_evidence”列，值“今年”：年份不是推定的，这里应为空",
    ),
    "unknown evidence": (
        [TARGET | INFERRED | {"year_evidence": "近期"}],
        "targets.csv，第2行，“year_evidence”列，值“近期”：不认识这个时间词；可用 今年、明年、去年，或 3年、未来五年",
    ),
    "another year than the words give": (
        [TARGET | INFERRED | {"year": "2023"}],
        "targets.csv，第2行，“year”列，值“2023”：来源年份是2022，“今年”推出的是2022；请改正，或留空",
    ),
    "an actual of a later year than its source": (
        [ACTUAL | {"year": "2023"}],
        "targets.csv，第2行，“year”列，值“2023”：来源是2022年的，不会有以后年份的事实；预计数请用 expected",
    ),
    "an actual without a source": ([ACTUAL | {"source": ""}], "targets.csv，第2行，“source”列：不能为空"),
    "two bases": (
        [ACTUAL, ACTUAL | {"year": "2020"}, TARGET | {"base": "a;b"}],
        "targets.csv，第4行，“base”列，值“a;b”：这里写了几个编号，只能有一个",
    ),
    "an unknown base": (
        [ACTUAL, TARGET | {"base": "z"}],
        "targets.csv，第3行，“base”列，值“z”：targets.csv 里没有；可用的有：a、b",
    ),
    "a base of a fact": (
        [ACTUAL, ACTUAL | {"year": "2020", "base": "a"}],
        "targets.csv，第3行，“base”列，值“a”：只有目标和预计才有基数；“actual”应为空",
    ),
    "a base that is a target": (
        [TARGET | {"year": "2021"}, BASE],
        "targets.csv，第3行，“base”列，值“a”：基数应是一条事实（actual）记录",
    ),
    "a base of another place": (
        [ACTUAL | {"district": "余姚市"}, BASE],
        "targets.csv，第3行，“base”列，值“a”：第2行的地方或指标不同，不能作这个目标的基数",
    ),
    "a base for part of a year": (
        [ACTUAL | {"period": "H1"}, BASE],
        "targets.csv，第3行，“base”列，值“a”：第2行所含的时段与目标不同（全年，或一年中的一段），不能作基数",
    ),
    "a base in another unit": (
        [ACTUAL | {"unit": "亿美元"}, BASE],
        "targets.csv，第3行，“base”列，值“a”：第2行的标准单位是“亿美元”，与目标不同，不能作基数",
    ),
    "a base of an average growth rate that is a rate": (
        [AVERAGE | {"kind": "actual", "year": "2021"}, AVERAGE | {"base": "a"}],
        "targets.csv，第3行，“base”列，值“a”：第2行的地方或指标不同，不能作这个目标的基数",
    ),
    "a target before its base": (
        [ACTUAL, BASE | {"year": "2021"}],
        "targets.csv，第3行，“base”列，值“a”：基数年份（2021）应早于目标年份（2021）",
    ),
    "a revision of a fact": (
        [ACTUAL, TARGET | {"revises": "a"}],
        "targets.csv，第3行，“revises”列，值“a”：应是另一条目标记录的编号",
    ),
    "a revision of another target": (
        [TARGET | {"actor": "余姚市"}, TARGET | {"revises": "a"}],
        "targets.csv，第3行，“revises”列，值“a”：第2行的主体、地方或指标不同，不是同一个目标",
    ),
    "a revision before what it revises": (
        [TARGET | WEB, TARGET | {"revises": "a"}],
        "targets.csv，第3行，“revises”列，值“a”：被修订的目标来自更晚的来源；修订应晚于原目标",
    ),
    "two revisions of one target": (
        [TARGET, TARGET | {"revises": "a"}, TARGET | {"revises": "a"}],
        "targets.csv，第4行，“revises”列，值“a”：第3行已修订这个目标；后一次修订应指向前一次修订",
    ),
    "revisions in a ring": (
        [TARGET | {"revises": "b"}, TARGET | {"revises": "a"}],
        "targets.csv，第2行，“revises”列，值“b”：修订关系绕成了一圈",
    ),
    "a figure that contradicts a bound": (
        [ACTUAL | {"value": "2900"}, ACTUAL | WEB | {"comparator": "gt"}],
        "targets.csv，第3行，“value”列，值“3000”：与第2行同一地方、指标、年份（2021）和数据状态，数字却不同；"
        "请核对，或填数据状态（preliminary、revised、final）",
    ),
    "two actuals for one year": (
        [ACTUAL, ACTUAL | {"value": "3001"}],
        "targets.csv，第3行，“value”列，值“3001”：与第2行同一地方、指标、年份（2021）和数据状态，数字却不同；"
        "请核对，或填数据状态（preliminary、revised、final）",
    ),
}  # fmt: skip


def test_a_contradiction_is_named_by_line_and_column():
    for name, (rows, sentence) in BROKEN.items():
        assert said(*rows) == [sentence], name


ALLOWED = {
    "a base of the same thing": [ACTUAL, BASE],
    "the level behind an average growth rate as its base": [LEVEL, AVERAGE | {"base": "a"}],
    "a preliminary and a revised figure of one year": [
        ACTUAL | {"status": "preliminary"},
        ACTUAL | {"status": "revised", "value": "3001"},
    ],
    "the same figure from two sources": [ACTUAL, ACTUAL | WEB],
    "a bound and a figure that satisfies it": [ACTUAL | {"comparator": "gt"}, ACTUAL | WEB | {"value": "3012"}],
    "about the same": [ACTUAL | {"comparator": "approx"}, ACTUAL | WEB | {"value": "3100", "comparator": "approx"}],
    "the same in another unit, rounded": [
        ACTUAL | {"value": "2980"},
        ACTUAL | WEB | {"value": "0.3", "unit": "万亿元"},
    ],
    "figures in two currencies": [ACTUAL, ACTUAL | WEB | {"value": "420", "unit": "亿美元"}],
    "a half year's base of a half year's target": [ACTUAL | {"period": "H1"}, BASE | {"period": "H1"}],
    "part of a year beside the year": [ACTUAL, ACTUAL | {"period": "Q1-3", "value": "2000"}],
    "a chain of revisions": [TARGET, TARGET | {"revises": "a"}, TARGET | WEB | {"revises": "b"}],
}


def test_what_is_no_contradiction_loads():
    for name, rows in ALLOWED.items():
        assert len(build(*rows, more={"units": DOLLARS}).frame) == len(rows), name


LISTS = {
    "a unit of nothing": (
        {"more": {"units": "坏,坏,0,count,bad,bad\n"}},
        "units.csv，第{last}行，“factor”列，值“0.0”：系数应大于零\n"
        "units.csv，第{last}行，“canonical_unit”列，值“坏”：标准单位相同的单位应属同一维度；标准单位自己若在表中，标准单位应是它本身、系数为1",
    ),
    "a unit of money that is counted in people": (
        {"more": {"units": "万人次,人,10000,money,visits,visits\n"}},
        "units.csv，第{last}行，“canonical_unit”列，值“人”：标准单位相同的单位应属同一维度；标准单位自己若在表中，标准单位应是它本身、系数为1",
    ),
    "an average growth rate of nothing": (
        {
            "more": {
                "indicators": "年均增速,Growth,growth,flow,value_added,全部,constant,higher,average_growth,,虚构,Invented,90\n"
            }
        },
        "indicators.csv，第{indicators}行，“growth_of”列：年均增速应写明是哪个指标的增速",
    ),
    "a source that has not been published yet": (
        {"sources": SOURCES.replace("2026-01-27,2026", "2036-01-27,2036")},
        "sources.csv，第3行，“published”列，值“2036-01-27”：发布日晚于今天；今天或以前的一天才算已发布",
    ),
    "a source without a day in a year that is not over": (
        {"sources": SOURCES.replace("2026-01-27,2026", ",2036")},
        "sources.csv，第3行，“published”列：来源的年份还没过完，要写明发布日，否则不知从哪天起为人所知",
    ),
    "a source of a day that does not exist": (
        {"sources": SOURCES.replace("2026-01-27", "2026-02-30")},
        "sources.csv，第3行，“published”列，值“2026-02-30”：应是日期，例如 2022-02-24",
    ),
    "a source of another year": (
        {"sources": SOURCES.replace("2026-01-27,2026", "2026-01-27,2036")},
        "sources.csv，第3行，“year”列，值“2036”：来源发布于2026-01-27；年份应是那一年或前后一年",
    ),
    "an exclusion below the page": (
        {"more": {"exclusions": "page,99,一流,word\n"}},
        "exclusions.csv，第3行，“line”列，值“99”：来源只有9行",
    ),
}


def test_what_is_wrong_in_a_list_is_said():
    last, indicators = (
        len((DATA_FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()) + 1
        for name in ("units", "indicators")
    )
    for name, (change, message) in LISTS.items():
        with pytest.raises(InvalidDataError) as raised:
            build(TARGET, **change)
        message = message.replace("{last}", str(last)).replace("{indicators}", str(indicators))
        assert "\n".join(problem.say("zh") for problem in raised.value.problems) == message, name
