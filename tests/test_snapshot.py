"""The snapshot gives the very data set that was written, or nothing: never wrong data, never a crash."""

import errno
import os
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets import dataset, snapshot
from targets.dataset import Dataset
from targets.schema import resources
from targets.selection import Selection
from targets.tables import NAMES, Choice, table_of
from tests.generator import generate

IGNORED = "the snapshot on disk is unusable and was ignored"


class Snapshot(snapshot.Snapshot):
    """The snapshot of a data set."""

    def write(self, data: Dataset) -> bool:
        return super().write(data.version, data.every_table)

    def read(self, version: str) -> Dataset | None:
        tables = super().read(version)
        return Dataset.from_tables(tables, version) if tables else None


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
        assert [(dtype, getattr(dtype, "categories", pd.Index([])).name) for dtype in ours.dtypes] == [
            (dtype, getattr(dtype, "categories", pd.Index([])).name) for dtype in table.dtypes
        ]


def test_what_was_written_comes_back(data, all_data, tmp_path):
    for n, each in enumerate((data, all_data)):
        Snapshot(tmp_path / str(n)).write(each)
        assert_same(Snapshot(tmp_path / str(n)).read(each.version), each)


@settings(max_examples=8)
@given(records=st.integers(40, 3000), seed=st.integers(0, 10**6))
def test_generated_folders_come_back(tmp_path_factory, records, seed):
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, records, seed)
    data, kept = dataset.load(folder), Snapshot(folder / "snapshot")
    kept.write(data)
    assert_same(kept.read(data.version), data)


def test_every_table_is_the_same_of_both(data, kept):
    """The mapped columns cannot be written to, and nothing has to."""
    read = kept.read(data.version)
    for selection in (Selection(), Selection(year=("2022",), q="产值")):
        for name in NAMES:
            tables = [table_of(name, each, selection, Choice()) for each in (read, data)]
            pd.testing.assert_frame_equal(*tables, check_exact=True, obj=name)


def test_a_column_that_two_tables_share_is_kept_once(data, kept):
    read = kept.read(data.version)
    assert np.shares_memory(read.frame["value"].to_numpy(), read.tables["targets"]["value"].to_numpy())


def test_other_files_and_other_code_are_not_taken_for_these(data, kept, caplog, monkeypatch):
    assert kept.read("0123456789ab") is None
    monkeypatch.setattr(snapshot, "code_key", lambda: "another release")
    assert kept.read(data.version) is None
    assert caplog.messages == []


def test_the_code_is_all_that_decides_what_files_become(monkeypatch):
    """The descriptor, every module of the layer, and the versions of the libraries."""
    before = snapshot.code_key()
    monkeypatch.setattr(np, "__version__", "0.0")
    assert snapshot.code_key.__wrapped__() != before
    monkeypatch.undo()
    monkeypatch.setattr(snapshot, "PACKAGE", resources()["units"].path)
    assert snapshot.code_key.__wrapped__() != before


def test_a_file_cut_anywhere_is_ignored(data, kept):
    whole = kept.path.read_bytes()
    for length in [*range(0, 400, 7), *range(400, len(whole), 1999), len(whole) - 1]:
        kept.path.write_bytes(whole[:length])
        assert Snapshot(kept.path).read(data.version) is None, length


def test_a_changed_byte_anywhere_is_noticed(data, kept):
    whole = kept.path.read_bytes()
    head = whole.index(b"\n") + 1
    for place in [*range(0, head, 3), *range(head, len(whole), 997), *range(len(whole) - 5, len(whole))]:
        for bit in (1, 128):
            kept.path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            assert Snapshot(kept.path).read(data.version) is None, place


def exchange_blocks(content: bytes) -> bytes:
    """Exchange two blocks of a disk, of which only the order is wrong then."""
    start, size = content.index(b"\n") + 1, 4096
    first, second = content[start : start + size], content[start + size : start + 2 * size]
    assert first != second
    return content[:start] + second + first + content[start + 2 * size :]


DAMAGED = {
    "two blocks exchanged": exchange_blocks,
    "one bit of a number": lambda content: content[:-4000] + bytes([content[-4000] ^ 1]) + content[-3999:],
    "zeros after the head": lambda content: content.partition(b"\n")[0] + b"\n" + bytes(len(content)),
    "the head alone": lambda content: content.partition(b"\n")[0] + b"\n",
    "longer": lambda content: content + b"\0",
    "twice": lambda content: content * 2,
}


@pytest.mark.parametrize("change", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_ignored_with_one_line(data, kept, caplog, change):
    kept.path.write_bytes(change(kept.path.read_bytes()))
    assert Snapshot(kept.path).read(data.version) is None
    assert caplog.messages == [IGNORED]


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


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        pytest.param(place_nothing, 0, id="nothing"),
        pytest.param(lambda path: path.write_bytes(b""), 0, id="empty"),
        pytest.param(lambda path: path.write_bytes(b"id,year\n"), 0, id="foreign"),
        pytest.param(place_a_folder, 1, id="folder"),
        pytest.param(place_a_pipe, 1, id="pipe"),
        pytest.param(place_a_link_to_itself, 1, id="link to itself"),
    ],
)
def test_whatever_stands_in_its_place_is_ignored(data, kept, caplog, place, lines):
    place(kept.path)
    assert Snapshot(kept.path).read(data.version) is None
    assert caplog.messages == [IGNORED] * lines


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
        full.setattr(snapshot, "pack_table", fail)
        for _ in range(3):
            kept.write(all_data)
    assert caplog.messages == ["the snapshot cannot be kept on disk: No space left on device"]
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


def test_columns_of_an_unknown_type_are_not_kept(data, tmp_path, caplog):
    odd = Dataset(data.frame.assign(day=pd.Timestamp("2026-01-01")), data.tables, data.version)
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


def test_the_same_version_is_written_once(data, kept):
    before = os.stat(kept.path).st_ino
    kept.write(data)
    again = Snapshot(kept.path)
    again.read(data.version)
    again.write(data)
    assert os.stat(kept.path).st_ino == before
