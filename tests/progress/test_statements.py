"""What a page states of the past, held against other sources."""

from targets.wording.headlines import find
from tests.invented import ACTUAL, DOLLARS, WEB, build
from tests.series import (
    TWO_BREAKS,
    actual,
    build_series,
    listed,
)

STATED = ACTUAL | {"comparator": "gt", "value": "3000"}
HELD = {
    "confirmed by an exact figure": (STATED, {"comparator": "eq", "value": "3200"}, "confirmed"),
    "confirmed by a rounded figure": (STATED, {"comparator": "eq", "value": "0.31", "unit": "万亿元"}, "confirmed"),
    "contradicted": (STATED, {"comparator": "eq", "value": "2900"}, "contradicted"),
    "over is not exactly": (STATED | {"value": "4"}, {"comparator": "lt", "value": "4"}, "contradicted"),
    "rounding reaches across": (STATED, {"comparator": "eq", "value": "0.30", "unit": "万亿元"}, "undecided"),
    "a bound decides nothing": (STATED, {"comparator": "gt", "value": "2900"}, "undecided"),
    "the same bound": (STATED, {"comparator": "gt", "value": "3000"}, "confirmed"),
    "at least does not confirm over": (STATED, {"comparator": "ge", "value": "3000"}, "undecided"),
    "about decides nothing": (STATED, {"comparator": "approx", "value": "3200"}, "undecided"),
    "another year": (STATED, {"year": "2020"}, "unconfirmed"),
    "part of the year": (STATED, {"period": "Q1-3"}, "unconfirmed"),
    "another scope": (STATED, {"indicator": "工业增加值"}, "unconfirmed"),
    "another currency": (STATED, {"value": "500", "unit": "亿美元"}, "unconfirmed"),
}


def test_a_statement_is_held_against_the_same_figure_elsewhere():
    """Each in a place of its own."""
    rows, actors, districts = [], "", ""
    for n, (stated, other, _) in enumerate(HELD.values()):
        place = {"district": f"地{n}", "actor": f"地{n}"}
        published = ACTUAL | WEB | {"status": "final", "value": "3200"} | other
        rows += [stated | place | {"id": f"stated-{n}"}, published | place | {"id": f"published-{n}"}]
        actors += f"地{n},Place {n},district,地{n},公报,Report,{100 + n}\n"
        districts += f"地{n},Place {n},,{100 + n}\n"
    data = build(*rows, more={"units": DOLLARS, "actors": actors, "districts": districts})
    found = listed("statements", data).set_index("id")["outcome"].astype("str").to_dict()
    assert found == {f"stated-{n}": outcome for n, (_, _, outcome) in enumerate(HELD.values())}


def test_a_statement_without_a_year_is_compared_with_the_year_before_its_page():
    undated = STATED | {"year": "", "year_basis": "none"}
    data = build(undated, ACTUAL | WEB | {"value": "3200"}, ACTUAL | WEB | {"year": "2020", "value": "2000"})
    found = listed("statements", data)
    assert found[["id", "outcome", "year_compared", "other_id"]].to_numpy().tolist() == [["a", "confirmed", 2021, "b"]]
    assert find("statements", data, "zh", found).title == (
        "这里列出文中自述的1项事实，对照其他来源：1项得到证实。有数字可对照的1项中，1项文中未注明年份，按来源的前一年对照。"
    )


def test_a_figure_beyond_a_break_contradicts_no_statement():
    """What is found on a later basis says nothing of what a page stated on the earlier one."""
    stated = actual("gt 3000", 2021, source="page", line="2")
    later = actual("eq 2900", 2021, source="y2025", status="revised")
    for breaks, outcome in (("", "contradicted"), (TWO_BREAKS, "unconfirmed")):
        assert listed("statements", build_series(stated, later, breaks=breaks))["outcome"].tolist() == [outcome]
    both = build_series(stated, actual("eq 3200", 2021), later, breaks=TWO_BREAKS)
    assert listed("statements", both)[["outcome", "other_id"]].to_numpy().tolist() == [["confirmed", "b"]]


def test_what_is_published_later_confirms_nothing_yet():
    data = build(STATED, ACTUAL | WEB | {"value": "3200", "status": "final"})
    assert listed("statements", data, "2023-01-01")["outcome"].tolist() == ["unconfirmed"]


def test_the_project_s_page_is_confirmed_by_the_communique(all_data):
    found = listed("statements", all_data).set_index("id")
    assert found["outcome"].value_counts().to_dict() == {"confirmed": 6, "unconfirmed": 5}
    assert found.loc["ningbo-value-added-2021", ["outcome", "other_printed"]].tolist() == ["confirmed", "6297.5亿元"]
    assert found.loc["zhenhai-quality-index-rank-2021", ["outcome", "other_printed"]].tolist() == [
        "confirmed",
        "全省第4",
    ]
