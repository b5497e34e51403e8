"""A start on files that an earlier process has checked believes what may be believed, and nothing else."""

import pytest

from targets import dataset, store
from targets.store import Store
from tests.edits import broken, more, rewrite


@pytest.fixture
def aged(monkeypatch):
    """No file counts as changed just now."""
    monkeypatch.setattr(unchanged, "AGED", 0)


def start(folder) -> Store:
    """Return a watching store that has looked once, and stop its thread."""
    started = Store(folder)
    started.watch()
    started.stop()
    return started


@pytest.fixture
def nothing_reads(monkeypatch):
    """Reading or reckoning anything is an error, from when this is called."""

    def forbid():
        def fail(*_):
            raise AssertionError

        monkeypatch.setattr(store, "read_folder", fail)
        monkeypatch.setattr(dataset, "build", fail)

    return forbid


def test_a_start_on_unchanged_files_reads_none_of_them(folder, aged, nothing_reads):
    before = start(folder).current()
    nothing_reads()
    again = Store(folder)
    again.watch()
    state = again.current()
    again.stop()
    assert state.dataset is not before.dataset
    assert (state.dataset.version, state.unsealed, state.problems) == (before.dataset.version, (), ())
    assert state.dataset.frame.equals(before.dataset.frame)
    assert state.loaded > before.loaded
    assert state.mark == before.mark


def test_a_start_on_the_same_bytes_reckons_nothing(folder, monkeypatch):
    """Copied, checked out again or just touched: the files are read and hashed, and no more."""
    before = start(folder).current()
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes())
    monkeypatch.setattr(dataset, "build", lambda contents: 1 / 0)
    state = start(folder).current()
    assert state.problems == ()
    assert state.dataset.frame.equals(before.dataset.frame)


def test_a_start_after_an_edit_shows_the_edit(folder, aged):
    before = start(folder).current()
    rewrite(folder, "targets.csv", more)
    state = start(folder).current()
    assert state.dataset.version != before.dataset.version
    assert state.unsealed == ("targets.csv",)
    assert start(folder).current().unsealed == ("targets.csv",)


def test_what_the_file_system_did_not_tell_is_found_by_reading(folder, aged, monkeypatch):
    """Every look of the thread reads all bytes, whatever was believed at the start."""
    old = start(folder).current().dataset.version
    found = unchanged.stamps_of(folder)
    monkeypatch.setattr(unchanged, "stamps_of", lambda _: found)
    rewrite(folder, "targets.csv", more)
    again = start(folder)
    assert again._state.dataset.version == old
    again._check()
    assert again._state.dataset.version != old


@pytest.mark.parametrize("kept", ["last-good", "snapshot", "unchanged"])
def test_whatever_is_lost_is_made_again(folder, aged, kept):
    before = start(folder).current()
    state = folder.parent / ".state"
    whole = sorted(path.name for path in state.iterdir())
    assert len(whole) == 3
    for path in state.glob(f"{kept}-*"):
        path.unlink()
    assert start(folder).current().dataset.version == before.dataset.version
    assert sorted(path.name for path in state.iterdir()) == whole


def test_a_damaged_snapshot_is_made_again(folder, aged, caplog):
    before = start(folder).current()
    (snapshot,) = (folder.parent / ".state").glob("snapshot-*")
    content = snapshot.read_bytes()
    snapshot.write_bytes(content[:5000] + bytes(5000) + content[10_000:])
    assert start(folder).current().dataset.frame.equals(before.dataset.frame)
    assert set(caplog.messages) == {"the snapshot on disk is unusable and was ignored"}
    assert snapshot.read_bytes() == content


def test_broken_files_are_not_hidden_by_a_snapshot(folder, aged):
    good = start(folder).current()
    rewrite(folder, "targets.csv", broken)
    state = start(folder).current()
    assert [p.rule for p in state.problems] == ["not_number"]
    assert state.dataset.version == good.dataset.version
    assert [p.rule for p in start(folder).current().problems] == ["not_number"]


def test_data_just_loaded_is_shown_from_its_snapshot(folder, monkeypatch):
    """What was worked out before stays; data that is shown already is not exchanged when only the seal is another."""
    read, mapped = store.Snapshot.read, []
    monkeypatch.setattr(store.Snapshot, "read", lambda self, wanted: mapped.append(read(self, wanted)) or mapped[-1])
    watching = Store(folder)
    watching.watch()
    watching.stop()
    shown = watching._state.dataset
    assert mapped[:-1] == [None]
    assert shown.frame is mapped[-1]["frame"]
    assert shown.frame.equals(dataset.load(folder).frame)
    rewrite(folder, "datapackage.json", lambda text: text + " ")
    watching._check()
    assert watching._state.dataset is shown


def test_a_store_that_nobody_watches_keeps_nothing(folder):
    Store(folder).current()
    assert not (folder.parent / ".state").exists()
