"""A backend gives what the folder gives: every selection, count, table and download, on DuckDB, PostgreSQL and ClickHouse.

ClickHouse is its engine as chdb has it, behind tests/clickhouse_front.py, where chdb is installed; not a server.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from server.endpoints import ADDRESSES, CSV, Asked, parameters
from targets.export.csv_export import records_table, stream_csv, to_csv
from targets.load import dataset
from targets.load.dataset import BackendError, Dataset, TooManyRows
from targets.progress.actuals import known_days
from targets.progress.outcomes import context
from targets.progress.progress import progress
from targets.query.facets import options
from targets.query.narrowing import count_options, filters_to_relax, mask_of, select
from targets.query.selection import FACETS, Selection, from_query
from targets.query.tables import COUNTED, TABLES, Choice, table_of, table_of_counts
from tests.backend_servers import open_backend, run_bucket, split, take_in
from tests.generator import generate

pytestmark = pytest.mark.filterwarnings(
    "ignore:fetch_record_batch:DeprecationWarning", "ignore:fetch_arrow_table:DeprecationWarning"
)

SERVERS = ("postgres", "clickhouse")
"""Backends that are asked a handful of questions; Parquet files are asked all."""
ENGINES = ("parquet", *SERVERS)
EVERY = (*ENGINES, "s3")
FOLDERS = ("project", "generated")
QUERIES = {
    "everything": {},
    "a place": {"district": 0},
    "a place and a year": {"district": 0, "year": -3},
    "undated": {"year": ["undated"]},
    "a year and undated": {"year": ["2022", "undated"]},
    "an industry, pledges": {"industry": 0, "kind": ["pledge"]},
    "an actor": {"actor": 1},
    "a source": {"source": 1},
    "a word of intent and none": {"modality": ["力争", "none"]},
    "a state": {"state": ["met"]},
    "a state and a place": {"state": ["no_result", "not_due"], "district": 0, "kind": ["target"]},
    "found in Chinese": {"q": ["突破"]},
    "found in English, whatever the case": {"q": ["ZHENHAI"]},
    "found in a note": {"q": ["price"]},
    "two words, found apart": {"q": ["亿 河北"]},
    "a number with a comma": {"q": ["2,990"]},
    "no pattern": {"q": ["%"]},
    "no pattern either": {"q": ["_"]},
    "no code": {"q": ["\\'); -- {x} :y %s"]},
    "found, of a place": {"q": ["2"], "district": 0},
    "earlier": {"asof": ["2022-06-01"]},
    "earlier, of a state": {"asof": ["2023-12-31"], "state": ["not_due"], "indicator": slice(0, 3)},
    "nothing": {"q": ["没有这样的字"]},
    "nothing of a state": {"state": ["missed"], "kind": ["pledge"], "district": 0},
}
HANDFUL = ("a place and a year", "a state", "two words, found apart", "no code", "earlier, of a state")


@pytest.fixture(scope="module")
def bucket():
    with run_bucket() as url:
        yield url


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    made = tmp_path_factory.mktemp("generated")
    generate(made, 400)
    return {"project": dataset.DATA_FOLDER, "generated": made}


@pytest.fixture(scope="module")
def plain(folders) -> dict[str, Dataset]:
    """The data as the folders give it."""
    return {name: dataset.load(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def backends(folders, request, tmp_path_factory):
    """The data as a backend gives it, opened when it is first asked for."""
    opened = {}

    def give(engine: str, name: str):
        if (engine, name) not in opened:
            if engine in SERVERS:
                url = request.getfixturevalue(engine).create_database(name)
            elif engine == "s3":
                url = request.getfixturevalue("bucket").replace("/backend?", f"/{name}?")
            else:
                url = str(tmp_path_factory.mktemp("backend"))
            opened[engine, name] = open_backend(take_in(folders[name], url)[0])[0]
        return opened[engine, name]

    yield give
    for each in opened.values():
        each.engine.close()


def read(data: Dataset, query: dict) -> Selection:
    """Return a selection; a number stands for the option of that place."""
    asked = {}
    for facet, keys in query.items():
        known = options(data, facet) if isinstance(keys, int | slice) else []
        asked[facet] = keys if isinstance(keys, list) else known[keys] if isinstance(keys, slice) else [known[keys]]
    selection, ignored = from_query(data, asked)
    assert not ignored
    return selection


def forget(stored):
    """Return a backend's data of which nothing has been fetched yet, whatever other tests asked it for."""
    from targets.backends.remote_data import slice_cache

    return replace(stored, slices=slice_cache())


