"""The pages as HTTP sees them: Streamlit's page in the reader's language, or why there is none."""

import gzip
import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from targets.text import LANGUAGES, language_of, say

from server.connection_limits import RETRY_AFTER, Connections
from server.endpoints import ADDRESSES
from server.openapi import OPENAPI
from server.responses import takes_gzip
from server.streamlit_internals import OWN_PATHS, STATIC, read_index, write_index

TAGS = {"zh": "zh-CN", "en": "en"}
_WITHOUT = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{head}<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.2rem }}
</style></head><body><main>{said}</main></body></html>
"""


def write_pages(style: str) -> dict[str, str]:
    """Return Streamlit's page in each language: its language, title, description and noscript, and our style sheet."""
    page = read_index()
    return {
        lang: write_index(
            page,
            {
                "language": TAGS[lang],
                "title": escape(say(lang, "app.title")),
                "description": OPENAPI.path,
                "noscript": _write_noscript(lang),
                "style": f"<style>{style}</style>",
            },
        )
        for lang in LANGUAGES
    }


def _write_noscript(lang: str) -> str:
    """Return what is seen without JavaScript: the records, as CSV and as a workbook, are there all the same."""
    links = (f'<a href="./{address.path}?lang={lang}">{address.path}</a>' for address in ADDRESSES[:2])
    return f"<p>{escape(say(lang, 'http.noscript'))} {' · '.join(links)}</p>"


def write_busy() -> str:
    """Return the page of a full server, which needs nothing else and tries again by itself."""
    said = {lang: escape(say(lang, "http.busy")) for lang in LANGUAGES}
    return _write_without(said, head=f'<meta http-equiv="refresh" content="{RETRY_AFTER}">')


def write_no_page(root: str) -> str:
    """Return the page of a path that is none, with the way to the first page, whose relative URL is `root`."""
    link = '{} <a href="{}?lang={}">{}</a>'
    return _write_without(
        {lang: link.format(say(lang, "http.no_page"), root, lang, say(lang, "page.overview")) for lang in LANGUAGES}
    )


def _write_without(said: Mapping[str, str], head: str = "") -> str:
    """Return a page that stands without Streamlit and says something in both languages."""
    lines = "".join(f'<p lang="{TAGS[lang]}">{line}</p>' for lang, line in said.items())
    title = " · ".join(say(lang, "app.title") for lang in LANGUAGES)
    return _WITHOUT.format(head=head, title=escape(title), said=lines)


def language_of_request(request: Request) -> str:
    """Return the language that the URL names, else the first that the browser would like, as the page does."""
    asked = [value for value in request.query_params.getlist("lang") if value in LANGUAGES]
    return asked[-1] if asked else language_of(request.headers.get("accept-language"))


def page_routes(pages: Iterable[str], index: Mapping[str, str], connections: Connections) -> list[Route]:
    """Return the routes of the pages; `pages` are their names, the first page first, `index` is what they all send."""
    whole = {lang: page.encode() for lang, page in index.items()}
    gzipped = {lang: gzip.compress(page, mtime=0) for lang, page in whole.items()}
    busy = write_busy()

    async def page(request: Request) -> Response:
        if connections.full:
            return HTMLResponse(busy, 503, {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"})
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Accept-Encoding"}
        lang = language_of_request(request)
        if takes_gzip(request.headers.get("accept-encoding", "")):
            return HTMLResponse(gzipped[lang], headers=headers | {"Content-Encoding": "gzip"})
        return HTMLResponse(whole[lang], headers=headers)

    first, *others = pages
    return [
        *(Route(path, page) for path in ("/", *(f"/{name}" for name in others))),
        *(Route(path, _to_first) for path in (f"/{first}", "/index.html")),
    ]


async def _to_first(request: Request) -> Response:
    """Redirect to the first page, which Streamlit shows at the root alone, and keep the query."""
    query = quote(request.scope["query_string"], safe="%=&+:/?@!$'()*,;")
    return RedirectResponse(f"./?{query}" if query else "./", headers={"Cache-Control": "no-cache"})


class _NoPage(StringConvertor):
    """A path that is neither below those that Streamlit keeps for itself nor one of its files, such as its icon.

    One that ends with a slash is none either: Streamlit leads to the same without it.
    """

    _files = "|".join(re.escape(file.name) for file in STATIC.iterdir() if file.is_file())
    regex = rf"(?!(?:{'|'.join(OWN_PATHS)})/|(?:{_files})\Z)(?s:.*[^/])"


register_url_convertor("no_page", _NoPage())


async def _no_page(request: Request) -> Response:
    root = "../" * request.path_params["path"].count("/") or "./"
    return HTMLResponse(write_no_page(root), 404, {"Cache-Control": "no-cache"})


NO_PAGE = Route("/{path:no_page}", _no_page)
"""The last route: a page that is not there, for which Streamlit would open the first one, in English."""
