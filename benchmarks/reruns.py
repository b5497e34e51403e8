"""Changes of filter over the websocket: one reader, many at once, two processes, and thousands of reruns."""

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.report import NotRun, Row
from benchmarks.servers import cpu_of, memory_of, rest, serve, serve_behind_front, serve_replica
from tests.browser.nginx import NGINX
from tests.browser.visitor import enter

PLACES = ("石家庄市", "唐山市", "河北省")
FURTHER = 10
"""Sessions that are opened beside the first, for what each of them holds."""
PAGES = ("overview", "records")


@dataclass(frozen=True)
class One:
    """What a change of filter costs one reader: CPU and wall in ms, kB received; and MB of sessions."""

    cpu: float
    wall: float
    sent: float
    memory: float
    further: float


@dataclass(frozen=True)
class Many:
    """What many readers at once get: reruns a second, p50 and p95 in seconds, and errors."""

    rate: float
    p50: float
    p95: float
    errors: float


async def _filter_by_turns(address: str, process: int, times: int, page: str = "") -> One:
    async with AsyncExitStack() as house:
        visitor = await house.enter_async_context(enter(address))
        for place in PLACES:
            await visitor.view(page, {"district": [place]})
        await asyncio.to_thread(rest, process)
        began, received, took = cpu_of(process), visitor.taken, []
        for n in range(times):
            start = time.perf_counter()
            await visitor.view(page, {"district": [PLACES[n % len(PLACES)]]})
            took.append(time.perf_counter() - start)
            await asyncio.sleep(0.1)
        cpu, sent = (cpu_of(process) - began) / times * 1000, (visitor.taken - received) / times / 1000
        memory = memory_of(process)
        for _ in range(FURTHER):
            other = await house.enter_async_context(enter(address))
            await other.view(page, {"district": [PLACES[0]]})
        return One(cpu, median(took) * 1000, sent, memory, (memory_of(process) - memory) / FURTHER)


async def _crowd(address: str, sessions: int, seconds: float) -> Many:
    """Let readers ask again at once, for so long."""
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
    return Many(rate, cuts[49], cuts[94], sum(isinstance(each, BaseException) for each in done))


def _middle(found: list, name: str) -> float:
    return median(getattr(each, name) for each in found)


def measure_one(folder: Path, records: int, rounds: int, times: int) -> Iterator[Row]:
    """Return what a change of filter costs one reader on the overview, beside bare and naive pages."""
    found: dict[str, list[One]] = {name: [] for name in ("bare", "naive", "dashboard")}
    lists: list[One] = []
    for _ in range(rounds):
        for name, each in found.items():
            with serve(name, folder) as (address, process):
                each.append(asyncio.run(_filter_by_turns(address, process, times)))
                if name == "dashboard":
                    lists.append(asyncio.run(_filter_by_turns(address, process, times, "records")))
    small = records <= 10_000
    bare, naive, own = found["bare"], found["naive"], found["dashboard"]

    def compare(name: str, field: str, unit: str, floor: str, aim: float | None) -> Row:
        return Row(name, _middle(own, field), unit, floor, _middle(found[floor], field), aim)

    yield compare("server CPU of a change of filter", "cpu", "ms", "bare", 0.3 if small else 0.5)
    yield compare("the same beside naive", "cpu", "ms", "naive", None)
    yield compare("time until all is sent", "wall", "ms", "bare", None)
    yield Row("bytes of a change of filter, overview", _middle(own, "sent"), "kB", aim=25)
    yield Row("bytes of a change of filter, list of records", _middle(lists, "sent"), "kB", aim=25)
    yield Row("the same, naive", _middle(naive, "sent"), "kB", "bare", _middle(bare, "sent"))
    yield compare("memory with one session", "memory", "MB", "naive", 1.0 if small else 0.65)
    yield Row("memory of each further session", max(0.0, _middle(own, "further")), "MB", aim=1)
    yield Row("the same, naive", max(0.0, _middle(naive, "further")), "MB")


