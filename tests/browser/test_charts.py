"""Marks tell what is printed, and open it; a record in its dialog is one more address."""

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


def test_mark_tells_what_is_printed_and_opens_its_record_again_and_again(server, tab):
    tab.open(f"{server.address}/{COMPARE}")
    tab.page.evaluate("window.marker = 1")
    tip, dialog = tab.page.locator(".hoverlayer .hovertext"), tab.page.get_by_role("dialog")
    for record, line, close in ((FIRST, 144, "Escape"), (FIRST, 144, "button"), (SECOND, 8, "")):
        mark = marks(tab).nth(list(PRINTED).index(record))
        tab.hover(mark)
        expect(tip).to_contain_text(f"原文：{PRINTED[record]}（第{line}行）")
        expect(tip).to_contain_text("规上工业总产值")
        expect(tab.page.locator(".js-plotly-plot.opens")).to_have_count(1)
        tab.click(mark, PRINTED[record])
        tab.expect_at("/by_district", record=record, **HERE)
        expect(quote(tab)).to_have_text(PRINTED[record])
        expect(dialog).to_contain_text(record)
        tab.settle()
        if close == "Escape":
            tab.page.keyboard.press("Escape")
        elif close:
            dialog.get_by_role("button", name="关闭").click()
        else:
            tab.page.go_back()
        tab.expect_at("/by_district", **HERE)
        expect(dialog).to_have_count(0)
        tab.settle()
    tab.page.go_forward()
    tab.expect_at("/by_district", record=SECOND, **HERE)
    expect(quote(tab)).to_have_text(PRINTED[SECOND])
    assert tab.page.evaluate("window.marker") == 1
    assert tab.faults == []


def test_printed_quantity_in_a_table_opens_its_record_which_leads_to_its_indicator(server, tab, data):
    tab.open(f"{server.address}/{COMPARE}")
    dialog = tab.page.get_by_role("dialog")
    for summary in tab.page.locator("summary", has_text="数据表与出处").all():
        summary.click()
    for path in ("/by_district", "/records"):
        here = HERE if path == "/by_district" else HERE | {"indicator": "规上工业总产值"}
        tab.page.get_by_role("link", name=PRINTED[FIRST], exact=True).first.click()
        tab.expect_at(path, record=FIRST, **here)
        expect(quote(tab)).to_have_text(PRINTED[FIRST])
        expect(dialog).to_contain_text(FIRST)
        tab.settle()
        if path == "/by_district":
            dialog.get_by_role("link", name=say("zh", "detail.same"), exact=True).click()
            tab.expect_at("/records", indicator="规上工业总产值", **HERE)
            rows = int((data.frame["indicator"] == "规上工业总产值").sum())
            expect(tab.page.locator("tbody tr")).to_have_count(rows)
        else:
            tab.page.keyboard.press("Escape")
            tab.expect_at(path, **here)
        expect(dialog).to_have_count(0)
        tab.settle()
    assert tab.faults == []


def test_marks_of_the_overview_lead_to_the_records_they_count(server, tab, data):
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
    for asked, kinds in (
        ([], ["target", "expected", "pledge"]),
        (["actual", "target", "pledge"], ["target", "pledge"]),
    ):
        tab.turn(f"{server.address}/?lang=zh&actor=极氪" + "".join(f"&kind={kind}" for kind in asked))
        frame = data.frame[(data.frame["actor"] == "极氪") & data.frame["kind"].isin(kinds)]
        tab.click(marks(tab, 2).first, f"{len(frame)}项承诺中")
        tab.expect_at("/records", lang="zh", actor="极氪", kind=kinds)
        expect(tab.page.locator("tbody tr")).to_have_count(len(frame))
        tab.settle()
    assert tab.faults == []


def test_every_mark_tells_its_words_when_hovered(server, tab):
    """The last mark of each chart, the one that a wrong height would cut off."""
    tab.open(f"{server.address}/?lang=en&district=镇海区")
    for path, many in (("", 5), ("by_district", 2), ("by_industry", 2), ("by_year", 2)):
        if path:
            tab.turn(f"{server.address}/{path}?lang=en&district=镇海区")
        charts = tab.page.locator(".js-plotly-plot")
        expect(charts).to_have_count(many)
        for chart in charts.all():
            expect(chart.locator(".point").first).to_be_attached()
            last = chart.locator(".scatterlayer .trace").last.locator(".point").last
            if not last.count():
                last = chart.locator(".point").last
            tab.hover(last)
            expect(chart.locator(".hoverlayer .hovertext")).not_to_be_empty()
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
