"""What responses share: sentences in plain text, entity tags, and the encoding a client takes."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response
from targets.query.selection import LONGEST_SEARCH, Ignored
from targets.text import LANGUAGES, say

from server.endpoints import Parameter

NO_SNIFF = {"X-Content-Type-Options": "nosniff"}
SMALLEST_GZIP = 500
"""Bytes below which gzip saves nothing."""

_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')


def respond_with_sentence(status: int, key: str, headers: dict[str, str] | None = None, **values: object) -> Response:
    """Return a response that says one sentence in each language."""
    return _plain(status, [say(lang, key, **values) for lang in LANGUAGES], headers)


def _plain(status: int, lines: list[str], headers: dict[str, str] | None = None) -> Response:
    headers = NO_SNIFF | {"Cache-Control": "no-store"} | (headers or {})
    return PlainTextResponse("\n".join(lines) + "\n", status, headers=headers)


def _visible(text: str, most: int) -> str:
    """Return text that cannot hide or turn what stands beside it: no control, no direction mark."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[:most])
    return shown + ("…" if len(text) > most else "")


def respond_to_refused(ignored: list[Ignored], known: Mapping[str, Parameter]) -> Response:
    """Return a response with status 400 that names what is not known, ten at most, in each language."""
    lines = []
    for lang in LANGUAGES:
        for one in ignored[:10]:
            values = {"parameter": _visible(one.parameter, 30), "value": _visible(one.value, 40)}
            lines.append(say(lang, _reason(one, known), most=LONGEST_SEARCH, **values))
    return _plain(400, list(dict.fromkeys(lines)))


def _reason(one: Ignored, known: Mapping[str, Parameter]) -> str:
    if one.parameter not in known:
        return "data.unknown_name"
    if one.repeated:
        return "data.one_value"
    if one.parameter in ("q", "asof"):
        return "data.bad_search" if one.parameter == "q" else "data.bad_day"
    return "data.unknown_parameter" if one.value else "data.empty_parameter"


def has_tag(tag: str, if_none_match: str | None) -> bool:
    """Return whether a client already has the response with this tag, compared weakly (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in _ENTITY_TAG.findall(if_none_match)


def takes_gzip(accept_encoding: str) -> bool:
    """Return whether a client takes gzip: named, or meant by `*`, and not with a weight of nought."""
    weights = {}
    for part in accept_encoding.split(","):
        name, _, parameter = part.partition(";")
        weight = parameter.strip().removeprefix("q=").strip()
        weights[name.strip().lower()] = not re.fullmatch(r"0(\.0{0,3})?", weight)
    return weights.get("gzip", weights.get("*", False))


def response_headers(tag: str) -> dict[str, str]:
    """Return the headers that a whole response and a 304 share."""
    return NO_SNIFF | {"ETag": f'"{tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}


def name_download(path: str, name: str) -> dict[str, str]:
    """Return the header that names the file, in ASCII for old clients and as it is for all others."""
    plain = path.rpartition("/")[2]
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}
