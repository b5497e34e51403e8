"""How many visitors there may be at once, and how much each of them may send."""

import asyncio
import contextlib
import platform
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: TID251 - the messages' format, not a widget
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251 - the messages' format, not a widget

from server.log import refuse

RETRY_AFTER = 10
"""Seconds after which a visitor who found no room should try again."""
RATE, BURST = 10.0, 40.0
"""Messages a second that a connection may go on sending, and at once."""
MOST_BYTES = 512 * 1024
"""Size of a message: a click is a few thousand bytes, the largest text that may be pasted 300,000."""
FIRST_WORD = 20.0
"""Seconds within which a new connection must say something; a browser does so at once."""
MOST_SILENT = 200
"""Connections at once that have said nothing yet."""
HEARD = {"rerun_script", "stop_script", "app_heartbeat"}
"""Messages that a page sends. Others would clear everybody's caches, or change or tell about the server."""
OPERATIONS = {"deferred_file", "dataframe_chunk"}
FILE_URLS = "file_urls_request"
_PYTHON = platform.python_version().encode()
UNSUPPORTED, POLICY, TOO_BIG, PROTOCOL, GONE = 1003, 1008, 1009, 1002, 1006


def default_most() -> int:
    """Return how many visitors a process takes: half of its file descriptors, at four for each, and at most 1,000.

    The soft limit of descriptors is first raised to the hard one, so far as that makes sense.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 1000 if soft == resource.RLIM_INFINITY else max(1, min(1000, soft // 8))


@dataclass
class Connections:
    """The visitors of this process, counted."""

    most: int
    open: int = 0
    silent: int = 0
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def full(self) -> bool:
        """Whether no further visitor is let in."""
        return self.open >= self.most or self.silent >= MOST_SILENT


class ConnectionLimits:
    """ASGI middleware: let in as many visitors as there is room for, and listen to each in measure."""

    def __init__(self, app: ASGIApp, *, connections: Connections, uploads: bool = False) -> None:
        self.app, self.connections = app, connections
        self.heard = HEARD | ({FILE_URLS} if uploads else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a handshake without room is answered with 503, and the browser tries again."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if self.connections.full:
            refuse("full")
            response = PlainTextResponse("", 503, {"Retry-After": str(RETRY_AFTER)})
            await response(scope, receive, send)
            return
        _hurry(send)
        visitor = _Visitor(self.connections, self.heard, receive, send)
        self.connections.open += 1
        self.connections.silent += 1
        try:
            await self.app(scope, visitor.receive, visitor.send)
        finally:
            self.connections.open -= 1
            self.connections.silent -= visitor.silent


def _hurry(send: Send) -> None:
    """Have the connection send the end of a page at once.

    asyncio sees to that only where a socket names its protocol, and Streamlit's does not: the system would hold
    the last packet back until the reader's side has acknowledged the others, which may take it 40 ms.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport and (connection := transport.get_extra_info("socket")):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _keep_inside(content: bytes) -> bytes:
    """Return the message that begins a run without the paths and versions of the server, which no page needs."""
    message = ForwardMsg.FromString(content)
    if message.WhichOneof("type") != "new_session":
        return content
    message.new_session.main_script_path = message.new_session.name
    message.new_session.initialize.user_info.Clear()
    environment = message.new_session.initialize.environment_info
    environment.python_version = environment.server_os = ""
    return message.SerializeToString()


class _Visitor:
    """One connection: what it sends is weighed before Streamlit hears it."""

    def __init__(self, connections: Connections, heard: set[str], receive: Receive, send: Send) -> None:
        self._connections, self._heard, self._receive, self._send = connections, heard, receive, send
        self._credit, self._since = BURST, time.monotonic()
        self._opened = time.monotonic()
        self._closed = False
        self.silent = True

    async def receive(self) -> Message:
        """Return the next message that is heard, or that the connection is closed."""
        while not self._closed:
            try:
                wait = FIRST_WORD - (time.monotonic() - self._opened) if self.silent else None
                message = await asyncio.wait_for(self._receive(), wait)
            except TimeoutError:
                return await self._close(POLICY, "silent")
            if message["type"] != "websocket.receive":
                self._closed = message["type"] == "websocket.disconnect"
                return message
            refused = self._weigh(message)
            if refused:
                return await self._close(*refused)
            kind = self._read(message["bytes"])
            if kind is None:
                return await self._close(PROTOCOL, "garbage")
            if kind in self._heard or kind in OPERATIONS:
                return message
            refuse("message")
        return {"type": "websocket.disconnect", "code": GONE}

    async def send(self, message: Message) -> None:
        """Pass on what Streamlit sends, but nothing after the end of the connection.

        Streamlit would take a send that fails for a text frame of the visitor, and log an error of its own.
        """
        if self._closed:
            return
        if message["type"] == "websocket.send" and _PYTHON in message["bytes"]:
            message = message | {"bytes": _keep_inside(message["bytes"])}
        try:
            await self._send(message)
        except OSError:  # the visitor has gone
            self._closed = True

    def _weigh(self, message: Message) -> tuple[int, str] | None:
        """Return the code and the reason to close the connection, if there is one."""
        now = time.monotonic()
        self._credit = min(BURST, self._credit + (now - self._since) * RATE) - 1
        self._since = now
        if self._credit < 0:
            return POLICY, "flood"
        if message.get("bytes") is None:
            return UNSUPPORTED, "text"
        if len(message["bytes"]) > MOST_BYTES:
            return TOO_BIG, "size"
        return None

    def _read(self, content: bytes) -> str | None:
        """Return the kind of a message, or None if it is none; from now on the visitor has spoken."""
        try:
            parsed = BackMsg.FromString(content)
        except DecodeError:
            return None
        if self.silent:
            self.silent = False
            self._connections.silent -= 1
        kind = parsed.WhichOneof("type") or ""
        if kind == "backend_operation_request":
            kind = parsed.backend_operation_request.WhichOneof("payload") or ""
        self._connections.heard[kind] += 1
        return kind

    async def _close(self, code: int, reason: str) -> Message:
        refuse(reason)
        await self.send({"type": "websocket.close", "code": code})
        self._closed = True
        return {"type": "websocket.disconnect", "code": code}
