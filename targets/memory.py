"""What the process holds of memory that nothing needs any more: given back after work.

glibc keeps freed memory for later, in holes between what still lives: hundreds of MB after a load or a first view
of a million records. And what has once been looked at of a mapped file stays held until the system is short of memory.
Arrow's tables are kept by glibc too, as giving back does not reach an allocator of Arrow's own.
"""

import ctypes
import mmap
import sys
import time
from pathlib import Path

from targets.mapped import let_go

SHARE = 0.05
"""The most that giving back may take of the CPU time of all work."""
GROWN = 64 * 1024 * 1024
"""Bytes by which what is held of mapped files must have grown: what every view looks at may stay."""


class Memory:
    """The memory of the process, given back where the system is Linux with glibc; elsewhere as the system does it."""

    def __init__(self) -> None:
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
        self._took = self._since = 0.0
        self._mapped = 0

    def give_back(self) -> None:
        """Let the system have what is free, unless there has been too little work since the last time."""
        _drop_descriptions()
        if self._trim and (time.process_time() - self._since) * SHARE >= self._took:
            began = time.thread_time()
            self._trim(0)
            if _held_of_files() > self._mapped + GROWN:
                let_go()
                self._mapped = _held_of_files()
            self._took, self._since = time.thread_time() - began, time.process_time()


def _drop_descriptions() -> None:
    """Drop what Plotly knows of every property of a figure, 9 MB: Streamlit has read it for its own theme.

    Figures are drawn here without it. Plotly would read it again.
    """
    if plotly := sys.modules.get("plotly.validator_cache"):
        plotly.ValidatorCache._json_cache = None


def _held_of_files() -> int:
    """Return the bytes that the process holds of mapped files, libraries among them."""
    return int(Path("/proc/self/statm").read_text().split()[2]) * mmap.PAGESIZE
