"""Every page for those who do not see it, or see it differently: docs/accessibility.md says why each."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from expected import MAIN, PLOTS, TAGS, expect_whole, path, show, unfold
from playwright.sync_api import expect

from targets.text import LANGUAGES, say
from ui.view import PAGES

RUN_AXE = """async () => (await axe.run(document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    resultTypes: ["violations"],
})).violations.flatMap(found => found.nodes.map(node => `${found.id}: ${node.target} ${node.failureSummary}`))"""
LOOKS = {"zh": ("light", 1280), "en": ("dark", 390)}
"""The scheme and width in which axe looks at what a page may say, by language."""
TOO = ("progress", "sources")
"""Pages at which axe looks in English too: the one with most kinds of parts, and the one with a form."""
FOLDS = f"{MAIN} details:has(table):has(a[download])"
LEVELS = """parts => parts.filter(part => part.checkVisibility()).map(part => Number(part.tagName[1]))"""
MOVING = """() => [...document.querySelectorAll('*')].flatMap(part => ['', '::before', '::after'].filter(pseudo => {
    const {animationName, transitionProperty, transitionDuration} = getComputedStyle(part, pseudo);
    return animationName !== 'none' || (transitionProperty !== 'none' && /[1-9]/.test(transitionDuration));
}).map(pseudo => part.tagName + '.' + part.className + pseudo))"""
UNMARKED_CHINESE = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const part = walker.currentNode.parentElement, text = walker.currentNode.textContent;
        // A chart is read by its own words; Streamlit's code box, which holds a citation to copy, takes no language.
        const apart = part.closest('[lang^=zh], script, noscript, style, [role=figure], [data-testid=stCode]');
        if (/[\\u4e00-\\u9fff]/.test(text) && !apart) found.push(text);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def axe():
    """Return a function that tells what axe finds wrong in a tab."""
    import axe_playwright_python

    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def run(tab):
        tab.page.evaluate(script)
        return tab.page.evaluate(RUN_AXE)

    return run


@pytest.mark.parametrize("name", PAGES)
def test_page_is_for_everybody(whole, tab, all_data, axe, name):
    """Folded in one scheme and unfolded in the other, in Chinese; then in English what is of a language."""
    tab.open(f"{whole}/{path(name)}?lang=zh")
    show(tab, 1280)
    expect_whole(tab, "zh", name)
    assert axe(tab) == []
    assert tab.page.evaluate(MOVING) == []
    unfold(tab)
    _expect_headings(tab, "zh", name, all_data.size)
    _expect_words_of_charts(tab, name)
    _expect_signs_of_states(tab, "zh", name)
    expect(tab.page.locator("bdi")).to_have_count(0)
    show(tab, 390, "dark")
    assert axe(tab) == []
    tab.page.get_by_role("navigation").get_by_role("link", name="English").click()
    expect_whole(tab, "en", name)
    unfold(tab)
    _expect_headings(tab, "en", name, all_data.size)
    _expect_words_of_charts(tab, name)
    _expect_signs_of_states(tab, "en", name)
    expect(tab.page.get_by_role("link", name="Skip to main content")).to_be_attached()
    assert tab.page.evaluate(UNMARKED_CHINESE) == []
    if name in TOO:
        show(tab, 390, "light")
        assert axe(tab) == []
        show(tab, 1280, "dark")
        assert axe(tab) == []
    assert tab.faults == []


def _expect_headings(tab, lang, name, size):
    """Expect a title that names the page, one h1, no level skipped, and the count of records as a status."""
    expect(tab.page).to_have_title(f"{say(lang, f'page.{name}')} · {say(lang, 'app.title')}")
    levels = tab.page.locator(f"{MAIN} :is(h1, h2, h3, h4, h5, h6)").evaluate_all(LEVELS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    assert tab.page.locator("[data-testid=stSidebar] :is(h1, h2, h3)").evaluate_all(LEVELS) == [2]
    expect(tab.page.get_by_role("status").filter(has_text=str(size))).to_have_count(1)


def _expect_words_of_charts(tab, name):
    """Expect that each chart has words that begin with its headline, and below it its table and its download."""
    charts = tab.page.get_by_role("figure").all()
    drawn = tab.page.locator(PLOTS).count()
    assert (drawn > 0) == (name not in ("records", "sources", "method", "interface"))
    assert len(charts) == drawn == tab.page.locator(FOLDS).count()
    headlines = tab.page.locator(f"{MAIN} h2").all_inner_texts()
    for chart, fold in zip(charts, tab.page.locator(FOLDS).all(), strict=True):
        words = chart.get_attribute("aria-label")
        headline = next(one for one in headlines if words.startswith(one))
        expect(fold.get_by_role("region")).to_have_attribute("aria-label", headline)
        expect(fold.locator("tbody tr").first).to_be_visible()
        expect(fold.locator("a[download]")).to_contain_text("CSV")


def _expect_signs_of_states(tab, lang, name):
    """Expect a sign and a word for each state, and for each outcome of a check."""
    for part in (".state", ".mark") if name == "progress" else ():
        states = tab.page.locator(part)
        expect(states.first).to_be_visible()
        for state in states.all_inner_texts():
            assert re.match(r"\W\s*\w", state), state
    signs = {one.split()[0] for one in tab.page.locator(".checks li > p:first-child > span").all_inner_texts()}
    words = {say(lang, f"consistency.{outcome}").split()[0] for outcome in ("holds", "fails", "undecided", "nothing")}
    assert len(words) == 4
    assert bool(signs) == (name == "sources")
    assert signs <= words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_what_a_page_may_say(whole, tab, axe, lang):
    """An empty result, ignored parts of a link, filters in use, an open record, a refused comparison, a pasted text."""
    scheme, width = LOOKS[lang]
    show_address = f"{whole}/{{}}&lang={lang}".format
    tab.page.emulate_media(color_scheme=scheme)
    tab.page.set_viewport_size({"width": width, "height": 900})
    for address, part in (
        ("by_year?district=余姚市&kind=actual", "[role=status] h2"),
        ("records?district=镇海区&district=余姚市&place=火星", ".notice[role=status]"),
        ("progress?record=zhenhai-gross-output-2022", "[role=dialog] dl"),
        ("by_district?compare=工业增加值&beside=规上工业总产值", ".notice[role=status]"),
    ):
        tab.open(show_address(address))
        expect(tab.page.locator(part).first).to_be_visible()
        assert axe(tab) == [], address
    tab.open(show_address("sources?"))
    tab.page.get_by_role("textbox", name=say(lang, "check.paste"), exact=True).fill("产值突破4000亿元\n另有约501人")
    tab.page.get_by_role("button", name=say(lang, "check.submit"), exact=True).click()
    expect(tab.page.locator("ol.lines mark").first).to_be_visible()
    tab.settle()
    assert axe(tab) == []
    assert tab.faults == []


def test_axe_finds_nothing_in_the_warnings(serve, tab, folder, axe):
    good = (folder / "targets.csv").read_bytes()
    (folder / "targets.csv").write_text("id\n", encoding="utf-8")
    address = serve(folder).address
    alert = tab.page.get_by_role("alert")
    for lang in LANGUAGES:
        tab.page.emulate_media(color_scheme=LOOKS[lang][0])
        tab.page.goto(f"{address}/records?lang={lang}")
        expect(alert.get_by_role("heading", level=1)).to_have_text(say(lang, "notice.no_data"))
        expect(tab.page.locator("html")).to_have_attribute("lang", TAGS[lang])
        expect(tab.page).to_have_title(say(lang, "app.title"))
        assert axe(tab) == [], lang
    (folder / "targets.csv").write_bytes(good)
    expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.records"))
    (folder / "targets.csv").write_text("id\n", encoding="utf-8")
    expect(alert).to_contain_text(say(lang, "notice.last_good"))
    tab.settle()
    assert axe(tab) == []


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