def assert_same(narrow: Dataset, whole: Dataset, selection: Selection) -> None:
    """Compare rows and counts."""
    assert isinstance(narrow, Dataset)
    assert_frame_equal(
        select(narrow, selection).reset_index(drop=True), select(whole, selection).reset_index(drop=True)
    )
    for facet in FACETS:
        assert list(count_options(narrow, selection, facet).items()) == list(
            count_options(whole, selection, facet).items()
        )
    if select(whole, selection).empty:
        assert filters_to_relax(narrow, selection) == filters_to_relax(whole, selection)


def asked_of(engine: str) -> tuple[str, ...]:
    """Return the folders whose data a backend is asked for."""
    return FOLDERS if engine == "parquet" else ("generated",)


@pytest.mark.parametrize("engine", EVERY)
def test_what_is_known_of_the_whole(engine, backends, plain):
    for name in asked_of(engine):
        remote, whole = backends(engine, name), plain[name]
        assert (remote.version, remote.size) == (whole.version, whole.size)
        assert known_days(remote) == known_days(whole)
        assert parameters(remote) == parameters(whole)
        for resource, table in remote.tables.items():
            assert_frame_equal(table, whole.tables[resource])
        assert set(remote.tables) == set(whole.tables) - {"targets"}
        with pytest.raises(AttributeError, match="frame"):
            select(remote, Selection())  # whoever forgets to query is told


def compare(remote, whole: Dataset, query: dict, *, every_download: bool) -> None:
    """Compare rows, counts, tables and downloads of a selection."""
    selection = read(whole, query)
    narrow = remote.query(selection)
    assert_same(narrow, whole, selection)
    for table in TABLES:
        assert_frame_equal(table_of(table, narrow, selection, Choice()), table_of(table, whole, selection, Choice()))
    asked = Asked("en", selection, Choice(), "-canonical_value")
    for address in ADDRESSES:
        assert address.tag(remote, asked) == address.tag(whole, asked)
        if address.what == "targets" and (every_download or address.format == CSV):
            assert address.file_name(remote, asked) == address.file_name(whole, asked)
            assert address.make(narrow, asked) == address.make(whole, asked)


@pytest.mark.parametrize("said", QUERIES)
def test_a_selection_has_the_same_rows_counts_tables_and_downloads(said, backends, plain):
    compare(backends("parquet", "generated"), plain["generated"], QUERIES[said], every_download=said in HANDFUL)


def test_the_project_s_own_data_has_the_same_as_well(backends, plain):
    for said in ("everything", "a source", "found in a note", *HANDFUL):
        compare(backends("parquet", "project"), plain["project"], QUERIES[said], every_download=True)


@pytest.mark.parametrize("engine", SERVERS)
def test_another_engine_has_the_same_as_well(engine, backends, plain):
    for said in HANDFUL:
        compare(backends(engine, "generated"), plain["generated"], QUERIES[said], every_download=False)


@pytest.mark.parametrize("engine", ENGINES)
def test_records_have_the_same_order_blanks_last(engine, backends, plain):
    remote, whole = backends(engine, "generated"), plain["generated"]
    selection = read(whole, {"district": slice(0, 6)})
    for sort in ("canonical_value", "-canonical_value", "year", "-state"):
        asked = Asked("en", selection, Choice(), sort)
        rows = asked.rows(remote.query(selection))
        assert rows["id"].tolist() == asked.rows(whole)["id"].tolist()
        blank = rows[sort.removeprefix("-")].isna().to_numpy()
        assert 0 < blank.sum() < len(rows)
        assert blank[len(rows) - blank.sum() :].all()


