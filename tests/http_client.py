"""An application with the middleware make_client it, and how a page of it speaks to it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from server.middleware import build_http
from server.settings import Settings
from ui.links import SCRIPTS

RERUN = BackMsg()
RERUN.rerun_script.query_string = "lang=zh"
RERUN = RERUN.SerializeToString()


async def echo(socket: WebSocket):
    """Send every message back that Streamlit would receive."""
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        await socket.close()


def fail(_):
    raise ZeroDivisionError("secret")


def make_client(uploads=False, origins=(), inside=(), **environment):
    """A client of the middleware around an application with one page, one file, one socket and these routes."""
    pages, style, scripts = ("overview", "records"), ".tt { color: inherit }", SCRIPTS.values()
    routes, middleware = build_http(
        Settings.from_environment(environment),
        pages=pages,
        style=style,
        scripts=scripts,
        origins=origins,
        uploads=uploads,
    )
    own = [
        Route("/data", lambda _: PlainTextResponse("data")),
        Route("/data/file", lambda _: PlainTextResponse("data", headers={"ETag": '"a"', "Vary": "Accept-Encoding"})),
        Route("/fail", fail),
        Route("/data/fail", fail),
        Route("/_stcore/upload_file/a/b", lambda _: PlainTextResponse("taken"), methods=["PUT"]),
        Route("/_stcore/metrics", lambda _: PlainTextResponse("metrics")),
        WebSocketRoute("/_stcore/stream", echo),
    ]
    return TestClient(Starlette(routes=[*routes, *own, *inside], middleware=middleware), base_url="http://localhost")


def store_of(data):
    """What the endpoints need of a store, with this data."""
    return SimpleNamespace(current=lambda: SimpleNamespace(dataset=data))


def connect(client, **headers):
    """A connection as a page of the server itself opens it."""
    return client.websocket_connect("/_stcore/stream", headers={"host": "localhost"} | headers)


def go(job):
    """Run a coroutine to its end, in a thread of its own: this one may belong to the browser of other tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, job).result()
