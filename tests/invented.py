"""Data sets of invented records on the project's own code lists."""

from targets import dataset
from targets.schema import DATA_FOLDER, resources


def header(name: str) -> str:
    return (DATA_FOLDER / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]


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
    return ",".join((given | cells).get(column, "") for column in header("targets").split(","))


def build(*records: str, checks: tuple[str, ...] = (), **files: str) -> dataset.Dataset:
    """A data set of these records, with these lines of checks.csv and these files in place of the project's."""
    contents = {name: (DATA_FOLDER / r.path).read_bytes() for name, r in resources().items()}
    contents["targets"] = "\n".join([header("targets"), *records, ""]).encode()
    contents["checks"] = "\n".join([header("checks"), *checks, ""]).encode()
    return dataset.build(contents | {name: text.encode() for name, text in files.items()})
