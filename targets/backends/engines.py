"""Which engine a URL names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from targets.backends.engine import Engine
from targets.load.dataset import BackendError


def open_engine(url: str) -> Engine:
    """Return the engine that a URL names: a folder, a prefix of a bucket, or a database; raise BackendError."""
    try:
        split = urlsplit(url)
    except ValueError:
        raise BackendError("backend_url") from None
    if split.scheme in ("postgresql", "postgres") and split.path.strip("/"):
        from targets.backends.postgres import PostgresServer

        return PostgresServer(url)
    if split.scheme == "clickhouse" and split.path.strip("/") and not split.query:
        from targets.backends.clickhouse import ClickHouseServer

        try:
            return ClickHouseServer(url)
        except ValueError:
            raise BackendError("backend_url") from None
    if split.scheme in ("", "file") and split.netloc in ("", "localhost") and split.path:
        from targets.backends.parquet import ParquetFolder

        return ParquetFolder(Path(unquote(split.path) if split.scheme else url))
    if split.scheme == "s3" and split.netloc:
        from targets.backends.parquet import ObjectStore

        try:
            return ObjectStore(url)
        except (OSError, ValueError):
            raise BackendError("backend_url") from None
    raise BackendError("backend_url")
