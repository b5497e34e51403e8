"""Downloads over HTTP: all records and one year, beside a static file of the same bytes, and many at once."""

import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.report import NotRun, Row
from benchmarks.servers import free_port, memory_of, serve
from tests.browser.nginx import NGINX, run_nginx

AT_ONCE = 20
STATIC = """pid {folder}/nginx.pid; error_log stderr error; daemon off; events {{}}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


def _fetch(url: str, into: Path | None = None) -> tuple[float, int]:
    """Return seconds and bytes of a download."""
    began, size = time.perf_counter(), 0
    with urllib.request.urlopen(url, timeout=300) as answer:
        if into:
            with into.open("wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
            return time.perf_counter() - began, into.stat().st_size
        while piece := answer.read(1 << 20):
            size += len(piece)
    return time.perf_counter() - began, size


@contextmanager
def _serve_static(folder: Path) -> Iterator[str]:
    port = free_port()
    (folder / "nginx.conf").write_text(STATIC.format(folder=folder, port=port))
    (folder / "_stcore").mkdir()
    (folder / "_stcore" / "health").write_text("ok")
    with run_nginx(folder, folder / "nginx.conf"):
        for _ in range(100):
            try:
                _fetch(f"http://localhost:{port}/_stcore/health")
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://localhost:{port}"


def _highest(process: int, kind: str, work: threading.Event) -> float:
    """Return the most memory that a process holds until the work is done."""
    most = memory_of(process, kind)
    while not work.wait(0.02):
        most = max(most, memory_of(process, kind))
    return most


def _at_rest(process: int, kind: str, seconds: float = 15) -> float:
    """Return the most memory without downloads: now and then the data folder is read to see whether it changed."""
    done = threading.Event()
    threading.Timer(seconds, done.set).start()
    return _highest(process, kind, done)


def _crowd(url: str, process: int, kind: str) -> float:
    """Return the highest memory while many download at once."""
    done = threading.Event()
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        watched = pool.submit(_highest, process, kind, done)
        for each in [pool.submit(_fetch, url) for _ in range(AT_ONCE)]:
            each.result()
        done.set()
        return watched.result()


def measure(folder: Path, rounds: int) -> Iterator[Row | NotRun]:
    """Return seconds of downloads, and the memory while many download at once."""
    with serve("dashboard", folder) as (address, process), tempfile.TemporaryDirectory() as place:
        url, copy = f"{address}/data/targets.csv", Path(place) / "targets.csv"
        Path(place).chmod(0o755)
        first, size = _fetch(url, copy)
        _fetch(f"{url}?year=2024")
        year = median(_fetch(f"{url}?year=2024")[0] for _ in range(rounds))
        yield Row(f"all records, {size / 1e6:.0f} MB, the first time", first, "s")
        yield Row("one year", year * 1000, "ms")
        if NGINX is None:
            yield NotRun("all records, beside a static file", "no nginx")
        else:
            with _serve_static(Path(place)) as static:
                again, floor = [], []
                for _ in range(rounds):
                    again.append(_fetch(url)[0])
                    floor.append(_fetch(f"{static}/targets.csv")[0])
            yield Row("all records again", median(again), "s", "static file, nginx", median(floor), 4)
        start = _at_rest(process, "RssAnon")
        most = _crowd(url, process, "RssAnon")
        yield Row(f"memory of its own while {AT_ONCE} download all at once", most, "MB", "at rest", start, 1.1)
