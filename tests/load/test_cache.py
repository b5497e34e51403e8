"""What readers share is computed once, by one of those who ask at once, and stays within its bounds."""

import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from targets.charts.blocks import block_of
from targets.load.cache import Cache
from targets.load.dataset import MOST_CELLS, per_dataset, shared_cache
from targets.load.rows import Rows
from targets.progress.progress import progress
from targets.query.selection import Selection
from targets.query.tables import Choice


def test_the_least_recently_used_goes_first():
    cache, made = Cache(3), []
    for key in ("a", "b", "c", "a", "d", "a", "b"):
        cache.get(key, lambda key=key: made.append(key) or key)
        assert cache.size <= 3
    assert made == ["a", "b", "c", "d", "b"]


def test_sizes_add_up_and_what_is_too_large_is_not_kept_and_drops_nothing():
    cache, made = Cache(100, len, largest=25), []
    for name, size in (("a", 25), ("b", 25), ("c", 25), ("d", 25), ("large", 26), ("large", 26), ("a", 25), ("e", 1)):
        assert len(cache.get(name, lambda name=name, size=size: made.append(name) or bytes(size))) == size
        assert cache.size <= 100
    assert made == ["a", "b", "c", "d", "large", "large", "e"]
    cache.get("b", lambda: made.append("b") or b"")
    assert made[-1] == "b", "it made room for e"


def test_readers_at_once_share_one_making():
    cache, made, ready, got = Cache(10), [], threading.Event(), []

    def make() -> str:
        made.append(1)
        assert ready.wait(20)
        return "made"

    readers = [threading.Thread(target=lambda: got.append(cache.get("key", make))) for _ in range(20)]
    for reader in readers:
        reader.start()
    ready.set()
    for reader in readers:
        reader.join(20)
    assert (got, made) == (["made"] * 20, [1])


@pytest.mark.parametrize("fault", ["make", "measure"])
def test_a_failure_is_told_to_all_who_wait_and_not_kept(fault):
    cache, started, ready, told = Cache(10, len), threading.Event(), threading.Event(), []

    def fail() -> object:
        started.set()
        assert ready.wait(20)
        return 1 // 0 if fault == "make" else None

    def read() -> None:
        try:
            cache.get("key", fail)
        except (ZeroDivisionError, TypeError) as error:
            told.append(error)

    readers = [threading.Thread(target=read) for _ in range(5)]
    for reader in readers:
        reader.start()
    assert started.wait(20)
    ready.set()
    for reader in readers:
        reader.join(20)
    assert len(told) == 5
    assert cache.get("key", lambda: "made") == "made"


def test_a_function_of_a_data_set_is_computed_once_for_each_of_its_arguments(data):
    computed = []

    @per_dataset
    def count(data, facet: str, n: int = 1) -> int:
        computed.append((facet, n))
        return len(data.frame) * n

    ours, other = (replace(data, shared=shared_cache()) for _ in range(2))
    assert [count(each, *rest) for each in (ours, ours, other) for rest in (("a",), ("a", 2))] == [70, 140] * 3
    assert computed == [("a", 1), ("a", 2)] * 2
    told = replace(data, shared=shared_cache(), known={(count, "a"): 3})
    assert (count(told, "a"), count(told, "b")) == (3, 70)


def test_what_is_kept_of_many_days_is_bounded(data):
    """A visitor who asks for one day after another, while others read of today."""
    ours = replace(data, shared=shared_cache())
    first = progress(ours, "2026-03-02")
    ours.shared.most = 8 * first.size
    for year in range(2025, 2005, -1):
        progress(ours, f"{year}-06-01")
        assert ours.shared.size <= 8 * first.size
        assert progress(ours, "2026-03-02") is first


def test_results_count_as_many_cells_as_they_hold_and_small_ones_a_thousand(data):
    table = pd.DataFrame({"number": np.zeros(10_000), "text": "x"})
    block = block_of("promises", data, "zh", Selection(), Choice())
    for made, cells in (
        (table, 20_000), ((table, table["number"]), 30_000), (np.zeros(5000), 5000), (Rows(table, np.arange(4000)), 4000),
        ({"district": dict.fromkeys(range(3000)), "year": {}}, 3000), ("x" * 2000, 2000), (1, 1000), (None, 1000),
        (block, block.size),
    ):  # fmt: skip
        cache = shared_cache()
        cache.get("key", lambda made=made: made)
        assert cache.size == cells, type(made)
    assert block.size > 500 * block.drawn > 0


def test_the_bound_grows_with_the_data(data):
    large = replace(data, frame=pd.concat([data.frame] * 2000), shared=shared_cache())
    assert large.shared.most == 3 * large.frame.size > data.shared.most == MOST_CELLS


def test_readers_share_a_chart_whatever_other_charts_are_about(data):
    """A link that names an indicator makes none of the charts anew that are about no indicator."""
    asked = Choice(compare="规上工业总产值", place="镇海区")
    for name, same in (("promises", True), ("outcomes", True), ("sector", True), ("compare", False), ("place", False)):
        plain, other = (block_of(name, data, "zh", Selection(), choice) for choice in (Choice(), asked))
        assert (plain is other) == same, name
