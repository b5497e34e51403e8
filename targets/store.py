"""The data that is being shown: the last good data set and what is wrong with a newer one.

One object per process, swapped by reference, so that a reader who took it keeps one version to the end.
It lives outside Streamlit's caches, which any visitor can clear.
"""

import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from targets import dataset
from targets.dataset import Dataset
from targets.files import Files, read_folder
from targets.first_views import FirstViews, Prepare
from targets.last_good import LastGood
from targets.memory import Memory
from targets.schema import DATA_FOLDER, InvalidDataError, Problem
from targets.seal import Sealed, check_seal, find_cut, find_unsealed, read_seal
from targets.snapshot import Snapshot
from targets.state import State
from targets.unchanged import Known, Stamps, Unchanged, stamps_of

LOG = logging.getLogger("target-tracker")

EVERY = 1.0
"""Seconds between two looks at the folder."""

SHARE, SETTLED = 0.05, 0.005
"""The most of its time that reading may take, of files that may have changed and of those that seem the same."""

QUIET = 0.25
"""Seconds that changed files must have stayed the same: whoever writes them has finished."""


class Store:
    """A data folder, looked at again and again by a thread of its own, or else by whoever asks."""

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._seen = ""
        self._state = State()
        self._copies: _Copies | None = None
        self._stamps: Stamps | None = None
        self._stopped: threading.Event | None = None
        self._memory = Memory()

    def current(self) -> State:
        """Return the state of the folder: at once while it is watched, else after a look at it."""
        if self._stopped is None:
            self._check()
        return self._state

    def watch(self, prepare: Prepare | None = None) -> None:
        """Look at the folder now, and from now on in a thread; keep the last good data on disk as well.

        Files that are known to be unchanged are only read by the thread, a second later. It also works out by
        `prepare` what readers of new data will ask for first.
        """
        self._copies = _Copies.of(self.folder)
        if not self._resume(self._copies):
            self._check()
        if self._state.dataset is None:
            self._fall_back(self._copies)
        self._memory.give_back()
        self._stopped, views = threading.Event(), FirstViews(prepare, self._copies.results)
        threading.Thread(target=self._look, args=(self._stopped, views), name="data folder", daemon=True).start()

    def stop(self) -> None:
        """Look at the folder no longer."""
        if self._stopped:
            self._stopped.set()
            self._stopped = None

    def _look(self, stopped: threading.Event, first_views: FirstViews) -> None:
        took = ended = 0.0
        first_views.prepare(self._state.dataset)
        while not stopped.wait(EVERY):
            try:
                same = self._stamps is not None and stamps_of(self.folder) == self._stamps
                if time.monotonic() >= ended + took / (SETTLED if same else SHARE):
                    began = time.thread_time()
                    try:
                        self._check(QUIET)
                    finally:
                        took, ended = time.thread_time() - began, time.monotonic()
                first_views.prepare(self._state.dataset)
                self._memory.give_back()
            except Exception:  # whatever it is, the folder is looked at again
                LOG.exception("the data folder could not be looked at")

    def _check(self, quiet: float = 0) -> None:
        """Read the files and, if their bytes differ from the last time, load them as a whole, one load at a time.

        With `quiet`, files that are just being written are left alone until they have kept still so long.
        """
        with self._lock:
            stamps, found = stamps_of(self.folder), self._read()
            if quiet and found.identity != self._seen:
                time.sleep(quiet)
                before, stamps, found = found, stamps_of(self.folder), self._read()
                if found.identity != before.identity:
                    return
            self._stamps = stamps
            if found.identity != self._seen:
                self._state, self._seen = self._judge(found), found.identity
                if self._copies and not self._state.problems:
                    self._copies.last_good.write(found, self._state.loaded)
                    if self._copies.write(self._state.dataset):
                        self._state = self._from_disk(self._copies, self._state)
            if self._copies and not self._state.problems:
                known = Known(found.version, found.identity, self._state.unsealed)
                self._copies.unchanged.write(stamps, known)

    def _from_disk(self, copies: "_Copies", state: State) -> State:
        """Return the state with the data mapped from its snapshot, so that the process holds only what is looked at."""
        data = copies.read(state.dataset.version)
        return replace(state, dataset=replace(data, shared=state.dataset.shared)) if data else state

    def _read(self) -> Files:
        try:
            return read_folder(self.folder)
        except InvalidDataError as error:
            return _Unread({}, problems=error.problems)

    def _judge(self, files: Files) -> State:
        """Return what is to be shown, now that these files stand in the folder."""
        now, old = datetime.now(UTC), self._state
        try:
            if isinstance(files, _Unread):
                raise InvalidDataError(files.problems)
            sealed = read_seal(files.package)
            known = old.dataset is not None and old.dataset.version == files.version
            data = old.dataset if known else self._build(files, sealed)
            if problems := check_seal(sealed, files, data):
                raise InvalidDataError(problems)
        except InvalidDataError as error:
            return replace(old, problems=error.problems, failing_since=old.failing_since or now)
        except Exception:  # a fault of a check is no reason to show nothing
            LOG.exception("the data could not be checked")
            return replace(old, problems=(Problem("*.csv", "unchecked"),), failing_since=old.failing_since or now)
        return State(data, old.loaded if known else now, unsealed=find_unsealed(sealed, files))

    def _build(self, files: Files, sealed: Mapping[str, Sealed]) -> Dataset:
        """Return the data set of the files; what does not load is first said to be cut off where it may be."""
        if self._copies and (data := self._copies.read(files.version)):
            return data
        try:
            return dataset.build(files.contents)
        except InvalidDataError as error:
            raise InvalidDataError([*find_cut(sealed, files), *error.problems]) from None

    def _resume(self, copies: "_Copies") -> bool:
        """Show what an earlier process made of these very files, if it kept all of it."""
        known = copies.unchanged.read(self.folder)
        data = copies.read(known.version) if known and copies.last_good.path.exists() else None
        if data:
            self._state, self._seen = State(data, datetime.now(UTC), unsealed=known.unsealed), known.identity
        return data is not None

    def _fall_back(self, copies: "_Copies") -> None:
        """Show the copy that an earlier process kept, if it still passes the checks."""
        if kept := copies.last_good.read():
            files, loaded = kept
            try:
                data = copies.read(files.version) or dataset.build(files.contents)
                unsealed = find_unsealed(read_seal(files.package), files)
            except InvalidDataError:
                LOG.warning("the copy of the last good data no longer passes the checks and was ignored")
            except Exception:  # a start without it is better than none
                LOG.exception("the copy of the last good data could not be checked")
            else:
                self._state = replace(self._state, dataset=data, loaded=loaded, unsealed=unsealed)


