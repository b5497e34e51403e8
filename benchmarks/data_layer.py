"""One measurement of the data layer in a process of its own: `python -m benchmarks.data_layer WHAT FOLDER`.

Prints CPU and wall time in ms of the work that is named, and the peak memory of the process in MB.
"""

import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import mean

import pandas as pd

from benchmarks.report import Row, Sample, take_turns
from benchmarks.servers import ROOT
from server.endpoints import Asked
from targets.export.csv_export import records_table
from targets.load import dataset
from targets.query.facets import options
from targets.query.narrowing import count_all, rows_of
from targets.query.selection import Selection
from targets.query.tables import Choice, promises
from targets.storage.store import Store

Work = Callable[[], object]

REPEATS = 20
"""Selections that are made, each for the first time, as results are cached."""


def read_raw(folder: Path) -> Iterator[Work]:
    """pandas.read_csv alone: the floor of a load."""
    yield lambda: pd.read_csv(folder / "targets.csv", low_memory=False)


def load(folder: Path) -> Iterator[Work]:
    """Reading, checking and putting into common units."""
    yield lambda: dataset.load(folder)


def start(folder: Path) -> Iterator[Work]:
    """A first start: a load, and writing all that later ones use."""
    store = Store(folder, Path(os.environ["TARGETS_STATE"]))
    yield store.watch
    store.stop()
    for thread in threading.enumerate():
        if thread.name == "data folder":  # a process that ends while it still runs may abort
            thread.join()


def restart(folder: Path) -> Iterator[Work]:
    """A start on files that an earlier process has loaded."""
    _run("start", folder)
    yield from start(folder)


def plain_filter(folder: Path) -> Iterator[Work]:
    """The plain pandas expression for one place, year and kind, on columns of text."""
    frame = pd.read_csv(folder / "targets.csv", low_memory=False)
    for place in frame["district"].unique()[:REPEATS]:
        yield lambda place=place: frame[
            (frame["district"] == place) & (frame["year"] == 2024) & (frame["kind"] == "target")
        ]


def filter_rows(folder: Path) -> Iterator[Work]:
    """The records of one place, year and kind."""
    data, selections = _prepare(folder)
    return (partial(rows_of, data, each) for each in selections)


def filter_table(folder: Path) -> Iterator[Work]:
    """The same, and the table behind a chart."""
    data, selections = _prepare(folder)
    return (lambda each=each: promises(data, rows_of(data, each)) for each in selections)


def count(folder: Path) -> Iterator[Work]:
    """The counts beside every option of every filter."""
    data, selections = _prepare(folder)
    return (partial(count_all, data, each) for each in selections)


def plain_download(folder: Path) -> Iterator[Work]:
    """pandas' own writing of all records."""
    table = records_table(dataset.load(folder).frame)
    yield lambda: table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def download(folder: Path) -> Iterator[Work]:
    """A first download of all records, block by block as it is sent."""
    data = dataset.load(folder)
    yield lambda: _send(data, Selection())


def download_year(folder: Path) -> Iterator[Work]:
    """A first download of the records of one year."""
    data = dataset.load(folder)
    yield lambda: _send(data, Selection(year=("2024",)))


MEASURES = (
    read_raw, load, start, restart, plain_filter, filter_rows, filter_table, count, plain_download, download,
    download_year,
)  # fmt: skip
FLOORS = {
    "load": ("read_raw", 1.35),
    "start": ("read_raw", None),
    "restart": ("read_raw", None),
    "filter_rows": ("plain_filter", None),
    "filter_table": ("plain_filter", None),
    "count": ("plain_filter", None),
    "download": ("plain_download", 0.12),
    "download_year": ("plain_download", 0.02),
}
"""Each measure, its floor, and the aimed ratio to it."""
MOST_MS = {"restart": 500, "filter_rows": 10, "filter_table": 10}
"""Aimed CPU in ms, whatever the floor takes."""


def _prepare(folder: Path) -> tuple[dataset.Dataset, Sequence[Selection]]:
    """Return the data with one selection made, and others to make."""
    data = dataset.load(folder)
    places = itertools.islice(itertools.cycle(reversed(options(data, "district"))), REPEATS + 1)
    first, *others = (Selection(district=(place,), year=("2024",), kind=("target",)) for place in places)
    promises(data, rows_of(data, first))
    count_all(data, first)
    return data, others


def _send(data: dataset.Dataset, selection: Selection) -> int:
    return sum(map(len, Asked("zh", selection, Choice(), "").stream(data)))


def _time(work: Work) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    result = work()
    took = (time.process_time() - cpu) * 1000, (time.perf_counter() - began) * 1000
    del result
    return took


def measure_here(what: Callable[[Path], Iterator[Work]], folder: Path) -> Sample:
    """Return the figures of a measure, taken in this process."""
    cpu, wall = map(mean, zip(*map(_time, what(folder)), strict=True))
    return {"CPU": cpu, "wall": wall, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _run(what: str, folder: Path) -> Sample:
    command = [sys.executable, "-m", "benchmarks.data_layer", what, str(folder)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def measure(what: str, folder: Path) -> Sample:
    """Return the figures of a measure, taken in a fresh process that finds nothing on disk but the data."""
    with tempfile.TemporaryDirectory() as state:
        os.environ["TARGETS_STATE"] = state
        return _run(what, folder)


def compare(folder: Path, rounds: int) -> Iterator[Row]:
    """Return every measure beside its floor."""
    found = take_turns({each.__name__: partial(measure, each.__name__, folder) for each in MEASURES}, rounds)
    for name, (floor, aim) in FLOORS.items():
        yield Row(f"{name}, CPU", found[name]["CPU"], "ms", floor, found[floor]["CPU"], aim)
        if name in MOST_MS:
            yield Row(f"{name}, CPU", found[name]["CPU"], "ms", aim=MOST_MS[name])
        yield Row(f"{name}, wall", found[name]["wall"], "ms", floor, found[floor]["wall"])
    yield Row("load, peak memory", found["load"]["peak"], "MB", "read_raw", found["read_raw"]["peak"])


if __name__ == "__main__":
    print(json.dumps(measure_here({each.__name__: each for each in MEASURES}[sys.argv[1]], Path(sys.argv[2]))))
