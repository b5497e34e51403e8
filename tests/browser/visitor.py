"""A reader without a browser: opens a session over the websocket, asks for views and waits until they are there."""

import socket
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

KEPT_RUNS = 2
"""Runs for which a browser keeps a message that it has not needed again: global.maxCachedMessageAge."""


def write_rerun(
    page: str = "", query: dict[str, list[str]] | None = None, cached_message_hashes: Iterable[str] = ()
) -> bytes:
    """Return the message by which a browser asks for a page with query parameters, and says what it still has."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = urlencode(query or {}, doseq=True)
    message.rerun_script.context_info.locale = "zh-CN"
    message.rerun_script.cached_message_hashes.extend(cached_message_hashes)
    return message.SerializeToString()


class Visitor:
    """One session of a browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self.socket = connection
        self._runs = 0
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}

    @property
    def taken(self) -> int:
        """The bytes that came over the connection, messages packed as they are: Linux's tcpi_bytes_received."""
        connection = self.socket.transport.get_extra_info("socket")
        return struct.unpack_from("=Q", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 128)[0]

    async def send(self, message: bytes | str) -> None:
        """Send a message as it is."""
        await self.socket.send(message)

    async def view(self, page: str = "", query: dict[str, list[str]] | None = None) -> str:
        """Ask for a view, wait until it is complete, and return the HTML of its own blocks."""
        await self.socket.send(write_rerun(page, query, self._kept))
        shown = []
        while True:
            message = self._read(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.HasField("html"):
                shown.append(message.delta.new_element.html.body)
            elif kind == "script_finished":
                self._runs += 1
                self._kept = {key: (run, m) for key, (run, m) in self._kept.items() if self._runs - run <= KEPT_RUNS}
                return "\n".join(shown)

    def _read(self, received: bytes) -> ForwardMsg:
        """Return a message, or the one kept from earlier that it stands for."""
        message = ForwardMsg.FromString(received)
        if message.WhichOneof("type") == "ref_hash":
            message = self._kept[message.ref_hash][1]
        if message.metadata.cacheable:
            self._kept[message.hash] = self._runs, message
        return message


@asynccontextmanager
async def enter(address: str) -> AsyncIterator[Visitor]:
    """Open a session at the address of a server, as a page of its own would."""
    stream = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], origin=address, max_size=None, proxy=None) as connection:
        yield Visitor(connection)
