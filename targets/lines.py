"""Every record as the line that it is in a download, written once per data set; a selection is cut out of these."""

import io
import logging
import mmap
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.dataset import Dataset
from targets.export import BLOCK, records_table, text_of, write_header, write_lines
from targets.mapped import map_file, open_nameless

LOG = logging.getLogger("target-tracker")

AT_ONCE = 1024
"""Records of which the lines are cut out at once: some 200 kB, in less than 0.1 ms."""

_WRITTEN: WeakKeyDictionary[Dataset, tuple[bytes, pa.LargeBinaryArray]] = WeakKeyDictionary()
"""Header and lines by data set; too dear to be dropped for other things, as what is merely shared would be."""
_WRITING = threading.Lock()


@dataclass(frozen=True)
class Extract:
    """The lines of some records in some order, under a header, cut out piece by piece as they are asked for.

    `places` are those of the records among all. However many readers ask, they share the lines.
    """

    header: bytes
    lines: pa.LargeBinaryArray
    places: np.ndarray

    @property
    def size(self) -> int:
        """Length of the whole in bytes."""
        ends = np.frombuffer(self.lines.buffers()[1], dtype="int64")
        parts = (int((ends[places + 1] - ends[places]).sum()) for places in self._parts())
        return len(self.header) + sum(parts)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Return the whole, piece by piece."""
        yield self.header
        for places in self._parts():
            yield text_of(self.lines.take(pa.array(places)))

    def _parts(self) -> Iterator[np.ndarray]:
        return (self.places[start : start + AT_ONCE] for start in range(0, len(self.places), AT_ONCE))

    def whole(self) -> bytes:
        """Return the whole at once."""
        return b"".join(self.pieces())


def cut_out(data: Dataset, places: np.ndarray) -> Extract:
    """Return the records at these places of the frame as a download has them, in this order."""
    with _WRITING:
        if data not in _WRITTEN:
            _WRITTEN[data] = _write(data.frame)
    return Extract(*_WRITTEN[data], places)


def _write(frame: pd.DataFrame) -> tuple[bytes, pa.LargeBinaryArray]:
    """Return header and lines of all records; more than a block are kept in a file, which goes with them.

    The file has no name, so that nothing is left of it.
    """
    header = write_header(records_table(frame.iloc[:0]).columns)
    if len(frame) > BLOCK:
        try:
            with open_nameless() as file:
                ends = _write_into(file, frame)
                file.flush()
                return header, _lines(map_file(file), ends)
        except OSError as error:
            LOG.warning("the lines of downloads are kept in memory, not in a file: %s", error.strerror)
    memory = io.BytesIO()
    ends = _write_into(memory, frame)
    return header, _lines(memory.getbuffer(), ends)


def _write_into(file: BinaryIO, frame: pd.DataFrame) -> np.ndarray:
    """Write the line of every record; return where each begins, and where the last one ends."""
    ends = [np.zeros(1, dtype="int64")]
    for start in range(0, len(frame), BLOCK):
        for lines in write_lines(records_table(frame.iloc[start : start + BLOCK])):
            file.write(text_of(lines))
            ends.append(np.frombuffer(lines.buffers()[1], dtype="int64")[1:] + ends[-1][-1])
    return np.concatenate(ends)


def _lines(text: mmap.mmap | memoryview, ends: np.ndarray) -> pa.LargeBinaryArray:
    return pa.Array.from_buffers(pa.large_binary(), len(ends) - 1, [None, pa.py_buffer(ends), pa.py_buffer(text)])
