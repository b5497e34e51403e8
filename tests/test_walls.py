"""The walls piece by piece: who comes in, what every answer carries, what a connection may send, what the log keeps."""

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
import re
import socket

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from server import crowd, log
from server.doors import is_known
from server.headers import write_policy
from server.index import read_index, write_busy, write_index
from server.walls import build_walls
from targets.text import say
from ui.links import SCRIPTS


def message(**fields):
    """A browser's message."""
    made = BackMsg()
    for name, value in fields.items():
        setattr(made, name, value)
    return made.SerializeToString()


RERUN = BackMsg()
RERUN.rerun_script.query_string = "lang=zh"
RERUN = RERUN.SerializeToString()


async def echo(socket: WebSocket):
    """Send every message back that is heard, as Streamlit would hear it."""
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        await socket.close()


def fail(_):
    raise ZeroDivisionError("secret")


def around(uploads=False, **settings):
    """The walls around a house with one page, one file and one socket."""
    routes, walls = build_walls(settings, pages=("overview", "records"), scripts=SCRIPTS.values(), uploads=uploads)
    inside = [
        Route("/data", lambda _: PlainTextResponse("data")),
        Route("/fail", fail),
        Route("/_stcore/upload_file/a/b", lambda _: PlainTextResponse("taken"), methods=["PUT"]),
        Route("/_stcore/metrics", lambda _: PlainTextResponse("metrics")),
        WebSocketRoute("/_stcore/stream", echo),
    ]
    return TestClient(Starlette(routes=[*routes, *inside], middleware=walls), base_url="http://localhost")


def connect(house, **headers):
    """A connection as a page of the house itself opens it."""
    return house.websocket_connect("/_stcore/stream", headers={"host": "localhost"} | headers)


@pytest.fixture
def house():
    return around()


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


def test_metrics_are_numbers_only_where_switched_on():
    house = around(TARGETS_METRICS="1", TARGETS_MAX_CONNECTIONS="7")
    with connect(house) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        lines = house.get("/metrics").text.splitlines()
    assert "targets_connections 1" in lines
    assert "targets_connections_most 7" in lines
    assert 'targets_messages_total{kind="rerun_script"} 1' in lines


@pytest.mark.parametrize("path", ["/", "/records?lang=en", "/data", "/_stcore/agent", "/nowhere", "/fail"])
def test_every_answer_carries_the_headers(house, path):
    headers = house.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["content-security-policy"] == write_policy(
        [*re.findall(r"<script>(.*?)</script>", read_index(), re.DOTALL), *SCRIPTS.values()]
    )


def test_policy_names_the_very_scripts():
    policy = write_policy(["a", "b"])
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a", b"b")]
    assert f"script-src 'self' 'sha256-{hashes[0]}' 'sha256-{hashes[1]}';" in policy
    assert "unsafe-eval" not in policy and policy.count("unsafe-inline") == 1
    assert policy.endswith("frame-ancestors 'none'")


