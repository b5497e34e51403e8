"""Rules across cells and records: every contradiction, named by line and column."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from targets.contract.columns import among, look_up, only_used
from targets.contract.comparability import OWN
from targets.contract.dates import today
from targets.contract.intervals import lie_apart
from targets.contract.schema import MOST_PER_RULE, Problem, Resource, resources
from targets.contract.units import DIMENSION_OF_UNIT
from targets.quantities.relative_years import years_after


def infer_years(frame: pd.DataFrame) -> pd.Series:
    """Return each record's year: as entered, or for an inferred one the source's year and the words' distance."""
    words = frame["year_evidence"].array
    distance = pd.Series([years_after(each) for each in words.categories], words.categories, dtype="Int64")
    computed = frame["source_year"] + look_up(words, distance)
    return frame["year"].where(frame["year_basis"] != "inferred", computed).astype("Int64")


def check_rows(frame: pd.DataFrame) -> list[Problem]:
    """Return every record whose cells contradict one another.

    `frame` has `year_entered` as in the file and `year` as computed, with source_year and source_lines.
    """
    pledge, promised = frame["kind"] == "pledge", among(frame["kind"].array, ["target", "expected"])
    filled = {c: frame[c].notna() for c in ("value", "unit", "comparator")}
    entered, inferred = frame["year_entered"].notna(), frame["year_basis"] == "inferred"
    printed_page, evidence = frame["source_lines"].notna(), frame["year_evidence"].notna()
    whole = frame["value"].mod(1).eq(0) & frame["value"].ge(0)
    wrong_unit = pd.Series(False, frame.index)
    for dimension, needed in DIMENSION_OF_UNIT.items():
        wrong_unit |= (frame["dimension"] == dimension) & (frame["unit_dimension"] != needed)
    rules = [
        ("pledge_with_number", c, pledge & filled[c]) for c in ("value", "unit", "comparator")
    ] + [
        ("number_missing", c, ~pledge & ~filled[c]) for c in ("value", "unit", "comparator")
    ] + [
        ("year_without_basis", "year_basis", entered & (frame["year_basis"] == "none")),
        ("basis_without_year", "year", ~entered & (frame["year_basis"] == "printed")),
        ("evidence_missing", "year_evidence", inferred & ~evidence),
        ("evidence_unused", "year_evidence", ~inferred & evidence),
        ("evidence_unknown", "year_evidence", inferred & evidence & frame["year"].isna()),
        ("year_differs", "year_entered", inferred & entered & (frame["year_entered"] != frame["year"])),
        ("status_not_actual", "status", frame["status"].notna() & (frame["kind"] != "actual")),
        ("actual_in_future", "year", (frame["kind"] == "actual") & (frame["year"] > frame["source_year"])),
        ("base_not_target", "base", (frame["base"] != "") & ~promised),
        ("revises_not_target", "revises", (frame["revises"] != "") & ~promised),
        ("programme_with_number", "indicator", ~pledge & (frame["dimension"] == "")),
        ("unit_dimension", "unit", filled["unit"] & ~pledge & wrong_unit),
        ("not_whole", "value", frame["dimension"].eq("rank") & filled["value"] & ~(whole & (frame["value"] >= 1))),
        ("line_missing", "line", printed_page & frame["line"].isna()),
        ("line_missing", "year_line", printed_page & inferred & frame["year_line"].isna()),
    ] + [
        (rule, column, broken)
        for column in ("line", "year_line")
        for rule, broken in (
            ("line_of_web", ~printed_page & frame[column].notna()),
            ("line_beyond", printed_page & (frame[column] > frame["source_lines"])),
        )
    ]  # fmt: skip
    return sorted((p for rule in rules for p in _problems(frame, *rule)), key=lambda p: p.line)


def _problems(frame: pd.DataFrame, rule: str, column: str, broken: pd.Series) -> Iterable[Problem]:
    at = np.flatnonzero(broken.fillna(False).to_numpy(dtype=bool))[:MOST_PER_RULE]
    for _, row in frame.take(at).iterrows() if len(at) else ():
        value = "" if pd.isna(row[column]) else str(row[column])
        details = {
            "kind": str(row["kind"]), "dimension": str(row["dimension"]), "lines": str(row["source_lines"]),
            "year": str(row["year"]), "source_year": str(row["source_year"]), "words": row["year_evidence"],
        }  # fmt: skip
        yield Problem(_targets().path, rule, int(row["line_in_file"]), column.removesuffix("_entered"), value, details)


def _targets() -> Resource:
    return resources()["targets"]


