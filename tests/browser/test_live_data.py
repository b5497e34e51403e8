"""The data folder while the server runs: mended, broken, and full of hostile text."""

import csv
import io
import json
import os
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import PATIENCE, Server, run, wait_until
from playwright.sync_api import expect

from targets.text import say

VIEWS = ("overview", "by_district", "by_industry", "by_year", "records")
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


@pytest.fixture(scope="module")
def watching(page_folder, tmp_path_factory):
    """A server, and the data folder that it follows."""
    folder = Path(shutil.copytree(page_folder, tmp_path_factory.mktemp("live") / "data"))
    running = Server(folder)
    with run(running):
        yield running, folder


@pytest.fixture
def live(watching, data):
    """The same; afterwards the files are as before, and the server has seen it."""
    server, folder = watching
    good = {path: path.read_bytes() for path in folder.iterdir()}
    yield server, folder
    for path, content in good.items():
        if path.read_bytes() != content:
            path.write_bytes(content)
    wait_until(lambda: read_health(server)[:2] == ("ok", data.version))


def read_health(server):
    """Return status, version and the number of problems."""
    with urllib.request.urlopen(f"{server.address}/healthz", timeout=PATIENCE) as answer:
        said = json.load(answer)
    return said["status"], said["version"], said["problems"]


def test_broken_file_is_named_while_the_last_good_data_stays(live, tab, data):
    server, folder = live
    tab.open(f"{server.address}/records?lang=zh&district=镇海区")
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
        tab.page.locator("a[download][href*='targets.csv']").click()
    assert "突破4000亿元" in Path(started.value.path()).read_text(encoding="utf-8")
    tab.page.get_by_role("link", name="中文", exact=True).click()
    expect_named(alert, "zh", line)
    mend()
    expect(alert).to_have_count(0)
    expect(rows).to_have_count(n)
    assert tab.faults == []


def test_open_page_follows_the_files_without_a_click(live, tab):
    """The reader's place and half-typed words stay; the warning comes and goes with its cause."""
    server, folder = live
    tab.open(f"{server.address}/records?lang=zh")
    row = tab.page.locator("tbody tr", has_text="突破4000亿元")
    search = tab.page.get_by_role("textbox", name=say("zh", "filter.q"))
    foot, alert = tab.page.locator("[data-foot]"), tab.page.get_by_role("alert")
    expect(row).to_contain_text("4,000")
    expect(foot).not_to_contain_text("targets.csv")
    address = tab.address
    tab.page.evaluate("addEventListener('popstate', () => { window.ran = true })")
    for _ in range(2):
        with tab.page.expect_response("**/data/state") as answer:
            pass
        assert answer.value.text() == foot.get_attribute("data-state")
    assert tab.page.evaluate("window.ran") is None, "the script has run again for data that is the same"
    search.press_sequentially("镇海")
    tab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 600)")
    where = "document.querySelector('[data-testid=stMain]').scrollTop"
    at = tab.page.evaluate(where)
    file = folder / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4000,", ",4567,"), encoding="utf-8")
    expect(row).to_contain_text("4,567")
    expect(foot).to_contain_text(say("zh", "live.changed", files="targets.csv"))
    tab.settle()
    assert tab.page.evaluate(where) == at > 0
    expect(search).to_have_value("镇海")
    file.write_text(file.read_text(encoding="utf-8").replace(",4567,", ",四千,"), encoding="utf-8")
    expect(alert).to_contain_text("四千")
    expect(row).to_contain_text("4,567")
    file.write_text(file.read_text(encoding="utf-8").replace(",四千,", ",4000,"), encoding="utf-8")
    expect(alert).to_have_count(0)
    expect(row).to_contain_text("4,000")
    expect(foot).not_to_contain_text("targets.csv")
    assert tab.address == address
    assert tab.faults == []


