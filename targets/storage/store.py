"""The store: the last good data of a folder, which pages and endpoints show, and what is wrong with a newer version.

One object per process, swapped by reference, so that a reader who took it keeps one version to the end.
It lives outside Streamlit's caches, which any visitor can clear.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from targets.contract.schema import DATA_FOLDER, InvalidDataError, Problem, resources
from targets.load import dataset
from targets.load.dataset import Dataset
from targets.load.files import PACKAGE, Files, read_folder
from targets.storage.checksums import Checksum, find_changed, find_too_few_lines, find_truncated, read_checksums
from targets.storage.last_good import LastGood
from targets.storage.snapshot import Snapshot
from targets.storage.state import State
from targets.storage.warm_up import Prepare, WarmUp

LOG = logging.getLogger("target-tracker")

EVERY = 1.0
"""Seconds between two looks at the folder."""

SHARE, SETTLED = 0.05, 0.005
"""The most of its time that reading may take, of files that may have changed and of those that seem the same."""

QUIET = 0.25
"""Seconds that changed files must have stayed the same: whoever writes them has finished."""


class Store:
    """The store of a data folder, read again by a thread of its own while it is watched, or else on every request."""

    def __init__(self, folder: Path = DATA_FOLDER, state_folder: Path | None = None) -> None:
        self.folder, self._state_folder = folder, state_folder
        self._lock = threading.Lock()
        self._seen = ""
        self._state = State()
        self._last_good: LastGood | None = None
        self._snapshot: Snapshot | None = None
        self._stopped: threading.Event | None = None

    def current(self) -> State:
        """Return the state of the folder as last seen while it is watched, else after reading it."""
        if self._stopped is None:
            self._check()
        return self._state

    def watch(self, prepare: Prepare | None = None) -> None:
        """Read the folder now, and whenever it changes in a thread; write the last good data to disk as well.

        The thread also computes by `prepare` what readers of new data will ask for first.
        """
        self._last_good, self._snapshot = (each.of(self.folder, self._state_folder) for each in (LastGood, Snapshot))
        self._check()
        if self._state.dataset is None:
            self._fall_back(self._last_good)
        self._stopped, warm_up = threading.Event(), WarmUp(prepare)
        threading.Thread(target=self._look, args=(self._stopped, warm_up), name="data folder", daemon=True).start()

    def stop(self) -> None:
        """Stop watching the folder."""
        if self._stopped:
            self._stopped.set()
            self._stopped = None

    def _look(self, stopped: threading.Event, warm_up: WarmUp) -> None:
        took, ended, times = 0.0, 0.0, None
        warm_up.prepare(self._state.dataset)
        while not stopped.wait(EVERY):
            try:
                now = _file_times(self.folder)
                if time.monotonic() >= ended + took / (SETTLED if now == times else SHARE):
                    times, began = now, time.thread_time()
                    try:
                        self._check(QUIET)
                    finally:
                        took, ended = time.thread_time() - began, time.monotonic()
                warm_up.prepare(self._state.dataset)
            except Exception:  # whatever it is, the folder is looked at again
                LOG.exception("the data folder could not be looked at")

    def _check(self, quiet: float = 0) -> None:
        """Read the files and, if their bytes differ from the last time, load them as a whole, one load at a time.

        With `quiet`, files that are just being written are left alone until they have not changed for so long.
        """
        with self._lock:
            found = self._read()
            if quiet and found.identity != self._seen:
                time.sleep(quiet)
                before, found = found, self._read()
                if found.identity != before.identity:
                    return
            if found.identity != self._seen:
                self._state, self._seen = self._judge(found), found.identity
                if self._last_good and not self._state.problems:
                    self._last_good.write(found, self._state.loaded)

    def _read(self) -> Files:
        try:
            return read_folder(self.folder)
        except InvalidDataError as error:
            return _Unread({}, problems=error.problems)

    def _judge(self, files: Files) -> State:
        """Return the state for these files."""
        now, old = datetime.now(UTC), self._state
        try:
            if isinstance(files, _Unread):
                raise InvalidDataError(files.problems)
            checksums = read_checksums(files.package)
            known = old.dataset is not None and old.dataset.version == files.version
            data = old.dataset if known else self._build(files, checksums)
            if problems := find_truncated(checksums, files, data):
                raise InvalidDataError(problems)
        except InvalidDataError as error:
            return replace(old, problems=error.problems, failing_since=old.failing_since or now)
        except Exception:  # a fault of a check is no reason to show nothing
            LOG.exception("the data could not be checked")
            return replace(old, problems=(Problem("*.csv", "unchecked"),), failing_since=old.failing_since or now)
        return State(data, old.loaded if known else now, changed=find_changed(checksums, files))

    def _build(self, files: Files, checksums: Mapping[str, Checksum]) -> Dataset:
        """Return the data set of the files; of those that do not load, truncated ones are named first.

        Data just loaded is returned as read from its snapshot, so that the process holds only what is looked at.
        """
        if self._snapshot and (data := self._snapshot.read(files.version)):
            return data
        try:
            data = dataset.build(files.contents)
        except InvalidDataError as error:
            raise InvalidDataError([*find_too_few_lines(checksums, files), *error.problems]) from None
        if self._snapshot:
            self._snapshot.write(data)
            data = self._snapshot.read(files.version) or data
        return data

    def _fall_back(self, last_good: LastGood) -> None:
        """Show the copy that an earlier process wrote, if it still passes the checks."""
        if copy := last_good.read():
            files, loaded = copy
            try:
                data = self._build(files, {})
                changed = find_changed(read_checksums(files.package), files)
            except InvalidDataError:
                LOG.warning("the copy of the last good data no longer passes the checks and was ignored")
            except Exception:  # a start without it is better than none
                LOG.exception("the copy of the last good data could not be checked")
            else:
                self._state = replace(self._state, dataset=data, loaded=loaded, changed=changed)


def _file_times(folder: Path) -> list[tuple[int, ...]]:
    """Return inode, size and times of every file, which nearly always differ when one has changed."""
    times: list[tuple[int, ...]] = []
    for name in (*(each.path for each in resources().values()), PACKAGE):
        try:
            found = (folder / name).stat()
            times.append((found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
        except OSError:
            times.append(())
    return times


@dataclass(frozen=True)
class _Unread(Files):
    """A folder that could not be read as a whole, and why."""

    problems: tuple[Problem, ...] = ()

    @property
    def identity(self) -> str:
        return repr(self.problems)


class Shown(Protocol):
    """What serves data: the store of a folder, or of a backend."""

    def current(self) -> State:
        """Return what is shown."""

    def watch(self, prepare: Prepare | None = None) -> None:
        """Follow the data from now on, and compute by `prepare` what readers of new data will ask for first."""

    def stop(self) -> None:
        """Stop following it."""


def open_store(folder: Path, url: str = "", state_folder: Path | None = None) -> Shown:
    """Return the store of the backend that a URL names, or else of a folder, which keeps copies in the state folder."""
    if url:
        from targets.storage.remote_store import BackendStore  # half a second that only a backend needs

        return BackendStore(url)
    return Store(folder, state_folder)


_current: list[Shown] = []


def set_current_store(store: Shown) -> None:
    """Let the pages of this process show the data of a store."""
    _current[:] = [store]


def current_store() -> Shown:
    """Return the store whose data the pages of this process show; Streamlit hands its pages no arguments."""
    return _current[0]
