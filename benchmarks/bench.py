"""What everything costs, beside a floor of the same minutes: `make bench`, or `make bench QUICK=1` for ten minutes.

Every measurement is a process of its own, the floor and what is held against it by turns, so that other work
on the machine falls on both. CPU seconds are the steadier figures; wall times are only given for sessions.
"""

import argparse
import asyncio
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import linear_regression, median, quantiles

from benchmarks.generate import generate
from benchmarks.load import free_port, memory_of, wait_for
from benchmarks.visitor import enter

ROOT = Path(__file__).parent.parent
PEERS = ROOT / "benchmarks" / "peers"
AGAINST = {
    "load": ("read_raw", 1.35),
    "filter_rows": ("plain_filter", None),
    "filter_table": ("plain_filter", None),
    "count": ("plain_filter", None),
    "download": ("plain_download", 0.12),
    "download_year": ("plain_download", 0.02),
}
"""Each measure of the data layer, its floor, and the most of it that is aimed at."""
GROWING = ("load", "filter_rows", "filter_table", "count", "download")
PLACES = ("石家庄市", "唐山市", "河北省")


def measure(what: str, folder: Path) -> tuple[float, float]:
    """Return CPU seconds and peak memory in MB of a measure in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.data_layer", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def measure_data_layer(folders: dict[int, Path], rounds: int) -> Iterator[str]:
    """Return the rows of the data layer: medians, ratios to the floor, growth."""
    largest = max(folders)
    names = list(dict.fromkeys(name for each, (floor, _) in AGAINST.items() for name in (floor, each)))
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _ in range(rounds):
        for name in names:
            found.setdefault((name, largest), []).append(measure(name, folders[largest]))
    for records in sorted(folders)[:-1]:
        for name in GROWING:
            found[name, records] = [measure(name, folders[records]) for _ in range(rounds)]
    seconds = {key: median(cpu for cpu, _ in each) for key, each in found.items()}
    memory = {key: median(peak for _, peak in each) for key, each in found.items()}
    yield f"Data layer, {largest:,} records, medians of {rounds} fresh processes by turns\n"
    yield "| measure | CPU ms | floor | CPU ms | ratio | aim | peak MB |"
    yield "|---|---|---|---|---|---|---|"
    for name, (floor, aim) in AGAINST.items():
        own, least = seconds[name, largest] * 1000, seconds[floor, largest] * 1000
        peak, said = memory[name, largest], aim or "10 ms" if name != "count" else ""
        yield f"| {name} | {own:.1f} | {floor} | {least:.1f} | {own / least:.3f} | {said} | {peak:.0f} |"
    yield f"\nread_raw peaks at {memory['read_raw', largest]:.0f} MB.\n"
    sizes = sorted(folders)
    yield "| growth, CPU ms | " + " | ".join(f"{n:,}" for n in sizes) + " | exponent |"
    yield "|---|" + "---|" * (len(sizes) + 1)
    for name in GROWING:
        took = [seconds[name, n] for n in sizes]
        slope = linear_regression([math.log(n) for n in sizes], [math.log(max(t, 1e-6)) for t in took]).slope
        yield f"| {name} | " + " | ".join(f"{t * 1000:.1f}" for t in took) + f" | {slope:.2f} |"


@contextmanager
def serve(script: Path, folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Start a script on a data folder; give its address and process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as state:
        own = {"TARGETS_DATA": str(folder), "TARGETS_STATE": state, "MALLOC_ARENA_MAX": "2"}
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(f"http://localhost:{port}")
            yield f"http://localhost:{port}", server.pid
        finally:
            server.terminate()
            server.wait(20)


def cpu_of(process: int) -> float:
    """Return the CPU seconds a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def filter_by_turns(address: str, process: int, times: int) -> tuple[float, float]:
    """Return CPU and median wall seconds of a change of filter by one reader, each with its own selection."""
    took = []
    async with enter(address) as visitor:
        await visitor.view("", {"district": [PLACES[0]]})
        await visitor.view("", {"district": [PLACES[1]]})
        before = cpu_of(process)
        for n in range(times):
            began = time.perf_counter()
            await visitor.view("", {"district": [PLACES[n % len(PLACES)]]})
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.1)
        return (cpu_of(process) - before) / times, median(took)


