"""Every page at every width, in any font: nothing is cut, covered, too small to press or wider than the screen."""

import os
import re
import shutil
import subprocess
from html import escape

import pytest
from conftest import DESKTOP, enter, keep
from expected import MAIN, PLOTS, expect_whole, path, show, unfold
from playwright.sync_api import expect

from targets.query.tables import title_of
from targets.text import say
from tests.ui.test_contrast import contrast
from ui.records import LISTED, ON_A_CARD
from ui.view import PAGES

WIDTHS = (1280, 390, 320)
"""A desk, a phone, and a screen of 1280 px at 400 %."""
WIDER = """() => [document.scrollingElement, ...document.querySelectorAll('[data-testid=stMain], [role=dialog]')]
    .map(part => part.scrollWidth - part.clientWidth).filter(more => more > 0)"""
WEB_FONTS = "() => performance.getEntriesByType('resource').map(({name}) => name).filter(name => /woff/.test(name))"
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, input, textarea, [role=button]')].filter(part => {
    const {width, height, right} = part.getBoundingClientRect();
    const inSentence = getComputedStyle(part).display === 'inline'
        && part.parentElement.innerText.trim() !== part.innerText.trim();
    // Until it has the focus, the link that skips to the main part is a point; so is a button that is only heard.
    const pressed = part.dataset.testid !== 'stSkipToContent' && part.style.width !== '1px';
    return part.checkVisibility() && right > 0 && !inSentence && (width < 23.9 || height < 23.9) && pressed;
}).map(part => part.outerHTML.slice(0, 200))"""
UNREADABLE = """() => {
    // The middle four fifths of a line are where its characters are, whatever room a font asks for around them.
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), pieces = [], found = [];
    while (words.nextNode()) {
        const part = words.currentNode.parentElement, text = words.currentNode.nodeValue.trim().slice(0, 40);
        const size = parseFloat(getComputedStyle(part).fontSize), clips = [];
        if (!text || size < 1 || !part.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        if (part.closest('style, script, noscript, [data-testid=stSkipToContent]')) continue;
        let heard = false;  // as by who hears the page alone
        for (let around = part; around; around = around.parentElement) {
            const {overflowX, overflowY, clipPath} = getComputedStyle(around), overflow = overflowX + overflowY;
            heard ||= clipPath !== 'none';
            if (/auto|scroll/.test(overflow)) break;
            if (/hidden|clip/.test(overflow)) clips.push(around.getBoundingClientRect());
        }
        if (heard) continue;
        const range = document.createRange();
        range.selectNodeContents(words.currentNode);
        for (const line of range.getClientRects()) {
            const middle = (line.top + line.bottom) / 2, top = middle - .4 * size, bottom = middle + .4 * size;
            const left = line.left + 1, right = line.right - 1;
            if (right <= Math.max(left, 0)) continue;
            if (clips.some(clip => top < clip.top || bottom > clip.bottom || left < clip.left - 1 || right > clip.right + 1))
                found.push(`cut: ${text}`);
            pieces.push({top, bottom, left, right, text, aside: !!part.closest('[data-testid=stSidebar], [role=dialog]')});
        }
    }
    pieces.sort((one, other) => one.top - other.top);
    pieces.forEach((one, i) => {
        for (let j = i + 1; j < pieces.length && pieces[j].top < one.bottom - 1; j++) {
            const other = pieces[j];
            if (other.left < one.right && one.left < other.right && one.aside === other.aside)
                found.push(`covered: ${one.text} | ${other.text}`);
        }
    });
    return found;
}"""
SET_METRICS = """async metrics => {
    document.getElementById('metrics')?.remove();
    const style = document.body.appendChild(document.createElement('style'));
    style.id = 'metrics';
    style.textContent = metrics;
    await document.fonts.ready;
}"""
FONTS = ("WenQuanYi Micro Hei", "Arial", "Liberation Sans", "DejaVu Sans")
METRICS = {
    "the font of the machine": "",
    "as Microsoft YaHei": "ascent-override: 106%; descent-override: 26%",
    "as PingFang SC": "ascent-override: 106%; descent-override: 34%",
    "low and narrow": "ascent-override: 70%; descent-override: 20%; size-adjust: 85%",
    "high": "ascent-override: 140%; descent-override: 50%",
}
"""What Chinese fonts of other systems ask for around their characters, and what none does."""


def write_metrics(metrics):
    """Return a style that puts a local font with other metrics before all others."""
    local = ", ".join(f"local('{name}')" for name in FONTS)
    names = ("Noto Sans SC", "English marks") if metrics else ()
    return "".join(f"@font-face {{ font-family: '{name}'; src: {local}; {metrics} }}" for name in names)


@pytest.fixture(scope="module", params=["a Chinese font", "no Chinese font"])
def any_font(request, launch, browser, tmp_path_factory):
    """A tab of a machine with a Chinese font, which can stand in for others, and of one without; and what to try there."""
    mend = "This needs a Chinese font and fc-list: sh tests/system.sh installs both."
    if not shutil.which("fc-list"):
        pytest.skip(mend)
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=True).stdout
    files = [line.rstrip(": ") for line in listed.splitlines()]
    if request.param == "a Chinese font":
        if not files:
            pytest.skip(mend)
        opened = browser
    else:
        config = tmp_path_factory.mktemp("fonts") / "fonts.conf"
        known = os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
        hidden = "".join(f"<rejectfont><glob>{escape(file)}</glob></rejectfont>" for file in files)
        config.write_text(f"<fontconfig><include>{known}</include><selectfont>{hidden}</selectfont></fontconfig>")
        opened = launch(FONTCONFIG_FILE=str(config))
    for context in keep(opened, DESKTOP):
        with enter(context) as tab:
            yield tab, METRICS if files and opened is browser else {"": ""}


@pytest.mark.parametrize(("lang", "names"), [("zh", PAGES), ("en", ("progress", "by_district", "records", "sources"))])
def test_pages_hold_in_any_font(whole, any_font, lang, names):
    """With everything unfolded; the layout is the style sheet's and no font's, and no font comes from the server."""
    tab, all_metrics = any_font
    for name in names:
        tab.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        tab.open(f"{whole}/{path(name)}?lang={lang}&district=镇海区&district=余姚市")
        expect(tab.page.locator("[data-tag]")).to_have_count(2)
        for plot in tab.page.locator(PLOTS).all():
            expect(plot.locator(".textpoint text").first).to_be_attached()
        unfold(tab)
        for width in WIDTHS:
            show(tab, width)
            for said, metrics in all_metrics.items():
                tab.page.evaluate(SET_METRICS, write_metrics(metrics))
                where = f"{name} {width} {said}"
                assert tab.page.evaluate(SMALL_TARGETS) == [], where
                assert tab.page.evaluate(UNREADABLE) == [], where
                assert tab.page.evaluate(WIDER) == [], where
            tab.page.evaluate(SET_METRICS, "")
        assert tab.page.evaluate(WEB_FONTS) == [], name
    assert tab.faults == []


def test_every_page_fits_a_phone(whole, phone):
    phone.open(f"{whole}/?lang=zh")
    menu = phone.page.get_by_role("navigation")
    for name in PAGES:
        menu.get_by_role("link", name=say("zh", f"page.{name}"), exact=True).tap()
        expect_whole(phone, "zh", name)
        unfold(phone)
        assert phone.page.evaluate(WIDER) == [], name
    menu.get_by_role("link", name=say("zh", "page.records"), exact=True).tap()
    phone.page.locator("td a[href*='record=']").first.tap()
    dialog = phone.page.get_by_role("dialog")
    expect(dialog.locator("dl")).to_be_visible()
    phone.settle()
    assert phone.page.evaluate(WIDER) == []
    assert phone.page.evaluate(SMALL_TARGETS) == []
    phone.open(f"{whole}/records?lang=zh&district=镇海区&district=余姚市")
    phone.page.get_by_test_id("stExpandSidebarButton").tap()
    expect(phone.page.get_by_role("combobox", name="区县", exact=True)).to_be_in_viewport()
    assert phone.page.evaluate(SMALL_TARGETS) == []
    assert phone.faults == []


def test_button_that_opens_the_filters_covers_no_words(whole, tab):
    """Above the menu as long as nothing is scrolled, and on a ground of its own over what scrolls below it."""
    tab.open(f"{whole}/method?lang=zh")
    button = tab.page.get_by_test_id("stExpandSidebarButton")
    tab.page.get_by_test_id("stSidebarHeader").hover()
    tab.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    for width in (1000, 768, 390):
        for scheme in ("light", "dark"):
            show(tab, width, scheme)
            expect(button).to_be_visible()
            box, menu = button.bounding_box(), tab.page.get_by_role("navigation").bounding_box()
            assert box["y"] + box["height"] <= menu["y"], width
            for _ in range(2):
                ground = button.evaluate("part => getComputedStyle(part).backgroundColor")
                assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", ground)
                black = contrast([int(part) for part in re.findall(r"\d+", ground)], (0, 0, 0))
                assert (black > 10) == (scheme == "light")
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
    tab.open(f"{server.address}/records?lang={lang}&district=镇海区&asof=2026-11-24")
    row = tab.page.locator(".cards tbody tr", has=tab.page.locator(f"a[href*='record={record}']"))
    for width in (1280, 1024, 390, 320):
        show(tab, width)
        assert tab.page.locator(".box:has(.cards)").evaluate("box => box.scrollWidth <= box.clientWidth")
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


def test_words_of_charts_stand_out(whole, tab):
    tab.open(f"{whole}/by_district?lang=zh&district=镇海区")
    word = tab.page.locator(f"{PLOTS} .trace:last-child .textpoint text").first
    expect(word).to_be_attached()
    for scheme in ("light", "dark"):
        show(tab, 1280, scheme)
        colours = tab.page.evaluate(
            """() => [
                getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,
                getComputedStyle(document.querySelector('.trace:last-child .textpoint text')).fill,
            ].map(colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number))"""
        )
        assert contrast(*colours) >= 4.5, scheme
    assert tab.faults == []


def test_charts_fit_a_sheet_of_paper(whole, tab):
    """A browser prints a chart as wide as it has drawn it; A4 with margins of a centimetre has 718 px."""
    tab.open(f"{whole}/by_year?lang=zh")
    drawn = tab.page.locator(f"{PLOTS} .main-svg").first
    holder = tab.page.locator(f"{MAIN} [data-testid=stElementContainer]", has=tab.page.locator(".js-plotly-plot")).first
    for width in (1280, 1920):
        tab.page.emulate_media(media="screen")
        tab.page.set_viewport_size({"width": width, "height": 900})
        expect(drawn).to_have_attribute("width", "800")
        tab.page.emulate_media(media="print")
        assert 640 < 800 * float(holder.evaluate("part => getComputedStyle(part).zoom")) <= 718
