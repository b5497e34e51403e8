"""A hash of the program: files on disk and responses in browsers' caches are valid only for the same one."""

import hashlib
import platform
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

import targets
from targets.contract.schema import DATA_FOLDER


@cache
def program_key(*folders: Path) -> str:
    """Return the hash of all code and texts of this package and of more folders, the schema and the libraries."""
    roots = (Path(targets.__file__).parent, *folders)
    found = (path for root in roots for path in root.rglob("*") if path.suffix in (".py", ".toml"))
    files = {path.relative_to(roots[0].parent).as_posix(): path for path in found}
    versions = [f"{library.__name__} {library.__version__}" for library in (pd, np, pa)]
    digest = hashlib.sha256(repr((versions, platform.python_version(), platform.machine())).encode())
    for name, path in (*sorted(files.items()), ("schema", DATA_FOLDER / "datapackage.json")):
        digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
