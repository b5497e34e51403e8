"""A selection as a Frictionless data package in one zip file, which the project itself can serve again."""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict

import numpy as np
import pandas as pd

from targets.contract import schema
from targets.contract.formulas import parse
from targets.contract.schema import Resource, resources
from targets.export.csv_export import records_table, to_csv
from targets.export.json_export import say_selection
from targets.load.dataset import Dataset
from targets.query.selection import Selection
from targets.storage.checksums import Checksum
from targets.text import LANGUAGES, say

SIDES = ("left", "right")
"""Columns of a check whose formulas name records."""
LINKS = ("base", "revises")
"""Columns of a record that name other records."""


def with_linked(data: Dataset, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows, then the records outside them that they name as base or as revised; and their ids."""
    chosen, linked, found = set(rows["id"]), pd.DataFrame(), rows
    while len(found):
        named = {key for column in LINKS for key in found[column].dropna()} - chosen - {""}
        found = data.frame[data.frame["id"].isin(named)]
        linked = pd.concat([linked, found]) if len(found) else linked
        chosen |= named
    if linked.empty:
        return rows, []
    linked = linked.sort_index()
    return pd.concat([rows, linked]), linked["id"].tolist()


def to_package(data: Dataset, selection: Selection, rows: pd.DataFrame) -> bytes:
    """Return the zip: datapackage.json, targets.csv, every code list, README, citation and checksums.

    targets.csv holds the rows with the derived columns, and after them the records that they name; code
    lists are whole and lists about records reduced to these, so that every key is found. Equal input gives
    equal bytes.
    """
    rows, linked = with_linked(data, rows)
    tables = {"targets.csv": records_table(rows)} | {
        resource.path: _of_records(data, resource, set(rows["id"]))
        for resource in resources().values()
        if resource.name != "targets"
    }
    files = {name: to_csv(table, mark=False) for name, table in tables.items()}
    described = _describe(data, selection, linked, files, {name: len(table) for name, table in tables.items()})
    texts = {
        "datapackage.json": json.dumps(described, ensure_ascii=False, indent=1) + "\n",
        "README.md": _readme(data, described, len(rows) - len(linked), linked),
        "CITATION.cff": _citation(data),
    }
    files |= {name: text.encode() for name, text in texts.items()}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return _zip(files | {"SHA256SUMS": sums.encode()})


def _of_records(data: Dataset, resource: Resource, ids: set[str]) -> pd.DataFrame:
    """Return a code list whole, and of a list about records the part about those that are there."""
    table = data.tables[resource.name][resource.columns]
    about = [column for column, (other, _) in resource.foreign_keys.items() if other == "targets"]
    if resource.name == "checks":
        sides = (table[side].map(lambda text: {term.id for term in parse(text)} - {""} <= ids) for side in SIDES)
        return table[np.logical_and.reduce(list(sides))]
    return table[table[about].isin(ids).all(axis=1)] if about else table


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _describe(
    data: Dataset, selection: Selection, linked: list[str], files: dict[str, bytes], rows: dict[str, int]
) -> dict:
    """Return datapackage.json of the selection: the derived columns are columns, each file has its own checksum."""
    described = schema.package() | {"version": data.version, "selection": say_selection(data, selection)}
    described |= {"linked": linked} if linked else {}
    described["resources"] = []
    for each in schema.package()["resources"]:
        fields = each["schema"]["fields"] + each.get("derivedFields", [])
        resource = {name: value for name, value in each.items() if name != "derivedFields"}
        resource |= asdict(Checksum.of(rows[each["path"]], files[each["path"]]))
        described["resources"].append(resource | {"schema": each["schema"] | {"fields": fields}})
    return described


def _readme(data: Dataset, described: dict, count: int, linked: list[str]) -> str:
    parts = ["# " + " · ".join((described["title"], described["title_en"]))]
    for lang in LANGUAGES:
        parts.append(say(lang, "package.head", n=count, all=data.size, version=data.version))
        parts.append("    " + described["selection"][lang])
        parts += [say(lang, "package.linked", n=len(linked))] if linked else []
        parts.append(say(lang, "package.files"))
        names = {"zh": "title", "en": "title_en"}
        parts.append("\n".join(f"- `{each['path']}` {each[names[lang]]}" for each in described["resources"]))
    return "\n\n".join(parts) + "\n"


def _citation(data: Dataset) -> str:
    """Return a citation file (CFF 1.2); a JSON string is a YAML string, whatever stands in it."""
    title = f"{schema.package()['title']} · {schema.package()['title_en']}"
    lines = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "title": title,
        "version": data.version,
        "message": " ".join(say(lang, "package.cite") for lang in LANGUAGES),
    }
    written = "".join(f"{name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in lines.items())
    author = json.dumps(" · ".join(say(lang, "app.title") for lang in LANGUAGES), ensure_ascii=False)
    return f"{written}authors:\n  - name: {author}\n"
