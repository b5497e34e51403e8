"""Homes for tests: a real PostgreSQL server on a free port, and data folders in several parts."""

import csv
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from targets.engine import Engine
from targets.engines import open_engine
from targets.ingest import ingest

ABSENT = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def find_server() -> Path | None:
    """Return the folder of PostgreSQL's programs, Debian's newest first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    found = next(iter(debian), shutil.which("initdb"))
    return Path(found).resolve().parent if found else None


class Server:
    """A cluster of its own, run by a user without rights, as PostgreSQL does not run as root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.user = {"user": "nobody"} if os.geteuid() == 0 else {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://targets@127.0.0.1:{self.port}/{database}"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **self.user)
        assert done.returncode == 0, done.stdout + done.stderr

    def create(self) -> None:
        if self.user:
            shutil.chown(self.folder, **self.user)
        self.run("initdb", "-D", "data", "-U", "targets", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -F"
        # what the server inherits would keep the test waiting for its end
        self.run("pg_ctl", "-D", "data", "-w", "-s", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "-s", "-m", "immediate", "stop")


@contextmanager
def run_server() -> Iterator[Server]:
    """Start a server and stop it in the end; skip the test where none is installed."""
    programs = find_server()
    if programs is None:
        pytest.skip(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="targets-pg-", dir="/tmp"))
    server = Server(programs, folder)
    try:
        server.create()
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def take_in(folder: Path, url: str) -> tuple[Engine, list[str]]:
    """Take a folder in; return the engine and the steps."""
    engine = open_engine(url)
    return engine, [key for key, _ in ingest(folder, engine)]


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def write_csv(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def split(folder: Path, parts: Path, many: int) -> None:
    """Write a folder as several, each with whole places; and put its own records in that order."""
    header, rows = read_csv(folder / "targets.csv")
    at = header.index("district")
    places = sorted({row[at] for row in rows})
    ordered = []
    for n in range(many):
        part = parts / f"part-{n}"
        shutil.copytree(folder, part)
        chosen = [row for row in rows if places.index(row[at]) % many == n]
        write_csv(part / "targets.csv", header, chosen)
        ordered += chosen
    write_csv(folder / "targets.csv", header, ordered)
