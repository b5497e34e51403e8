"""A backend in Parquet files, in a folder or in an object store, read by DuckDB within the process that asks."""

import json
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import duckdb
import ibis
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from ibis.backends.sql import SQLBackend
from pyarrow import fs

from targets.backends.engine import Engine
from targets.load.dataset import BackendError
from targets.load.files import READABLE, replace_file

ROW_GROUP = 32768
"""Records of a file that are skipped together where their bounds rule them out."""
TABLE, DOCUMENT = ".parquet", ".json"


class ParquetFiles(Engine):
    """A table is a Parquet file and a document one of JSON; each is replaced at once, never rewritten."""

    broken = (*Engine.broken, duckdb.Error)

    @abstractmethod
    def _names(self) -> list[str]: ...

    @abstractmethod
    def _read(self, name: str) -> bytes:
        """Return the bytes of a file; raise FileNotFoundError."""

    @abstractmethod
    def _replace(self, name: str, write: Callable[[BinaryIO], object]) -> None: ...

    @abstractmethod
    def _remove(self, name: str) -> None: ...

    def _connect(self) -> SQLBackend:
        return ibis.duckdb.connect()

    def tables(self) -> set[str]:
        """Return the names of the tables that are there."""
        return {name.removesuffix(TABLE) for name in self._names() if name.endswith(TABLE)}

    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table, in place of an unfinished one of that name."""
        self._replace(name + TABLE, lambda file: pq.write_table(rows, file, row_group_size=ROW_GROUP))

    def drop(self, name: str) -> None:
        """Remove a table."""
        self._remove(name + TABLE)

    def read_document(self, name: str) -> dict | None:
        """Return the document last written under the name, or None."""
        try:
            return json.loads(self._read(name + DOCUMENT))
        except FileNotFoundError:
            return None
        except ValueError:
            raise BackendError("backend_shape", self.name) from None

    def drop_document(self, name: str) -> None:
        """Remove the file of a document."""
        self._remove(name + DOCUMENT)

    def write_document(self, name: str, content: dict) -> None:
        """Write a document at once, in place of an older one."""
        self._replace(name + DOCUMENT, lambda file: file.write(json.dumps(content).encode()))


class ParquetFolder(ParquetFiles):
    """A folder that every process reaches by its path."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.name = folder.name

    def _table(self, backend: SQLBackend, name: str) -> ibis.Table:
        return backend.read_parquet(self._path(name), table_name=name)

    def _union(self, backend: SQLBackend, parts: Sequence[tuple[str, int]]) -> ibis.Table:
        paths = [self._path(name) for name, _ in parts]
        together = backend.read_parquet(paths, filename=True)  # twenty files are scanned faster than twenty tables
        first = together.filename.cases(*((path, first) for path, (_, first) in zip(paths, parts, strict=True)))
        return together.mutate(position=together.position + first).drop("filename")

    def _path(self, name: str) -> str:
        return str(self.folder.resolve() / (name + TABLE))

    def _names(self) -> list[str]:
        return [path.name for path in self.folder.glob("*")]

    def _read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def _remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def _replace(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        replace_file(self.folder / name, write, READABLE)


class ObjectStore(ParquetFiles):
    """A prefix of a bucket; an object is there as a whole once its writing has ended."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.store, self.prefix = fs.FileSystem.from_uri(url)
        self.name = self.prefix

    def _table(self, backend: SQLBackend, name: str) -> ibis.Table:
        backend.con.register(name, ds.dataset(self._path(name + TABLE), filesystem=self.store, format="parquet"))
        return backend.table(name)

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def _names(self) -> list[str]:
        found = self.store.get_file_info(fs.FileSelector(self.prefix, allow_not_found=True))
        return [each.base_name for each in found]

    def _read(self, name: str) -> bytes:
        with self.store.open_input_stream(self._path(name)) as file:
            return file.read()

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.store.delete_file(self._path(name))

    def _replace(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        with self.store.open_output_stream(self._path(name)) as file:
            write(file)
