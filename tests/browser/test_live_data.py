"""The data folder while the server runs: mended, broken, and full of hostile text."""

import csv
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from targets.text import say

PAGES = ("overview", "by_district", "by_industry", "by_year", "records")
BROKEN = "zhenhai-gross-output-2022"


def path(name):
    return "" if name == "overview" else name


def break_number(folder):
    """Write 四千 for 4000 into one row; return its line and what mends it."""
    file = folder / "targets.csv"
    good = file.read_bytes()
    lines = good.decode("utf-8-sig").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith(f"{BROKEN},"))
    lines[line - 1] = lines[line - 1].replace(",4000,", ",四千,")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return line, lambda: file.write_bytes(good)


def expect_named(alert, lang, line):
    """Expect the file, the line, the column and the value of the broken cell."""
    for part in ("targets.csv", say(lang, "problem.line", line=line), "value", "四千", say(lang, "problem.not_number")):
        expect(alert).to_contain_text(part)


def test_broken_file_is_named_while_the_last_good_data_stays(serve, tab, folder, data):
    address = serve(folder).address
    tab.open(f"{address}/records?lang=zh&district=镇海区")
    rows = tab.page.locator("tbody tr")
    n = int((data.frame["district"] == "镇海区").sum())
    alert = tab.page.get_by_role("alert")
    expect(rows).to_have_count(n)
    expect(alert).to_have_count(0)
    line, mend = break_number(folder)
    tab.page.get_by_role("link", name="English", exact=True).click()
    expect_named(alert, "en", line)
    expect(alert).to_contain_text(say("en", "notice.last_good"))
    expect(rows).to_have_count(n)
    expect(rows.filter(has_text="突破4000亿元")).to_contain_text("4,000")
    tab.settle()
    with tab.page.expect_download() as started:
        tab.page.locator("a[download]").click()
    assert "突破4000亿元" in Path(started.value.path()).read_text(encoding="utf-8")
    tab.page.get_by_role("link", name="中文", exact=True).click()
    expect_named(alert, "zh", line)
    mend()
    tab.reload()
    expect(rows).to_have_count(n)
    expect(alert).to_have_count(0)
    assert tab.faults == []


def test_changed_number_is_on_screen_with_the_next_click(serve, tab, folder):
    tab.open(f"{serve(folder).address}/records?lang=zh&indicator=规上工业总产值")
    row = tab.page.locator("tbody tr", has_text="突破4000亿元")
    expect(row).to_contain_text("4,000")
    version = tab.page.locator("[data-foot]").inner_text()
    file = folder / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4000,", ",4567,"), encoding="utf-8")
    tab.page.get_by_role("link", name="English", exact=True).click()
    expect(row).to_contain_text("4,567")
    tab.page.get_by_role("link", name="中文", exact=True).click()
    expect(tab.page.locator("[data-foot]")).to_contain_text(say("zh", "app.title"))
    expect(tab.page.locator("[data-foot]")).not_to_have_text(version)
    assert tab.faults == []


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh"), ("en-US", "en")])
def test_server_started_on_a_broken_folder(serve, visit, folder, locale, lang):
    line, mend = break_number(folder)
    address = serve(folder).address
    tab = visit(locale=locale)
    tab.page.goto(f"{address}/by_district")
    alert = tab.page.get_by_role("alert")
    expect_named(alert, lang, line)
    expect(alert).to_contain_text(say(lang, "notice.no_data"))
    assert not re.search(r"Traceback|File \"|Error:|\.py\b", tab.page.locator("body").inner_text())
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{address}/data/targets.csv", timeout=10)
    assert answer.value.code == 503
    answer.value.close()
    mend()
    tab.reload()
    expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.by_district"))
    expect(alert).to_have_count(0)
    assert tab.faults == []


PRINTED = (
    "<b>bold</b>*b*$x$",
    ":red[x]&lt;i&gt;_{year}_",
    "![](http://evil.test/t)",
    '=HYPERLINK("http://x")',
    "<script>x=1</script>",
    "[a](javascript:alert(1))",
    "<img/src=//evil.test/t>",
    "$x$$\\frac{a}{b}$~~s~~`c`",
    "<a/href=//evil.test>x",
    "{value}{printed}{n|a|b}",
)
LONG = "".join(PRINTED) + "<svg onload=alert(1)>"
SCORCHED = ("ningbo-value-added-2021", "yuyao-five-focuses", "zeekr-talent-2025")
"""Records whose dialog is looked into."""


def rewrite(folder, name, change):
    """Change every row of a file, each a dictionary."""
    file = folder / name
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        rows, columns = list(reader), reader.fieldnames
    for number, row in enumerate(rows):
        change(number, row)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def hostile(folder):
    """A data folder whose every free text is markup, for one language or another."""

    def key(name, most=40):
        return (f"{name}<b>k</b>*k*$k$:red[k]{{n}}")[:most]

    def targets(number, row):
        row["as_printed"] = PRINTED[number % len(PRINTED)]
        row["note"], row["note_en"] = LONG[:200], f"en{LONG}"[:300]
        row["actor"], row["industry"] = key(row["actor"]), key(row["industry"])
        row["indicator"] = key(row["indicator"][:14] + str(keys.index(row["indicator"])))

    with (folder / "indicators.csv").open(encoding="utf-8-sig", newline="") as opened:
        keys = [row["indicator"] for row in csv.DictReader(opened)]

    def indicators(number, row):
        row["indicator"] = key(row["indicator"][:14] + str(number))
        row["name_en"] = f"{number}{PRINTED[number % len(PRINTED)]}<b>i</b>"
        row["definition_zh"] = row["definition_en"] = LONG[:200]

    def actors(number, row):
        row["actor"], row["name_en"] = key(row["actor"]), f"{number}{PRINTED[number % len(PRINTED)]}<b>a</b>"

    def industries(number, row):
        row["industry"], row["name_en"] = key(row["industry"]), f"{number}<u>{PRINTED[number]}"

    def sources(number, row):
        row["title"], row["title_en"] = f"{LONG}"[:120], f"en{LONG}"[:160]

    for name, change in {
        "targets.csv": targets,
        "indicators.csv": indicators,
        "actors.csv": actors,
        "industries.csv": industries,
        "sources.csv": sources,
    }.items():
        rewrite(folder, name, change)
    return folder


def plain(text):
    return re.sub(r"\s", "", text)


def test_hostile_text_is_shown_and_nothing_else(serve, tab, hostile):
    address = serve(hostile).address
    tab.page.add_init_script("window.alert = () => { window.alerted = true }")
    strange = (
        "[data-testid=stMain] :is(img, iframe, script[src], em, strong, i, u, del, svg[onload], a[href*=evil],"
        " a[href^='javascript'], .katex, [class*=math]), .tt :is(b, code):not(nav b, .tiles b, dt code, .notice b),"
        " .js-plotly-plot a"
    )
    for lang in ("zh", "en"):
        for name in PAGES:
            tab.open(f"{address}/{path(name)}?lang={lang}")
            expect(tab.page.locator(".notice")).to_have_count(0)
            if name not in ("records", "sources", "method"):
                expect(tab.page.locator(".js-plotly-plot .point").first).to_be_attached()
            tab.settle()
            shown = tab.page.locator("[data-testid=stMain]").evaluate("main => main.textContent")
            if name in ("records", "by_year"):
                for printed in PRINTED:
                    assert printed in shown, (lang, name, printed)
            expect(tab.page.locator(strange)).to_have_count(0)
            assert tab.faults == [], (lang, name)
    assert tab.page.evaluate("window.alerted") is None
