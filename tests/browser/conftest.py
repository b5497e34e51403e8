"""Real servers on free ports and a real browser; all of them always stopped."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    WebSocket,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.chromium import FLAGS, INSTALLED

ROOT = Path(__file__).parent.parent.parent
DESKTOP = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, "accept_downloads": True}
PHONE = {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

PATIENCE = 90
"""Seconds for which anything is waited for: a slow or busy machine is no failure."""
MENDED_BY = "as root `apt-get install chromium-headless-shell libatomic1`, else `.venv/bin/python -m playwright install chromium`"
FOLLOW = """address => {
    const link = document.createElement("a");
    link.href = address;
    link.dataset.view = "";
    document.body.append(link);
    link.click();
    link.remove();
}"""
"""Follows a link as those of the pages are."""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

expect.set_options(timeout=PATIENCE * 1000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_address(url: str) -> tuple[str, dict[str, list[str]]]:
    """Return path and query parameters; the order of the parameters and of their values does not matter."""
    parts = urlsplit(url)
    return parts.path, {k: sorted(v) for k, v in parse_qs(parts.query, keep_blank_values=True).items()}


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds that no page shows."""
    given_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < given_up, "waited for in vain"
        time.sleep(0.1)


class Server:
    """The dashboard as `streamlit run` starts it, with closed standard input."""

    def __init__(self, data_folder: Path | None = None, **settings: str) -> None:
        self._port = free_port()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self.process = subprocess.Popen(
            self.command(self._port),
            cwd=ROOT,
            env=os.environ | settings | ({"TARGETS_DATA": str(data_folder)} if data_folder else {}),
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
        )

    def command(self, port: int) -> list[str]:
        """Return what is typed to start the server."""
        return [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]

    @cached_property
    def address(self) -> str:
        """The URL, once the server responds: several start at the same time until the first is asked for its own."""
        address, given_up = f"http://localhost:{self._port}", time.monotonic() + PATIENCE
        while time.monotonic() < given_up:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start:\n{self.said}")
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                return address
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the server did not respond:\n{self.said}")

    @property
    def said(self) -> str:
        """Everything the server has written so far to its terminal."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")

    def stop(self) -> str:
        """Stop the server and return what it said."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        said = self.said
        self._said.close()
        return said


@contextmanager
def run(*servers: Server) -> Iterator[None]:
    """Run servers until they are no longer needed; none may be brought to an error."""
    try:
        yield
    finally:
        said = [each.stop() for each in servers]
    assert "Traceback" not in "".join(said), "\n".join(said)


@pytest.fixture(scope="session")
def server(page_folder: Path) -> Iterator[Server]:
    """The server that most tests share, with the newspaper page's data."""
    running = Server(page_folder)
    with run(running):
        yield running


@pytest.fixture(scope="session")
def whole_server() -> Iterator[Server]:
    """A server that tests share, with the project's whole data."""
    running = Server()
    with run(running):
        yield running


@pytest.fixture(scope="session")
def whole(whole_server: Server) -> str:
    """The address of that server."""
    return whole_server.address


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers of one's own, on a data folder or without, with settings of the environment."""
    with ExitStack() as running:

        def start(data_folder: Path | None = None, **settings: str) -> Server:
            started = Server(data_folder, **settings)
            running.enter_context(run(started))
            return started

        yield start


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start browsers, each with what it is to find in its environment.

    The driver is tried once: without it, or without a browser, the tests that ask for one are skipped.
    """
    with ExitStack() as running:
        try:
            playwright = running.enter_context(sync_playwright())
        except Exception as error:  # the driver's own are of many kinds
            pytest.skip(f"no browser starts here ({str(error).splitlines()[0]}): {MENDED_BY}")

        def start(**environment: str) -> Browser:
            try:
                started = playwright.chromium.launch(
                    executable_path=INSTALLED, args=[*FLAGS, "--process-per-site"], env=os.environ | environment
                )
            except Exception as error:
                pytest.skip(f"no browser starts here ({str(error).splitlines()[0]}): {MENDED_BY}")
            running.callback(started.close)
            return started

        yield start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Browser:
    """The browser that most tests share."""
    return launch()


def make_context(browser: Browser, options: dict[str, object]) -> BrowserContext:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context


def keep(browser: Browser, options: dict[str, object]) -> Iterator[BrowserContext]:
    """Hold a context whose pages find Streamlit's code compiled, which is half the work of opening one.

    An empty page holds the process that all pages of the context share; nothing else stays from one test to the next.
    """
    context = make_context(browser, options)
    holder = context.new_page()
    holder.route("**", lambda route: route.fulfill(content_type="text/html", body=""))
    holder.goto("http://localhost/")
    yield context
    context.close()


@pytest.fixture(scope="session")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    yield from keep(browser, DESKTOP)


@pytest.fixture(scope="session")
def pocket(browser: Browser) -> Iterator[BrowserContext]:
    yield from keep(browser, PHONE)


def ends_run(frame: bytes | str) -> bool:
    """Whether a message over the websocket says that a run of the script is over."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # takes a second

    return len(frame) < 1000 and ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"


