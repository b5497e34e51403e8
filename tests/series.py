"""Invented series: targets and the figures reported of them, a source a year, and what comes of it by a day."""

from collections.abc import Sequence
from unittest.mock import patch

import pandas as pd

from targets.contract import rules
from targets.load.dataset import Dataset
from targets.progress.progress import progress
from targets.query.selection import Selection
from targets.query.tables import Choice, table_of
from targets.wording.progress_text import say_result
from tests.invented import ACTUAL, DOLLARS, IDS, TARGET, WEB, build

SOURCES = (
    "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
    "page,页,Page,,,,2022,printed,,,9,,\n"
    + "".join(f"y{y},网{y},Web {y},,,{y}-03-01,{y},printed,https://example.com/{y},,,,\n" for y in range(2020, 2029))
)
INDICATORS = "投诉数,Complaints,count,flow,firms,全部,,lower,level,,虚构,Invented,90\n投诉总数,Complaints in all,count,flow,firms,全部,,lower,total,,虚构,Invented,91\n"
BREAKS = "规上工业总产值,镇海区,2023,2024-03-01,口径,Basis,虚构,Invented\n"

FIRMS = {"indicator": "国家级专精特新小巨人企业数", "unit": "家"}
COMPLAINTS = {"indicator": "投诉数", "unit": "家"}
SHARE = {"indicator": "高新技术产业增加值占规上工业比重", "unit": "%"}
GROWTH = {"indicator": "地区生产总值增速", "unit": "%"}
AVERAGE = {"indicator": "数字经济核心产业增加值年均增速", "unit": "%"}
LEVEL = {"indicator": "数字经济核心产业增加值", "unit": "亿元"}
INVESTMENT = {"indicator": "产业投资", "unit": "亿元"}
RECRUITED = {"indicator": "引进人才数", "unit": "人", "actor": "极氪", "district": "宁波经济技术开发区"}
RANK = {"indicator": "工业增加值全国城市位次", "unit": "位"}
LOW_TAX = {"indicator": "亩均税收1万元以下企业数", "unit": "家"}
GDP = {"indicator": "地区生产总值", "unit": "亿元"}


def target(printed: str, year: int | str = 2023, **more: str) -> dict[str, str]:
    """A target of the page: comparator and number, `ge 1210`."""
    comparator, value = printed.split()
    basis = "printed" if year else "none"
    return TARGET | {"comparator": comparator, "value": value, "year": str(year), "year_basis": basis} | more


def actual(printed: str, year: int, **more: str) -> dict[str, str]:
    """An actual that is published in March of the year after."""
    comparator, value = printed.split()
    web = {"source": f"y{year + 1}", "line": ""}
    return ACTUAL | web | {"comparator": comparator, "value": value, "year": str(year)} | more


def build_series(*rows: dict[str, str], breaks: str = "", **more: str) -> Dataset:
    """A data set of a time when all its sources have been published; `more` adds lines to other files."""
    more |= {"indicators": INDICATORS, "breaks": breaks, "units": DOLLARS}
    with patch.object(rules, "today", lambda: "2030-01-01"):
        return build(*rows, sources=SOURCES, more=more)


def judge(*rows: dict[str, str], asof: str) -> pd.DataFrame:
    """The progress of all targets among the records, by id."""
    return progress(build_series(*rows, breaks=BREAKS), asof).set_index("id")


def judge_each(cases: Sequence[list[dict[str, str]]], asof: str) -> list[pd.Series]:
    """The progress of the first target of each case, all in one data set: each case is a place and speaks of no other.

    The records of a case are a, b, c as in `judge`.
    """
    rows, actors, districts = [], "", ""
    for n, case in enumerate(cases):
        place = {"district": f"地{n}", "actor": f"地{n}"}
        actors += f"地{n},Place {n},district,地{n},公报,Report,{100 + n}\n"
        districts += f"地{n},Place {n},,{100 + n}\n"
        for letter, row in zip(IDS, case, strict=False):
            named = {column: f"{row[column]}-{n}" for column in ("base", "revises") if row.get(column)}
            rows.append(row | named | place | {"id": f"{letter}-{n}"})
    table = progress(build_series(*rows, actors=actors, districts=districts), asof).set_index("id")
    table[["base_id", "actual_id"]] = table[["base_id", "actual_id"]].astype("str").replace(r"-\d+$", "", regex=True)
    return [table.loc[f"a-{n}"] for n in range(len(cases))]


def same(rows: list[dict[str, str]], **more: str) -> list[dict[str, str]]:
    return [row | more for row in rows]


def firms(*rows: dict[str, str]) -> list[dict[str, str]]:
    """Counts of firms are exact, so that R is a number."""
    return same(list(rows), **FIRMS)


BASE = actual("eq 1000", 2021)
OPEN = "2023-06-30"
DUE = "2024-06-30"
DAY = "2026-11-24"
"""A day by which all of the data has been published."""
LATER = WEB | {"year": "2024", "value": "3300"}
TWO_BREAKS = (
    "规上工业总产值,镇海区,2023,2024-03-01,口径甲,Basis A,虚构,Invented\n"
    "规上工业总产值,镇海区,2027,2028-03-01,口径乙,Basis B,虚构,Invented\n"
    "数字经济核心产业增加值,镇海区,2023,2024-03-01,口径丙,Basis C,虚构,Invented\n"
)


def listed(name: str, data: Dataset, day: str = DAY) -> pd.DataFrame:
    return table_of(name, data, Selection(asof=day), Choice())


def results(data: Dataset, lang: str = "zh", day: str = DAY) -> dict[str, str]:
    return {row.id: say_result(data, lang, row) for row in progress(data, day).itertuples()}
