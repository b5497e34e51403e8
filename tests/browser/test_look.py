"""What every page owes every reader: no error, no other host, a phone's width, the keyboard, both schemes."""

import re

import pytest
from playwright.sync_api import expect

from targets.tables import title_of
from targets.text import say
from ui.records import LISTED, ON_A_CARD
from ui.view import PAGES

CHARTS = {"overview": 5, "progress": 2, "by_district": 2, "by_industry": 2, "by_year": 2}
"""How many charts each page has; the others have none."""
FITS = """() => {
    const all = [document.scrollingElement, document.querySelector('[data-testid="stMain"]')];
    return all.every(part => part.scrollWidth <= part.clientWidth);
}"""
FONTS = """() => performance.getEntriesByType('resource').filter(({name}) => name.endsWith('.woff2'))
    .map(({name}) => name.split('/').pop().split('-')[0])"""
MAIN = "[data-testid=stMain]"
DRAWN = "[data-testid=stPlotlyChart] .point"
FOCUSED = """() => {
    const {tagName, innerText} = document.activeElement;
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
    return {tagName, text: innerText.trim(), outlineStyle, outlineWidth: parseFloat(outlineWidth), boxShadow};
}"""


def path(name):
    return "" if name == "overview" else name


def expect_whole(tab, lang, name):
    """Expect a page's heading, its charts and no word of trouble."""
    expect(tab.page.locator("h1")).to_have_text(say(lang, f"heading.{name}"))
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    expect(tab.page.locator("td, dd, li").first).to_be_attached()
    charts = CHARTS.get(name, 0)
    expect(tab.page.locator(".js-plotly-plot")).to_have_count(charts)
    for chart in range(charts):
        expect(tab.page.locator(".js-plotly-plot").nth(chart).locator(".point").first).to_be_attached()
    tab.settle()
    expect(tab.page.locator(".notice:not([hidden]), [data-testid=stException], [data-testid=stAlert]")).to_have_count(0)
    assert not re.search(r"Traceback|(?<!If-)None\b|\bnan\b|<NA>|\{\w+\}", tab.page.locator("body").inner_text())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_is_sound(server, tab, lang):
    for name in PAGES:
        tab.open(f"{server.address}/{path(name)}?lang={lang}")
        expect_whole(tab, lang, name)
        assert tab.page.evaluate(FITS), name
        assert tab.page.evaluate(FONTS) == ["SourceCodeVF"] * (name == "interface"), name
        assert tab.faults == [], name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_fits_a_phone(server, phone, lang):
    phone.open(f"{server.address}/?lang={lang}")
    menu = phone.page.get_by_role("navigation")
    for name in PAGES:
        menu.get_by_role("link", name=say(lang, f"page.{name}"), exact=True).tap()
        expect_whole(phone, lang, name)
        for summary in phone.page.locator("details:not([open]) > summary").all()[::-1]:
            summary.evaluate("summary => summary.parentElement.open = true")
        expect(phone.page.locator("details:not([open])")).to_have_count(0)
        assert phone.page.evaluate(FITS), name
        assert phone.faults == [], name
    menu.get_by_role("link", name=say(lang, "page.records"), exact=True).tap()
    phone.page.locator("td a[href*='record=']").first.click()
    dialog = phone.page.get_by_role("dialog")
    expect(dialog.locator("dl")).to_be_visible()
    phone.settle()
    assert phone.page.evaluate(FITS)
    assert dialog.evaluate("part => part.scrollWidth <= part.clientWidth")
    assert phone.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1000])
def test_button_that_opens_the_filters_covers_no_words(server, tab, width, scheme):
    """Above the menu as long as nothing is scrolled, and on a ground of its own over what scrolls below it."""
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.page.emulate_media(color_scheme=scheme)
    tab.open(f"{server.address}/method?lang=zh")
    button = tab.page.get_by_test_id("stExpandSidebarButton")
    if width > 768:
        tab.page.get_by_test_id("stSidebarHeader").hover()
        tab.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect(button).to_be_visible()
    box, menu = button.bounding_box(), tab.page.get_by_role("navigation").bounding_box()
    assert box["y"] + box["height"] <= menu["y"]
    for _ in range(2):
        ground = button.evaluate("part => getComputedStyle(part).backgroundColor")
        assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", ground)
        assert (_luminance([int(part) for part in re.findall(r"\d+", ground)]) > 0.5) == (scheme == "light")
        button.hover()
    assert tab.faults == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_list_of_records_tells_what_matters_without_scrolling(server, tab, lang):
    """Where there is room as a table with all its columns, elsewhere as cards whose cells have names."""
    record = "zhenhai-gross-output-2022"
    said = {
        "zh": ("2022", "超过 4,000 亿元", "∅ 未找到结果"),
        "en": ("2022", "over 4,000 亿元 (RMB 100m)", "∅ no result found"),
    }
    for width in (1280, 1024, 390, 320):
        tab.page.set_viewport_size({"width": width, "height": 800})
        tab.open(f"{server.address}/records?lang={lang}&district=镇海区&asof=2026-11-24")
        assert tab.page.locator(".box:has(.cards)").evaluate("box => box.scrollWidth <= box.clientWidth")
        row = tab.page.locator(".cards tbody tr", has=tab.page.locator(f"a[href*='record={record}']"))
        for place, words in zip((5, 6, 7), said[lang], strict=True):
            cell = row.locator("td").nth(place - 1)
            assert " ".join(cell.inner_text().split()) == words
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert tab.page.locator(".cards thead").is_visible() == (width == 1280)
        names = row.locator("td").evaluate_all("cells => cells.map(c => getComputedStyle(c, '::before').content)")
        named = [f'"{title_of(lang, column)}' in name for column, name in zip(LISTED, names, strict=True)]
        assert named == [column in ON_A_CARD and width < 1280 for column in LISTED]
        tab.page.get_by_role("combobox", name=say(lang, "choice.sort")).click()
        tab.page.get_by_role("option", name=f"{title_of(lang, 'line')} ↓").click()
        expect(tab.page.locator(".cards tbody a").first).to_have_text("宁波新材料研究院")
        assert tab.faults == []


