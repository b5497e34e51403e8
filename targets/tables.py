"""The table behind each chart. What is drawn is this table; it is also listed and downloaded as it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from targets import checks as consistency
from targets import measurability as measure
from targets.columns import count_pairs
from targets.dataset import Dataset
from targets.guards import AXIS, definitions, may_share_axis
from targets.outcomes import RECORD, headline, of_selection, outcomes, paths, statements
from targets.schema import resources
from targets.selection import UNDATED, Ignored, Selection, options, select
from targets.text import phrases, say

KINDS = ("target", "expected", "actual", "pledge")
RECORDS = tuple(dict.fromkeys((*RECORD, *AXIS)))
"""Columns of a table that has one row per record."""


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


def choice_options(data: Dataset, rows: pd.DataFrame, choice: str) -> list[str]:
    """Return what a chart can be about among the rows, the fullest first, then in code-list order.

    An indicator counts by the actors that print a number for it, the others by their records with a
    number; an indicator without any number is left out.
    """
    column = CHOICE_COLUMN[choice]
    measured = rows[rows["value"].notna()]
    if column == "indicator":
        rows, counts = measured, (count_pairs(measured[column].array, measured["actor"].array) > 0).sum(axis=1)
    else:
        counts = measured[column].value_counts(dropna=False)
    by_key = {UNDATED if pd.isna(key) else str(key): int(n) for key, n in counts.items()}
    present = {UNDATED if pd.isna(key) else str(key) for key in rows[column].unique()}
    known = [key for key in options(data, column) if key in present]
    return sorted(known, key=lambda key: -by_key.get(key, 0))


def choose(data: Dataset, query: Mapping[str, Iterable[str]]) -> tuple[Choice, list[Ignored]]:
    """Read the choices out of query parameters; an unknown one is ignored and named."""
    choice, ignored = Choice(), []
    for name, column in CHOICE_COLUMN.items():
        asked = list(query.get(name, ()))
        known = options(data, column) if asked else []
        ignored += [Ignored(name, value) for value in asked[:-1] if value != asked[-1]]
        if asked and asked[-1] in known:
            choice = replace(choice, **{name: asked[-1]})
        elif asked:
            ignored.append(Ignored(name, asked[-1]))
    return choice, ignored


def chosen(data: Dataset, rows: pd.DataFrame, choice: Choice, name: str) -> str:
    """Return what the chart is about: the reader's choice, or the fullest of what is there."""
    asked = getattr(choice, name)
    return asked or next(iter(choice_options(data, rows, name)), "")


def _records(data: Dataset, rows: pd.DataFrame, columns: Sequence[str] = RECORDS) -> pd.DataFrame:
    """One row per record by actor, indicator, year and kind, with what decides whether it may share an axis."""
    places = rows.index.to_numpy()
    order = np.argsort(_ranks(data)[places])
    table = data.frame[[column for column in columns if column != "state"]].take(places[order])
    table.insert(columns.index("state"), "state", rows["state"].take(order))
    return table.reset_index(drop=True)


def _ranks(data: Dataset) -> np.ndarray:
    """Return the place of each record in the order of actor, indicator, year and kind, and then of the file."""

    def make() -> np.ndarray:
        order = ["actor", "indicator", "year", "kind"]
        ranks = np.empty(len(data.frame), dtype="int32")
        sorted_rows = data.frame[order].sort_values(order, kind="stable", na_position="last")
        ranks[sorted_rows.index] = np.arange(len(ranks), dtype="int32")
        return ranks

    return data.shared.get(("ranks",), make)


