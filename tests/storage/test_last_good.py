"""The copy on disk: written whole, read whole, ignored when damaged, and never a reason to stop."""

import errno
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targets.load.files import Files, read_folder
from targets.storage.last_good import LastGood
from targets.storage.store import Store

NOW = datetime(2026, 3, 1, 4, 5, tzinfo=UTC)


@pytest.fixture
def kept(folder) -> LastGood:
    last_good = LastGood.of(folder)
    last_good.write(read_folder(folder), NOW)
    return last_good


def test_what_was_kept_comes_back(folder, kept):
    assert LastGood.of(folder).read() == (read_folder(folder), NOW)
    assert kept.path.parent == folder.parent / ".state"
    assert [path.name for path in kept.path.parent.iterdir()] == [kept.path.name]


def test_a_folder_may_be_named_for_it(folder, tmp_path):
    store = Store(folder, tmp_path / "elsewhere")
    store.watch()
    store.stop()
    kept = sorted(path.name.split("-")[0] for path in (tmp_path / "elsewhere").iterdir())
    assert kept == ["last", "snapshot"]


def test_two_data_folders_never_share_a_copy(folder, kept):
    assert LastGood.of(folder.parent / "other").read() is None


def test_the_same_bytes_are_written_once(folder, kept):
    before = os.stat(kept.path).st_ino
    kept.write(read_folder(folder), NOW)
    read_again = LastGood.of(folder)
    read_again.read()
    read_again.write(read_folder(folder), NOW)
    assert os.stat(kept.path).st_ino == before


def test_another_process_does_not_write_the_same_bytes_again(folder, kept):
    before = os.stat(kept.path).st_ino
    LastGood.of(folder).write(read_folder(folder), NOW)
    assert os.stat(kept.path).st_ino == before
    kept.path.write_bytes(kept.path.read_bytes()[:-1])
    LastGood.of(folder).write(read_folder(folder), NOW)
    assert os.stat(kept.path).st_ino != before
    assert LastGood.of(folder).read() == (read_folder(folder), NOW)


def test_what_a_killed_process_left_is_swept_away(folder, kept):
    left, newer = (kept.path.with_name(f"{kept.path.stem}{name}.tmp") for name in ("old", "new"))
    for path in (left, newer):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    kept.write(Files({"units": b""}), NOW)
    assert [path.exists() for path in (left, newer)] == [False, True]


def test_what_another_process_moves_meanwhile_is_left_to_it(folder, kept, monkeypatch):
    left = kept.path.with_name(f"{kept.path.stem}old.tmp")
    left.write_bytes(b"half")
    found = Path.glob

    def move_then_list(self, pattern):
        names = list(found(self, pattern))
        left.unlink(missing_ok=True)
        return names

    monkeypatch.setattr(Path, "glob", move_then_list)
    kept.write(Files({"units": b""}), NOW)
    assert LastGood.of(folder)._holds(Files({"units": b""}))


def damage_last(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGED = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "one bit": damage_last,
    "zeros": lambda content: bytes(len(content)),
    "no archive": lambda content: b'{"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}\n',
    "another kind of head": lambda content: b"[]\n" + content,
}


def test_a_damaged_copy_is_ignored_with_one_line(folder, kept, caplog):
    whole = kept.path.read_bytes()
    for name, change in DAMAGED.items():
        caplog.clear()
        kept.path.write_bytes(change(whole))
        assert LastGood.of(folder).read() is None, name
        assert caplog.messages == ["the copy of the last good data is unusable and was ignored"], name


def test_a_copy_that_lacks_a_file_of_today_is_ignored(folder, caplog):
    files = read_folder(folder)
    fewer = {name: content for name, content in files.contents.items() if name != "units"}
    LastGood.of(folder).write(Files(fewer), NOW)
    assert LastGood.of(folder).read() is None
    assert len(caplog.messages) == 1


def test_no_copy_is_no_trouble(folder, caplog):
    assert LastGood.of(folder).read() is None
    assert caplog.messages == []


def test_a_pipe_in_its_place_is_ignored(folder, kept, caplog):
    kept.path.unlink()
    os.mkfifo(kept.path)
    assert LastGood.of(folder).read() is None
    assert len(caplog.messages) == 1


def test_a_full_disk_is_one_warning_and_the_old_copy_stays(folder, kept, caplog, monkeypatch):
    old = read_folder(folder)

    def fail(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        for n in range(3):
            kept.write(Files({**old.contents, "units": b"%d" % n}), NOW)
    assert caplog.messages == ["the last good data cannot be kept on disk: No space left on device"]
    assert LastGood.of(folder).read() == (old, NOW)
    assert [path.name for path in kept.path.parent.iterdir()] == [kept.path.name]
    newer = Files({**old.contents, "units": b"3"}, old.package)
    kept.write(newer, NOW)
    assert LastGood.of(folder).read() == (newer, NOW)


def test_a_place_that_cannot_be_written_is_one_warning(folder, caplog):
    (folder.parent / ".state").write_text("a file where the folder should be")
    last_good = LastGood.of(folder)
    for n in range(3):
        last_good.write(Files({"units": b"%d" % n}), NOW)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_writers_at_once_leave_one_whole_copy(folder, kept):
    """Threads stand for processes: each has a writer of its own."""
    files = read_folder(folder)
    versions = [Files({**files.contents, "units": b"x" * n}) for n in range(1, 9)]
    writers = [threading.Thread(target=LastGood(kept.path).write, args=(each, NOW)) for each in versions]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert LastGood.of(folder).read()[0] in versions
    assert [path.name for path in kept.path.parent.iterdir()] == [kept.path.name]
