"""Numbers for the operator's monitoring: connections, messages, refusals. Closed unless switched on."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.connection_limits import Connections
from server.log import REFUSED


def write_metrics(connections: Connections) -> str:
    """Return the numbers of this process in Prometheus' text format."""
    lines = [
        "# TYPE targets_connections gauge",
        f"targets_connections {connections.open}",
        "# TYPE targets_connections_most gauge",
        f"targets_connections_most {connections.most}",
        "# TYPE targets_messages_total counter",
        *(f'targets_messages_total{{kind="{kind}"}} {n}' for kind, n in sorted(connections.messages.items())),
        "# TYPE targets_refused_total counter",
        *(f'targets_refused_total{{reason="{reason}"}} {n}' for reason, n in sorted(REFUSED.items())),
    ]
    return "\n".join([*lines, ""])


def metrics_route(connections: Connections, *, shown: bool) -> Route:
    """Return the endpoint `/metrics`; without `shown` nothing is there."""

    async def metrics(_: Request) -> PlainTextResponse:
        return PlainTextResponse(write_metrics(connections)) if shown else PlainTextResponse("", 404)

    return Route("/metrics", metrics)