def _tally(data: Dataset, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    if data.wide:
        return data.wide.tallies[column]
    return tally(count_pairs(rows[column].array, rows["kind"].array), column)


def tally(counts: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per key of the column: how many records of each kind, and all together."""
    counts = counts.reindex(columns=list(KINDS), fill_value=0).astype("int64")
    counts.index.name, counts.columns.name = column, None
    counts["records"] = counts.sum(axis=1).astype("int64")
    counts = counts[counts["records"] > 0]
    return counts.reset_index().astype({column: "str"})


def promises(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per actor: targets, expectations, actuals and pledges without a number."""
    table = _tally(data, rows, "actor")
    return table.sort_values(
        ["target", "expected", "pledge"], ascending=[False, False, True], kind="stable", ignore_index=True
    )


def sectors(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per industry: targets, expectations, actuals and pledges without a number."""
    table = _tally(data, rows, "industry")
    return table.sort_values(["target", "records"], ascending=False, kind="stable", ignore_index=True)


def compare(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per record with a number of one indicator, the largest printed number first.

    Another indicator stands beside it where the guards let the two share an axis.
    """
    shown = {chosen(data, rows, choice, "compare")} | beside(data, rows, choice)
    table = _records(data, rows[rows["indicator"].isin(shown) & rows["value"].notna()])
    ascending = bool((table["dimension"] == "rank").any())
    return table.sort_values("canonical_value", ascending=ascending, kind="stable", ignore_index=True)


def beside(data: Dataset, rows: pd.DataFrame, choice: Choice) -> set[str]:
    """Return the indicator that is to stand beside the compared one, if it may share its axis."""
    known = data.shared.get(("definitions",), lambda: definitions(data.frame))
    pair = (chosen(data, rows, choice, "compare"), choice.beside)
    allowed = all(name in known for name in pair) and may_share_axis(*(known[name] for name in pair)).allowed
    return {choice.beside} if allowed else set()


def place(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per record of one place, companies in it included and named."""
    return _records(data, rows[rows["district"] == chosen(data, rows, choice, "place")])


def sector(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per record of one industry."""
    return _records(data, rows[rows["industry"] == chosen(data, rows, choice, "sector")])


def horizon(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per record of one year, or of those without a year."""
    year = chosen(data, rows, choice, "horizon")
    if year == UNDATED:
        return _records(data, rows[rows["year"].isna()])
    return _records(data, rows[rows["year"] == int(year or 0)])


def timeline(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per record, by actor, indicator and year; the year is missing where none is printed."""
    return _records(data, rows, RECORD)


def measurability(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per actor: commitments with a number, a year, a base, a definition."""
    return measure.measurability(data, rows)


def wording(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per printed word of intent: commitments of each kind."""
    return measure.wording(data, rows)


def checks(data: Dataset, rows: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """One row per consistency check, over all records whatever is selected."""
    return consistency.checks(data)


TABLES: dict[str, Callable[[Dataset, pd.DataFrame, Choice], pd.DataFrame]] = {
    f.__name__: f
    for f in (promises, compare, place, sectors, sector, timeline, horizon, measurability, wording, checks)
}
"""The tables that are about records and a reader's choice."""
DATED_TABLES: dict[str, Callable[[Dataset, pd.DataFrame, str], pd.DataFrame]] = {
    f.__name__: f for f in (headline, outcomes, paths, statements)
} | {"progress": of_selection}
"""The tables that depend on the day as of which results are known."""
NAMES = (*TABLES, *DATED_TABLES)
"""Every table by the name it has on the page and in its download address."""


NEEDED: dict[str, tuple[str, ...]] = {
    "promises": ("actor", "kind"),
    "sectors": ("industry", "kind"),
    "measurability": ("kind",),
    "wording": ("kind",),
    "headline": ("kind", "dimension", "value", "state"),
} | dict.fromkeys(("checks", "outcomes", "paths", "statements", "progress"), ())
"""Columns of the selected records that a table needs, where it is not CHOSEN_BY; all others it takes by place."""
CHOSEN_BY = ("actor", "district", "industry", "indicator", "source", "year", "value", "state")
"""Columns that tell what a table of records is about; none is text, so that they are copied at once."""


def table_of(name: str, data: Dataset, selection: Selection, choice: Choice) -> pd.DataFrame:
    """Return the table of that name for a selection and choice."""
    rows = select(data, selection, NEEDED.get(name, CHOSEN_BY))
    if name in DATED_TABLES:
        return DATED_TABLES[name](data, rows, selection.asof)
    return TABLES[name](data, rows, choice)


def title_of(lang: str, column: str) -> str:
    """Return the heading of a table's column: the schema's title, or the table's own."""
    known = {f.name: f for f in (*resources()["targets"].fields, *resources()["targets"].derived)}
    for name in ("indicators", "checks"):
        known |= {f.name: f for f in resources()[name].fields if f.name not in known}
    if f"column.{column}" in phrases():
        return say(lang, f"column.{column}")
    return known[column].titles[lang]
