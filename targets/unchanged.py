"""Which files were last found good, told by what the file system says of them: a start need not read them all.

Device, inode, size, time of change and time of writing of every file are noted with the hash of their bytes. An
editor may keep size and time of writing, but not the time of change (ctime), which no program can set. It may
still stand still while a file is written twice within one tick of the clock; so nothing is noted of a file that
changed less than AGED ago, as in git's index. What even this may miss (a file written through a mapping, a
clock set back) the store finds, as it goes on to read all bytes.
"""

import contextlib
import hashlib
import json
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from targets.files import PACKAGE, read_file, replace_file
from targets.last_good import place_of
from targets.schema import resources

AGED = 2_000_000_000
"""Nanoseconds since its last change after which a file's times tell it from a newer one: two ticks of FAT."""

Stamps = list[list]
"""Of every file of the folder, in order: name, device, inode, size, time of writing, time of change."""


def stamps_of(folder: Path) -> Stamps | None:
    """Return what the file system says of the files; None where one is missing, no file, or changed just now."""
    stamps, now = [], time.time_ns()
    for name in (*(resource.path for resource in resources().values()), PACKAGE):
        try:
            found = os.stat(folder / name)
        except FileNotFoundError:
            if name == PACKAGE:
                continue
            return None
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode) or now - found.st_ctime_ns < AGED:
            return None
        stamps.append([name, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns])
    return stamps


@dataclass(frozen=True)
class Known:
    """What was found of files: their version and identity, and which differ from the seal."""

    version: str
    identity: str
    unsealed: tuple[str, ...] | None


@dataclass
class Unchanged:
    """The note about one data folder; whatever is no such note is as none."""

    path: Path
    _written: tuple | None = None

    @classmethod
    def of(cls, data_folder: Path) -> "Unchanged":
        """Return the note about a data folder."""
        return cls(place_of(data_folder, "unchanged", "json"))

    def write(self, stamps: Stamps | None, known: Known) -> None:
        """Note what was found of the files with these stamps, unless it is noted already or cannot be."""
        if stamps is None or (stamps, known) == self._written:
            return
        self._written = stamps, known
        said = json.dumps([stamps, known.version, known.identity, known.unsealed]).encode()
        with contextlib.suppress(OSError):  # it only saves time, and the last good data has said so already
            digest = hashlib.sha256(said).hexdigest().encode()
            replace_file(self.path, lambda file: file.write(digest + b"\n" + said))

    def read(self, folder: Path) -> Known | None:
        """Return what was found of the files as they are, or None where they are not known to be the same."""
        try:
            digest, _, said = read_file(self.path).partition(b"\n")
            stamps, version, identity, unsealed = json.loads(said)
            if digest.decode() != hashlib.sha256(said).hexdigest() or stamps != stamps_of(folder):
                return None
        except Exception:  # whatever stands there, it is only a note
            return None
        self._written = stamps, (known := Known(version, identity, None if unsealed is None else tuple(unsealed)))
        return known
