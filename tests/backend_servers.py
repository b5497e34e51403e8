"""Backends for tests: a PostgreSQL server, a ClickHouse engine and a bucket on free ports, and folders in several parts."""

import csv
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

if TYPE_CHECKING:
    from targets.backends.engine import (
        Engine,  # imports Ibis, which takes a second: functions here import when they run
    )
    from targets.backends.remote_data import BackendData

ABSENT = "PostgreSQL is not installed: apt-get install postgresql"
NO_CHDB = "ClickHouse's engine is not installed: .venv/bin/python -m pip install chdb-core"
EVERYWHERE = pytest.mark.parametrize("backend", ["parquet", "postgres", "clickhouse"], indirect=True)
"""For tests of what each kind of backend has to do in its own way; all others use a folder of Parquet files."""
ANY_TABLE = pytest.mark.parametrize("backend", ["parquet", "clickhouse"], indirect=True)
"""For tables without the columns that PostgreSQL indexes, or with a null character, which it cannot hold."""


@dataclass(frozen=True)
class Backend:
    """Where a backend is: its URL, what is shown of it, and how it goes away and comes back."""

    url: str
    name: str
    leave: Callable[[], object]
    come_back: Callable[[], object]


def backend_in(folder: Path) -> Backend:
    """Return a backend in a folder."""
    away = folder.with_name("away")
    return Backend(str(folder), folder.name, lambda: folder.rename(away), lambda: away.rename(folder))


def find_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
        self.port = find_port()

    def create_database(self, name: str) -> str:
        """Create a database and return its address."""
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "targets", name)
        return f"postgresql://targets@127.0.0.1:{self.port}/{name}"

    def backend(self, database: str) -> Backend:
        """Return a backend in a database of its own; it goes away with the server."""
        return Backend(self.create_database(database), f"127.0.0.1/{database}", self.stop, self.start)

    @property
    def runs(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

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
        if server.runs:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class ClickHouse:
    """ClickHouse's engine behind an HTTP front, in a process of its own; not a ClickHouse server."""

    USER, PASSWORD = "targets", "no /one's:word%"

    def __init__(self, python: str, folder: Path) -> None:
        self.python, self.folder, self.port = python, folder, find_port()

    def address(self, database: str, password: str = PASSWORD) -> str:
        return f"clickhouse://{self.USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create a database and return its address."""
        import ibis

        ibis.connect(self.address("default")).create_database(name)
        return self.address(name)

    def backend(self, database: str) -> Backend:
        """Return a backend in a database of its own; it goes away with the engine."""
        return Backend(self.create_database(database), f"127.0.0.1/{database}", self.stop, self.start)

    def start(self) -> None:
        front = Path(__file__).with_name("clickhouse_front.py")
        known = f"{self.USER}:{self.PASSWORD}"
        command = [self.python, str(front), str(self.folder), str(self.port), known]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip(), "the front did not start"

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def run_clickhouse() -> Iterator[ClickHouse]:
    """Start ClickHouse's engine and stop it in the end; skip the test where chdb is not installed."""
    python = os.environ.get("CHDB_PYTHON") or (sys.executable if find_spec("chdb") else "")
    if not python:
        pytest.skip(NO_CHDB)
    with tempfile.TemporaryDirectory(prefix="targets-ch-") as folder:
        engine = ClickHouse(python, Path(folder))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


class Bucket(BaseHTTPRequestHandler):
    """The part of the S3 protocol that writing and reading objects needs; signatures are not looked at."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *told: object) -> None:
        pass

    def reply(self, status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body) if length is None else length)} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = read_chunks(self.rfile)
        self.rfile.readline()
        return read_chunks(io.BytesIO(body)) if self.headers.get("Content-Encoding") == "aws-chunked" else body

    def asked(self) -> tuple[str, dict[str, str]]:
        split = urlsplit(self.path)
        return unquote(split.path), dict(parse_qsl(split.query, keep_blank_values=True))

    def do_POST(self) -> None:
        (key, query), _ = self.asked(), self.read_body()
        if "uploads" in query:
            began = f"<UploadId>{key.encode().hex()}</UploadId>"
            return self.reply(200, f"<InitiateMultipartUploadResult>{began}</InitiateMultipartUploadResult>".encode())
        parts = self.server.uploads.pop(query["uploadId"])
        self.server.objects[key] = b"".join(parts[n] for n in sorted(parts))
        return self.reply(200, b"<CompleteMultipartUploadResult/>")

    def do_PUT(self) -> None:
        (key, query), body = self.asked(), self.read_body()
        if "partNumber" in query:
            self.server.uploads.setdefault(query["uploadId"], {})[int(query["partNumber"])] = body
        else:
            self.server.objects[key] = body
        self.reply(200, ETag='"x"')

    def do_DELETE(self) -> None:
        self.server.objects.pop(self.asked()[0], None)
        self.reply(204)

    def do_HEAD(self) -> None:
        found = self.server.objects.get(self.asked()[0])
        day = {"Last_Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}
        self.reply(404) if found is None else self.reply(200, length=len(found), **day)

    def do_GET(self) -> None:
        key, query = self.asked()
        if "list-type" in query:
            start = f"{key.rstrip('/')}/{query['prefix']}"
            found = [k[len(key) + 1 :] for k in sorted(self.server.objects) if k.startswith(start)]
            listed = "".join(f"<Contents><Key>{escape(k)}</Key><Size>1</Size></Contents>" for k in found)
            return self.reply(
                200, f"<ListBucketResult><KeyCount>{len(found)}</KeyCount>{listed}</ListBucketResult>".encode()
            )
        start, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
        whole = self.server.objects[key]
        part = whole[int(start) : int(end) + 1]
        return self.reply(206, part, Content_Range=f"bytes {start}-{int(start) + len(part) - 1}/{len(whole)}")


def read_chunks(file: BinaryIO) -> bytes:
    parts = []
    while size := int(file.readline().split(b";")[0], 16):
        parts.append(file.read(size))
        file.readline()
    return b"".join(parts)


@contextmanager
def run_bucket() -> Iterator[str]:
    """Serve an empty bucket on a free port; return the address of a prefix in it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    server.objects, server.uploads = {}, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        where = f"endpoint_override=127.0.0.1:{server.server_port}&scheme=http&region=nowhere"
        yield f"s3://key:secret@bucket/backend?{where}"
    finally:
        server.shutdown()
        server.server_close()


def open_engine(url: str) -> "Engine":
    from targets.backends.engines import open_engine

    return open_engine(url)


def open_backend(engine: "Engine") -> tuple["BackendData", tuple[str, ...] | None]:
    from targets.backends.parts import open_backend

    return open_backend(engine)


def ingest(folder: Path, engine: "Engine") -> Iterator[tuple[str, dict]]:
    from targets.storage.ingest import ingest

    return ingest(folder, engine)


def take_in(folder: Path, url: str) -> tuple["Engine", list[str]]:
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
