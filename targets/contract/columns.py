"""A dictionary-encoded column of a file: the distinct texts, and for each record the number of its own.

Checks run on the distinct texts, first on all of them together; only those that do not pass for certain are
checked one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from targets.contract.schema import CONTROL, Field

STR = pd.StringDtype("pyarrow", na_value=np.nan)
NOT_BLANK = r"[^\pZ\t-\r\x1c-\x1f\x{85}]"
r"""Python's \S for RE2, where it is ASCII only."""


@dataclass(frozen=True)
class Column:
    """The distinct texts in the order in which they first occur, and for each record the position of its own."""

    texts: pa.Array
    codes: np.ndarray

    @classmethod
    def of(cls, cells: Sequence[str] | pa.Array | pa.DictionaryArray) -> "Column":
        """Return the column of these cells."""
        cells = cells if isinstance(cells, pa.Array) else pa.array(cells, pa.string())
        coded = cells if isinstance(cells, pa.DictionaryArray) else cells.dictionary_encode()
        return cls(coded.dictionary, coded.indices.to_numpy())

    def map(self, change: Callable[[str], str]) -> "Column":
        """Return the column with every text changed; texts that become the same are one."""
        changed = Column.of([change(text) for text in self.texts.to_pylist()])
        return Column(changed.texts, changed.codes[self.codes])

    @property
    def cells(self) -> pa.Array:
        """The text of every record."""
        return self.texts if len(self.texts) == len(self.codes) else self.texts.take(pa.array(self.codes))

    def records_of(self, codes: Sequence[int]) -> np.ndarray:
        """Return the positions of the records that have one of the texts."""
        wanted = np.zeros(len(self.texts), dtype=bool)
        wanted[np.asarray(codes, dtype="int64")] = True
        return np.flatnonzero(wanted[self.codes]) if wanted.any() else np.empty(0, dtype="int64")

    def positions_in(self, ids: "Column") -> np.ndarray:
        """Return for each record the position of the record whose id the cell is, -1 for none; no id occurs twice."""
        named = pc.index_in(ids.texts, value_set=self.texts)
        found = named.is_valid().to_numpy(zero_copy_only=False)
        position = np.full(len(self.texts), -1)
        position[named.drop_null().to_numpy()] = np.flatnonzero(found)
        return position[self.codes]

    def to_series(self) -> pd.Series:
        """Return the cells as text, blank ones as they are."""
        return pd.Series(STR.__from_arrow__(self.cells))

    def to_numbers(self) -> np.ndarray:
        """Return checked numbers as floats, NaN where the cell is blank."""
        plain = pc.replace_substring_regex(self.texts, "[,+]", "")
        numbers = pc.if_else(pc.equal(plain, ""), None, plain).cast(pa.float64())
        return numbers.to_numpy(zero_copy_only=False).astype("float64")[self.codes]

    def to_categorical(self, known: Sequence[str] | None = None) -> pd.Categorical:
        """Return the cells as an ordered category of the known keys, or of their own; a blank one is missing."""
        known = pd.Index(filter(None, self.texts.to_pylist()) if known is None else known, dtype="str").rename(None)
        codes = known.get_indexer(pd.Index(self.texts.to_pylist(), dtype="str"))[self.codes]
        return pd.Categorical.from_codes(codes, known, ordered=True)


def look_up(keys: pd.Categorical, of_key: pd.Series) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """Return the value that `of_key` has for each key, missing for a missing key."""
    return of_key.reindex(keys.categories).array.take(keys.codes, allow_fill=True)


def to_text(keys: pd.Categorical) -> pd.api.extensions.ExtensionArray:
    """Return the keys as text, missing ones as missing; astype would copy the text of each cell."""
    return keys.categories.array.take(keys.codes, allow_fill=True)


def among(keys: pd.Categorical, words: Sequence[str]) -> np.ndarray:
    """Return which keys are one of the words; a missing one is not."""
    return np.append(keys.categories.isin(words), False)[keys.codes]


def classify(keys: pd.Categorical, of_key: pd.Series, missing: str | None = None) -> pd.Categorical:
    """Return the value that `of_key` has for each key as a category of what occurs, `missing` for a missing key."""
    said = of_key.reindex(keys.categories)
    said = pd.Categorical([*(said if missing is None else said.fillna(missing)), missing])
    occurs = np.zeros(len(said), dtype=bool)
    occurs[keys.codes] = True  # the last is for the code of a missing key, -1
    return only_used(np.where(occurs, said.codes, -1), said.dtype).take(keys.codes)