def test_words_of_charts_stay_inside_on_a_phone(server, phone):
    phone.open(f"{server.address}/by_district?lang=en")
    expect(phone.page.locator(DRAWN).first).to_be_visible()
    phone.settle()
    outside = phone.page.locator(".js-plotly-plot").evaluate_all(
        """plots => plots.flatMap(plot => [...plot.querySelectorAll('.trace:last-child .textpoint text')].filter(word => {
            const inner = word.getBoundingClientRect(), outer = plot.getBoundingClientRect();
            return inner.left < outer.left - 1 || inner.right > outer.right + 1;
        }).map(word => word.textContent))"""
    )
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_charts_stand_out(server, tab, scheme):
    tab.page.emulate_media(color_scheme=scheme)
    tab.open(f"{server.address}/by_district?lang=zh&district=镇海区")
    expect(tab.page.locator(DRAWN).first).to_be_visible()
    tab.settle()
    colours = tab.page.evaluate(
        """() => [
            getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
            getComputedStyle(document.querySelector('.trace:last-child .textpoint text')).fill,
        ].map(colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number))"""
    )
    light, dark = sorted((_luminance(colour) for colour in colours), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert (_luminance(colours[0]) > 0.5) == (scheme == "light")
    assert tab.faults == []


def _luminance(colour):
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def tab_to(tab, tag, text, most=60):
    """Press Tab until the element with this text has the focus; return how it looks then."""
    for _ in range(most):
        tab.page.keyboard.press("Tab")
        focused = tab.page.evaluate(FOCUSED)
        if (focused["tagName"], focused["text"]) == (tag, text):
            return focused
    raise AssertionError(f"Tab does not reach {text}")


def test_keyboard_reaches_and_follows_the_menu(server, tab):
    tab.open(f"{server.address}/records?lang=zh&district=镇海区")
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


def test_keyboard_opens_and_closes_a_record(server, tab, data):
    record = data.frame[data.frame["district"] == "镇海区"].iloc[0]
    tab.open(f"{server.address}/records?lang=zh&district=镇海区")
    focused = tab_to(tab, "A", record["as_printed"])
    assert focused["outlineStyle"] != "none"
    tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text(record["as_printed"])
    tab.settle()
    tab_to(tab, "A", say("zh", "detail.same"), most=10)
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    tab.expect_at("/records", lang="zh", district="镇海区")
    tab.settle()
    assert tab.faults == []


def test_keyboard_chooses_a_filter(server, tab):
    tab.open(f"{server.address}/records?lang=zh")
    tab.page.get_by_role("combobox", name="区县", exact=True).focus()
    tab.page.keyboard.type("镇海")
    expect(tab.page.get_by_role("option")).to_have_count(1)
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.expect_at("/records", lang="zh", district="镇海区")
    expect(tab.page.locator(".said")).to_contain_text("区县：镇海区")


def test_quick_clicks_end_where_the_last_one_leads(server, tab):
    tab.open(f"{server.address}/records?lang=zh&district=镇海区")
    menu = tab.page.get_by_role("navigation")
    for name in ("by_district", "by_industry", "by_year", "overview", "by_industry"):
        menu.get_by_role("link", name=say("zh", f"page.{name}"), exact=True).click()
    tab.expect_at("/by_industry", lang="zh", district="镇海区")
    expect_whole(tab, "zh", "by_industry")
    assert tab.faults == []


def test_charts_have_words_for_those_who_do_not_see_them(server, tab):
    tab.open(f"{server.address}/by_district?lang=en")
    expect(tab.page.locator(DRAWN).first).to_be_visible()
    headlines = tab.page.locator(f"{MAIN} h2").all_inner_texts()
    words = [chart.get_attribute("aria-label") for chart in tab.page.get_by_role("figure").all()]
    assert len(words) == len(headlines) == 2
    assert all(said.startswith(headline) for said, headline in zip(words, headlines, strict=True))


@pytest.mark.parametrize("width", [1280, 1920])
def test_charts_fit_a_sheet_of_paper(server, tab, width):
    """A browser prints a chart as wide as it has drawn it; A4 with margins of a centimetre has 718 px."""
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.open(f"{server.address}/by_year?lang=zh")
    drawn = tab.page.locator(".js-plotly-plot .main-svg").first
    expect(drawn).to_have_attribute("width", "800")
    tab.page.emulate_media(media="print")
    holder = tab.page.locator("[data-testid=stElementContainer]", has=tab.page.locator(".js-plotly-plot")).first
    assert 640 < 800 * float(holder.evaluate("part => getComputedStyle(part).zoom")) <= 718
