"""Limits of the websocket: how many visitors there may be at once, and which and how many messages each may send."""

import time
from collections import Counter
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.log import refuse
from server.streamlit_internals import ACCEPTED_MESSAGES, UPLOAD_MESSAGE, hide_server, kind_of, send_at_once

RETRY_AFTER = 10
"""Seconds after which a visitor for whom there was no room should try again."""
RATE, BURST = 10.0, 40.0
"""Messages a second that a connection may go on sending, and at once."""
MOST_BYTES = 512 * 1024
"""Size of a message: a click is a few thousand bytes, the largest text that may be pasted 300,000."""
PROTOCOL, UNSUPPORTED, GONE, POLICY, TOO_BIG = 1002, 1003, 1006, 1008, 1009


@dataclass
class Connections:
    """The connections of this process, and the messages that came over them, counted."""

    most: int
    open: int = 0
    messages: Counter[str] = field(default_factory=Counter)

    @property
    def full(self) -> bool:
        """Whether no further visitor is let in."""
        return self.open >= self.most


class ConnectionLimits:
    """ASGI middleware: let in as many visitors as there is room for, and pass on what each may send."""

    def __init__(self, app: ASGIApp, *, connections: Connections, uploads: bool = False) -> None:
        self.app, self.connections = app, connections
        self.accepted = ACCEPTED_MESSAGES | ({UPLOAD_MESSAGE} if uploads else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a handshake without room gets 503, and the browser tries again."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
        elif self.connections.full:
            refuse("full")
            await PlainTextResponse("", 503, {"Retry-After": str(RETRY_AFTER)})(scope, receive, send)
        else:
            send_at_once(send)
            connection = _Connection(self, receive, send)
            self.connections.open += 1
            try:
                await self.app(scope, connection.receive, connection.send)
            finally:
                self.connections.open -= 1


class _Connection:
    """One connection: what it sends is judged before Streamlit receives it."""

    def __init__(self, limits: ConnectionLimits, receive: Receive, send: Send) -> None:
        self._limits, self._receive, self._send = limits, receive, send
        self._credit, self._since = BURST, time.monotonic()
        self._closed = False

    async def receive(self) -> Message:
        """Return the next message that is accepted, or that the connection is closed."""
        while not self._closed:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                self._closed = message["type"] == "websocket.disconnect"
                return message
            kind, fault = self._judge(message.get("bytes"))
            if fault:
                refuse(fault[1])
                await self.send({"type": "websocket.close", "code": fault[0]})
                self._closed = True
            elif kind in self._limits.accepted:
                return message
            else:
                refuse("message")
        return {"type": "websocket.disconnect", "code": GONE}

    async def send(self, message: Message) -> None:
        """Pass on what Streamlit sends, but nothing after the end of the connection.

        Streamlit would take a send that fails for a text frame of the visitor, and log an error of its own.
        """
        if self._closed:
            return
        if message["type"] == "websocket.send":
            message = message | {"bytes": hide_server(message["bytes"])}
        try:
            await self._send(message)
        except OSError:  # the visitor has gone
            self._closed = True

    def _judge(self, content: bytes | None) -> tuple[str, tuple[int, str] | None]:
        """Return the kind of a message, and code and reason to close the connection if there is one."""
        now = time.monotonic()
        self._credit = min(BURST, self._credit + (now - self._since) * RATE) - 1
        self._since = now
        if self._credit < 0:
            return "", (POLICY, "flood")
        if content is None:
            return "", (UNSUPPORTED, "text")
        if len(content) > MOST_BYTES:
            return "", (TOO_BIG, "size")
        kind = kind_of(content)
        if kind is None:
            return "", (PROTOCOL, "garbage")
        self._limits.connections.messages[kind] += 1
        return kind, None
