"""The progress page in a browser: states as filters, a day in the past, a link that keeps both, the components file."""

import pandas as pd
from playwright.sync_api import expect

from targets.query.selection import Selection
from targets.query.tables import Choice, table_of
from targets.text import LANGUAGES, say

GDP = "ningbo-gdp-2026"


def test_every_target_says_its_result_and_a_day_that_is_none_is_named(whole_server, tab):
    tab.open(f"{whole_server.address}/progress?lang=zh&asof=2026-11-24")
    item = tab.page.locator("ul.score li", has=tab.page.locator(f"a[href*='record={GDP}']")).first
    expect(item).to_contain_text("R = 0.81–0.83，进展适中 0.60 ≤ R < 0.95。")
    expect(item).to_contain_text("（名义）")
    expect(tab.page.locator("h3.state").first).to_contain_text(say("zh", "state.no_result"))
    item.locator(f"a[href*='record={GDP}']").first.click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text("达到2.2万亿元")
    expect(dialog).to_contain_text(say("zh", "state.not_due"))
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.expect_at("/progress", lang="zh", asof="2026-11-24")
    tab.settle()
    tab.turn(f"{whole_server.address}/progress?lang=zh&asof=2199-01-01")
    expect(tab.page.locator(".notice")).to_contain_text("2199-01-01")
    expect(tab.page.locator(".said")).not_to_contain_text("按")
    assert tab.faults == []


def test_a_day_in_the_past_shows_what_was_known_then(whole_server, tab):
    tab.open(f"{whole_server.address}/progress?lang=en&asof=2026-11-24")
    box = tab.page.get_by_role("combobox", name=say("en", "filter.asof"))
    box.click()
    box.fill("2023-03-01")
    tab.page.get_by_role("option", name="2023-03-01").click()
    tab.expect_at("/progress", lang="en", asof="2023-03-01")
    expect(tab.page.locator(".said")).to_contain_text("as known on 2023-03-01")
    item = tab.page.locator("ul.score li", has=tab.page.locator(f"a[href*='record={GDP}']")).first
    expect(item).to_contain_text("R = 0.85–0.93")
    tab.page.go_back()
    tab.expect_at("/progress", lang="en", asof="2026-11-24")
    expect(tab.page.locator(".said")).to_contain_text("as known on 2026-11-24")
    assert tab.faults == []


def type_day(box, day):
    box.click()
    box.fill(day)
    box.press("Enter")


def test_a_typed_day_is_taken_or_what_was_expected_is_said(whole_server, tab):
    tab.open(f"{whole_server.address}/method?lang=zh&asof=2023-01-01")
    alert = tab.page.get_by_role("alert").filter(has_text="2023年6月")
    for lang in LANGUAGES:
        if lang != "zh":
            tab.turn(f"{whole_server.address}/method?lang={lang}&asof=2023-01-01")
        box = tab.page.get_by_role("combobox", name=say(lang, "filter.asof"))
        type_day(box, "2023年6月")
        expect(alert).to_have_text(say(lang, "filter.no_day", value="2023年6月"))
        tab.expect_at("/method", lang=lang, asof="2023-01-01")
        expect(box).to_have_value("2023-01-01")
        tab.settle()
        type_day(box, "2023年6月3日")
        tab.expect_at("/method", lang=lang, asof="2023-06-03")
        expect(alert).to_have_count(0)
        expect(box).to_have_value("2023-06-03")
        tab.settle()
    assert tab.faults == []


def test_a_state_is_a_filter_and_its_file_holds_what_is_shown(whole_server, tab, all_data):
    tab.open(f"{whole_server.address}/progress?lang=zh&asof=2026-11-24&state=no_result&actor=镇海区")
    expect(tab.page.locator(".said")).to_contain_text("兑现：未找到结果")
    expect(tab.page.locator("h3.state")).to_have_count(1)
    expected = table_of(
        "progress", all_data, Selection(state=("no_result",), actor=("镇海区",), asof="2026-11-24"), Choice()
    )
    expect(tab.page.locator("ul.score li", has=tab.page.locator("b"))).to_have_count(len(expected))
    with tab.page.expect_download() as started:
        tab.page.locator("a[download][href*='progress.csv']").click()
    table = pd.read_csv(started.value.path())
    assert table["id"].tolist() == expected["id"].tolist()
    assert set(table["state"]) == {"no_result"}
    assert tab.faults == []


def test_the_statements_of_the_page_are_held_against_other_sources(whole_server, phone):
    phone.open(f"{whole_server.address}/progress?lang=zh&asof=2026-11-24")
    stated = phone.page.locator("ul.score li", has_text="突破6000亿元")
    expect(stated.last).to_contain_text(say("zh", "outcome.confirmed"))
    expect(stated.last).to_contain_text("6297.5亿元")
    assert phone.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert phone.faults == []
