"""Every kind of check with a case that holds, one that fails and one that cannot be decided; broken entries."""

import re

import pytest

from targets.contract.formulas import Term, parse
from targets.contract.schema import DATA_FOLDER, InvalidDataError
from targets.progress import checks as consistency
from targets.progress.checks import RULES, checks
from tests.invented import DOLLARS, record
from tests.invented import build_lines as build

OUTPUT, ADDED, PEOPLE = "规上工业总产值", "工业增加值", {"unit": "人", "district": "宁波经济技术开发区"}


def figure(id_: str, comparator: str, value: str, indicator: str = OUTPUT, actor: str = "镇海区", **cells: str) -> str:
    return record(id_, "target", "2026", comparator, value, indicator, actor, **cells)


def entry(left: str, relation: str, right: str, mixing: str = "") -> str:
    return f"one,{left},{relation},{right},{mixing},题,Title,,"


A, B = figure("a", "eq", "10"), figure("b", "eq", "20", actor="余姚市")
CLASSES = "两千亿级先进产业集群数", "五百亿级先进产业集群数"
ENTERED = {
    "holds": (entry("a", "<=", "b"), [A, B], ("10 ≤ 20", "holds", "yes", "")),
    "fails": (entry("b", "<=", "a"), [A, B], ("20 ≤ 10", "fails", "no", "")),
    "a bound": (entry("a", "<=", "b"), [A, figure("b", "le", "20", actor="余姚市")], ("10 ≤ (≤20)", "undecided", "yes", "bound")),
    "about": (entry("a", "<=", "b"), [A, figure("b", "approx", "20", actor="余姚市")], ("10 ≤ (~20)", "undecided", "yes", "about")),
    "rounding": (entry("a", "<=", "b"), [A, figure("b", "eq", "10", actor="余姚市")], ("10 ≤ 10", "undecided", "yes", "rounding")),
    "less": (entry("a", "<", "b"), [A, B], ("10 < 20", "holds", "yes", "")),
    "not less": (entry("b", "<", "a"), [A, B], ("20 < 10", "fails", "no", "")),
    "less, both over": (
        entry("a", "<", "b"), [figure("a", "gt", "10"), figure("b", "gt", "20", actor="余姚市")], ("(>10) < (>20)", "undecided", "yes", "bound")
    ),
    "a number": (entry("a", "<=", "100"), [A], ("10 ≤ 100", "holds", "yes", "")),
    "a sum": (entry("a + b", "<=", "29"), [A, B], ("10 + 20 ≤ 29", "undecided", "no", "rounding")),
    "a sum too large": (entry("a + b", "<=", "28"), [A, B], ("10 + 20 ≤ 28", "fails", "no", "")),
    "classes": (
        entry("2000*a + 500*b", "<=", "c", "class"),
        [figure("a", "eq", "1", CLASSES[0], unit="个"), figure("b", "ge", "3", CLASSES[1], unit="个"), figure("c", "gt", "3000")],
        ("1 × 2,000 + (≥3) × 500 ≤ (>3,000)", "undecided", "no", "bound"),
    ),
    "same": (entry("a", "same", "b"), [A, figure("b", "eq", "10", actor="余姚市")], ("10 ≡ 10", "holds", "yes", "")),
    "same number, other qualifier": (entry("a", "same", "b"), [A, figure("b", "gt", "10", actor="余姚市")], ("10 ≡ (>10)", "fails", "yes", "")),
    "same as a number": (entry("a", "same", "10"), [A], ("10 ≡ 10", "holds", "yes", "")),
    "over is not the same as a number": (entry("a", "same", "10"), [figure("a", "gt", "10")], ("(>10) ≡ 10", "fails", "yes", "")),
    "not the same as a number": (entry("a", "same", "11"), [A], ("10 ≡ 11", "fails", "no", "")),
    "same as a sum": (entry("a + b", "same", "30"), [A, B], ("10 + 20 ≡ 30", "holds", "yes", "")),
    "a sum of decimals": (
        entry("a + b", "<=", "0.3"), [figure("a", "eq", "0.1"), figure("b", "eq", "0.2", actor="余姚市")], ("0.1 + 0.2 ≤ 0.3", "undecided", "yes", "rounding")
    ),
    "not the same": (entry("a", "same", "b"), [A, B], ("10 ≡ 20", "fails", "no", "")),
}  # fmt: skip


def test_figures_in_two_currencies_are_not_held_against_one_another():
    dollars = (DATA_FOLDER / "units.csv").read_text(encoding="utf-8") + DOLLARS
    records = [
        figure("a", "eq", "900", ADDED), figure("b", "eq", "200", OUTPUT, unit="亿美元"),
        figure("c", "eq", "90", ADDED, actor="宁波市", unit="亿美元"),
    ]  # fmt: skip
    found = checks(build(*records, units=dollars)).set_index("check")
    assert found.loc[["value-added-below-output", "part-below-whole"], "pairs"].tolist() == [0, 0]


def test_an_entered_check_is_decided_by_intervals():
    """All in one data set: what a case calls a is a0 in the first, a1 in the second, and so on."""
    lines, records = [], []
    for n, (line, own, _) in enumerate(ENTERED.values()):
        _, left, relation, right, *more = line.split(",")
        sides = [re.sub(r"\b[abc]\b", rf"\g<0>{n}", side) for side in (left, right)]
        lines.append(",".join([f"case{n}", sides[0], relation, sides[1], *more]))
        records += [each.replace(",", f"{n},", 1) for each in own]
    table = checks(build(*records, checks=tuple(lines))).set_index("check")[["formula", "outcome", "fits", "reason"]]
    found = {case: tuple(table.loc[f"case{n}"]) for n, case in enumerate(ENTERED)}
    assert found == {case: expected for case, (_, _, expected) in ENTERED.items()}


AT = "“{}”列，值“{}”："
KNOWN = "可用的有：a、b、p、v、t、c"
BROKEN = {
    "unknown id": (entry("a", "<=", "zzz"), AT.format("right", "zzz") + "targets.csv 里没有；" + KNOWN),
    "minus": (entry("a - b", "<=", "5"), AT.format("left", "a - b") + "读不懂；应写成 编号、系数*编号 或一个数，用 + 相连"),
    "two factors": (entry("2*3*a", "<=", "b"), AT.format("left", "2*3*a") + "读不懂；应写成 编号、系数*编号 或一个数，用 + 相连"),
    "nothing after +": (entry("a +", "<=", "b"), AT.format("left", "a +") + "读不懂；应写成 编号、系数*编号 或一个数，用 + 相连"),
    "zero times": (entry("0*a", "<=", "b"), AT.format("left", "0*a") + "读不懂；应写成 编号、系数*编号 或一个数，用 + 相连"),
    "no record": (entry("1", "<=", "2"), AT.format("left", "1") + "两边都是数；至少应有一条记录"),
    "no number": (entry("p", "<=", "5"), AT.format("left", "p") + "这条记录没有数字，不能核对"),
    "mixed units": (
        entry("a", "<=", "t"),
        AT.format("right", "t") + "与“a”的量纲不同，不能比较；确有理由时在 mixing 列注明 scope 或 concept",
    ),
    "mixed concepts": (
        entry("v", "<", "a"),
        AT.format("right", "a") + "与“v”的概念不同，不能比较；确有理由时在 mixing 列注明 scope 或 concept",
    ),
    "only the scope accepted": (
        entry("v", "<", "a", "scope"),
        AT.format("right", "a") + "与“v”的概念不同，不能比较；确有理由时在 mixing 列注明 scope 或 concept",
    ),
    "classes beside people": (
        entry("2000*c", "<=", "t", "class"),
        AT.format("mixing", "class") + "等级个数乘以金额，另一边应是金额",
    ),
    "unknown relation": (entry("a", ">=", "b"), AT.format("relation", ">=") + "没有这个取值；最接近的是“<=”"),
}  # fmt: skip


def test_a_broken_entry_is_refused_with_its_place():
    records = [
        A, B, record("p", "pledge", "", "", "", "五个聚力", "余姚市"), figure("v", "eq", "3", ADDED),
        figure("t", "eq", "3", "引进人才数", "极氪", **PEOPLE), figure("c", "eq", "1", CLASSES[0], unit="个"),
    ]  # fmt: skip
    lines = [line.replace("one,", f"case{n},", 1) for n, (line, _) in enumerate(BROKEN.values())]
    *many, unknown_relation = lines
    said = []
    for checked in (many, [unknown_relation]):  # a cell that cannot be read is told before the entries are looked at
        with pytest.raises(InvalidDataError) as raised:
            build(*records, checks=tuple(checked))
        said += [p.say("zh") for p in sorted(raised.value.problems, key=lambda p: p.line)]
    numbers = [*range(2, 2 + len(many)), 2]
    assert said == [f"checks.csv，第{n}行，{text}" for n, (_, text) in zip(numbers, BROKEN.values(), strict=True)]


