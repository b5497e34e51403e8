"""The source check page: the choice of a source, a text handed in, what it says of every numeral and row."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from targets.contract.schema import DATA_FOLDER
from targets.storage.checksums import write_checksums
from targets.storage.store import Store
from targets.text import LANGUAGES, say
from tests.invented import HEADER, SMALL_PAGE, record
from tests.opened import body, cached_run, plain, raw, run, show


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    """The project's own data, whatever TARGETS_DATA says."""
    show(monkeypatch, Store(DATA_FOLDER))


PAGE_TEXT = "今年力争突破\n40 00亿元，完成“双３亿”目标。\n一流城市。另有约500人、<b>7</b>家。\n"


@pytest.fixture
def small(folder, monkeypatch):
    """A data folder of one small source, shown."""
    web = {"source": "web", "line": "", "as_printed": "达5家", "unit": "家"}
    firms = record("b-1", "actual", "2023", "eq", "5", "国家级制造业单项冠军企业数", "镇海区", **web)
    sources = [
        "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en",
        "small,小页,Small page,,,,2022,printed,,,3,,",
        "web,公报,Report,统计局,Bureau,2024-03-01,2024,printed,https://example.com/a?b=<i>,,,,",
    ]
    texts = {
        "targets": [HEADER, *SMALL_PAGE, firms],
        "sources": sources,
        "exclusions": ["source,line,as_printed,reason", "small,3,一流,word"],
        "checks": [(DATA_FOLDER / "checks.csv").read_text(encoding="utf-8").split("\n")[0]],
        "misprints": ["id,printed,reading,reason,reason_en", "a-1,力争,争取,例,for example"],
    }
    for name, lines in texts.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_checksums(folder)
    store = Store(folder)
    assert [p.say("en") for p in store.current().problems] == []
    show(monkeypatch, store)
    return folder


def hand_in(at, text):
    at.text_area(key="check-paste").set_value(text)
    return at.button(key="check-submit").click().run()


def test_a_source_is_chosen_by_its_address(small):
    assert "小页" in body(run("sources"))
    at = run("sources", check=["web"])
    assert at.selectbox(key="choice-check").value == "web"
    assert '<a href="https://example.com/a?b=&lt;i&gt;" rel="noopener"' in raw(at)
    assert "这个来源的记录（1条）" in body(at)
    assert "从这个来源录入1条记录；它没有行号，请到原处核对。" in body(at)
    assert not at.text_area
    assert "不录的词语" not in body(at)
    assert "链接中的“来源”没有“x”，已忽略。" in body(run("sources", check=["x"]))
    assert "在所选筛选之下，这个来源没有记录。" in body(run("sources", check=["web"], year=["2022"]))


def test_one_source_needs_no_box(small):
    for name, beginning in (("targets", "b-1"), ("sources", "web")):
        path = small / f"{name}.csv"
        kept = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith(beginning)]
        path.write_text("\n".join(kept), encoding="utf-8")
    write_checksums(small)
    assert not [box for box in run("sources").selectbox if box.key == "choice-check"]


def test_a_citation_links_to_the_list_of_records():
    from ui.citation import record_url

    roots = {
        "http://x": "http://x",
        "http://x/": "http://x",
        "http://x/by_year": "http://x",
        "https://x/base/sources": "https://x/base",
        "https://x/base": "https://x/base",
        "https://x/base/interface/": "https://x/base",
        "https://x/%E7%9B%AE/records": "https://x/%E7%9B%AE",
        None: "http://localhost:8501",
        "http://x' --": "http://localhost:8501",
    }
    found = {here: record_url(here, "zh", "a-1") for here in roots}
    assert found == {here: f"{root}/records?lang=zh&record=a-1" for here, root in roots.items()}


