"""What clickhouse-connect says over HTTP, answered by the ClickHouse engine that chdb runs in its own process.

Run by tests.backend_servers under a Python that has chdb: `python clickhouse_front.py FOLDER PORT USER:PASSWORD`. It needs
nothing else, says one line once it listens, and ends with the signal that ends it. Each request has a connection
of its own, one after the other; the data lies in the folder.
"""

import json
import re
import sys
import threading
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.state.sqlitelike import Connection

PROTOCOL = {
    "query", "database", "role", "query_id", "quota_key", "session_id", "session_check", "session_timeout",
    "wait_end_of_query", "client_protocol_version", "compress", "decompress", "buffer_size",
}  # fmt: skip
"""Parameters of a request that are no settings of the engine."""
FORMAT = re.compile(r"(.*)\sFORMAT\s+(\w+)\s*", re.DOTALL)
DEFAULT_FORMAT = "TabSeparated"


def quote(text: str, mark: str) -> str:
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


class Front(BaseHTTPRequestHandler):
    """One request is one statement: the body, or the parameter `query` with the body as the records of an insert."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *told: object) -> None:
        pass

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body)), "X-ClickHouse-Timezone": "UTC"} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, error: str) -> None:
        code = re.search(r"Code: (\d+)", error)
        status = {"60": 404, "81": 404, "516": 403}.get(code[1], 500) if code else 500
        self.reply(status, error.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "0"})

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def do_POST(self) -> None:
        asked, body = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)), self.read_body()
        if self.headers.get("Authorization") != self.server.known:
            return self.refuse("Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
        try:
            with self.server.lock, self.connect(asked) as connection:
                if "query" in asked:
                    found, headers = self.insert(connection, asked["query"], body)
                else:
                    found, headers = self.run(connection, body.decode())
        except RuntimeError as error:  # chdb's own error is one
            return self.refuse(str(error))
        return self.reply(200, found, headers)

    @contextmanager
    def connect(self, asked: dict[str, str]):
        connection = Connection(self.server.folder)
        try:
            if "database" in asked:
                connection.query(f"USE {quote(asked['database'], '`')}")
            for name in asked.keys() - PROTOCOL:
                connection.query(f"SET {name} = {quote(asked[name], chr(39))}")
            yield connection
        finally:
            connection.close()

    def run(self, connection: Connection, statement: str) -> tuple[bytes, dict[str, str]]:
        named = FORMAT.fullmatch(statement)
        found = connection.query(statement, named[2] if named else DEFAULT_FORMAT)
        summary = {"read_rows": str(found.rows_read()), "read_bytes": str(found.bytes_read())}
        return found.bytes() or b"", self.headers_of(summary, named[2] if named else DEFAULT_FORMAT)

    def insert(self, connection: Connection, statement: str, body: bytes) -> tuple[bytes, dict[str, str]]:
        into, format_ = FORMAT.fullmatch(statement).groups()
        with connection.send_insert(into, format_) as records:
            records.append(body)
            written = records.finish()
        return b"", self.headers_of({"written_rows": str(written.rows_written)}, format_)

    def headers_of(self, summary: dict[str, str], format_: str) -> dict[str, str]:
        return {"X-ClickHouse-Summary": json.dumps(summary), "X-ClickHouse-Format": format_}


def main(folder: str, port: str, known: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Front)
    server.daemon_threads = True
    server.folder, server.lock = folder, threading.Lock()
    server.known = f"Basic {b64encode(known.encode()).decode()}"
    kept = Connection(folder)  # the engine ends with its last connection
    print(kept.query("SELECT version()", DEFAULT_FORMAT).bytes().decode().strip(), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
