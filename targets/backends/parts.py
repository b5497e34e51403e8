"""What a backend holds: parts, each a data folder that passed its checks, taken in once.

A part is a table of its records as the frame has them, and a document with all else: code lists, the types of
the columns, and what can be counted once for all readers.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

import numpy as np
import pandas as pd
import pyarrow as pa

from targets.backends import pushdown
from targets.backends.engine import Engine
from targets.backends.remote_data import BackendData
from targets.contract.schema import resources
from targets.load import csv_reader
from targets.load.dataset import BackendError, Dataset, known_keys
from targets.progress.actuals import known_days, known_from
from targets.progress.checks import MOST_NAMED, RULES, checks
from targets.query.facets import option_codes, options, order_keys
from targets.query.narrowing import SEARCHED, fold
from targets.query.selection import STORED

INDEX = "index"
"""The name of the document that says which parts are shown."""
FORMAT = 3
"""Raised when what is written can no longer be read as before, or no longer holds all that is searched."""
COMPUTED = (
    "line_in_file", "dimension", "measure", "concept", "scope", "prices", "direction", "pace", "level", "actor_type",
    "unit_dimension", "source_lines", "source_year", "subject", "value_text",
)  # fmt: skip
"""Columns of the frame that the schema does not name."""
table_of, heads_of, document_of = "targets_{}".format, "heads_{}".format, "part_{}".format
"""The names of a part's table of records, of those among them that are fetched with any selection, and its document."""


def stored_columns() -> set[str]:
    """Return the columns of a table of records."""
    targets = resources()["targets"]
    return {*targets.columns, *targets.derived_columns, *COMPUTED, *pushdown.OWN}


def part_of(version: str) -> str:
    """Return the key of the part that a folder becomes: another with other columns or filters, or in another format."""
    lists = [resource.columns for resource in resources().values()]
    shape = hashlib.sha256(repr((FORMAT, sorted(stored_columns()), lists, STORED)).encode())
    return f"{shape.hexdigest()[:8]}_{version}"


def to_rows(data: Dataset, positions: np.ndarray | None = None) -> pa.Table:
    """Return the records, or some, as they are stored: text, numbers and truth, with the columns of pushdown.OWN.

    Those of a district stand together, so that a query for some districts skips the others.
    """
    frame = data.frame
    folded = frame[SEARCHED[0]].str.cat([frame[c] for c in SEARCHED[1:]], sep="\n").map(fold)
    named = frame["id"].isin(frame["revises"]) | (frame["revises"] != "")
    own = {pushdown.POSITION: range(len(frame)), pushdown.KNOWN: known_from(data).astype("str")}
    own |= {pushdown.FOLDED: folded, pushdown.LINKED: named}
    stored = frame.assign(**own)
    stored = stored if positions is None else stored.take(positions)
    rows = pa.Table.from_pandas(stored, preserve_index=False).replace_schema_metadata()
    plain = [pa.field(each.name, _plain(each.type)) for each in rows.schema]
    return rows.cast(pa.schema(plain)).sort_by([("district", "ascending"), (pushdown.POSITION, "ascending")])


def find_heads(data: Dataset) -> np.ndarray:
    """Return the row positions of the records that are fetched with any selection.

    These are the first record of each indicator with a number, which tells its unit; of the levels that average
    rates are the growth of, the figure that is the first one known by a day, for every day; and those that
    checks and misprints are about.
    """
    frame, indicators = data.frame, data.tables["indicators"]
    ids = {id_ for each in checks(data)["rows"] for id_ in each.split()} | set(data.tables["misprints"]["id"])
    measured = frame[frame["value"].notna()]
    levels = indicators.loc[indicators["pace"] == "average_growth", "growth_of"]
    whole = measured["year"].notna() & measured["period"].isna()
    reported = measured[(measured["kind"] == "actual") & whole & measured["indicator"].isin(levels)]
    day = pd.Series(pd.Categorical(known_from(data).loc[reported.index]).codes, reported.index)
    earlier = day.groupby(reported["indicator"].astype("str")).transform(lambda days: days.cummin().shift())
    heads = measured.drop_duplicates("indicator").index
    heads = heads.union(reported.index[earlier.isna() | (day < earlier)])
    return heads.union(frame.index[frame["id"].isin(ids)]).to_numpy()


