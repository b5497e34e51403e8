"""The data being shown: the last good set stays while a newer one is broken, and nobody waits for a newer one."""

import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from targets import dataset, store, unchanged
from targets.files import read_folder
from targets.last_good import LastGood
from targets.schema import DATA_FOLDER, resources
from targets.store import State, Store


def rewrite(folder, name: str, change) -> None:
    """Replace a file by name, with a new time even where the clock is coarse."""
    path = folder / name
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def test_an_unchanged_folder_is_loaded_once(folder):
    store = Store(folder)
    assert store.current() is store.current()
    assert len(store.current().dataset.frame) == 70


def test_an_edit_is_shown_and_changes_the_version(folder):
    store = Store(folder)
    before = store.current().dataset
    rewrite(folder, "targets.csv", lambda text: text.replace(",4000,亿元", ",4001,亿元"))
    after = store.current().dataset
    assert after.version != before.version
    assert after.frame["canonical_value"].eq(4001).sum() == 1


def test_a_broken_file_keeps_the_last_good_data_and_says_why(folder):
    store = Store(folder)
    good = store.current().dataset
    rewrite(folder, "targets.csv", lambda text: text.replace(",4000,亿元", ",四千,亿元"))
    state = store.current()
    assert state.dataset is good
    assert [p.say("zh").partition("；")[0] for p in state.problems] == [
        "targets.csv，第6行，“value”列，值“四千”：应是普通数字，例如 4000 或 2.2"
    ]
    rewrite(folder, "targets.csv", lambda text: text.replace(",四千,亿元", ",4000,亿元"))
    assert store.current().problems == ()
    assert store.current().dataset.version == good.version


def test_a_missing_file_keeps_the_last_good_data(folder):
    store = Store(folder)
    good = store.current().dataset
    (folder / "units.csv").unlink()
    assert store.current().dataset is good
    assert [p.say("en") for p in store.current().problems] == [
        "units.csv: the file is missing; it was expected in the data folder"
    ]


def test_files_are_never_mixed(folder):
    """A target that needs a new district waits for the code list that has it."""
    store = Store(folder)
    good = store.current().dataset
    rewrite(
        folder, "targets.csv", lambda text: text.replace("a-1", "a-1").replace(",余姚市,余姚市,", ",余姚市,慈溪市,", 1)
    )
    assert store.current().dataset is good
    rewrite(folder, "districts.csv", lambda text: text + "慈溪市,Cixi,宁波市,6\n")
    assert "慈溪市" in set(store.current().dataset.frame["district"])


def test_a_first_start_on_a_broken_folder_has_no_data(tmp_path):
    state = Store(tmp_path).current()
    assert state.dataset is None
    assert len(state.problems) == len(resources())
    assert Store(DATA_FOLDER).current().dataset is not None


@pytest.fixture
def watched(folder, monkeypatch):
    """A store that looks at the folder every 10 ms."""
    monkeypatch.setattr(store, "EVERY", 0.01)
    monkeypatch.setattr(store, "QUIET", 0.01)
    monkeypatch.setattr(store, "SHARE", 1)
    watching = Store(folder)
    watching.watch()
    yield watching
    watching.stop()


