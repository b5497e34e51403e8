"""The source check in a browser: a text pasted, lit, followed to its records, refused in words, forgotten."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import Server, run, wait_until
from playwright.sync_api import expect

from targets.load.source_text import MOST_PASTED
from targets.storage.checksums import write_checksums
from targets.text import say
from tests.invented import ABOUT_RECORDS, HEADER, SMALL_PAGE

FITS = """() => [document.scrollingElement, document.querySelector('[data-testid="stMain"]')]
    .every(part => part.scrollWidth <= part.clientWidth)"""
PAGE = "今年力争突破\n40 00亿元，完成“双３亿”目标。\n一流城市。另有约500人、<b>7</b>家。\n"


@pytest.fixture(scope="module")
def small(page_folder, tmp_path_factory):
    """A server with one small invented source, whose operator allows files."""
    folder = Path(shutil.copytree(page_folder, tmp_path_factory.mktemp("small") / "data"))
    texts = {
        "targets": [HEADER, *SMALL_PAGE],
        "sources": [
            "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en",
            "small,小页,Small page,,,,2022,printed,,,3,,",
        ],
        "exclusions": ["source,line,as_printed,reason", "small,3,一流,word"],
    } | {name: [(folder / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]] for name in ABOUT_RECORDS}
    for name, lines in texts.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_checksums(folder)
    running = Server(folder, STREAMLIT_SERVER_MAX_UPLOAD_SIZE="2")
    with run(running):
        yield running


def paste(tab, lang, text):
    """Paste a text and press the button."""
    tab.page.get_by_role("textbox", name=say(lang, "check.paste"), exact=True).fill(text)
    tab.page.get_by_role("button", name=say(lang, "check.submit"), exact=True).click()


def test_pasted_text_is_lit_and_leads_to_its_records(small, tab):
    lang = "zh"
    tab.open(f"{small.address}/sources?lang={lang}")
    expect(tab.page.locator("h1")).to_have_text(say(lang, "heading.sources"))
    paste(tab, lang, PAGE)
    said = say(lang, "audit.sum", n=5, row=2, excluded=1, unaccounted=2)
    expect(tab.page.get_by_text(said)).to_be_visible()
    lines = tab.page.locator("ol.lines li")
    expect(lines).to_have_count(4)
    expect(lines.nth(1).locator("a.in").first).to_have_text("40 00亿")
    expect(lines.nth(2).locator(".out")).to_contain_text("一")
    expect(lines.nth(2).locator("mark")).to_have_text(["500", "7"])
    expect(lines.nth(2).locator("b")).to_have_count(0)
    expect(tab.page.get_by_role("textbox", name=say(lang, "check.paste"), exact=True)).to_have_value("")
    expect_reason_shown_by_keyboard(tab)
    lines.nth(1).locator("sup a").click()
    tab.expect_at("/sources", lang=lang, record="a-3")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.locator(".quote")).to_have_text("双３亿")
    where = say(lang, "year_basis.line", line=1)
    expect(dialog).to_contain_text(say(lang, "year_basis.inferred_same", words="今年", where=where, year=2022))
    tab.settle()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tab.page.get_by_text(said)).to_be_visible()
    tab.settle()
    tab.page.get_by_role("button", name=say(lang, "check.forget"), exact=True).click()
    expect(tab.page.locator("ol.lines")).to_have_count(0)
    tab.settle()
    assert tab.faults == []


def expect_reason_shown_by_keyboard(tab):
    tab.settle()
    out = tab.page.locator("ol.lines .out")
    width = "part => part.getBoundingClientRect().width"
    assert out.locator("i").evaluate(width) <= 1
    out.focus()
    expect(out.locator("i")).to_have_text("（不录：词语）")
    assert out.locator("i").evaluate(width) > 1


ROW = "#row-qianwan-talent-2026"
TOP = "row => row.getBoundingClientRect().top"


def test_line_of_a_record_leads_to_its_row_and_back(server, tab):
    for width, page, lang in ((1280, "records", "zh"), (390, "sources", "en")):
        tab.page.set_viewport_size({"width": width, "height": 800})
        tab.open(f"{server.address}/{page}?lang={lang}&district=前湾新区&kind=target&record=qianwan-talent-2026")
        dialog = tab.page.get_by_role("dialog")
        dialog.get_by_role("link", name=say(lang, "detail.source_line", source="", line=152)).click()
        tab.expect_at("/sources", lang=lang, check="ningbo-2022")
        expect(dialog).to_have_count(0)
        expect(tab.page.locator(ROW)).to_be_focused()
        tab.settle()
        wait_until(lambda: 40 < tab.page.locator(ROW).evaluate(TOP) < 100)
        tab.page.go_back()
        expect(dialog.locator(".quote")).to_have_text("8万名以上")
        tab.settle()
        assert tab.faults == [], (width, lang)


def test_link_to_a_part_of_a_page_finds_it_or_harms_nothing(server, tab):
    for query, part in (("&check=ningbo-2022", ROW), ("", "#nowhere"), ("", "#%E0%A4%A")):
        tab.open(f"{server.address}/sources?lang=zh{query}{part}")
        tab.page.evaluate("window.marker = 1")
        if part == ROW:
            expect(tab.page.locator(ROW)).to_be_focused()
            tab.expect_at("/sources", lang="zh", check="ningbo-2022")
        tab.page.get_by_role("navigation").get_by_role("link", name="English").click()
        expect(tab.page.locator("h1")).to_have_text(say("en", "heading.sources"))
        tab.settle()
        assert tab.page.evaluate("window.marker") == 1
        assert tab.faults == [], part


def test_bad_input_is_refused_in_a_sentence_and_the_largest_text_checked(server, tab):
    tab.open(f"{server.address}/sources?lang=en")
    expect(tab.page.locator("[data-testid=stFileUploader]")).to_have_count(0)
    over = tab.page.locator("[data-over]")
    lang = "en"
    for text, key in (
        ("", "audit.empty"),
        ("PNG\ufffd\x01\x02", "audit.not_text"),
        ("5，" * 10_001, "audit.too_dense"),
    ):
        paste(tab, lang, text)
        expect(tab.page.get_by_text(say(lang, key))).to_be_visible()
        tab.settle()
        expect(tab.page.locator("ol.lines")).to_have_count(0)
    expect(over).to_be_hidden()
    tab.page.get_by_role("textbox", name=say(lang, "check.paste"), exact=True).fill("一" * (MOST_PASTED + 1))
    expect(over).to_have_text(say(lang, "audit.too_long"))
    expect(over).to_be_visible()
    paste(tab, lang, "约5人")
    expect(over).to_be_hidden()
    expect(tab.page.locator("ol.lines mark")).to_have_text("5")
    tab.settle()
    paste(tab, lang, ("产值超过" + "超" * 95 + "\n") * (MOST_PASTED // 100))
    expect(tab.page.locator("ol.lines li")).to_have_count(MOST_PASTED // 100 + 1)
    tab.settle()
    assert tab.faults == []


def test_page_fits_a_phone_with_text_and_record(small, phone):
    phone.open(f"{small.address}/sources?lang=en")
    dialog = phone.page.get_by_role("dialog")
    lang = "en"
    assert phone.page.evaluate(FITS)
    paste(phone, lang, PAGE + "甲" * 400 + "\n" + "a" * 400)
    expect(phone.page.locator("ol.lines li")).to_have_count(5)
    phone.settle()
    folded = phone.page.locator("[data-testid=stMain] details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    assert phone.page.evaluate(FITS)
    phone.page.locator(".ledger a").first.click()
    expect(dialog.locator("[data-testid=stCode]")).to_have_count(2)
    phone.settle()
    assert phone.page.evaluate(FITS)
    assert dialog.evaluate("part => part.scrollWidth <= part.clientWidth")
    assert phone.faults == []


def test_citation_names_the_record_and_its_address(server, visit, data):
    tab = visit(permissions=["clipboard-read", "clipboard-write"])
    record = "zhenhai-gross-output-2022"
    tab.open(f"{server.address}/by_year?lang=zh&record={record}")
    code = tab.page.get_by_role("dialog").locator("[data-testid=stCode]")
    address = f"{server.address}/records?lang=zh&record={record}"
    said = re.sub(r"\d{4}-\d\d-\d\d", "DAY", code.first.locator("code").inner_text())
    assert said == (
        "创新引领发展 智造成就未来[N]. [出版者不详], [2022]: 第8行. "
        f"转引自：目标追踪[DB/OL]. 记录{record}, 数据版本{data.version}[DAY]. {address}."
    )
    tab.settle()
    code.first.hover()
    code.first.get_by_role("button").click()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert re.sub(r"\d{4}-\d\d-\d\d", "DAY", copied) == said
    tab.turn(address)
    expect(tab.page.get_by_role("dialog").locator(".quote")).to_have_text("突破4000亿元")
    tab.settle()
    assert tab.faults == []


def test_file_is_opened_where_the_operator_allows_it(small, tab, tmp_path):
    tab.open(f"{small.address}/sources?lang=zh")
    expect(tab.page.get_by_text(say("zh", "check.closed"))).to_have_count(0)
    for name, content, said in (
        ("page.txt", PAGE.encode("gb18030"), say("zh", "audit.sum", n=5, row=2, excluded=1, unaccounted=2)),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", say("zh", "audit.not_text")),
    ):
        (tmp_path / name).write_bytes(content)
        tab.page.locator("[data-testid=stFileUploader] input").set_input_files(tmp_path / name)
        opened = tab.page.get_by_role("button", name=f"去掉 {name}")
        expect(opened).to_be_visible()
        tab.page.get_by_role("button", name=say("zh", "check.submit"), exact=True).click()
        expect(tab.page.get_by_text(said)).to_be_visible()
        expect(opened).to_have_count(0)
        tab.settle()
    assert tab.faults == []


def test_misprint_is_explained_to_touch_and_keyboard(server, phone):
    phone.open(f"{server.address}/records?lang=zh&district=镇海区")
    width = "part => part.getBoundingClientRect().width"
    for lang, word in (("zh", "原文如此"), ("en", "sic")):
        if lang != "zh":
            phone.turn(f"{server.address}/records?lang={lang}&district=镇海区")
            phone.page.evaluate("document.activeElement.blur()")
        mark = phone.page.locator(".sic")
        expect(mark).to_contain_text(word)
        said = mark.locator("i")
        assert said.evaluate(width) <= 1
        mark.tap()
        expect(mark).to_be_focused()
        expect(said).to_contain_text("生产线服务业")
        assert said.evaluate(width) > 40
        assert phone.page.evaluate(FITS)
    assert phone.faults == []
