"""Who may ask: known hosts where they are given, own pages, open paths; and any site for the data."""

import pytest
from starlette.testclient import WebSocketDenialResponse

from server.request_guard import is_own_host
from server.routes import data_routes
from targets.text import say
from tests.http_client import RERUN, connect, make_client, store_of

FOREIGN = ("http://evil.test", "null", "http://localhost:9", "", "http://[::1", "//localhost")
SITE = {"origin": "https://notebook.example"}


def test_host_is_this_machine_an_address_or_a_given_name():
    for host, names, known in (
        ("localhost", (), True),
        ("localhost:8501", (), True),
        ("127.0.0.1:8501", (), True),
        ("[::1]:8501", (), True),
        ("10.1.2.3", (), True),
        ("evil.test", (), False),
        ("localhost.evil.test", (), False),
        ("dash.example.cn", ("dash.example.cn",), True),
        ("DASH.example.cn:443", ("dash.example.cn",), True),
        ("dash.example.cn.", ("dash.example.cn",), True),
        ("a.example.cn", ("*.example.cn",), True),
        ("example.cn", ("*.example.cn",), False),
        ("evil.test", ("dash.example.cn",), False),
        ("localhost@evil.test", (), False),
        ("evil.test@localhost", (), False),
        ("localhost/evil", (), False),
        ("localhost:port", (), False),
        ("localhost:99999", (), False),
        ("[::1", (), False),
        ("", (), False),
        (" localhost", (), False),
        ("localhost\u3002evil.test", (), False),
    ):
        assert is_own_host(host, names) is known, host


def test_without_given_hosts_any_name_comes_in(client):
    """On a hosting platform nobody knows the name beforehand."""
    for host in ("user-space.hf.space", "name.streamlit.app", "localhost"):
        assert client.get("/records", headers={"host": host, "origin": f"https://{host}"}).status_code == 200
        with connect(client, host=host, origin=f"https://{host}") as socket:
            socket.send_bytes(RERUN)
            assert socket.receive_bytes() == RERUN


def test_foreign_host_gets_a_sentence_and_nothing_else():
    client = make_client(TARGETS_HOSTS="dash.example.cn, *.example.org")
    for path in ("/", "/records", "/data/file", "/_stcore/health"):
        response = client.get(path, headers={"host": "evil.test"})
        assert response.status_code == 421
        assert response.text.splitlines() == [say("zh", "http.host"), say("en", "http.host")]
    assert client.get("/", headers={"host": "evil.test", "x-forwarded-host": "dash.example.cn"}).status_code == 421
    assert client.get("/", headers=[("host", "localhost"), ("host", "evil.test")]).status_code == 421
    for host in ("dash.example.cn", "www.example.org:8443", "localhost:8501", "10.1.2.3"):
        assert client.get("/records", headers={"host": host}).status_code == 200
        assert client.get("/records", headers={"host": host, "origin": f"https://{host}"}).status_code == 200


def test_foreign_origin_gets_a_sentence_and_nothing_else(client):
    for path in ("/records", "/_stcore/health", "/data"):
        for origin in FOREIGN:
            response = client.get(path, headers={"origin": origin})
            assert response.status_code == 403, origin
            assert response.text.splitlines() == [say("zh", "http.origin"), say("en", "http.origin")]
            assert "access-control-allow-origin" not in response.headers
    headers = [("host", "localhost"), ("host", "evil.test"), ("origin", "http://localhost")]
    assert client.get("/records", headers=headers).status_code == 403
    forwarded = {"host": "localhost", "origin": "https://evil.test", "x-forwarded-host": "evil.test"}
    assert client.get("/records", headers=forwarded).status_code == 403


