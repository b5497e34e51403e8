"""Take data folders in at a backend, once: `python -m targets.storage.ingest FOLDER --to URL`.

FOLDER is a data folder, or holds several of them side by side, each self-standing. Every part is checked as a
folder always is and taken in whole or not at all; parts that are there already are passed over, so that what
was interrupted goes on where it stopped. Readers see the new parts together, once all of them are in.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from targets.backends import pushdown
from targets.backends.engine import Engine
from targets.backends.engines import open_engine
from targets.backends.parts import (
    INDEX,
    describe,
    document_of,
    find_heads,
    heads_of,
    join,
    part_of,
    read_part,
    reading,
    table_of,
    to_rows,
)
from targets.contract.schema import InvalidDataError, Problem, resources
from targets.load import dataset
from targets.load.csv_reader import MOST_PER_RULE
from targets.load.dataset import BackendError
from targets.load.diagnosing_path import decode
from targets.load.files import Files, read_folder
from targets.storage.checksums import find_changed, find_truncated, read_checksums
from targets.text import LANGUAGES, say

PART_TABLE = re.compile(r"(?:targets|heads)_(?P<part>(?:[0-9a-f]+_)?[0-9a-f]{12})")


def find_parts(folder: Path) -> list[Path]:
    """Return the data folders within a folder, in the order of their names, or the folder itself."""
    name = resources()["targets"].path
    within = sorted(path.parent for path in folder.glob(f"*/{name}"))
    return within if within and not (folder / name).exists() else [folder]


def ingest(folder: Path, engine: Engine) -> Iterator[tuple[str, dict]]:
    """Take the parts in, switch readers to them, and remove what nobody reads any longer.

    Yields a phrase of [backend] with its values for every step. Raises InvalidDataError, and BackendError or what the
    engine raises where it does not respond; readers then see what they saw before.
    """
    documents, found = [], find_parts(folder)
    there = engine.tables()
    for n, part in enumerate(found, 1):
        at = {"n": n, "all": len(found), "part": part.name}
        files = read_folder(part)
        key = part_of(files.version)
        with reading(engine):
            document = read_part(engine, key) if table_of(key) in there else None
        if document:
            yield "backend.there", at
        else:
            yield "backend.checking", at
            document, rows, heads = _read(part, files)
            yield "backend.writing", at | {"rows": document["rows"]}
            engine.write(heads_of(key), heads)
            engine.write(table_of(key), rows)
            engine.write_document(document_of(key), document)
        documents.append(document)
    with reading(engine):
        data = join(engine, documents)
        if len(documents) > 1:
            _check_together(engine, data.parts)
    keys, old = [part_of(each["version"]) for each in documents], (engine.read_document(INDEX) or {}).get("parts", [])
    if old != keys:
        engine.write_document(INDEX, {"parts": keys})
        _clean(engine, {name(key) for key in (*keys, *old) for name in (table_of, heads_of)})
    yield "backend.done", {"parts": len(keys), "rows": data.size, "version": data.version}


def _read(part: Path, files: Files) -> tuple[dict, pa.Table, pa.Table]:
    """Return the document, the rows and the heads of a folder that passes its checks; raise InvalidDataError."""
    data, checksums = dataset.build(files.contents), read_checksums(files.package)
    if problems := find_truncated(checksums, files, data):
        raise InvalidDataError(problems)
    texts = {name: decode(name, content) for name, content in files.contents.items() if name != "targets"}
    return describe(data, texts, find_changed(checksums, files)), to_rows(data), to_rows(data, find_heads(data))


def _check_together(engine: Engine, parts: tuple) -> None:
    """Raise InvalidDataError where parts that are each in order contradict one another."""
    path = resources()["targets"].path
    ids = engine.ask(parts, lambda rows: pushdown.repeated_ids(rows, MOST_PER_RULE))
    apart = engine.ask(parts, lambda rows: pushdown.two_actuals(rows, MOST_PER_RULE))
    problems = [Problem(path, "backend_repeated", column="id", value=id_) for id_ in ids]
    problems += [
        Problem(path, "backend_two_actuals", value=" ".join(map(str, (one["subject"], one["indicator"], one["year"]))))
        for one in apart
    ]
    if problems:
        raise InvalidDataError(problems)


def _clean(engine: Engine, used: set[str]) -> None:
    """Remove the tables of parts that neither new nor recent readers read, and their documents."""
    unused = {name: found["part"] for name in engine.tables() - used if (found := PART_TABLE.fullmatch(name))}
    for name in unused:
        engine.drop(name)
    for part in {*unused.values()}:
        engine.drop_document(document_of(part))


def main(arguments: list[str] | None = None) -> int:
    """Take a folder in and say each step; return 1 for data that does not pass, 2 for a backend that is away."""
    parser = argparse.ArgumentParser(prog="python -m targets.storage.ingest", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", required=True, metavar="URL")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    asked = parser.parse_args(arguments)
    broken: tuple = ()
    try:
        engine = open_engine(asked.to)
        broken = engine.broken
        for key, values in ingest(asked.folder, engine):
            print(say(asked.lang, key, **{k: f"{v:,}" if k == "rows" else v for k, v in values.items()}), flush=True)
        engine.close()
    except InvalidDataError as error:
        print("\n".join(problem.say(asked.lang) for problem in error.problems), file=sys.stderr)
        return 1
    except BackendError as error:
        print(error.problem.say(asked.lang), file=sys.stderr)
        return 2
    except broken:
        print(Problem(engine.name, "backend_away").say(asked.lang), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
