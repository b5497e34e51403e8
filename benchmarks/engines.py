"""What a home costs beside plain DuckDB: `python -m benchmarks.engines measure URL [ROUNDS]`.

`python -m benchmarks.engines split FOLDER PARTS MANY` writes a generated folder as several, each with whole
places, as no file of a data folder may have more than 512 MB.
"""

import csv
import resource
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import duckdb

from targets.backends import pushdown
from targets.backends.engines import open_engine
from targets.backends.parquet import ParquetFolder
from targets.backends.parts import open_home
from targets.backends.remote_data import HomeData
from targets.export.csv_export import stream_csv
from targets.query.selection import Selection, from_query, options

FILTER = {"kind": ["target"], "year": ["2024", "2025", "2026"]}
FIRST = ["the first"]
NARROW = ({"district": FIRST}, {"district": FIRST, "year": ["2025"]}, {"indicator": FIRST, "year": ["2025"]})


def split(folder: Path, parts: Path, many: int) -> None:
    """Write a folder as several, each with the records of some places and all code lists."""
    with (folder / "targets.csv").open(encoding="utf-8", newline="") as file, ExitStack() as opened:
        records = csv.reader(file)
        header = next(records)
        at, writers, places = header.index("district"), [], {}
        for n in range(many):
            part = parts / f"part-{n:02}"
            shutil.copytree(folder, part, ignore=lambda *_: ["targets.csv"])
            written = opened.enter_context((part / "targets.csv").open("w", encoding="utf-8", newline=""))
            writers.append(csv.writer(written, lineterminator="\n"))
            writers[-1].writerow(header)
        for record in records:
            writers[places.setdefault(record[at], len(places) % many)].writerow(record)


def ask_plainly(folder: Path, data: HomeData) -> Callable[[], object]:
    """Return the question in DuckDB's own SQL: records by place and kind, of some years."""
    files = [str(folder / f"{name}.parquet") for name, _ in data.parts]
    years = ", ".join(FILTER["year"])
    asked = (
        f"SELECT district, kind, count(*) FROM read_parquet({files}) "
        f"WHERE kind = 'target' AND year IN ({years}) GROUP BY ALL"
    )
    connection = duckdb.connect()
    return lambda: connection.execute(asked).to_arrow_table()


def take(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of some work."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def compare(data: HomeData, selection: Selection, rounds: int) -> list[str]:
    """Return medians of the same question asked plainly and through Ibis, by turns."""
    ways = {
        "plain DuckDB": ask_plainly(data.engine.folder, data),
        "through Ibis": lambda: data.engine.ask(
            data.parts, lambda rows: pushdown.tally(pushdown.select(data, rows, selection), "district")
        ),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, work in ways.items():
            found[name].append(take(work))
    times = {name: [median(each) for each in zip(*taken[1:], strict=True)] for name, taken in found.items()}
    ratios = [a / b for a, b in zip(times["through Ibis"], times["plain DuckDB"], strict=True)]
    lines = [f"{name}: {1000 * wall:.0f} ms, CPU {1000 * cpu:.0f} ms" for name, (wall, cpu) in times.items()]
    return [*lines, f"ratio: {ratios[0]:.2f}, CPU {ratios[1]:.2f}"]


def measure(url: str, rounds: int) -> None:
    """Print what opening, counting, narrowing and downloading cost."""
    wall, _ = take(lambda: open_home(open_engine(url)))
    data, _ = open_home(open_engine(url))
    print(f"{data.size:,} records in {len(data.parts)} parts, opened in {wall:.2f} s")
    selection, _ = from_query(data, FILTER)
    if isinstance(data.engine, ParquetFolder):
        print("\n".join(compare(data, selection, rounds)))
    for query in NARROW:
        asked = {name: [options(data, name)[0]] if keys is FIRST else keys for name, keys in query.items()}
        narrowed, _ = from_query(data, asked)
        taken = [take(lambda one=narrowed: (data.slices.__init__(), data.narrow(one))) for _ in range(rounds)]
        found = data.narrow(narrowed)
        many = "too many, " if found.wide else ""
        seconds = median(wall for wall, _ in taken)
        print(f"{', '.join(asked)}: {many}{len(found.frame):,} records fetched in {seconds:.2f} s")
    wall, _ = take(lambda: data.narrow(Selection()))
    print(f"front page, counted and tallied: {wall:.2f} s")
    size = 0

    def download() -> None:
        nonlocal size
        for block in stream_csv(data.stream(Selection())):
            size += len(block)

    wall, cpu = take(download)
    print(f"download of everything: {size / 2**20:,.0f} MB in {wall:.0f} s, CPU {cpu:.0f} s")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "split":
        split(Path(rest[0]), Path(rest[1]), int(rest[2]))
    else:
        measure(rest[0], int(rest[1]) if rest[1:] else 9)
