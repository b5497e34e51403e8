"""What readers ask for first, worked out before the first of them comes: for new data, and on a new day."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from targets.dataset import Dataset
from targets.days import today
from targets.progress import keep, recall
from targets.snapshot import Snapshot

PAUSE = 300
"""Seconds after a fault before it is tried again."""

LOG = logging.getLogger("target-tracker")

Prepare = Callable[[Dataset], None]
"""Works out what is shown of a data set at first; it keeps the results with the data set."""


@dataclass
class FirstViews:
    """The last data set and day for which they were worked out; after a fault that is tried again a while later.

    What takes longest, the results of all targets, is kept on disk for the next start, where there is a place for it.
    """

    _prepare: Prepare | None
    _results: Snapshot | None = None
    _done: tuple[str, str] = "", ""
    _failed: tuple[str, str] = "", ""
    _again: float = 0

    def prepare(self, data: Dataset | None) -> None:
        """Work them out if they have not been yet."""
        if self._prepare is None or data is None or self._done == (wanted := (data.version, today())):
            return
        if self._failed == wanted and time.monotonic() < self._again:
            return
        try:
            if self._results:
                recall(data, self._results)
            self._prepare(data)
            if self._results:
                keep(data, self._results)
            self._done = wanted
        except Exception:
            LOG.exception("what readers see first could not be prepared")
            self._failed, self._again = wanted, time.monotonic() + PAUSE
