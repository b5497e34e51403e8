"""A backend beyond a folder: ingest, the first look at selections, and a download, by the commands a reader uses."""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.downloads import fetch
from benchmarks.report import Row
from benchmarks.servers import ROOT, cpu_of, memory_of, rest, serve
from tests.browser.visitor import enter

LOOKS = {
    "front page": {},
    "a place": {"district": ["石家庄市"]},
    "a place and a year": {"district": ["唐山市"], "year": ["2024"]},
    "an indicator and a year": {"indicator": ["地区生产总值"], "year": ["2024"]},
}


def measure(folder: Path, url: str = "") -> Iterator[Row]:
    """Return what the backend of a URL costs, without one Parquet files in a folder; it takes in the data folder."""
    with tempfile.TemporaryDirectory() as empty:
        url = url or str(Path(empty) / "backend")
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "targets.storage.ingest", str(folder), "--to", url]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield Row("ingest, CPU", ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime, "s")
        with serve("dashboard", folder, TARGETS_URL=url) as (address, process):
            for name, query in LOOKS.items():
                rest(process)
                cpu, began = cpu_of(process), time.perf_counter()
                asyncio.run(_look(address, query))
                yield Row(f"first look at {name}, CPU", (cpu_of(process) - cpu) * 1000, "ms")
                yield Row(f"first look at {name}, wall", (time.perf_counter() - began) * 1000, "ms")
            cpu = cpu_of(process)
            _, seconds, size = fetch(f"{address}/data/targets.csv")
            yield Row(f"download of everything, {size / 1e6:.0f} MB, CPU", cpu_of(process) - cpu, "s")
            yield Row("download of everything, wall", seconds, "s")
            yield Row("most memory of the process", memory_of(process, "VmHWM"), "MB")


async def _look(address: str, query: dict[str, list[str]]) -> None:
    async with enter(address) as visitor:
        await visitor.view("", query)
