"""Filters, search, sorting and choices: each goes into the address, and the address brings each back."""

import re

import pytest
from playwright.sync_api import expect

from targets.text import LANGUAGES, say

HERE = "镇海区"


@pytest.fixture
def count(data):
    """Count the records whose columns have these keys."""

    def count(**chosen):
        frame = data.frame
        for column, key in chosen.items():
            frame = frame[frame[column].astype("str") == key]
        return len(frame)

    return count


def expect_shown(tab, n, *words):
    """Expect so many records, described in these words."""
    said = tab.page.locator(".said")
    expect(said).to_contain_text(f"{n} / ")
    for word in words:
        expect(said).to_contain_text(word)
    tab.settle()


def choose(tab, box, option):
    """Choose an option in a box of the sidebar and close its list, which hides everything else."""
    tab.page.get_by_role("combobox", name=box, exact=True).click()
    tab.page.get_by_role("option", name=option).click()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("listbox")).to_have_count(0)


def records(tab):
    """The ids of the records on screen, in their order."""
    return tab.page.locator("td a[href*='record=']").evaluate_all(
        "links => links.map(link => new URL(link.href).searchParams.get('record'))"
    )


def test_filter_reload_back_forward(server, tab, data, count):
    box = tab.page.locator(".st-key-filter-district")
    tab.open(f"{server.address}/records")
    tab.expect_at("/records", lang="zh")
    choose(tab, "区县", HERE)
    tab.expect_at("/records", lang="zh", district=HERE)
    expect_shown(tab, count(district=HERE), f"区县：{HERE}")
    expect(box).to_contain_text(HERE)
    tab.reload()
    tab.expect_at("/records", lang="zh", district=HERE)
    expect_shown(tab, count(district=HERE), f"区县：{HERE}")
    expect(box).to_contain_text(HERE)
    tab.page.go_back()
    tab.expect_at("/records", lang="zh")
    expect_shown(tab, len(data.frame), say("zh", "filter.everything"))
    expect(box).not_to_contain_text(HERE)
    tab.page.go_forward()
    tab.expect_at("/records", lang="zh", district=HERE)
    expect_shown(tab, count(district=HERE), f"区县：{HERE}")
    expect(box).to_contain_text(HERE)
    assert tab.faults == []


def test_filters_join_and_let_go(server, tab, data, count):
    """Boxes made in one language go on in the other, counts and all."""
    tab.open(f"{server.address}/records?lang=zh")
    choose(tab, "区县", HERE)
    expect_shown(tab, count(district=HERE))
    choose(tab, "类别", "目标")
    tab.expect_at("/records", lang="zh", district=HERE, kind="target")
    expect_shown(tab, count(district=HERE, kind="target"), HERE, "目标")
    counted = say("zh", "filter.option", name=HERE, n=count(district=HERE, kind="target"))
    expect(tab.page.locator(".st-key-filter-district")).to_contain_text(counted)
    choose(tab, "区县", "宁波市")
    tab.expect_at("/records", lang="zh", district=["宁波市", HERE], kind="target")
    expect_shown(tab, count(district=HERE, kind="target") + count(district="宁波市", kind="target"))
    tab.page.locator(".st-key-filter-district").get_by_role("button", name=HERE).click()
    tab.expect_at("/records", lang="zh", district="宁波市", kind="target")
    expect_shown(tab, count(district="宁波市", kind="target"))
    tab.page.get_by_role("link", name="English", exact=True).click()
    tab.expect_at("/records", lang="en", district="宁波市", kind="target")
    expect(tab.page.locator(".st-key-filter-district")).to_contain_text("Ningbo")
    tab.settle()
    choose(tab, "Kind", "Pledge")
    tab.expect_at("/records", lang="en", district="宁波市", kind=["pledge", "target"])
    both = count(district="宁波市", kind="target") + count(district="宁波市", kind="pledge")
    expect(tab.page.locator(".said")).to_contain_text(f"{both} of ")
    tab.settle()
    tab.turn(f"{server.address}/records?lang=zh")
    choose(tab, "年份", say("zh", "year.undated"))
    tab.expect_at("/records", lang="zh", year="undated")
    undated = int(data.frame["year"].isna().sum())
    expect_shown(tab, undated, say("zh", "year.undated"))
    choose(tab, "年份", "2026")
    tab.expect_at("/records", lang="zh", year=["2026", "undated"])
    expect_shown(tab, undated + count(year="2026"))
    assert tab.faults == []


