"""The page of records: its search, its order and pages, and a record that is opened."""

import re

import pytest

from targets.contract.schema import DATA_FOLDER
from targets.storage.store import Store
from targets.text import LANGUAGES, say
from tests.opened import body, cached_run, plain, run, show

pytestmark = pytest.mark.usefixtures("shown")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_search_that_is_too_long_is_said_and_the_one_before_stays(lang):
    at = run("records", lang, q=["亿元"])
    at.text_input(key="search").set_value("长" * 61).run()
    assert say(lang, "filter.long_search", most=60) in body(at)
    assert "亿元" in at.query_params["q"]
    assert at.text_input(key="search").value == "亿元"
    at.text_input(key="search").set_value("长" * 60).run()
    assert "长" * 60 in at.query_params["q"]
    assert say(lang, "filter.long_search", most=60) not in body(at)


def test_searching_and_sorting_the_records():
    at = run("records")
    at.text_input(key="search").set_value("亿元").run()
    assert "27 / 70" not in body(at)
    at.selectbox(key="sort").set_value("-year").run()
    printed = re.findall(r'href="\?[^"]*record=([a-z0-9-]+)"', body(at))
    assert printed[0] == "qianwan-gross-output-2026"
    assert "下载这" in body(at)


def test_a_long_list_is_paged(folder, monkeypatch):
    path = folder / "targets.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    more = [lines[1].replace("zhenhai-gross-output-2021", f"copy-{n}") for n in range(60)]
    path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    show(monkeypatch, Store(folder))
    for page in ("3", "999"):
        shown = body(run("records", page=[page]))
        assert "第3页，共3页" in shown
        assert len(re.findall("record=", shown)) == 30


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_record_opens_with_all_its_fields(lang):
    shown = plain(cached_run("overview", lang, record=["zhenhai-producer-services-revenue-2022"]))
    for text in ("突破1800亿元", "zhenhai-producer-services-revenue-2022", "生产线服务业"):
        assert text in shown
    said = {
        "zh": ("超过1,800亿元", "(1,800, 无上限) 亿元", "第24行", "“今年”（第6行）：即来源年份2022"),
        "en": (
            "over RMB 180 billion",
            "(1,800, no upper end)",
            "line 24",
            "“今年” (line 6): the year of the source, 2022",
        ),
    }
    assert all(text in shown for text in said[lang])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_record_of_a_fact_says_what_other_sources_publish(lang, monkeypatch):
    show(monkeypatch, Store(DATA_FOLDER))
    heading = say(lang, "detail.held_against")
    shown = plain(cached_run("overview", lang, record=["ningbo-value-added-2021"]))
    assert re.search(rf"{heading}\s*✓ {say(lang, 'outcome.confirmed')}", shown)
    assert "6297.5亿元" in shown
    assert heading not in plain(cached_run("overview", lang, record=["ningbo-gdp-2026"]))


def test_a_record_names_its_base_and_what_else_was_published(monkeypatch):
    show(monkeypatch, Store(DATA_FOLDER))
    for record, zh, en in (
        (
            "zhenhai-gross-output-2022",
            "基数：2021年超过3,000亿元（首破3000亿元）",
            "Base: over RMB 300 billion in 2021 (printed 首破3000亿元)",
        ),
        (
            "zhenhai-value-added-2022",
            "相关但不是同一指标：2021年713.5亿元（规上工业增加值；只含规上工业，不是全部工业）",
            "Related, not the same: Industrial value added (above designated size), RMB 71.35 billion in 2021",
        ),
        ("yuyao-five-focuses", "", ""),
        ("ningbo-gdp-2022", "", ""),
    ):
        for lang, also, said in (("zh", "另见", zh), ("en", "See also", en)):
            shown = body(cached_run("records", lang, record=[record]))
            assert (f"<dt>{also}</dt>" in shown) == bool(said), record
            assert said in shown
