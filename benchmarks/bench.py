"""What everything costs, beside a floor of the same minutes: `make bench`, or `make bench QUICK=1` for ten minutes.

What is compared is measured by turns, each time in a process of its own. CPU time is steadier than wall time.
`--only` takes parts of the whole. A run of all parts is written to RESULTS.md if nothing else kept the machine busy.
"""

import argparse
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks import backends, browser, data_layer, downloads, sessions
from benchmarks.report import Row, write_failure, write_table
from tests.generator import generate

RESULTS = Path(__file__).with_name("RESULTS.md")
QUIET = 0.1
"""The most of the machine that other work may take in a run that is kept."""
INTRODUCTION = """# What was measured

Written by `make bench`. Bare is one box and a text, literal one chart of constants; naive reads, groups and draws in
every rerun. All three run with Streamlit's defaults; the overview has five charts. `tests/generator.py` makes the data.
"""


Part = tuple[str, Callable[[], Iterator[Row]]]
"""The title of a table, and what measures its rows."""


def list_parts(small: Path, large: Path, url: str, *, quick: bool) -> dict[str, Part]:
    """Return what can be measured, with fewer rounds where time is short."""

    def choose(few: int, many: int) -> int:
        return few if quick else many

    rounds = choose(1, 3)
    return {
        "data": ("Data layer, most records", lambda: data_layer.compare(large, choose(1, 5))),
        "reruns": ("One reader", lambda: sessions.measure_one(small, large, rounds, choose(10, 20))),
        "concurrency": ("Fifty sessions, 60 records", lambda: sessions.measure_many(small, rounds, choose(6, 15))),
        "long": ("A long run, 60 records", lambda: sessions.measure_long_run(small, choose(600, 6000))),
        "downloads": ("Downloads over HTTP, most records", lambda: downloads.measure(large, choose(2, 5))),
        "browser": ("In a browser", lambda: browser.measure(small, large, choose(1, 5))),
        "backends": ("Data beyond a folder, most records", lambda: backends.measure(large, url)),
    }


def describe_machine() -> str:
    """Return what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "pandas", "pyarrow", "numpy", "plotly"))
    python = f"Python {platform.python_version()}"
    return f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, {python}, {packages}"


def read_other_work() -> float:
    """Return the seconds of all processors that other programs have used since the machine started."""
    user, nice, system, _, _, *more = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return (user + nice + system + sum(more)) / os.sysconf("SC_CLK_TCK") - sum(u.ru_utime + u.ru_stime for u in used)


def main() -> None:
    """Measure and print everything; keep the report of all parts of a quiet run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--records", type=int, default=1_000_000, help="records of the largest folder")
    parser.add_argument("--only", nargs="+", metavar="PART", help="parts to be measured")
    parser.add_argument("--url", default="", help="an empty backend to measure, in place of Parquet files")
    asked, lines = parser.parse_args(), []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    with tempfile.TemporaryDirectory() as place:
        small, large = Path(place) / "small", Path(place) / "large"
        parts = list_parts(small, large, asked.url, quick=asked.quick)
        if unknown := set(asked.only or ()) - set(parts):
            parser.error(f"no part {', '.join(unknown)}: there are {', '.join(parts)}")
        generate(small, 60)
        generate(large, asked.records)
        began, others = time.monotonic(), read_other_work()
        say(
            f"{INTRODUCTION}\n{describe_machine()}, {asked.records:,} records at most{', quick' if asked.quick else ''}"
        )
        for name in asked.only or parts:
            title, rows = parts[name]
            try:
                for line in write_table(title, rows()):
                    say(line)
            except Exception as error:  # whatever it is, the other parts are measured
                say(write_failure(f"the rest of `{name}`", " ".join(repr(error).split())[:200]))
    share = (read_other_work() - others) / (time.monotonic() - began) / (os.cpu_count() or 1)
    say(f"\nOther work took {share:.0%} of the machine.")
    if share <= QUIET and not asked.only:
        RESULTS.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