@dataclass(frozen=True)
class _Copies:
    """What is kept on disk of the last good data."""

    last_good: LastGood
    snapshot: Snapshot
    results: Snapshot
    unchanged: Unchanged

    @classmethod
    def of(cls, folder: Path) -> "_Copies":
        snapshots = (Snapshot.of(folder, what) for what in ("snapshot", "results"))
        return cls(LastGood.of(folder), *snapshots, Unchanged.of(folder))

    def write(self, data: Dataset) -> bool:
        """Keep the snapshot of a data set; say whether it has just been written."""
        return self.snapshot.write(data.version, data.every_table)

    def read(self, version: str) -> Dataset | None:
        """Return the data set of this version of the files, if there is a usable snapshot of it."""
        tables = self.snapshot.read(version)
        return Dataset.from_tables(tables, version) if tables else None


@dataclass(frozen=True)
class _Unread(Files):
    """A folder that could not be read as a whole, and why."""

    problems: tuple[Problem, ...] = ()

    @property
    def identity(self) -> str:
        return repr(self.problems)


class Shown(Protocol):
    """What shows data: a folder's store, or another home's."""

    def current(self) -> State:
        """Return what is shown."""

    def watch(self, prepare: Prepare | None = None) -> None:
        """Follow the data from now on, and work out by `prepare` what readers of new data will ask for first."""

    def stop(self) -> None:
        """Follow it no longer."""


def _open() -> Shown:
    """Return what the process serves: the home that TARGETS_URL names, the folder of TARGETS_DATA, or the project's."""
    if url := os.environ.get("TARGETS_URL"):
        from targets.homes.store import HomeStore  # half a second that only a home needs

        return HomeStore(url)
    return Store(Path(os.environ.get("TARGETS_DATA", DATA_FOLDER)))


STORE = _open()
"""The data that this process serves."""
