"""Small data sets of invented records, built from the project's own code lists."""

import string

from targets.contract.schema import DATA_FOLDER, resources
from targets.load import dataset

HEADER = ",".join(resources()["targets"].columns)
SOURCES = (
    "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
    "page,页,Page,,,,2022,printed,,,9,,\n"
    "web,网,Web,,,2026-01-27,2026,printed,https://example.com/a,,,,\n"
)
TARGET = {
    "source": "page", "line": "1", "as_printed": "突破4000亿元", "actor": "镇海区", "district": "镇海区", "industry": "工业",
    "indicator": "规上工业总产值", "kind": "target", "year": "2026", "year_basis": "printed", "comparator": "gt",
    "value": "4000", "unit": "亿元",
}  # fmt: skip
ACTUAL = TARGET | {"kind": "actual", "year": "2021", "comparator": "eq", "value": "3000"}
WEB = {"source": "web", "line": ""}
DOLLARS = "亿美元,亿美元,1,money,USD 100 million,USD 100m\n"
"""A line of units.csv."""
IDS = string.ascii_lowercase


ABOUT_RECORDS = ("misprints", "checks")
"""Files that name records of the project, and are empty where the records are invented."""


def code_lists() -> dict[str, bytes]:
    """The project's own files, those about its records emptied; the records are to be replaced."""
    files = {name: (DATA_FOLDER / r.path).read_bytes() for name, r in resources().items()}
    return files | {name: files[name].split(b"\n")[0] + b"\n" for name in ABOUT_RECORDS if name in files}


def write_row(cells: dict[str, str]) -> str:
    """A line of targets.csv: the cells by their columns, blank in all others that the schema has."""
    return ",".join(cells.get(column, "") for column in HEADER.split(","))


def build(
    *rows: dict[str, str], source_year: str = "2022", sources: str = SOURCES, more: dict[str, str] | None = None
) -> dataset.Dataset:
    """A data set of the records, called a, b, c and so on, on lines 2, 3, 4; `more` adds lines to other files."""
    lines = [write_row({"id": IDS[i % len(IDS)]} | row) for i, row in enumerate(rows)]
    files = code_lists()
    files["exclusions"] = files["exclusions"].split(b"\n")[0] + "\npage,1,一流,word\n".encode()
    files["sources"] = sources.replace(",2022,printed,", f",{source_year},printed,").encode()
    files["targets"] = "\n".join([HEADER, *lines, ""]).encode()
    for name, text in (more or {}).items():
        files[name] += text.encode()
    return dataset.build(files)


def record(
    id_: str, kind: str, year: str, comparator: str, value: str, indicator: str, actor: str, **cells: str
) -> str:
    """A line of targets.csv; the place is the actor's own unless given."""
    given = {
        "id": id_, "source": "ningbo-2022", "line": "1", "as_printed": f"{comparator}{value}" or id_, "actor": actor,
        "district": actor, "industry": "工业", "indicator": indicator, "kind": kind, "year": year,
        "year_basis": "printed" if year else "none", "comparator": comparator, "value": value,
        "unit": "亿元" if value else "",
    }  # fmt: skip
    return write_row(given | cells)


def build_lines(*records: str, checks: tuple[str, ...] = (), **files: str) -> dataset.Dataset:
    """A data set of these lines, with these lines of checks.csv and these files in place of the project's."""
    contents = code_lists()
    contents["targets"] = "\n".join([HEADER, *records, ""]).encode()
    contents["checks"] += "".join(f"{line}\n" for line in checks).encode()
    return dataset.build(contents | {name: text.encode() for name, text in files.items()})


def _on_small_page(
    number: int, line: int, printed: str, comparator: str, value: str, indicator: str, **cells: str
) -> str:
    dated = {"year_basis": "inferred", "year_evidence": "今年", "year_line": "1"}
    known = {"source": "small", "line": str(line), "as_printed": printed} | dated
    return record(f"a-{number}", "target", "", comparator, value, indicator, "镇海区", **known | cells)


SMALL_PAGE = (
    _on_small_page(1, 1, "突破4000亿元", "gt", "4000", "规上工业总产值", modality="力争"),
    _on_small_page(2, 2, "双３亿", "eq", "3", "投资额", unit="亿"),
    _on_small_page(3, 2, "双３亿", "eq", "3", "招商引资额", unit="亿"),
)
"""Lines of targets.csv for a source `small`, whose text begins 今年力争突破 / 40 00亿元，完成“双３亿”目标。"""
