"""The data endpoints: the rows and tables that the pages show, as files."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from targets.export.csv_export import stream_csv, to_csv
from targets.export.workbook import MOST_RECORDS, TooManyRecordsError
from targets.load.cache import Cache
from targets.load.dataset import BackendError, Data, TooManyRows
from targets.query.narrowing import places_of
from targets.query.selection import find_unknown
from targets.query.tables import COUNTED, table_of_counts
from targets.storage.store import Shown

from server.endpoints import ADDRESSES, ZIP, Address, Asked, parameters, read_asked
from server.openapi import OPENAPI
from server.responses import (
    SMALLEST_GZIP,
    has_tag,
    name_download,
    respond_to_refused,
    respond_with_sentence,
    response_headers,
    takes_gzip,
)

MOST_WHOLE = 50_000
"""Records of the largest CSV file that is put together, compressed and kept, some 12 MB. A larger one is written while
it is sent, as it is: compressing takes several times as long as writing, and a proxy in front does it while it sends.
"""
KEPT = Cache(64 * 2**20, len, 16 * 2**20)
"""Responses by their tag, for all readers."""


def _query(request: Request) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        query.setdefault(name, []).append(value)
    return query


class DataEndpoint:
    """An ASGI application for one data endpoint: GET and HEAD, with tags, gzip and sentences for what is wrong."""

    def __init__(self, address: Address, store: Shown) -> None:
        self.address, self.store = address, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond from a thread, so that the pages of other readers go on."""
        response = await run_in_threadpool(self._respond, Request(scope))
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return respond_with_sentence(405, "data.only_reading", {"Allow": "GET, HEAD"})
        data = self.store.current().dataset
        if data is None:
            return respond_with_sentence(503, "data.unavailable")
        query = _query(request)
        asked, ignored = read_asked(data, query)
        known = parameters(data) if self.address.takes else {}
        ignored = ignored if known else find_unknown(query, known)
        if ignored:
            return respond_to_refused(ignored, known)
        try:
            return self._respond_to(request, data, asked)
        except BackendError:
            return respond_with_sentence(503, "backend.no_data")
        except TooManyRecordsError:
            return respond_with_sentence(400, "data.too_many", most=MOST_RECORDS)

    def _respond_to(self, request: Request, data: Data, asked: Asked) -> Response:
        address = self.address
        gzipped = address.format != ZIP and takes_gzip(request.headers.get("accept-encoding", ""))
        tag = address.tag(data, asked)
        headers = response_headers(tag + ("-gzip" if gzipped else ""))
        if has_tag(headers["ETag"], request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        if not address.takes:
            return self._whole(lambda: address.make(data, asked), tag, headers, gzipped=gzipped)
        headers |= name_download(address.path, address.file_name(data, asked))
        found = data.query(asked.selection)
        if isinstance(found, TooManyRows):
            if address.what in COUNTED and not asked.selection.state:
                return self._whole(lambda: to_csv(table_of_counts(address.what, found)), tag, headers, gzipped=gzipped)
            if not address.streams or asked.sort or asked.selection.state:
                return respond_with_sentence(400, "backend.too_many_data", n=found.records)
            return self._stream(request, stream_csv(data.stream(asked.selection)), headers, gzipped=gzipped)
        if address.streams and len(places_of(found, asked.selection)) > MOST_WHOLE:
            headers |= response_headers(tag)
            if has_tag(headers["ETag"], request.headers.get("if-none-match")):
                return Response(status_code=304, headers=headers)
            return self._stream(request, asked.stream(found), headers, gzipped=False)
        return self._whole(lambda: address.make(found, asked), tag, headers, gzipped=gzipped)

    def _whole(self, make: Callable[[], bytes], tag: str, headers: dict[str, str], *, gzipped: bool) -> Response:
        content = KEPT.get(tag, make)
        if gzipped and len(content) >= SMALLEST_GZIP:
            content = KEPT.get(f"{tag}-gzip", lambda: gzip.compress(content, 6, mtime=0))
            headers = headers | {"Content-Encoding": "gzip"}
        return Response(content, headers=headers, media_type=self.address.format[1])

    def _stream(
        self, request: Request, lines: Iterator[bytes | memoryview], headers: dict[str, str], *, gzipped: bool
    ) -> Response:
        """Respond with records as they come; to a HEAD request with none of them."""
        headers = headers | ({"Content-Encoding": "gzip"} if gzipped else {})
        lines = () if request.method == "HEAD" else _pack(lines) if gzipped else lines
        return StreamingResponse(lines, headers=headers, media_type=self.address.format[1])


def _pack(parts: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Return the parts of a gzip file; as much is sent, the fastest level."""
    packer = zlib.compressobj(1, wbits=31)
    yield from map(packer.compress, parts)
    yield packer.flush()


async def _no_endpoint(request: Request) -> Response:
    return respond_with_sentence(404, "data.no_address")


def data_routes(store: Shown) -> list[Route]:
    """Return the endpoints of the data of a store; the last one responds for all that is not there."""
    return [
        *(Route(f"/{address.path}", DataEndpoint(address, store)) for address in (*ADDRESSES, OPENAPI)),
        Route("/data/{rest:path}", _no_endpoint, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    ]
