"""The report of the measurements: ratios, verdicts and exponents."""

import pytest

from benchmarks.report import NotRun, Row, fit_exponent, write_growth, write_table


def test_a_row_says_its_ratio_and_whether_the_aim_is_reached():
    rows = {
        Row("a", 12.3, "ms"): "| a | 12.3 ms |  |  |  |  |",
        Row("a", 110, "ms", "bare", 100, 1.1): "| a | 110 ms | bare 100 | 1.1x | ≤ 1.1x | yes |",
        Row("a", 1234.5, "ms", "bare", 100, 1.1): "| a | 1,234 ms | bare 100 | 12.3x | ≤ 1.1x | **no** |",
        Row("a", 80, "/s", "naive", 10, 8, more=True): "| a | 80 /s | naive 10 | 8x | ≥ 8x | yes |",
        Row("a", 26, "kB", aim=25): "| a | 26 kB |  |  | ≤ 25 kB | **no** |",
        Row("a", 5, "", "naive", 0, 1): "| a | 5  | naive 0 |  | ≤ 1x |  |",
        NotRun("a", "no nginx"): "| a | not run: no nginx | | | | |",
    }
    assert {row: row.write() for row in rows} == rows


def test_a_table_has_a_title_and_a_row_per_measure():
    assert list(write_table("Speed", [NotRun("a", "b")]))[0::3] == ["\n## Speed\n", "| a | not run: b | | | | |"]


def test_the_exponent_of_a_power_is_found():
    sizes = [10, 100, 1000]
    for power in (0, 0.5, 1, 2):
        assert fit_exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power)
        assert list(write_growth("rows", sizes, {"a": [3 * s**power for s in sizes]}))[-1].endswith(f"| {power:.2f} |")
