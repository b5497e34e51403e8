"""A backend in a database of a PostgreSQL server. Ibis asks; only the loading is PostgreSQL's own COPY and indexes."""

import io

import ibis
import psycopg
import pyarrow as pa
from ibis.backends.sql import SQLBackend
from psycopg import sql
from pyarrow import csv

from targets.backends.database import LONGEST, WAIT, Database

CHUNK = 20_000
"""Records that are sent to a server at once."""
LONGEST_WRITE = 3600
"""Seconds that a server has to take a table in."""
INDEXED = ("position", "id", "source", "district", "indicator", "subject")
"""Columns by which few records are picked out of many."""


class PostgresServer(Database):
    """A database of a PostgreSQL server."""

    broken = (*Database.broken, psycopg.Error)

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def _connect(self, seconds: int = LONGEST) -> SQLBackend:
        limit = f"-c statement_timeout={seconds}s"
        return ibis.postgres.from_connection(
            psycopg.connect(self.url, connect_timeout=WAIT, options=limit, autocommit=True)
        )

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
