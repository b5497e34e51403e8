"""A backend in a database of a ClickHouse server. Ibis asks and loads; nothing is written in ClickHouse's own SQL."""

import logging
from urllib.parse import unquote, urlsplit

import ibis
import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError
from ibis.backends.sql import SQLBackend

from targets.backends.database import LONGEST, WAIT, Database
from targets.backends.engine import Session

CHUNK = 100_000
"""Records that are sent to a server at once; it makes a file of each sending, and reads few large ones faster."""
ORDER = ("district", "position")
"""Columns by which a table is ordered, as its records come: a query for some districts skips the others."""
SETTINGS = {
    "max_execution_time": LONGEST,
    "max_query_size": 1 << 28,  # keys of a question stand in it: 256 KiB, the usual, are 6,000 names of districts
    "async_insert": 0,  # a document must not count before its table is there
}

logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())  # it raises what it warns of


class ClickHouseServer(Database):
    """A database of a ClickHouse server, asked over HTTP, encrypted where the port is 8443 or 443."""

    broken = (*Database.broken, ClickHouseError)

    def __init__(self, url: str) -> None:
        super().__init__(url)
        split = urlsplit(url)
        self._address = {"host": split.hostname or "localhost", "database": unquote(split.path.strip("/"))}
        self._address |= {"user": unquote(split.username or "default"), "password": unquote(split.password or "")}
        self._address |= {"port": split.port}

    def _connect(self) -> SQLBackend:
        limits = {"connect_timeout": WAIT, "send_receive_timeout": LONGEST}
        return ibis.clickhouse.connect(**self._address, **limits, settings=SETTINGS, dedicated_pool=True)

    def write(self, name: str, rows: pa.Table) -> None:
        """Write a table, in place of an unfinished one of that name."""
        fields = ibis.schema(rows.schema).items()
        schema = ibis.schema({column: type_.copy(nullable=column not in ORDER) for column, type_ in fields})

        def write(session: Session) -> None:
            session.backend.drop_table(name, force=True)
            session.backend.create_table(name, schema=schema, order_by=ORDER)
            for first in range(0, len(rows), CHUNK):
                session.backend.insert(name, rows.slice(first, CHUNK))

        self._use(write)
