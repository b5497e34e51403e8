"""What readers share is worked out once and stays within its bytes; a day in the past never pushes today out."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from targets.sizes import LEAST, size_of

from targets.blocks import Block, block_of
from targets.dataset import Shared
from targets.outcomes import outcomes
from targets.progress import progress
from targets.rows import Rows
from targets.selection import Selection, select
from targets.tables import Choice

TODAY, BEFORE, LONG_AGO = "2026-03-02", "2026-03-01", "2020-01-01"


def ask(shared: Shared, key: object, size: int, made: list) -> None:
    assert len(shared.get(key, lambda: made.append(key) or bytes(size))) == size


def test_the_least_used_goes_first():
    shared, made = Shared(4000), []
    for key in ("a", "b", "c"):
        ask(shared, key, 1200, made)
    ask(shared, "a", 1200, made)
    ask(shared, "d", 1200, made)
    ask(shared, "a", 1200, made)
    assert made == ["a", "b", "c", "d"]
    ask(shared, "b", 1200, made)
    assert made[4:] == ["b"]
    assert shared.size <= 4000


def test_what_was_made_last_stays_however_large_it_is():
    shared, made = Shared(1000), []
    ask(shared, "a", 500, made)
    ask(shared, "large", 5000, made)
    ask(shared, "large", 5000, made)
    assert made == ["a", "large"]
    ask(shared, "a", 500, made)
    assert made[2:] == ["a"]
    assert shared.size < 1000


def test_a_day_in_the_past_goes_before_anything_of_the_newest():
    def of(day: str) -> tuple:
        return "block", "x", Selection(asof=day)

    shared, made = Shared(4000), []
    ask(shared, of(TODAY), 1200, made)
    ask(shared, "whenever", 1200, made)
    for day in (LONG_AGO, BEFORE, LONG_AGO, BEFORE):
        ask(shared, of(day), 1200, made)
    assert made[2:] == [of(LONG_AGO), of(BEFORE), of(LONG_AGO), of(BEFORE)]
    ask(shared, of(TODAY), 1200, made)
    ask(shared, "whenever", 1200, made)
    assert made[6:] == []


def test_yesterday_s_results_go_first_once_a_new_day_is_asked_for():
    shared, made = Shared(4000), []
    for key in (Selection(asof=BEFORE), "whenever", Selection(asof=TODAY), "more"):
        ask(shared, key, 1200, made)
    ask(shared, "whenever", 1200, made)
    ask(shared, Selection(asof=TODAY), 1200, made)
    assert made[4:] == []


def test_results_of_today_outlast_days_on_which_others_held(data):
    """Whoever asks for one day after another pushes out those days, and not what the next reader of today needs."""
    ours = replace(data, shared=Shared())
    first = progress(ours, TODAY)
    ours.shared.most_bytes = ours.shared.size + 3 * size_of(first)
    for year in range(2025, 1990, -1):
        progress(ours, f"{year}-06-01")
        assert ours.shared.size <= ours.shared.most_bytes
    assert progress(ours, TODAY) is first


def test_many_small_results_are_bounded_too(monkeypatch):
    monkeypatch.setattr(Shared, "MOST", 10)
    shared, made = Shared(), []
    for n in range(30):
        ask(shared, n, 1, made)
    assert len(shared._kept) == 10
    ask(shared, 29, 1, made)
    assert len(made) == 30


def test_readers_at_once_wait_for_one():
    shared, made, ready, got = Shared(), [], threading.Event(), []

    def make() -> str:
        made.append(1)
        assert ready.wait(20)
        return "made"

    readers = [threading.Thread(target=lambda: got.append(shared.get("key", make))) for _ in range(20)]
    for reader in readers:
        reader.start()
    ready.set()
    for reader in readers:
        reader.join(20)
    assert (got, made) == (["made"] * 20, [1])


def test_a_failure_is_not_kept():
    shared = Shared()
    with pytest.raises(ZeroDivisionError):
        shared.get("key", lambda: 1 // 0)
    assert shared.get("key", lambda: "made") == "made"


def test_many_days_stay_within_the_budget_and_today_is_reckoned_once(data):
    """A visitor who asks for one day after another: today's table is still there."""
    budget = 4 * size_of(progress(data, TODAY))
    ours = replace(data, shared=Shared())
    ours.shared.most_bytes = budget
    first = progress(ours, TODAY)
    for n in range(60):
        day = (date.fromisoformat(TODAY) - timedelta(days=7 * n + 1)).isoformat()
        outcomes(ours, select(ours, Selection(asof=day)), day)
        assert ours.shared.size <= budget
        assert progress(ours, TODAY) is first


def test_readers_share_a_chart_whatever_other_charts_are_about(data):
    """A link that names an indicator makes none of the charts anew that are about no indicator."""
    asked = Choice(compare="规上工业总产值", place="镇海区")
    for name, same in (("promises", True), ("outcomes", True), ("sector", True), ("compare", False), ("place", False)):
        plain, other = (block_of(name, data, "zh", Selection(), choice) for choice in (Choice(), asked))
        assert (plain is other) == same, name


def test_the_budget_grows_with_the_data(data):
    large = replace(data, frame=pd.concat([data.frame] * 20), shared=Shared(1000))
    assert large.shared.most_bytes > 10 * replace(data, shared=Shared(1000)).shared.most_bytes


def test_the_size_of_tables_arrays_and_texts_is_their_bytes():
    frame = pd.DataFrame({"number": np.zeros(1000), "text": ["数" * 10] * 1000, "key": pd.Categorical(["a"] * 1000)})
    expected = {"number": 8000, "text": 1000 * 38, "key": 1000}
    for column, least in expected.items():
        assert least <= size_of(frame[column]) <= least + 3 * LEAST, column
    assert sum(expected.values()) <= size_of(frame) <= sum(expected.values()) + 3 * LEAST
    assert 8000 <= size_of(np.zeros(1000)) <= 8000 + LEAST
    assert size_of("a" * 1000) < size_of("数" * 1000) <= 4100


def test_the_size_of_what_holds_others_is_theirs():
    table = pd.DataFrame({"number": np.zeros(1000)})
    for holds in ([table], (table,), {"table": table}, Block(table, None, None, 0)):
        assert 8000 <= size_of(holds) <= 8000 + 5 * LEAST
    assert size_of(Rows(table, np.zeros(10, dtype="int32"))) < 8000, "the table is counted where it is kept"
    assert 400_000 <= size_of([list(range(10))] * 400) <= 500_000
    assert size_of(np.array(["数" * 100] * 50, dtype="object")) > 50 * 400


def test_the_size_of_a_drawing_is_that_of_its_marks(data):
    few, many = (go.Figure(go.Scatter(x=list(range(n)), text=["标记" * 10] * n)) for n in (10, 10_000))
    assert size_of(many) > 10_000 * 80 > size_of(few)
    block = block_of("promises", data, "zh", Selection(), Choice())
    assert size_of(block) > len(block.figure.to_json()) / 3


def test_what_holds_itself_has_a_size():
    endless: list = []
    endless.append(endless)
    assert size_of(endless) < 100 * LEAST
