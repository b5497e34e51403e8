"""What each table says, in one sentence, and what it is about: the headline and the line under it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from targets.contract.columns import among
from targets.contract.units import write_bound, write_unit
from targets.load.dataset import Dataset
from targets.load.rows import Rows
from targets.progress.measurability import NO_WORD, TESTS
from targets.query.facets import UNDATED, label_option
from targets.query.tables import KINDS, TABLES, records_counted
from targets.text import listing, say
from targets.wording import progress_findings, progress_text
from targets.wording.progress_text import say_implied
from targets.wording.tally import say_each

MOST_NAMED = 10
"""Actors of a chart that its words name."""

ENOUGH = 3
"""Of fewer none is said to be the most."""


@dataclass(frozen=True)
class Finding:
    """A chart's words: the finding as its headline, and indicator, place, unit and years under it."""

    title: str
    subtitle: str

    @property
    def alt(self) -> str:
        """The chart in words for readers who do not see it."""
        return f"{self.title} {self.subtitle}".strip()


def say_years(lang: str, years: pd.Series) -> str:
    """Say which years a table covers: 2021、2022和2026, with 未注明年份 where some have none."""
    known = [str(y) for y in sorted(years.dropna().unique())]
    if years.isna().any():
        known.append(say(lang, "year.undated"))
    return listing(lang, known)


def say_record(data: Dataset, lang: str, row: object) -> str:
    """Say a record's actor, year and kind: 镇海区2022年目标."""
    return say(
        lang,
        "record.whose" if not pd.isna(row.year) else "record.whose_undated",
        actor=data.label(lang, "actor", row.actor),
        year=row.year,
        part=progress_text.say_part(data, lang, getattr(row, "period", None)),
        kind=say_kind(data, lang, row.kind),
    )


def _say_actors(data: Dataset, lang: str, actors: Iterable[str]) -> str:
    return listing(lang, [data.label(lang, "actor", actor) for actor in actors], MOST_NAMED)


def say_kind(data: Dataset, lang: str, kind: str) -> str:
    """Return the word for a kind within a sentence."""
    label = data.label(lang, "kind", kind)
    return label if lang == "zh" else label[0].lower() + label[1:]


def say_value(lang: str, row: object) -> str:
    """Say a record's number with its comparator in words."""
    return write_bound(lang, str(row.comparator), row.canonical_value, str(row.canonical_unit))


def find(name: str, data: Dataset, lang: str, table: pd.DataFrame | Rows) -> Finding:
    """Return the words of a chart for its table; an empty table has only the sentence that says so."""
    if table.empty:
        return Finding(say(lang, "empty.chart" if TABLES[name].kinds == KINDS else "measure.empty"), "")
    return HEADLINES[name](data, lang, table) if name in HEADLINES else _say_most(name, data, lang, table)


def _say_tally(lang: str, key: str, table: pd.DataFrame) -> str:
    """Say how many records a tally has and what the marks in it mean."""
    sums = {kind: int(table[kind].sum()) for kind in KINDS if kind in table}
    marks = _say_marks(lang, [kind for kind, n in sums.items() if n])
    return say(lang, key, n=sum(sums.values()), each=say_each(lang, table), marks=marks)


def _say_marks(lang: str, kinds: Iterable[str]) -> str:
    """Say the mark of each kind."""
    return ("\u3000" if lang == "zh" else "  ").join(say(lang, f"tally_mark.{kind}") for kind in kinds)


def _promises(data: Dataset, lang: str, table: pd.DataFrame) -> Finding:
    most = table.iloc[0]
    none = table[(table["target"] + table["expected"] == 0) & (table["pledge"] > 0)]
    setting = table[table["target"] > 0]
    words = {"actor": data.label(lang, "actor", most["actor"]), "n": most["target"]}
    if len(setting) == 2:
        other = setting.iloc[1]
        words |= {"other": data.label(lang, "actor", other["actor"]), "m": other["target"]}
        title = say(lang, "finding.promises_two", **words)
    else:
        leads = len(setting) >= ENOUGH and (table["target"] == most["target"]).sum() == 1
        title = say(lang, "finding.promises_most" if leads else "finding.promises_has", **words)
    if most["target"] == 0:
        sums = {kind: int(table[kind].sum()) for kind in ("expected", "actual", "pledge")}
        title = say(lang, "finding.promises_nobody", counts=say_counts(lang, sums))
    elif len(none):
        title += say(lang, "finding.promises_none", actors=_say_actors(data, lang, none["actor"]), n=len(none))
    return Finding(title + say(lang, "stop"), _say_tally(lang, "finding.promises_under", table))


