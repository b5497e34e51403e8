"""Reruns over the websocket: one reader, fifty at once, two processes, and thousands in a row."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import median, quantiles

from benchmarks.report import Row, Sample, take_turns
from benchmarks.servers import cpu_of, memory_of, rest, serve, serve_behind_nginx
from tests.browser.visitor import enter

PLACES = ("石家庄市", "唐山市", "河北省")
FURTHER = 10
"""Sessions opened beside the first, to find what each of them holds."""
AT_ONCE = 50


async def _filter(address: str, process: int, times: int, page: str) -> Sample:
    """Return CPU and wall time in ms and kB of a change of filter, and MB of the process and of a further session."""
    async with AsyncExitStack() as sessions:
        visitor = await sessions.enter_async_context(enter(address))
        for place in PLACES:
            await visitor.view(page, {"district": [place]})
        await asyncio.to_thread(rest, process)
        cpu, received, took = cpu_of(process), visitor.taken, []
        for place in islice(cycle(PLACES), times):
            began = time.perf_counter()
            await visitor.view(page, {"district": [place]})
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.1)
        cpu, sent, memory = cpu_of(process) - cpu, visitor.taken - received, memory_of(process)
        for _ in range(FURTHER):
            other = await sessions.enter_async_context(enter(address))
            await other.view(page, {"district": [PLACES[0]]})
        return {
            "CPU": cpu / times * 1000, "wall": median(took) * 1000, "kB": sent / times / 1000,
            "MB": memory, "further": max(0.0, (memory_of(process) - memory) / FURTHER),
        }  # fmt: skip


def _one(name: str, folder: Path, times: int, page: str = "") -> Sample:
    with serve(name, folder) as (address, process):
        return asyncio.run(_filter(address, process, times, page))


async def _crowd(address: str, sessions: int, seconds: float) -> Sample:
    """Return what readers get who ask again as soon as they have the response, for so long."""
    end = time.perf_counter() + seconds

    async def read(number: int) -> list[float]:
        took = []
        async with enter(address) as visitor:
            for place in islice(cycle(PLACES), number % len(PLACES), None):
                if (began := time.perf_counter()) >= end:
                    return took
                await visitor.view("", {"district": [place]})
                took.append(time.perf_counter() - began)

    began = time.perf_counter()
    took = list(chain.from_iterable(await asyncio.gather(*map(read, range(sessions)))))
    cuts = quantiles(took, n=100)
    return {"rate": len(took) / (time.perf_counter() - began), "p50": cuts[49], "p95": cuts[94]}


def _many(names: tuple[str, ...], folder: Path, seconds: float, *, behind_nginx: bool = False) -> Sample:
    with ExitStack() as servers:
        addresses = [servers.enter_context(serve(name, folder))[0] for name in names]
        address = servers.enter_context(serve_behind_nginx(addresses)) if behind_nginx else addresses[0]
        asyncio.run(_crowd(address, len(names), 2))
        return asyncio.run(_crowd(address, AT_ONCE, seconds))


def measure_one(small: Path, large: Path, rounds: int, times: int) -> Iterator[Row]:
    """Return what a change of filter costs one reader, beside bare and naive pages."""
    for folder, records, most, most_memory in ((small, "60 records", 0.3, 1.0), (large, "most records", 0.5, 0.65)):
        cases = {name: partial(_one, name, folder, times) for name in ("bare", "naive", "dashboard")}
        cases["list"] = partial(_one, "dashboard", folder, times, "records")
        found = take_turns(cases, rounds)
        own, bare, naive = found["dashboard"], found["bare"], found["naive"]
        name = f"change of filter, {records}"
        yield Row(f"{name}, CPU", own["CPU"], "ms", "bare", bare["CPU"], most)
        yield Row(f"{name}, CPU", own["CPU"], "ms", "naive", naive["CPU"])
        yield Row(f"{name}, wall", own["wall"], "ms", "bare", bare["wall"])
        yield Row(f"{name}, bytes of the overview", own["kB"], "kB", aim=25)
        yield Row(f"{name}, bytes of the list of records", found["list"]["kB"], "kB", aim=25)
        yield Row(f"memory with one session, {records}", own["MB"], "MB", "naive", naive["MB"], most_memory)
        yield Row(f"memory of a further session, {records}", own["further"], "MB", aim=1)


def measure_many(folder: Path, rounds: int, seconds: float) -> Iterator[Row]:
    """Return what fifty readers at once get, and what a second process behind nginx brings."""
    found = take_turns(
        {name: partial(_many, (name,), folder, seconds) for name in ("bare", "naive", "dashboard")}, rounds
    )
    own, bare, naive = found["dashboard"], found["bare"], found["naive"]
    yield Row("reruns a second", own["rate"], "/s", "naive", naive["rate"], 8, more=True)
    yield Row("reruns a second", own["rate"], "/s", "bare", bare["rate"], 4, more=True)
    yield Row("p95", own["p95"], "s", "bare", bare["p95"], 0.4)
    yield Row("p50", own["p50"], "s", "bare", bare["p50"])
    replicas = {n: ("replica",) * n for n in (1, 2)}
    cases = {str(n): partial(_many, names, folder, seconds, behind_nginx=True) for n, names in replicas.items()}
    found = take_turns(cases, rounds)
    name = "reruns a second, two processes behind nginx"
    yield Row(name, found["2"]["rate"], "/s", "one behind nginx", found["1"]["rate"], 1.8, more=True)


def measure_long_run(folder: Path, reruns: int) -> Iterator[Row]:
    """Return the memory before and after thousands of reruns of ten readers, as no rerun collects garbage."""

    async def read(address: str, times: int) -> None:
        async with enter(address) as visitor:
            for place in islice(cycle(PLACES), times // 10):
                await visitor.view("", {"district": [place]})
                await asyncio.sleep(0.11)  # the connection limits slow down whoever sends more than ten a second

    async def read_together(address: str, times: int) -> None:
        await asyncio.gather(*(read(address, times) for _ in range(10)))

    with serve("dashboard", folder) as (address, process):
        asyncio.run(read_together(address, 300))
        start = memory_of(process)
        asyncio.run(read_together(address, reruns))
        yield Row(f"memory after {reruns:,} reruns", memory_of(process), "MB", "after 300", start, 1.05)
