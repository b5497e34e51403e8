"""Tables that list records are, whole, what plain pandas makes of the selected ones; of pages and charts, their part."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from targets.charts.blocks import drawn_of
from targets.contract.comparability import AXIS, BOUND_OF_RATIO
from targets.load import dataset
from targets.progress.actuals import known_days, known_from
from targets.progress.outcomes import PATH, RECORD
from targets.progress.progress import progress, states
from targets.query.facets import options
from targets.query.narrowing import SORTS, select, sort_rows, sorted_places
from targets.query.selection import FACETS, Selection
from targets.query.tables import CHOICE_COLUMN, RECORDS, Choice, choice_options, find_table, table_of
from targets.wording.headlines import find
from tests.generator import generate

ORDER = ["actor", "indicator", "year", "kind"]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dataset.Dataset:
    """Records with all that the project's have, in other places and years, and more ways and statements."""
    made = Path(tmp_path_factory.mktemp("generated"))
    generate(made, 300)
    return dataset.load(made)


@pytest.fixture(scope="module")
def either(generated: dataset.Dataset, all_data: dataset.Dataset) -> st.SearchStrategy[dataset.Dataset]:
    """The project's whole data, or generated records."""
    return st.sampled_from([all_data, generated])


def selections(data: dataset.Dataset) -> st.SearchStrategy[Selection]:
    """Any keys of any filters, none more often than not, as known today or on a day on which something was published."""
    chosen = {
        f: st.one_of(
            st.just(()), st.lists(st.sampled_from(options(data, f)), min_size=1, max_size=3, unique=True).map(tuple)
        )
        for f in FACETS
    }
    days = st.sampled_from([Selection().asof, *known_days(data)])
    return st.builds(Selection, **chosen, asof=days)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False, check_categorical=False)