def test_cut_file_is_named_with_both_numbers(live, tab, data):
    server, folder = live
    tab.open(f"{server.address}/records?lang=en")
    file = folder / "targets.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:-20]) + "\n", encoding="utf-8")
    rows = len(data.frame)
    expect(tab.page.get_by_role("alert")).to_contain_text(
        say("en", "problem.fewer_rows", rows=rows - 20, recorded=rows)
    )
    expect(tab.page.locator(".said")).to_contain_text(str(rows))
    assert tab.faults == []


def test_restart_on_a_broken_folder_shows_the_last_good_data(live, serve, tab, data):
    server, folder = live
    assert read_health(server)[0] == "ok"
    wait_until(lambda: any((folder.parent / ".state").glob("last-good-*")))
    line, mend = break_number(folder)
    started = serve(folder)
    address = started.address
    assert read_health(started) == ("stale", data.version, 1)
    tab.open(f"{address}/records?lang=zh&district=镇海区")
    alert = tab.page.get_by_role("alert")
    expect_named(alert, "zh", line)
    expect(alert).to_contain_text(data.version)
    assert re.search(r"自20\d\d-\d\d-\d\d \d\d:\d\d（UTC\+8）起有误", alert.inner_text())
    expect(tab.page.locator("tbody tr")).to_have_count(int((data.frame["district"] == "镇海区").sum()))
    mend()
    expect(alert).to_have_count(0)
    assert tab.faults == []