@settings(max_examples=5)
@given(drawn=st.data())
def test_any_selection_is_the_same(drawn, backends, plain):
    remote, whole = backends("parquet", "generated"), plain["generated"]
    chosen = {}
    for facet in FACETS:
        keys = st.lists(st.sampled_from(options(whole, facet)), max_size=3, unique=True)
        chosen[facet] = drawn.draw(st.one_of(st.just([]), keys))
    chosen["q"] = [drawn.draw(st.sampled_from(["", "", "超", "a", "5", "石家庄"]))]
    chosen["asof"] = [drawn.draw(st.sampled_from(["2024-01-01", *known_days(whole)[:3]]))]
    selection, _ = from_query(whole, chosen)
    narrow = remote.query(selection)
    assert_same(narrow, whole, selection)
    for table in ("progress", "statements", "headline", "paths", "measurability"):
        assert_frame_equal(table_of(table, narrow, selection, Choice()), table_of(table, whole, selection, Choice()))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_and_a_source_are_there_beside_a_selection(engine, backends, plain):
    remote, whole = backends(engine, "generated"), plain["generated"]
    selection = read(whole, {"district": 0, "year": 4})
    results = progress(whole, selection.asof).set_index("id")
    outside = results.index.difference(select(remote.query(selection), selection)["id"])
    record = next(id_ for id_ in reversed(outside) if results.loc[id_, "actual_id"])
    source = options(whole, "source")[-1]
    narrow = remote.query(selection, source, record)
    assert_same(narrow, whole, selection)
    found = progress(narrow, selection.asof).set_index("id").loc[[record]]
    assert_frame_equal(found, results.loc[[record]])
    assert_frame_equal(
        narrow.frame[narrow.frame["source"] == source].reset_index(drop=True),
        whole.frame[whole.frame["source"] == source].reset_index(drop=True),
    )
    subject = whole.by_id.loc[record, "subject"]
    related = [context(data, selection.asof)[0] for data in (narrow, whole)]
    indicator = whole.by_id.loc[record, "indicator"]
    related = [each[(each["subject"] == subject) & (each["target_indicator"] == indicator)] for each in related]
    assert_frame_equal(*(each.reset_index(drop=True) for each in related))
    at_hand = remote.query(selection)
    for odd in ("no such record", "\0", "\ud800", "x" * 100, narrow.frame["id"].iloc[0].upper()):
        assert remote.query(selection, record=odd) is at_hand
    assert remote.query(selection, record="no-such-record").frame["id"].tolist() == at_hand.frame["id"].tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_of_too_many_records_all_is_counted_and_downloaded(engine, backends, plain, monkeypatch):
    monkeypatch.setattr("targets.backends.remote_data.MOST", 15)
    monkeypatch.setattr("targets.backends.remote_data.WINDOW", 400)
    stored, whole = forget(backends(engine, "generated")), plain["generated"]
    for n, query in enumerate(({}, {"year": slice(2, 6)}, {"kind": ["target", "pledge"], "district": 0})):
        selection = replace(read(whole, query), asof=known_days(whole)[n])
        found, rows = stored.query(selection), select(whole, selection)
        assert found.records == len(rows)
        for facet in FACETS:
            counted = {} if facet == "state" else count_options(whole, selection, facet)
            assert count_options(found.data, selection, facet) == counted
        for table in COUNTED:
            assert_frame_equal(table_of_counts(table, found), table_of(table, whole, selection, Choice()))
        for each in (stored, whole):
            assert b"".join(stream_csv(each.stream(selection))) == to_csv(records_table(rows))
    of_state = replace(selection, state=("met",))
    found = stored.query(of_state)
    assert isinstance(found, TooManyRows)
    assert set(map(len, (count_options(found.data, of_state, facet) for facet in FACETS))) == {0}


def test_a_filter_of_any_column_finds_what_the_arrays_hold(backends, plain, monkeypatch):
    """Numbers, text and keys, with blank cells and without."""
    from targets.backends import pushdown

    stored, whole = backends("parquet", "project"), plain["project"]
    for column in ("line", "year_line", "unit", "status", "modality", "kind"):
        monkeypatch.setattr(pushdown, "STORED", (column,))
        known = options(whole, column)
        for keys in ((known[0],), (known[-1],), (known[0], known[-1])):
            asked = SimpleNamespace(**{column: keys}, asof=Selection().asof, q="")
            found = stored.engine.ask(
                stored.parts, lambda rows, asked=asked: pushdown.select(stored, rows, asked)["id"].to_pyarrow()
            )
            expected = whole.frame["id"][mask_of(whole, column, keys, "")]
            assert sorted(found.to_pylist()) == sorted(expected), (column, keys)
        counts = stored.engine.ask(stored.parts, lambda rows, column=column: pushdown.count_keys(rows, column))
        assert counts == {key: int(mask_of(whole, column, [key], "").sum()) for key in known}


def test_too_many_records_behind_a_few_are_too_many(backends, plain, monkeypatch):
    monkeypatch.setattr("targets.backends.remote_data.MOST_BEHIND", 1)
    selection = replace(read(plain["generated"], {"indicator": 2}), asof="2024-05-05")
    assert isinstance(forget(backends("parquet", "generated")).query(selection), TooManyRows)


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory) -> tuple[Path, Dataset]:
    """A folder of three data folders, and their records as one data set."""
    made = tmp_path_factory.mktemp("parts")
    generate(made / "whole", 300)
    split(made / "whole", made / "parts", 3)
    return made / "parts", dataset.load(made / "whole")


