"""The table behind each chart. What is drawn is this table; it is also listed and downloaded as it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from targets.contract.columns import count_pairs
from targets.contract.comparability import AXIS, Answer, Reason, definitions, may_share_axis
from targets.contract.schema import described
from targets.load.dataset import Data, Dataset, TooManyRows, per_dataset
from targets.load.rows import Rows
from targets.progress import checks as consistency
from targets.progress import measurability as measure
from targets.progress.outcomes import RECORD, headline, of_selection, outcomes, paths, statements
from targets.progress.progress import COMMITMENTS
from targets.query.facets import blank_of, option_codes, options
from targets.query.narrowing import mask_of, rows_of
from targets.query.selection import Ignored, Selection, last_value
from targets.text import phrases, say

KINDS = ("target", "expected", "actual", "pledge")
RECORDS = tuple(dict.fromkeys((*RECORD, *AXIS)))
"""Columns of a table that has one row per record."""
Records = pd.DataFrame | Rows
"""Records by where they stand in the frame, which their index tells."""


@dataclass(frozen=True)
class Choice:
    """What a page is about beyond the filters: an indicator, one beside it, a place, an industry, a year, a source."""

    compare: str = ""
    beside: str = ""
    place: str = ""
    sector: str = ""
    horizon: str = ""
    check: str = ""

    @property
    def query(self) -> dict[str, list[str]]:
        """The choice as query parameters."""
        return {name: [value] for name, value in asdict(self).items() if value}


CHOICE_COLUMN = {
    "compare": "indicator",
    "beside": "indicator",
    "place": "district",
    "sector": "industry",
    "horizon": "year",
    "check": "source",
}


def choice_options(data: Dataset, rows: Records, choice: str) -> list[str]:
    """Return what a chart can be about among the rows, the fullest first, then in code-list order.

    An indicator counts by the actors that print a number for it, the others by their records with a
    number; an indicator without any number is left out.
    """
    column, places = CHOICE_COLUMN[choice], np.asarray(rows.index)
    known = options(data, column)
    if column == "indicator":
        actors = len(data.frame["actor"].cat.categories)
        pairs = np.bincount(_printed_by(data)[places], minlength=len(known) * actors + 1)
        counts = (pairs[:-1].reshape(-1, actors) > 0).sum(axis=1)
        there = counts > 0
    else:
        both = option_codes(data, column, "")[places] * np.uint32(2) + _measured(data)[places]
        records = np.bincount(both, minlength=2 * len(known) + 2).reshape(-1, 2)
        counts, there = records[:, 1], records.any(axis=1)
    fullest = np.argsort(-counts[: len(known)], kind="stable")
    return [known[place] for place in fullest if there[place]]


@per_dataset
def _measured(data: Dataset) -> np.ndarray:
    """Return which records have a number."""
    return data.frame["value"].notna().to_numpy()


@per_dataset
def _printed_by(data: Dataset) -> np.ndarray:
    """Return for each record the number of its indicator and actor together, one past the last without a number."""
    actor, indicators = data.frame["actor"].array, len(options(data, "indicator"))
    pairs = option_codes(data, "indicator", "").astype("int32") * len(actor.categories) + actor.codes
    return np.where(_measured(data), pairs, indicators * len(actor.categories))


def choose(data: Data, query: Mapping[str, Iterable[str]]) -> tuple[Choice, list[Ignored]]:
    """Read the choices out of query parameters; an unknown one is ignored and named."""
    choice, ignored = Choice(), []
    for name, column in CHOICE_COLUMN.items():
        if not (values := list(query.get(name, ()))):
            continue
        asked, more = last_value(name, values)
        ignored += more
        if asked in options(data, column):
            choice = replace(choice, **{name: asked})
        else:
            ignored.append(Ignored(name, asked))
    return choice, ignored


def chosen(data: Dataset, rows: Records, choice: Choice, name: str) -> str:
    """Return what the chart is about: the reader's choice, or the fullest of what is there."""
    asked = getattr(choice, name)
    return asked or next(iter(choice_options(data, rows, name)), "")


