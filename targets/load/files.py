"""Reading and replacing files: each is read once, in bounded time, pipes and devices refused, and replaced whole."""

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from targets.contract.schema import InvalidDataError, Problem, resources

MOST_BYTES = 512 * 1024 * 1024
"""A larger file is refused unread."""

ABANDONED = 3600
"""Seconds after which a temporary file is taken for one that a killed process left."""

READABLE = 0o644
"""The mode of a file that everyone may read."""

PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class Files:
    """The bytes of a folder at one time: `contents` by resource name, and its own datapackage.json, if any."""

    contents: Mapping[str, bytes]
    package: bytes | None = None

    @cached_property
    def version(self) -> str:
        """Hash of the bytes of all data files; the package is not among them."""
        digest = hashlib.sha256()
        for name in sorted(self.contents):
            digest.update(f"{name}\0{len(self.contents[name])}\0".encode())
            digest.update(self.contents[name])
        return digest.hexdigest()[:12]

    @property
    def identity(self) -> str:
        """Hash of everything that was read: another version, or other checksums."""
        package = "" if self.package is None else hashlib.sha256(self.package).hexdigest()
        return f"{self.version}-{package}"


class _Refused(Exception):  # noqa: N818 - a way out with the rule that is broken, not an error of the program
    pass


def open_nonblocking(path: str, flags: int) -> int:
    """Open a path without blocking, even if it is a pipe that nobody writes to.

    An `opener` for `open`. Windows has no such flags, and no pipes in folders.
    """
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


@contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading; raise OSError, or refuse what is none.

    Its type is checked after opening, so that it cannot be exchanged in between.
    """
    with open(path, "rb", opener=open_nonblocking) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _Refused("not_a_file")
        yield file


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a regular file; raise OSError, or refuse what is none or is larger than `most`."""
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = b"" if size > most else file.read(most + 1)
        if max(size, len(content)) > most:
            raise _Refused("too_big")
    return content


def read_folder(folder: Path, most: int = MOST_BYTES) -> Files:
    """Return the bytes of every file of the package, each read once; raise InvalidDataError."""
    contents, problems = {}, []
    for resource in resources().values():
        try:
            contents[resource.name] = read_file(folder / resource.path, most)
        except (OSError, _Refused) as error:
            problems.append(_problem(resource.path, error))
    package = None
    try:
        package = read_file(folder / PACKAGE, most)
    except FileNotFoundError:
        pass
    except (OSError, _Refused) as error:
        problems.append(_problem(PACKAGE, error))
    if problems:
        raise InvalidDataError(problems)
    return Files(contents, package)


def _problem(name: str, error: OSError | _Refused) -> Problem:
    if isinstance(error, _Refused):
        return Problem(name, str(error), details={"most": MOST_BYTES // 1024**2})
    if isinstance(error, IsADirectoryError):
        return Problem(name, "not_a_file")
    rules = {FileNotFoundError: "missing", PermissionError: "no_permission"}
    return Problem(name, rules.get(type(error), "unreadable"))


def replace_file(path: Path, write: Callable[[BinaryIO], object], mode: int = 0o600) -> None:
    """Write a temporary file and rename it to the path, so that nobody reads a half-written file; raise OSError.

    A write that fails leaves the old file and nothing else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f"{path.stem}*.tmp"):  # by a process that was killed
        with suppress(FileNotFoundError):  # another process has renamed it
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()
    handle, new = tempfile.mkstemp(".tmp", path.stem, path.parent)
    try:
        with open(handle, "w+b") as file:  # noqa: PTH123 - a descriptor, not a path
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(new).chmod(mode)
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise
