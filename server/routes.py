"""Downloads as addresses, with the query parameters of the pages: the records, and each chart's table."""

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from targets import export
from targets.dataset import Dataset
from targets.selection import SORTS, Ignored, Selection, from_query, select, sort_rows
from targets.store import STORE
from targets.tables import NAMES, Choice, choose, table_of
from targets.text import LANGUAGES, say

_PAGE_ONLY = ("page", "record", "embed", "embed_options")


class _BadRequest(Exception):  # noqa: N818 - an answer, not an error of the program
    def __init__(self, ignored: list[Ignored]) -> None:
        self.ignored = ignored


def _read(data: Dataset, request: Request) -> tuple[str, Selection, Choice, str]:
    """Return language, selection, choices and order of a request; raise _BadRequest for the unknown."""
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    selection, ignored = from_query(data, query)
    choice, more = choose(data, query)
    lang = query.pop("lang", ["zh"])[-1]
    sort = query.pop("sort", [""])[-1]
    known = {*Selection.__dataclass_fields__, *Choice.__dataclass_fields__, *_PAGE_ONLY}
    ignored += more + [Ignored(name, "") for name in query if name not in known]
    ignored += [Ignored("lang", lang)] if lang not in LANGUAGES else []
    ignored += [Ignored("sort", sort)] if sort.removeprefix("-") not in (*SORTS, "") else []
    if ignored:
        raise _BadRequest(ignored)
    return lang, selection, choice, sort


def _csv(name: str, content: bytes) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename=\"targets.csv\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-cache",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _both(status: int, key: str, **values: object) -> Response:
    return PlainTextResponse("\n".join(say(lang, key, **values) for lang in LANGUAGES) + "\n", status)


def _answer(request: Request, make: Callable[[Dataset, Request], Response]) -> Response:
    data = STORE.current().dataset
    if data is None:
        return _both(503, "data.unavailable")
    try:
        return make(data, request)
    except _BadRequest as bad:
        lines = [
            say(
                lang,
                "data.unknown_parameter" if one.value else "data.unknown_name",
                parameter=one.parameter[:30],
                value=one.value[:40],
            )
            for lang in LANGUAGES
            for one in bad.ignored[:10]
        ]
        return PlainTextResponse("\n".join(lines) + "\n", 400)


def _make_targets(data: Dataset, request: Request) -> Response:
    lang, selection, _, sort = _read(data, request)
    rows = sort_rows(select(data, selection), sort)
    return _csv(export.file_name(data, lang, selection, "targets", "csv"), export.to_csv(export.records_table(rows)))


def _make_table(data: Dataset, request: Request) -> Response:
    name = request.path_params.get("name", "progress")
    if name not in NAMES:
        return _both(404, "data.unknown_table", name=name[:40])
    lang, selection, choice, _ = _read(data, request)
    table = table_of(name, data, selection, choice)
    return _csv(export.file_name(data, lang, selection, name, "csv"), export.to_csv(table))


async def targets_csv(request: Request) -> Response:
    """Answer with the selected records as CSV."""
    return await run_in_threadpool(_answer, request, _make_targets)


async def table_csv(request: Request) -> Response:
    """Answer with the table behind a chart as CSV."""
    return await run_in_threadpool(_answer, request, _make_table)


ROUTES = [
    Route("/data/targets.csv", targets_csv),
    Route("/data/progress.csv", table_csv),
    Route("/data/tables/{name}.csv", table_csv),
]
"""Every address beside the pages."""
