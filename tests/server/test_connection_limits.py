"""How many visitors there may be at once, what each of them may send, and how a connection ends."""

import contextlib
import re

import pytest
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from server import connection_limits
from server.index import write_busy
from tests.http_client import RERUN, connect, go, make_client


def message(**fields):
    """A browser's message."""
    made = BackMsg()
    for name, value in fields.items():
        setattr(made, name, value)
    return made.SerializeToString()


def test_page_of_a_full_server_needs_nothing_else():
    client = make_client(TARGETS_MAX_CONNECTIONS="1")
    with connect(client) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        for path in ("/", "/records?lang=en"):
            response = client.get(path)
            assert (response.status_code, response.headers["retry-after"]) == (503, str(connection_limits.RETRY_AFTER))
            assert response.text == write_busy()
        with pytest.raises(WebSocketDenialResponse) as denied, connect(client):
            pass
        assert (denied.value.status_code, denied.value.headers["retry-after"]) == (
            503,
            str(connection_limits.RETRY_AFTER),
        )
        assert client.get("/data").text == "data"
    assert client.get("/").status_code == 200
    assert not re.search(r"src=|href=|url\(", write_busy())


def is_accepted(client, sent):
    """Whether a message is accepted; one that is not leaves the connection open for the next."""
    with connect(client) as socket:
        socket.send_bytes(sent)
        socket.send_bytes(RERUN)
        return socket.receive_bytes() == sent


def test_orders_to_the_server_are_not_accepted(client):
    for name in ("clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"):
        assert not is_accepted(client, message(**{name: True})), name


def test_of_the_operations_only_reading_ones_are_accepted(client):
    for name in ("install_skills", "dismiss_skills_nudge", "deferred_file", "dataframe_chunk"):
        asked = BackMsg()
        getattr(asked.backend_operation_request, name).SetInParent()
        assert is_accepted(client, asked.SerializeToString()) == (name in ("deferred_file", "dataframe_chunk")), name


def test_upload_paths_are_given_only_where_uploads_are_a_feature():
    asked = BackMsg()
    asked.file_urls_request.request_id = "x"
    for uploads in (True, False):
        assert is_accepted(make_client(uploads), asked.SerializeToString()) is uploads


def test_strange_message_closes_the_connection(client):
    for sent, code in (
        ({"text": "a"}, 1003),
        ({"bytes": b"\xff\xff"}, 1002),
        ({"bytes": b"x" * (connection_limits.MOST_BYTES + 1)}, 1009),
    ):
        with connect(client) as socket, pytest.raises(WebSocketDisconnect) as closed:
            socket.send({"type": "websocket.receive"} | sent)
            socket.receive_bytes()
        assert closed.value.code == code


def test_more_than_hands_can_do_closes_the_connection(client, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(connection_limits.time, "monotonic", lambda: clock[0])

    def click(socket):
        socket.send_bytes(RERUN)
        return socket.receive_bytes()

    with connect(client) as socket:
        for _ in range(int(connection_limits.BURST)):
            click(socket)
        for _ in range(20):
            clock[0] += 1.01 / connection_limits.RATE
            click(socket)
        with pytest.raises(WebSocketDisconnect) as closed:
            click(socket)
    assert closed.value.code == 1008


def test_connection_that_ends_is_counted_out():
    client = make_client(TARGETS_METRICS="1")
    for words in ([], [RERUN], [b"\xff\xff"]):
        with connect(client) as socket, contextlib.suppress(WebSocketDisconnect):
            for word in words:
                socket.send_bytes(word)
                socket.receive_bytes()
    with connect(client) as socket:
        socket.send_bytes(RERUN)
        socket.receive_bytes()
        assert "targets_connections 1" in client.get("/metrics").text.splitlines()
    assert "targets_connections 0" in client.get("/metrics").text.splitlines()


def test_visitor_who_has_gone_is_no_error():
    """A send to nobody ends the connection for Streamlit as a disconnect, whatever else was still to be said."""
    sent = []

    async def send(told):
        sent.append(told["type"])
        if told["type"] == "websocket.send":
            raise OSError

    async def receive():
        return {"type": "websocket.connect"}

    received = []

    async def app(scope, receive, send):
        received.append((await receive())["type"])
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": b""})
        await send({"type": "websocket.send", "bytes": b""})
        received.append((await receive())["type"])

    connections = connection_limits.Connections(1)
    go(connection_limits.ConnectionLimits(app, connections=connections)({"type": "websocket"}, receive, send))
    assert received == ["websocket.connect", "websocket.disconnect"]
    assert sent == ["websocket.accept", "websocket.send"]
    assert connections.open == 0