async def crowd(address: str, sessions: int, seconds: float) -> tuple[float, float, float, int]:
    """Return reruns a second, p50 and p95 in seconds, and errors of readers who ask again at once."""
    end, took = time.perf_counter() + seconds, []

    async def read(number: int) -> None:
        async with enter(address) as visitor:
            turn = number
            while time.perf_counter() < end:
                began = time.perf_counter()
                await visitor.view("", {"district": [PLACES[turn % len(PLACES)]]})
                took.append(time.perf_counter() - began)
                turn += 1

    began = time.perf_counter()
    done = await asyncio.gather(*(read(n) for n in range(sessions)), return_exceptions=True)
    rate = len(took) / (time.perf_counter() - began)
    cuts = quantiles(took, n=100) if len(took) > 1 else [math.nan] * 99
    return rate, cuts[49], cuts[94], sum(isinstance(each, BaseException) for each in done)


STREAMLIT_DEFAULTS = ("--runner.postScriptGC", "true", "--runner.fastReruns", "true")
"""The peers run as Streamlit comes, not with this project's own settings."""
SCRIPTS = {
    "bare": (PEERS / "bare.py", STREAMLIT_DEFAULTS),
    "naive": (PEERS / "naive.py", STREAMLIT_DEFAULTS),
    "dashboard": (ROOT / "dashboard.py", ()),
}


def measure_reruns(folder: Path, records: int, rounds: int, times: int, sessions: int) -> Iterator[str]:
    """Return the rows of reruns: a change of filter, memory, and many readers at once."""
    found: dict[str, list[tuple]] = {name: [] for name in SCRIPTS}
    for _ in range(rounds):
        for name, (script, options) in SCRIPTS.items():
            with serve(script, folder, *options) as (address, process):
                cpu, wall = asyncio.run(filter_by_turns(address, process, times))
                memory = memory_of(process)
                at_once = asyncio.run(crowd(address, sessions, 8)) if sessions else ()
                found[name].append((cpu * 1000, wall * 1000, memory, *at_once))
    yield f"\nReruns over the websocket, {records:,} records, medians of {rounds} rounds by turns\n"
    heads = ["CPU ms", "wall ms", "MB"]
    heads += [f"reruns/s at {sessions}", "p50 s", "p95 s", "errors"] if sessions else []
    yield "| page | " + " | ".join(heads) + " |"
    yield "|---|" + "---|" * len(heads)
    for name, each in found.items():
        values = [median(column) for column in zip(*each, strict=True)]
        yield f"| {name} | " + " | ".join(f"{value:.1f}" for value in values) + " |"


def describe_machine() -> str:
    """Return what the figures were measured on."""
    names = ("streamlit", "pandas", "pyarrow", "numpy", "plotly")
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f} at the start, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
    )


def main() -> None:
    """Measure and print one table after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--records", type=int, default=1_000_000, help="records of the largest folder")
    asked = parser.parse_args()
    rounds = 2 if asked.quick else 5
    print(describe_machine() + "\n", flush=True)
    with tempfile.TemporaryDirectory() as place:
        folders = {n: Path(place) / str(n) for n in sorted({60, 1000, 10_000, 100_000, asked.records})}
        for records, folder in folders.items():
            generate(folder, records)
        growing = {n: folder for n, folder in folders.items() if n >= 1000}
        for line in measure_data_layer(growing, rounds):
            print(line, flush=True)
        for line in measure_reruns(folders[60], 60, max(1, rounds - 2), 20, 50):
            print(line, flush=True)
        for line in measure_reruns(folders[asked.records], asked.records, 1, 4, 0):
            print(line, flush=True)


if __name__ == "__main__":
    main()
