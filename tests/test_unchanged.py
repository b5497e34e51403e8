"""Files are known again by what the file system says of them, and by nothing that could be theirs by accident."""

import os

import pytest
from targets.unchanged import Known, Unchanged, stamps_of

from targets import unchanged

KNOWN = Known("0123456789ab", "0123456789ab-seal", ("units.csv",))


@pytest.fixture
def aged(folder, monkeypatch):
    """A folder of which no file has just been changed."""
    monkeypatch.setattr(unchanged, "AGED", 0)
    return folder


@pytest.fixture
def noted(aged) -> Unchanged:
    note = Unchanged.of(aged)
    note.write(stamps_of(aged), KNOWN)
    return note


@pytest.mark.parametrize("unsealed", [None, (), ("units.csv", "checks.csv")], ids=str)
def test_unchanged_files_are_known(aged, unsealed):
    known = Known("0123456789ab", "0123456789ab-", unsealed)
    Unchanged.of(aged).write(stamps_of(aged), known)
    assert Unchanged.of(aged).read(aged) == known


def write_again(path):
    path.write_bytes(path.read_bytes())


def keep_size_and_time(path):
    status = path.stat()
    path.write_bytes(bytes(reversed(path.read_bytes())))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_keeping_size_and_time(path):
    status, new = path.stat(), path.with_suffix(".new")
    new.write_bytes(path.read_bytes())
    os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
    new.replace(path)


def replace_by_a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "change", [write_again, keep_size_and_time, replace_keeping_size_and_time, os.unlink, replace_by_a_folder]
)
@pytest.mark.parametrize("name", ["targets.csv", "units.csv", "datapackage.json"])
def test_every_change_is_seen(aged, noted, name, change):
    change(aged / name)
    assert Unchanged.of(aged).read(aged) is None


def test_a_package_that_was_not_there_is_seen(aged):
    (aged / "datapackage.json").rename(aged / "away")
    Unchanged.of(aged).write(stamps_of(aged), KNOWN)
    assert Unchanged.of(aged).read(aged) == KNOWN
    (aged / "away").rename(aged / "datapackage.json")
    assert Unchanged.of(aged).read(aged) is None


def test_files_that_changed_just_now_are_not_noted(folder):
    """Another change within the same tick of the clock would look the same."""
    (folder / "units.csv").touch()
    assert stamps_of(folder) is None
    note = Unchanged.of(folder)
    note.write(stamps_of(folder), KNOWN)
    assert not note.path.exists()


def test_a_file_from_the_future_is_not_noted(folder, monkeypatch):
    monkeypatch.setattr(unchanged.time, "time_ns", lambda: os.stat(folder / "units.csv").st_ctime_ns - 10**10)
    assert stamps_of(folder) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"[]\n[]", bytes(500)])
def test_whatever_is_no_note_is_as_none(aged, noted, content, caplog):
    noted.path.write_bytes(content)
    assert Unchanged.of(aged).read(aged) is None
    noted.path.unlink()
    assert Unchanged.of(aged).read(aged) is None
    noted.path.mkdir()
    assert Unchanged.of(aged).read(aged) is None
    assert caplog.messages == []


def test_a_changed_byte_anywhere_is_noticed(aged, noted):
    whole = noted.path.read_bytes()
    for place in range(0, len(whole), 3):
        noted.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert Unchanged.of(aged).read(aged) is None, place


def test_it_is_written_once_and_a_failure_harms_nothing(aged, noted):
    before = os.stat(noted.path).st_ino
    noted.write(stamps_of(aged), KNOWN)
    again = Unchanged.of(aged)
    again.read(aged)
    again.write(stamps_of(aged), KNOWN)
    assert os.stat(noted.path).st_ino == before
    noted.path.unlink()
    noted.path.mkdir()
    again.write(stamps_of(aged), Known("", "", None))
    assert [path.name for path in noted.path.parent.iterdir()] == [noted.path.name]