def test_a_side_is_read_into_terms():
    assert parse("2000*a-1 + 500 * b + c") == (Term(2000, "a-1"), Term(500, "b"), Term(1, "c"))
    assert parse("100.5") == (Term(100.5),)


def general(name: str, *records: str) -> tuple[str, str]:
    table = checks(build(*records)).set_index("check")
    return tuple(table.loc[name, ["outcome", "rows"]])


BIG, CITY = figure("b", "eq", "400"), figure("b", "eq", "400", actor="宁波市")
SHARE, RANK = "高新技术产业增加值占规上工业比重", "亩均产出全省位次"
GENERAL = {
    "value added holds": ("value-added-below-output", [figure("a", "eq", "100", ADDED), BIG], ("holds", "")),
    "value added fails": ("value-added-below-output", [figure("a", "eq", "500", ADDED), BIG], ("fails", "a b")),
    "value added undecided": ("value-added-below-output", [figure("a", "gt", "100", ADDED), BIG], ("undecided", "a b")),
    "value added of another year": (
        "value-added-below-output",
        [record("a", "target", "2025", "eq", "500", ADDED, "镇海区"), BIG],
        ("nothing", ""),
    ),
    "part holds": ("part-below-whole", [figure("a", "eq", "100"), CITY], ("holds", "")),
    "part fails": ("part-below-whole", [figure("a", "eq", "500"), CITY], ("fails", "a b")),
    "part undecided": ("part-below-whole", [figure("a", "approx", "100"), CITY], ("undecided", "a b")),
    "a company is no part": (
        "part-below-whole",
        [figure("a", "eq", "500", actor="镇海炼化", district="镇海区"), CITY],
        ("nothing", ""),
    ),
    "years hold": ("years-in-order", [A], ("holds", "")),
    "target before its source": (
        "years-in-order",
        [record("a", "target", "2020", "eq", "1", OUTPUT, "镇海区"), B],
        ("fails", "a"),
    ),
    "no year": ("years-in-order", [record("a", "target", "", "eq", "1", OUTPUT, "镇海区")], ("nothing", "")),
    "magnitudes hold": ("magnitudes", [figure("a", "eq", "1"), figure("b", "eq", "1000", actor="余姚市")], ("holds", "")),
    "magnitudes fail": (
        "magnitudes",
        [A, B, figure("c", "eq", "20001", actor="宁波市")],
        ("fails", "c"),
    ),
    "ranks hold": ("ranks-from-one", [figure("a", "le", "1", RANK, unit="位")], ("holds", "")),
    "shares hold": ("shares-to-hundred", [figure("a", "gt", "100", SHARE, unit="%")], ("holds", "")),
    "shares fail": ("shares-to-hundred", [figure("a", "gt", "101", SHARE, unit="%")], ("fails", "a")),
}  # fmt: skip


def test_a_check_over_all_records():
    found = {case: general(name, *records) for case, (name, records, _) in GENERAL.items()}
    assert found == {case: expected for case, (_, _, expected) in GENERAL.items()}


def test_every_check_over_all_records_has_a_case():
    assert {case[0] for case in GENERAL.values()} == {rule.name for rule in RULES}


def test_the_page_s_own_checks(data):
    table = checks(data).set_index("check")
    assert table.loc["qianwan-clusters", ["formula", "outcome", "fits"]].tolist() == [
        "1 × 2,000 + 3 × 500 ≤ (>4,500)", "holds", "yes",
    ]  # fmt: skip
    assert table.loc["zeekr-senior-talent", ["outcome", "fits", "reason"]].tolist() == ["undecided", "yes", "about"]
    assert table.loc["qianwan-double-400", "outcome"] == "holds"
    assert not (table["outcome"] == "fails").any()
    assert (table["holding"] + table["failing"] + table["undecided"] == table["pairs"]).all()
    ids = set(data.frame["id"])
    assert all(id_ in ids for rows in table["rows"] for id_ in rows.split())


def test_the_factor_for_magnitudes_is_the_constant(monkeypatch):
    records = [figure("a", "eq", "1"), figure("b", "eq", "1000", actor="余姚市")]
    monkeypatch.setattr(consistency, "FAR", 10)
    assert general("magnitudes", *records) == ("fails", "a b")
    assert re.search(r"\b10\b", checks(build(*records)).set_index("check").loc["magnitudes", "title_en"])
