"""What readers see first stands ready before they come."""

import queue
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from targets.charts.blocks import OVERVIEW, block_of
from targets.load import dataset
from targets.load.dataset import shared_cache
from targets.progress import progress
from targets.progress.actuals import known_days
from targets.query.selection import Selection
from targets.query.tables import Choice
from targets.storage import warm_up
from targets.storage.store import Store
from targets.storage.warm_up import WarmUp
from ui.overview import prepare


def test_first_views_are_prepared_once_for_each_data_set_and_day(monkeypatch, data, all_data):
    prepared, days = [], iter(["2026-11-24", "2026-11-24", "2026-11-24", "2026-11-25"])
    monkeypatch.setattr(warm_up, "today", lambda: next(days))
    views = WarmUp(lambda found: prepared.append(found.version))
    for found in (None, data, data, all_data, all_data):
        views.prepare(found)
    assert prepared == [data.version, all_data.version, all_data.version]


def test_a_fault_is_logged_once_and_stops_nothing(data, all_data, caplog):
    prepared = []

    def fail(found):
        prepared.append(found.version)
        raise RuntimeError

    views = WarmUp(fail)
    for found in (data, data, all_data):
        views.prepare(found)
    assert prepared == [data.version, all_data.version]
    assert caplog.messages == ["what readers see first could not be prepared"] * 2


def test_a_reader_of_the_overview_finds_everything_made(page_folder):
    fresh, made = dataset.load(page_folder), []
    prepare(fresh)
    get = fresh.shared.get

    def look(key, make):
        return get(key, lambda: made.append(key) or make())

    fresh.shared.get = look
    prepare(fresh)
    for lang in ("zh", "en"):
        for name in OVERVIEW:
            assert not block_of(name, fresh, lang, Selection(), Choice()).table.empty
    assert made == []


def test_days_with_the_same_results_share_them(all_data):
    """The results of the first and the last day before something is published or a year begins are the same."""
    published = [date.fromisoformat(day) for day in known_days(all_data)]
    turns = sorted({*published[:4], *(date(year, 1, 1) for year in (published[0].year, published[0].year + 1))})
    shared = []
    for first, following in pairwise(turns):
        last = (following - timedelta(days=1)).isoformat()
        shared.append(progress.progress(all_data, first.isoformat()))
        assert progress.progress(all_data, last) is shared[-1]
        alone = replace(all_data, shared=shared_cache())
        pd.testing.assert_frame_equal(shared[-1], progress.progress(alone, last), obj=last)
    assert len({id(table) for table in shared}) == len(turns) - 1 > 2


def test_the_thread_of_a_store_prepares_new_data(folder):
    prepared, watching = queue.Queue(), Store(folder)
    watching.watch(lambda found: prepared.put(found.version))
    try:
        first = prepared.get(timeout=20)
        assert first == watching.current().dataset.version
        (folder / "targets.csv").write_bytes((folder / "targets.csv").read_bytes() + b"\n")
        assert prepared.get(timeout=20) != first
    finally:
        watching.stop()
