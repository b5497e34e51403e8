"""The snapshot gives the very data set that was written, or nothing: never wrong data, never a crash."""

import errno
import os
import threading
import zlib

import numpy as np
import pandas as pd
import pytest

import targets
from targets.load import dataset
from targets.load.dataset import Dataset
from targets.query.selection import Selection
from targets.query.tables import TABLES, Choice, table_of
from targets.storage import snapshot
from targets.storage.program import program_key
from targets.storage.snapshot import Snapshot
from tests.generator import generate

IGNORED = "the snapshot on disk is unusable and was ignored"


@pytest.fixture
def kept(data, tmp_path) -> Snapshot:
    made = Snapshot(tmp_path / "state" / "snapshot.arrow")
    made.write(data)
    return made


def assert_same(read: Dataset, data: Dataset) -> None:
    """The same version, tables, columns, types, keys of categories in their order, and cells."""
    assert read.version == data.version
    assert list(read.every_table) == list(data.every_table)
    for name, table in data.every_table.items():
        ours = read.every_table[name]
        pd.testing.assert_frame_equal(
            ours, table, check_exact=True, check_categorical=True, check_column_type=True, check_index_type=True
        )


def test_what_was_written_comes_back(data, all_data, tmp_path):
    for n, each in enumerate((data, all_data)):
        Snapshot(tmp_path / str(n)).write(each)
        assert_same(Snapshot(tmp_path / str(n)).read(each.version), each)


def test_a_generated_folder_comes_back(tmp_path):
    generate(tmp_path, 3000, 7)
    data, kept = dataset.load(tmp_path), Snapshot(tmp_path / "snapshot")
    kept.write(data)
    assert_same(kept.read(data.version), data)


def test_every_table_is_the_same_of_both(data, kept):
    """The mapped columns cannot be written to, and nothing has to."""
    read = kept.read(data.version)
    for selection in (Selection(), Selection(year=("2022",), q="产值")):
        for name in TABLES:
            tables = [table_of(name, each, selection, Choice()) for each in (read, data)]
            pd.testing.assert_frame_equal(*tables, check_exact=True, obj=name)


def test_a_column_that_two_tables_share_is_kept_once(data, kept):
    read = kept.read(data.version)
    assert np.shares_memory(read.frame["value"].to_numpy(), read.tables["targets"]["value"].to_numpy())


def test_other_data_and_another_program_are_not_taken_for_these(data, kept, caplog, monkeypatch):
    assert kept.read("0123456789ab") is None
    monkeypatch.setattr(snapshot, "program_key", lambda: "another release")
    assert kept.read(data.version) is None
    assert caplog.messages == []


def test_a_file_cut_anywhere_is_ignored(data, kept):
    whole = kept.path.read_bytes()
    for length in [*range(0, 400, 7), *range(400, len(whole), 1999), *range(len(whole) - 40, len(whole))]:
        kept.path.write_bytes(whole[:length])
        assert Snapshot(kept.path).read(data.version) is None, length


def test_a_changed_byte_anywhere_is_noticed(data, kept):
    whole = kept.path.read_bytes()
    for place in [*range(0, len(whole) - 40, 997), *range(len(whole) - 40, len(whole))]:
        for bit in (1, 128):
            kept.path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            assert Snapshot(kept.path).read(data.version) is None, place


def exchange_blocks(content: bytes) -> bytes:
    """Exchange two blocks of a disk, of which only the order is wrong then."""
    first, second = content[4096:8192], content[8192:12288]
    assert first != second
    return content[:4096] + second + first + content[12288:]


def with_checksum(content: bytes) -> bytes:
    """Return what somebody else would have written under the same key."""
    content += snapshot._key("0123456789ab")
    return content + zlib.crc32(content).to_bytes(4, "big")


DAMAGED = {
    "two blocks exchanged": exchange_blocks,
    "zeros before the key": lambda content: bytes(len(content) - 36) + content[-36:],
    "twice": lambda content: content * 2,
    "the key alone": lambda content: content[-36:],
}


def test_a_damaged_file_is_ignored_with_one_line(data, kept, caplog):
    whole = kept.path.read_bytes()
    for name, change in DAMAGED.items():
        caplog.clear()
        kept.path.write_bytes(change(whole))
        assert Snapshot(kept.path).read(data.version) is None, name
        assert caplog.messages == [IGNORED], name


def test_what_is_no_arrow_file_is_ignored_whatever_its_checksum(tmp_path):
    path = tmp_path / "snapshot"
    for content in (b"", b"id,year\n", bytes(500), b'{"rows": 1}' * 50):
        path.write_bytes(with_checksum(content))
        assert Snapshot(path).read("0123456789ab") is None, content


