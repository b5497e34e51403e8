"""A copy on disk of the last data that passed every check, for a start while the files are broken.

One archive per data folder: a line of JSON with the time and the hash of what follows, then a ZIP file of
the bytes of every file. It is written beside its path and renamed, so that several processes may
write at the same time and none reads a half. What is damaged or no longer passes the checks is ignored.
"""

import hashlib
import io
import json
import logging
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from targets.contract.schema import resources
from targets.load.files import PACKAGE, Files, read_file, replace_file

LOG = logging.getLogger("target-tracker")
MOST_HEAD = 1000
"""Most bytes of the line of JSON."""


def state_file(data_folder: Path, state_folder: Path | None, what: str, ending: str) -> Path:
    """Return where something about a data folder is kept, named by the folder's path so that two never share it.

    Without a state folder that is .state beside the data folder.
    """
    folder = data_folder.resolve()
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return (state_folder or folder.parent / ".state") / f"{what}-{name}.{ending}"


@dataclass
class LastGood:
    """The archive of one data folder."""

    path: Path
    _written: str = ""
    _failed: bool = False

    @classmethod
    def of(cls, data_folder: Path, state_folder: Path | None = None) -> "LastGood":
        """Return the archive of a data folder."""
        return cls(state_file(data_folder, state_folder, "last-good", "zip"))

    def write(self, files: Files, loaded: datetime) -> None:
        """Write a copy unless these files are those of the last one; a failure is logged once and harms nothing."""
        if files.identity == self._written or self._holds(files):
            return
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in files.contents.items():
                archive.writestr(name, content)
            if files.package is not None:
                archive.writestr(PACKAGE, files.package)
        body = packed.getvalue()
        head = {"loaded": loaded.isoformat(), "sha256": hashlib.sha256(body).hexdigest()}
        head |= {"identity": files.identity, "size": len(body)}
        try:
            replace_file(self.path, lambda file: file.writelines((json.dumps(head).encode(), b"\n", body)))
        except OSError as error:
            if not self._failed:
                LOG.warning("the last good data cannot be kept on disk: %s", error.strerror)
            self._failed = True
        else:
            self._written, self._failed = files.identity, False

    def _holds(self, files: Files) -> bool:
        """Return whether the archive is complete and of these files, by its first line alone."""
        try:
            with self.path.open("rb") as file:
                head = file.readline(MOST_HEAD)
            described = json.loads(head)
            whole = self.path.stat().st_size == len(head) + described["size"]
            return whole and described["identity"] == files.identity
        except Exception:  # whatever stands there, it is replaced
            return False

    def read(self) -> tuple[Files, datetime] | None:
        """Return the copy and when it was loaded; None, with a line in the log, if there is no usable one."""
        try:
            head, _, body = read_file(self.path).partition(b"\n")
            described = json.loads(head)
            if described["sha256"] != hashlib.sha256(body).hexdigest():
                raise ValueError("damaged")
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                found = {name: archive.read(name) for name in archive.namelist()}
            contents = {name: found[name] for name in resources()}
            loaded = datetime.fromisoformat(described["loaded"])
        except FileNotFoundError:
            return None
        except Exception:  # whatever stands there, it is only a copy
            LOG.warning("the copy of the last good data is unusable and was ignored")
            return None
        files = Files(contents, found.get(PACKAGE))
        self._written = files.identity
        return files, loaded
