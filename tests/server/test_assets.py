"""Streamlit's scripts and style sheets, compressed: the same bytes, sooner; everything else stays Streamlit's response."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.assets import FILES, CompressedAssets
from server.streamlit_internals import read_index

METHODS = ["GET", "HEAD", "POST"]
SCRIPT = next(iter(FILES))


def enter(host):
    """Return a client at that IP address; the application owns every path, behind the middleware."""

    async def own(request):
        return PlainTextResponse("the application's own")

    app = Starlette(routes=[Route("/{rest:path}", own, methods=METHODS)], middleware=[Middleware(CompressedAssets)])
    return TestClient(app, client=(host, 50000))


@pytest.fixture
def client():
    return enter("192.0.2.7")


def test_every_script_and_style_of_the_page_is_known():
    named = [path for path in FILES if f'".{path}"' in read_index()]
    assert len(named) == read_index().count('href="./static/js/') + read_index().count('="./static/css/') + 1


def test_each_file_comes_compressed_and_whole_and_may_be_kept_for_a_year(client):
    for part, kind in (("PlotlyChart", "text/javascript"), (".css", "text/css")):
        path = next(path for path in FILES if part in path)
        response = client.get(path, headers={"accept-encoding": "br, gzip"})
        assert response.content == FILES[path].read_bytes()
        assert int(response.headers["content-length"]) < len(response.content) / 3
        expected = {
            "content-encoding": "gzip",
            "content-type": f"{kind}; charset=utf-8",
            "cache-control": "public, immutable, max-age=31536000",
            "vary": "Accept-Encoding",
        }
        assert {name: response.headers[name] for name in expected} == expected
        head = client.head(path, headers={"accept-encoding": "gzip"})
        assert (head.headers, head.content) == (response.headers, b"")


def test_all_else_is_the_application_s(client):
    for method, path, encodings in (
        ("GET", "/static/js/nothing.js", "gzip"),
        ("GET", "/static/js/../index.html", "gzip"),
        ("GET", "/static/js/%2e%2e/%2e%2e/index.html", "gzip"),
        ("GET", "/static/media", "gzip"),
        ("GET", "/records", "gzip"),
        ("GET", SCRIPT, "identity"),
        ("GET", SCRIPT, "gzip;q=0"),
        ("POST", SCRIPT, "gzip"),
    ):
        response = client.request(method, path, headers={"accept-encoding": encodings})
        assert response.text == "the application's own", (method, path, encodings)


def test_on_the_same_machine_only_a_proxy_has_them_compressed():
    headers = {"accept-encoding": "gzip"}
    for host in ("127.0.0.1", "::1"):
        near = enter(host)
        assert near.get(SCRIPT, headers=headers).text == "the application's own"
        proxied = near.get(SCRIPT, headers=headers | {"x-forwarded-for": "192.0.2.7"})
        assert proxied.content == FILES[SCRIPT].read_bytes()