def _records(data: Dataset, rows: Rows, which: np.ndarray | None = None) -> Rows:
    """One row per record by actor, indicator, year and kind, with what decides whether it may share an axis.

    `which` tells for every record of the frame whether it is to be among them.
    """
    places = rows.index if which is None else rows.index[which[rows.index]]
    order, ranks = _order(data)
    return Rows(rows.of[list(RECORDS)], order[np.sort(ranks[places])])


@per_dataset
def _order(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return all records by actor, indicator, year and kind, and then as in the file; and where each stands in that."""
    by = ["actor", "indicator", "year", "kind"]
    order = data.frame[by].sort_values(by, kind="stable", na_position="last").index.to_numpy("int32")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order), dtype="int32")
    return order, ranks


def _tally(rows: Rows | TooManyRows, column: str) -> pd.DataFrame:
    if isinstance(rows, TooManyRows):
        return rows.tallies[column]
    return tally(count_pairs(rows[column].array, rows["kind"].array), column)


def tally(counts: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per key of the column: how many records of each kind, and all together."""
    counts = counts.reindex(columns=list(KINDS), fill_value=0).astype("int64")
    counts.index.name, counts.columns.name = column, None
    counts["records"] = counts.sum(axis=1).astype("int64")
    counts = counts[counts["records"] > 0]
    return counts.reset_index().astype({column: "str"})


def promises(data: Dataset, rows: Rows | TooManyRows) -> pd.DataFrame:
    """One row per actor: targets, expectations, actuals and pledges without a number."""
    table = _tally(rows, "actor")
    numbers = bool(table[["target", "expected"]].to_numpy().any())
    return table.sort_values(
        ["target", "expected", "pledge"], ascending=[False, False, numbers], kind="stable", ignore_index=True
    )


def sectors(data: Dataset, rows: Rows | TooManyRows) -> pd.DataFrame:
    """One row per industry: targets, expectations, actuals and pledges without a number."""
    table = _tally(rows, "industry")
    return table.sort_values(["target", "records"], ascending=False, kind="stable", ignore_index=True)


def compare(data: Dataset, rows: Rows, choice: Choice) -> Rows:
    """One row per record with a number of one indicator, the largest printed number first, within each unit.

    Another indicator stands beside it where the guards let the two share an axis.
    """
    first = chosen(data, rows, choice, "compare")
    shown = {first, choice.beside} if may_stand_beside(data, first, choice.beside).allowed else {first}
    table = _records(data, rows, mask_of(data, "indicator", shown, "") & _measured(data))
    ascending = bool((table["dimension"] == "rank").any())
    value = table["canonical_value"].sort_values(ascending=ascending, kind="stable")
    places, units = value.index.to_numpy(), table["canonical_unit"]
    if units.nunique() > 1:
        places = places[np.argsort(pd.factorize(units[places])[0], kind="stable")]
    return Rows(table.of, places)


@per_dataset
def _definitions(data: Dataset) -> dict[str, dict[str, str]]:
    return definitions(data.frame)


def may_stand_beside(data: Dataset, first: str, second: str) -> Answer:
    """Say whether two indicators may be compared on one axis; one without a number may not."""
    known = _definitions(data)
    if first not in known or second not in known:
        return Answer((Reason("no_number"),))
    return may_share_axis(known[first], known[second])


def _about(data: Dataset, rows: Rows, choice: Choice, name: str) -> Rows:
    return _records(data, rows, mask_of(data, CHOICE_COLUMN[name], [chosen(data, rows, choice, name)], ""))


def place(data: Dataset, rows: Rows, choice: Choice) -> Rows:
    """One row per record of one place, companies in it included and named."""
    return _about(data, rows, choice, "place")


def sector(data: Dataset, rows: Rows, choice: Choice) -> Rows:
    """One row per record of one industry."""
    return _about(data, rows, choice, "sector")


def horizon(data: Dataset, rows: Rows, choice: Choice) -> Rows:
    """One row per record of one year, or of those without a year."""
    return _about(data, rows, choice, "horizon")


def timeline(data: Dataset, rows: Rows) -> Rows:
    """One row per record, by actor, indicator and year; the year is missing where none is printed."""
    table = _records(data, rows)
    return Rows(table.of[list(RECORD)], table.index)


def checks(data: Dataset, rows: Rows | TooManyRows) -> pd.DataFrame:
    """One row per consistency check, over all records whatever is selected."""
    return consistency.checks(data)


@dataclass(frozen=True)
class Table:
    """A table behind a chart, a list or a download.

    `make` takes data and selected records, and then the choice of a table that has `choices`, or the day as of which
    results are known of one that is `dated`. `chart` names the function that draws it; a list has none. Of a table of
    counts `by` names the filters that select the records of a row, `kinds` those of the records it counts.
    """

    make: Callable[..., pd.DataFrame | Rows]
    chart: str = ""
    dated: bool = False
    choices: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS


TABLES = {
    "promises": Table(promises, "tally", by=("actor",)),
    "compare": Table(compare, "strips", choices=("compare", "beside")),
    "place": Table(place, "strips", choices=("place",)),
    "sectors": Table(sectors, "tally", by=("industry",)),
    "sector": Table(sector, "strips", choices=("sector",)),
    "timeline": Table(timeline, "timeline"),
    "horizon": Table(horizon, "strips", choices=("horizon",)),
    "measurability": Table(measure.measurability, "measures", kinds=COMMITMENTS),
    "wording": Table(measure.wording, "tally", by=("modality",), kinds=COMMITMENTS),
    "checks": Table(checks),
    "headline": Table(headline, "strips", dated=True),
    "outcomes": Table(outcomes, "tally", dated=True, by=("state",), kinds=COMMITMENTS),
    "paths": Table(paths, "paths", dated=True),
    "statements": Table(statements, dated=True),
    "progress": Table(of_selection, dated=True),
}
"""Every table by its name: that of its download, and of its phrases in text.toml."""
COUNTED = ("promises", "sectors", "checks")
"""The tables that are counts alone, and so are there of any number of records."""


def choice_of(name: str, choice: Choice) -> Choice:
    """Return what a table takes of a choice."""
    return Choice(**{each: getattr(choice, each) for each in TABLES[name].choices})


def records_counted(by: Iterable[str], row: Mapping[str, object], column: str) -> dict[str, list[str]]:
    """Return the filters that select the records which a count stands for: by what, and of which kinds if not all."""
    keys = {facet: [blank_of(facet) if pd.isna(row[facet]) else str(row[facet])] for facet in by}
    if column == "records" and not {*KINDS} <= {*row}:
        kinds = [kind for kind in KINDS if row.get(kind)]
    else:
        kinds = [column] if column in KINDS else []
    return keys | ({"kind": kinds} if kinds else {})


def find_table(name: str, data: Dataset, selection: Selection, choice: Choice) -> pd.DataFrame | Rows:
    """Return the table of that name for a selection and choice; of a long one only where its rows stand."""
    table, rows = TABLES[name], rows_of(data, selection)
    if table.dated:
        return table.make(data, rows, selection.asof)
    return table.make(data, rows, choice) if table.choices else table.make(data, rows)


def table_of(name: str, data: Dataset, selection: Selection, choice: Choice) -> pd.DataFrame:
    """Return the table of that name with all its rows, as it is downloaded."""
    table = find_table(name, data, selection, choice)
    return table.whole() if isinstance(table, Rows) else table


def table_of_counts(name: str, found: TooManyRows) -> pd.DataFrame:
    """Return one of the COUNTED tables, of more records than are fetched."""
    return TABLES[name].make(found.data, found)


def title_of(lang: str, column: str) -> str:
    """Return the heading of a table's column: the schema's title, or the table's own."""
    if f"column.{column}" in phrases():
        return say(lang, f"column.{column}")
    return described()[column].titles[lang]
