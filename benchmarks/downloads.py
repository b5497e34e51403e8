"""Downloads over HTTP: all records and one year, and the memory while many download at once."""

import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.report import Row
from benchmarks.servers import memory_of, rest, serve

AT_ONCE = 20


def fetch(url: str) -> tuple[float, float, int]:
    """Return the seconds until the first and the last byte of a download, and its bytes."""
    began, size = time.perf_counter(), 0
    with urllib.request.urlopen(url, timeout=600) as response:
        size += len(response.read(1))
        first = time.perf_counter() - began
        while piece := response.read(1 << 20):
            size += len(piece)
    return first, time.perf_counter() - began, size


def _highest(process: int, done: threading.Event) -> float:
    most = memory_of(process, "RssAnon")
    while not done.wait(0.02):
        most = max(most, memory_of(process, "RssAnon"))
    return most


def measure(folder: Path, rounds: int) -> Iterator[Row]:
    """Return seconds of downloads, and the memory while many download at once."""
    with serve("dashboard", folder) as (address, process), ThreadPoolExecutor(AT_ONCE + 1) as pool:
        rest(process)
        url, start, done = f"{address}/data/targets.csv", memory_of(process, "RssAnon"), threading.Event()
        whole, year = ([fetch(each) for _ in range(rounds)] for each in (url, f"{url}?year=2024"))
        size = whole[0][2] / 1e6
        yield Row(f"all records, {size:.0f} MB, first byte", median(first for first, _, _ in whole) * 1000, "ms")
        yield Row("all records", median(last for _, last, _ in whole), "s")
        yield Row("one year", median(last for _, last, _ in year), "s")
        highest = pool.submit(_highest, process, done)
        list(pool.map(fetch, [url] * AT_ONCE))
        done.set()
        yield Row(f"memory of its own while {AT_ONCE} download", highest.result(), "MB", "before", start, 1.1)