def measure_many(folder: Path, rounds: int, seconds: float, sessions: int = 50) -> Iterator[Row]:
    """Return what many readers at once get, who ask again as soon as they have been answered."""
    found: dict[str, list[Many]] = {name: [] for name in ("bare", "naive", "dashboard")}
    for _ in range(rounds):
        for name, each in found.items():
            with serve(name, folder) as (address, _):
                asyncio.run(_crowd(address, 1, 2))
                each.append(asyncio.run(_crowd(address, sessions, seconds)))
    own = found["dashboard"]
    for floor, aim in (("naive", 8), ("bare", 4)):
        least = _middle(found[floor], "rate")
        yield Row(f"reruns a second of {sessions} sessions", _middle(own, "rate"), "/s", floor, least, aim, more=True)
    yield Row("p95", _middle(own, "p95"), "s", "bare", _middle(found["bare"], "p95"), 0.4)
    yield Row("p50", _middle(own, "p50"), "s", "bare", _middle(found["bare"], "p50"))
    yield Row("errors", max(each.errors for each in own), "", aim=0)


def measure_two(folder: Path, rounds: int, seconds: float, sessions: int = 50) -> Iterator[Row | NotRun]:
    """Return what a second process behind nginx brings."""
    name = f"two processes behind nginx, reruns a second of {sessions} sessions"
    if NGINX is None:
        yield NotRun(name, "no nginx")
        return
    one, two = [], []
    for _ in range(rounds):
        with serve_replica(folder) as (first, _), serve_replica(folder) as (second, _):
            for addresses, found in (((first,), one), ((first, second), two)):
                with serve_behind_front(addresses) as address:
                    found.append(asyncio.run(_crowd(address, sessions, seconds)))
    yield Row(name, _middle(two, "rate"), "/s", "one behind nginx", _middle(one, "rate"), 1.8, more=True)
    yield Row("errors", max(each.errors for each in (*one, *two)), "", aim=0)


def measure_sessions(folder: Path, sizes: tuple[int, ...], seconds: float) -> dict[str, list[float]]:
    """Return p50 in ms, ms per rerun of one of them, and MB, by the number of sessions."""
    costs: dict[str, list[float]] = {"p50 ms": [], "ms of the process per rerun": [], "MB": []}
    with serve("dashboard", folder) as (address, process):
        asyncio.run(_crowd(address, 1, 2))
        for sessions in sizes:
            found = asyncio.run(_crowd(address, sessions, seconds))
            for values, cost in zip(
                costs.values(), (found.p50 * 1000, 1000 / found.rate, memory_of(process)), strict=True
            ):
                values.append(cost)
    return costs


def measure_rows(folders: dict[int, Path], times: int) -> dict[str, list[float]]:
    """Return CPU in ms and kB of a change of filter, by the number of records."""
    costs: dict[str, list[float]] = {"change of filter, CPU ms": [], "change of filter, kB": []}
    for folder in folders.values():
        with serve("dashboard", folder) as (address, process):
            found = asyncio.run(_filter_by_turns(address, process, times))
        costs["change of filter, CPU ms"].append(found.cpu)
        costs["change of filter, kB"].append(found.sent)
    return costs


def measure_long_run(folder: Path, reruns: int) -> Iterator[Row]:
    """Return the memory before and after thousands of reruns of ten readers, without the collection after each."""

    async def go(address: str, times: int) -> None:
        async def read(number: int) -> None:
            async with enter(address) as visitor:
                for n in range(times // 10):
                    await visitor.view("", {"district": [PLACES[(n + number) % len(PLACES)]]})
                    await asyncio.sleep(0.11)  # a visitor who sends more than ten messages a second is slowed down

        await asyncio.gather(*map(read, range(10)))

    with serve("dashboard", folder) as (address, process):
        asyncio.run(go(address, 300))
        start = memory_of(process)
        asyncio.run(go(address, reruns))
        yield Row(f"memory after {reruns:,} reruns", memory_of(process), "MB", "after 300", start, 1.05)
