"""Warm-up: what readers ask for first is computed before they come, for new data and on a new day."""

import ctypes
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from targets.contract.dates import today
from targets.load.dataset import Data

LOG = logging.getLogger("target-tracker")

Prepare = Callable[[Data], None]
"""Computes what is shown of a data set at first; the results stay in the data set's cache."""


@dataclass
class WarmUp:
    """The warm-up of one process: calls `prepare` once for every data set and day; what fails is logged."""

    _prepare: Prepare | None
    _done: tuple[str, str] = "", ""

    def prepare(self, data: Data | None) -> None:
        """Compute the first views unless that has been tried for this data and day."""
        if self._prepare is None or data is None or self._done == (wanted := (data.version, today())):
            return
        self._done = wanted
        try:
            self._prepare(data)
        except Exception:
            LOG.exception("what readers see first could not be prepared")
        return_free_memory()


def return_free_memory() -> None:
    """Give memory that glibc has kept for later back to the system; with another C library nothing happens."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