def test_boxes_stay_where_they_are_when_one_gets_the_focus(server, tab, data):
    """Else the box below moves from under the pointer in the middle of a press, and an option is chosen unseen."""
    district = sorted(data.frame["district"].dropna().unique())
    boxes = tab.page.locator("[data-testid=stSidebar] [data-testid=stMultiSelect]")
    tab.open(f"{server.address}/records?lang=zh")
    for lang in LANGUAGES:
        for n in (0, 1, 2):
            chosen = "".join(f"&district={key}" for key in district[:n])
            if n or lang != "zh":
                tab.turn(f"{server.address}/records?lang={lang}{chosen}")
            tab.page.evaluate("document.activeElement.blur()")
            resting = [box.bounding_box() for box in boxes.all()]
            tab.page.get_by_role("combobox", name=say(lang, "filter.district"), exact=True).focus()
            assert [box.bounding_box() for box in boxes.all()] == resting
    assert tab.faults == []


def test_folded_filters_unfold_and_stay_open_while_one_is_used(server, tab, count):
    box = tab.page.get_by_role("combobox", name=say("zh", "filter.actor"), exact=True)
    tab.open(f"{server.address}/records?lang=zh")
    expect(box).to_have_count(0)
    tab.page.get_by_text(re.compile("^更多：")).click()
    expect(box).to_be_visible()
    tab.settle()
    box.fill(HERE)
    box.press("Enter")
    tab.expect_at("/records", lang="zh", actor=HERE)
    expect_shown(tab, count(actor=HERE), HERE)
    tab.reload()
    expect(box).to_be_visible()
    expect(tab.page.locator(".st-key-filter-actor")).to_contain_text(HERE)
    assert tab.faults == []


def test_clear_filters(server, tab, data):
    tab.open(f"{server.address}/by_industry?lang=zh&district={HERE}&kind=actual&q=工业&sector=工业")
    for role in ("link", "button"):
        tab.page.get_by_role(role, name=say("zh", "filter.reset")).first.click()
        tab.expect_at("/by_industry", lang="zh", sector="工业")
        expect_shown(tab, len(data.frame), say("zh", "filter.everything"))
        tab.page.go_back()
        tab.expect_at("/by_industry", lang="zh", district=HERE, kind="actual", q="工业", sector="工业")
        expect(tab.page.locator(".said")).not_to_contain_text(say("zh", "filter.everything"))
        tab.settle()
    assert tab.faults == []


def test_empty_selection_offers_a_way_out(server, tab, count):
    tab.open(f"{server.address}/records?lang=zh&district=余姚市&kind=actual")
    assert count(district="余姚市", kind="actual") == 0
    expect(tab.page.get_by_role("heading", name=say("zh", "empty.title"))).to_have_count(1)
    tab.page.evaluate("window.marker = 1")
    n = count(district="余姚市")
    tab.page.get_by_role("link", name=say("zh", "empty.relax", filter="类别", n=n)).click()
    tab.expect_at("/records", lang="zh", district="余姚市")
    expect_shown(tab, n, "余姚市")
    expect(tab.page.locator("tbody tr")).to_have_count(n)
    expect(tab.page.get_by_role("heading", name=say("zh", "empty.title"))).to_have_count(0)
    assert tab.page.evaluate("window.marker") == 1
    assert tab.faults == []


def test_empty_selection_is_said_once(server, tab):
    tab.open(f"{server.address}/?lang=en&district=余姚市&kind=actual")
    for path in ("", "by_district", "by_industry", "by_year"):
        if path:
            tab.turn(f"{server.address}/{path}?lang=en&district=余姚市&kind=actual")
        expect(tab.page.locator("h1")).to_have_text(say("en", f"heading.{path or 'overview'}"))
        expect(tab.page.get_by_role("heading", name=say("en", "empty.title"))).to_have_count(1)
        expect(tab.page.locator(".js-plotly-plot")).to_have_count(0)
        expect(tab.page.get_by_role("link", name=say("en", "empty.relax", filter="Kind", n=9))).to_have_count(1)
        assert tab.faults == [], path


def test_search(server, tab, data):
    tab.open(f"{server.address}/records?lang=zh&kind=target")
    box = tab.page.get_by_role("textbox", name=say("zh", "filter.q"))
    box.fill("突破")
    box.press("Enter")
    tab.expect_at("/records", lang="zh", kind="target", q="突破")
    frame = data.frame[data.frame["kind"] == "target"]
    found = frame[frame["as_printed"].str.contains("突破")]
    expect_shown(tab, len(found), "突破")
    expect(tab.page.locator("tbody tr")).to_have_count(len(found))
    assert records(tab) == list(found["id"])
    tab.reload()
    expect(box).to_have_value("突破")
    tab.page.go_back()
    tab.expect_at("/records", lang="zh", kind="target")
    expect(box).to_have_value("")
    expect_shown(tab, len(frame))
    assert tab.faults == []


