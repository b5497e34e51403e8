"""A home in a folder of Parquet files, read by DuckDB within the process that asks."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql import SQLBackend

from targets.dataset import HomeError
from targets.engine import Engine

ROW_GROUP = 65536
"""Records of a file that are skipped together where their bounds rule them out."""


class ParquetFolder(Engine):
    """A folder of Parquet files, and of documents in JSON, each replaced at once; DuckDB reads it in this process."""

    broken = (*Engine.broken, duckdb.Error)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.name = folder.name

    def _connect(self) -> SQLBackend:
        return ibis.duckdb.connect()

    def _table(self, backend: SQLBackend, name: str) -> ibis.Table:
        return backend.read_parquet(self.folder / f"{name}.parquet", table_name=name)

    def tables(self) -> set[str]:
        """Return the names of the tables that are there."""
        return {path.stem for path in self.folder.glob("*.parquet")}

    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table, in place of an unfinished one of that name."""
        self._replace(f"{name}.parquet", lambda path: pq.write_table(rows, path, row_group_size=ROW_GROUP))

    def drop(self, name: str) -> None:
        """Remove a table."""
        (self.folder / f"{name}.parquet").unlink(missing_ok=True)

    def read_document(self, name: str) -> dict | None:
        """Return the document last written under the name, or None."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise HomeError("home_shape", self.name) from None

    def write_document(self, name: str, content: dict) -> None:
        """Write a document at once, in place of an older one."""
        self._replace(f"{name}.json", lambda path: path.write_text(json.dumps(content), encoding="utf-8"))

    def _replace(self, name: str, write: Callable[[Path], object]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, new = tempfile.mkstemp(".tmp", ".", self.folder)
        try:
            write(Path(new))
            os.fsync(handle)
            Path(new).chmod(0o644)
            Path(new).replace(self.folder / name)
        finally:
            os.close(handle)
            Path(new).unlink(missing_ok=True)