def test_foreign_handshake_is_denied():
    for client, headers, status in (
        (make_client(TARGETS_HOSTS="dash.example.cn"), {"host": "evil.test", "origin": "http://evil.test"}, 421),
        (make_client(TARGETS_HOSTS="dash.example.cn"), {"host": "dash.example.cn", "origin": "http://evil.test"}, 403),
        (make_client(origins=["*"], TARGETS_HOSTS="dash.example.cn"), {"origin": "http://evil.test"}, 403),
        (make_client(), {"host": "dash.example.cn", "origin": "http://evil.test"}, 403),
    ):
        with pytest.raises(WebSocketDenialResponse) as denied, connect(client, **headers):
            pass
        assert denied.value.status_code == status, headers


def test_origins_that_streamlit_was_told_to_let_in_come_in():
    """A proxy that rewrites the host name needs it: server.corsAllowedOrigins, or server.enableCORS switched off."""
    for origins, origin, comes in (
        (["https://front.example"], "https://front.example", True),
        (["https://front.example"], "https://other.example", False),
        (["*"], "https://other.example", True),
    ):
        headers = {"host": "10.1.2.3:8501", "origin": origin}
        client = make_client(origins=origins)
        assert client.get("/records", headers=headers).status_code == (200 if comes else 403)
        if comes:
            with connect(client, **headers) as socket:
                socket.send_bytes(RERUN)
                assert socket.receive_bytes() == RERUN


def test_any_site_may_read_the_data(data):
    """And is told the tag and the name of the file, whatever the response; what would write is for own pages only."""
    client = make_client(inside=data_routes(store_of(data)))
    whole = client.get("/data/targets.csv", headers=SITE)
    known = {"if-none-match": whole.headers["etag"]}
    assert whole.content == client.get("/data/targets.csv").content
    for response, status in (
        (whole, 200),
        (client.head("/data/tables/place.csv", headers=SITE), 200),
        (client.get("/data/targets.csv", headers=SITE | known), 304),
        (client.get("/data/targets.csv?colour=red", headers=SITE), 400),
        (client.get("/data/nothing", headers=SITE), 404),
        (client.options("/data/targets.csv", headers=SITE), 405),
        (client.get("/data/openapi.json", headers={"origin": "null"}), 200),
        (client.get("/data/fail", headers=SITE), 500),
    ):
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-expose-headers"] == "ETag, Content-Disposition"
        assert "access-control-allow-credentials" not in response.headers
        assert "Origin" in response.headers["vary"]
    missing = make_client(inside=data_routes(store_of(None))).get("/data/targets.csv", headers=SITE)
    assert (missing.status_code, missing.headers["access-control-allow-origin"]) == (503, "*")
    assert client.post("/data/targets.csv", headers=SITE).status_code == 403


def test_browser_that_asks_first_is_told_that_it_may_read_the_data(client):
    asked = SITE | {"access-control-request-method": "GET", "access-control-request-headers": "if-none-match"}
    response = client.options("/data/file", headers=asked)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-methods"] == "GET, HEAD"
    assert response.headers["access-control-allow-headers"] == "if-none-match"
    assert client.options("/data/file", headers=asked | {"access-control-request-method": "PUT"}).status_code == 400
    assert client.options("/records", headers=asked).status_code == 403


def test_data_s_tag_and_encoding_stay_as_they_are_for_other_sites(client):
    own, other = client.get("/data/file"), client.get("/data/file", headers=SITE)
    assert own.headers["etag"] == other.headers["etag"] == '"a"'
    assert own.headers["vary"] == other.headers["vary"] == "Accept-Encoding, Origin"


def test_closed_paths_are_not_there(client):
    for path in (
        "/_stcore/upload_file/a/b",
        "/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
    ):
        for method in ("GET", "PUT", "POST", "OPTIONS"):
            response = client.request(method, path)
            assert (response.status_code, response.text.splitlines()[0]) == (404, say("zh", "http.closed")), path
    assert client.get("/metrics").status_code == 404


def test_uploads_come_in_where_they_are_a_feature():
    assert make_client(uploads=True).put("/_stcore/upload_file/a/b").text == "taken"