def place_nothing(path):
    path.unlink()


def place_a_folder(path):
    path.unlink()
    path.mkdir()


def place_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def place_a_link_to_itself(path):
    path.unlink()
    path.symlink_to(path)


def test_whatever_stands_in_its_place_is_ignored(data, kept, caplog, tmp_path):
    places = {
        place_nothing: 0,
        place_a_folder: 1,
        place_a_pipe: 1,
        place_a_link_to_itself: 1,
        lambda path: path.write_bytes(b""): 0,
        lambda path: path.write_bytes(b"id,year\n"): 0,
    }
    for n, (place, lines) in enumerate(places.items()):
        caplog.clear()
        path = tmp_path / str(n)
        path.write_bytes(kept.path.read_bytes())
        place(path)
        assert Snapshot(path).read(data.version) is None, n
        assert caplog.messages == [IGNORED] * lines, n


def test_a_file_that_may_not_be_read_is_ignored(data, kept, caplog, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert Snapshot(kept.path).read(data.version) is None
    assert caplog.messages == [IGNORED]


def test_a_full_disk_is_one_warning_and_the_old_file_stays(data, all_data, kept, caplog, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(snapshot, "_checksum", fail)
        for _ in range(3):
            kept.write(all_data)
    assert caplog.messages == ["the snapshot cannot be written: No space left on device"]
    assert [path.name for path in kept.path.parent.iterdir()] == [kept.path.name]
    assert_same(Snapshot(kept.path).read(data.version), data)
    kept.write(all_data)
    assert_same(Snapshot(kept.path).read(all_data.version), all_data)


def test_a_place_that_cannot_be_written_is_one_warning(data, tmp_path, caplog):
    (tmp_path / "state").write_text("a file where the folder should be")
    made = Snapshot(tmp_path / "state" / "snapshot.arrow")
    for _ in range(3):
        made.write(data)
    assert len(caplog.messages) == 1


def test_columns_that_arrow_does_not_know_are_not_kept(data, tmp_path, caplog):
    odd = Dataset(data.frame.assign(day=[{1: object()}] * len(data.frame)), data.tables, data.version)
    Snapshot(tmp_path / "odd").write(odd)
    assert not (tmp_path / "odd").exists()
    assert len(caplog.messages) == 1


def test_writers_and_readers_at_once_see_whole_files(data, all_data, tmp_path):
    """Threads stand for processes: each has a file of its own until it is moved."""
    path, read = tmp_path / "snapshot", []

    def write(each: Dataset) -> None:
        for _ in range(5):
            Snapshot(path).write(each)

    def look() -> None:
        for _ in range(20):
            read.extend((each, Snapshot(path).read(each.version)) for each in (data, all_data))

    Snapshot(path).write(data)
    workers = [threading.Thread(target=write, args=(each,)) for each in (data, all_data) * 2]
    workers += [threading.Thread(target=look) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = [(each, got) for each, got in read if got is not None]
    assert len(found) >= 20
    for each, got in found:
        assert got.version == each.version
        assert got.frame.equals(each.frame)
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


def test_what_is_mapped_stays_when_the_file_is_replaced_or_removed(data, all_data, kept):
    read = kept.read(data.version)
    Snapshot(kept.path).write(all_data)
    kept.path.unlink()
    assert_same(read, data)


def test_tables_without_rows_and_missing_cells_come_back(data, tmp_path):
    table = pd.DataFrame(
        {
            "word": pd.array(["宁波", "", "b"], "str"),
            "key": pd.Categorical(["x", None, "y"], ["y", "x"], ordered=True),
            "year": pd.array([2022, None, 2023], "Int64"),
            "number": [1.5, np.nan, -np.inf],
            "truth": [True, False, True],
        }
    )
    odd = Dataset(table, {"empty": table.iloc[:0], "more": table.assign(word=["a", "b", "c"])}, data.version)
    Snapshot(tmp_path / "odd").write(odd)
    assert_same(Snapshot(tmp_path / "odd").read(data.version), odd)


def test_the_program_is_every_module_wherever_it_stands_and_the_libraries(tmp_path, monkeypatch):
    monkeypatch.setattr(targets, "__file__", str(tmp_path / "__init__.py"))
    keys = [program_key.__wrapped__()]
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    for content in ("a = 1", "a = 2"):
        (tmp_path / "deep" / "deeper" / "module.py").write_text(content)
        keys.append(program_key.__wrapped__())
    (tmp_path / "deep" / "deeper" / "module.py").rename(tmp_path / "module.py")
    keys.append(program_key.__wrapped__())
    monkeypatch.setattr(np, "__version__", "0.0")
    keys.append(program_key.__wrapped__())
    assert len({*keys}) == 5