def test_named_sites_may_frame():
    headers = around(TARGETS_FRAME_ANCESTORS="https://www.example.cn  https://*.example.org:8443").get("/").headers
    assert headers["content-security-policy"].endswith(
        "frame-ancestors https://www.example.cn https://*.example.org:8443"
    )
    assert "x-frame-options" not in headers


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TARGETS_FRAME_ANCESTORS": "https://a.cn; script-src *"}, "TARGETS_FRAME_ANCESTORS: 'https://a.cn;' is no"),
        ({"TARGETS_FRAME_ANCESTORS": "*"}, "TARGETS_FRAME_ANCESTORS: '*' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "0"}, "TARGETS_MAX_CONNECTIONS: '0' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "many"}, "TARGETS_MAX_CONNECTIONS: 'many' is no"),
        ({"TARGETS_MAX_CONNECTIONS": "５"}, "TARGETS_MAX_CONNECTIONS: '５' is no"),
    ],
)
def test_setting_that_cannot_be_meant_stops_the_start(settings, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        around(**settings).get("/")


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
    own, ours = read_index().splitlines(), write_index("en").splitlines()
    assert [a for a, b in zip(own, ours, strict=True) if a != b] == ["    <title>Streamlit</title>"]


def test_new_page_of_streamlit_is_noticed(monkeypatch):
    monkeypatch.setattr("server.index.read_index", lambda: '<html lang="fr"><title>Streamlit</title>')
    with pytest.raises(ValueError, match="stands 0 times"):
        write_index("zh")


def test_error_is_answered_with_a_number_that_the_log_explains(house, caplog):
    answers = [house.get("/fail") for _ in range(2)]
    number = re.search(r"[0-9A-F]{8}", answers[0].text)[0]
    assert [a.status_code for a in answers] == [500, 500]
    assert answers[0].text == answers[1].text
    assert answers[0].text.splitlines()[1] == say("en", "walls.fault", number=number)
    record = caplog.records[-1]
    assert (record.fault, record.exc_info[0]) == (number, ZeroDivisionError)


def test_full_house_answers_with_a_page_that_needs_nothing_else():
    house = around(TARGETS_MAX_CONNECTIONS="1")
    with connect(house) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        for path in ("/", "/records?lang=en"):
            answer = house.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, str(crowd.RETRY_AFTER))
            assert answer.text == write_busy()
        with pytest.raises(WebSocketDenialResponse) as denied, connect(house):
            pass
        assert (denied.value.status_code, denied.value.headers["retry-after"]) == (503, str(crowd.RETRY_AFTER))
        assert house.get("/data").text == "data"
    assert house.get("/").status_code == 200
    assert not re.search(r"src=|href=|url\(", write_busy())


def test_connections_that_say_nothing_fill_no_house(house, monkeypatch):
    monkeypatch.setattr(crowd, "MOST_SILENT", 1)
    with connect(house) as socket:
        assert house.get("/").status_code == 503
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        assert house.get("/").status_code == 200


def test_connection_that_says_nothing_is_closed(house, monkeypatch):
    monkeypatch.setattr(crowd, "FIRST_WORD", 0.05)
    with connect(house) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_bytes()
    assert closed.value.code == 1008


@pytest.mark.parametrize("name", ["clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"])
def test_orders_to_the_server_are_not_heard(house, name):
    with connect(house) as socket:
        socket.send_bytes(message(**{name: True}))
        socket.send_bytes(RERUN)
        assert socket.receive_bytes() == RERUN


@pytest.mark.parametrize("name", ["install_skills", "dismiss_skills_nudge", "deferred_file"])
def test_of_the_operations_only_reading_ones_are_heard(house, name):
    asked = BackMsg()
    getattr(asked.backend_operation_request, name).SetInParent()
    with connect(house) as socket:
        socket.send_bytes(asked.SerializeToString())
        socket.send_bytes(RERUN)
        heard = socket.receive_bytes()
    assert heard == (asked.SerializeToString() if name == "deferred_file" else RERUN)


@pytest.mark.parametrize("uploads", [True, False])
def test_upload_addresses_are_given_only_where_uploads_are_a_feature(uploads):
    asked = BackMsg()
    asked.file_urls_request.request_id = "x"
    with connect(around(uploads)) as socket:
        socket.send_bytes(asked.SerializeToString())
        socket.send_bytes(RERUN)
        assert socket.receive_bytes() == (asked.SerializeToString() if uploads else RERUN)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"text": "a"}, 1003),
        ({"bytes": b"\xff\xff"}, 1002),
        ({"bytes": b"x" * (crowd.MOST_BYTES + 1)}, 1009),
    ],
    ids=["text", "garbage", "too-big"],
)
def test_strange_message_closes_the_connection(house, sent, code):
    with connect(house) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.send({"type": "websocket.receive"} | sent)
        socket.receive_bytes()
    assert closed.value.code == code


