"""The lines that downloads are cut out of: byte for byte what writing the same records anew would give."""

import gc
import logging
import threading
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generate import generate
from targets import dataset, lines
from targets.dataset import Dataset
from targets.export import BLOCK, records_table, to_csv
from targets.interface import Asked
from targets.lines import cut_out
from targets.selection import FACETS, ORDERS, Selection, options, select, sort_rows
from targets.tables import Choice


@pytest.fixture(scope="module", params=["memory", "file"])
def kept(request, tmp_path_factory):
    """Invented records in every unit, and the page's own way to keep their lines."""
    folder = tmp_path_factory.mktemp("generated")
    generate(folder / "data", 5000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TARGETS_STATE", str(folder / "state"))
        patch.setattr(lines, "BLOCK", 700 if request.param == "file" else BLOCK)
        yield dataset.load(folder / "data")
    assert (folder / "state").exists() == (request.param == "file")
    assert not list(folder.glob("state/*"))


def write_anew(data: Dataset, asked: Asked) -> bytes:
    return to_csv(records_table(sort_rows(select(data, asked.selection), asked.sort)))


@given(st.data())
def test_any_selection_in_any_order_is_what_writing_it_anew_gives(kept, drawn):
    chosen = {
        facet: tuple(drawn.draw(st.lists(st.sampled_from(options(kept, facet)), max_size=3, unique=True)))
        for facet in drawn.draw(st.sets(st.sampled_from(FACETS), max_size=3))
    }
    search = drawn.draw(st.sampled_from(["", "亿元", "all"]))
    asked = Asked("zh", Selection(**chosen, q=search), Choice(), drawn.draw(st.sampled_from(["", *ORDERS])))
    extract = cut_out(kept, asked.places(kept))
    assert extract.whole() == b"".join(extract.pieces()) == write_anew(kept, asked)
    assert extract.size == len(extract.whole())


def test_everything_is_what_writing_it_anew_gives(kept, data, all_data):
    for each in (kept, data, all_data):
        assert cut_out(each, np.arange(len(each.frame))).whole() == write_anew(
            each, Asked("zh", Selection(), Choice(), "")
        )


def test_nothing_is_the_header_alone(data):
    extract = cut_out(data, np.arange(0))
    assert extract.whole() == extract.header == to_csv(records_table(data.frame[:0]))


def test_hostile_cells_are_cut_out_harmless(folder):
    path = folder / "targets.csv"
    written = path.read_text(encoding="utf-8").split("\n")
    written[1] = written[1].removesuffix(",,") + ',"=1+1,""x""",@x'
    path.write_text("\n".join(written), encoding="utf-8")
    data = dataset.load(folder)
    assert b'"\'=1+1,""x""",\'@x,' in cut_out(data, np.arange(1)).whole()


def test_pieces_share_the_lines_and_are_small(data, monkeypatch):
    monkeypatch.setattr(lines, "AT_ONCE", 5)
    every = np.arange(len(data.frame))
    first, second = cut_out(data, every), cut_out(data, every[:7])
    assert first.lines is second.lines
    header, *pieces = second.pieces()
    assert [bytes(piece).count(b"\r\n") for piece in (header, *pieces)] == [1, 5, 2]


def test_lines_are_written_once_for_all_who_ask_at_once(folder, monkeypatch):
    data, began, written = dataset.load(folder), threading.Barrier(8), []
    real = lines.write_lines
    monkeypatch.setattr(lines, "write_lines", lambda table: written.append(1) or real(table))

    def ask() -> None:
        began.wait(20)
        cut_out(data, np.arange(3))

    readers = [threading.Thread(target=ask) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(20)
    assert written == [1]


def test_without_a_place_for_a_file_they_are_kept_in_memory(data, folder, tmp_path, monkeypatch, caplog):
    (tmp_path / "blocked").write_text("no folder")
    monkeypatch.setenv("TARGETS_STATE", str(tmp_path / "blocked" / "state"))
    monkeypatch.setattr(lines, "BLOCK", 10)
    with caplog.at_level(logging.WARNING):
        extract = cut_out(dataset.load(folder), np.arange(len(data.frame)))
    assert extract.whole() == to_csv(records_table(data.frame))
    assert [record.getMessage() for record in caplog.records] == [
        "the lines of downloads are kept in memory, not in a file: Not a directory"
    ]


def test_lines_go_with_their_data_set(folder):
    data = dataset.load(folder)
    kept = weakref.ref(cut_out(data, np.arange(3)).lines)
    del data
    gc.collect()
    assert kept() is None
