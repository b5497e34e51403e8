"""Memory that is free goes back to the system, and looking for it stays a small part of all work."""

import importlib
import mmap
import time
from pathlib import Path

import plotly.graph_objects as go
import pyarrow as pa
import pytest
from plotly.validator_cache import ValidatorCache
from targets.mapped import map_file, open_nameless
from targets.memory import SHARE, Memory

import targets
from targets import memory

SIZE = 96 * 1024 * 1024
needs_glibc = pytest.mark.skipif(Memory()._trim is None, reason="gives memory back with glibc alone")


def held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


@needs_glibc
def test_holes_between_what_lives_are_given_back():
    """Pieces too small to be mapped, and a last one that keeps the heap from shrinking by itself."""
    pieces = [b"x" * 65_536 for _ in range(SIZE // 65_536)]
    del pieces[:-1]
    before = held()
    Memory().give_back()
    assert held() < before - SIZE // 2
    assert pieces == [b"x" * 65_536]


@needs_glibc
def test_pages_of_a_mapped_file_are_given_back_and_can_be_read_again():
    with open_nameless() as file:
        file.write(b"x" * SIZE)
        file.flush()
        content = map_file(file)
    ours = Memory()
    ours.give_back()
    assert content[:].count(b"x") == SIZE
    before = held()
    ours._took = 0
    ours.give_back()
    assert held() < before - SIZE // 2
    assert content[:] == b"x" * SIZE


@needs_glibc
def test_tables_of_arrow_are_where_giving_back_reaches_them():
    before = pa.default_memory_pool()
    try:
        pa.set_memory_pool(pa.mimalloc_memory_pool() if "mimalloc" in pa.supported_memory_backends() else before)
        importlib.reload(targets)
        assert pa.default_memory_pool().backend_name == "system"
    finally:
        pa.set_memory_pool(before)


def test_descriptions_of_figures_are_dropped_and_read_again_by_who_needs_them():
    ours = Memory()
    for _ in range(2):
        with pytest.raises(ValueError, match="barmode"):
            go.Figure(layout={"barmode": "sideways"})
        assert ValidatorCache._json_cache is not None
        ours.give_back()
        assert ValidatorCache._json_cache is None


def test_it_waits_until_it_is_a_small_part_of_the_work(monkeypatch):
    clock, given = [1000.0], []

    def trim(_: int) -> None:
        given.append(clock[0])
        clock[0] += 0.01

    ours = Memory()
    ours._trim = trim
    for name in ("process_time", "thread_time"):
        monkeypatch.setattr(memory.time, name, lambda: clock[0])
    for _ in range(3):
        ours.give_back()
    assert given == [1000.0]
    clock[0] += 0.01 / SHARE
    ours.give_back()
    assert len(given) == 2


def test_another_system_is_left_to_itself(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "win32")
    ours = Memory()
    monkeypatch.setattr(time, "process_time", lambda: 1 / 0)
    ours.give_back()
