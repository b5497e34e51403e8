"""Responses of the pages' paths: Streamlit's page in the reader's language, or why there is none."""

import gzip
import importlib.util
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from targets.interface import ADDRESSES
from targets.openapi import OPENAPI
from targets.text import LANGUAGES, language_of, say

from server.connection_limits import RETRY_AFTER, Connections
from server.log import LOG
from server.responses import takes_gzip

TAGS = {"zh": "zh-CN", "en": "en"}
_WITHOUT = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{head}<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.6 sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.2rem }}
</style></head><body><main>{said}</main></body></html>
"""

STATIC = Path(importlib.util.find_spec("streamlit").origin).parent / "static"
NO_ICONS = "document.fonts.load = async () => [];"
"""Streamlit's script fetches the font of its icons before any is shown; not after this."""
_IMPORTED = re.compile(r'\bimport\b[^;"]*"\./([\w.-]+\.js)"')


def read_index() -> str:
    """Return the page that Streamlit serves for every address."""
    return (STATIC / "index.html").read_text(encoding="utf-8")


def find_scripts(element: str, page: str) -> list[str]:
    """Return the names of an element's script and of what it imports, but for those that the page names itself."""
    folder, found = STATIC / "static" / "js", []
    waiting = [file.name for file in folder.glob(f"{element}.*.js")]
    while waiting:
        name = waiting.pop(0)
        if name not in found and f'"./static/js/{name}"' not in page and (folder / name).is_file():
            found.append(name)
            waiting += _IMPORTED.findall((folder / name).read_text(encoding="utf-8"))
    return found


def _additions(lang: str, style: str, page: str) -> dict[str, tuple[str, str]]:
    """Return what is written into Streamlit's page and where, by its name; every pattern should match once.

    The code of the element that holds our words is asked for at once; Streamlit would do so only when its own has run
    and the first words have come. To ask so for the boxes and charts too would keep the words waiting. The style sheet
    stands last, as it overrides what Streamlit's scripts write into the head. The fonts that Streamlit would load at
    once, of text, 170 kB, and of icons, 370 kB, are used by none of our pages.
    """
    early = (f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in find_scripts("Html", page))
    return {
        "language": (r'<html lang="en">', f'<html lang="{TAGS[lang]}">'),
        "title": (r"<title>Streamlit</title>", f"<title>{escape(say(lang, 'app.title'))}</title>"),
        "no text font": (r'<link\s+rel="preload"[^>]*\sas="font"[^>]*/>', ""),
        "data interface": (r'(?<=<link rel="service-desc" href="\./)[^"]*', OPENAPI.path),
        "no icon font": (r'(?=<script type="module")', f"<script>{NO_ICONS}</script>"),
        "early code": (r"(?=</head>)", "".join(early)),
        "noscript": (r"<noscript>.*?</noscript>", f"<noscript>{_write_noscript(lang)}</noscript>"),
        "style": (r"</body>", f"<style>{style}</style></body>"),
    }


def write_index(style: str) -> dict[str, str]:
    """Return Streamlit's page with our additions, by language.

    A new Streamlit may write its page otherwise: what finds no place in it is left out, with one line in the log.
    """
    page, pages, left_out = read_index(), {}, []
    for lang in LANGUAGES:
        pages[lang], left_out = page, []
        for name, (place, text) in _additions(lang, style, page).items():
            changed, found = re.subn(place, lambda _, text=text: text, pages[lang], flags=re.DOTALL)
            if found == 1:
                pages[lang] = changed
            else:
                left_out.append(name)
    if left_out:
        LOG.warning("Streamlit writes its page otherwise, left out of it: %s", ", ".join(left_out))
    return pages


def _write_noscript(lang: str) -> str:
    """Return what is seen without JavaScript: the records, as CSV and as a workbook, are there all the same."""
    links = (f'<a href="./{address.path}?lang={lang}">{address.path}</a>' for address in ADDRESSES[:2])
    return f"<p>{escape(say(lang, 'http.noscript'))} {' · '.join(links)}</p>"


def write_busy() -> str:
    """Return the page of a full server: it needs nothing else and tries again by itself."""
    said = {lang: escape(say(lang, "http.busy")) for lang in LANGUAGES}
    return _write_without(said, head=f'<meta http-equiv="refresh" content="{RETRY_AFTER}">')


def write_no_page(root: str) -> str:
    """Return the page of a path that is none, with the way to the first page, whose relative address is `root`."""
    link = '{} <a href="{}?lang={}">{}</a>'
    return _write_without(
        {lang: link.format(say(lang, "http.no_page"), root, lang, say(lang, "page.overview")) for lang in LANGUAGES}
    )


def _write_without(said: Mapping[str, str], head: str = "") -> str:
    """Return a page that stands without Streamlit and says something in both languages."""
    lines = "".join(f'<p lang="{TAGS[lang]}">{line}</p>' for lang, line in said.items())
    title = " · ".join(say(lang, "app.title") for lang in LANGUAGES)
    return _WITHOUT.format(head=head, title=escape(title), said=lines)


def read_language(request: Request) -> str:
    """Return the language that the address names, else the first that the browser would like, as the page does."""
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
        lang = read_language(request)
        if takes_gzip(request.headers.get("accept-encoding", "")):
            return HTMLResponse(gzipped[lang], headers=headers | {"Content-Encoding": "gzip"})
        return HTMLResponse(whole[lang], headers=headers)

    first, *others = pages
    return [
        *(Route(path, page) for path in ("/", *(f"/{name}" for name in others))),
        *(Route(path, _to_first) for path in (f"/{first}", "/index.html")),
    ]


async def _to_first(request: Request) -> Response:
    """Lead to the first page, which Streamlit shows at the root alone, and keep the query."""
    query = quote(request.scope["query_string"], safe="%=&+:/?@!$'()*,;")
    return RedirectResponse(f"./?{query}" if query else "./", headers={"Cache-Control": "no-cache"})


class _NoPage(StringConvertor):
    """A path that is neither below those that Streamlit keeps for itself nor one of its files, such as its icon.

    One that ends with a slash is none either: Streamlit leads to the same without it.
    """

    _files = "|".join(re.escape(file.name) for file in STATIC.iterdir() if file.is_file())
    regex = rf"(?!(?:_stcore|media|component|static)/|(?:{_files})\Z)(?s:.*[^/])"


register_url_convertor("no_page", _NoPage())


async def _no_page(request: Request) -> Response:
    root = "../" * request.path_params["path"].count("/") or "./"
    return HTMLResponse(write_no_page(root), 404, {"Cache-Control": "no-cache"})


NO_PAGE = Route("/{path:no_page}", _no_page)
"""Answers, after all other routes, for a page that is not there; Streamlit would open the first one, in English."""
