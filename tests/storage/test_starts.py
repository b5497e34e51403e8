"""A start on files that an earlier process has checked believes what may be believed, and nothing else."""

import pytest

from targets.load import dataset
from targets.storage.store import Store
from tests.edits import broken, more, rewrite


def start(folder) -> Store:
    """Return a watching store that has looked once, and stop its thread."""
    started = Store(folder)
    started.watch()
    started.stop()
    return started


def test_a_start_on_the_same_bytes_reckons_nothing(folder, monkeypatch):
    """Copied, checked out again or just touched: the files are read and hashed, and no more."""
    before = start(folder).current()
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes())
    monkeypatch.setattr(dataset, "build", lambda contents: 1 / 0)
    state = start(folder).current()
    assert (state.problems, state.changed, state.mark) == ((), (), before.mark)
    assert state.dataset.frame.equals(before.dataset.frame)


def test_a_start_after_an_edit_shows_the_edit(folder):
    before = start(folder).current()
    rewrite(folder, "targets.csv", more)
    state = start(folder).current()
    assert state.dataset.version != before.dataset.version
    assert state.changed == ("targets.csv",)
    assert start(folder).current().changed == ("targets.csv",)


@pytest.mark.parametrize("kept", ["last-good", "snapshot"])
def test_whatever_is_lost_is_made_again(folder, kept):
    before = start(folder).current()
    state = folder.parent / ".state"
    whole = sorted(path.name for path in state.iterdir())
    assert len(whole) == 2
    for path in state.glob(f"{kept}-*"):
        path.unlink()
    assert start(folder).current().dataset.version == before.dataset.version
    assert sorted(path.name for path in state.iterdir()) == whole


def test_a_damaged_snapshot_is_made_again(folder, caplog):
    before = start(folder).current()
    (snapshot,) = (folder.parent / ".state").glob("snapshot-*")
    content = snapshot.read_bytes()
    snapshot.write_bytes(content[:5000] + bytes(5000) + content[10_000:])
    assert start(folder).current().dataset.frame.equals(before.dataset.frame)
    assert set(caplog.messages) == {"the snapshot on disk is unusable and was ignored"}
    assert snapshot.read_bytes() == content


def test_broken_files_are_not_hidden_by_a_snapshot(folder):
    good = start(folder).current()
    rewrite(folder, "targets.csv", broken)
    state = start(folder).current()
    assert [p.rule for p in state.problems] == ["not_number"]
    assert state.dataset.version == good.dataset.version
    assert [p.rule for p in start(folder).current().problems] == ["not_number"]


def test_only_the_checksums_being_others_the_data_shown_stays(folder):
    """What has been computed for readers is kept."""
    asked = Store(folder)
    shown = asked.current().dataset
    rewrite(folder, "datapackage.json", lambda text: text + " ")
    assert asked.current().dataset is shown


def test_a_store_that_nobody_watches_keeps_nothing(folder):
    Store(folder).current()
    assert not (folder.parent / ".state").exists()
