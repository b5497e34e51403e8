"""Where data can live beyond a folder of CSV files: an engine that Ibis asks, the same expressions for all.

A backend has tables, which are written once and never changed, and documents, of which the last one written
counts; so whatever a document names is there as a whole.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import ibis
import pyarrow as pa
from ibis.backends.sql import SQLBackend
from ibis.common.exceptions import IbisError

Result = TypeVar("Result")
Query = Callable[[ibis.Table], Result]

MOST_AT_ONCE = 4
"""Queries that run at the same time; further ones wait."""


class Session:
    """One connection; the tables that were asked for are kept, as looking one up is a query of its own."""

    def __init__(self, backend: SQLBackend) -> None:
        self.backend = backend
        self.known: dict[tuple, ibis.Table] = {}


class Engine(ABC):
    """A backend of tables and documents, asked by several threads at once."""

    name: str
    """What may be shown of the URL: never a password."""
    broken: tuple[type[Exception], ...] = (IbisError, OSError)
    """What an engine raises that does not respond."""

    def __init__(self) -> None:
        self._idle: list[Session] = []
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)

    @abstractmethod
    def _connect(self) -> SQLBackend: ...

    @abstractmethod
    def _table(self, backend: SQLBackend, name: str) -> ibis.Table: ...

    def _union(self, backend: SQLBackend, parts: Sequence[tuple[str, int]]) -> ibis.Table:
        tables = [(self._table(backend, name), first) for name, first in parts]
        return ibis.union(*(table.mutate(position=table.position + first) for table, first in tables), distinct=False)

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of the tables that are there."""

    @abstractmethod
    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table, in place of an unfinished one of that name."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Remove a table."""

    @abstractmethod
    def read_document(self, name: str) -> dict | None:
        """Return the document last written under the name, or None."""

    @abstractmethod
    def write_document(self, name: str, content: dict) -> None:
        """Write a document at once, in place of an older one."""

    def drop_document(self, name: str) -> None:  # noqa: B027 - a row of a database stays
        """Remove a document where it is a file of its own."""

    def _take(self) -> Session | None:
        """Return a connection that waits, if there is one; several threads may ask at once."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._free:
            session = self._take() or Session(self._connect())
            try:
                yield session
            except BaseException:
                session.backend.disconnect()
                raise
            self._idle.append(session)

    def _use(self, work: Callable[[Session], Result]) -> Result:
        """Do some work over a connection; one that was lost while it waited is made anew."""
        waiting = bool(self._idle)
        try:
            with self._session() as session:
                return work(session)
        except self.broken:
            if not waiting:
                raise
        self.close()
        with self._session() as session:
            return work(session)

    def ask(self, parts: Sequence[tuple[str, int]], query: Query) -> Result:
        """Return the result of a query of tables as one, row positions raised by the number beside each."""

        def work(session: Session) -> Result:
            key = tuple(parts)
            if key not in session.known:
                alone = len(key) == 1
                session.known[key] = (
                    self._table(session.backend, key[0][0]) if alone else self._union(session.backend, key)
                )
            return query(session.known[key])

        return self._use(work)

    def close(self) -> None:
        """Close the connections that wait."""
        while session := self._take():
            session.backend.disconnect()
