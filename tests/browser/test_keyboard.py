"""Every page by keyboard alone: everything is reached, seen to have the focus, opened, closed and chosen."""

import pytest
from expected import MAIN, expect_whole
from playwright.sync_api import expect

from targets.text import say
from ui.view import PAGES

FOCUSED = """() => {
    const {tagName, innerText} = document.activeElement;
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
    return {tagName, text: innerText.trim(), outlineStyle, outlineWidth: parseFloat(outlineWidth), boxShadow};
}"""
REACHABLE = "a[href], button, summary, input, textarea, [tabindex='0']"
WATCH_FOCUS = """() => {
    const look = part => {
        const looks = [];
        for (let i = 0; part && i < 5; i++, part = part.parentElement) {
            const {outline, boxShadow, borderColor, backgroundColor} = getComputedStyle(part);
            looks.push(outline, boxShadow, borderColor, backgroundColor);
        }
        return looks.join();
    };
    const resting = new Map([...document.querySelectorAll("a, button, summary, input, textarea, [tabindex='0']")].map(
        part => [part, look(part)]));
    window.walk = {reached: new Set(), unseen: [], hidden: []};
    walk.note = () => {
        const part = document.activeElement, {top, bottom} = part.getBoundingClientRect();
        walk.reached.add(part);
        if (part === document.body) return walk.reached.size;
        if (resting.get(part) === look(part)) walk.unseen.push(part.outerHTML.slice(0, 200));
        if (bottom <= 0 || top >= innerHeight) walk.hidden.push(part.outerHTML.slice(0, 200));
        return walk.reached.size;
    };
}"""
NOT_REACHED = f"""() => [...document.querySelectorAll("{REACHABLE}")].filter(
    part => part.tabIndex >= 0 && part.checkVisibility({{visibilityProperty: true}}) && !walk.reached.has(part)
).map(part => part.outerHTML.slice(0, 200))"""


def tab_to(tab, tag, text, most=60):
    """Press Tab until the element with this text has the focus; return how it looks then."""
    for _ in range(most):
        tab.page.keyboard.press("Tab")
        focused = tab.page.evaluate(FOCUSED)
        if (focused["tagName"], focused["text"]) == (tag, text):
            return focused
    raise AssertionError(f"Tab does not reach {text}")


@pytest.mark.parametrize("name", ["progress", "records", "sources", "method", "interface"])
def test_keyboard_reaches_everything_and_sees_where_it_is(whole, tab, name):
    tab.page.emulate_media(reduced_motion="reduce")
    tab.open(f"{whole}/{name}?lang=en&district=镇海区")
    tab.page.evaluate(WATCH_FOCUS)
    reached = [0]
    while len(reached) < 5 or reached[-5] < reached[-1]:
        tab.page.keyboard.press("Tab")
        reached.append(tab.page.evaluate("walk.note()"))
    assert tab.page.evaluate(NOT_REACHED) == []
    assert tab.page.evaluate("walk.hidden") == []
    assert tab.page.evaluate("walk.unseen") == []
    assert tab.faults == []


def test_keyboard_reaches_and_follows_the_menu(whole, tab):
    tab.open(f"{whole}/records?lang=zh&district=镇海区")
    for name in PAGES:
        focused = tab_to(tab, "A", say("zh", f"page.{name}"))
        assert focused["outlineStyle"] != "none"
        assert focused["outlineWidth"] >= 2
    tab.page.keyboard.press("Shift+Tab")
    tab.page.keyboard.press("Enter")
    tab.expect_at(f"/{PAGES[-2]}", lang="zh", district="镇海区")
    expect(tab.page.locator("h1")).to_have_text(say("zh", f"heading.{PAGES[-2]}"))
    tab.settle()
    assert tab.faults == []


@pytest.mark.parametrize(("name", "link"), [("progress", ".score a[lang]"), ("records", ".cards td a")])
def test_keyboard_opens_a_record_and_is_back_where_it_was(whole, tab, name, link):
    tab.open(f"{whole}/{name}?lang=en&district=镇海区")
    link = tab.page.locator(link).first
    printed = link.inner_text()
    focused = tab_to(tab, "A", printed)
    assert focused["outlineStyle"] != "none"
    tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text(printed)
    tab.settle()
    tab_to(tab, "A", say("en", "detail.same"), most=10)
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.expect_at(f"/{name}", lang="en", district="镇海区")
    expect(link).to_be_focused()
    tab.settle()
    assert tab.faults == []


def test_escape_closes_a_record_whose_run_has_not_ended(whole, tab):
    """Pressed as soon as the record opens, shows its words, or shows all of them."""
    tab.open(f"{whole}/progress?lang=en&district=镇海区")
    dialog = tab.page.get_by_role("dialog")
    for shown in (dialog, dialog.locator(".quote"), dialog.locator("dl").first):
        tab.page.locator(".score a[lang]").first.click()
        shown.wait_for()
        tab.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        tab.expect_at("/progress", lang="en", district="镇海区")
        tab.settle()
    assert tab.faults == []


def test_escape_closes_a_record_that_has_lost_the_focus(whole, tab):
    tab.open(f"{whole}/progress?lang=en&record=zhenhai-gross-output-2022")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_be_visible()
    tab.settle()
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.expect_at("/progress", lang="en")


def test_keyboard_chooses_a_filter(whole, tab):
    tab.open(f"{whole}/records?lang=zh")
    tab.page.get_by_role("combobox", name="区县", exact=True).focus()
    tab.page.keyboard.type("镇海")
    expect(tab.page.get_by_role("option")).to_have_count(1)
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.expect_at("/records", lang="zh", district="镇海区")
    expect(tab.page.locator(".said")).to_contain_text("区县：镇海区")


def test_keyboard_chooses_a_source_and_checks_a_text(whole, tab):
    tab.open(f"{whole}/sources?lang=en")
    first = tab.page.locator(f"{MAIN} h2").first
    expect(first).to_have_text("Innovation leads development, smart manufacturing makes the future")
    tab.page.get_by_role("combobox", name=say("en", "choice.check"), exact=True).focus()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    expect(first).not_to_have_text("Innovation leads development, smart manufacturing makes the future")
    tab.page.go_back()
    expect(first).to_have_text("Innovation leads development, smart manufacturing makes the future")
    tab.settle()
    tab.page.get_by_role("textbox", name=say("en", "check.paste"), exact=True).focus()
    tab.page.keyboard.insert_text("约5人")
    tab_to(tab, "BUTTON", say("en", "check.submit"), most=3)
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("ol.lines mark")).to_have_text("5")
    tab.settle()
    assert tab.faults == []


def test_keyboard_unfolds(whole, tab):
    for name, part in (("method", "#limits"), ("interface", "dd details")):
        tab.open(f"{whole}/{name}?lang=zh")
        fold = tab.page.locator(part).first
        tab_to(tab, "SUMMARY", fold.locator("summary").inner_text())
        tab.page.keyboard.press("Enter")
        expect(fold).to_have_attribute("open", "")
        tab.page.keyboard.press("Space")
        expect(fold).not_to_have_attribute("open", "")
    assert tab.faults == []


def test_quick_clicks_end_where_the_last_one_leads(whole, tab):
    tab.open(f"{whole}/records?lang=zh&district=镇海区")
    menu = tab.page.get_by_role("navigation")
    for name in ("by_district", "by_industry", "by_year", "overview", "by_industry"):
        menu.get_by_role("link", name=say("zh", f"page.{name}"), exact=True).click()
    tab.expect_at("/by_industry", lang="zh", district="镇海区")
    expect_whole(tab, "zh", "by_industry")
    assert tab.faults == []
