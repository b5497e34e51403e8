"""Two processes behind nginx without stickiness, with the configuration of deploy/: any of them serves any reader."""

import re
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from conftest import PATIENCE, Server, free_port, run, wait_until
from playwright.sync_api import expect

from targets.text import say
from tests.browser.nginx import NGINX, configure, container_command, run_nginx

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: as root `apt-get install nginx-light`")

VIEWS = (
    ("", {"lang": "zh", "kind": "target"}),
    ("by_district", {"lang": "en", "district": "镇海区"}),
    ("by_year", {"lang": "zh", "year": ["2022", "2026"]}),
    ("records", {"lang": "en", "industry": "工业", "sort": "-line"}),
)


class Replica(Server):
    """One process, as a container starts it."""

    def command(self, port: int) -> list[str]:
        return container_command(port)

    @property
    def visitors(self) -> int:
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=PATIENCE) as answer:
            return int(re.search(r"^targets_connections (\d+)$", answer.read().decode(), re.MULTILINE)[1])


@contextmanager
def run_house(folder):
    """Two processes, and nginx in front of them: its URL and the processes."""
    replicas = [Replica(TARGETS_METRICS="1") for _ in range(2)]
    with run(*replicas):
        port = free_port()
        configuration = configure(folder, port, [replica.address for replica in replicas])
        address = f"http://localhost:{port}"
        with run_nginx(folder, configuration):
            wait_until(lambda: responds(address))
            yield address, replicas


def responds(address):
    try:
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with run_house(tmp_path_factory.mktemp("house")) as running:
        yield running


def link(address, page, query):
    pairs = [(name, each) for name, value in query.items() for each in ([value] if isinstance(value, str) else value)]
    return f"{address}/{page}?" + "&".join(f"{name}={value}" for name, value in pairs)


@needs_nginx
def test_any_process_serves_any_request(house, visit):
    address, replicas = house
    tabs = [visit() for _ in VIEWS[:2]]
    for tab, (page, query) in zip(tabs, VIEWS[:2], strict=True):
        tab.open(link(address, page, query))
        expect(tab.page.locator("h1")).to_have_text(say(query["lang"], f"heading.{page or 'overview'}"))
        for summary in tab.page.locator("details:has(table) summary").all():
            summary.click()
        with tab.page.expect_download() as started:
            tab.page.locator("a[download]").first.click()
        assert started.value.failure() is None
    wait_until(lambda: sum(replica.visitors for replica in replicas) == len(tabs))
    assert [tab.faults for tab in tabs] == [[]] * len(tabs)


@pytest.mark.soak
@needs_nginx
def test_pages_outlive_a_killed_process(tmp_path, visit):
    with run_house(tmp_path) as (address, replicas):
        expect_pages_to_outlive(address, *replicas, visit)


def expect_pages_to_outlive(address, first, second, visit):
    tabs = [visit() for _ in VIEWS]
    for tab, (page, query) in zip(tabs, VIEWS, strict=True):
        tab.open(link(address, page, query))
    shown = [tab.page.locator(".said").inner_text() for tab in tabs]
    first.process.kill()
    first.process.wait(10)
    wait_until(lambda: second.visitors == len(tabs))
    for tab, (page, query), said in zip(tabs, VIEWS, shown, strict=True):
        tab.settle()
        tab.expect_at(f"/{page}", **query)
        expect(tab.page.locator(".said")).to_have_text(said)
        other = "zh" if query["lang"] == "en" else "en"
        tab.page.get_by_role("link", name=say(query["lang"], "app.other_language"), exact=True).click()
        expect(tab.page.locator("h1")).to_have_text(say(other, f"heading.{page or 'overview'}"))
        tab.expect_at(f"/{page}", **query | {"lang": other})


@needs_nginx
def test_front_compresses_caches_and_keeps_its_name(house):
    address, _ = house

    def ask(path):
        request = urllib.request.Request(address + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.headers, answer.read()

    headers, _ = ask("/")
    assert headers["Server"] == "nginx"
    assert headers["Content-Encoding"] == "gzip"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        script = re.search(r'src="\.(/static/js/index[^"]+)"', answer.read().decode())[1]
    headers, body = ask(script)
    assert headers["Content-Encoding"] == "gzip" and body[:2] == b"\x1f\x8b"
    assert "immutable" in headers["Cache-Control"]
    with pytest.raises(urllib.error.HTTPError) as closed:
        ask("/metrics")
    with closed.value as answer:
        assert answer.code == 404


def test_a_proxy_s_readers_get_the_scripts_compressed_by_the_server(server, visit):
    tab = visit(extra_http_headers={"X-Forwarded-For": "192.0.2.7"})
    tab.open(f"{server.address}/?lang=zh")
    expect(tab.page.locator(".js-plotly-plot .point").first).to_be_attached()
    fetched = tab.page.evaluate(
        """() => performance.getEntriesByType('resource')
            .map(({name, decodedBodySize, encodedBodySize}) => [name, decodedBodySize, encodedBodySize])"""
    )
    sizes = [sizes for name, *sizes in fetched if name.endswith((".js", ".css"))]
    decoded, encoded = map(sum, zip(*sizes, strict=True))
    assert encoded * 2 < decoded
    assert tab.faults == []
