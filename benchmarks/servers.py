"""Servers to measure: pages as `streamlit run` or a container starts them, what they use, and when they are there."""

import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.browser.nginx import ROOT, configure, container_command, run_nginx

PEERS = ROOT / "benchmarks" / "peers"
STREAMLIT_DEFAULTS = ("--runner.postScriptGC", "true", "--runner.fastReruns", "true")
"""The peers run as Streamlit comes, not with this project's own settings."""
SCRIPTS = {
    "bare": (PEERS / "bare.py", *STREAMLIT_DEFAULTS),
    "naive": (PEERS / "naive.py", *STREAMLIT_DEFAULTS),
    "literal": (PEERS / "literal.py", *STREAMLIT_DEFAULTS),
    "dashboard": (ROOT / "dashboard.py",),
}


@contextmanager
def run(command: Sequence[str], port: int, folder: Path, state: Path | None = None) -> Iterator[tuple[str, int]]:
    """Run a server on a data folder; give its address and process. What it keeps on disk goes into `state`, or goes."""
    with tempfile.TemporaryDirectory() as gone:
        own = {"TARGETS_DATA": str(folder), "TARGETS_STATE": str(state or gone), "MALLOC_ARENA_MAX": "2"}
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(f"http://localhost:{port}")
            yield f"http://localhost:{port}", server.pid
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def serve(page: str, folder: Path, state: Path | None = None) -> Iterator[tuple[str, int]]:
    """Start a page by its name; give its address and process."""
    script, *options = SCRIPTS[page]
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]
    with run(command, port, folder, state) as started:
        yield started


@contextmanager
def serve_replica(folder: Path) -> Iterator[tuple[str, int]]:
    """Start the dashboard as its container does."""
    port = free_port()
    with run(container_command(port), port, folder) as started:
        yield started


@contextmanager
def serve_behind_front(addresses: Sequence[str]) -> Iterator[str]:
    """Put nginx with the configuration of deploy/ in front of processes; give its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as place, run_nginx(Path(place), configure(Path(place), port, addresses)):
        wait_for(f"http://localhost:{port}")
        yield f"http://localhost:{port}"


def cpu_of(process: int) -> float:
    """Return the CPU seconds a process has used, ended threads included, by the clock of clock_getcpuclockid(3)."""
    return time.clock_gettime(~process << 3 | 2)


def rest(process: int) -> None:
    """Wait until a process has prepared what it does by itself after its start."""
    used = -math.inf
    while cpu_of(process) - used > 0.05:
        used = cpu_of(process)
        time.sleep(1)


def memory_of(process: int, kind: str = "VmRSS") -> float:
    """Return the memory of a process in MB; RssAnon is without what is mapped from files."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(f"{kind}:"))


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    while True:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