def _plain(type_: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(type_) or pa.types.is_large_string(type_) else type_


def describe(data: Dataset, texts: dict[str, str], unsealed: tuple[str, ...] | None) -> dict:
    """Return the document of a part; `texts` are the code lists as they were written."""
    columns = {}
    for name, dtype in data.frame.dtypes.items():
        columns[name] = {"type": str(dtype)}
        if isinstance(dtype, pd.CategoricalDtype):
            categories = dtype.categories
            columns[name] |= {"keys": categories.tolist(), "name": categories.name, "ordered": dtype.ordered}
    counts = {}
    for facet in STORED:
        found = np.bincount(option_codes(data, facet, "")).tolist()
        counts[facet] = dict(zip(options(data, facet), found, strict=True))
    return {
        "version": data.version, "rows": len(data.frame), "columns": columns, "counts": counts,
        "days": known_days(data), "lists": texts, "checks": checks(data).to_dict("list"),
        "unsealed": unsealed and list(unsealed),
    }  # fmt: skip


@contextmanager
def reading(engine: Engine) -> Iterator[None]:
    """Raise BackendError for a backend that does not respond, and for what is not as this program writes it."""
    try:
        yield
    except engine.broken as error:
        raise BackendError("backend_away", engine.name) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BackendError("backend_shape", engine.name) from error


def read_part(engine: Engine, part: str) -> dict | None:
    """Return the document of a part, None where it or its table is not as this program writes it."""
    document = engine.read_document(document_of(part))
    if document is None or part != part_of(document["version"]):
        return None
    columns = engine.ask(((table_of(part), 0),), lambda rows: rows.columns)
    fits = stored_columns() == {*columns} == {*document["columns"], *pushdown.OWN}
    return document if fits else None


def open_backend(engine: Engine) -> tuple[BackendData, tuple[str, ...] | None]:
    """Return the data of a backend and what of it is not sealed; raise BackendError where there is none, or another."""
    with reading(engine):
        index = engine.read_document(INDEX)
        if index is None:
            raise BackendError("backend_empty", engine.name)
        documents = []
        for part in index["parts"]:
            if (document := read_part(engine, part)) is None:
                raise BackendError("backend_shape", f"{engine.name}/{table_of(part)}")
            documents.append(document)
        data = join(engine, documents)
    unsealed = [each["unsealed"] for each in documents]
    return data, None if None in unsealed else tuple(dict.fromkeys(name for each in unsealed for name in each))


def join(engine: Engine, documents: list[dict]) -> BackendData:
    """Return the data of some parts as one, the engine not asked; raise BackendError where their lists disagree."""
    tables = _join_lists([each["lists"] for each in documents])
    columns = _join_columns([each["columns"] for each in documents], tables)
    counts = {facet: _add([each["counts"][facet] for each in documents]) for facet in STORED}
    versions = [each["version"] for each in documents]
    version = versions[0] if len(versions) == 1 else hashlib.sha256(json.dumps(versions).encode()).hexdigest()[:12]
    days = sorted({day for each in documents for day in each["days"]}, reverse=True)
    known = {(checks,): _join_checks([pd.DataFrame(each["checks"]) for each in documents]), (known_days,): days}
    for facet, counted in counts.items():
        known[(options, facet)] = order_keys(facet, counted, columns[facet].get("keys", ()))
    firsts = [0, *accumulate(each["rows"] for each in documents)]
    parts, heads = (
        tuple((name(part_of(version)), first) for version, first in zip(versions, firsts, strict=False))
        for name in (table_of, heads_of)
    )
    return BackendData(tables, version, firsts[-1], known, engine, parts, heads, columns, counts)


def _add(counts: list[dict[str, int]]) -> dict[str, int]:
    return dict(sum(map(Counter, counts), Counter()))


def _join_lists(texts: list[dict[str, str]]) -> dict[str, pd.DataFrame]:
    """Return the code lists of all parts as typed frames; what two parts say of one key must be the same."""
    tables = {}
    for name, resource in resources().items():
        if name == "targets":
            continue
        distinct = dict.fromkeys(each[name] for each in texts)
        read = [csv_reader.to_frame(resource, csv_reader.read_table(resource, text.encode())[0]) for text in distinct]
        table = read[0]
        if len(read) > 1:
            table = pd.concat(read, ignore_index=True).drop_duplicates(resource.columns, ignore_index=True)
            if resource.primary_key and table[resource.primary_key].duplicated().any():
                raise BackendError("backend_lists", resource.path)
        tables[name] = table
    return tables


def _join_columns(columns: list[dict[str, dict]], tables: dict[str, pd.DataFrame]) -> dict[str, dict]:
    """Return the columns of all parts: a category has the keys of its code list, or all that occur, in order."""
    first, *others = columns
    if all(each == first for each in others):
        return first
    coded, joined = known_keys(tables), {}
    for name, described in first.items():
        joined[name] = described
        if "keys" in described:
            listed = coded.get("indicator" if name == "level" else name)
            occurring = sorted({key for each in columns for key in each[name]["keys"]})
            joined[name] = described | {"keys": occurring if listed is None else list(listed)}
    return joined


def _join_checks(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the checks of all parts: entered ones, and for each rule the sum of what was found within the parts."""
    if len(tables) == 1:
        return tables[0]
    rules = [rule.name for rule in RULES]
    every = pd.concat(tables, ignore_index=True)
    entered = every[~every["check"].isin(rules)].drop_duplicates("check")
    summed = [_sum_rule(every[every["check"] == name]) for name in rules]
    return pd.concat([entered, pd.DataFrame(summed)], ignore_index=True)


def _sum_rule(rows: pd.DataFrame) -> dict:
    counts = {name: int(rows[name].sum()) for name in ("pairs", "holding", "failing", "undecided")}
    worst = next(o for o in ("fails", "undecided", "holds", "nothing") if (rows["outcome"] == o).any())
    named = rows[rows["outcome"] == worst]
    ids = [id_ for each in named["rows"] for id_ in each.split()][:MOST_NAMED]
    reasons = dict.fromkeys(reason for each in named["reason"] for reason in each.split())
    fits = "" if not ids else "yes" if (named["fits"] == "yes").all() else "no"
    return rows.iloc[0].to_dict() | counts | {
        "outcome": worst, "rows": " ".join(ids), "reason": " ".join(reasons), "fits": fits,
    }  # fmt: skip
