"""One measurement of the data layer in a process of its own: `python -m benchmarks.data_layer WHAT FOLDER`.

Prints the CPU seconds of what is asked for, and the memory that the process came to hold.
"""

import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import pandas as pd

from benchmarks.report import Row
from server.endpoints import Asked
from targets.export.csv_export import Extract, records_table
from targets.load import dataset
from targets.query.selection import Selection, count_options, dated_frame, options, select
from targets.query.tables import Choice, promises
from targets.storage.store import Store
from tests.browser.nginx import ROOT

REPEATS = 20


def read_raw(folder: Path) -> float:
    """Measure pandas.read_csv alone: the floor of a load."""
    return _timed(lambda: pd.read_csv(folder / "targets.csv", low_memory=False))


def load(folder: Path) -> float:
    """Measure reading, checking and putting into common units."""
    return _timed(lambda: dataset.load(folder))


def start(folder: Path) -> float:
    """Measure a first start: a load, and writing all that is kept for later ones."""
    with tempfile.TemporaryDirectory() as state:
        return _start(folder, state)


def _start(folder: Path, state: str) -> float:
    os.environ["TARGETS_STATE"] = state
    store = Store(folder)
    try:
        return _timed(store.watch)
    finally:
        store.stop()


def reload(folder: Path) -> float:
    """Measure a start on files that an earlier process has loaded."""
    with tempfile.TemporaryDirectory() as state:
        first = [sys.executable, "-c", FIRST_START, str(folder)]
        subprocess.run(first, env=os.environ | {"TARGETS_STATE": state}, check=True)
        return _start(folder, state)


FIRST_START = "import sys, targets.store as s; from pathlib import Path; s.Store(Path(sys.argv[1])).watch()"


def plain_filter(folder: Path) -> float:
    """Measure the plain pandas expression for one place, year and kind, on columns of text."""
    frame = pd.read_csv(folder / "targets.csv", low_memory=False)
    place = frame["district"].iloc[-1]
    return _repeated(
        lambda: frame[(frame["district"] == place) & (frame["year"] == 2024) & (frame["kind"] == "target")]
    )


def filter_rows(folder: Path) -> float:
    """Measure the records of one place, year and kind."""
    data, chosen = _prepared(folder)
    return _repeated(lambda: select(data, chosen))


def filter_table(folder: Path) -> float:
    """Measure the same, and the table behind a chart."""
    data, chosen = _prepared(folder)
    return _repeated(lambda: promises(data, select(data, chosen), None))


def count(folder: Path) -> float:
    """Measure the counts beside every option of every filter."""
    data, chosen = _prepared(folder)
    known = itertools.product(options(data, "district"), options(data, "year"))  # what is counted once is kept
    return _repeated(lambda: count_options(data, _choose(chosen, *next(known)), "kind"))


def _choose(chosen: Selection, place: str, year: str) -> Selection:
    return replace(chosen, district=(place,), year=(year,))


def plain_download(folder: Path) -> float:
    """Measure pandas' own writing of all records."""
    frame = dataset.load(folder).frame
    table = records_table(frame)
    return _timed(lambda: table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))


def download_first(folder: Path) -> float:
    """Measure the first download of all records."""
    data = dataset.load(folder)
    return _timed(lambda: _send(data, Selection()))


def download(folder: Path) -> float:
    """Measure a later download of all records."""
    data = dataset.load(folder)
    return _repeated(lambda: _send(data, Selection()))


def download_year(folder: Path) -> float:
    """Measure a later download of the records of one year."""
    data = dataset.load(folder)
    return _repeated(lambda: _send(data, Selection(year=("2024",))))


def _send(data: dataset.Dataset, chosen: Selection) -> int:
    """Write a download piece by piece, as it is sent."""
    extract = Extract(data, Asked("zh", chosen, Choice(), "").places(data))
    return sum(map(len, extract.pieces()))


MEASURES = (
    read_raw, load, start, reload, plain_filter, filter_rows, filter_table, count, plain_download,
    download_first, download, download_year,
)  # fmt: skip
AGAINST = {
    "load": ("read_raw", 1.35),
    "start": ("read_raw", None),
    "reload": ("read_raw", None),
    "filter_rows": ("plain_filter", None),
    "filter_table": ("plain_filter", None),
    "count": ("plain_filter", None),
    "download_first": ("plain_download", 0.12),
    "download": ("plain_download", 0.12),
    "download_year": ("plain_download", 0.02),
}
"""Each measure, its floor, and the most of it that is aimed at."""
MOST_MS = {"reload": 500, "filter_rows": 10, "filter_table": 10}
"""CPU in ms that is aimed at whatever the floor takes."""
GROWING = ("load", "filter_rows", "filter_table", "count", "download_first", "download")


def measure(what: str, folder: Path) -> tuple[float, float]:
    """Return CPU in ms and peak memory in MB of a measure in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.data_layer", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds * 1000, memory


def compare(folder: Path, rounds: int) -> Iterator[Row]:
    """Return every measure beside its floor, medians of fresh processes by turns."""
    names = list(dict.fromkeys(name for each, (floor, _) in AGAINST.items() for name in (floor, each)))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, each in found.items():
            each.append(measure(name, folder))
    cpu = {name: median(took for took, _ in each) for name, each in found.items()}
    peak = {name: median(memory for _, memory in each) for name, each in found.items()}
    for name, (floor, aim) in AGAINST.items():
        yield Row(f"{name}, CPU", cpu[name], "ms", floor, cpu[floor], aim)
        if name in MOST_MS:
            yield Row(f"{name}, CPU", cpu[name], "ms", aim=MOST_MS[name])
    yield Row("load, peak memory", peak["load"], "MB", "read_raw", peak["read_raw"])


def measure_growth(folders: dict[int, Path], rounds: int) -> dict[str, list[float]]:
    """Return CPU in ms of each measure that may grow, by the number of records."""
    return {
        f"{name}, CPU ms": [median(measure(name, folder)[0] for _ in range(rounds)) for folder in folders.values()]
        for name in GROWING
    }


def _prepared(folder: Path) -> tuple[dataset.Dataset, Selection]:
    data = dataset.load(folder)
    chosen = Selection(district=(options(data, "district")[-1],), year=("2024",), kind=("target",))
    dated_frame(data, chosen.asof)
    select(data, chosen)
    return data, chosen


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    kept = work()
    took = time.process_time() - began
    del kept
    return took


def _repeated(work: Callable[[], object]) -> float:
    work()
    began = time.process_time()
    for _ in range(REPEATS):
        work()
    return (time.process_time() - began) / REPEATS


if __name__ == "__main__":
    measure = {each.__name__: each for each in MEASURES}[sys.argv[1]]
    print(measure(Path(sys.argv[2])), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
