"""Beside one indicator another: allowed, refused, and what is offered instead; the checks on a phone."""

from playwright.sync_api import expect

from targets.contract.comparability import partners
from targets.progress.checks import checks
from targets.text import say

ADDED, OUTPUT, GDP = "工业增加值", "规上工业总产值", "地区生产总值"


def test_an_allowed_indicator_stands_in_the_same_panel(server, tab):
    tab.open(f"{server.address}/by_district?lang=zh&compare={ADDED}")
    page = tab.page
    box = page.get_by_role("combobox", name=say("zh", "choice.beside"))
    box.click()
    page.get_by_role("option", name=GDP, exact=True).click()
    expect(page.locator("[data-testid=stMain] h2").first).to_contain_text(f"{GDP}和{ADDED}同图")
    tab.expect_at("/by_district", lang="zh", compare=ADDED, beside=GDP)
    expect(page.locator("details tbody").first.locator("tr")).to_have_count(3)
    expect(page.locator(".tt .notice")).to_have_count(0)
    tab.page.go_back()
    expect(page.locator("[data-testid=stMain] h2").first).not_to_contain_text("同图")
    tab.expect_at("/by_district", lang="zh", compare=ADDED)
    assert tab.faults == []


def test_a_refused_indicator_is_told_why_and_every_offer_works(server, tab, data):
    notice, offers = tab.page.locator(".tt .notice"), partners(data.frame, ADDED)
    assert len(offers) > 1
    for lang, titles in (("zh", ("概念", "口径")), ("en", ("Concept", "Scope"))):
        (tab.open if lang == "zh" else tab.turn)(
            f"{server.address}/by_district?lang={lang}&compare={ADDED}&beside={OUTPUT}"
        )
        links = notice.locator("a[data-view]")
        for nth, offer in enumerate(offers if lang == "zh" else offers[:1]):
            expect(notice).to_have_count(1)
            for title in titles:
                expect(notice).to_contain_text(title)
            expect(links).to_have_count(len(offers))
            links.nth(nth).click()
            tab.expect_at("/by_district", lang=lang, compare=ADDED, beside=offer)
            expect(notice).to_have_count(0)
            tab.settle()
            tab.page.go_back()
            tab.expect_at("/by_district", lang=lang, compare=ADDED, beside=OUTPUT)
            expect(notice).to_have_count(1)
            tab.settle()
    assert tab.faults == []


def test_checks_open_their_records_and_the_method_folds_on_a_phone(server, phone, data):
    phone.open(f"{server.address}/sources?lang=zh")
    page = phone.page
    expect(page.locator(".checks li")).to_have_count(len(checks(data)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for outcome in checks(data)["outcome"].unique():
        shown = page.locator(f".checks span.{outcome}").first
        expect(shown).to_have_text(say("zh", f"consistency.{outcome}"))
    page.locator("#check-qianwan-clusters a").first.tap()
    expect(page.get_by_role("dialog").locator(".quote")).to_have_text("1个两千亿级")
    phone.expect_at("/sources", lang="zh", record="qianwan-clusters-2000-2026")
    phone.settle()
    phone.turn(f"{server.address}/method?lang=en")
    limit = page.get_by_text(say("en", "method.limit_search"))
    expect(limit).to_be_hidden()
    page.locator("#limits summary").tap()
    expect(limit).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.faults == []