@pytest.mark.parametrize("engine", EVERY)
def test_parts_together_are_as_one_folder(engine, request, tmp_path, in_parts):
    parts, expected = in_parts
    url = str(tmp_path / "backend")
    if engine in SERVERS:
        url = request.getfixturevalue(engine).create_database("parts")
    elif engine == "s3":
        url = request.getfixturevalue("bucket").replace("/backend?", "/parts?")
    stored, steps = take_in(parts, url)
    assert steps == ["backend.checking", "backend.writing"] * 3 + ["backend.done"]
    found, _ = open_backend(stored)
    assert (found.size, found.parts[1][1] > 0, found.version != expected.version) == (300, True, True)
    for query in ({}, {"q": ["超"], "kind": ["target"], "district": slice(0, 9)}):
        selection = read(expected, query)
        narrow = found.query(selection)
        rows = [select(data, selection).reset_index(drop=True) for data in (narrow, expected)]
        assert_frame_equal(*(each.drop(columns="line_in_file") for each in rows))
        for table in set(TABLES) - {"checks"}:
            assert_frame_equal(
                table_of(table, narrow, selection, Choice()), table_of(table, expected, selection, Choice())
            )
    checks = table_of("checks", found.query(Selection()), Selection(), Choice())
    within = ["years-in-order", "ranks-from-one", "shares-to-hundred"]
    counted = table_of("checks", expected, Selection(), Choice()).set_index("check").loc[within]
    columns = ["pairs", "holding", "failing", "undecided", "outcome"]
    assert_frame_equal(checks.set_index("check").loc[within, columns], counted[columns])
    stored.close()


def test_what_was_fetched_stays_while_the_backend_is_away(folders, tmp_path):
    stored, _ = take_in(folders["project"], str(tmp_path / "backend"))
    found, _ = open_backend(stored)
    first, other = (read(found, {"district": n}) for n in (0, 1))
    kept = found.query(first)
    stored.close()
    table = next((tmp_path / "backend").glob("targets_*.parquet"))
    table.rename(tmp_path / "away")
    assert found.query(first) is kept
    with pytest.raises(BackendError) as raised:
        found.query(other)
    assert raised.value.problem.say("en") == (
        "backend: it does not respond; it was expected to be reachable and its tables readable"
    )
    (tmp_path / "away").rename(table)
    assert len(found.query(other).frame)
    stored.close()


@pytest.mark.parametrize("engine", SERVERS)
def test_a_server_that_comes_back_answers_by_itself(engine, request, backends, plain):
    server = request.getfixturevalue(engine)
    found, whole = backends(engine, "project"), plain["project"]
    selection = read(whole, {"industry": 2, "year": 1})
    server.stop()
    with pytest.raises(BackendError) as raised:
        found.query(selection)
    assert raised.value.problem.say("zh") == "127.0.0.1/project：没有应答；应能连上，并能读取其中的表"
    server.start()
    assert_same(found.query(selection), whole, selection)


def test_the_least_used_selections_are_let_go(backends, plain):
    """Those of many records when there are too many records, those of few when there are too many selections."""
    from targets.backends import remote_data

    found = replace(backends("parquet", "project"), slices=remote_data.slice_cache(most=1))
    first, other = (read(plain["project"], {"district": n}) for n in (0, 1))
    kept = found.query(first)
    assert found.query(first) is kept
    found.query(other)
    assert found.query(first) is not kept
    assert isinstance(kept.frame, pd.DataFrame)
    found = replace(backends("parquet", "project"), slices=remote_data.slice_cache(most=3))
    asked = [read(plain["project"], {"q": [f"没有这样的字{n}"]}) for n in range(4)]
    first, *others = [found.query(selection) for selection in asked]
    assert [found.query(selection) for selection in asked[1:]] == others
    assert found.query(asked[0]) is not first


def test_results_of_few_records_have_a_small_budget(backends, plain):
    from targets.backends import remote_data

    narrow = forget(backends("parquet", "project")).query(read(plain["project"], {"q": ["没有这样的字"]}))
    assert narrow.shared.most == remote_data.LEAST_CELLS


def test_the_questions_can_be_put_to_other_engines(backends, plain):
    """Nothing is asked that is one engine's own: Ibis writes every question in another dialect, which is not run here."""
    import ibis

    from targets.backends import pushdown

    found = backends("parquet", "generated")
    rows = ibis.table(found.engine.ask(found.parts, lambda rows: rows.schema()), "targets")
    whole = plain["generated"]
    selection = read(whole, {"district": 0, "year": ["2022", "undated"], "q": ["超"], "asof": ["2023-01-01"]})
    selected = pushdown.select(found, rows, selection)
    questions = [
        selected.count(),
        pushdown.named(rows, "source", ["a"]),
        pushdown.behind(found, rows, whole.frame.head(9)),
        pushdown.window(selected, 0, 9),
    ]
    for question in questions:
        assert "targets" in ibis.to_sql(question, dialect="clickhouse")
