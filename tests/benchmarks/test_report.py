"""The report of the measurements: turns, medians, ratios and verdicts."""

from benchmarks.report import Row, take_turns, write_failure, write_table


def test_a_row_says_its_ratio_and_whether_the_aim_is_reached():
    rows = {
        Row("a", 12.3, "ms"): "| a | 12.3 ms |  |  |  |  |",
        Row("a", 110, "ms", "bare", 100, 1.1): "| a | 110 ms | bare 100 | 1.1x | ≤ 1.1x | yes |",
        Row("a", 1234.5, "ms", "bare", 100, 1.1): "| a | 1,234 ms | bare 100 | 12.3x | ≤ 1.1x | **no** |",
        Row("a", 80, "/s", "naive", 10, 8, more=True): "| a | 80 /s | naive 10 | 8x | ≥ 8x | yes |",
        Row("a", 26, "kB", aim=25): "| a | 26 kB |  |  | ≤ 25 kB | **no** |",
        Row("a", 5, "", "naive", 0, 1): "| a | 5  | naive 0 |  | ≤ 1x |  |",
    }
    assert {row: row.write() for row in rows} == rows
    assert write_failure("a", "no nginx") == "| a | not run: no nginx | | | | |"


def test_a_table_has_a_title_and_a_row_per_measure():
    assert list(write_table("Speed", [Row("a", 1, "s")]))[0::3] == ["\n## Speed\n", "| a | 1 s |  |  |  |  |"]


def test_cases_take_turns_and_give_medians():
    order, figures = [], {"a": iter((3, 1, 8)), "b": iter((5, 5, 6))}

    def measure(name):
        order.append(name)
        return {"ms": next(figures[name])}

    cases = {name: lambda name=name: measure(name) for name in figures}
    assert take_turns(cases, 3) == {"a": {"ms": 3}, "b": {"ms": 5}}
    assert order == list("ababab")
