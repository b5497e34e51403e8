"""Request guard: own pages only, data endpoints for any site, closed paths, and known hosts where they are given."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from targets.text import LANGUAGES, say

from server.log import refuse
from server.streamlit_internals import UNUSED_PATHS, UPLOADS

DATA = "/data/"
READING = ("GET", "HEAD", "OPTIONS")


def is_own_host(host: str, names: Iterable[str]) -> bool:
    """Return whether a Host header names this server: this machine, an IP address, or one of the names.

    A name that begins with `*.` stands for all names that end with the rest. An address is no foreign
    name, so it cannot be made to point here by somebody else.
    """
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not name or parts.netloc != host or "@" in host:
        return False
    name = name.rstrip(".")
    if name == "localhost" or _is_address(name):
        return True
    return any(name.endswith(one[1:]) if one.startswith("*.") else name == one for one in names)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class RequestGuard:
    """ASGI middleware: refuse foreign hosts, other sites' pages, and the paths nobody here needs.

    `hosts` are the server's own names in lower case; without any, every Host header is taken. `origins` are those that
    may ask besides the server's own, "*" being any; where `hosts` are given, "*" counts for nothing. The upload path
    is open only with `uploads`. Data endpoints may be read from any origin.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str] = (), origins: Iterable[str] = (), uploads: bool = False
    ) -> None:
        self.app = app
        self.data = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD"],
            allow_headers=["*"],
            expose_headers=["ETag", "Content-Disposition"],
        )
        self.hosts = tuple(hosts)
        self.origins = set(origins) - ({"*"} if self.hosts else set())
        self.closed = UNUSED_PATHS if uploads else (*UNUSED_PATHS, UPLOADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it in one sentence that repeats nothing of it."""
        for_all = scope["type"] == "http" and scope["method"] in READING and scope["path"].startswith(DATA)
        refused = self._judge(scope, for_all=for_all) if scope["type"] != "lifespan" else None
        if refused is None:
            await (self.data if for_all else self.app)(scope, receive, send)
            return
        status, reason = refused
        refuse(reason)
        said = [say(lang, f"http.{reason}") for lang in LANGUAGES]
        await PlainTextResponse("\n".join([*said, ""]), status)(scope, receive, send)

    def _judge(self, scope: Scope, *, for_all: bool) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if self.hosts and (len(hosts) != 1 or not is_own_host(hosts[0], self.hosts)):
            return 421, "host"
        if not for_all and not all(self._may_ask(origin, hosts) for origin in headers.getlist("origin")):
            return 403, "origin"
        path = scope["path"]
        if any(path == closed or path.startswith(f"{closed}/") for closed in self.closed):
            return 404, "closed"
        return None

    def _may_ask(self, origin: str, hosts: list[str]) -> bool:
        own = {f"{scheme}://{hosts[0]}" for scheme in ("http", "https")} if len(hosts) == 1 else set()
        return origin in own or origin in self.origins or "*" in self.origins
