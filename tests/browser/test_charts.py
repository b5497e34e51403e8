"""Marks tell what is printed, and open it; a record in its dialog is one more address."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from targets.text import say

PRINTED = {"qianwan-gross-output-2026": "突破4500亿元", "zhenhai-gross-output-2022": "突破4000亿元"}
FIRST, SECOND = PRINTED
COMPARE = "by_district?lang=zh&compare=规上工业总产值"
HERE = {"lang": "zh", "compare": "规上工业总产值"}


def marks(tab, chart=0):
    return tab.page.locator(".js-plotly-plot").nth(chart).locator(".point")


def quote(tab):
    """The printed quantity at the head of the dialog."""
    return tab.page.get_by_role("dialog").locator(".quote")


def test_mark_tells_what_is_printed(server, tab):
    tab.open(f"{server.address}/{COMPARE}")
    tip = tab.page.locator(".hoverlayer .hovertext")
    for nth, (record, line) in enumerate(((FIRST, 144), (SECOND, 8))):
        tab.hover(marks(tab).nth(nth))
        expect(tip).to_contain_text(f"原文：{PRINTED[record]}（第{line}行）")
        expect(tip).to_contain_text("规上工业总产值")
        expect(tab.page.locator(".js-plotly-plot.opens")).to_have_count(1)
    assert tab.faults == []


def test_mark_opens_its_record_again_and_again(server, tab):
    tab.open(f"{server.address}/{COMPARE}")
    tab.page.evaluate("window.marker = 1")
    for nth, record in enumerate((FIRST, FIRST, SECOND, FIRST)):
        tab.click(marks(tab).nth(list(PRINTED).index(record)), PRINTED[record])
        tab.expect_at("/by_district", record=record, **HERE)
        expect(quote(tab)).to_have_text(PRINTED[record])
        expect(tab.page.get_by_role("dialog")).to_contain_text(record)
        tab.settle()
        if nth == 2:
            tab.page.get_by_role("dialog").get_by_role("button", name="关闭").click()
        else:
            tab.page.keyboard.press("Escape")
        tab.expect_at("/by_district", **HERE)
        expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.page.evaluate("window.marker") == 1
    assert tab.faults == []


def test_back_closes_a_record_and_forward_opens_it(server, tab):
    tab.open(f"{server.address}/{COMPARE}")
    tab.click(marks(tab).first, PRINTED[FIRST])
    expect(quote(tab)).to_have_text(PRINTED[FIRST])
    tab.settle()
    tab.page.go_back()
    tab.expect_at("/by_district", **HERE)
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.settle()
    tab.page.go_forward()
    tab.expect_at("/by_district", record=FIRST, **HERE)
    expect(quote(tab)).to_have_text(PRINTED[FIRST])
    assert tab.faults == []


@pytest.mark.parametrize("path", ["by_district?compare=规上工业总产值&", "records?indicator=规上工业总产值&"])
def test_printed_quantity_in_a_table_opens_its_record(server, tab, path):
    tab.open(f"{server.address}/{path}lang=zh")
    for summary in tab.page.locator("summary", has_text="数据表与出处").all():
        summary.click()
    tab.page.get_by_role("link", name=PRINTED[FIRST], exact=True).first.click()
    expect(quote(tab)).to_have_text(PRINTED[FIRST])
    expect(tab.page.get_by_role("dialog")).to_contain_text(FIRST)
    assert tab.address[1]["record"] == [FIRST]
    tab.settle()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.page.wait_for_url(lambda url: "record" not in parse_qs(urlsplit(url).query))
    assert tab.faults == []


def test_record_leads_to_its_indicator(server, tab, data):
    tab.open(f"{server.address}/by_year?lang=en&district=镇海区&record={SECOND}")
    expect(quote(tab)).to_have_text(PRINTED[SECOND])
    tab.settle()
    tab.page.get_by_role("dialog").get_by_role("link", name=say("en", "detail.same"), exact=True).click()
    tab.expect_at("/records", lang="en", indicator="规上工业总产值")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    expect(tab.page.locator("tbody tr")).to_have_count(int((data.frame["indicator"] == "规上工业总产值").sum()))
    assert tab.faults == []


def test_mark_of_the_overview_leads_to_its_records(server, tab, data):
    tab.open(f"{server.address}/?lang=zh&industry=工业")
    frame = data.frame[data.frame["industry"] == "工业"]
    chosen = frame[(frame["actor"] == "前湾新区") & (frame["kind"] == "target")]
    tab.click(marks(tab).first, say("zh", "count.target", n=len(chosen)))
    tab.expect_at("/records", lang="zh", industry="工业", actor="前湾新区", kind="target")
    expect(tab.page.locator("h1")).to_have_text(say("zh", "heading.records"))
    expect(tab.page.locator("tbody tr")).to_have_count(len(chosen))
    tab.page.go_back()
    tab.expect_at("/", lang="zh", industry="工业")
    expect(tab.page.locator("h1")).to_have_text(say("zh", "heading.overview"))
    tab.settle()
    assert tab.faults == []


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [({}, ["target", "expected", "pledge"]), ({"kind": ["actual", "target", "pledge"]}, ["target", "pledge"])],
    ids=["all kinds", "some kinds"],
)
def test_bar_of_what_can_be_measured_leads_to_the_commitments_it_counts(server, tab, data, filters, kinds):
    asked = "".join(f"&kind={kind}" for kind in filters.get("kind", ()))
    tab.open(f"{server.address}/?lang=zh&actor=极氪{asked}")
    frame = data.frame[(data.frame["actor"] == "极氪") & data.frame["kind"].isin(kinds)]
    tab.click(marks(tab, 2).first, f"{len(frame)}项承诺中")
    tab.expect_at("/records", lang="zh", actor="极氪", kind=kinds)
    expect(tab.page.locator("tbody tr")).to_have_count(len(frame))
    assert tab.faults == []


@pytest.mark.parametrize("path", ["", "by_district", "by_industry", "by_year"])
def test_every_mark_tells_its_words_when_hovered(server, tab, path):
    """The last mark of each chart, the one that a wrong height would cut off."""
    tab.open(f"{server.address}/{path}?lang=en&district=镇海区")
    charts = tab.page.locator(".js-plotly-plot")
    expect(charts.first.locator(".point").first).to_be_visible()
    for chart in range(charts.count()):
        last = charts.nth(chart).locator(".scatterlayer .trace").last.locator(".point").last
        if not last.count():
            last = charts.nth(chart).locator(".point").last
        tab.hover(last)
        expect(charts.nth(chart).locator(".hoverlayer .hovertext")).not_to_be_empty()
    assert tab.faults == []


def test_finger_opens_a_record(server, phone):
    phone.open(f"{server.address}/{COMPARE}")
    phone.page.touchscreen.tap(*phone.locate(marks(phone).first))
    phone.expect_at("/by_district", record=FIRST, **HERE)
    expect(quote(phone)).to_have_text(PRINTED[FIRST])
    assert phone.faults == []


def test_tiles_lead_to_their_records(server, tab, data):
    frame = data.frame[data.frame["district"] == "前湾新区"]
    tab.open(f"{server.address}/?lang=en&district=前湾新区")
    n = int((frame["kind"] == "pledge").sum())
    tab.page.get_by_role("link", name=f"{n} {say('en', 'tile.pledge')}").click()
    tab.expect_at("/records", lang="en", district="前湾新区", kind="pledge")
    expect(tab.page.locator("tbody tr")).to_have_count(n)
    tab.page.go_back()
    n = int((frame["year"] == 2026).sum())
    tab.page.get_by_role("link", name=f"{n} 2026").click()
    tab.expect_at("/records", lang="en", district="前湾新区", year="2026")
    expect(tab.page.locator("tbody tr")).to_have_count(n)
    assert tab.faults == []
