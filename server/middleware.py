"""The middleware around the server and the routes of its pages, from the settings of its environment."""

from collections.abc import Iterable, Mapping

from starlette.middleware import Middleware
from starlette.routing import Route

from server.assets import Assets
from server.connection_limits import ConnectionLimits, Connections, default_most
from server.headers import Faults, Headers, find_inline_scripts
from server.index import page_routes, write_index
from server.metrics import metrics_route
from server.request_guard import RequestGuard


def build_http(
    settings: Mapping[str, str],
    *,
    pages: Iterable[str],
    style: str,
    scripts: Iterable[str],
    origins: Iterable[str] = (),
    uploads: bool = False,
) -> tuple[list[Route], list[Middleware]]:
    """Return the routes of the pages and the middleware around all of them, outermost first.

    `settings` is the environment: TARGETS_HOSTS, TARGETS_FRAME_ANCESTORS, TARGETS_MAX_CONNECTIONS and
    TARGETS_METRICS are read. `scripts` are those that the pages run beside the ones of the page that is sent first,
    `origins` the foreign ones that Streamlit has been told to let in, "*" for any. Raises ValueError, in words, for a
    setting that cannot be meant.
    """
    most = settings.get("TARGETS_MAX_CONNECTIONS", "")
    if most and not (most.isascii() and most.isdigit() and int(most)):
        raise ValueError(f"TARGETS_MAX_CONNECTIONS: {most!r} is no number of visitors such as 500")
    connections = Connections(int(most) if most else default_most())
    hosts = settings.get("TARGETS_HOSTS", "").lower().replace(",", " ").split()
    ancestors = settings.get("TARGETS_FRAME_ANCESTORS", "")
    index = write_index(style)
    inline = [script for page in index.values() for script in find_inline_scripts(page)]
    routes = [
        *page_routes(pages, index, connections),
        metrics_route(connections, shown=settings.get("TARGETS_METRICS") == "1"),
    ]
    return routes, [
        Middleware(Headers, scripts=(*inline, *scripts), ancestors=ancestors),
        Middleware(RequestGuard, hosts=hosts, origins=origins, uploads=uploads),
        Middleware(Faults),
        Middleware(ConnectionLimits, connections=connections, uploads=uploads),
        Middleware(Assets),
    ]
