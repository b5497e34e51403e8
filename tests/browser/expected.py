"""What every page shows once it has come, and how a test looks at it."""

import re

from conftest import Watched
from playwright.sync_api import expect

from targets.text import say

CHARTS = {"overview": 5, "progress": 2, "by_district": 2, "by_industry": 2, "by_year": 2}
"""How many charts each page has of the newspaper page's data, and of the whole; the others have none."""
MAIN = "[data-testid=stMain]"
PLOTS = f"{MAIN} .js-plotly-plot"
GROUNDS = {"light": "rgb(253, 252, 250)", "dark": "rgb(18, 22, 28)"}
TAGS = {"zh": "zh-CN", "en": "en"}
RESIZED = """([width, plots]) => innerWidth === width && [...document.querySelectorAll(plots)].every(plot =>
    Math.abs(plot.querySelector('.main-svg').getBoundingClientRect().width - plot.getBoundingClientRect().width) < 1)"""


def path(name: str) -> str:
    return "" if name == "overview" else name


def expect_whole(tab: Watched, lang: str, name: str) -> None:
    """Expect a page's heading, its charts and no word of trouble."""
    expect(tab.page.locator("h1")).to_have_text(say(lang, f"heading.{name}"))
    expect(tab.page.locator("html")).to_have_attribute("lang", TAGS[lang])
    expect(tab.page.locator("td, dd, li").first).to_be_attached()
    charts = CHARTS.get(name, 0)
    expect(tab.page.locator(PLOTS)).to_have_count(charts)
    for chart in range(charts):
        expect(tab.page.locator(PLOTS).nth(chart).locator(".point").first).to_be_attached()
        expect(tab.page.locator(PLOTS).nth(chart).locator(".textpoint text").first).to_be_attached()
    tab.settle()
    expect(tab.page.locator(".notice:not([hidden]), [data-testid=stException], [data-testid=stAlert]")).to_have_count(0)
    assert not re.search(r"Traceback|(?<!If-)None\b|\bnan\b|<NA>|\{\w+\}", tab.page.locator("body").inner_text()), name


def show(tab: Watched, width: int, scheme: str = "light") -> None:
    """Give a page a width and a scheme, and wait until it and its charts have taken both."""
    tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(tab.page.locator("[data-testid=stApp]")).to_have_css("background-color", GROUNDS[scheme])
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.wait_for_function(RESIZED, arg=[width, PLOTS])
    tab.settle()


def unfold(tab: Watched) -> None:
    """Open everything that folds on a page."""
    tab.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
