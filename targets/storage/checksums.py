"""The seal: rows, bytes and SHA-256 of each data file, kept in datapackage.json: `python -m targets.storage.checksums`.

A CSV file that was cut off at the end of a line is a valid CSV file; only a number written down elsewhere
tells that records are missing. The seal stands as `rows`, `bytes` and `hash` of each resource, the names
that Frictionless checks too. The seal that counts is that of the folder being served: a folder without a
datapackage.json of its own, or with one that has no such entries, is not sealed, and nothing is compared.
The columns are described by the project's own datapackage.json alone, whichever folder is served.

Data with at least the sealed rows may differ from the seal: it is shown, and said to be unsealed.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from targets.contract.schema import DATA_FOLDER, InvalidDataError, Problem, resources
from targets.load.dataset import Dataset, build
from targets.load.files import PACKAGE, READABLE, Files, read_folder, replace_file
from targets.progress.evidence import misread
from targets.text import LANGUAGES, say

MOST_READ = 20_000
"""Records whose printed words are read again when they are sealed; more would take longer than a second."""
HASH = re.compile(r"sha256:[0-9a-f]{64}")
KEYS = ("rows", "bytes", "hash")


@dataclass(frozen=True)
class Sealed:
    """What the seal says of one file."""

    rows: int
    bytes: int
    hash: str


def hash_of(content: bytes) -> str:
    """Return the hash of a file as Frictionless writes it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _parse(package: bytes) -> tuple[dict, list[dict]]:
    """Return a package's descriptor and its resources, each with a name; raise InvalidDataError."""
    try:
        described = json.loads(package)
        named = [each for each in described["resources"] if isinstance(each["name"], str)]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise InvalidDataError([Problem(PACKAGE, "not_a_package")]) from None
    return described, named


def read_seal(package: bytes | None) -> dict[str, Sealed]:
    """Return the seal of each sealed resource by name, {} without a seal; raise InvalidDataError."""
    if package is None:
        return {}
    sealed, problems = {}, []
    for each in _parse(package)[1]:
        name, (rows, size, digest) = each["name"], (each.get(key) for key in KEYS)
        if rows is size is digest is None:
            continue
        if name not in resources():
            problems.append(Problem(PACKAGE, "seal_of_unknown", value=name))
        elif not (type(rows) is type(size) is int and isinstance(digest, str) and HASH.fullmatch(digest)):
            problems.append(Problem(PACKAGE, "bad_seal", value=resources()[name].path))
        else:
            sealed[name] = Sealed(rows, size, digest)
    if problems:
        raise InvalidDataError(problems)
    return sealed


def check_seal(sealed: Mapping[str, Sealed], files: Files, data: Dataset) -> list[Problem]:
    """Return each file that has lost its end: fewer rows than were sealed, or a shorter, unfinished last line."""
    problems = []
    for name, seal in sealed.items():
        content, rows, path = files.contents[name], len(data.tables[name]), resources()[name].path
        if rows < seal.rows:
            problems.append(Problem(path, "fewer_rows", details={"rows": rows, "sealed": seal.rows}))
        elif len(content) < seal.bytes and not content.endswith((b"\n", b"\r", b"\n\0")):
            details = {"bytes": len(content), "sealed": seal.bytes}
            problems.append(Problem(path, "cut_off", int(data.tables[name]["line_in_file"].iloc[-1]), details=details))
    return problems


def find_cut(sealed: Mapping[str, Sealed], files: Files) -> list[Problem]:
    """Return each file with fewer lines than were sealed rows, for files that do not load and so have no rows.

    Whatever else is wrong with the files then, a lost end is likely its cause.
    """
    lines = {name: len(files.contents[name].splitlines()) - 1 for name in sealed}
    return [
        Problem(resources()[name].path, "fewer_rows", details={"rows": max(lines[name], 0), "sealed": seal.rows})
        for name, seal in sealed.items()
        if lines[name] < seal.rows
    ]


def find_unsealed(sealed: Mapping[str, Sealed], files: Files) -> tuple[str, ...] | None:
    """Return the files that differ from the seal, or None where there is no seal."""
    if not sealed:
        return None
    return tuple(
        resources()[name].path
        for name, content in files.contents.items()
        if name not in sealed or sealed[name].hash != hash_of(content)
    )


def seal(folder: Path = DATA_FOLDER) -> Dataset:
    """Write the seal of a folder whose data is valid into its datapackage.json; return the data.

    A folder without one gets a copy of the project's. Raises InvalidDataError, and OSError where it cannot be written.
    """
    files = read_folder(folder)
    data = build(files.contents)
    described, named = _parse(files.package or (DATA_FOLDER / PACKAGE).read_bytes())
    for each in named:
        if content := files.contents.get(each["name"]):
            behind = {key: each.pop(key) for key in ("schema", "derivedFields") if key in each}
            each |= asdict(Sealed(len(data.tables[each["name"]]), len(content), hash_of(content))) | behind
    content = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    replace_file(folder / PACKAGE, lambda file: file.write(content.encode()), READABLE)
    return data


def main(arguments: Sequence[str]) -> int:
    """Seal the folder named, TARGETS_DATA, or the project's own; say what was sealed or why not."""
    folder = Path(arguments[0] if arguments else os.environ.get("TARGETS_DATA", DATA_FOLDER))
    try:
        data = seal(folder)
    except (InvalidDataError, OSError) as error:
        print(*_say_why_not(error), sep="\n", file=sys.stderr)
        return 1
    wrong = misread(data, data.by_id) if len(data.frame) <= MOST_READ else ()
    for lang in LANGUAGES:
        print(say(lang, "seal.done", files=len(data.tables), rows=sum(map(len, data.tables.values()))))
        for said in _say_misread(data, lang, wrong):
            print(said)
    return 0


def _say_why_not(error: InvalidDataError | OSError) -> list[str]:
    if isinstance(error, OSError):
        return [say(lang, "seal.unwritten", file=PACKAGE, reason=error.strerror) for lang in LANGUAGES]
    return [problem.say(lang) for lang in LANGUAGES for problem in error.problems]


def _say_misread(data: Dataset, lang: str, wrong: Sequence[str]) -> Iterator[str]:
    """Say each record whose number is not the one printed: it is well formed, and whoever seals can still mend it."""
    for id_ in wrong:
        row = data.by_id.loc[id_]
        entered = f"{data.label(lang, 'comparator', row['comparator'])} {row['value_text']} {row['unit']}"
        path, line = resources()["targets"].path, int(row["line_in_file"])
        yield say(lang, "seal.misread", file=path, line=line, printed=row["as_printed"], entered=entered)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
