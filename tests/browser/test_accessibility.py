"""Every page for those who do not see it, do not point, or see it differently: docs/accessibility.md says why each."""

import re
from itertools import pairwise
from pathlib import Path

import axe_playwright_python
import pytest
from conftest import Server, enter
from playwright.sync_api import expect
from test_look import path, tab_to

from targets.text import LANGUAGES, say
from ui.view import PAGES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    resultTypes: ["violations"],
})).violations.flatMap(found => found.nodes.map(node => `${found.id}: ${node.target} ${node.failureSummary}`))"""
WIDTHS = (1280, 390)
GROUNDS = {"light": "rgb(253, 252, 250)", "dark": "rgb(18, 22, 28)"}
LOOKS = {"zh": (("light", 1280), ("dark", 390)), "en": (("light", 390), ("dark", 1280))}
"""Schemes and widths in which axe looks at a language: together every scheme at every width, in four runs for eight."""
MAIN = "[data-testid=stMain]"
CHARTS = f"{MAIN} [data-testid=stPlotlyChart]"
FOLDS = f"{MAIN} details:has(table):has(a[download])"

LEVELS = """parts => parts.filter(part => part.checkVisibility()).map(part => Number(part.tagName[1]))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, input, textarea, [role=button]')].filter(part => {
    const {width, height, right} = part.getBoundingClientRect();
    const inSentence = getComputedStyle(part).display === 'inline'
        && part.parentElement.innerText.trim() !== part.innerText.trim();
    // The link that skips to the main part is a point until it has the focus.
    return part.checkVisibility() && right > 0 && !inSentence && (width < 23.9 || height < 23.9)
        && part.dataset.testid !== 'stSkipToContent';
}).map(part => part.outerHTML.slice(0, 200))"""
OVERFLOW = f"""() => [document.scrollingElement, document.querySelector('{MAIN}')]
    .map(part => part.scrollWidth - part.clientWidth)"""
CUT_WORDS = """plots => plots.flatMap(plot => [...plot.querySelectorAll('.trace:last-child .textpoint text')].filter(word => {
    const inner = word.getBoundingClientRect(), outer = plot.getBoundingClientRect();
    return inner.left < outer.left - 1 || inner.right > outer.right + 1;
}).map(word => word.textContent))"""
MOVING = """() => [...document.querySelectorAll('*')].flatMap(part => ['', '::before', '::after'].filter(pseudo => {
    const {animationName, transitionProperty, transitionDuration} = getComputedStyle(part, pseudo);
    return animationName !== 'none' || (transitionProperty !== 'none' && /[1-9]/.test(transitionDuration));
}).map(pseudo => part.tagName + '.' + part.className + pseudo))"""
UNMARKED_CHINESE = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const part = walker.currentNode.parentElement, text = walker.currentNode.textContent;
        // A chart is read by its own words; Streamlit's code box, which holds a citation to copy, takes no language.
        const apart = part.closest('[lang^=zh], script, style, [role=figure], [data-testid=stCode]');
        if (/[\\u4e00-\\u9fff]/.test(text) && !apart) found.push(text);
    }
    return found;
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


@pytest.fixture(scope="module")
def whole():
    """The address of a server with the project's whole data."""
    running = Server()
    yield running.address
    said = running.stop()
    assert "Traceback" not in said, said


@pytest.fixture(scope="module", params=[(lang, name) for lang in LANGUAGES for name in PAGES], ids="-".join)
def opened(request, desk, whole):
    """A page in a language, opened once for all tests that only look: language, name and tab."""
    lang, name = request.param
    with enter(desk) as tab:
        tab.page.emulate_media(reduced_motion="reduce")
        tab.open(f"{whole}/{path(name)}?lang={lang}")
        for chart in tab.page.locator(CHARTS).all():
            expect(chart.locator(".textpoint text").first).to_be_attached()
        yield lang, name, tab
        assert tab.faults == []


def show(tab, width, scheme="light"):
    """Give a page a width and a scheme, and wait until it has taken both."""
    tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(tab.page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS[scheme])
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.settle()


def unfold(tab):
    """Open everything that folds on a page."""
    tab.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")


def run_axe(tab):
    """Return what axe finds wrong."""
    tab.page.evaluate(AXE)
    return tab.page.evaluate(RUN_AXE)


def run_axe_in_all(tab, lang):
    """Return what axe finds wrong in both schemes, each at the width that is the language's."""
    found = []
    for scheme, width in LOOKS[lang]:
        tab.page.emulate_media(color_scheme=scheme)
        expect(tab.page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS[scheme])
        tab.page.set_viewport_size({"width": width, "height": 900})
        found += [f"{scheme} {width} {one}" for one in run_axe(tab)]
    return found


