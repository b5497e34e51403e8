"""What readers ask for first, worked out before the first of them comes: for new data, and on a new day."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from targets.dataset import Dataset
from targets.progress import today

LOG = logging.getLogger("target-tracker")

Prepare = Callable[[Dataset], None]
"""Works out what is shown of a data set at first; it keeps the results with the data set."""


@dataclass
class FirstViews:
    """The last data set and day for which they were worked out; a fault in that is logged once."""

    _prepare: Prepare | None
    _done: tuple[str, str] = "", ""

    def prepare(self, data: Dataset | None) -> None:
        """Work them out if they have not been yet."""
        if self._prepare is None or data is None or self._done == (wanted := (data.version, today())):
            return
        self._done = wanted
        try:
            self._prepare(data)
        except Exception:
            LOG.exception("what readers see first could not be prepared")
