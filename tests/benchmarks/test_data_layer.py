"""The measures of the data layer follow the code that they measure."""

from tests.generator import generate


def test_every_measure_takes_time_and_has_a_floor(tmp_path, monkeypatch):
    from benchmarks.data_layer import FLOORS, MEASURES, measure_here

    monkeypatch.setenv("TARGETS_STATE", str(tmp_path))
    generate(tmp_path / "data", 60)
    names = {each.__name__ for each in MEASURES}
    assert names == {*FLOORS, *(floor for floor, _ in FLOORS.values())}
    for each in MEASURES:
        assert min(measure_here(each, tmp_path / "data").values()) > 0, each.__name__