def test_axe_finds_nothing_on_a_page(opened):
    """Folded in one scheme and unfolded in the other, so that either is seen at both widths and in both languages."""
    lang, _, tab = opened
    for scheme, width in LOOKS[lang]:
        show(tab, width, scheme)
        assert run_axe(tab) == [], (scheme, width)
        unfold(tab)


def test_title_headings_and_status_of_a_page(opened, all_data):
    lang, name, tab = opened
    show(tab, 1280)
    expect(tab.page).to_have_title(f"{say(lang, f'page.{name}')} · {say(lang, 'app.title')}")
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    unfold(tab)
    levels = tab.page.locator(f"{MAIN} :is(h1, h2, h3, h4, h5, h6)").evaluate_all(LEVELS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    assert tab.page.locator("[data-testid=stSidebar] :is(h1, h2, h3)").evaluate_all(LEVELS) == [2]
    expect(tab.page.get_by_role("status").filter(has_text=str(all_data.size))).to_have_count(1)


def test_charts_of_a_page_have_words_table_and_download(opened):
    _, name, tab = opened
    show(tab, 1280)
    unfold(tab)
    charts = tab.page.get_by_role("figure").all()
    drawn = tab.page.locator(CHARTS).count()
    assert (drawn > 0) == (name not in ("records", "sources", "method", "interface"))
    assert len(charts) == drawn == tab.page.locator(FOLDS).count()
    headlines = tab.page.locator(f"{MAIN} h2").all_inner_texts()
    for chart, fold in zip(charts, tab.page.locator(FOLDS).all(), strict=True):
        words = chart.get_attribute("aria-label")
        headline = next(one for one in headlines if words.startswith(one))
        expect(fold.get_by_role("region")).to_have_attribute("aria-label", headline)
        expect(fold.locator("tbody tr").first).to_be_visible()
        expect(fold.locator("a[download]")).to_contain_text("CSV")


def test_targets_of_a_page_are_24_px(opened):
    tab = opened[2]
    unfold(tab)
    for width in WIDTHS:
        show(tab, width)
        assert tab.page.evaluate(SMALL_TARGETS) == [], width


def test_targets_of_the_filters_are_24_px_on_a_phone(whole, phone):
    phone.open(f"{whole}/records?lang=zh&district=镇海区&district=余姚市")
    phone.page.get_by_test_id("stExpandSidebarButton").tap()
    expect(phone.page.get_by_role("combobox", name="区县", exact=True)).to_be_in_viewport()
    assert phone.page.evaluate(SMALL_TARGETS) == []


def test_page_fits_320_px(opened):
    """As on a screen of 1280 px at 400 %."""
    tab = opened[2]
    show(tab, 320)
    unfold(tab)
    assert tab.page.evaluate(OVERFLOW) == [0, 0]
    for plot in tab.page.locator(f"{CHARTS} .js-plotly-plot").all():
        expect(plot.locator(".main-svg").first).to_have_attribute("width", "288")
    assert tab.page.locator(".js-plotly-plot").evaluate_all(CUT_WORDS) == []


def test_states_of_a_page_have_a_sign_and_a_word(opened):
    lang, name, tab = opened
    unfold(tab)
    for part in (".state", ".mark") if name == "progress" else ():
        states = tab.page.locator(part)
        expect(states.first).to_be_visible()
        for state in states.all():
            sign = state.locator(".shape").inner_text()
            assert sign
            assert state.inner_text().replace(sign, "").strip()
    signs = {one.split()[0] for one in tab.page.locator(".checks li > p:first-child > span").all_inner_texts()}
    words = {say(lang, f"consistency.{outcome}").split()[0] for outcome in ("holds", "fails", "undecided", "nothing")}
    assert len(words) == 4
    assert bool(signs) == (name == "sources")
    assert signs <= words


def test_nothing_on_a_page_moves_where_that_is_not_wanted(opened):
    tab = opened[2]
    show(tab, 1280)
    assert tab.page.evaluate(MOVING) == []


def test_chinese_words_of_an_english_page_are_marked(opened):
    lang, _, tab = opened
    unfold(tab)
    if lang == "en":
        assert tab.page.evaluate(UNMARKED_CHINESE) == []
    else:
        expect(tab.page.locator("bdi")).to_have_count(0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_what_a_page_may_say(whole, tab, lang):
    """An empty result, ignored parts of a link, filters in use, an open record, a refused comparison."""
    for address, part in (
        ("by_year?district=余姚市&kind=actual", "[role=status] h2"),
        ("records?district=镇海区&district=余姚市&place=火星", ".notice[role=status]"),
        ("progress?record=zhenhai-gross-output-2022", "[role=dialog] dl"),
        ("by_district?compare=工业增加值&beside=规上工业总产值", ".notice[role=status]"),
    ):
        tab.open(f"{whole}/{address}&lang={lang}")
        expect(tab.page.locator(part).first).to_be_visible()
        assert run_axe_in_all(tab, lang) == [], address
    assert tab.faults == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_the_warnings(serve, tab, folder, lang):
    good = (folder / "targets.csv").read_bytes()
    (folder / "targets.csv").write_text("id\n", encoding="utf-8")
    tab.page.goto(f"{serve(folder).address}/records?lang={lang}")
    alert = tab.page.get_by_role("alert")
    expect(alert.get_by_role("heading", level=1)).to_have_text(say(lang, "notice.no_data"))
    expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
    expect(tab.page).to_have_title(say(lang, "app.title"))
    assert run_axe_in_all(tab, lang) == []
    (folder / "targets.csv").write_bytes(good)
    expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.records"))
    (folder / "targets.csv").write_text("id\n", encoding="utf-8")
    expect(alert).to_contain_text(say(lang, "notice.last_good"))
    tab.settle()
    assert run_axe_in_all(tab, lang) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_a_text_held_against_the_data(whole, tab, lang):
    tab.open(f"{whole}/sources?lang={lang}")
    tab.page.get_by_role("textbox", name=say(lang, "check.paste"), exact=True).fill("产值突破4000亿元\n另有约501人")
    tab.page.get_by_role("button", name=say(lang, "check.submit"), exact=True).click()
    expect(tab.page.locator("ol.lines mark").first).to_be_visible()
    tab.settle()
    assert run_axe_in_all(tab, lang) == []


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


def test_keyboard_opens_a_record_of_the_scorecard_and_is_back_where_it_was(whole, tab):
    tab.open(f"{whole}/progress?lang=en&district=镇海区")
    link = tab.page.locator(".score a[lang]").first
    tab_to(tab, "A", link.inner_text())
    tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text(link.inner_text())
    tab.settle()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    tab.settle()
    assert tab.faults == []


def test_escape_closes_a_record_whose_run_has_not_ended(whole, tab):
    tab.open(f"{whole}/progress?lang=en&district=镇海区")
    dialog = tab.page.get_by_role("dialog")
    for wait in (0, 60, 90):
        tab.page.locator(".score a[lang]").first.click()
        expect(dialog.locator(".quote")).to_be_visible()
        tab.page.wait_for_timeout(wait)
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


@pytest.mark.parametrize(("name", "fold"), [("method", "#limits"), ("interface", "dd details")])
def test_keyboard_unfolds(whole, tab, name, fold):
    tab.open(f"{whole}/{name}?lang=zh")
    fold = tab.page.locator(fold).first
    tab_to(tab, "SUMMARY", fold.locator("summary").inner_text())
    tab.page.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")
    tab.page.keyboard.press("Space")
    expect(fold).not_to_have_attribute("open", "")
    assert tab.faults == []


def test_streamlit_s_own_words_are_in_the_language_of_the_page(whole, tab, all_data):
    """The page looks for them once a second, as boxes come when they come."""
    tab.open(f"{whole}/?lang=zh&district=镇海区&record=zhenhai-gross-output-2022")
    expect(tab.page.get_by_role("dialog").get_by_role("button", name="关闭")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("link", name="跳到正文")).to_be_attached()
    here = int((all_data.frame["district"] == "镇海区").sum())
    for word in ("筛选栏", "收起筛选", "展开选项", "全部清除", "已选", f"去掉 镇海区（{here}）"):
        expect(tab.page.get_by_label(word, exact=True).first).to_be_attached()
    expect(tab.page.get_by_label(re.compile("[A-Za-z]{3}"))).to_have_count(0)
    tab.page.get_by_role("link", name="English").click()
    expect(tab.page.get_by_role("link", name="Skip to main content")).to_be_attached()
    for word in ("Filters", "Collapse filters", "Open"):
        expect(tab.page.get_by_label(word, exact=True).first).to_be_attached()


def test_language_of_the_first_words_is_that_of_the_browser(whole, visit):
    """Without JavaScript they are the only ones, and lead to the data."""
    for locale, tag, words in (
        ("en-GB", "en", "These pages need JavaScript."),
        ("zh-TW", "zh-CN", "这些页面要用 JavaScript 才能显示。"),
        ("de-DE", "en", "These pages need JavaScript."),
    ):
        tab = visit(locale=locale, java_script_enabled=False)
        tab.page.goto(f"{whole}/records")
        expect(tab.page.locator("html")).to_have_attribute("lang", tag)
        expect(tab.page.locator("noscript p")).to_be_visible()
        expect(tab.page.locator("noscript p")).to_contain_text(words)
        with tab.page.expect_download() as download:
            tab.page.locator("noscript a").first.click()
        assert download.value.path().read_bytes() == tab.page.request.get(f"{whole}/data/targets.csv").body()
        tab.page.goto(f"{whole}/records?lang=zh")
        expect(tab.page.locator("html")).to_have_attribute("lang", "zh-CN")