def _check_places(districts: pd.DataFrame) -> list[Problem]:
    """Return every place that lies within itself, by itself or around a ring."""
    within = districts.set_index("district")["within"].to_dict()
    problems = []
    for row in districts.itertuples():
        at, walked = row.within, set()
        while at and at != row.district and at not in walked:
            walked.add(at)
            at = within[at]
        if at == row.district:
            path = resources()["districts"].path
            problems.append(Problem(path, "within_itself", int(row.line_in_file), "within", row.within))
    return problems


def check_lists(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return what is wrong in the code lists."""
    return [
        *_check_places(tables["districts"]), *_check_sources(tables["sources"]),
        *_check_exclusions(tables["exclusions"], tables["sources"]), *_check_units(tables["units"]),
        *_check_indicators(tables["indicators"]),
    ]  # fmt: skip


def _check_sources(sources: pd.DataFrame) -> Iterator[Problem]:
    """Find sources published in the future, or whose year, from which relative dates are computed, is not their day's.

    A source without a day counts as known from the last day of its year, which must have passed.
    """
    path, now = resources()["sources"].path, today()
    dated = sources["published"] != ""
    for row in sources[dated & (sources["published"] > now)].itertuples():
        yield Problem(path, "published_later", int(row.line_in_file), "published", row.published)
    for row in sources[~dated & (sources["year"] >= int(now[:4]))].itertuples():
        yield Problem(path, "published_open_year", int(row.line_in_file), "published", "")
    dated = sources[dated]
    apart = (dated["year"] - dated["published"].str[:4].astype("int64")).abs() > 1
    for row in dated[apart].itertuples():
        details = {"published": row.published}
        yield Problem(path, "year_published", int(row.line_in_file), "year", str(row.year), details)


def _check_exclusions(exclusions: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Problem]:
    lines = exclusions["source"].map(sources.set_index("id")["lines"])
    for row in exclusions.assign(lines=lines)[(exclusions["line"] > lines).fillna(False)].itertuples():
        details = {"lines": str(row.lines)}
        yield Problem(
            resources()["exclusions"].path, "line_beyond", int(row.line_in_file), "line", str(row.line), details
        )


def _check_units(units: pd.DataFrame) -> Iterator[Problem]:
    """Find units that cannot be converted: by their factor, or because the canonical unit measures something else."""
    path = resources()["units"].path
    for row in units[~(units["factor"] > 0)].itertuples():
        yield Problem(path, "factor", int(row.line_in_file), "factor", str(row.factor))
    first = units.drop_duplicates("canonical_unit").set_index("canonical_unit")["dimension"]
    other = units["dimension"] != units["canonical_unit"].map(first)
    own = (units["canonical_unit"] == units["unit"]) & (units["factor"] == 1)
    for row in units[other | (units["unit"].isin(first.index) & ~own)].itertuples():
        yield Problem(path, "no_common_unit", int(row.line_in_file), "canonical_unit", row.canonical_unit)


def _check_indicators(indicators: pd.DataFrame) -> Iterator[Problem]:
    """Find average growth rates that do not say what they are the growth of."""
    for row in indicators[(indicators["pace"] == "average_growth") & (indicators["growth_of"] == "")].itertuples():
        yield Problem(resources()["indicators"].path, "no_growth_of", int(row.line_in_file), "growth_of", "")


def check_links(frame: pd.DataFrame) -> list[Problem]:
    """Return what is wrong between records: bases, revisions, and actuals that contradict one another.

    `frame` has the canonical values and their intervals.
    """
    problems = [*_check_bases(frame), *_check_revisions(frame), *_check_actuals(frame)]
    return sorted(problems, key=lambda p: p.line)


THING = ["actor", "district", "indicator"]
"""What a target and its revision share."""


def subjects(frame: pd.DataFrame) -> pd.Categorical:
    """Return whom or what each record's number is about: a company or campaign itself, else the place."""
    actor, district = frame["actor"].array, frame["district"].array
    own = frame["actor_type"].isin(OWN).to_numpy()
    names = pd.Categorical([*actor.categories, *district.categories])
    codes = names.codes[np.where(own, actor.codes, len(actor.categories) + district.codes.astype("int64"))]
    return only_used(codes, names.dtype)


def _linked(frame: pd.DataFrame, at: str, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records that name another one, and row by row the records they name."""
    position = frame[at].to_numpy()
    naming = np.flatnonzero(position >= 0)
    return frame[columns].take(naming), frame[columns].take(position[naming])


def _check_bases(frame: pd.DataFrame) -> Iterable[Problem]:
    columns = ["base", "kind", "subject", "indicator", "level", "canonical_unit", "period", "year", "line_in_file"]
    rows, bases = _linked(frame, "base_at", columns)
    year, base_year = (each["year"].to_numpy("float64", na_value=np.nan) for each in (rows, bases))
    other = (rows["subject"].array.codes != bases["subject"].array.codes) | (
        rows["level"].array.codes != bases["indicator"].array.codes
    )
    own = rows["level"].array.codes == rows["indicator"].array.codes
    broken = np.select(
        [
            bases["kind"] != "actual",
            other,
            rows["period"].array.codes != bases["period"].array.codes,
            own & (rows["canonical_unit"].array.codes != bases["canonical_unit"].array.codes),
            np.isnan(base_year) | (year <= base_year),
        ],
        ["base_not_actual", "base_of_other", "base_part_of_year", "base_unit", "base_not_before"],
        "",
    )
    for n in np.flatnonzero(broken != ""):
        row, base, details = rows.iloc[n], bases.iloc[n], {}
        if broken[n] in ("base_of_other", "base_part_of_year", "base_unit"):
            details = {"line": base["line_in_file"], "unit": str(base["canonical_unit"])}
        elif broken[n] == "base_not_before":
            details = {"year": str(row["year"]), "base_year": str(base["year"])}
        yield Problem(_targets().path, str(broken[n]), int(row["line_in_file"]), "base", row["base"], details)


def _check_revisions(frame: pd.DataFrame) -> Iterable[Problem]:
    rows, old = _linked(frame, "revises_at", ["revises", "kind", *THING, "source_year", "line_in_file"])
    unlike = [rows[column].array.codes != old[column].array.codes for column in THING]
    lines = pd.Series(rows["line_in_file"].to_numpy(), old.index)
    again = lines.index.duplicated()
    year, old_year = rows["source_year"].to_numpy(), old["source_year"].to_numpy()
    broken = np.select(
        [
            (rows.index == old.index) | ~old["kind"].isin(["target", "expected"]),
            np.logical_or.reduce(unlike),
            np.asarray(year < old_year, dtype=bool),
            again,
        ],
        ["revises_no_target", "revises_other", "revises_later", "revised_twice"],
        "",
    )
    first = lines[~again] if again.any() else lines
    for n in np.flatnonzero(broken != ""):
        row, details = rows.iloc[n], {}
        if broken[n] in ("revises_other", "revised_twice"):
            of = old["line_in_file"].iloc[n] if broken[n] == "revises_other" else first[old.index[n]]
            details = {"line": int(of)}
        yield Problem(_targets().path, str(broken[n]), int(row["line_in_file"]), "revises", row["revises"], details)
    if (year <= old_year).any():  # a ring does not only lead back in time
        yield from _check_rings(frame[frame["revises_at"] >= 0])


def _check_rings(frame: pd.DataFrame) -> Iterable[Problem]:
    older = dict(zip(frame["id"], frame["revises"], strict=True))
    lines = dict(zip(frame["id"], frame["line_in_file"], strict=True))
    done: set[str] = set()
    for start in (id_ for id_, old in older.items() if old):
        walked: dict[str, None] = {}
        at = start
        while at and at not in done and at not in walked:
            walked[at] = None
            at = older.get(at, "")
        if at in walked and len(walked) > 1:
            yield Problem(_targets().path, "revises_ring", int(lines[at]), "revises", older[at])
        done |= set(walked)


def _check_actuals(frame: pd.DataFrame) -> Iterable[Problem]:
    """Find two actuals of one thing, year and status that contradict one another: no number satisfies both."""
    keys = ["subject", "indicator", "year", "period", "status", "canonical_unit"]
    actuals = frame[keys][(frame["kind"] == "actual") & frame["year"].notna() & frame["value"].notna()]
    repeated = actuals.index[actuals.duplicated(keys, keep=False)]
    ends = ["low", "high", "low_closed", "high_closed", "value_text", "line_in_file"]
    actuals = frame[[*keys, *ends]].take(repeated)
    least = actuals.sort_values(["high", "high_closed"], kind="stable").drop_duplicates(keys)
    pairs = actuals.merge(least, on=keys, suffixes=("", "_least"))
    apart = lie_apart(*(pairs[end] for end in ("high_least", "high_closed_least", "low", "low_closed")))
    for row in pairs[apart].head(MOST_PER_RULE).itertuples():
        figures = (row.line_in_file, row.value_text), (row.line_in_file_least, row.value_text_least)
        (line, _), (later, value) = sorted(figures)
        details = {"line": line, "year": str(row.year)}
        yield Problem(_targets().path, "two_actuals", int(later), "value", value, details)
