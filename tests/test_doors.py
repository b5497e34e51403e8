"""Who comes in: known hosts, own pages, open addresses."""

import pytest
from starlette.testclient import WebSocketDenialResponse

from server.doors import is_known
from targets.text import say
from tests.house import around, connect


@pytest.mark.parametrize(
    ("host", "names", "known"),
    [
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
    ],
)
def test_host_is_this_machine_an_address_or_a_given_name(host, names, known):
    assert is_known(host, names) is known


@pytest.mark.parametrize("path", ["/", "/records", "/data", "/_stcore/health"])
def test_foreign_host_gets_a_sentence_and_nothing_else(house, path):
    answer = house.get(path, headers={"host": "evil.test"})
    assert answer.status_code == 421
    assert answer.text.splitlines() == [say("zh", "walls.host"), say("en", "walls.host")]


def test_two_hosts_are_none(house):
    headers = [("host", "localhost"), ("host", "evil.test")]
    assert house.get("/data", headers=headers).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://localhost:9", "", "http://[::1", "//localhost"])
def test_foreign_origin_gets_a_sentence_and_nothing_else(house, origin):
    answer = house.get("/data", headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.text.splitlines() == [say("zh", "walls.origin"), say("en", "walls.origin")]


def test_own_origin_and_none_come_in():
    house = around(TARGETS_HOSTS="dash.example.cn, *.example.org")
    for host in ("dash.example.cn", "www.example.org:8443"):
        headers = {"host": host}
        assert house.get("/data", headers=headers).text == "data"
        assert house.get("/data", headers=headers | {"origin": f"https://{host}"}).text == "data"


@pytest.mark.parametrize(
    ("headers", "status"), [({"host": "evil.test"}, 421), ({"origin": "http://evil.test"}, 403)], ids=["host", "origin"]
)
def test_foreign_handshake_is_denied(house, headers, status):
    with pytest.raises(WebSocketDenialResponse) as denied, connect(house, **headers):
        pass
    assert denied.value.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/a/b",
        "/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
    ],
)
def test_closed_addresses_are_not_there(house, path):
    for method in ("GET", "PUT", "POST", "OPTIONS"):
        answer = house.request(method, path)
        assert (answer.status_code, answer.text.splitlines()[0]) == (404, say("zh", "walls.closed"))
    assert house.get("/metrics").status_code == 404


def test_uploads_come_in_where_they_are_a_feature():
    assert around(uploads=True).put("/_stcore/upload_file/a/b").text == "taken"
