"""What a filter is: a column of the frame, the keys that occur in it in their order, and what stands for blank cells.

A Selection has one field for each filter. All that a filter does follows from its column's type and from what is said
here: data at hand is narrowed by `option_codes`, data in a backend by the cells that the keys stand for.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from targets.contract.schema import resources
from targets.load.dataset import Data, Dataset, per_dataset
from targets.progress.measurability import NO_WORD
from targets.progress.periods import per_period
from targets.progress.progress import STATES, states
from targets.text import say, words

STATE = "state"
"""The one filter that is no column: it depends on the day and on other records, and no backend knows it."""
UNDATED = "undated"
"""Stands in the query string for the year of records whose source names none."""
BLANKS = {"year": (UNDATED, "year.undated"), "modality": (NO_WORD, "measure.no_word"), STATE: ("", "")}
"""The key and the phrase of a column's blank cells; those without a state are behind no option."""
BLANK = ("blank", "filter.blank")
"""The key and the phrase of the blank cells of any other column."""


def blank_of(facet: str) -> str:
    """Return the key that stands for a blank cell of a filter's column."""
    return BLANKS.get(facet, BLANK)[0]


def key_of(facet: str, cell: object) -> str:
    """Return the key of a cell of a filter's column."""
    return blank_of(facet) if cell is None or cell == "" else str(cell)


def order_keys(facet: str, keys: Collection[str], listed: Iterable[str] = ()) -> list[str]:
    """Return keys of a filter in their order, that of blank cells last.

    Numbers go by their size, all else as it is listed, or else stands in text.toml, and what does not by its text.
    """
    blank, described = blank_of(facet), resources()["targets"].field(facet)
    order = {key: n for n, key in enumerate(listed or words(facet))}
    first = int if described.type == "integer" else lambda key: (order.get(key, len(order)), key)
    return sorted({*keys} - {blank}, key=first) + [blank] * (blank in keys)


@per_dataset
def options(data: Dataset, facet: str) -> list[str]:
    """Return the keys of a filter that occur in the data, in their order; every state there is."""
    if facet == STATE:
        return list(STATES)
    column = data.frame[facet]
    keys, codes = _code(data, facet, column)
    occurs = np.zeros(len(keys), dtype=bool)
    occurs[codes] = True
    listed = keys if isinstance(column.dtype, pd.CategoricalDtype) else ()
    return order_keys(facet, {keys[code] for code in np.flatnonzero(occurs)}, listed)


def option_codes(data: Dataset, facet: str, asof: str) -> np.ndarray:
    """Return for each record the position of its key among the options of a filter, one past the last for none."""
    return _state_codes(data, asof) if facet == STATE else _stored_codes(data, facet)


@per_dataset
def _stored_codes(data: Dataset, facet: str) -> np.ndarray:
    return _recode(options(data, facet), *_code(data, facet, data.frame[facet]))


@per_period
def _state_codes(data: Dataset, asof: str) -> np.ndarray:
    return _recode(options(data, STATE), *_code(data, STATE, states(data, asof)))


def _code(data: Dataset, facet: str, column: pd.Series) -> tuple[list[str], np.ndarray]:
    """Return the keys of a column, that of blank cells last, and for each record the position of its own or -1."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, cells = column.cat.codes.to_numpy(), column.cat.categories
    elif pd.api.types.is_integer_dtype(column.dtype):
        codes, cells = pd.factorize(column)
    else:
        coded = data.coded(facet)
        codes, cells = coded.codes, coded.categories
    return [*(key_of(facet, cell) for cell in cells), blank_of(facet)], codes


def _recode(known: Sequence[str], keys: Sequence[str], codes: np.ndarray) -> np.ndarray:
    of_key = pd.Index(known).get_indexer(keys)
    return np.where(of_key < 0, len(known), of_key).astype(np.min_scalar_type(len(known)))[codes]


def label_option(data: Data, lang: str, facet: str, key: str) -> str:
    """Return the reader's word for a key of a filter."""
    blank, phrase = BLANKS.get(facet, BLANK)
    return say(lang, phrase) if key == blank else data.label(lang, facet, key)
