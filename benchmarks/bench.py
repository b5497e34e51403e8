"""What everything costs, beside a floor of the same minutes: `make bench`, or `make bench QUICK=1` for ten minutes.

The floor and what is held against it are measured by turns, each in a process of its own, so that other work on
the machine falls on both. CPU seconds are steadier than wall times. `--only` takes parts of the whole.
"""

import argparse
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import browser, data_layer, downloads, reruns
from benchmarks.report import NotRun, write_growth, write_table
from tests.generator import generate

SIZES = (60, 1000, 10_000, 100_000)


@dataclass(frozen=True)
class Plan:
    """What is measured, and how often."""

    folders: dict[int, Path]
    quick: bool

    @property
    def small(self) -> Path:
        """The folder of sixty records."""
        return self.folders[min(self.folders)]

    @property
    def large(self) -> Path:
        """The folder of most records."""
        return self.folders[max(self.folders)]

    @property
    def growing(self) -> dict[int, Path]:
        """The folders whose costs are held against each other, without the largest where time is short."""
        most = max(SIZES) if self.quick else max(self.folders)
        return {n: folder for n, folder in self.folders.items() if 1000 <= n <= most}


def _data_layer(plan: Plan) -> Iterator[str]:
    title = f"Data layer, {max(plan.folders):,} records"
    yield from write_table(title, data_layer.compare(plan.large, 1 if plan.quick else 5))


def _growth(plan: Plan) -> Iterator[str]:
    yield "\n## Growth\n"
    costs = data_layer.measure_growth(plan.growing, 1 if plan.quick else 3)
    costs |= reruns.measure_rows(plan.growing, 5 if plan.quick else 20)
    yield from write_growth("records", list(plan.growing), costs)
    sizes = (1, 10, 50) if plan.quick else (1, 10, 50, 100, 200)
    costs = reruns.measure_sessions(plan.small, sizes, 4 if plan.quick else 15)
    yield from write_growth("sessions at once, each asking again at once", sizes, costs)


def _reruns(plan: Plan) -> Iterator[str]:
    for records in (min(plan.folders), max(plan.folders)):
        rounds, times = (1, 20) if plan.quick else (3, 20) if records == min(plan.folders) else (2, 6)
        found = reruns.measure_one(plan.folders[records], records, rounds, times)
        yield from write_table(f"One reader over the websocket, {records:,} records", found)


def _crowd(plan: Plan) -> Iterator[str]:
    rounds, seconds = (1, 6) if plan.quick else (3, 15)
    yield from write_table("Fifty sessions, 60 records", reruns.measure_many(plan.small, rounds, seconds))
    yield from write_table("Two processes, 60 records", reruns.measure_two(plan.small, rounds, seconds))


def _downloads(plan: Plan) -> Iterator[str]:
    yield from write_table("Downloads over HTTP", downloads.measure(plan.large, 2 if plan.quick else 5))


def _browser(plan: Plan) -> Iterator[str]:
    yield from write_table("In a browser", browser.measure(plan.small, plan.large, 1 if plan.quick else 5))


def _long_run(plan: Plan) -> Iterator[str]:
    rows = reruns.measure_long_run(plan.small, 600 if plan.quick else 6000)
    yield from write_table("A long run", rows)


PARTS: dict[str, Callable[[Plan], Iterator[str]]] = {
    "data": _data_layer,
    "reruns": _reruns,
    "crowd": _crowd,
    "downloads": _downloads,
    "browser": _browser,
    "growth": _growth,
    "long": _long_run,
}


def describe_machine() -> str:
    """Return what the figures were measured on."""
    names = ("streamlit", "pandas", "pyarrow", "numpy", "plotly")
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
    )


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--records", type=int, default=1_000_000, help="records of the largest folder")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to be measured")
    asked = parser.parse_args()
    print(f"# What was measured\n\n{describe_machine()}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folders = {n: Path(place) / str(n) for n in sorted({*SIZES, asked.records})}
        for records, folder in folders.items():
            generate(folder, records)
        for name in asked.only:
            try:
                for line in PARTS[name](Plan(folders, asked.quick)):
                    print(line, flush=True)
            except (OSError, subprocess.SubprocessError) as error:
                print(NotRun(f"the rest of `{name}`", repr(error)).write(), flush=True)
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


if __name__ == "__main__":
    main()
