"""The verdict on a target: met if all values that the figure may have satisfy it, missed if none, else undecided."""

import numpy as np
import pandas as pd

from targets.contract.intervals import lie_apart

MET, MISSED, UNDECIDED = "met", "missed", "undecided"


def wanted_comparator(comparator: pd.Series, direction: np.ndarray) -> np.ndarray:
    """Return how a figure must compare with the target: as printed, and a bare number as at least, or at most."""
    bare = np.where(direction > 0, "ge", "le")
    written = comparator.astype("object").fillna("").to_numpy()
    return np.where(written == "eq", bare, written)


def judge(comparator: np.ndarray, target: np.ndarray, figure: pd.DataFrame) -> np.ndarray:
    """Return the verdict on each target: met, missed, undecided, or "" where there is no figure.

    `figure` has low, high, low_closed, high_closed of the actual, NaN low for an approximate one, and
    `there`, false where there is none. A target with 约 decides nothing.
    """
    low, high = figure["low"].to_numpy(), figure["high"].to_numpy()
    low_in, high_in = figure["low_closed"].to_numpy(dtype=bool), figure["high_closed"].to_numpy(dtype=bool)
    exactly = np.ones(len(target), dtype=bool)
    above, below = lie_apart(target, exactly, low, low_in), lie_apart(high, high_in, target, exactly)
    every = {"ge": low >= target, "gt": above, "le": high <= target, "lt": below}
    none = {"ge": below, "gt": every["le"], "le": above, "lt": every["ge"]}
    verdict = np.full(len(target), UNDECIDED, dtype="object")
    for word in every:
        asked = comparator == word
        verdict[asked & every[word]] = MET
        verdict[asked & none[word]] = MISSED
    verdict[~figure["there"].to_numpy(dtype=bool)] = ""
    return verdict