def choose_words(conditions: Sequence[np.ndarray], words: Sequence[str]) -> pd.Categorical:
    """Return the word of the first condition that holds, "" where none does, as a category that sorts as text does."""
    keys = sorted({*words, ""})
    codes = np.array([keys.index(word) for word in (*words, "")], dtype="int8")
    return pd.Categorical.from_codes(codes[np.select(conditions, range(len(words)), len(words))], keys)


def count_pairs(first: pd.Categorical, second: pd.Categorical) -> pd.DataFrame:
    """Count pairs of keys: one row per key of the first, one column per key of the second.

    Keys that do not occur have their zeros; a missing key is not counted.
    """
    shape = len(first.categories), len(second.categories)
    both = first.codes.astype("int64") * shape[1] + second.codes
    if (missing := (first.codes < 0) | (second.codes < 0)).any():
        both = both[~missing]
    counts = np.bincount(both, minlength=shape[0] * shape[1]).reshape(shape)
    return pd.DataFrame(counts, first.categories, second.categories)


def only_used(codes: np.ndarray, dtype: pd.CategoricalDtype) -> pd.Categorical:
    """Return a category without the keys that do not occur; pandas would sort all codes to find them."""
    used = np.zeros(len(dtype.categories) + 1, dtype=bool)
    used[codes] = True  # the last is for the code of a missing key, -1
    used[-1] = False
    positions = np.where(used, np.cumsum(used) - 1, -1)
    return pd.Categorical.from_codes(positions[codes], dtype.categories[used[:-1]])


CONTROL_BEGINS = (0x7F, *{character.encode()[0] for character in "\x80\u061c\u200e"})
"""Bytes with which a character of CONTROL begins, beside those below 0x20."""


def bytes_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of all texts, one after another, and how many each has."""
    if not len(texts):
        return np.empty(0, "uint8"), np.zeros(1, "int32")
    ends = np.frombuffer(texts.buffers()[1], "int32")[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(texts.buffers()[2] or b"", "uint8")[ends[0] : ends[-1]], np.diff(ends)


def find_suspects(described: Field, texts: pa.Array) -> list[tuple[int, str]]:
    """Return the position and text of every distinct cell that is not certain to be good."""
    constraints, (text, lengths) = described.constraints, bytes_of(texts)
    blank = pc.equal(texts, "").to_numpy(zero_copy_only=False)
    good = [np.ones(len(texts), dtype=bool)]
    if (text < 0x20).any() or any((text == first).any() for first in CONTROL_BEGINS):
        good.append(pc.invert(pc.match_substring_regex(texts, CONTROL.pattern)))
    if described.type in ("integer", "number"):
        good.append(_are_plain_numbers(described, texts))
    elif described.type == "date":
        good.append(pc.equal(texts, ""))
    if "enum" in constraints:
        good.append(pc.is_in(texts, value_set=pa.array(constraints["enum"], pa.string())))
    if lengths.max() > constraints.get("maxLength", len(text)):
        good.append(pc.less_equal(pc.utf8_length(texts), constraints["maxLength"]))
    if "pattern" in constraints:
        pattern = constraints["pattern"].replace(r"\S", NOT_BLANK)
        good.append(pc.match_substring_regex(texts, f"^(?:{pattern})$"))
    certain = np.logical_and.reduce([np.asarray(each) for each in good])
    doubtful = np.flatnonzero(np.where(blank, described.required, ~certain))
    return list(zip(doubtful.tolist(), texts.take(pa.array(doubtful)).to_pylist(), strict=True))


def _are_plain_numbers(described: Field, texts: pa.Array) -> pa.Array:
    """Return which texts are numbers as they are nearly always written, within the field's bounds."""
    decimals = "" if described.type == "integer" else r"(?:\.\d+)?"
    plain = pc.match_substring_regex(texts, rf"^-?\d{{1,15}}{decimals}$")
    numbers = pc.if_else(plain, texts, "0").cast(pa.float64())
    low, high = (described.constraints.get(end) for end in ("minimum", "maximum"))
    if low is not None:
        plain = pc.and_(plain, pc.greater_equal(numbers, float(low)))
    return plain if high is None else pc.and_(plain, pc.less_equal(numbers, float(high)))
