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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from targets import dataset
from targets.export import records_table, to_csv
from targets.selection import Selection, count_options, dated_frame, options, select
from targets.store import Store
from targets.tables import promises

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


def reload(folder: Path, lost: str = "none") -> float:
    """Measure a start on files that an earlier process has loaded and noted."""
    with tempfile.TemporaryDirectory() as state:
        first = [sys.executable, "-c", FIRST_START, str(folder)]
        subprocess.run(first, env=os.environ | {"TARGETS_STATE": state}, check=True)
        for path in Path(state).glob(lost):
            path.unlink()
        return _start(folder, state)


FIRST_START = "import sys, targets.store as s; from pathlib import Path; s.Store(Path(sys.argv[1])).watch()"


def reload_copied(folder: Path) -> float:
    """Measure a start on files with the same bytes of which the file system says something else."""
    return reload(folder, "unchanged-*")


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


def download(folder: Path) -> float:
    """Measure all records as a download."""
    frame = dataset.load(folder).frame
    return _timed(lambda: to_csv(records_table(frame)))


def download_year(folder: Path) -> float:
    """Measure the records of one year as a download."""
    data = dataset.load(folder)
    chosen = Selection(year=("2024",))
    dated_frame(data, chosen.asof)
    select(data, chosen)
    return _timed(lambda: to_csv(records_table(select(data, chosen))))


MEASURES = (
    read_raw, load, start, reload, reload_copied, plain_filter, filter_rows, filter_table, count, plain_download,
    download, download_year,
)  # fmt: skip


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