def test_sort_by_heading(server, tab, data):
    chosen = data.frame[data.frame["district"] == HERE]
    tab.open(f"{server.address}/records?lang=zh&district={HERE}")
    heading = tab.page.locator("th", has_text="行号")
    expect(heading).to_have_attribute("aria-sort", "none")
    for sort, state in (("line", "ascending"), ("-line", "descending")):
        heading.get_by_role("link").click()
        tab.expect_at("/records", lang="zh", district=HERE, sort=sort)
        expect(heading).to_have_attribute("aria-sort", state)
        lines = [int(line) for line in tab.page.locator("tbody td:last-child").all_inner_texts()]
        assert lines == sorted(chosen["line"], reverse=sort.startswith("-"))
    box = tab.page.get_by_role("combobox", name=say("zh", "choice.sort"))
    expect(box).to_have_value("行号 ↓")
    tab.page.go_back()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(box).to_have_value("行号 ↑")
    box.click()
    tab.page.get_by_role("option", name="年份 ↓").click()
    tab.expect_at("/records", lang="zh", district=HERE, sort="-year")
    expect(tab.page.locator("th", has_text="年份")).to_have_attribute("aria-sort", "descending")
    expect(heading).to_have_attribute("aria-sort", "none")
    years = tab.page.locator("tbody td:nth-child(5)").all_inner_texts()
    dated = [year for year in years if year]
    assert dated == sorted(dated, reverse=True)
    assert years == dated + [""] * (len(years) - len(dated))
    assert tab.faults == []


def test_pages_of_the_list(server, tab, data):
    ids = list(data.frame["id"])
    tab.open(f"{server.address}/records?lang=zh")
    assert records(tab) == ids[:50]
    following = tab.page.get_by_role("link", name=say("zh", "records.next"))
    expect(following).to_have_count(2)
    following.last.click()
    tab.expect_at("/records", lang="zh", page="2")
    expect(tab.page.locator("tbody tr")).to_have_count(min(len(ids), 100) - 50)
    tab.settle()
    assert records(tab) == ids[50:100]
    expect(tab.page.locator("tbody tr").first).to_be_in_viewport()
    expect(tab.page.locator("#list")).to_be_focused()
    tab.page.locator("td a[href*='record=']").first.click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text(ids[50])
    tab.settle()
    assert records(tab) == ids[50:100]
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.expect_at("/records", lang="zh", page="2")
    tab.settle()
    assert records(tab) == ids[50:100]
    tab.page.get_by_role("link", name=say("zh", "records.previous")).first.click()
    expect(tab.page.locator("tbody tr")).to_have_count(50)
    tab.settle()
    assert records(tab) == ids[:50]
    assert tab.faults == []


def test_choice_of_a_chart(server, tab, data):
    tab.open(f"{server.address}/by_district?lang=zh&kind=target")
    box = tab.page.get_by_role("combobox", name=say("zh", "choice.place"))
    box.click()
    tab.page.get_by_role("option", name="余姚市").or_(tab.page.get_by_role("option", name="宁波市")).first.click()
    tab.expect_at("/by_district", lang="zh", kind="target", place="宁波市")
    expect(tab.page.locator("[data-testid=stMain] h2").nth(1)).to_contain_text("宁波市")
    expect(box).to_have_value("宁波市")
    tab.page.go_back()
    tab.expect_at("/by_district", lang="zh", kind="target")
    expect(tab.page.locator("[data-testid=stMain] h2").nth(1)).not_to_contain_text("宁波市：")
    expect(box).not_to_have_value("宁波市")
    assert tab.faults == []


def test_a_box_that_finds_nothing_says_so_in_the_reader_s_language(server, tab):
    tab.open(f"{server.address}/?lang=zh")
    expect(tab.page.locator("[data-away]")).to_be_hidden()
    for lang in LANGUAGES:
        if lang != "zh":
            tab.turn(f"{server.address}/?lang={lang}")
        box = tab.page.get_by_test_id("stMultiSelect").get_by_role("combobox").first
        box.click()
        box.press_sequentially("zzz")
        said = tab.page.get_by_role("listbox").get_by_text(say(lang, "streamlit.nothing"), exact=True)
        expect(said).to_be_visible()
        expect(tab.page.get_by_text("No results")).to_have_count(0)
        box.press("Backspace")
        expect(said).to_be_visible()
        box.fill("")
        expect(tab.page.get_by_role("option").first).to_be_visible()
        box.press("Escape")
        expect(tab.page.get_by_role("listbox")).to_have_count(0)
    assert tab.faults == []


def test_filters_on_a_phone_end_with_the_way_to_the_records(server, phone):
    phone.open(f"{server.address}/?lang=en")
    phone.page.get_by_test_id("stExpandSidebarButton").tap()
    sidebar = phone.page.get_by_test_id("stSidebar")
    sidebar.get_by_role("combobox").first.tap()
    phone.page.get_by_role("option").nth(1).tap()
    phone.page.keyboard.press("Escape")
    see = sidebar.get_by_role("link", name=say("en", "filter.see", n=12), exact=True)
    see.tap()
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    expect(phone.page.locator(".said")).to_contain_text("12")
    assert phone.faults == []
