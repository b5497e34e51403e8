"""How many bytes a kept result holds, so that what is kept can have a budget."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.rows import Rows

LEAST = 500
"""Bytes of any entry: its key, its place, and objects that are not looked into."""
LOOKED_AT = 100
"""Entries of a long list or mapping that stand for all of them."""
SMALL, CELL = 2000, 8
"""Cells of a small table, and bytes that stand for one of them: pandas takes half a millisecond to tell its size."""
DEEP = 12
"""Containers within one another; a drawing has some."""


def size_of(kept: object, deep: int = DEEP) -> int:
    """Return about how many bytes a result holds; of what it shares with others it counts all."""
    if isinstance(kept, pd.DataFrame) and kept.size <= SMALL:
        return LEAST + kept.size * CELL
    if isinstance(kept, pd.DataFrame | pd.Series | pd.Index):
        return LEAST + int(np.sum(kept.memory_usage(deep=False)))
    if isinstance(kept, np.ndarray):
        return LEAST + kept.nbytes + (_of_all(kept.ravel(), kept.size, deep) if kept.dtype == object else 0)
    if isinstance(kept, pd.api.extensions.ExtensionArray | pa.Array | pa.ChunkedArray):
        return LEAST + kept.nbytes
    if isinstance(kept, Rows):  # the table is shared, and counted where it is kept
        return LEAST + kept.index.nbytes
    if isinstance(kept, str | bytes):
        return len(kept) * (1 if isinstance(kept, bytes) or kept.isascii() else 4) + 50
    if isinstance(kept, Mapping):
        return LEAST + _of_all((each for pair in kept.items() for each in pair), 2 * len(kept), deep)
    if isinstance(kept, list | tuple | set | frozenset):
        return LEAST + _of_all(kept, len(kept), deep)
    if is_dataclass(kept):
        parts = [getattr(kept, field.name) for field in fields(kept)]
        return LEAST + _of_all(parts, len(parts), deep)
    parts = [each for each in getattr(kept, "__dict__", {}).values() if isinstance(each, list | dict | str)]
    return LEAST + _of_all(parts, len(parts), deep) if parts else 50


def _of_all(parts: Iterable, many: int, deep: int) -> int:
    """Return the bytes of so many parts, reckoned from the first ones."""
    if not many or not deep:
        return 50 * many
    first = min(many, LOOKED_AT)
    return sum(size_of(part, deep - 1) for part in islice(parts, first)) * many // first
