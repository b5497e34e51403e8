"""A reader without a browser: opens a session over the websocket, asks for views and waits until they are there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect


def write_rerun(page: str = "", query: dict[str, list[str]] | None = None) -> bytes:
    """Return the message by which a browser asks for a page with query parameters."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = urlencode(query or {}, doseq=True)
    message.rerun_script.context_info.locale = "zh-CN"
    return message.SerializeToString()


class Visitor:
    """One session."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, message: bytes | str) -> None:
        """Send a message as it is."""
        await self.socket.send(message)

    async def view(self, page: str = "", query: dict[str, list[str]] | None = None) -> str:
        """Ask for a view, wait until it is complete, and return the HTML of its own blocks."""
        await self.socket.send(write_rerun(page, query))
        shown = []
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.HasField("html"):
                shown.append(message.delta.new_element.html.body)
            elif kind == "script_finished":
                return "\n".join(shown)


@asynccontextmanager
async def enter(address: str) -> AsyncIterator[Visitor]:
    """Open a session at the address of a server, as a page of its own would."""
    stream = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], origin=address, max_size=None, proxy=None) as socket:
        yield Visitor(socket)
