"""What the addresses of the pages return: Streamlit's page in the reader's language, or that the house is full."""

import importlib.util
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from targets.text import LANGUAGES, language_of, say

from server.crowd import RETRY_AFTER, Crowd

TAGS = {"zh": "zh-CN", "en": "en"}
_BUSY = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}"><title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.2rem }}
</style></head><body><main>{said}</main></body></html>
"""


def read_index() -> str:
    """Return the page that Streamlit serves for every address."""
    package = Path(importlib.util.find_spec("streamlit").origin).parent
    return (package / "static" / "index.html").read_text(encoding="utf-8")


def write_index(lang: str) -> str:
    """Return Streamlit's page with the language and the title of ours.

    Raises ValueError if a new Streamlit writes its page otherwise.
    """
    page = read_index()
    for old, new in (
        (r'<html lang="en">', f'<html lang="{TAGS[lang]}">'),
        (r"<title>Streamlit</title>", f"<title>{escape(say(lang, 'app.title'))}</title>"),
    ):
        page, found = re.subn(old, lambda _, new=new: new, page)
        if found != 1:
            raise ValueError(f"{old} stands {found} times in Streamlit's page")
    return page


def write_busy() -> str:
    """Return the page of a full house: it needs nothing else and tries again by itself."""
    said = "".join(f'<p lang="{TAGS[lang]}">{escape(say(lang, "walls.busy"))}</p>' for lang in LANGUAGES)
    title = " · ".join(say(lang, "app.title") for lang in LANGUAGES)
    return _BUSY.format(seconds=RETRY_AFTER, title=escape(title), said=said)


def read_language(request: Request) -> str:
    """Return the language that the address names, else the first that the browser would like, as the page does."""
    asked = [value for value in request.query_params.getlist("lang") if value in LANGUAGES]
    return asked[-1] if asked else language_of(request.headers.get("accept-language"))


def page_routes(pages: Iterable[str], crowd: Crowd) -> list[Route]:
    """Return the addresses of the pages; `pages` are the names in them."""
    index, busy = {lang: write_index(lang) for lang in LANGUAGES}, write_busy()

    async def page(request: Request) -> Response:
        if crowd.full:
            return HTMLResponse(busy, 503, {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"})
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        return HTMLResponse(index[read_language(request)], headers=headers)

    return [Route(path, page) for path in ("/", *(f"/{name}" for name in pages))]
