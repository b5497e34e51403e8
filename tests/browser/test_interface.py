"""The page that tells how to get the data, and the downloads beside the CSV, clicked and opened."""

import io
import re
import urllib.request
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from conftest import PATIENCE
from playwright.sync_api import expect

from server.examples import EXAMPLES
from targets.text import LANGUAGES, say

FITS = """() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
    .every(part => part.scrollWidth <= part.clientWidth)"""
FILTERED = "district=镇海区&kind=target"


@pytest.fixture
def chosen(data):
    frame = data.frame
    return frame[(frame["district"] == "镇海区") & (frame["kind"] == "target")]["id"].tolist()


def download(tab, link):
    """Click a download; return the file's name and its bytes."""
    with tab.page.expect_download() as started:
        link.click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


def test_workbook_and_package_hold_the_records_chosen_and_examples_name_their_address(server, tab, chosen):
    tab.open(f"{server.address}/records?lang=zh&{FILTERED}")
    expect_workbook_and_package(tab, chosen, "目标与数字_镇海区_目标")
    tab.turn(f"{server.address}/interface?lang=en&{FILTERED}")
    expect_workbook_and_package(tab, chosen, "targets_Zhenhai-District_Target")
    codes = tab.page.locator("[data-testid=stCode] code")
    expect(codes).to_have_count(len(EXAMPLES) + 1)
    urls = {re.search(r'http[^"\s]+', text)[0] for text in codes.all_inner_texts()}
    assert len(urls) == 1
    url = urls.pop()
    assert url.startswith(f"{server.address}/data/targets.csv?district=")
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        assert sorted(pd.read_csv(io.BytesIO(answer.read()))["id"]) == sorted(chosen)
    assert tab.faults == []


def expect_workbook_and_package(tab, chosen, name):
    import openpyxl  # slow to load

    named, content = download(tab, tab.page.locator("a[href^='data/targets.xlsx']"))
    assert named == f"{name}.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == chosen
    named, content = download(tab, tab.page.locator("a[href^='data/package.zip']"))
    assert named == f"{name}.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert pd.read_csv(archive.open("targets.csv"))["id"].tolist() == chosen


def test_the_page_fits_a_phone_with_everything_unfolded(server, phone):
    phone.open(f"{server.address}/interface?lang=zh&{FILTERED}")
    for lang in LANGUAGES:
        if lang != "zh":
            phone.turn(f"{server.address}/interface?lang={lang}&{FILTERED}")
        expect(phone.page.locator("h1")).to_have_text(say(lang, "heading.interface"))
        folded = phone.page.locator("[data-testid=stMain] details:not([open]) > summary")
        while folded.count():
            folded.first.click()
        assert phone.page.evaluate(FITS), lang
        assert phone.faults == [], lang


def test_a_running_server_answers_304_and_compresses(server):
    """Through the whole application, so that nothing on the way changes tags or encodings."""

    def ask(path: str, **headers: str):
        request = urllib.request.Request(f"{server.address}/data/{path}", headers=headers)
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE)
        except urllib.error.HTTPError as answer:
            return answer

    for path in ("targets.csv", "targets.xlsx", "targets.json", "package.zip", "tables/place.csv", "openapi.json"):
        for encoding in ("identity", "gzip"):
            whole = ask(path, **{"Accept-Encoding": encoding})
            assert whole.status == 200
            gzipped = encoding == "gzip" and path != "package.zip"
            assert whole.headers.get("Content-Encoding") == ("gzip" if gzipped else None)
            assert len(whole.read()) == int(whole.headers["Content-Length"])
            again = ask(path, **{"Accept-Encoding": encoding, "If-None-Match": whole.headers["ETag"]})
            assert (again.status, again.read(), again.headers["ETag"]) == (304, b"", whole.headers["ETag"])
    assert ask("colours").status == 404
    assert ask("targets.csv?year=1999").status == 400
