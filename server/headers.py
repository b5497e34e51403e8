"""What every answer says to the browser about what a page may do."""

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from targets.text import LANGUAGES, say

from server.index import write_index
from server.log import report_fault

PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ORIGIN = re.compile(r"'self'|https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?")


def write_policy(scripts: Iterable[str], ancestors: str = "") -> str:
    """Return the content security policy that lets exactly these inline scripts run.

    `ancestors` are the origins that may frame the pages, divided by blanks. Raises ValueError for anything else.
    """
    wrong = [one for one in ancestors.split() if not _ORIGIN.fullmatch(one)]
    if wrong:
        raise ValueError(f"TARGETS_FRAME_ANCESTORS: {wrong[0]!r} is no origin such as https://www.example.cn")
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {allowed}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(ancestors.split()) or chr(39) + 'none' + chr(39)}",
        )
    )


class Headers:
    """ASGI middleware: the headers of every answer, and the answer to an error that nothing has caught.

    `scripts` are the texts of the inline scripts that the pages run beside those of the page that is sent first.
    """

    def __init__(self, app: ASGIApp, *, scripts: Iterable[str], ancestors: str = "") -> None:
        self.app = app
        page = write_index(LANGUAGES[0], style="")
        policy = write_policy([*_INLINE.findall(page), *scripts], ancestors)
        self.headers = PLAIN | {"Content-Security-Policy": policy}
        if not ancestors:
            self.headers["X-Frame-Options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and put the headers on its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            number = report_fault(error)
            if not started:
                said = [say(lang, "walls.fault", number=number) for lang in LANGUAGES]
                await PlainTextResponse("\n".join([*said, ""]), 500)(scope, receive, send_with_headers)
