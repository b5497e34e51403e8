"""Data of any size: it loads, it has everything that real data has, and the same seed gives the same bytes."""

from targets.contract.schema import resources
from targets.load import dataset
from tests.generator import generate, read_places


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_data_loads_and_has_so_many_records(tmp_path):
    for records in (60, 61, 20_000):
        generate(tmp_path / str(records), records)
        assert len(dataset.load(tmp_path / str(records)).frame) == records


def test_every_unit_comparator_kind_and_dimension_occurs(tmp_path):
    generate(tmp_path, 5000)
    frame = dataset.load(tmp_path).frame
    assert len(frame) == 5000
    written = {unit.decode().split(",")[0] for unit in (tmp_path / "units.csv").read_bytes().split(b"\n")[1:-1]}
    assert set(frame["unit"]) == written | {""}
    for column in ("kind", "comparator", "year_basis", "status"):
        known = {each["value"] for each in resources()["targets"].field(column).categories}
        assert set(frame[column].dropna()) == known, column
    assert set(frame["dimension"]) == {"money", "share", "growth", "count", "rank", ""}
    assert (frame["base"] != "").any() and (frame["revises"] != "").any() and frame["year"].isna().any()


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, 300, seed)
    assert read(tmp_path / "a") == read(tmp_path / "b") != read(tmp_path / "c")


def test_places_are_named_once():
    names = [place.name for place in read_places()]
    assert len(names) == len(set(names)) > 330
