"""What a reader waits for in a browser: a page opened cold, a filter changed, and the bytes of a first view.

Times are taken inside the page, from the start of the navigation or from the press of the pointer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.report import Row, Sample, take_turns
from benchmarks.servers import rest, serve, serve_behind_nginx
from benchmarks.sessions import PLACES
from tests.browser.chromium import FLAGS, INSTALLED

WATCH = """
window.seen = {};
const SHOWN = {
  heading: 'h1', filters: '[data-testid=stMultiSelect]',
  chart: '.js-plotly-plot .main-svg .trace, .js-plotly-plot .main-svg .point',
};
const look = () => {
  for (const [name, selector] of Object.entries(SHOWN)) {
    if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = performance.now();
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
addEventListener('pointerdown', () => { window.seen = {press: performance.now()}; }, true);
new MutationObserver(changes => {
  for (const {target} of changes) {
    const element = target.nodeType === 1 ? target : target.parentElement, now = performance.now();
    if (element?.isConnected && element.closest('.js-plotly-plot')?.querySelector('.trace')) {
      window.seen.first ??= now;
      window.seen.last = now;
    }
    const text = '[data-testid=stHtml]';
    if (element?.closest(text) || element?.querySelector(text)) window.seen.text = now;
  }
}).observe(document, {subtree: true, childList: true, characterData: true});
"""
"""Notes when heading, filters and chart are first there; after a press when first and last chart and text changed."""
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TRACE, TEXT = ".js-plotly-plot .main-svg .trace", "[data-testid=stHtml]"
TIMEOUT = 120_000


@contextmanager
def _open(
    browser: Browser, address: str, shown: str = TRACE, listen: Callable[[Page], None] = lambda _: None
) -> Iterator[Page]:
    """Open a page in a tab that has nothing in its cache."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(TIMEOUT)
    context.add_init_script(WATCH)
    page = context.new_page()
    listen(page)
    page.goto(address)
    page.wait_for_selector(shown, state="attached")
    page.wait_for_selector(IDLE)
    yield page
    context.close()


def _open_cold(browser: Browser, name: str, folder: Path) -> Sample:
    """Return ms until each thing was there, in the first opening after a start and in the median of two later ones."""
    query = "?lang=zh" if name == "dashboard" else ""
    with serve(name, folder) as (address, _):
        seen = []
        for _ in range(3):
            with _open(browser, f"{address}/{query}") as page:
                page.wait_for_function("() => 'chart' in window.seen")
                seen.append(page.evaluate("window.seen"))
    first, *later = seen
    return {key: median(each[key] for each in later) for key in first if key in later[0]} | {
        "after start": first["chart"]
    }


def measure_open(browser: Browser, small: Path, large: Path, rounds: int) -> Iterator[Row]:
    """Return the times of a page opened cold."""
    cases = {"literal": ("literal", small), "small": ("dashboard", small), "large": ("dashboard", large)}
    found = take_turns({key: partial(_open_cold, browser, *case) for key, case in cases.items()}, rounds)
    small_, large_, literal = found["small"], found["large"], found["literal"]
    name, chart = "cold open to painted chart", small_["chart"]
    yield Row(f"{name}, 60 records", chart, "ms", "literal chart", literal["chart"], 1.1)
    yield Row(f"{name}, most records", large_["chart"], "ms", "60 records", chart, 1.15)
    yield Row("first open after a start, 60 records", small_["after start"], "ms", "later open", chart, 1.3)
    yield Row("first open after a start, most records", large_["after start"], "ms", "later open", large_["chart"], 1.3)
    yield Row("heading there", small_["heading"], "ms", "chart painted", chart, 1.0)
    yield Row("filters there", small_["filters"], "ms", "chart painted", chart, 1.0)


def _filter(browser: Browser, name: str, folder: Path, noted: tuple[str, ...]) -> Sample:
    """Return the median ms from the press on a place until each thing was last changed."""
    bare, took = name == "bare", []
    query = {"district": PLACES} if bare else {"lang": "zh", "district": PLACES[-1]}
    box = "[data-testid=stSelectbox] input" if bare else "[class*=st-key-filter-district] input"
    with serve(name, folder) as (address, process):
        rest(process)
        with _open(browser, f"{address}/?{urlencode(query, doseq=True)}", TEXT if bare else TRACE) as page:
            for place in PLACES[1:] if bare else PLACES[:2]:
                rest(process)
                page.locator(box).first.click()
                if not bare:
                    page.locator(box).first.fill(place)
                page.get_by_role("option", name=place).first.click()
                page.wait_for_function("names => names.every(name => name in window.seen)", arg=list(noted))
                page.wait_for_selector(IDLE)
                page.wait_for_selector('[data-stale="true"]', state="detached")
                page.wait_for_timeout(300)  # charts are drawn after the run has ended
                seen = page.evaluate("window.seen")
                took.append({each: seen[each] - seen["press"] for each in noted})
    return {each: median(one[each] for one in took) for each in noted}


def measure_filter(browser: Browser, small: Path, large: Path, rounds: int) -> Iterator[Row]:
    """Return the times from the press on an option until charts show it."""
    cases = {"bare": ("bare", small, ("text",))}
    cases |= {key: ("dashboard", folder, ("first", "last")) for key, folder in (("small", small), ("large", large))}
    found = take_turns({key: partial(_filter, browser, *case) for key, case in cases.items()}, rounds)
    for key in ("first", "last"):
        name, own = f"filter change to {key} chart", found["small"][key]
        yield Row(f"{name}, 60 records", own, "ms", "bare rerun", found["bare"]["text"], 1.0)
        yield Row(f"{name}, most records", found["large"][key], "ms", "60 records", own, 1.3)


def measure_first_view(browser: Browser, folder: Path) -> Iterator[Row]:
    """Return the bytes of a first view behind the shipped proxy configuration."""
    sizes: list[float] = []

    def listen(page: Page) -> None:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))

    with (
        serve("replica", folder) as (replica, _),
        serve_behind_nginx([replica]) as address,
        _open(browser, f"{address}/?lang=zh", listen=listen) as page,
    ):
        page.wait_for_load_state("networkidle")
    yield Row("bytes of a first view behind nginx", sum(sizes) / 1e6, "MB", aim=4)


def measure(small: Path, large: Path, rounds: int) -> Iterator[Row]:
    """Return every measure that needs a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=INSTALLED, args=FLAGS)
        yield from measure_open(browser, small, large, rounds)
        yield from measure_filter(browser, small, large, rounds)
        yield from measure_first_view(browser, small)
        browser.close()
