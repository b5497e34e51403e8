"""How many readers a process serves: `python -m benchmarks.load`, from the project's folder, on Linux.

Starts the dashboard, lets 1, 10 and 50 readers filter and change pages, and opens and closes 200 sessions five times.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from statistics import quantiles

from benchmarks.servers import free_port, memory_of, wait_for
from tests.browser.visitor import enter
from ui.view import PAGES

FILTERS = (
    {},
    {"kind": ["target"]},
    {"kind": ["target"], "year": ["2022"]},
    {"district": ["镇海区"]},
    {"district": ["镇海区", "前湾新区"]},
    {"industry": ["工业"], "lang": ["en"]},
    {"q": ["产值"]},
)
PAUSE = 1.0
"""Seconds a reader looks at a view, on average."""


async def read(address: str, views: int, seed: int) -> list[float]:
    """Be one reader; return the seconds that each view took."""
    choose, took = random.Random(seed), []
    async with enter(address) as visitor:
        for _ in range(views):
            await asyncio.sleep(choose.uniform(0, 2 * PAUSE))
            page = choose.choice(PAGES)
            began = time.perf_counter()
            await visitor.view("" if page == PAGES[0] else page, choose.choice(FILTERS))
            took.append(time.perf_counter() - began)
    return took


async def measure_readers(address: str, readers: int, views: int = 20) -> str:
    """Return errors and times of so many readers at once, as a line of a table."""
    results = await asyncio.gather(*(read(address, views, n) for n in range(readers)), return_exceptions=True)
    errors = sum(isinstance(result, BaseException) for result in results)
    took = [each for result in results if isinstance(result, list) for each in result]
    cuts = quantiles(took, n=100)
    return f"{readers:>7} {errors:>7} {len(took):>7} {cuts[49] * 1000:>7.0f} {cuts[94] * 1000:>7.0f}"


async def measure_sessions(address: str, process: int, sessions: int = 200, rounds: int = 5) -> None:
    """Open and close many sessions and print the memory with and without them."""
    start = memory_of(process)
    print(f"\n  round    open  closed   (MB; {start:.0f} at the start, {sessions} sessions a round)")
    for number in range(1, rounds + 1):
        async with AsyncExitStack() as house:
            for _ in range(sessions):
                visitor = await house.enter_async_context(enter(address))
                await visitor.view()
            held = memory_of(process)
        print(f"{number:>7} {held:>7.0f} {memory_of(process):>7.0f}", flush=True)
    await asyncio.sleep(65)  # closed sessions are kept for a minute, and let go when another one closes
    for _ in range(2):
        async with enter(address) as visitor:
            await visitor.view()
    print(f"  after a minute  {memory_of(process):.0f}")


async def main() -> None:
    """Start a server, measure and stop it."""
    port = free_port()
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    server = subprocess.Popen(command, env=os.environ | {"MALLOC_ARENA_MAX": "2"}, stdout=subprocess.DEVNULL)
    try:
        wait_for(address)
        await read(address, 10, seed=0)
        print("readers  errors   views  p50 ms  p95 ms")
        for readers in (1, 10, 50):
            print(await measure_readers(address, readers), flush=True)
        await measure_sessions(address, server.pid)
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    asyncio.run(main())
