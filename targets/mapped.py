"""Tables as the bytes of a file that is mapped into memory: what nobody looks at takes none of it.

A table is an Arrow stream, its columns as they stand in memory, so that nothing is coded again on either way.
"""

import json
import logging
import mmap
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from weakref import WeakSet

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.columns import STR
from targets.sizes import size_of

LOG = logging.getLogger("target-tracker")
LARGE = 32 * 1024 * 1024
"""Bytes of a table from which it is worth a file."""

_MAPPED: WeakSet[mmap.mmap] = WeakSet()
_LISTED = threading.Lock()


def map_file(file: BinaryIO) -> mmap.mmap:
    """Return the bytes of a file, which must not be empty; none of them is in memory yet."""
    content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with _LISTED:
        _MAPPED.add(content)
    return content


def let_go() -> None:
    """Hold nothing of mapped files but what is looked at from now on; a system that does not know how holds it."""
    if hasattr(mmap, "MADV_DONTNEED"):
        with _LISTED:
            mapped = list(_MAPPED)
        for content in mapped:
            content.madvise(mmap.MADV_DONTNEED)


def open_nameless() -> BinaryIO:
    """Return a file without a name, in the folder that TARGETS_STATE names or among temporary ones; raise OSError.

    Nothing is left of it when nobody has it mapped or open any more.
    """
    folder = os.environ.get("TARGETS_STATE") or None
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def keep_in_file(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table that is not to be written to; a large one stands in a nameless file, which goes with it."""
    if size_of(table) < LARGE:
        return table
    try:
        with open_nameless() as file:
            pack_table(file, "", table, {})
            file.flush()
            content = map_file(file)
    except OSError as error:
        LOG.warning("a large table is kept in memory, not in a file: %s", error.strerror)
        return table
    return unpack_table(pa.BufferReader(pa.py_buffer(content)), None)[1]


def pack_table(file: BinaryIO, name: str, table: pd.DataFrame, shared: Mapping[str, pd.Series]) -> None:
    """Write a table with a range as its index; a column that is one of the `shared` is only named."""
    layout, arrays = [], []
    for column, values in table.items():
        if column in shared and values.dtype == shared[column].dtype and values.equals(shared[column]):
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


def unpack_table(file: pa.BufferReader, shared: Mapping[str, pd.Series] | None) -> tuple[str, pd.DataFrame]:
    """Return the next table of a file and its name; its columns are the file's bytes and cannot be written to."""
    stream = pa.ipc.open_stream(file)
    batch = stream.read_all()
    said = {name.decode(): text.decode() for name, text in stream.schema.metadata.items()}
    arrays, columns = iter(batch.columns), {}
    for each in json.loads(said["columns"]):
        own = each["as"] != "shared"
        columns[each["name"]] = _unpack_column(each, arrays) if own else shared[each["name"]]
    return said["name"], pd.DataFrame(columns, pd.RangeIndex(int(said["rows"])), copy=False)


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
