"""What a reader waits for in a browser: a page opened cold, a filter changed, and the bytes of both.

Times are taken inside the page, from the start of the navigation or from the press of the pointer.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Browser, Error, Page, sync_playwright

from benchmarks.report import NotRun, Row
from benchmarks.reruns import PLACES
from benchmarks.servers import rest, serve, serve_behind_front, serve_replica
from tests.browser.chromium import FLAGS, INSTALLED
from tests.browser.nginx import NGINX

WATCH = """
window.seen = {};
const SHOWN = {
  heading: 'h1', filters: '[data-testid=stMultiSelect]', text: '[data-testid=stHtml]',
  chart: '.js-plotly-plot .main-svg .trace, .js-plotly-plot .main-svg .point',
};
const note = name => { window.seen[name] = performance.now(); };
const look = () => {
  for (const [name, selector] of Object.entries(SHOWN)) {
    if (!(name in window.seen) && document.querySelector(selector)) note(name);
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
addEventListener('pointerdown', () => { window.seen = {press: performance.now()}; }, true);
new MutationObserver(changes => {
  for (const {target} of changes) {
    const element = target.nodeType === 1 ? target : target.parentElement;
    if (!element) continue;
    if (element.closest('.js-plotly-plot')?.querySelector('.trace') && element.isConnected) {
      if (!('first' in window.seen)) note('first');
      note('drawn');
    }
    if (element.closest('.box') || element.querySelector('.box')) note('table');
    if (element.closest('[data-testid=stHtml]') || element.querySelector('[data-testid=stHtml]')) note('changed');
  }
}).observe(document, {subtree: true, childList: true, characterData: true});
"""
"""Notes when what is looked for is first there, and when the first chart, any chart, table and text were changed."""
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PAINTED = ".js-plotly-plot .main-svg .trace"
PAGE_OF = {"literal": "", "dashboard": "?lang=zh"}


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Start Chromium as the tests do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=INSTALLED, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def _tab(browser: Browser) -> Iterator[Page]:
    """Open a tab that has nothing in its cache."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def _open(browser: Browser, address: str, painted: str = PAINTED) -> dict[str, float]:
    """Open a page cold and return when each thing was there, in ms."""
    with _tab(browser) as page:
        page.goto(address)
        page.wait_for_selector(painted, timeout=120_000, state="attached")
        page.wait_for_selector(IDLE, timeout=120_000)
        page.wait_for_timeout(100)
        return page.evaluate("window.seen")


def _open_in_rounds(browser: Browser, folder: Path, pages: tuple[str, ...], rounds: int) -> dict[str, list]:
    """Return the first and later openings of each page, on a server of its own in each round.

    An earlier start has left on disk what it keeps there.
    """
    found: dict[str, list] = {name: [] for name in pages}
    for _ in range(rounds):
        for name, each in found.items():
            with tempfile.TemporaryDirectory() as state:
                with serve(name, folder, Path(state)) as (_, process):
                    rest(process)
                with serve(name, folder, Path(state)) as (address, _):
                    link = f"{address}/{PAGE_OF[name]}"
                    first = _open(browser, link)
                    each.append((first, [_open(browser, link) for _ in range(2)]))
    return found


def _later(found: list, name: str) -> float:
    return median(each[name] for _, later in found for each in later)


def measure_open(browser: Browser, small: Path, large: Path, rounds: int) -> Iterator[Row]:
    """Return the times of a page opened cold."""
    found = _open_in_rounds(browser, small, ("literal", "dashboard"), rounds)
    own = found["dashboard"]
    chart, literal = _later(own, "chart"), _later(found["literal"], "chart")
    yield Row("cold open to painted chart, 60 records", chart, "ms", "literal chart", literal, 1.1)
    first = median(each["chart"] for each, _ in own)
    yield Row("first open after a start, 60 records", first, "ms", "later open", chart, 1.3)
    yield Row("heading there", _later(own, "heading"), "ms", "chart painted", chart, 1.0)
    yield Row("filters there", _later(own, "filters"), "ms", "chart painted", chart, 1.0)
    found = _open_in_rounds(browser, large, ("dashboard",), max(1, rounds - 1))["dashboard"]
    yield Row("cold open to painted chart, 1 M records", _later(found, "chart"), "ms", "60 records", chart, 1.15)
    first = median(each["chart"] for each, _ in found)
    yield Row("first open after a start, 1 M records", first, "ms", "later open", _later(found, "chart"), 1.3)


def _press_and_wait(page: Page, press: str, noted: tuple[str, ...]) -> dict[str, float]:
    """Choose the option of that name from the open list; return ms from the press until each was last changed."""
    page.get_by_role("option", name=press).first.click()
    page.wait_for_function("names => names.every(name => name in window.seen)", arg=list(noted), timeout=120_000)
    page.wait_for_selector(IDLE, timeout=120_000)
    page.wait_for_selector('[data-stale="true"]', state="detached", timeout=120_000)
    page.wait_for_timeout(300)
    seen = page.evaluate("window.seen")
    return {name: seen[name] - seen["press"] for name in noted}


def _filter(browser: Browser, address: str, noted: tuple[str, ...], *, bare: bool) -> list[dict[str, float]]:
    """Change a filter place by place; return the times of each change."""
    took = []
    with _tab(browser) as page:
        query = {"district": PLACES} if bare else {"lang": "zh", "district": "河北省"}
        page.goto(f"{address}/?{urlencode(query, doseq=True)}")
        page.wait_for_selector("[data-testid=stHtml]" if bare else PAINTED, timeout=120_000, state="attached")
        page.wait_for_selector(IDLE, timeout=120_000)
        page.wait_for_timeout(1000)
        for place in PLACES[1:] if bare else PLACES[:2]:
            box = page.locator(
                "[data-testid=stSelectbox] input" if bare else "[class*=st-key-filter-district] input"
            ).first
            box.click()
            if not bare:
                box.fill(place)
            took.append(_press_and_wait(page, place, noted))
    return took


def measure_filter(browser: Browser, small: Path, large: Path, rounds: int) -> Iterator[Row]:
    """Return the times from the press on an option until chart and table show it."""
    noted = ("first", "drawn", "table")
    pages = {"bare": (small, ("changed",)), "small": (small, noted), "large": (large, noted)}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for _ in range(rounds):
        for name, (folder, noted) in pages.items():
            with serve("bare" if name == "bare" else "dashboard", folder) as (address, process):
                _open(browser, f"{address}/?lang=zh", "[data-testid=stHtml]" if name == "bare" else PAINTED)
                rest(process)
                found[name] += _filter(browser, address, noted, bare=name == "bare")

    def middle(name: str, what: str) -> float:
        return median(each[what] for each in found[name])

    bare = middle("bare", "changed")
    for what, name in (("first", "first chart"), ("drawn", "last of five charts"), ("table", "last table")):
        small_time = middle("small", what)
        yield Row(f"filter change to {name}, 60 records", small_time, "ms", "bare rerun", bare, 1.0)
        yield Row(f"filter change to {name}, 1 M records", middle("large", what), "ms", "60 records", small_time, 1.3)


def measure_first_view(browser: Browser, folder: Path) -> Iterator[Row | NotRun]:
    """Return the bytes of a first view behind the shipped proxy configuration."""
    name = "bytes of a first view behind nginx"
    if NGINX is None:
        yield NotRun(name, "no nginx")
        return
    with serve_replica(folder) as (replica, _), serve_behind_front([replica]) as address, _tab(browser) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data))))
        page.goto(f"{address}/?lang=zh")
        page.wait_for_selector(PAINTED, timeout=120_000, state="attached")
        page.wait_for_selector(IDLE, timeout=120_000)
        page.wait_for_load_state("networkidle")
        yield Row(name, sum(sizes) / 1e6, "MB", aim=4)


def measure(small: Path, large: Path, rounds: int) -> Iterator[Row | NotRun]:
    """Return every measure that needs a browser; one that fails says so, and the next is taken."""
    try:
        with start_browser() as browser:
            for part in (
                lambda: measure_open(browser, small, large, rounds),
                lambda: measure_filter(browser, small, large, rounds),
                lambda: measure_first_view(browser, small),
            ):
                yield from _taken(part())
    except Error as error:
        yield NotRun("everything in a browser", error.message.splitlines()[0])


def _taken(rows: Iterator[Row | NotRun]) -> Iterator[Row | NotRun]:
    began = time.strftime("%H:%M")
    try:
        yield from rows
    except Error as error:
        yield NotRun(f"the next measures, begun at {began}", error.message.splitlines()[0])
