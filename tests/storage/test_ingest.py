"""Taking folders in: once, as a whole or not at all, on from where it stopped, and nothing seen before its time."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from targets.contract.schema import InvalidDataError
from targets.load.dataset import BackendError
from targets.query.selection import Selection
from targets.storage.checksums import write_checksums
from tests.backend_servers import (
    ANY_TABLE,
    EVERYWHERE,
    ClickHouse,
    ingest,
    open_backend,
    open_engine,
    read_csv,
    split,
    take_in,
    write_csv,
)
from tests.generator import generate

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@pytest.fixture(scope="module")
def three_parts(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("generated")
    generate(made / "whole", 150)
    split(made / "whole", made / "parts", 3)
    return made / "parts"


@pytest.fixture
def parts(three_parts, tmp_path) -> Path:
    """Three data folders, to be changed."""
    return Path(shutil.copytree(three_parts, tmp_path / "parts"))


INDEX = "index"


def tables(engine) -> set[str]:
    from targets.storage.ingest import PART_TABLE

    return {name for name in engine.tables() if PART_TABLE.fullmatch(name)}


def test_a_folder_that_was_taken_in_is_passed_over(page_folder, backend, monkeypatch, tmp_path):
    engine, steps = take_in(page_folder, backend.url)
    assert steps == ["backend.checking", "backend.writing", "backend.done"]
    written = tables(engine)
    monkeypatch.setattr(type(engine), "write", None)
    again, steps = take_in(page_folder, backend.url)
    assert steps == ["backend.there", "backend.done"]
    assert tables(again) == written
    assert not [*tmp_path.glob("backend/.*"), *tmp_path.glob("backend/*.tmp")]


def test_parts_are_found_beside_one_another_or_alone(parts, page_folder):
    from targets.storage.ingest import find_parts

    assert [part.name for part in find_parts(parts)] == ["part-0", "part-1", "part-2"]
    assert find_parts(page_folder) == [page_folder]


@EVERYWHERE
def test_what_was_interrupted_goes_on_where_it_stopped(parts, backend, monkeypatch):
    from targets.backends.pushdown import count

    engine = open_engine(backend.url)
    write, many = type(engine).write, []

    def fail_at_the_second(self, name, rows):
        many.append(name)
        if len(many) == 4:
            write(self, name, rows.slice(9))
            raise OSError("disk full")
        write(self, name, rows)

    monkeypatch.setattr(type(engine), "write", fail_at_the_second)
    with pytest.raises(OSError, match="disk full"):
        list(ingest(parts, engine))
    assert engine.read_document(INDEX) is None
    with pytest.raises(BackendError):
        open_backend(engine)
    monkeypatch.undo()
    steps = [key for key, _ in ingest(parts, engine)]
    assert steps == ["backend.there", *["backend.checking", "backend.writing"] * 2, "backend.done"]
    found, _ = open_backend(engine)
    assert (found.size, engine.ask(found.parts, count)) == (150, 150)
    engine.close()


def test_a_table_without_its_document_is_written_again(page_folder, tmp_path):
    engine, _ = take_in(page_folder, str(tmp_path / "backend"))
    next(engine.folder.glob("part_*.json")).unlink()
    assert [key for key, _ in ingest(page_folder, engine)] == ["backend.checking", "backend.writing", "backend.done"]


def test_a_folder_that_does_not_pass_changes_nothing(folder, backend):
    engine, _ = take_in(folder, backend.url)
    before, shown = tables(engine), engine.read_document(INDEX)
    file = folder / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4000,", ",四千,", 1), encoding="utf-8")
    with pytest.raises(InvalidDataError, match="四千"):
        list(ingest(folder, engine))
    assert (tables(engine), engine.read_document(INDEX)) == (before, shown)


def test_a_folder_with_fewer_rows_is_refused_by_its_checksums(folder, tmp_path):
    write_checksums(folder)
    header, rows = read_csv(folder / "targets.csv")
    write_csv(folder / "targets.csv", header, rows[:-1])
    with pytest.raises(InvalidDataError) as raised:
        list(ingest(folder, open_engine(str(tmp_path / "backend"))))
    assert [problem.rule for problem in raised.value.problems] == ["fewer_rows"]


def test_readers_of_the_last_data_are_not_disturbed_by_new_ones(folder, backend):
    engine, _ = take_in(folder, backend.url)
    old, _ = open_backend(engine)
    header, rows = read_csv(folder / "targets.csv")
    named = {cell for row in rows for cell in row[1:]}
    kept = [row for row in rows[:-1] if row[0] not in named]
    for n in (1, 2):
        number = header.index("note")
        kept[0][number] = f"{n}"
        write_csv(folder / "targets.csv", header, [*kept[:1], *rows[1:]])
        write_checksums(folder)
        list(ingest(folder, engine))
        assert len(tables(engine)) == 4
        if n == 1:
            assert len(old.query(Selection()).frame) == old.size
    assert open_backend(engine)[0].query(Selection()).frame["note"].iloc[0] == "2"
    engine.close()


def test_parts_that_repeat_an_id_or_contradict_one_another_are_refused(parts, backend):
    header, rows = read_csv(parts / "part-0" / "targets.csv")
    at = {name: header.index(name) for name in ("id", "kind", "comparator", "value")}
    actual = next(row for row in rows if row[at["kind"]] == "actual" and row[at["comparator"]] == "eq")
    other, more = read_csv(parts / "part-1" / "targets.csv")
    other_value = [*actual]
    other_value[at["value"]] = "7"
    write_csv(parts / "part-1" / "targets.csv", other, [*more, other_value])
    engine = open_engine(backend.url)
    with pytest.raises(InvalidDataError) as raised:
        list(ingest(parts, engine))
    assert [(p.rule, p.value.split()[0]) for p in raised.value.problems] == [
        ("backend_repeated", actual[0]),
        ("backend_two_actuals", actual[header.index("actor")]),
    ]
    assert engine.read_document(INDEX) is None


def test_figures_of_several_parts_that_can_all_be_true_are_taken_in(parts, backend):
    header, rows = read_csv(parts / "part-0" / "targets.csv")
    at = {name: header.index(name) for name in ("id", "kind", "comparator", "value")}
    exact = next(row for row in rows if row[at["kind"]] == "actual" and row[at["comparator"]] == "eq")
    bound = [*exact]
    for name, cell in (("id", "bound"), ("comparator", "gt"), ("value", "0.001")):
        bound[at[name]] = cell
    other, more = read_csv(parts / "part-1" / "targets.csv")
    write_csv(parts / "part-1" / "targets.csv", other, [*more, bound])
    engine, _ = take_in(parts, backend.url)
    data, _ = open_backend(engine)
    assert {"bound", exact[at["id"]]} <= set(data.query(Selection(kind=("actual",))).frame["id"])


def test_parts_whose_lists_disagree_are_refused(parts, tmp_path):
    header, rows = read_csv(parts / "part-2" / "actors.csv")
    rows[0][header.index("name_en")] = "Somebody else"
    write_csv(parts / "part-2" / "actors.csv", header, rows)
    with pytest.raises(BackendError) as raised:
        list(ingest(parts, open_engine(str(tmp_path / "backend"))))
    assert raised.value.problem.say("en").startswith("actors.csv: several data folders say different things")


def test_a_part_may_have_entries_that_others_lack(parts, backend):
    header, rows = read_csv(parts / "part-2" / "industries.csv")
    write_csv(parts / "part-2" / "industries.csv", header, [*rows, ["海洋", "Sea", "99"]])
    engine, _ = take_in(parts, backend.url)
    data, _ = open_backend(engine)
    assert data.columns["industry"]["keys"][-1] == "海洋"
    assert data.query(Selection()).frame["industry"].cat.categories[-1] == "海洋"


def test_a_backend_of_another_shape_says_so(page_folder, backend):
    from targets.backends.parts import document_of

    engine, _ = take_in(page_folder, backend.url)
    shown = engine.read_document(INDEX)
    for broken in ({}, {"parts": []}, {"parts": ["0" * 12]}):
        engine.write_document(INDEX, broken)
        with pytest.raises(BackendError, match="backend_shape"):
            open_backend(engine)
    engine.write_document(INDEX, {})
    assert [key for key, _ in ingest(page_folder, engine)] == ["backend.there", "backend.done"]
    part = document_of(shown["parts"][0])
    described = engine.read_document(part)
    described["columns"]["colour"] = {"type": "str"}
    engine.write_document(part, described)
    with pytest.raises(BackendError, match="backend_shape"):
        open_backend(engine)


@EVERYWHERE
def test_tables_of_an_earlier_column_set_are_named_and_taken_in_anew(page_folder, backend, monkeypatch, capsys):
    from targets.backends import parts
    from targets.load import dataset
    from targets.storage.ingest import main

    build = dataset.build
    with monkeypatch.context() as earlier:
        earlier.setattr(parts, "COMPUTED", [name for name in parts.COMPUTED if name != "level"])
        earlier.setattr(
            dataset, "build", lambda files: replace(data := build(files), frame=data.frame.drop(columns="level"))
        )
        engine, _ = take_in(page_folder, backend.url)
        old = engine.read_document(INDEX)["parts"][0]
    with pytest.raises(BackendError) as raised:
        open_backend(engine)
    named = f"{backend.name}/targets_{old}"
    assert raised.value.problem.say("zh") == (
        f"{named}：不是本程序现在写入的样子，列可能不同；请用 python -m targets.storage.ingest 重新收入数据文件夹"
    )
    assert raised.value.problem.say("en") == (
        f"{named}: not written as this program expects, perhaps with other columns; "
        "take the data folder in again with python -m targets.storage.ingest"
    )
    assert main([str(page_folder), "--to", backend.url, "--lang", "en"]) == 0
    assert "writing 70 records" in capsys.readouterr().out
    assert f"targets_{old}" in tables(engine)  # beside what earlier readers read
    new = parts.table_of(engine.read_document(INDEX)["parts"][0])
    assert len(open_backend(engine)[0].query(Selection()).frame) == 70
    rows = engine.ask(((new, 0),), lambda rows: rows.drop("level").to_pyarrow())
    engine.close()
    engine.write(new, rows)
    with pytest.raises(BackendError) as raised:
        open_backend(engine)
    assert raised.value.problem.file == f"{backend.name}/{new}"
    assert [key for key, _ in ingest(page_folder, engine)] == ["backend.checking", "backend.writing", "backend.done"]
    engine.close()


def test_every_column_of_the_frame_is_stored(data):
    """Tables with other columns are another part: whoever adds one to the frame enters it in COMPUTED."""
    from targets.backends.parts import stored_columns
    from targets.backends.pushdown import OWN

    assert stored_columns() == {*data.frame.columns, *OWN}


def test_the_text_that_a_backend_searches(data):
    """Backends hold it: whoever changes it raises FORMAT, so that they are taken in anew."""
    from targets.backends.parts import FORMAT, to_rows

    rows = to_rows(data)
    searched = dict(zip(rows["id"].to_pylist(), rows["folded"].to_pylist(), strict=True))
    assert FORMAT == 3
    assert searched["qianwan-investment-2022"] == (
        "双400亿\n力争\n400\n“双400亿”之一(投资);印作“亿”,未印“元”\n"
        "one of the two 400s (investment); printed 亿 without 元"
    )


def test_documents_that_make_no_sense_say_so(page_folder, backend):
    from targets.backends.parts import document_of

    engine, _ = take_in(page_folder, backend.url)
    shown = engine.read_document(INDEX)
    part = document_of(shown["parts"][0])
    described = engine.read_document(part)
    units = described["lists"]["units"].replace("10000", "many", 1)
    for name, broken in ((part, described | {"lists": described["lists"] | {"units": units}}),):
        engine.write_document(name, broken)
        with pytest.raises(BackendError, match="backend_shape"):
            open_backend(engine)
        engine.write_document(INDEX, shown)


def test_what_is_read_no_longer_is_removed(parts, page_folder, tmp_path):
    """Beside what new readers read, what those before them did stays: two takings in later it is gone."""
    for folder in (parts, page_folder, parts / "part-0", page_folder):
        engine, _ = take_in(folder, str(tmp_path / "backend"))
        opened, _ = open_backend(engine)
        opened.query(Selection())
    names = sorted(path.name.split("_")[0] for path in (tmp_path / "backend").iterdir())
    assert names == ["heads", "heads", "index.json", "part", "part", "targets", "targets"]


def test_a_document_that_is_cut_off_says_so(page_folder, tmp_path):
    engine, _ = take_in(page_folder, str(tmp_path / "backend"))
    (engine.folder / "index.json").write_text("{", encoding="utf-8")
    with pytest.raises(BackendError, match="backend_shape"):
        open_backend(engine)


def test_the_command_says_every_step(folder, backend, capsys):
    from targets.storage.ingest import main

    url = f"file://{backend.url}" if backend.url.startswith("/") else backend.url
    assert main([str(folder), "--to", url, "--lang", "en"]) == 0
    version = open_backend(open_engine(url))[0].version
    assert capsys.readouterr().out.splitlines() == [
        "1/1 data: checking",
        "1/1 data: writing 70 records",
        f"Done: 1 data folder, 70 records, data version {version}.",
    ]
    (folder / "targets.csv").unlink()
    assert main([str(folder), "--to", url]) == 1
    assert capsys.readouterr().err == "targets.csv：找不到文件；应在数据文件夹中\n"


def test_an_address_that_is_not_known_is_said(capsys):
    from targets.storage.ingest import main

    expected = "a folder, s3://bucket/prefix, postgresql://user@host/database or clickhouse://user@host/database"
    for url in (
        "mysql://a@b/c",
        "postgresql://host",
        "clickhouse://host",
        "clickhouse://host:port/database",
        "clickhouse://host/database?secure=no",
        "",
        "http://[",
        "s3://",
        "s3://bucket/a?nonsense=1",
        "file://elsewhere/folder",
    ):
        assert main(["data", "--to", url, "--lang", "en"]) == 2, url
        assert f"{expected} was expected" in capsys.readouterr().err, url


def test_a_server_that_is_not_there_is_said_without_its_password(capsys, caplog):
    from targets.storage.ingest import main

    for scheme in ("postgresql", "clickhouse"):
        assert main(["data", "--to", f"{scheme}://me:secret@127.0.0.1:9/targets"]) == 2
        assert capsys.readouterr().err == "127.0.0.1/targets：没有应答；应能连上，并能读取其中的表\n"
        assert "secret" not in caplog.text


def test_a_server_that_does_not_let_in_is_said_without_its_password(clickhouse, capsys, caplog):
    from targets.storage.ingest import main

    for database, password in (("default", "secret"), ("elsewhere", ClickHouse.PASSWORD)):
        assert main(["data", "--to", clickhouse.address(database, password)]) == 2
        assert capsys.readouterr().err == f"127.0.0.1/{database}：没有应答；应能连上，并能读取其中的表\n"
        assert password not in caplog.text


@ANY_TABLE
def test_a_table_is_written_anew_whole_and_in_chunks(backend, monkeypatch):
    engine = open_engine(backend.url)
    rows = pa.table({"district": ["甲", "甲", "乙"], "position": [0, 2, 1], "value": [0.1, None, -1e300], "note": ["", "\0'\\\n", None],
                     "year": pa.array([None, 2022, 1], pa.int64()), "linked": [True, False, True]})  # fmt: skip
    monkeypatch.setattr("targets.backends.clickhouse.CHUNK", 2)
    for written in (rows, rows.slice(1), rows.slice(3), rows):
        engine.write("heads_0", written)
        found = engine.ask((("heads_0", 5),), lambda rows: rows.order_by("position").to_pyarrow())
        assert found.to_pylist() == written.sort_by("position").to_pylist()
    engine.drop("heads_0")
    assert engine.tables() == set()
    engine.close()


@pytest.mark.soak
@ANY_TABLE
def test_a_question_may_name_many_keys(backend):
    from targets.backends.pushdown import count, named

    engine, keys = open_engine(backend.url), [f"某省某市某区的第{n}个公司" for n in range(40_000)]
    rows = pa.table({"district": keys, "position": range(len(keys))})
    engine.write("heads_0", rows)
    found = engine.ask((("heads_0", 0),), lambda rows: count(named(rows, "district", keys[1:])))
    assert found == len(keys) - 1
    engine.close()


@EVERYWHERE
def test_the_last_document_of_a_name_counts(backend):
    engine = open_engine(backend.url)
    assert engine.read_document("a") is None
    for name, content in (("a", {"n": 1}), ("b", {"n": 2}), ("a", {"甲": ["\\'\n\0", None, 2**60]})):
        engine.write_document(name, content)
        assert engine.read_document(name) == content
    assert engine.read_document("b") == {"n": 2}
    assert engine.read_document("c") is None
    engine.close()


def test_connections_are_closed_by_several_at_once(page_folder, tmp_path):
    class Contended(list):
        """Whoever pops from it finds that another thread was quicker."""

        def pop(self):
            super().pop()
            return super().pop()

    engine, _ = take_in(page_folder, str(tmp_path / "backend"))
    open_backend(engine)
    assert len(engine._idle) == 1
    engine._idle = Contended(engine._idle)
    engine.close()
    assert engine._idle == []


def test_the_default_start_knows_no_engine():
    """Without TARGETS_URL neither Ibis nor an engine is imported: they cost half a second."""
    code = "import sys, dashboard; print({'ibis', 'duckdb', 'psycopg', 'clickhouse_connect'} & set(sys.modules))"
    clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean)
    assert done.stdout == "set()\n"
