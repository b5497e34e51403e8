"""Which engine an address names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from targets.dataset import HomeError
from targets.engine import Engine


def open_engine(url: str) -> Engine:
    """Return the engine that an address names: a folder, or a database server; raise HomeError."""
    try:
        split = urlsplit(url)
    except ValueError:
        raise HomeError("home_url") from None
    if split.scheme in ("postgresql", "postgres") and split.path.strip("/"):
        from targets.postgres import PostgresServer

        return PostgresServer(url)
    if split.scheme in ("", "file") and split.netloc in ("", "localhost") and split.path:
        from targets.parquet import ParquetFolder

        return ParquetFolder(Path(unquote(split.path) if split.scheme else url))
    raise HomeError("home_url")
