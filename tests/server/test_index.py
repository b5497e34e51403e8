"""What the paths of the pages return: Streamlit's page in the language of the URL, a redirect, or a 404."""

import re
from difflib import SequenceMatcher

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.headers import find_inline_scripts, write_policy
from server.index import NO_PAGE, write_pages
from server.streamlit_internals import FIRST_SCRIPTS, NO_ICON_FONT, PLACES, STATIC, read_index, report_change
from targets.text import say
from tests.http_client import make_client
from ui.links import SCRIPTS

MAIN = next((STATIC / "static" / "js").glob("index.*.js")).name
WORDS = [next((STATIC / "static" / "js").glob(f"{name}.*.js")).name for name in FIRST_SCRIPTS]


def test_page_is_in_the_language_of_its_url(client):
    for path, tag, lang in (
        ("/", "zh-CN", "zh"),
        ("/records?lang=en", "en", "en"),
        ("/records?lang=<b>", "zh-CN", "zh"),
        ("/records?lang=zh&lang=en", "en", "en"),
    ):
        page = client.get(path).text
        assert f'<html lang="{tag}">' in page, path
        assert f"<title>{say(lang, 'app.title')}</title>" in page, path


def test_streamlit_s_page_is_otherwise_its_own():
    own, ours = read_index().splitlines(), write_pages("a { color: red }")["en"].splitlines()
    changes = SequenceMatcher(None, own, ours, autojunk=False).get_opcodes()
    links = (f'<a href="./data/targets.{ending}?lang=en">data/targets.{ending}</a>' for ending in ("csv", "xlsx"))
    assert [ours[start:end] for tag, *_, start, end in changes if tag != "equal"] == [
        ["    "],
        ["    <title>Target Tracker</title>"],
        ['    <link rel="service-desc" href="./data/openapi.json" />'],
        [f'    <script>{NO_ICON_FONT}</script><script type="module" crossorigin src="./static/js/{MAIN}"></script>'],
        [
            "  "
            + "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in WORDS)
            + "</head>"
        ],
        [f"    <noscript><p>{say('en', 'http.noscript')} {' · '.join(links)}</p></noscript>"],
        ["  <style>a { color: red }</style></body>"],
    ]


def test_page_comes_packed_to_who_takes_it(client):
    for path in ("/", "/records?lang=en"):
        whole, packed = (client.get(path, headers={"accept-encoding": coding}) for coding in ("identity", "br, gzip"))
        assert packed.text == whole.text
        assert (whole.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
        assert int(packed.headers["content-length"]) < int(whole.headers["content-length"]) / 2
        assert packed.headers["vary"] == whole.headers["vary"] == "Accept-Language, Accept-Encoding"


UNKNOWN = """<!DOCTYPE html><html lang="en" data-new><head><title>Streamlit</title>
<!-- <script>not("run")</script> -->
<script nonce="" type="text/javascript">run("a < b && c", "<!--")
</script>
<script SRC="./static/js/new.js"></script>
<SCRIPT>other()</SCRIPT></head><body><div id="root"></div></body></html>
"""


def test_unknown_page_of_streamlit_is_served_without_what_has_no_place_in_it(monkeypatch, caplog):
    """The log names what is left out; the policy allows the scripts of the page as it is sent."""
    report_change.cache_clear()
    monkeypatch.setattr("server.index.read_index", lambda: UNKNOWN)
    response = make_client().get("/records?lang=en")
    assert response.status_code == 200
    assert f"<title>{say('en', 'app.title')}</title>" in response.text
    assert "<style>.tt { color: inherit }</style></body>" in response.text
    assert 'lang="en" data-new' in response.text
    assert caplog.messages == [
        f"Streamlit has changed, done without: {place} in its page"
        for place in ("no text font", "no icon font", "language", "description", "noscript")
    ]
    scripts = ['run("a < b && c", "<!--")\n', "other()"]
    assert response.headers["content-security-policy"] == write_policy([*scripts, *SCRIPTS.values()])


def test_known_page_of_streamlit_is_no_line_in_the_log(caplog):
    report_change.cache_clear()
    assert {len(find_inline_scripts(page)) for page in write_pages("").values()} == {2}
    assert caplog.messages == []


def test_page_of_nothing_known_is_sent_as_it_is(monkeypatch, caplog):
    report_change.cache_clear()
    monkeypatch.setattr("server.index.read_index", lambda: "<p>new</p>")
    assert write_pages("a {}") == {"zh": "<p>new</p>", "en": "<p>new</p>"}
    assert len(caplog.messages) == len(PLACES)


def test_path_of_the_first_page_leads_to_the_root_and_keeps_the_query(client):
    for path, to in (
        ("/overview", "./"),
        ("/overview?lang=en&district=%E9%95%87%E6%B5%B7%E5%8C%BA&q=a+b%26c", None),
        ("/index.html?lang=zh", None),
    ):
        response = client.get(path, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (307, to or f"./?{path.partition('?')[2]}")
        assert client.get(path).request.url.path == "/"
    response = client.get("/overview?lang=en")
    assert (response.status_code, response.request.url.query) == (200, b"lang=en")
    assert '<html lang="en">' in response.text


def test_a_page_that_is_not_there_leads_to_the_first():
    own = Route("/{rest:path}", lambda _: PlainTextResponse("Streamlit's own"))
    client = TestClient(Starlette(routes=[NO_PAGE, own]))
    for path in (
        "/nonsense", "/Records?lang=en", "/robots.txt", "/favicon.png.exe", "/favicon.png/x", "/a%0Ab", "/r/x", "/a/b/c?lang=en",
        "/static", "/records/_stcore/health", "/_stcorex/health", "/index.html/x",
    ):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 404, path
        root = "../" * (path.count("/") - 1) or "./"
        for lang in ("zh", "en"):
            assert f'{say(lang, "http.no_page")} <a href="{root}?lang={lang}">' in response.text, path
        assert path[1:5] not in re.sub(r"<style>.*?</style>", "", response.text, flags=re.DOTALL)
    for path in (
        "/favicon.png", "/manifest.json", "/static/js/index.js", "/_stcore/health", "/media/a.png", "/component/a/b", "/records/", "/",
    ):  # fmt: skip
        assert (client.get(path).status_code, client.get(path).text) == (200, "Streamlit's own"), path