class Watched:
    """A tab, and what a healthy page never does in it: report an error or call another host."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults = page, []
        page.on("console", self._check_message)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._check_host(request.url))
        page.on("websocket", self._note_socket)

    def _check_message(self, message: ConsoleMessage) -> None:
        """Note errors, but for the two addresses that Streamlit's page tries in vain below the root."""
        tried = urlsplit(message.location["url"]).path.endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not (tried and "404 (Not Found)" in message.text):
            self.faults.append(f"{message.text} {message.location['url']}")

    def _note_socket(self, socket: WebSocket) -> None:
        self._check_host(socket.url)
        self.socket = socket

    def _check_host(self, url: str) -> None:
        if not url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:")):
            self.faults.append(url)

    def open(self, address: str) -> None:
        """Load an address and wait until the page is complete."""
        self.page.goto(address)
        self.settle()

    def turn(self, address: str) -> None:
        """Follow a link to another view of the same server, which loads no page anew, and wait until it is complete."""
        with self.socket.expect_event("framereceived", ends_run, timeout=PATIENCE * 1000):
            self.page.evaluate(FOLLOW, address)
        self.page.evaluate(DRAWN)
        self.settle()

    def reload(self) -> None:
        self.page.reload()
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run, the page's foot is there and the code of every box and chart has come.

        A run that an action has only just asked for is not waited for: first expect what it shows.
        """
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_selector("[data-foot]")
        self.page.wait_for_selector('[data-stale="true"]', state="detached")
        self.page.wait_for_selector("[data-testid=stSkeleton]", state="detached")

    @property
    def address(self) -> tuple[str, dict[str, list[str]]]:
        """Path and query parameters of the address, read in the page itself."""
        return read_address(self.page.evaluate("location.href"))

    def expect_at(self, path: str, **query: str | list[str]) -> None:
        """Wait until the address has this path and exactly these query parameters."""
        wanted = path, {name: [value] if isinstance(value, str) else sorted(value) for name, value in query.items()}
        try:
            self.page.wait_for_url(lambda url: read_address(url) == wanted)
        except TooLate:
            assert self.address == wanted
            raise

    def locate(self, mark: Locator) -> tuple[float, float]:
        """Bring a mark of a chart into view, wait until it keeps still, and return its middle."""
        mark.wait_for()
        self.settle()
        mark.scroll_into_view_if_needed()
        mark.element_handle().wait_for_element_state("stable")
        box = mark.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def hover(self, mark: Locator) -> None:
        """Move the mouse onto a mark of a chart, from elsewhere."""
        x, y = self.locate(mark)
        self.page.mouse.move(x + 60, y + 60)
        self.page.mouse.move(x, y)

    def click(self, mark: Locator, printed: str) -> None:
        """Click a mark of a chart once it tells its words."""
        self.hover(mark)
        expect(self.page.locator(".hoverlayer .hovertext")).to_contain_text(printed)
        self.page.mouse.down()
        self.page.mouse.up()


@contextmanager
def enter(context: BrowserContext) -> Iterator[Watched]:
    """Open a tab in a context that is kept, and leave nothing of it there."""
    tab = Watched(context.new_page())
    yield tab
    if not tab.page.is_closed() and tab.page.url.startswith("http://localhost"):
        tab.page.evaluate("localStorage.clear()")
    tab.page.close()
    context.clear_cookies()


@pytest.fixture
def tab(desk: BrowserContext) -> Iterator[Watched]:
    """A Chinese reader's tab at desktop size."""
    with enter(desk) as entered:
        yield entered


@pytest.fixture
def phone(pocket: BrowserContext) -> Iterator[Watched]:
    """A Chinese reader's tab 390 px wide, touched rather than clicked."""
    with enter(pocket) as entered:
        yield entered


@pytest.fixture
def visit(browser: Browser, desk: BrowserContext) -> Iterator[Callable[..., Watched]]:
    """Open tabs at desktop size; options are those of a browser context of its own, for a reader unlike the others."""
    with ExitStack() as opened:

        def open_tab(**options: object) -> Watched:
            if not options:
                return opened.enter_context(enter(desk))
            return Watched(opened.enter_context(make_context(browser, DESKTOP | options)).new_page())

        yield open_tab
