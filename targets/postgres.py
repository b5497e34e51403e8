"""A home in a database of a PostgreSQL server. Ibis asks; only the loading is PostgreSQL's own COPY and indexes."""

import io
import json
from urllib.parse import unquote, urlsplit

import ibis
import psycopg
import pyarrow as pa
from ibis.backends.sql import SQLBackend
from psycopg import sql
from pyarrow import csv

from targets.engine import Engine, Session

CHUNK = 20_000
"""Records that are sent to a server at once."""
WAIT = 5
"""Seconds that a server has to take a connection."""
LONGEST, LONGEST_WRITE = 60, 3600
"""Seconds that a server has to answer a question, and to take a table in."""
DOCUMENTS = "targets_documents"
INDEXED = ("place", "id", "source", "district", "indicator", "subject")
"""Columns by which few records are picked out of many."""


class PostgresServer(Engine):
    """A database of a PostgreSQL server; a document is a row, and the last one of its name counts."""

    broken = (*Engine.broken, psycopg.Error)

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        split = urlsplit(url)
        self.name = f"{split.hostname or 'localhost'}/{unquote(split.path.lstrip('/'))}"

    def _connect(self, seconds: int = LONGEST) -> SQLBackend:
        limit = f"-c statement_timeout={seconds}s"
        return ibis.postgres.from_connection(
            psycopg.connect(self.url, connect_timeout=WAIT, options=limit, autocommit=True)
        )

    def _table(self, backend: SQLBackend, name: str) -> ibis.Table:
        return backend.table(name)

    def tables(self) -> set[str]:
        """Return the names of the tables that are there."""
        return set(self._use(lambda session: session.backend.list_tables()))

    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table, in place of an unfinished one of that name."""
        options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
        backend = self._connect(LONGEST_WRITE)
        try:
            backend.drop_table(name, force=True)
            backend.create_table(name, schema=ibis.schema(rows.schema))
            copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))
            with backend.con.cursor() as cursor, cursor.copy(copy) as into:
                for batch in rows.to_batches(max_chunksize=CHUNK):
                    lines = io.BytesIO()
                    csv.write_csv(pa.table(batch), lines, options)
                    into.write(lines.getvalue())
            with backend.con.cursor() as cursor:
                for column in INDEXED:
                    index = sql.SQL("CREATE INDEX ON {} ({})")
                    cursor.execute(index.format(sql.Identifier(name), sql.Identifier(column)))
        finally:
            backend.disconnect()

    def drop(self, name: str) -> None:
        """Remove a table."""
        self._use(lambda session: session.backend.drop_table(name, force=True))

    def read_document(self, name: str) -> dict | None:
        """Return the document last written under the name, or None."""

        def read(session: Session) -> list[dict]:
            if DOCUMENTS not in session.backend.list_tables():
                return []
            rows = session.backend.table(DOCUMENTS)
            last = rows.filter(rows.name == name).order_by(rows.number.desc()).limit(1)
            return last.to_pyarrow().to_pylist()

        found = self._use(read)
        return json.loads(found[0]["content"]) if found else None

    def write_document(self, name: str, content: dict) -> None:
        """Write a document at once, in place of an older one."""

        def write(session: Session) -> None:
            if DOCUMENTS not in session.backend.list_tables():
                schema = ibis.schema({"number": "int64", "name": "string", "content": "string"})
                session.backend.create_table(DOCUMENTS, schema=schema)
            number = session.backend.table(DOCUMENTS).number.max().to_pyarrow().as_py() or 0
            row = {"number": [number + 1], "name": [name], "content": [json.dumps(content)]}
            session.backend.insert(DOCUMENTS, pa.table(row))

        self._use(write)
