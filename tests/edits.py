"""Edits of a data folder, as an editor or a copying program makes them."""

import os
from collections.abc import Callable
from pathlib import Path


def rewrite(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Replace a file by name, with a new time even where the clock is coarse."""
    path = folder / name
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


def more(text: str) -> str:
    """Raise a target by one."""
    return text.replace(",4000,亿元", ",4001,亿元")


def broken(text: str) -> str:
    """Write a number in characters."""
    return text.replace(",4000,亿元", ",四千,亿元")