class Saver:
    """Somebody who saves targets.csv in every way there is, whole and good or not."""

    def __init__(self, folder):
        self.file = folder / "targets.csv"
        self.good = self.file.read_bytes()
        self.ways = [
            self.exchange, self.rewrite, self.write_in_halves, self.break_value, self.cut_short, self.recreate,
            self.put_folder, self.put_pipe, self.put_loop, self.fill_with_zeros, self.append_to_itself,
        ]  # fmt: skip

    def version(self, number):
        return self.good.replace(b",4000,", b",%d," % number, 1)

    def save(self, number):
        self.ways[number % len(self.ways)](self.version(5000 + number))

    def exchange(self, content):
        new = self.file.with_suffix(".new")
        new.write_bytes(content)
        new.replace(self.file)

    def rewrite(self, content):
        self.file.write_bytes(content)

    def write_in_halves(self, content):
        with self.file.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            os.fsync(file.fileno())
            file.write(content[len(content) // 2 :])

    def break_value(self, content):
        self.file.write_bytes(content.replace(b",gt,", ",gt,约".encode()))

    def cut_short(self, content):
        self.file.write_bytes(b"".join(content.splitlines(keepends=True)[:-9]))

    def recreate(self, content):
        self.file.unlink()
        self.file.write_bytes(content)

    def instead(self, make):
        self.file.unlink()
        make()

    def put_folder(self, content):
        self.instead(self.file.mkdir)
        self.file.rmdir()
        self.file.write_bytes(content)

    def put_pipe(self, content):
        self.instead(lambda: os.mkfifo(self.file))
        self.exchange(content)

    def put_loop(self, content):
        self.instead(lambda: self.file.symlink_to(self.file))
        self.exchange(content)

    def fill_with_zeros(self, content):
        self.file.write_bytes(content[:-4096] + bytes(4096))

    def append_to_itself(self, content):
        self.file.write_bytes(content + content)


class Reader(threading.Thread):
    """Somebody who downloads all records again and again, and what was wrong with what came."""

    def __init__(self, address, rows):
        super().__init__(daemon=True)
        self.address, self.rows = f"{address}/data/targets.csv", rows
        self.faults, self.read, self.enough = [], 0, threading.Event()

    def run(self):
        while not self.enough.wait(0.2):
            try:
                content = urllib.request.urlopen(self.address, timeout=PATIENCE).read().decode("utf-8-sig")
            except OSError as error:
                self.faults.append(repr(error))
                continue
            records = list(csv.DictReader(io.StringIO(content)))
            value = next((r["value"] for r in records if r["id"] == BROKEN), "")
            if len(records) != self.rows or not re.fullmatch(r"4000|5\d\d\d|9999", value):
                self.faults.append((len(records), value))
            self.read += 1


@pytest.mark.soak
def test_storm_of_saves_leaves_every_reader_with_the_last_good_data(serve, visit, folder, data):
    """Four tabs and sixteen downloaders, 200 saves, most of them bad for a while, a pause after every tenth."""
    address, saver = serve(folder).address, Saver(folder)
    tabs = [visit() for _ in range(4)]
    for tab, name in zip(tabs, ("records", "records", "by_district", "by_year"), strict=True):
        tab.open(f"{address}/{name}?lang=zh")
    readers = [Reader(address, len(data.frame)) for _ in range(16)]
    for reader in readers:
        reader.start()
    for number in range(200):
        saver.save(number)
        time.sleep(0.5 if number % 10 == 9 else 0.01)
    saver.exchange(saver.version(9999))
    for tab in tabs[:2]:
        expect(tab.page.locator("tbody tr", has_text="突破4000亿元")).to_contain_text("9,999")
    shown = tabs[0].page.locator("[data-foot]").inner_text()
    for tab in tabs:
        expect(tab.page.locator("[data-foot]")).to_have_text(shown)
        expect(tab.page.get_by_role("alert")).to_have_count(0)
    for reader in readers:
        reader.enough.set()
    for reader in readers:
        reader.join(PATIENCE)
        assert (reader.faults, reader.read > 3) == ([], True)
    assert [tab.faults for tab in tabs] == [[]] * 4


def test_server_started_on_a_broken_folder(serve, visit, folder):
    line, mend = break_number(folder)
    address = serve(folder).address
    tabs = {"zh": visit(), "en": visit(locale="en-US")}
    for lang, tab in tabs.items():
        tab.page.goto(f"{address}/by_district")
        alert = tab.page.get_by_role("alert")
        expect_named(alert, lang, line)
        expect(alert).to_contain_text(say(lang, "notice.no_data"))
        assert not re.search(r"Traceback|File \"|Error:|\.py\b", tab.page.locator("body").inner_text())
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{address}/data/targets.csv", timeout=PATIENCE)
    assert answer.value.code == 503
    answer.value.close()
    mend()
    for lang, tab in tabs.items():
        expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.by_district"))
        expect(tab.page.get_by_role("alert")).to_have_count(0)
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
        if of := row["growth_of"]:
            row["growth_of"] = key(of[:14] + str(keys.index(of)))
        row["indicator"] = key(row["indicator"][:14] + str(number))
        row["name_en"] = f"{number}{PRINTED[number % len(PRINTED)]}<b>i</b>"
        row["definition_zh"] = row["definition_en"] = LONG[:200]

    def related(number, row):
        row.update((c, key(row[c][:14] + str(keys.index(row[c])))) for c in {"indicator", "related"} & set(row))

    def actors(number, row):
        row["actor"], row["name_en"] = key(row["actor"]), f"{number}{PRINTED[number % len(PRINTED)]}<b>a</b>"

    def industries(number, row):
        row["industry"], row["name_en"] = key(row["industry"]), f"{number}<u>{PRINTED[number % len(PRINTED)]}"

    def sources(number, row):
        row["title"], row["title_en"] = f"{LONG}"[:120], f"en{LONG}"[:160]

    for name, change in {
        "targets.csv": targets,
        "indicators.csv": indicators,
        "related.csv": related,
        "breaks.csv": related,
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
        "[data-testid=stMain] :is(img, iframe, script[src], em, strong, i:not(.sic i), u, del, svg[onload], a[href*=evil],"
        " a[href^='javascript'], .katex, [class*=math]), .tt :is(b, code):not(nav b, .tiles b, dt code, .notice b),"
        " .js-plotly-plot a"
    )
    for lang in ("zh", "en"):
        for name in VIEWS:
            go = tab.open if tab.page.url == "about:blank" else tab.turn
            go(f"{address}/{path(name)}?lang={lang}")
            expect(tab.page.locator("h1")).to_have_text(say(lang, f"heading.{name}"))
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
