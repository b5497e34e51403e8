"""Health checks for monitors and load balancers, and the mark by which open pages notice new data."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from targets.contract.dates import CHINA
from targets.storage.state import State
from targets.storage.store import Shown

NO_STORE = {"Cache-Control": "no-store"}


def _shown(state: State) -> dict:
    data = state.dataset
    return {"version": data.version if data else None, "rows": data.size if data else 0}


def health_routes(store: Shown) -> list[Route]:
    """Return the endpoints that tell the state of a store."""

    async def healthz(request: Request) -> Response:
        """Respond with 200 while good data is shown: `ok`, or `stale` where the files are broken; else with 503.

        `since` is when this data was loaded or, where something is wrong, when that was first found.
        """
        state = store.current()
        status = "unavailable" if state.dataset is None else "stale" if state.problems else "ok"
        since = (state.failing_since or state.loaded).astimezone(CHINA).isoformat(timespec="seconds")
        said = {"status": status, **_shown(state), "since": since, "problems": len(state.problems)}
        return JSONResponse(said, 503 if state.dataset is None else 200, NO_STORE)

    async def readyz(request: Request) -> Response:
        """Respond with 200 once a page can be shown, else with 503."""
        state = store.current()
        shown = {"ready": state.dataset is not None, **_shown(state)}
        return JSONResponse(shown, 200 if state.dataset else 503, NO_STORE)

    async def data_state(request: Request) -> Response:
        """Respond with the mark of what is shown: another mark means that a page should look again."""
        return PlainTextResponse(store.current().mark, headers=NO_STORE)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/data/state", data_state)]
