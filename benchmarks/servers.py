"""Servers to measure: pages as `streamlit run` or a container starts them, and what their processes use."""

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

from tests.browser.nginx import NGINX, ROOT, configure, container_command, run_nginx

STREAMLIT_DEFAULTS = ("--runner.postScriptGC", "true", "--runner.fastReruns", "true")
"""The peers run as Streamlit comes, not with this project's own settings."""
WAIT = 300
"""Seconds in which a server has to respond."""


@contextmanager
def serve(page: str, folder: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Start the dashboard, one of its replicas as a container does, or a peer; give its URL and process."""
    port, peer = free_port(), ROOT / "benchmarks" / "peers" / f"{page}.py"
    script = (ROOT / "dashboard.py",) if page == "dashboard" else (peer, *STREAMLIT_DEFAULTS)
    command = [sys.executable, "-m", "streamlit", "run", *map(str, script), "--server.port", str(port)]
    with tempfile.TemporaryDirectory() as state:
        own = {"TARGETS_DATA": str(folder), "TARGETS_STATE": state, "MALLOC_ARENA_MAX": "2"} | environment
        server = subprocess.Popen(
            container_command(port) if page == "replica" else command,
            cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(f"http://localhost:{port}")
            yield f"http://localhost:{port}", server.pid
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def serve_behind_nginx(addresses: Sequence[str]) -> Iterator[str]:
    """Put nginx with the configuration of deploy/ in front of processes; give its URL."""
    if NGINX is None:
        raise FileNotFoundError("nginx is not installed")
    port = free_port()
    with tempfile.TemporaryDirectory() as place, run_nginx(Path(place), configure(Path(place), port, addresses)):
        wait_for(f"http://localhost:{port}")
        yield f"http://localhost:{port}"


def cpu_of(process: int) -> float:
    """Return the CPU seconds a process has used, ended threads included, by the clock of clock_getcpuclockid(3)."""
    return time.clock_gettime(~process << 3 | 2)


def rest(process: int) -> None:
    """Wait until a process has done its warm-up."""
    used = -math.inf
    while cpu_of(process) - used > 0.05:
        used = cpu_of(process)
        time.sleep(1)


def memory_of(process: int, kind: str = "VmRSS") -> float:
    """Return the memory of a process in MB; RssAnon is without what is mapped from files, VmHWM the most it had."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(f"{kind}:"))


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str) -> None:
    """Wait until a server responds."""
    end = time.monotonic() + WAIT
    while True:
        try:
            return urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
