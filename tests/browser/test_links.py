"""The address is the state: what a link names is what its reader sees."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from targets.text import say

HEADINGS = {"/": "overview", "/by_district": "by_district", "/by_industry": "by_industry", "/by_year": "by_year"}


def said(data, lang, n):
    """The beginning of the sentence that tells how many records are shown."""
    return say(lang, "filter.showing", n=n, all=len(data.frame), words="")


def count(data, **chosen):
    """How many records have these keys."""
    frame = data.frame
    for column, key in chosen.items():
        frame = frame[frame[column].astype("str") == key]
    return len(frame)


def test_deep_link_is_the_first_request(serve, tab, data, page_folder):
    tab.open(f"{serve(page_folder).address}/by_district?district=镇海区&compare=规上工业总产值&lang=en")
    page = tab.page
    expect(page.locator("h1")).to_have_text(say("en", "heading.by_district"))
    expect(page.locator(".said")).to_contain_text(said(data, "en", count(data, district="镇海区")))
    expect(page.locator(".said")).to_contain_text("District: Zhenhai District")
    expect(page.locator(".st-key-filter-district")).to_contain_text("Zhenhai District")
    expect(page.locator("[data-testid=stMain] h2").first).to_contain_text(
        "Gross industrial output (above designated size)"
    )
    chosen = page.get_by_role("combobox", name=say("en", "choice.compare"))
    expect(chosen).to_have_value("Gross industrial output (above designated size)")
    expect(page.locator("details tbody").first.locator("tr")).to_have_count(
        count(data, district="镇海区", indicator="规上工业总产值")
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")
    tab.expect_at("/by_district", district="镇海区", compare="规上工业总产值", lang="en")
    assert tab.faults == []


@pytest.mark.parametrize(("locale", "lang"), [("zh-TW", "zh"), ("en-US", "en"), ("fr-FR", "en"), ("", "zh")])
def test_browser_chooses_the_language(server, tab, locale, lang):
    tab.page.add_init_script(f"Object.defineProperty(Navigator.prototype, 'language', {{get: () => '{locale}'}})")
    tab.open(f"{server.address}/records")
    expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.records"))
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    tab.expect_at("/records", lang=lang)
    assert tab.page.evaluate("history.length") == 2
    tab.page.go_back()
    assert tab.page.url == "about:blank"


def test_language_switch_keeps_page_filters_and_choices(server, tab, data):
    kept = {"district": "镇海区", "year": ["2021", "2022"], "compare": "工业增加值", "q": "工业"}
    tab.open(f"{server.address}/by_district?lang=zh&district=镇海区&year=2021&year=2022&compare=工业增加值&q=工业")
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN")
    n = tab.page.locator(".said").inner_text().split(" ")[0]
    tab.page.get_by_role("link", name="English", exact=True).click()
    tab.expect_at("/by_district", lang="en", **kept)
    expect(tab.page.locator("h1")).to_have_text(say("en", "heading.by_district"))
    expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    expect(tab.page.locator(".said")).to_contain_text(said(data, "en", n))
    chosen = tab.page.get_by_role("combobox", name=say("en", "choice.compare"))
    expect(chosen).to_have_value("Industrial value added")
    expect(tab.page).to_have_title(re.compile(r"Districts.*Target Tracker"))
    tab.page.get_by_role("link", name="中文", exact=True).click()
    tab.expect_at("/by_district", lang="zh", **kept)
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(tab.page.locator("h1")).to_have_text(say("zh", "heading.by_district"))
    tab.settle()
    assert tab.faults == []


def test_menu_keeps_filters_and_document(server, tab, data):
    tab.open(f"{server.address}/records?lang=zh&district=镇海区")
    tab.page.evaluate("window.marker = 1")
    for path, name in HEADINGS.items():
        tab.page.get_by_role("navigation").get_by_role("link", name=say("zh", f"page.{name}"), exact=True).click()
        tab.expect_at(path, lang="zh", district="镇海区")
        expect(tab.page.locator("h1")).to_have_text(say("zh", f"heading.{name}"))
        expect(tab.page.locator("nav [aria-current=page]")).to_have_text(say("zh", f"page.{name}"))
        expect(tab.page.locator(".said")).to_contain_text(said(data, "zh", count(data, district="镇海区")))
        expect(tab.page).to_have_title(re.compile(say("zh", f"page.{name}")))
    for path, name in reversed(list(HEADINGS.items())[:-1]):
        tab.page.go_back()
        tab.expect_at(path, lang="zh", district="镇海区")
        expect(tab.page.locator("h1")).to_have_text(say("zh", f"heading.{name}"))
    tab.settle()
    assert tab.page.evaluate("window.marker") == 1
    assert tab.faults == []


def test_link_to_a_record_opens_it_and_back_from_a_closed_one_is_back_from_its_view(server, tab, data):
    record = data.frame.set_index("id").loc["zhenhai-gross-output-2022"]
    tab.open(f"{server.address}/by_year?lang=zh&district=镇海区&record=zhenhai-gross-output-2022")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text(record["as_printed"])
    expect(dialog).to_contain_text(record["note"])
    expect(dialog).to_contain_text("第8行")
    tab.settle()
    tab.page.keyboard.press("Escape")
    tab.expect_at("/by_year", lang="zh", district="镇海区")
    expect(dialog).to_have_count(0)
    tab.settle()
    tab.page.get_by_role("navigation").get_by_role("link", name=say("zh", "page.records"), exact=True).click()
    for close in ("button", "Escape"):
        tab.page.locator(".cards tbody a").first.click()
        expect(dialog.locator(".quote")).to_be_visible()
        tab.settle()
        if close == "Escape":
            tab.page.keyboard.press(close)
        else:
            dialog.get_by_role("button", name=say("zh", "streamlit.close")).click()
        expect(dialog).to_have_count(0)
        tab.expect_at("/records", lang="zh", district="镇海区")
        tab.settle()
    tab.page.go_back()
    tab.expect_at("/by_year", lang="zh", district="镇海区")
    expect(tab.page.locator("h1")).to_have_text(say("zh", "heading.by_year"))
    tab.settle()
    tab.page.go_forward()
    expect(tab.page.locator("h1")).to_have_text(say("zh", "heading.records"))
    tab.settle()
    expect(dialog).to_have_count(0)
    assert tab.faults == []


def test_unknown_values_are_named_and_the_rest_shown(server, tab, data):
    tab.open(f"{server.address}/by_district?district=火星&district=镇海区&year=1900&compare=幸福&colour=red&lang=xx")
    notice = tab.page.locator(".notice")
    expect(notice).to_be_visible()
    for unknown in ("火星", "1900", "幸福", "colour", "xx"):
        expect(notice).to_contain_text(unknown)
    expect(notice).not_to_contain_text("镇海区")
    expect(tab.page.locator(".said")).to_contain_text(said(data, "zh", count(data, district="镇海区")))
    expect(tab.page.locator(".js-plotly-plot")).to_have_count(2)
    for record in ("no-such-record", "镇海区"):
        tab.turn(f"{server.address}/records?lang=zh&record={record}")
        expect(notice).to_contain_text(record)
        expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.faults == []


def test_markup_in_a_link_is_text(server, tab):
    texts = {"district": "<b>x</b>", "kind": "![](http://evil.test/x.png)", "year": "$x$", "actor": ":red[x]"}
    search = '<img src="//evil.test/y">*z*$q$'
    for lang in ("zh", "en"):
        address = f"{server.address}/records?{urlencode(texts | {'q': search, 'lang': lang})}"
        (tab.open if lang == "zh" else tab.turn)(address)
        for text in texts.values():
            expect(tab.page.locator(".notice")).to_contain_text(text)
        expect(tab.page.locator(".said")).to_contain_text(search)
        expect(tab.page.locator(".notice :is(b, img), .said :is(b, img, em), .katex, img[src*=evil]")).to_have_count(0)
        assert tab.faults == [], lang
