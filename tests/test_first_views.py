"""What readers see first stands ready before they come."""

import queue
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd

from targets import dataset, first_views, progress
from targets.actuals import known_days
from targets.blocks import OVERVIEW
from targets.first_views import FirstViews
from targets.selection import Selection
from targets.snapshot import Snapshot
from targets.store import Store
from targets.tables import Choice
from ui.overview import prepare


def test_first_views_are_prepared_once_for_each_data_set_and_day(monkeypatch, data, all_data):
    prepared, days = [], iter(["2026-11-24", "2026-11-24", "2026-11-24", "2026-11-25"])
    monkeypatch.setattr(first_views, "today", lambda: next(days))
    views = FirstViews(lambda found: prepared.append(found.version))
    for found in (None, data, data, all_data, all_data):
        views.prepare(found)
    assert prepared == [data.version, all_data.version, all_data.version]


def test_a_fault_is_logged_once_and_stops_nothing(data, caplog):
    def fail(_):
        raise RuntimeError

    views = FirstViews(fail)
    views.prepare(data)
    views.prepare(data)
    assert caplog.messages == ["what readers see first could not be prepared"]


def test_after_a_fault_it_is_tried_again_a_while_later(monkeypatch, data, all_data):
    now, asked, away = [1000.0], [], [False, False, True]
    monkeypatch.setattr(first_views, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def prepare(found):
        asked.append((now[0], found.version))
        if away.pop():
            raise RuntimeError

    views = FirstViews(prepare)
    for now[0], found in ((1000.0, data), (1299.0, data), (1299.0, all_data), (1301.0, data), (1302.0, data)):
        views.prepare(found)
    tried = [(1000.0, data.version), (1299.0, all_data.version), (1301.0, data.version)]
    assert asked == tried, "other data need not wait, and what is done is done"


def test_a_reader_of_the_overview_finds_everything_made(monkeypatch, page_folder):
    fresh = dataset.load(page_folder)
    prepare(fresh)

    def make(*_):
        raise AssertionError

    monkeypatch.setattr("targets.blocks.find_table", make)
    monkeypatch.setattr("targets.selection.count_all", make)
    monkeypatch.setattr("ui.figure._foot", make)
    prepare(fresh)
    for lang in ("zh", "en"):
        for name in OVERVIEW:
            block = fresh.shared.get(("block", name, lang, Selection(), Choice()), make)
            assert not block.table.empty


def test_results_of_many_targets_are_kept_for_the_next_start(monkeypatch, page_folder, tmp_path, caplog):
    monkeypatch.setattr(progress, "LARGE", 0)
    before, again = dataset.load(page_folder), dataset.load(page_folder)
    FirstViews(lambda _: None, Snapshot(tmp_path / "results")).prepare(before)
    table, bases = progress.progress(before, progress.today()), progress.base_places(before, progress.today())

    def reckon(*_):
        raise AssertionError

    monkeypatch.setattr(progress, "_progress", reckon)
    FirstViews(lambda _: None, Snapshot(tmp_path / "results")).prepare(again)
    pd.testing.assert_frame_equal(progress.progress(again, progress.today()), table)
    assert progress.base_places(again, progress.today()).tolist() == bases.tolist()
    assert caplog.messages == []


def test_results_of_few_targets_are_not_kept(data, tmp_path):
    FirstViews(lambda _: None, Snapshot(tmp_path / "results")).prepare(data)
    assert list(tmp_path.iterdir()) == []


def test_results_of_other_data_or_an_earlier_time_are_reckoned_anew(monkeypatch, data, all_data, tmp_path):
    monkeypatch.setattr(progress, "LARGE", 0)
    kept, later = Snapshot(tmp_path / "results"), dataset.Dataset(data.frame, data.tables, data.version)
    progress.keep(data, kept)
    progress.recall(all_data, kept)
    assert len(progress.progress(all_data, progress.today())) > len(progress.progress(data, progress.today()))
    monkeypatch.setattr(progress, "today", lambda: "2036-01-01")
    progress.recall(later, kept)
    assert (progress.progress(later, "2036-01-01")["calendar"] != "not_due").all()


def test_days_with_the_same_results_share_them(all_data):
    """Between two days on which something was published or a year began, the first and the last, until all is due."""
    published = [date.fromisoformat(day) for day in known_days(all_data)]
    last_due = int(all_data.frame.loc[all_data.frame["kind"] != "actual", "year"].max())
    turns = {*published, *(date(year, 1, 1) for year in range(published[-1].year - 1, last_due + 3))}
    shared = []
    for first, following in pairwise(sorted(turns)):
        last = (following - timedelta(days=1)).isoformat()
        shared.append(progress.progress(all_data, first.isoformat()))
        assert progress.progress(all_data, last) is shared[-1]
        pd.testing.assert_frame_equal(shared[-1], progress._progress(all_data, last)[0], obj=last)
    assert len({id(table) for table in shared}) == len(turns) - 1


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
