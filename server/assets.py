"""Streamlit's scripts and style sheets, compressed once for all readers: Streamlit sends them as they are.

Starlette's middleware would compress them again for every reader: 0.2 s of CPU for the scripts of a first view.
"""

import gzip

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from targets.load.cache import Cache

from server.responses import takes_gzip
from server.streamlit_internals import STATIC

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FILES = {
    f"/{file.relative_to(STATIC).as_posix()}": file
    for file in (STATIC / "static").rglob("*")
    if file.suffix in MEDIA_TYPES
}
"""Every script and style sheet by its path; the hash in its name changes with its content."""
CACHED_BY_BROWSERS = {
    "Content-Encoding": "gzip",
    "Cache-Control": "public, immutable, max-age=31536000",
    "Vary": "Accept-Encoding",
}
"""For a year, as Streamlit says of the files as they are."""


def _gains(scope: Scope) -> bool:
    """Return whether a client takes gzip and is not on this machine itself, where it would only have to unpack."""
    headers = Headers(scope=scope)
    near = bool(scope.get("client")) and scope["client"][0] in ("127.0.0.1", "::1")
    return takes_gzip(headers.get("accept-encoding", "")) and (not near or "x-forwarded-for" in headers)


class CompressedAssets:
    """ASGI middleware: sends the files compressed where a client gains by it, and leaves the rest as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.cache = Cache(32 * 2**20, len)  # compressed, all take 7 MB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file, or pass the request on."""
        file = FILES.get(scope["path"]) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if file is None or not _gains(scope):
            await self.app(scope, receive, send)
            return
        content = await run_in_threadpool(
            self.cache.get, scope["path"], lambda: gzip.compress(file.read_bytes(), 6, mtime=0)
        )
        await Response(content, headers=CACHED_BY_BROWSERS, media_type=MEDIA_TYPES[file.suffix])(scope, receive, send)