def wait_for(condition):
    """Wait until it holds, at most 20 s."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def more(text: str) -> str:
    return text.replace(",4000,亿元", ",4001,亿元")


def broken(text: str) -> str:
    return text.replace(",4000,亿元", ",四千,亿元")


def test_an_edit_of_the_same_size_and_time_is_noticed(folder, watched):
    before, path = watched.current().dataset.version, folder / "targets.csv"
    status = path.stat()
    path.write_text(more(path.read_text(encoding="utf-8")), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    wait_for(lambda: watched.current().dataset.version != before)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def test_a_reader_never_waits_for_a_load(folder, watched, monkeypatch):
    before, started, go = watched.current(), threading.Event(), threading.Event()
    build = dataset.build

    def build_slowly(contents):
        started.set()
        assert go.wait(20)
        return build(contents)

    monkeypatch.setattr(dataset, "build", build_slowly)
    rewrite(folder, "targets.csv", more)
    assert started.wait(20)
    assert watched.current() is before
    go.set()
    wait_for(lambda: watched.current() is not before)
    assert watched.current().dataset.version != before.dataset.version


def test_one_load_at_a_time_however_many_ask(folder, monkeypatch):
    loads, build = [], dataset.build
    monkeypatch.setattr(dataset, "build", lambda contents: loads.append(contents) or build(contents))
    asked = Store(folder)
    readers = [threading.Thread(target=asked.current) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(loads) == 1


def test_a_file_that_is_being_written_is_left_alone(folder, watched, monkeypatch):
    """What is read while somebody writes differs from one look to the next; none of it is loaded."""
    before, looks = watched.current(), []

    def read_a_growing_file(path):
        looks.append(path)
        files = read_folder(path)
        part = files.contents["targets"] + b"x" * len(looks)
        return type(files)({**files.contents, "targets": part}, files.package)

    monkeypatch.setattr(store, "read_folder", read_a_growing_file)
    wait_for(lambda: len(looks) > 6)
    assert watched.current() is before


def test_a_cut_file_keeps_the_last_good_data(folder, watched):
    good = watched.current().dataset
    rewrite(folder, "targets.csv", lambda text: text[: text.rindex("\n", 0, -1) + 1])
    wait_for(lambda: watched.current().problems)
    assert [p.rule for p in watched.current().problems] == ["fewer_rows"]
    assert watched.current().dataset is good


def test_a_cut_that_leaves_keys_without_their_records_is_still_called_a_cut(folder, watched):
    rewrite(folder, "targets.csv", lambda text: "".join(text.splitlines(keepends=True)[:20]))
    wait_for(lambda: watched.current().problems)
    first, *others = watched.current().problems
    assert (first.rule, first.details) == ("fewer_rows", {"rows": 19, "sealed": 70})
    assert {problem.file for problem in others} == {"checks.csv"}


def test_a_state_says_since_when_and_what_is_shown(folder):
    asked, began = Store(folder), datetime.now(UTC)
    good = asked.current()
    assert (good.failing_since, good.unsealed) == (None, ())
    assert began <= good.loaded <= datetime.now(UTC)
    rewrite(folder, "targets.csv", broken)
    first = asked.current()
    assert (first.dataset, first.loaded) == (good.dataset, good.loaded)
    assert first.failing_since >= good.loaded
    rewrite(folder, "units.csv", lambda text: text + "x\n")
    second = asked.current()
    assert second.failing_since == first.failing_since
    assert len(second.problems) == 2
    rewrite(folder, "units.csv", lambda text: text.removesuffix("x\n"))
    rewrite(folder, "targets.csv", lambda text: text.replace(",四千,", ",4000,"))
    assert asked.current() == good


def test_an_unsealed_edit_is_said(folder):
    asked = Store(folder)
    asked.current()
    rewrite(folder, "targets.csv", more)
    assert asked.current().unsealed == ("targets.csv",)


def test_a_broken_seal_keeps_the_last_good_data(folder):
    asked = Store(folder)
    good = asked.current().dataset
    rewrite(folder, "datapackage.json", lambda text: text.replace("sha256:", "sha1:", 1))
    assert [p.rule for p in asked.current().problems] == ["bad_seal"]
    assert asked.current().dataset is good


def test_every_state_that_looks_different_has_another_mark(folder):
    asked, marks = Store(folder), []
    for name, change in (
        ("targets.csv", lambda text: text),
        ("targets.csv", more),
        ("targets.csv", lambda text: text.replace(",4001,", ",四千,")),
        ("units.csv", lambda text: text + "x\n"),
        ("datapackage.json", lambda text: "{"),
    ):
        rewrite(folder, name, change)
        marks.append(asked.current().mark)
    assert len(set(marks)) == len(marks)
    assert Store(folder).current().mark != marks[-1]
    assert asked.current().mark == marks[-1]


def test_a_fault_of_a_check_is_logged_and_the_last_good_data_stays(folder, monkeypatch, caplog):
    asked = Store(folder)
    good = asked.current().dataset
    monkeypatch.setattr(dataset, "build", lambda contents: 1 / 0)
    rewrite(folder, "targets.csv", more)
    assert [p.say("en") for p in asked.current().problems] == [
        "*.csv: the files could not be checked; the reason is in the server's log"
    ]
    assert asked.current().dataset is good
    assert caplog.messages == ["the data could not be checked"]


def test_a_restart_on_a_broken_folder_shows_what_was_kept(folder, watched):
    good = watched.current()
    watched.stop()
    rewrite(folder, "targets.csv", broken)
    began, again = datetime.now(UTC), Store(folder)
    again.watch()
    state = again.current()
    again.stop()
    assert (state.dataset.version, state.loaded, state.unsealed) == (good.dataset.version, good.loaded, ())
    assert [p.rule for p in state.problems] == ["not_number"]
    assert state.failing_since >= began


def test_a_copy_that_no_longer_passes_the_checks_is_ignored(folder, caplog):
    rewrite(folder, "targets.csv", broken)
    LastGood.of(folder).write(read_folder(folder), datetime.now(UTC) - timedelta(days=1))
    again = Store(folder)
    again.watch()
    state = again.current()
    again.stop()
    assert state.dataset is None
    assert caplog.messages == ["the copy of the last good data no longer passes the checks and was ignored"]


def test_a_good_folder_is_not_asked_for_its_copy(folder, watched, caplog):
    watched.stop()
    LastGood.of(folder).path.write_bytes(b"damaged")
    again = Store(folder)
    again.watch()
    again.stop()
    assert again.current().problems == ()
    assert caplog.messages == []


def test_without_data_there_is_a_mark_too():
    assert State().mark != State(unsealed=()).mark


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
