"""Rows, bytes and SHA-256 of each data file, kept in datapackage.json: `python -m targets.storage.checksums`.

A CSV file that was cut off at the end of a line is a valid CSV file; only a number written down elsewhere tells that
records are missing. It stands as `rows`, `bytes` and `hash` of each resource, the names that Frictionless checks too.
What counts is the datapackage.json of the folder being served: in a folder without one, or with one that has no such
entries, nothing is compared. The columns are described by the project's own datapackage.json alone.

Data with at least the recorded rows may differ from its checksums: it is shown, and the changed files are named.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from targets.contract.schema import DATA_FOLDER, InvalidDataError, Problem, package, resources
from targets.load.dataset import Dataset, build
from targets.load.files import PACKAGE, READABLE, Files, read_folder, replace_file
from targets.progress.evidence import misread
from targets.text import LANGUAGES, say

MOST_READ = 20_000
"""Records whose printed words are read again when checksums are written; more would take longer than a second."""
HASH = re.compile(r"sha256:[0-9a-f]{64}")
KEYS = ("rows", "bytes", "hash")


@dataclass(frozen=True)
class Checksum:
    """Rows, bytes and hash of one file."""

    rows: int
    bytes: int
    hash: str

    @classmethod
    def of(cls, rows: int, content: bytes) -> "Checksum":
        """Return the checksum of a file of so many rows, its hash written as Frictionless writes it."""
        return cls(rows, len(content), "sha256:" + hashlib.sha256(content).hexdigest())


def _parse(content: bytes) -> tuple[dict, list[dict]]:
    """Return a package's descriptor and its resources, each with a name; raise InvalidDataError."""
    try:
        described = json.loads(content)
        named = [each for each in described["resources"] if isinstance(each["name"], str)]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InvalidDataError([Problem(PACKAGE, "not_a_package")]) from None
    return described, named


def read_checksums(content: bytes | None) -> dict[str, Checksum]:
    """Return the checksums in a datapackage.json by resource name, {} without any; raise InvalidDataError."""
    if content is None:
        return {}
    checksums, problems = {}, []
    for each in _parse(content)[1]:
        name, (rows, size, digest) = each["name"], (each.get(key) for key in KEYS)
        if rows is size is digest is None:
            continue
        if name not in resources():
            problems.append(Problem(PACKAGE, "checksum_of_unknown", value=name))
        elif not (type(rows) is type(size) is int and isinstance(digest, str) and HASH.fullmatch(digest)):
            problems.append(Problem(PACKAGE, "bad_checksum", value=resources()[name].path))
        else:
            checksums[name] = Checksum(rows, size, digest)
    if problems:
        raise InvalidDataError(problems)
    return checksums


def find_truncated(checksums: Mapping[str, Checksum], files: Files, data: Dataset) -> list[Problem]:
    """Return each file that has lost its end: fewer rows than recorded, or a shorter, unfinished last line."""
    problems = []
    for name, expected in checksums.items():
        content, rows, path = files.contents[name], len(data.tables[name]), resources()[name].path
        if rows < expected.rows:
            problems.append(Problem(path, "fewer_rows", details={"rows": rows, "recorded": expected.rows}))
        elif len(content) < expected.bytes and not content.endswith((b"\n", b"\r", b"\n\0")):
            details = {"bytes": len(content), "recorded": expected.bytes}
            problems.append(Problem(path, "cut_off", int(data.tables[name]["line_in_file"].iloc[-1]), details=details))
    return problems


def find_too_few_lines(checksums: Mapping[str, Checksum], files: Files) -> list[Problem]:
    """Return each file with fewer lines than recorded rows, for files that do not load and so have no rows.

    Whatever else is wrong with the files then, a lost end is likely its cause.
    """
    lines = {name: len(files.contents[name].splitlines()) - 1 for name in checksums}
    return [
        Problem(resources()[name].path, "fewer_rows", details={"rows": max(lines[name], 0), "recorded": expected.rows})
        for name, expected in checksums.items()
        if lines[name] < expected.rows
    ]


def find_changed(checksums: Mapping[str, Checksum], files: Files) -> tuple[str, ...] | None:
    """Return the files that differ from their checksums, or None where there are none."""
    if not checksums:
        return None
    return tuple(
        resources()[name].path
        for name, content in files.contents.items()
        if name not in checksums or checksums[name].hash != Checksum.of(0, content).hash
    )


def write_checksums(folder: Path) -> tuple[Dataset, bool]:
    """Write the datapackage.json of a folder whose data is valid; return the data, and whether the schema was renewed.

    It has the project's schema with the folder's checksums; title, licences and what else the folder's own says of
    itself stay, and so do resources that the project does not know. Raises InvalidDataError, and OSError where it
    cannot be written.
    """
    files = read_folder(folder)
    data, current = build(files.contents), package()
    own, named = _parse(files.package) if files.package else (current, current["resources"])
    renewed = [_without_checksum(each) for each in current["resources"]] != [
        _without_checksum(each) for each in named if each["name"] in resources()
    ]
    written = [
        each | asdict(Checksum.of(len(data.tables[each["name"]]), files.contents[each["name"]]))
        for each in current["resources"]
    ]
    written += [_without_checksum(each) for each in named if each["name"] not in resources()]
    content = json.dumps(current | own | {"resources": written}, ensure_ascii=False, indent=1) + "\n"
    replace_file(folder / PACKAGE, lambda file: file.write(content.encode()), READABLE)
    return data, renewed


def _without_checksum(resource: dict) -> dict:
    return {key: value for key, value in resource.items() if key not in KEYS}


def main(arguments: Sequence[str]) -> int:
    """Write the checksums of the folder named, TARGETS_DATA, or the project's own; say what was written or why not."""
    folder = Path(arguments[0] if arguments else os.environ.get("TARGETS_DATA", DATA_FOLDER))
    try:
        data, renewed = write_checksums(folder)
    except (InvalidDataError, OSError) as error:
        print(*_say_why_not(error), sep="\n", file=sys.stderr)
        return 1
    wrong = misread(data, data.by_id) if len(data.frame) <= MOST_READ else ()
    for lang in LANGUAGES:
        print(say(lang, "checksums.done", files=len(data.tables), rows=sum(map(len, data.tables.values()))))
        if renewed:
            print(say(lang, "checksums.renewed", file=PACKAGE))
        for said in _say_misread(data, lang, wrong):
            print(said)
    return 0


def _say_why_not(error: InvalidDataError | OSError) -> list[str]:
    if isinstance(error, OSError):
        return [say(lang, "checksums.unwritten", file=PACKAGE, reason=error.strerror) for lang in LANGUAGES]
    return [problem.say(lang) for lang in LANGUAGES for problem in error.problems]


def _say_misread(data: Dataset, lang: str, wrong: Sequence[str]) -> Iterator[str]:
    """Say each record whose number is not the one printed: it is well formed, and can still be corrected."""
    for id_ in wrong:
        row = data.by_id.loc[id_]
        entered = f"{data.label(lang, 'comparator', row['comparator'])} {row['value_text']} {row['unit']}"
        path, line = resources()["targets"].path, int(row["line_in_file"])
        yield say(lang, "checksums.misread", file=path, line=line, printed=row["as_printed"], entered=entered)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
