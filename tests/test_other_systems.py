"""Windows lacks what only Unix has: data is loaded, followed, kept and found again all the same."""

import os
import sys
import tempfile

import pandas as pd
import pytest

from server.settings import default_max_connections
from targets.load.files import read_folder
from targets.storage.snapshot import Snapshot
from targets.storage.store import Store
from tests.edits import more, rewrite

ONLY_UNIX = ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_TMPFILE", "O_NOFOLLOW", "pread", "memfd_create", "fchmod")


@pytest.fixture
def windows(monkeypatch):
    """This system without the names that Windows does not have, nameless files among them."""
    for name in ONLY_UNIX:
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(tempfile, "TemporaryFile", tempfile.NamedTemporaryFile)
    for module in ("fcntl", "resource"):
        monkeypatch.setitem(sys.modules, module, None)


def test_a_folder_is_read_byte_by_byte(windows, folder):
    content = (folder / "units.csv").read_bytes().replace(b"\n", b"\r\n") + b"\x1a"
    (folder / "units.csv").write_bytes(content)
    assert read_folder(folder).contents["units"] == content


def test_a_store_starts_follows_an_edit_and_starts_again_from_what_it_kept(windows, folder, monkeypatch):
    for change in (str, more):
        rewrite(folder, "targets.csv", change)
        started = Store(folder)
        started.watch()
        started.stop()
        state = started.current()
        assert (state.problems, state.dataset.size) == ((), 70)
    assert state.dataset.frame["canonical_value"].eq(4001).sum() == 1
    monkeypatch.setattr("targets.load.dataset.build", lambda contents: 1 / 0)
    again = Store(folder)
    again.watch()
    again.stop()
    assert again.current().problems == ()
    pd.testing.assert_frame_equal(again.current().dataset.frame, state.dataset.frame)


def test_a_snapshot_comes_back(windows, data, tmp_path):
    Snapshot(tmp_path / "kept").write(data)
    found = Snapshot(tmp_path / "kept").read(data.version)
    pd.testing.assert_frame_equal(found.frame, data.frame)


def test_visitors_are_limited_by_their_number(windows):
    assert default_max_connections() == 1000
