"""Tables on disk, for a start on the same files: mapped into memory, not read and reckoned again.

The checked data set is kept so, and the results of all its targets. One file of each per data folder: a line of
JSON, the tables as Arrow streams one after another, and a check sum of all that stands before it. It is written
beside its place and moved there, so that several processes may write at once, none reads a half, and whoever has
mapped an older one keeps it. Nothing in it is ever run: no pickle.

It counts only for the very thing it was made of (of a data set the version, the hash of its files' bytes) and for
the very code (`code_key`), and only if its check sum holds: a file cut short, damaged or foreign is ignored, and
made anew. The whole is summed before anything is looked at, as Arrow trusts what it maps. It is read
for that, not mapped, so that the process holds only what is looked at later.
"""

import hashlib
import json
import logging
import os
import platform
import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.files import PACKAGE, open_at_once, replace_file
from targets.last_good import place_of
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
    """Tables about one data folder; the file is named by the folder's place so that two never share one.

    `what` they are, for the name of the file and the log.
    """

    path: Path
    what: str = "snapshot"
    _kept: str = ""
    _failed: bool = False

    @classmethod
    def of(cls, data_folder: Path, what: str = "snapshot") -> "Snapshot":
        """Return the file of a data folder."""
        return cls(place_of(data_folder, what, "arrow"), what)

    def write(self, made_of: str, tables: Mapping[str, pd.DataFrame]) -> bool:
        """Keep tables, each with a range as its index, and say whether: not if they are kept already, or cannot be.

        A failure is logged once and harms nothing.
        """
        if made_of == self._kept:
            return False
        try:
            replace_file(self.path, partial(_pack, made_of, tables))
        except Exception as error:  # the tables are there without it
            if not self._failed:
                said = getattr(error, "strerror", None) or error
                LOG.warning("the %s cannot be kept on disk: %s", self.what, said)
            self._failed = True
            return False
        self._kept, self._failed = made_of, False
        return True

    def read(self, made_of: str) -> dict[str, pd.DataFrame] | None:
        """Return the tables that were made of this, by name in their order; None if there are no usable ones."""
        try:
            with open(self.path, "rb", opener=open_at_once) as file:
                content, head = _map(file), _head(made_of)
                if content is None or content[: len(head)] != head:
                    return None
                if _check_sum(file, len(content) - CHECK) != content[-CHECK:]:
                    raise ValueError("damaged")
            tables = _unpack(content[len(head) : -CHECK])
        except FileNotFoundError:
            return None
        except Exception:  # whatever stands there, it is only a copy
            LOG.warning("the %s on disk is unusable and was ignored", self.what)
            return None
        self._kept = made_of
        return tables


def _map(file: BinaryIO) -> memoryview | None:
    """Return the bytes of a plain file without copying them, None for an empty one."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("not a file")
    return memoryview(map_file(file)) if status.st_size else None


def _head(made_of: str) -> bytes:
    said = json.dumps({"code": code_key(), "of": made_of}).encode()
    return said + b" " * (-(len(said) + 1) % ALIGNED) + b"\n"


def _pack(made_of: str, tables: Mapping[str, pd.DataFrame], file: BinaryIO) -> None:
    """Write the head, every table in its order, and the check sum.

    A column that a table shares with the first stands in the file once, as it does in memory.
    """
    file.write(_head(made_of))
    first = next(iter(tables.values()))
    for name, table in tables.items():
        pack_table(file, name, table, {} if table is first else first)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    found = _check_sum(file, size)
    file.seek(0, os.SEEK_END)
    file.write(found)


def _check_sum(file: BinaryIO, size: int) -> bytes:
    """Return the check sum of so many bytes of a file from where it stands; raise ValueError if there are fewer.

    It is a CRC of the sums of every 2 kB, as 64-bit words: a changed bit changes its sum, and two that cancel each
    other would have to be the same bit of words so near; words within 2 kB may have changed places. A CRC of all bytes
    costs three times as much.
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


def _unpack(content: memoryview) -> dict[str, pd.DataFrame]:
    """Return the tables whose columns are the mapped bytes themselves, and cannot be written to."""
    file = pa.BufferReader(pa.py_buffer(content))
    tables: dict[str, pd.DataFrame] = {}
    while file.tell() < file.size():
        name, table = unpack_table(file, next(iter(tables.values()), None))
        tables[name] = table
    return tables