def texts(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with coded columns as text."""
    return table.astype(dict.fromkeys(columns, "str"))


@given(drawn=st.data())
def test_records_are_those_selected_in_their_order(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    rows = select(some, selection).sort_values(ORDER, kind="stable", na_position="last")
    assert_same(table_of("timeline", some, selection, Choice()), rows[list(RECORD)])
    for name, column in {"place": "district", "sector": "industry", "horizon": "year"}.items():
        key = drawn.draw(st.sampled_from(options(some, column)))
        of_key = rows[column].astype("str").fillna("undated") == key
        assert_same(table_of(name, some, selection, Choice(**{name: key})), rows.loc[of_key, list(RECORDS)])
    key = drawn.draw(st.sampled_from(options(some, "indicator")))
    compared = rows.loc[(rows["indicator"] == key) & rows["value"].notna(), list(RECORDS)]
    rank = bool((compared["dimension"] == "rank").any())
    compared = compared.sort_values("canonical_value", ascending=rank, kind="stable")
    assert_same(table_of("compare", some, selection, Choice(compare=key)), compared)


@given(drawn=st.data())
def test_what_a_chart_can_be_about_is_what_occurs_the_fullest_first(either, drawn):
    some = drawn.draw(either)
    rows = select(some, drawn.draw(selections(some)))
    measured = rows[rows["value"].notna()]
    for choice, column in CHOICE_COLUMN.items():
        by = "actor" if column == "indicator" else "id"
        keys = measured[column].astype("str").fillna("undated")
        counts = measured[by].astype("str").groupby(keys).nunique()
        there = counts.index if column == "indicator" else rows[column].astype("str").fillna("undated").unique()
        known = [key for key in options(some, column) if key in there]
        assert choice_options(some, rows, choice) == sorted(known, key=lambda key, counts=counts: -counts.get(key, 0))


@given(drawn=st.data())
def test_results_are_those_of_the_selected_targets(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    ids = select(some, selection)["id"]
    for name in ("progress", "statements"):
        all_ = table_of(name, some, Selection(asof=selection.asof), Choice())
        assert_same(table_of(name, some, selection, Choice()), all_[all_["id"].isin(ids)])


@given(drawn=st.data())
def test_money_targets_stand_beside_their_base_the_largest_first(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    rows = select(some, selection)
    table = rows[(rows["kind"] == "target") & (rows["dimension"] == "money") & rows["value"].notna()]
    several = (table["pace"] == "total") & (table["year"] - table["source_year"] > 1).fillna(False)
    several = several.to_numpy(dtype=bool)
    table = table[list(dict.fromkeys((*RECORD, *AXIS)))]
    bases = progress(some, selection.asof).set_index("id")["base_id"].reindex(table["id"])
    base = some.frame.set_index("id", drop=False).reindex(bases.where(table["year"].notna().array))
    for ours, theirs in {"id": "id", "year": "year", "printed": "as_printed", "comparator": "comparator"}.items():
        table[f"base_{ours}"] = base[theirs].array
    table["base_comparator"] = table["base_comparator"].astype("str")
    table["base_value"] = base["canonical_value"].array
    ratio = table["canonical_value"] / table["base_value"].where(table["base_value"] > 0)
    growth = (ratio ** (1 / (table["year"] - table["base_year"]).astype("float64")) - 1) * 100
    table["growth_bound"] = table["base_comparator"].map(BOUND_OF_RATIO)
    table["growth"] = growth.where(table["growth_bound"].notna() & ~several).round(1)
    missing = np.where(table["base_value"].isna(), "no_base", "bad_base")
    missing = np.where(several, "total", np.where(table["year"].isna(), "undated", missing))
    table["missing"] = pd.Series(missing, table.index, "str").where(table["growth"].isna())
    by = ["canonical_value", "actor", "indicator", "year"]
    expected = table.sort_values(by, ascending=[False, True, True, True], kind="stable")
    assert_same(table_of("headline", some, selection, Choice()), texts(expected, "growth_bound", "missing"))


def make_way(frame: pd.DataFrame, target: object, asof: str) -> pd.DataFrame:
    """Return the base of a target, each figure for a year up to its own, and the target."""
    own = frame[frame["id"] == target.id].assign(role="target", leads=True)
    own = own.assign(ratio_low=target.ratio_low, ratio_high=target.ratio_high)
    figures = frame[
        (frame["kind"] == "actual")
        & (frame["subject"] == own["subject"].iloc[0])
        & (frame["indicator"] == own["indicator"].iloc[0])
        & frame["year"].between(target.base_year, target.year)
        & frame["period"].isna()
        & (frame["known"] <= asof)
    ].sort_values(["year", "status"], kind="stable", na_position="first")
    figures = figures.assign(role=np.where(figures["id"] == target.base_id, "base", "actual"))
    figures = figures.assign(leads=~figures.duplicated("year", keep="last"), ratio_low=np.nan, ratio_high=np.nan)
    return pd.concat([figures, own]).assign(target_id=target.id)


@given(drawn=st.data())
def test_ways_run_from_base_to_target_the_largest_first(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    known, frame = known_from(some), some.frame
    side = np.zeros(len(frame), dtype="int64")
    for one in some.tables["breaks"].itertuples():
        series = (frame["indicator"] == one.indicator) & (frame["district"] == one.district)
        side += (series & (known >= one.published)).to_numpy()
    frame = frame.assign(known=known, side=side)
    results = progress(some, selection.asof)
    chosen = results["id"].isin(select(some, selection)["id"])
    chosen &= (results["base_id"] != "") & (results["pace"] == "level") & results["year"].notna()
    chosen &= results["reason"] != "cap"
    ordered = results[chosen].sort_values("canonical_value", ascending=False, kind="stable")
    ways = [make_way(frame, target, selection.asof) for target in ordered.itertuples()]
    found = texts(table_of("paths", some, selection, Choice()), "role", "actor", "indicator")
    columns = ["target_id", "role", *PATH[:-2], "leads", "side", *PATH[-2:], "ratio_low", "ratio_high"]
    assert list(found.columns) == columns
    assert (found["target_id"].nunique() if ways else 0) == len(ways)
    for way in ways:
        part = found[found["target_id"] == way["target_id"].iloc[0]].reset_index(drop=True)
        assert_same(part, texts(way[columns], "role", "actor", "indicator"))
        assert part["leads"].iloc[-2], "a way's last figure leads for its year"
    assert found["target_id"].drop_duplicates().tolist() == ordered["id"].tolist()


@given(drawn=st.data())
def test_what_is_drawn_and_asked_of_rows_is_of_the_whole_table(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    tables = st.sampled_from(("timeline", "compare", "headline", "paths", "progress", "statements"))
    for name in drawn.draw(st.lists(tables, min_size=2, max_size=2, unique=True)):
        table, whole = find_table(name, some, selection, Choice()), table_of(name, some, selection, Choice())
        many = drawn.draw(st.integers(1, 40))
        assert (len(table), table.empty, list(table.columns)) == (len(whole), whole.empty, list(whole.columns))
        assert_frame_equal(table.head(many), whole.head(many))
        assert find(name, some, "en", table) == find(name, some, "en", whole)
        assert_frame_equal(drawn_of(table, many), drawn_of(whole, many))
        for column in whole.columns:
            assert column in table
            assert table[column].reset_index(drop=True).equals(whole[column])


@given(drawn=st.data())
def test_a_list_has_the_order_of_the_whole_records(either, drawn):
    some = drawn.draw(either)
    selection = drawn.draw(selections(some))
    sort = drawn.draw(st.sampled_from(["", *SORTS, *(f"-{column}" for column in SORTS)]))
    rows = some.frame.assign(state=states(some, selection.asof)).take(sorted_places(some, selection, sort))
    assert_frame_equal(rows, sort_rows(select(some, selection), sort))
