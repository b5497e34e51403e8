"""The checked data set on disk, for a start on the same files: mapped into memory, not read and reckoned again.

One file per data folder: a line of JSON, the tables as Arrow streams one after another, and the CRC-32 of all
that stands before it. It is written beside its place and moved there, so that several processes may write at
once, none reads a half, and whoever has mapped an older one keeps it. Nothing in it is ever run: no pickle.

It counts only for the very files it was made of (`version`, the hash of their bytes) and for the very code
(`code_key`), and only if its check sum holds: a file cut short, damaged or foreign is ignored, and made anew
from the data folder. The whole check sum is taken before anything is looked at, as Arrow trusts what it maps;
it costs 0.15 ms a MB, most of what a start from here costs at all.
"""

import hashlib
import json
import logging
import mmap
import os
import platform
import stat
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.columns import STR
from targets.dataset import Dataset
from targets.files import PACKAGE
from targets.last_good import place_of, replace_file
from targets.schema import DATA_FOLDER

LOG = logging.getLogger("target-tracker")
ALIGNED = 64
"""Bytes to a multiple of which the head is filled up, so that numbers stand where a processor wants them."""
CHECK = 4
FRAME = "frame"
"""The name of the joined frame, which no file of the data folder has."""


@cache
def code_key() -> str:
    """Return the hash of all that decides what the same files become: schema, code and libraries."""
    digest = hashlib.sha256((DATA_FOLDER / PACKAGE).read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    used = [f"{name} {version(name)}" for name in ("pandas", "numpy", "pyarrow")]
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

    def write(self, data: Dataset) -> None:
        """Keep the data set unless it is kept already; a failure is logged once and harms nothing."""
        if data.version == self._kept:
            return
        try:
            replace_file(self.path, partial(_pack, data))
        except Exception as error:  # the data is there without it
            if not self._failed:
                said = getattr(error, "strerror", None) or error
                LOG.warning("the snapshot of the data cannot be kept on disk: %s", said)
            self._failed = True
        else:
            self._kept, self._failed = data.version, False

    def read(self, wanted: str) -> Dataset | None:
        """Return the data set of this version of the files; None if there is no usable one."""
        try:
            content = _map(self.path)
            if content is None or not _is_of(content, wanted):
                return None
            if zlib.crc32(content[:-CHECK]) != int.from_bytes(content[-CHECK:]):
                raise ValueError("damaged")
            data = _unpack(content[:-CHECK])
        except FileNotFoundError:
            return None
        except Exception:  # whatever stands there, it is only a copy
            LOG.warning("the snapshot of the data is unusable and was ignored")
            return None
        self._kept = data.version
        return data


def _map(path: Path) -> memoryview | None:
    """Return the bytes of a plain file without copying them, None for an empty one."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a file")
        populate = getattr(mmap, "MAP_POPULATE", 0)  # Linux; elsewhere every page is a fault of its own
        return memoryview(mmap.mmap(handle, 0, mmap.MAP_SHARED | populate, mmap.PROT_READ)) if status.st_size else None
    finally:
        os.close(handle)


def _is_of(content: memoryview, wanted: str) -> bool:
    """Return whether the head names these files and this code; whatever is no head names neither."""
    head = _head(wanted)
    return content[: len(head)] == head


def _head(of_version: str) -> bytes:
    said = json.dumps({"code": code_key(), "version": of_version}).encode()
    return said + b" " * (-(len(said) + 1) % ALIGNED) + b"\n"


class _Checked:
    """A file that is written to, and the check sum of what has been written."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.sum = file, 0

    def write(self, part: bytes | pa.Buffer) -> int:
        self.sum = zlib.crc32(part, self.sum)
        return self.file.write(part)


def _pack(data: Dataset, file: BinaryIO) -> None:
    """Write the head, the frame, every table in its order, and the check sum.

    A column that a table shares with the frame stands in the file once, as it does in memory.
    """
    checked = _Checked(file)
    checked.write(_head(data.version))
    _pack_table(checked, FRAME, data.frame, {})
    for name, table in data.tables.items():
        _pack_table(checked, name, table, data.frame)
    file.write(checked.sum.to_bytes(CHECK))


def _pack_table(file: _Checked, name: str, table: pd.DataFrame, frame: Mapping[str, pd.Series]) -> None:
    layout, arrays = [], []
    for column, values in table.items():
        if column in frame and values.dtype == frame[column].dtype and values.equals(frame[column]):
            layout.append({"name": column, "as": "shared"})
            continue
        described, own = _pack_column(values)
        layout.append({"name": column, **described})
        arrays += own
    described = {"name": name, "rows": str(len(table)), "columns": json.dumps(layout)}
    schema = pa.schema([(str(n), array.type) for n, array in enumerate(arrays)], described)
    with pa.ipc.new_stream(pa.PythonFile(file, "w"), schema) as stream:
        stream.write_batch(pa.record_batch(arrays, schema=schema))


def _pack_column(column: pd.Series) -> tuple[dict, list[pa.Array]]:
    """Return how a column is kept, and arrays whose bytes are those of the column: nothing is coded again."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        keys = dtype.categories
        said = {"keys": keys.astype(STR).tolist(), "keys_name": keys.name, "ordered": dtype.ordered}
        return {"as": "category", **said}, [_plain(column.cat.codes.to_numpy())]
    if isinstance(dtype, pd.Int64Dtype):
        missing = column.isna().to_numpy()
        return {"as": "whole"}, [_plain(column.to_numpy("int64", na_value=0)), _plain(missing)]
    if isinstance(dtype, np.dtype) and dtype.kind in "ifb":
        return {"as": dtype.name}, [_plain(column.to_numpy())]
    if dtype != STR:
        raise TypeError(f"no way to keep {dtype}")
    return {"as": "text"}, [pa.chunked_array(pa.array(column)).combine_chunks()]


def _plain(values: np.ndarray) -> pa.Array:
    """Return numbers, or truth values as bytes; pa.array would make bits of these."""
    return pa.array(values.view("uint8") if values.dtype == bool else values)


def _unpack(content: memoryview) -> Dataset:
    """Return the data set whose columns are the mapped bytes themselves, and cannot be written to."""
    head, _, _ = bytes(content[:1024]).partition(b"\n")
    file = pa.BufferReader(pa.py_buffer(content[len(head) + 1 :]))
    tables: dict[str, pd.DataFrame] = {}
    while file.tell() < file.size():
        stream = pa.ipc.open_stream(file)
        batch = stream.read_all()
        said = {name.decode(): text.decode() for name, text in stream.schema.metadata.items()}
        tables[said["name"]] = _unpack_table(said, batch, tables.get(FRAME))
    return Dataset(tables.pop(FRAME), tables, json.loads(head)["version"])


def _unpack_table(said: Mapping[str, str], batch: pa.Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    arrays = iter(batch.columns)
    index = pd.RangeIndex(int(said["rows"]))
    columns = {}
    for each in json.loads(said["columns"]):
        shared = each["as"] == "shared"
        column = frame[each["name"]] if shared else pd.Series(_unpack_column(each, arrays), index, copy=False)
        columns[each["name"]] = column
    return pd.DataFrame(columns, index, copy=False)


def _unpack_column(said: Mapping, arrays: Iterator[pa.ChunkedArray]) -> pd.api.extensions.ExtensionArray | np.ndarray:
    if said["as"] == "text":
        return STR.__from_arrow__(next(arrays))
    values = next(arrays).chunk(0).to_numpy()
    if said["as"] == "category":
        keys = pd.Index(said["keys"], dtype=STR, name=said["keys_name"])
        return pd.Categorical.from_codes(values, dtype=pd.CategoricalDtype(keys, said["ordered"]))
    if said["as"] == "whole":
        return pd.arrays.IntegerArray(values, next(arrays).chunk(0).to_numpy().view(bool))
    return values.view(said["as"])
