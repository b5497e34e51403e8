"""The checked data on disk, for a start on the same files: one memory-mapped Arrow file for each data folder.

It holds the tables as Arrow streams one after another, then the key of what they were made of, and a checksum of all
that stands before it. It is written beside its path and renamed, so that several processes may write at the same time
and none reads a half. A file of other data, of another program, cut short or damaged is ignored and written anew.
Nothing in it is ever run.
"""

import hashlib
import json
import logging
import mmap
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa

from targets.contract.columns import STR
from targets.load.dataset import Dataset
from targets.load.files import open_plain, replace_file
from targets.storage.last_good import state_file
from targets.storage.program import program_key

LOG = logging.getLogger("target-tracker")
KEY, CHECKSUM = 32, 4
"""Bytes of the key and of the checksum, at the end of the file."""
PART = 1024 * 1024
"""Bytes read at a time for the checksum."""


@dataclass
class Snapshot:
    """The file about one data folder, named by the folder's path so that two never share one."""

    path: Path
    _failed: bool = False

    @classmethod
    def of(cls, data_folder: Path, state_folder: Path | None = None) -> "Snapshot":
        """Return the file of a data folder."""
        return cls(state_file(data_folder, state_folder, "snapshot", "arrow"))

    def write(self, data: Dataset) -> None:
        """Write a data set; a failure is logged once and harms nothing."""
        try:
            replace_file(self.path, partial(_write, data))
        except Exception as error:  # the data is there without it
            if not self._failed:
                LOG.warning("the snapshot cannot be written: %s", getattr(error, "strerror", None) or error)
            self._failed = True
        else:
            self._failed = False

    def read(self, version: str) -> Dataset | None:
        """Return the data set of this version, None if there is no usable one; its columns cannot be written to."""
        try:
            with open_plain(self.path) as file:
                content = _map(file, _key(version))
            tables = {} if content is None else _read_tables(content)
        except FileNotFoundError:
            return None
        except Exception:  # whatever stands there, it is only a copy
            LOG.warning("the snapshot on disk is unusable and was ignored")
            return None
        return Dataset.from_tables(tables, version) if tables else None


def _key(version: str) -> bytes:
    return hashlib.sha256(f"{program_key()} {version}".encode()).digest()


def _write(data: Dataset, file: BinaryIO) -> None:
    """Write every table, the key and the checksum; a column that a table shares with the frame is written once."""
    for name, table in data.every_table.items():
        others = table.columns.intersection(data.frame.columns) if table is not data.frame else ()
        pairs = ((column, table[column], data.frame[column]) for column in others)
        shared = [column for column, one, other in pairs if one.dtype == other.dtype and one.equals(other)]
        _write_table(file, name, table, shared)
    file.write(_key(data.version))
    size = file.tell()
    file.seek(0)
    found = _checksum(file, size)
    file.seek(size)
    file.write(found)


def _write_table(file: BinaryIO, name: str, table: pd.DataFrame, without: Sequence[str]) -> None:
    rows = pa.Table.from_pandas(table.drop(columns=[*without]), preserve_index=False)
    described = {"name": name, "columns": json.dumps([*table.columns])}
    schema = rows.schema.with_metadata(rows.schema.metadata | described)
    arrays = [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in rows.columns]
    with pa.ipc.new_stream(pa.PythonFile(file, "w"), schema) as stream:
        stream.write_batch(pa.record_batch(arrays, schema=schema))  # a table without rows would lose its categories


def _map(file: BinaryIO, key: bytes) -> memoryview | None:
    """Return the tables' bytes, mapped into memory, None if their key is another; raise ValueError if damaged."""
    end = file.seek(0, os.SEEK_END) - KEY - CHECKSUM
    file.seek(max(end, 0))
    if file.read(KEY) != key:
        return None
    expected = file.read(CHECKSUM)
    file.seek(0)
    if _checksum(file, end + KEY) != expected:
        raise ValueError("damaged")
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[:end]


def _checksum(file: BinaryIO, size: int) -> bytes:
    """Return the CRC of the next bytes of a file, which are read and not mapped: the process holds none of them."""
    found = 0
    while size:
        part = file.read(min(size, PART))
        found, size = zlib.crc32(part, found), size - len(part)
        if not part:
            raise ValueError("cut short")
    return found.to_bytes(CHECKSUM, "big")


def _read_tables(content: memoryview) -> dict[str, pd.DataFrame]:
    """Return the tables; what Arrow and pandas hold in the same form is not copied."""
    file = pa.BufferReader(pa.py_buffer(content))
    tables: dict[str, pd.DataFrame] = {}
    while file.tell() < file.size():
        rows = pa.ipc.open_stream(file).read_all()
        described = rows.schema.metadata
        own = rows.to_pandas(split_blocks=True, types_mapper={pa.string(): STR, pa.large_string(): STR}.get)
        frame = next(iter(tables.values()), own)
        columns = {column: (own if column in own else frame)[column] for column in json.loads(described[b"columns"])}
        tables[described[b"name"].decode()] = pd.DataFrame(columns, copy=False)
    return tables
