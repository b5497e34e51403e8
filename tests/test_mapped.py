"""Tables in files are the tables that were put there, and hold no memory until somebody looks at them."""

import gc
import logging
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from targets.mapped import keep_in_file, let_go, map_file, open_nameless

from targets import mapped
from targets.dataset import Shared
from targets.selection import Selection
from targets.tables import NAMES, Choice, table_of

TABLE = pd.DataFrame(
    {
        "word": pd.array(["宁波", "", "b"], "str"),
        "key": pd.Categorical(["x", None, "y"], ["y", "x"], ordered=True),
        "year": pd.array([2022, None, 2023], "Int64"),
        "number": [1.5, np.nan, -np.inf],
        "truth": [True, False, True],
    }
)


@pytest.fixture
def all_in_files(monkeypatch):
    monkeypatch.setattr(mapped, "LARGE", 0)


def test_a_large_table_comes_back_as_it_was_and_leaves_nothing(all_in_files, tmp_path, monkeypatch):
    monkeypatch.setenv("TARGETS_STATE", str(tmp_path / "state"))
    kept = keep_in_file(TABLE)
    assert kept is not TABLE
    pd.testing.assert_frame_equal(kept, TABLE, check_exact=True)
    assert list((tmp_path / "state").iterdir()) == []


def test_a_table_without_rows_comes_back(all_in_files):
    pd.testing.assert_frame_equal(keep_in_file(TABLE.iloc[:0]), TABLE.iloc[:0], check_exact=True)


def test_a_small_table_stays_where_it_is():
    assert keep_in_file(TABLE) is TABLE


def test_where_no_file_can_be_written_the_table_stays_in_memory(all_in_files, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TARGETS_STATE", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING):
        assert keep_in_file(TABLE) is TABLE
    assert caplog.messages == ["a large table is kept in memory, not in a file: File exists"]


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_the_same_in_a_file_and_of_results_in_one(all_data, all_in_files, name):
    in_file = type(all_data)(all_data.frame, all_data.tables, all_data.version, Shared())
    for selection in (Selection(), Selection(kind=("target",))):
        tables = [table_of(name, each, selection, Choice()) for each in (in_file, all_data)]
        pd.testing.assert_frame_equal(*tables, check_exact=True)
        pd.testing.assert_frame_equal(keep_in_file(tables[1]), tables[1], check_exact=True)


def test_what_is_let_go_is_there_when_it_is_looked_at_again(all_in_files):
    kept = keep_in_file(TABLE)
    let_go()
    pd.testing.assert_frame_equal(kept, TABLE, check_exact=True)


def test_files_are_mapped_while_others_are_let_go():
    with open_nameless() as file:
        file.write(b"bytes")
        file.flush()
        kept, interval = [map_file(file) for _ in range(400)], sys.getswitchinterval()
        mapping = threading.Thread(target=lambda: [map_file(file) and None for _ in range(30_000)])
        sys.setswitchinterval(1e-6)
        try:
            mapping.start()
            while mapping.is_alive():
                let_go()
        finally:
            sys.setswitchinterval(interval)
            mapping.join()
    assert {bytes(content) for content in kept} == {b"bytes"}


def test_a_mapping_goes_with_what_uses_it():
    before = len(mapped._MAPPED)
    with open_nameless() as file:
        file.write(b"bytes")
        file.flush()
        content = map_file(file)
    assert (bytes(content), len(mapped._MAPPED)) == (b"bytes", before + 1)
    del content
    gc.collect()
    assert len(mapped._MAPPED) <= before
