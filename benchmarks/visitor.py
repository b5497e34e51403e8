"""A reader without a browser: opens a session over the websocket, asks for views and waits until they are there."""

import asyncio
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
async def enter(address: str, host: str | None = None, origin: str | None = None) -> AsyncIterator[Visitor]:
    """Open a session at the address of a server, as a page of its own would; `host` and `origin` may be others."""
    where = urlsplit(address)
    headers = {"Host": host} if host else None
    async with connect(
        f"ws://{where.netloc}/_stcore/stream",
        subprotocols=["streamlit"],
        origin=origin or address,
        additional_headers=headers,
        max_size=None,
        proxy=None,
    ) as socket:
        yield Visitor(socket)


async def gather_all(*jobs: asyncio.Future) -> list:
    """Run jobs side by side; the first error ends them all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
    return [task.result() for task in tasks]