def test_more_than_hands_can_do_closes_the_connection(house, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(crowd.time, "monotonic", lambda: clock[0])

    def click(socket):
        socket.send_bytes(RERUN)
        return socket.receive_bytes()

    with connect(house) as socket:
        for _ in range(int(crowd.BURST)):
            click(socket)
        for _ in range(20):
            clock[0] += 1.01 / crowd.RATE
            click(socket)
        with pytest.raises(WebSocketDisconnect) as closed:
            click(socket)
    assert closed.value.code == 1008


@pytest.mark.parametrize(
    ("limits", "most"),
    [((1024, 4096), 512), ((1024, 1024), 128), ((65536, 1 << 20), 1000), ((-1, -1), 1000), ((4, 4), 1)],
)
def test_visitors_are_fewer_than_descriptors_allow(monkeypatch, limits, most):
    import resource

    now = list(limits)
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, asked: now.__setitem__(slice(None), asked))
    assert crowd.default_most() == most


def record(text="refused", **extra):
    made = logging.makeLogRecord({"name": "target-tracker", "levelno": logging.WARNING, "levelname": "WARNING"})
    made.msg = text
    vars(made).update(extra)
    return made


def test_log_line_is_one_line_of_json():
    line = log.JsonLines().format(record("a\r\nb", reason="x\ny"))
    assert "\n" not in line and "\r" not in line
    read = json.loads(line)
    assert read.pop("time").endswith("+00:00")
    assert read == {"level": "warning", "logger": "target-tracker", "message": "a\r\nb", "reason": "x\ny"}


def test_flood_of_refusals_is_a_few_lines(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: clock[0])
    sparing = log.Sparing()
    assert [sparing.filter(record(reason="host")) for _ in range(1000)] == [True] * 5 + [False] * 995
    assert sparing.filter(record(reason="flood"))
    clock[0] += log.SPAN + 1
    after = record(reason="host")
    assert sparing.filter(after)
    assert after.left_out == 995


def test_refusal_says_why_and_nothing_of_whom(house, caplog):
    house.get("/data?q=geheim", headers={"host": "evil.test", "user-agent": "agent"})
    line = log.JsonLines().format(caplog.records[-1])
    assert json.loads(line)["reason"] == "host"
    for told in ("geheim", "evil.test", "agent", "testclient", "/data"):
        assert told not in line


def test_connection_that_ends_is_counted_out():
    house = around(TARGETS_METRICS="1")
    for words in ([], [RERUN], [b"\xff\xff"]):
        with connect(house) as socket, contextlib.suppress(WebSocketDisconnect):
            for word in words:
                socket.send_bytes(word)
                socket.receive_bytes()
    with connect(house) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        assert "targets_connections 1" in house.get("/metrics").text.splitlines()
    assert "targets_connections 0" in house.get("/metrics").text.splitlines()


def test_visitor_who_has_gone_is_no_error():
    """A send to nobody ends the connection for Streamlit as a disconnect, whatever else was still to be said."""
    sent = []

    async def send(told):
        sent.append(told["type"])
        if told["type"] == "websocket.send":
            raise OSError

    async def receive():
        return {"type": "websocket.connect"}

    heard = []

    async def app(scope, receive, send):
        heard.append((await receive())["type"])
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": b""})
        await send({"type": "websocket.send", "bytes": b""})
        heard.append((await receive())["type"])

    house = crowd.Crowd(1)
    asyncio.run(crowd.Limits(app, crowd=house)({"type": "websocket"}, receive, send))
    assert heard == ["websocket.connect", "websocket.disconnect"]
    assert sent == ["websocket.accept", "websocket.send"]
    assert (house.open, house.silent) == (0, 0)


def test_end_of_a_page_is_sent_at_once():
    """A socket that does not name its protocol, as Streamlit's, would wait for the reader's acknowledgement."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        with socket.create_connection((host, port)), listening.accept()[0] as accepted:
            assert (accepted.proto, accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) == (0, 0)

            class Transport:
                def get_extra_info(self, name):
                    return {"socket": accepted}[name]

            class Connection:
                transport = Transport()

                async def send(self, told):
                    pass

            async def app(scope, receive, send):
                pass

            house = crowd.Limits(app, crowd=crowd.Crowd(1))
            asyncio.run(house({"type": "websocket"}, None, Connection().send))
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
