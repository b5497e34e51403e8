"""The data that is being shown: the last good data set and what is wrong with a newer one.

One object per process, swapped by reference, so that a reader who took it keeps one version to the end.
It lives outside Streamlit's caches, which any visitor can clear.
"""

import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from targets import dataset
from targets.dataset import Dataset
from targets.schema import DATA_FOLDER, InvalidDataError, Problem, resources


@dataclass(frozen=True)
class State:
    """The last good data set, if there ever was one, and the problems of the files as they now are."""

    dataset: Dataset | None
    problems: tuple[Problem, ...]
    checked: datetime


class Store:
    """A data folder, looked at again whenever its files change."""

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seen: tuple | None = None
        self._state = State(None, (), datetime.now(UTC))

    def _look(self) -> tuple:
        """Return what tells a changed folder from an unchanged one without reading it."""
        seen = []
        for resource in resources().values():
            try:
                status = os.stat(self.folder / resource.path)
                seen.append((status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode))
            except OSError as error:
                seen.append((error.errno,))
        return tuple(seen)

    def current(self) -> State:
        """Return the state of the folder, loaded again if a file has changed since the last call."""
        seen = self._look()
        if seen == self._seen:
            return self._state
        with self._lock:
            if seen != self._seen:
                self._state, self._seen = self._load(), seen
        return self._state

    def _load(self) -> State:
        checked = datetime.now(UTC)
        try:
            return State(dataset.load(self.folder), (), checked)
        except InvalidDataError as error:
            return State(self._state.dataset, error.problems, checked)


STORE = Store(Path(os.environ.get("TARGETS_DATA", DATA_FOLDER)))
"""The folder this process serves: the project's own, or the one TARGETS_DATA names."""
