"""The checked data set on disk, for a start on the same files: mapped into memory, not read and reckoned again.

One file per data folder: a line of JSON, the tables as Arrow streams one after another, and a check sum of all
that stands before it. It is written beside its place and moved there, so that several processes may write at
once, none reads a half, and whoever has mapped an older one keeps it. Nothing in it is ever run: no pickle.

It counts only for the very files it was made of (`version`, the hash of their bytes) and for the very code
(`code_key`), and only if its check sum holds: a file cut short, damaged or foreign is ignored, and made anew
from the data folder. The whole is summed before anything is looked at, as Arrow trusts what it maps. It is read
for that, not mapped, so that the process holds only what is looked at later.
"""

import hashlib
import json
import logging
import os
import platform
import stat
import zlib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.dataset import Dataset
from targets.files import PACKAGE
from targets.last_good import place_of, replace_file
from targets.mapped import map_file, pack_table, unpack_table
from targets.schema import DATA_FOLDER

LOG = logging.getLogger("target-tracker")
ALIGNED = 64
"""Bytes to a multiple of which the head is filled up, so that numbers stand where a processor wants them."""
SUMMED = 256
"""Words of 64 bits to a sum."""
SUMS = 256
"""Sums at once, over 512 kB: what a processor has at hand."""
CHECK = 4
FRAME = "frame"
"""The name of the joined frame, which no file of the data folder has."""


@cache
def code_key() -> str:
    """Return the hash of all that decides what the same files become: schema, code and libraries."""
    digest = hashlib.sha256((DATA_FOLDER / PACKAGE).read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    used = [f"{library.__name__} {library.__version__}" for library in (pd, np, pa)]
    digest.update(repr((used, platform.python_version(), platform.machine())).encode())
    return digest.hexdigest()


@dataclass
class Snapshot:
    """The file of one data folder, named by the folder's place so that two never share one."""

    path: Path
    _kept: str = ""
    _failed: bool = False

    @classmethod
    def of(cls, data_folder: Path) -> "Snapshot":
        """Return the snapshot of a data folder."""
        return cls(place_of(data_folder, "snapshot", "arrow"))

    def write(self, data: Dataset) -> bool:
        """Keep the data set unless it is kept already, and say whether; a failure is logged once and harms nothing."""
        if data.version == self._kept:
            return False
        try:
            replace_file(self.path, partial(_pack, data))
        except Exception as error:  # the data is there without it
            if not self._failed:
                said = getattr(error, "strerror", None) or error
                LOG.warning("the snapshot of the data cannot be kept on disk: %s", said)
            self._failed = True
            return False
        self._kept, self._failed = data.version, False
        return True

    def read(self, wanted: str) -> Dataset | None:
        """Return the data set of this version of the files; None if there is no usable one."""
        try:
            with open(self.path, "rb", opener=_open_at_once) as file:
                content = _map(file)
                if content is None or not _is_of(content, wanted):
                    return None
                if _check_sum(file, len(content) - CHECK) != content[-CHECK:]:
                    raise ValueError("damaged")
            data = _unpack(content[:-CHECK])
        except FileNotFoundError:
            return None
        except Exception:  # whatever stands there, it is only a copy
            LOG.warning("the snapshot of the data is unusable and was ignored")
            return None
        self._kept = data.version
        return data


def _open_at_once(path: str, flags: int) -> int:
    """Open whatever stands in a place without waiting for it, as a pipe would make one."""
    return os.open(path, flags | os.O_NONBLOCK)


def _map(file: BinaryIO) -> memoryview | None:
    """Return the bytes of a plain file without copying them, None for an empty one."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("not a file")
    return memoryview(map_file(file)) if status.st_size else None


def _is_of(content: memoryview, wanted: str) -> bool:
    """Return whether the head names these files and this code; whatever is no head names neither."""
    head = _head(wanted)
    return content[: len(head)] == head


def _head(of_version: str) -> bytes:
    said = json.dumps({"code": code_key(), "version": of_version}).encode()
    return said + b" " * (-(len(said) + 1) % ALIGNED) + b"\n"


def _pack(data: Dataset, file: BinaryIO) -> None:
    """Write the head, the frame, every table in its order, and the check sum.

    A column that a table shares with the frame stands in the file once, as it does in memory.
    """
    file.write(_head(data.version))
    pack_table(file, FRAME, data.frame, {})
    for name, table in data.tables.items():
        pack_table(file, name, table, data.frame)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    found = _check_sum(file, size)
    file.seek(0, os.SEEK_END)
    file.write(found)


def _check_sum(file: BinaryIO, size: int) -> bytes:
    """Return the check sum of so many bytes of a file from where it stands; raise ValueError if there are fewer.

    It is a CRC of the sums of every 2 kB, as 64-bit words: a changed bit changes its sum, and two that cancel each
    other would have to be the same bit of words so near. A CRC of all bytes costs three times as much.
    """
    words = np.zeros((SUMS, SUMMED), "uint64")
    into, found = memoryview(words).cast("B"), zlib.crc32(size.to_bytes(8))
    for start in range(0, size, words.nbytes):
        part = into[: size - start]
        if file.readinto(part) != len(part):
            raise ValueError("cut short")
        words.view("uint8").reshape(-1)[len(part) :] = 0
        found = zlib.crc32(words.sum(axis=1), found)
    return found.to_bytes(CHECK)


def _unpack(content: memoryview) -> Dataset:
    """Return the data set whose columns are the mapped bytes themselves, and cannot be written to."""
    head, _, _ = bytes(content[:1024]).partition(b"\n")
    file = pa.BufferReader(pa.py_buffer(content[len(head) + 1 :]))
    tables: dict[str, pd.DataFrame] = {}
    while file.tell() < file.size():
        name, table = unpack_table(file, tables.get(FRAME))
        tables[name] = table
    return Dataset(tables.pop(FRAME), tables, json.loads(head)["version"])
