"""Records as an Excel workbook: typed cells, headings and keys in the reader's words, nothing that Excel would run."""

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from targets.contract.schema import Field, Resource, resources
from targets.export.csv_export import HOT, plain, typed, typed_records
from targets.load.dataset import Dataset
from targets.progress.progress import progress
from targets.query.selection import Selection, describe
from targets.query.tables import title_of
from targets.text import say
from targets.wording.cells import say_key

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

MOST_RECORDS = 50_000
"""A workbook is built in memory: 50,000 records took 8 s and some 200 MB. More are for CSV."""

LONGEST_CELL = 32_767
ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML does not allow, or that Excel takes for damage."""

WIDTHS = {"integer": 9, "number": 12, "boolean": 9}
PROGRESS = (
    "id", "actor", "district", "indicator", "kind", "year", "as_printed", "comparator", "canonical_value",
    "canonical_unit", "state", "reason", "base_id", "base_year", "base_value", "base_low", "base_high", "actual_id",
    "actual_year", "actual_value", "actual_low", "actual_high", "achieved_low", "achieved_high", "required_low",
    "required_high", "remaining_low", "remaining_high", "ratio_low", "ratio_high", "class_low", "class_high",
    "break_crossed", "source", "line",
)  # fmt: skip
"""Columns of progress that the workbook has; its CSV has all."""


class TooManyRecordsError(Exception):
    """More records than a workbook takes."""


def clean(text: str) -> str:
    """Return text as a cell can hold it: forbidden characters as U+FFFD, too long a text cut with a mark."""
    text = ILLEGAL.sub("\ufffd", text)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def to_workbook(data: Dataset, lang: str, selection: Selection, rows: pd.DataFrame) -> bytes:
    """Return records, the progress of targets, sources and dictionary, a sheet each; equal input gives equal bytes."""
    import xlsxwriter  # 0.1 s that only a workbook needs

    if len(rows) > MOST_RECORDS:
        raise TooManyRecordsError
    out = io.BytesIO()
    options = {"in_memory": True} | dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": clean(say(lang, "file.targets")),
            "subject": clean(describe(data, lang, selection)),
            "comments": say(lang, "footer.version", version=data.version),
            "created": datetime(2000, 1, 1),
        }
    )
    targets, sources = resources()["targets"], resources()["sources"]
    used = data.tables["sources"][data.tables["sources"]["id"].isin(set(rows["source"]))]
    with book:
        every = (*targets.fields, *targets.derived)
        _write_fields(book, data, lang, targets, every, typed_records(rows))
        _write_progress(book, data, lang, progress(data, selection.asof), rows)
        _write_fields(book, data, lang, sources, sources.fields, typed(used, sources.fields))
        _write_dictionary(book, lang, targets)
    return out.getvalue()


def _write_fields(
    book: "xlsxwriter.Workbook",
    data: Dataset,
    lang: str,
    of: Resource,
    fields: tuple[Field, ...],
    columns: dict[str, list],
) -> None:
    """Write rows whose columns the schema describes, a sheet named as the resource is."""
    titles, widths = [f.titles[lang] for f in fields], [WIDTHS.get(f.type, 16) for f in fields]
    _write(book, of.titles[lang], titles, widths, _say_keys(data, lang, columns))


def _write_progress(
    book: "xlsxwriter.Workbook", data: Dataset, lang: str, table: pd.DataFrame, rows: pd.DataFrame
) -> None:
    """Write what became of each target, expectation and pledge among the rows, in their order."""
    order = pd.Series(np.arange(len(rows)), rows["id"].array)
    known = table[table["id"].isin(order.index)]
    known = known.iloc[np.argsort(order[known["id"].array].to_numpy(), kind="stable")]
    columns = {name: [_plain(cell) for cell in known[name].astype("object")] for name in PROGRESS}
    widths = [WIDTHS["number"] if known[name].dtype.kind in "fi" else 16 for name in PROGRESS]
    titles = [title_of(lang, name) for name in PROGRESS]
    _write(book, say(lang, "page.progress"), titles, widths, _say_keys(data, lang, columns))


def _plain(cell: object) -> object:
    """Return a cell as Python's own number, truth or text, None where there is nothing or no end."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return cell
    return None if pd.isna(cell) else plain(float(cell))


def _say_keys(data: Dataset, lang: str, columns: dict[str, list]) -> dict[str, list]:
    """Return columns with the reader's words for keys, as on the pages; each key is put into words once."""
    said = {}
    for name, cells in columns.items():
        known = {key: say_key(data, lang, name, key) for key in {*cells} if isinstance(key, str)}
        said[name] = [known.get(cell, cell) for cell in cells] if known else cells
    return said


def _sheet(book: "xlsxwriter.Workbook", name: str, headings: list[str], widths: list[int], length: int) -> "Worksheet":
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.write_string(0, column, clean(heading), bold)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, length, len(headings) - 1)
    return sheet


def _write(
    book: "xlsxwriter.Workbook", name: str, titles: list[str], widths: list[int], columns: dict[str, list]
) -> None:
    length = len(next(iter(columns.values())))
    sheet = _sheet(book, name, titles, widths, length)
    quoted = book.add_format({"quote_prefix": True})
    for column, cells in enumerate(columns.values()):
        for row, cell in enumerate(cells, start=1):
            _put(sheet, row, column, cell, quoted)


def _put(sheet: "Worksheet", row: int, column: int, cell: object, quoted: object) -> None:
    """Write a cell by its own type; text that would run if it were typed in carries Excel's mark of a text."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, clean(cell), quoted if HOT.match(cell) else None)


def _write_dictionary(book: "xlsxwriter.Workbook", lang: str, resource: Resource) -> None:
    """Write one row per column of the records: heading, name, type, meaning and the words of its values."""
    fields = (*resource.fields, *resource.derived)
    headings = [say(lang, f"workbook.{name}") for name in ("heading", "column", "type", "meaning", "values")]
    sheet = _sheet(book, say(lang, "records.dictionary"), headings, [16, 16, 9, 60, 60], len(fields))
    for row, field in enumerate(fields, start=1):
        values = say(lang, "comma").join(f"{c['value']} {field.label(lang, c['value'])}" for c in field.categories)
        cells = (field.titles[lang], field.name, field.type, field.descriptions[lang], values)
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, clean(cell))
