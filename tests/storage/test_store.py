"""The data being shown: the last good set stays while a newer one is broken, and nobody waits for a newer one."""

import errno
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from targets.contract.schema import DATA_FOLDER, resources
from targets.load import dataset
from targets.load.files import read_folder
from targets.storage import store
from targets.storage.last_good import LastGood
from targets.storage.store import State, Store
from tests.edits import broken, more, rewrite


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


@pytest.mark.parametrize("part", ["read_folder", "WarmUp.prepare"])
def test_a_fault_of_one_look_does_not_end_the_looking(folder, watched, monkeypatch, caplog, part):
    """A crowd may leave no file descriptor for a moment."""
    before, failed = watched.current().dataset.version, threading.Event()

    def fail(*_):
        failed.set()
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as crowded:
        crowded.setattr(f"targets.storage.store.{part}", fail)
        assert failed.wait(20)
        wait_for(lambda: caplog.messages)
    assert set(caplog.messages) == {"the data folder could not be looked at"}
    rewrite(folder, "targets.csv", more)
    wait_for(lambda: watched.current().dataset.version != before)


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
    assert (first.rule, first.details) == ("fewer_rows", {"rows": 19, "recorded": 70})
    assert {problem.file for problem in others} == {"checks.csv"}


def test_a_state_says_since_when_and_what_is_shown(folder):
    asked, began = Store(folder), datetime.now(UTC)
    good = asked.current()
    assert (good.failing_since, good.changed) == (None, ())
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


def test_an_edit_since_the_checksums_is_said(folder):
    asked = Store(folder)
    asked.current()
    rewrite(folder, "targets.csv", more)
    assert asked.current().changed == ("targets.csv",)


def test_a_broken_checksum_keeps_the_last_good_data(folder):
    asked = Store(folder)
    good = asked.current().dataset
    rewrite(folder, "datapackage.json", lambda text: text.replace("sha256:", "sha1:", 1))
    assert [p.rule for p in asked.current().problems] == ["bad_checksum"]
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
    assert (state.dataset.version, state.loaded, state.changed) == (good.dataset.version, good.loaded, ())
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


def test_a_copy_that_cannot_be_checked_is_no_reason_not_to_start(folder, caplog, monkeypatch):
    LastGood.of(folder).write(read_folder(folder), datetime.now(UTC))
    rewrite(folder, "targets.csv", broken)
    again = Store(folder)

    def fail(_):
        raise TypeError

    with monkeypatch.context() as faulty:
        faulty.setattr(store.dataset, "build", fail)
        again.watch()
    assert again.current().dataset is None
    again.stop()
    assert caplog.messages == ["the data could not be checked", "the copy of the last good data could not be checked"]


def test_a_good_folder_is_not_asked_for_its_copy(folder, watched, caplog):
    watched.stop()
    LastGood.of(folder).path.write_bytes(b"damaged")
    again = Store(folder)
    again.watch()
    again.stop()
    assert again.current().problems == ()
    assert caplog.messages == []


def test_without_data_there_is_a_mark_too():
    assert State().mark != State(changed=()).mark
