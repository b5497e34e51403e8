"""A backend in a database of a server, whichever it is: what Ibis does there for all of them."""

import json
from urllib.parse import unquote, urlsplit

import ibis
import pyarrow as pa
from ibis.backends.sql import SQLBackend

from targets.backends.engine import Engine, Session

WAIT = 5
"""Seconds that a server has to take a connection."""
LONGEST = 60
"""Seconds that a server has to respond to a query."""
DOCUMENTS = "targets_documents"


class Database(Engine):
    """A database of a server; a document is a row, and the last one of its name counts."""

    def __init__(self, url: str) -> None:
        super().__init__()
        split = urlsplit(url)
        self.name = f"{split.hostname or 'localhost'}/{unquote(split.path.lstrip('/'))}"

    def _table(self, backend: SQLBackend, name: str) -> ibis.Table:
        return backend.table(name)

    def tables(self) -> set[str]:
        """Return the names of the tables that are there."""
        return set(self._use(lambda session: session.backend.list_tables()))

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