def _say_most(name: str, data: Dataset, lang: str, table: pd.DataFrame) -> Finding:
    """Say of a table of counts, in the phrases of its name, which row has the most targets, and how many there are."""
    most = table.loc[table["target"].idxmax()]
    key = f"most.{name}" if most["target"] else f"most.{name}_nobody"
    of = {by: label_option(data, lang, by, *keys) for by, keys in records_counted(TABLES[name].by, most, "").items()}
    title = say(lang, key, n=most["target"], all=int(table["target"].sum()), **of)
    return Finding(title, _say_tally(lang, f"most.{name}_under", table))


def _headline(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> Finding:
    known = np.flatnonzero(table["growth"].notna())
    rest = len(table) - len(known)
    if not len(known):
        title = say(lang, "finding.headline_none", n=len(table))
    else:
        row = next(table.take(known[:1]).itertuples())
        growth = say_implied(lang, f"growth.{row.growth_bound}", row)
        actor, indicator = data.label(lang, "actor", row.actor), data.label(lang, "indicator", row.indicator)
        base = write_bound(lang, row.base_comparator, row.base_value, row.canonical_unit)
        (status,) = data.cells(row.base_id, "status")
        title = say(
            lang, "finding.headline", actor=actor, indicator=indicator, base=base, base_year=row.base_year,
            target=say_value(lang, row), year=row.year, growth=growth,
            part=progress_text.say_part(data, lang, row.period), status=progress_text.say_status(data, lang, status),
        )  # fmt: skip
        title += say(lang, "finding.headline_rest", n=rest, all=len(table)) if rest else ""
    title += say(lang, "stop")
    return Finding(title, say(lang, "finding.headline_under", n=len(table), years=say_years(lang, table["year"])))


def _compare(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> Finding:
    row = next(table.head(1).itertuples())
    names = [data.label(lang, "indicator", i) for i in table["indicator"].unique()]
    units = [write_unit(lang, u) for u in table["canonical_unit"].unique()]
    first = (table["canonical_value"] == row.canonical_value).to_numpy()
    alike = int(first.sum())
    what, unit, n, rank = listing(lang, names), listing(lang, units), len(table), row.dimension == "rank"
    if len(units) > 1:
        key = "finding.compare_units"
    elif alike > 1:
        n, key = alike, "finding.compare_alike_rank" if rank else "finding.compare_alike"
        if table["actor"][first].nunique() == 1:
            key = "finding.compare_same"
    elif len(names) > 1:
        key = "beside.finding_rank" if rank else "beside.finding"
    else:
        key = "finding.compare_one" if n == 1 else "finding.compare_rank" if rank else "finding.compare"
    whose, value = say_record(data, lang, row), say_value(lang, row)
    words = {"what": what, "indicator": names[0], "n": n, "units": unit, "whose": whose, "value": value}
    title = say(lang, key, actor=data.label(lang, "actor", row.actor), **words)
    places = _say_actors(data, lang, table["actor"].unique())
    return Finding(
        title, say(lang, "finding.under", what=what, where=places, unit=unit, years=say_years(lang, table["year"]))
    )


def _count_kinds(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> str:
    kinds = table["kind"].value_counts()
    return say_counts(lang, {kind: int(kinds.get(kind, 0)) for kind in ("target", "expected", "actual", "pledge")})


def say_counts(lang: str, counts: dict[str, int]) -> str:
    """Say how many records of each kind there are; kinds without any are not mentioned."""
    return listing(lang, [say(lang, f"count.{kind}", n=n) for kind, n in counts.items() if n])


def _profile(data: Dataset, lang: str, table: pd.DataFrame | Rows, column: str) -> Finding:
    name = data.label(lang, column, table[column].iloc[0])
    title = say(lang, "finding.profile", name=name, counts=_count_kinds(data, lang, table))
    actors, listed = table["actor"].unique(), data.tables["actors"]
    known_companies = set(listed.loc[listed["type"] == "company", "actor"])
    companies = [actor for actor in actors if actor in known_companies]
    if column == "district" and companies:
        title += say(lang, "finding.companies", names=_say_actors(data, lang, companies), n=len(companies))
    where = _say_actors(data, lang, actors)
    units = [write_unit(lang, u) for u in table["canonical_unit"].unique() if u]
    under = _join_parts(lang, where, listing(lang, units), say_years(lang, table["year"]))
    return Finding(title + say(lang, "stop"), under)


def _join_parts(lang: str, *parts: str) -> str:
    return say(lang, "semicolon").join(filter(None, parts))


def _timeline(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> Finding:
    years, kinds = table["year"], table["kind"]
    targets, counts = years[among(kinds.array, ("target", "expected"))], kinds.value_counts()
    also = say(lang, "finding.timeline_also") if counts.get("expected", 0) else ""
    if targets.empty:
        title = say(lang, "finding.timeline_none", n=len(table))
    else:
        by_year = targets.value_counts().sort_index()
        parts = [say(lang, "finding.timeline_year", n=int(n), year=year) for year, n in by_year.items()]
        undated = int(targets.isna().sum())
        parts += [say(lang, "finding.timeline_undated", n=undated)] if undated else []
        title = say(lang, "finding.timeline", n=len(targets), also=also, parts=listing(lang, parts))
        if len(parts) == 1:
            key = "finding.timeline_all_undated" if undated else "finding.timeline_all"
            title = say(lang, key, n=len(targets), also=also, year=next(iter(by_year.index), ""))
    marks = _say_marks(lang, [kind for kind in KINDS if counts.get(kind, 0)])
    return Finding(title, say(lang, "finding.timeline_under", n=len(table), marks=marks, years=say_years(lang, years)))


def _horizon(data: Dataset, lang: str, table: pd.DataFrame | Rows) -> Finding:
    year = table["year"].iloc[0]
    name = label_option(data, lang, "year", UNDATED if pd.isna(year) else str(year))
    title = say(lang, "finding.profile", name=name, counts=_count_kinds(data, lang, table)) + say(lang, "stop")
    where = _say_actors(data, lang, table["actor"].unique())
    units = [write_unit(lang, u) for u in table["canonical_unit"].unique() if u]
    return Finding(title, _join_parts(lang, where, listing(lang, units), name))


def _measurability(data: Dataset, lang: str, table: pd.DataFrame) -> Finding:
    sums = {name: int(table[name].sum()) for name in ("commitments", "complete", *TESTS)}
    parts = [say(lang, f"measure.count_{test}", n=sums[test]) for test in TESTS]
    whole = (
        say(lang, "measure.complete", n=sums["complete"]) if sums["complete"] else say(lang, "measure.none_complete")
    )
    title = say(lang, "measure.finding", n=sums["commitments"], parts=listing(lang, parts), whole=whole)
    return Finding(title, say(lang, "measure.under"))


def _wording(data: Dataset, lang: str, table: pd.DataFrame) -> Finding:
    all_, worded = int(table["records"].sum()), table[table["modality"] != NO_WORD]
    none = all_ - int(worded["records"].sum())
    if worded.empty:
        return Finding(say(lang, "measure.wording_none", n=all_), _say_tally(lang, "measure.wording_under", table))
    if len(worded) < ENOUGH:
        each = [
            say(lang, "measure.wording_each", word=data.label(lang, "modality", word), n=int(n))
            for word, n in zip(worded["modality"], worded["records"], strict=True)
        ]
        title = say(lang, "measure.wording_few", all=all_, words=listing(lang, each))
    else:
        most = worded["records"].max()
        words = [data.label(lang, "modality", word) for word in worded.loc[worded["records"] == most, "modality"]]
        key = "measure.wording_tied" if len(words) > 1 else "measure.wording"
        title = say(lang, key, all=all_, words=listing(lang, words), n=int(most))
    title += say(lang, "measure.wording_rest", n=none) if none else ""
    title += say(lang, "stop")
    return Finding(title, _say_tally(lang, "measure.wording_under", table))


HEADLINES = {
    "measurability": _measurability,
    "wording": _wording,
    "promises": _promises,
    "headline": _headline,
    "compare": _compare,
    "place": lambda data, lang, table: _profile(data, lang, table, "district"),
    "sector": lambda data, lang, table: _profile(data, lang, table, "industry"),
    "timeline": _timeline,
    "horizon": _horizon,
    "outcomes": lambda *of: Finding(*progress_findings.find_outcomes(*of)),
    "paths": lambda *of: Finding(*progress_findings.find_paths(*of)),
    "statements": lambda *of: Finding(*progress_findings.find_statements(*of)),
    "progress": lambda *of: Finding(*progress_findings.find_progress(*of)),
}
"""What each table says; one of counts without a function here says which row has the most targets."""
