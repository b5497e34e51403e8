"""The data of a home that is being shown: looked for again and again, the last that was there kept while it is away."""

import logging
import threading
from dataclasses import replace
from datetime import UTC, datetime

from targets.backends.engine import Engine
from targets.backends.engines import open_engine
from targets.backends.parts import HOME, open_home
from targets.contract.schema import Problem
from targets.load.dataset import HomeError
from targets.storage.state import State
from targets.storage.warm_up import Prepare, WarmUp

LOG = logging.getLogger("target-tracker")

EVERY = 2.0
"""Seconds between two looks at the home."""


class HomeStore:
    """The home that an address names, looked at by a thread of its own, or else by whoever asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._seen: dict | None = None
        self._state = State(remote=True)
        self._stopped: threading.Event | None = None

    def current(self) -> State:
        """Return the state of the home: at once while it is watched, else after a look at it."""
        if self._stopped is None:
            self._check()
        return self._state

    def watch(self, prepare: Prepare | None = None) -> None:
        """Look at the home now, and from now on in a thread, which also prepares what readers will ask for first."""
        self._check()
        self._stopped, views = threading.Event(), WarmUp(prepare)
        threading.Thread(target=self._look, args=(self._stopped, views), name="data home", daemon=True).start()

    def stop(self) -> None:
        """Look at the home no longer, and close its connections."""
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
                LOG.exception("the data home could not be looked at")
            first_views.prepare(self._state.dataset)

    def _check(self) -> None:
        """Open the home if it is another one than that shown, or was away the last time."""
        with self._lock:
            try:
                self._engine = self._engine or open_engine(self._url)
                self._open(self._engine)
            except HomeError as error:
                self._fail(error.problem)

    def _open(self, engine: Engine) -> None:
        try:
            found = engine.read_document(HOME)
        except engine.broken as error:
            raise HomeError("home_away", engine.name) from error
        if found and found == self._seen:
            self._state = replace(self._state, problems=(), failing_since=None)
            return
        data, unsealed = open_home(engine)
        if self._seen:
            engine.close()  # what a connection knows of the parts before is never asked for again
        self._state = State(data, datetime.now(UTC), changed=unsealed, remote=True)
        self._seen = found

    def _fail(self, problem: Problem) -> None:
        if self._state.problems != (problem,):
            LOG.warning("the data home does not answer", extra={"rule": problem.rule})
        since = self._state.failing_since or datetime.now(UTC)
        self._state = replace(self._state, problems=(problem,), failing_since=since)
