"""Records as JSON: typed values, and everything needed to read them without another file."""

import json

import pandas as pd

from targets.contract.schema import package, resources
from targets.export.csv_export import typed, typed_records
from targets.load.dataset import Dataset
from targets.query.selection import Selection, describe
from targets.text import LANGUAGES


def say_selection(data: Dataset, selection: Selection) -> dict:
    """Return a selection as its parameters, and in words."""
    return {"parameters": selection.query} | {lang: describe(data, lang, selection) for lang in LANGUAGES}


def _rows_of(data: Dataset, name: str, keys: set[str]) -> list[dict]:
    """Return the rows of a code list that the keys name, one dictionary each."""
    resource, table = resources()[name], data.tables[name]
    columns = typed(table[table[resource.primary_key].isin(keys)], resource.fields)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def to_json(data: Dataset, selection: Selection, rows: pd.DataFrame, chunk: int = 10_000) -> bytes:
    """Return records with their columns described, units, sources and the selection they answer.

    A missing cell, and an end of an interval that is not there, is null. UTF-8. Only so many records at a time become
    Python's own values, to save memory.
    """
    described = next(each for each in package()["resources"] if each["name"] == "targets")
    head = {
        "title": package()["title"],
        "title_en": package()["title_en"],
        "data_version": data.version,
        "selection": say_selection(data, selection),
        "count": len(rows),
        "columns": described["schema"]["fields"] + described["derivedFields"],
        "units": _rows_of(data, "units", {*rows["unit"], *rows["canonical_unit"]}),
        "sources": _rows_of(data, "sources", {*rows["source"]}),
    }
    records = ",\n".join(filter(None, (_chunk(rows[at : at + chunk]) for at in range(0, len(rows), chunk))))
    return f'{_dump(head)[:-1]}, "records": [\n{records}\n]}}\n'.encode()


def _chunk(rows: pd.DataFrame) -> str:
    columns = typed_records(rows)
    return ",\n".join(_dump(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True))


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
