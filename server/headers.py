"""Security headers of every response, and the response to an error that nothing has caught."""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from targets.text import LANGUAGES, say

from server.log import report_fault

PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SELF = "'self'"


class _Inline(HTMLParser):
    """The texts of a page's inline scripts, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a script that has no URL of its own."""
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._inside = False

    def handle_data(self, data: str) -> None:
        """Add to its text."""
        if self._inside:
            self.scripts[-1] += data


def find_inline_scripts(page: str) -> list[str]:
    """Return the texts of a page's inline scripts, which the policy has to name."""
    parser = _Inline()
    parser.feed(page)
    parser.close()
    return parser.scripts


def write_policy(scripts: Iterable[str], ancestors: Iterable[str] = ()) -> str:
    """Return the content security policy that lets exactly these inline scripts run.

    `ancestors` are the origins that may frame the pages besides their own.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in dict.fromkeys(hashes))
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
            f"frame-ancestors {' '.join(dict.fromkeys([SELF, *ancestors]))}",
        )
    )


class Headers:
    """ASGI middleware: the headers of every response.

    `scripts` are the texts of all inline scripts that the pages run.
    """

    def __init__(self, app: ASGIApp, *, scripts: Iterable[str], ancestors: Iterable[str] = ()) -> None:
        self.app = app
        self.headers = PLAIN | {"Content-Security-Policy": write_policy(scripts, ancestors)}
        if not ancestors:
            self.headers["X-Frame-Options"] = "SAMEORIGIN"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and put the headers on its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Faults:
    """ASGI middleware: the response to an error that nothing has caught, a number that the log explains."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noting_send)
        except Exception as error:
            number = report_fault(error)
            if not started:
                said = [say(lang, "http.fault", number=number) for lang in LANGUAGES]
                await PlainTextResponse("\n".join([*said, ""]), 500)(scope, receive, send)
