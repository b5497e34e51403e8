"""Downloads, clicked as a reader clicks them: what is on screen is what is in the file."""

import codecs
import re
from pathlib import Path

import pandas as pd
import pytest

from targets.text import say


def download(tab, link):
    """Click a download; return the file's name and its bytes."""
    with tab.page.expect_download() as started:
        link.click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def read(content, tmp_path):
    """Read a download with pandas, from a file as its reader would."""
    path = tmp_path / "download.csv"
    path.write_bytes(content)
    return pd.read_csv(path)


def expect_plain_csv(content):
    """Expect UTF-8 with a mark and every line ended for Excel."""
    assert content.startswith(codecs.BOM_UTF8)
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[-1] == ""
    assert not any("\n" in line or "\r" in line for line in lines)


def ids_on_screen(tab):
    return tab.page.locator("td a[href*='record=']").evaluate_all(
        "links => links.map(link => new URL(link.href).searchParams.get('record'))"
    )


def test_records_on_screen_are_the_records_downloaded(server, tab, data, tmp_path):
    frame = data.frame
    chosen = frame[(frame["kind"] == "target") & (frame["district"] == "镇海区")].set_index("id")
    tab.open(f"{server.address}/records?lang=zh&kind=target&district=镇海区")
    for sort in ("", "-canonical_value", "indicator"):
        if sort:
            tab.turn(f"{server.address}/records?lang=zh&kind=target&district=镇海区&sort={sort}")
        shown = ids_on_screen(tab)
        name, content = download(tab, tab.page.get_by_role("link", name=say("zh", "records.download", n=len(shown))))
        assert name == "目标与数字_镇海区_目标.csv"
        expect_plain_csv(content)
        table = read(content, tmp_path)
        assert list(table["id"]) == shown
        assert sorted(shown) == sorted(chosen.index)
        columns = list(table.columns)
        assert columns.index("comparator") + 1 == columns.index("value")
        assert table["comparator"].notna().all()
        assert list(table["value"]) == list(chosen.loc[shown, "value"])
    tab.turn(f"{server.address}/records?lang=zh&page=2")
    name, content = download(tab, tab.page.locator("a[download]").first)
    assert name == f"目标与数字_{say('zh', 'file.all')}.csv"
    assert list(read(content, tmp_path)["id"]) == list(frame["id"])
    assert tab.faults == []


def test_pledges_have_neither_number_nor_comparator(server, tab, tmp_path):
    tab.open(f"{server.address}/records?lang=en&district=前湾新区")
    name, content = download(tab, tab.page.locator("a[download]").first)
    assert name == "targets_Qianwan-New-Area.csv"
    expect_plain_csv(content)
    table = read(content, tmp_path)
    assert list(table["id"]) == ids_on_screen(tab)
    assert (table["comparator"].notna() == table["value"].notna()).all()
    assert (table["value"].isna() == (table["kind"] == "pledge")).all()
    assert table["kind"].nunique() > 1


TABLES = {
    "zh": (
        ("", "", 0, "承诺一览_全部.csv"),
        ("", "district=镇海区", 4, "重点目标_镇海区.csv"),
        ("by_district", "compare=规上工业总产值", 0, "指标比较_全部.csv"),
        ("by_industry", "sector=数字经济", 1, "产业概况_全部.csv"),
        ("by_year", "horizon=2026", 1, "当年目标_全部.csv"),
    ),
    "en": (
        ("by_district", "place=前湾新区&kind=target", 1, "place_Target.csv"),
        ("by_industry", "year=undated", 0, "industries_no-year-stated.csv"),
        ("by_year", "q=GDP", 0, "timeline_GDP.csv"),
    ),
}


@pytest.mark.parametrize("lang", TABLES)
def test_table_listed_is_the_table_downloaded(server, tab, tmp_path, lang):
    for path, query, nth, name in TABLES[lang]:
        go = tab.open if tab.page.url == "about:blank" else tab.turn
        go(f"{server.address}/{path}?lang={lang}&{query}")
        expect_listed_as_downloaded(tab, tmp_path, nth, name)
        assert tab.faults == [], name


def expect_listed_as_downloaded(tab, tmp_path, nth, name):
    from ui.figure import _listed  # loads Streamlit
    from ui.tables import BESIDE

    block = tab.page.locator("details", has=tab.page.locator("table")).nth(nth)
    block.locator("summary").click()
    named, content = download(tab, block.locator("a[download]"))
    assert named == name
    expect_plain_csv(content)
    table = read(content, tmp_path)
    cells = block.locator("tbody tr").evaluate_all(
        """rows => rows.map(row => [...row.cells].map(
            cell => (cell.querySelector('a[lang]') ?? cell).innerText.trim()))"""
    )
    assert len(cells) == len(table)
    listed = [column for column in _listed(table) if column != "id" and BESIDE.get(column) not in table]
    assert block.locator("thead th").count() == len(listed)
    if "as_printed" not in table:
        numbers = [[int(cell.replace(",", "")) for cell in row[1:]] for row in cells]
        assert numbers == table[listed[1:]].to_numpy().tolist()
        return
    place = listed.index("as_printed")
    assert [row[place] for row in cells] == list(table["as_printed"])
    place = listed.index("canonical_value")
    shown = [float(re.sub("[^0-9.]", "", row[place].split("(")[0]) or "nan") for row in cells]
    assert pd.Series(shown).equals(table["canonical_value"].astype("float64"))
    assert [row[place] != "" for row in cells] == table["canonical_unit"].notna().tolist()
    links = block.locator("td a[href*='record=']").evaluate_all(
        "links => links.map(link => new URL(link.href).searchParams.get('record'))"
    )
    assert links == list(table["id"])
    assert (table["comparator"].notna() == table["value"].notna()).all()
