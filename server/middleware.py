"""The middleware around the server and the routes of its pages, put together from the settings."""

from collections.abc import Iterable

from starlette.middleware import Middleware
from starlette.routing import Route

from server.assets import CompressedAssets
from server.connection_limits import ConnectionLimits, Connections
from server.headers import Faults, Headers, find_inline_scripts
from server.index import page_routes, write_pages
from server.metrics import metrics_route
from server.request_guard import RequestGuard
from server.settings import Settings, default_max_connections


def build_http(
    settings: Settings,
    *,
    pages: Iterable[str],
    style: str,
    scripts: Iterable[str],
    origins: Iterable[str] = (),
    uploads: bool = False,
) -> tuple[list[Route], list[Middleware]]:
    """Return the routes of the pages and the middleware around all routes, outermost first.

    `scripts` are those that the pages run beside the ones of the page that is sent first, `origins` the foreign ones
    that Streamlit has been told to let in, "*" for any.
    """
    connections = Connections(settings.max_connections or default_max_connections())
    index = write_pages(style)
    inline = [script for page in index.values() for script in find_inline_scripts(page)]
    routes = [*page_routes(pages, index, connections), metrics_route(connections, shown=settings.metrics)]
    return routes, [
        Middleware(Headers, scripts=(*inline, *scripts), ancestors=settings.frame_ancestors),
        Middleware(RequestGuard, hosts=settings.hosts, origins=origins, uploads=uploads),
        Middleware(Faults),
        Middleware(ConnectionLimits, connections=connections, uploads=uploads),
        Middleware(CompressedAssets),
    ]
