"""The data of a backend that is being shown: checked again and again, the last that was there kept while it is away."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime

from targets.backends.engine import Engine
from targets.backends.engines import open_engine
from targets.backends.parts import INDEX, open_backend
from targets.contract.schema import Problem
from targets.load.dataset import BackendError
from targets.storage.state import State
from targets.storage.warm_up import Prepare, WarmUp

LOG = logging.getLogger("target-tracker")

EVERY = 2.0
"""Seconds between two checks of the backend."""


class BackendStore:
    """The backend that a URL names, checked by a thread of its own, or else by whoever asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._seen: dict | None = None
        self._state = State(remote=True)
        self._stopped: threading.Event | None = None

    def current(self) -> State:
        """Return the state of the backend: at once while it is watched, else after a check of it."""
        if self._stopped is None:
            self._check()
        return self._state

    def watch(self, prepare: Prepare | None = None) -> None:
        """Check the backend now, and from now on in a thread, which also prepares what readers will ask for first."""
        self._check()
        self._stopped, views = threading.Event(), WarmUp(prepare)
        threading.Thread(target=self._look, args=(self._stopped, views), name="data backend", daemon=True).start()

    def stop(self) -> None:
        """Check the backend no longer, and close its connections."""
        if self._stopped:
            self._stopped.set()
            self._stopped = None
        if self._engine:
            self._engine.close()

    def _look(self, stopped: threading.Event, first_views: WarmUp) -> None:
        first_views.prepare(self._state.dataset)
        while not stopped.wait(EVERY):
            try:
                self._check()
            except Exception:
                LOG.exception("the backend could not be checked")
            first_views.prepare(self._state.dataset)

    def _check(self) -> None:
        """Open the backend if it holds other data than that shown, or was away the last time."""
        with self._lock:
            try:
                self._engine = self._engine or open_engine(self._url)
                self._open(self._engine)
            except BackendError as error:
                self._fail(error.problem)

    def _open(self, engine: Engine) -> None:
        try:
            found = engine.read_document(INDEX)
        except engine.broken as error:
            raise BackendError("backend_away", engine.name) from error
        if found and found == self._seen:
            self._state = replace(self._state, problems=(), failing_since=None)
            return
        data, unsealed = open_backend(engine)
        if self._seen:
            engine.close()  # what a connection knows of the parts before is never asked for again
        self._state = State(data, datetime.now(UTC), changed=unsealed, remote=True)
        self._seen = found

    def _fail(self, problem: Problem) -> None:
        if self._state.problems != (problem,):
            LOG.warning("the backend does not respond", extra={"rule": problem.rule})
        since = self._state.failing_since or datetime.now(UTC)
        self._state = replace(self._state, problems=(problem,), failing_since=since)
