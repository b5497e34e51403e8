"""What the addresses of the pages return: Streamlit's page, in the language of the address."""

import re
from difflib import SequenceMatcher

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.index import NO_ICONS, NO_PAGE, STATIC, find_scripts, read_index, write_index
from targets.text import say

MAIN = next((STATIC / "static" / "js").glob("index.*.js")).name
WORDS = [next((STATIC / "static" / "js").glob(f"{name}.*.js")).name for name in ("Html", "purify.es")]
"""Streamlit's scripts that show our words, and that its page does not ask for."""


@pytest.mark.parametrize(
    ("path", "tag", "title"),
    [
        ("/", "zh-CN", "zh"),
        ("/records?lang=en", "en", "en"),
        ("/records?lang=<b>", "zh-CN", "zh"),
        ("/overview?lang=zh&lang=en", "en", "en"),
    ],
)
def test_page_is_in_the_language_of_its_address(house, path, tag, title):
    page = house.get(path).text
    assert f'<html lang="{tag}">' in page
    assert f"<title>{say(title, 'app.title')}</title>" in page


def test_streamlit_s_page_is_otherwise_its_own():
    own, ours = read_index().splitlines(), write_index("en", "a { color: red }").splitlines()
    changes = SequenceMatcher(None, own, ours, autojunk=False).get_opcodes()
    links = (f'<a href="./data/targets.{ending}?lang=en">data/targets.{ending}</a>' for ending in ("csv", "xlsx"))
    assert [ours[start:end] for tag, *_, start, end in changes if tag != "equal"] == [
        ["    "],
        ["    <title>Target Tracker</title>"],
        ['    <link rel="service-desc" href="./data/openapi.json" />'],
        [f'    <script>{NO_ICONS}</script><script type="module" crossorigin src="./static/js/{MAIN}"></script>'],
        [
            "  "
            + "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in WORDS)
            + "</head>"
        ],
        [f"    <noscript><p>{say('en', 'walls.noscript')} {' · '.join(links)}</p></noscript>"],
        ["  <style>a { color: red }</style></body>"],
    ]


def test_code_of_the_first_words_is_asked_for_at_once():
    """What of it Streamlit's page asks for anyway is asked for once."""
    asked = re.findall(r'"modulepreload" crossorigin href="\./static/js/([^"]+)"', write_index("zh", ""))
    assert asked[-2:] == WORDS
    assert len(set(asked)) == len(asked) > 2
    assert find_scripts("Html", read_index() + f'"./static/js/{WORDS[1]}"') == WORDS[:1]
    assert find_scripts("NoSuchElement", "") == []


@pytest.mark.parametrize("path", ["/", "/records?lang=en"])
def test_page_comes_packed_to_who_takes_it(house, path):
    whole, packed = (house.get(path, headers={"accept-encoding": coding}) for coding in ("identity", "br, gzip"))
    assert packed.text == whole.text
    assert (whole.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert int(packed.headers["content-length"]) < int(whole.headers["content-length"]) / 2
    assert packed.headers["vary"] == whole.headers["vary"] == "Accept-Language, Accept-Encoding"


def test_new_page_of_streamlit_is_noticed(monkeypatch):
    monkeypatch.setattr("server.index.read_index", lambda: '<html lang="fr"><title>Streamlit</title>')
    with pytest.raises(ValueError, match="stands 0 times"):
        write_index("zh", "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nonsense", 404),
        ("/Records?lang=en", 404),
        ("/robots.txt", 404),
        ("/favicon.png.exe", 404),
        ("/favicon.png", 200),
        ("/manifest.json", 200),
        ("/index.html", 200),
        ("/static/js/index.js", 200),
        ("/_stcore/health", 200),
        ("/", 200),
    ],
)
def test_a_page_that_is_not_there_leads_to_the_first(path, status):
    rest = Route("/{rest:path}", lambda _: PlainTextResponse("Streamlit's own"))
    answer = TestClient(Starlette(routes=[NO_PAGE, rest])).get(path)
    assert answer.status_code == status
    if status == 404:
        said = [f'{say(lang, "walls.no_page")} <a href="./?lang={lang}">' for lang in ("zh", "en")]
        assert all(one in answer.text for one in said)
        assert path[1:5] not in answer.text
    else:
        assert answer.text == "Streamlit's own"
