"""What a link asks for in vain, or twice, is named on the page, and the rest of it is shown."""

import re

import pytest

from server.endpoints import read_asked
from targets.text import LANGUAGES, say
from tests.opened import body, cached_run, plain, start

pytestmark = pytest.mark.usefixtures("shown")


def test_unknown_values_in_a_link_are_named_and_the_rest_applied():
    at = cached_run(
        "by_district", district=["镇海区", "火星区"], year=["1999"], colour=["red"], page=["-1"], record=["x"]
    )
    assert "链接中的“区县”没有“火星区”，已忽略。" in body(at)
    assert "链接中的“年份”没有“1999”，已忽略。" in body(at)
    assert "链接中的“页码”没有“-1”，已忽略。" in body(at)
    assert "链接中的“记录”没有“x”，已忽略。" in body(at)
    assert "链接中有不认识的参数“colour”，已忽略。" in body(at)
    assert "12 / 70 条记录：区县：镇海区" in body(at)


def test_what_others_put_behind_a_link_is_no_matter():
    added = ("utm_source", "utm_campaign", "fbclid", "gclid", "spm", "from", "isappinstalled", "scene")
    shown = body(cached_run("by_district", district=["镇海区"], **{name: ["x"] for name in added}))
    assert "已忽略" not in shown
    assert "12 / 70 条记录：区县：镇海区" in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_link_asks_for_twice_but_takes_one_value_is_named(lang):
    """Every value of the link exists; of each pair the last one is shown."""
    twice = {
        "asof": ["2024-06-30", "2024-12-31"], "q": ["万", "亿"], "place": ["余姚市", "镇海区"], "sort": ["year", "-line"],
        "page": ["2", "1"],
    }  # fmt: skip
    names = {
        "zh": {"asof": "按哪一天所知", "q": "搜索", "place": "区县", "sort": "排序", "page": "页码"},
        "en": {"asof": "As known on", "q": "Search", "place": "District", "sort": "Order", "page": "Page"},
    }
    said = {
        "zh": "链接中的“{}”只能有一个值，“{}”已忽略。",
        "en": "The link's “{}” takes one value only; “{}” was ignored.",
    }
    notice = re.search(r'<div class="notice" role="status">(.*?)</div>', body(cached_run("records", lang, **twice)))[1]
    assert notice.split("<br>") == [said[lang].format(names[lang][name], twice[name][0]) for name in twice]


def test_of_two_records_and_two_languages_in_a_link_the_last_are_shown_and_the_others_named():
    records = ["zhenhai-gross-output-2021", "zhenhai-gross-output-2022"]
    shown = plain(start(lang=["en", "zh", "fr"], record=records).run())
    assert "链接中的“语言”只能有一个值，“en”已忽略。" in shown
    assert "链接中的“语言”没有“fr”，已忽略。" in shown
    assert "链接中的“记录”只能有一个值，“zhenhai-gross-output-2021”已忽略。" in shown
    assert "突破4000亿元" in shown


def test_an_order_that_the_downloads_refuse_is_none_on_the_pages_either(data):
    for sort in ("-", "--year", "colour"):
        assert f"“排序”没有“{sort}”，已忽略" in body(cached_run("records", sort=[sort]))
        assert [one.value for one in read_asked(data, {"sort": [sort]})[1]] == [sort]


def test_a_wrong_language_is_named_and_chinese_shown():
    assert "链接中的“语言”没有“fr”，已忽略。" in body(start(lang=["fr"]).run())


def test_what_a_link_asks_for_in_vain_has_the_names_of_the_page(data):
    at = cached_run("records", "en", beside=["x"], sort=["colour"], q=["x" * 61], asof=["no"], colour=["red"])
    for said in (
        "The link asks for “x” in “Indicator”, which does not exist; it was ignored.",
        "The link asks for “colour” in “Order”, which does not exist; it was ignored.",
        "The link's search takes at most 60 characters and no control character; it was ignored.",
        "The link's day “no” was ignored: a day up to today was expected, such as 2024-03-31.",
        "The link has an unknown parameter “colour”; it was ignored.",
    ):
        assert said in body(at)


def test_a_day_of_a_link_that_is_none_says_what_was_expected():
    for lang in LANGUAGES:
        assert say(lang, "notice.bad_day", value="2023年6月") in body(cached_run("records", lang, asof=["2023年6月"]))
