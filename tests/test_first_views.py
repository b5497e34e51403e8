"""What readers see first stands ready before they come."""

import queue

from targets import dataset, first_views
from targets.first_views import FirstViews
from targets.selection import Selection
from targets.store import Store
from targets.tables import Choice
from ui.overview import FIGURES, prepare


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


def test_a_reader_of_the_overview_finds_everything_made(monkeypatch, page_folder):
    fresh = dataset.load(page_folder)
    prepare(fresh)

    def make(*_):
        raise AssertionError

    monkeypatch.setattr("targets.blocks.table_of", make)
    monkeypatch.setattr("targets.selection.count_all", make)
    monkeypatch.setattr("ui.figure._foot", make)
    prepare(fresh)
    for lang in ("zh", "en"):
        for name in FIGURES:
            block = fresh.shared.get(("block", name, lang, Selection(), Choice()), make)
            assert not block.table.empty


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