def test_a_text_is_shown_with_every_numeral_lit(small):
    at = hand_in(run("sources"), PAGE_TEXT)
    shown = body(at)
    assert "5处数字 = 2处在记录中 + 1处已说明不录 + 2处无着落" in shown
    assert "第3行“约500人”：既不在记录中，也没有说明" in shown
    lit = next(element.proto.body for element in at.get("html") if 'class="lit lines"' in element.proto.body)
    lines = re.findall(r"<li>(.*?)</li>", lit)
    assert len(lines) == 4
    assert 'record=a-1" title="突破4000亿元">40 00亿</a>' in lines[1]
    assert re.search(
        'record=a-2" title="双３亿">双３亿</a><sup><a [^>]*record=a-3" title="双３亿">2</a></sup>', lines[1]
    )
    assert '<span class="out" tabindex="0" title="（不录：词语）">一<i>（不录：词语）</i></span>流城市' in lines[2]
    assert '<mark title="无着落">500</mark>人、&lt;b&gt;<mark title="无着落">7</mark>&lt;/b&gt;家' in lines[2]


def test_a_row_that_the_text_belies_is_marked(small):
    at = hand_in(run("sources", "en"), PAGE_TEXT.replace("突破", "达到").replace("力争", ""))
    shown = plain(at)
    assert "a-1: line 1 does not print “突破4000亿元”" in shown
    assert "a-1: its misprint “力争” does not stand near line 1" in shown
    assert body(at).count("<mark>not so in the text</mark>") == 1


def test_an_account_is_kept_until_the_data_changes(small):
    def account():
        return at.session_state["checked-text"].account

    at = hand_in(run("sources"), PAGE_TEXT)
    first = account()
    at.query_params["year"] = ["2022"]
    at.run()
    assert account() is first
    path = small / "exclusions.csv"
    path.write_text(path.read_text(encoding="utf-8") + "small,3,约500人,general\n", encoding="utf-8")
    at.run()
    assert account() is not first
    assert "5处数字 = 2处在记录中 + 2处已说明不录 + 1处无着落" in body(at)
    at.button(key="check-forget").click().run()
    assert "5处数字" not in body(at)


def test_a_text_that_cannot_be_checked_is_refused_in_words(small):
    at = run("sources")
    for text, key in (
        ("", "audit.empty"),
        (" \n", "audit.empty"),
        ("\x00\x01PNG", "audit.not_text"),
        ("5，" * 10_001, "audit.too_dense"),
    ):
        hand_in(at, text)
        assert say("zh", key) in body(at), text[:9]
        assert 'class="lit lines"' not in body(at)


def test_a_record_of_a_long_source_leads_to_the_page_with_its_row(small, monkeypatch):
    monkeypatch.setattr("ui.sources.PER_PAGE", 2)
    for id_, page in (("a-1", []), ("a-3", ["2"])):
        href = re.search(r'href="(sources[^"]+)#row-' + id_, body(run("records", record=[id_])))[1]
        query = parse_qs(urlsplit(href).query)
        assert (query["check"], query.get("page", [])) == (["small"], page)
        assert f'<tr id="row-{id_}">' in body(run("sources", **query))


def test_the_form_says_that_it_empties_itself_and_why_a_text_is_pasted():
    for lang in LANGUAGES:
        shown = plain(cached_run("sources", lang))
        assert all(say(lang, f"check.{key}") in shown for key in ("cleared", "closed", "operator"))


@pytest.mark.parametrize(("lang", "flag"), [("zh", "所录与所印不符"), ("en", "not the number printed")])
def test_a_number_that_is_not_the_printed_one_is_marked(folder, monkeypatch, lang, flag):
    assert flag not in body(cached_run("sources", lang))
    path = folder / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",gt,3000,", ",gt,-3000,", 1), encoding="utf-8")
    show(monkeypatch, Store(folder))
    shown = body(run("sources", lang))
    assert shown.count(f"<mark>{flag}</mark>") == 1
    row = shown[shown.index('id="row-zhenhai-gross-output-2021"') :]
    assert flag in row[: row.index("</tr>")]
