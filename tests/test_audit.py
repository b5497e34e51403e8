"""The account of a source's numerals, on a small invented page."""

import hashlib

import pytest

from targets import dataset
from targets.audit import UnreadableTextError, audit, main, read_text, say_account
from targets.schema import DATA_FOLDER, resources
from targets.store import Store

HEADER = (DATA_FOLDER / "targets.csv").read_text(encoding="utf-8").split("\n")[0]
PAGE = "今年力争突破\n40 00亿元，完成“双３亿”目标。\n一流城市，第一批、第一批。\n"
"""Three lines: a quantity over a line break, a pair printed once, a word, and one phrase twice."""


@pytest.fixture
def files() -> dict[str, bytes]:
    rows = [
        "a-1,small,1,突破4000亿元,镇海区,镇海区,工业,规上工业总产值,target,2022,inferred,今年,1,,gt,4000,亿元,,,,,,",
        "a-2,small,2,双３亿,镇海区,镇海区,工业,投资额,target,2022,inferred,今年,1,,eq,3,亿,,,,,,",
        "a-3,small,2,双３亿,镇海区,镇海区,工业,招商引资额,target,2022,inferred,今年,1,,eq,3,亿,,,,,,",
    ]
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    return {name: (DATA_FOLDER / r.path).read_bytes() for name, r in resources().items()} | {
        "targets": "\n".join([HEADER, *rows, ""]).encode(),
        "checks": (DATA_FOLDER / "checks.csv").read_bytes().split(b"\n")[0] + b"\n",
        "exclusions": "source,line,as_printed,reason\nsmall,3,一流,word\nsmall,3,第一批,vague\nsmall,3,第一批,vague\n".encode(),
        "sources": (
            "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
            f"small,小页,Small page,,,,2022,printed,,{digest},3,,\n"
        ).encode(),
    }


def test_every_numeral_of_a_clean_page_is_accounted_for(files):
    data = dataset.build(files)
    account = audit(data, "small", PAGE)
    assert [(n.quantity.numeral, n.state, n.rows) for n in account.numerals] == [
        ("4000亿", "row", ("a-1",)),
        ("双3亿", "row", ("a-2", "a-3")),
        ("一", "excluded", ()),
        ("一", "excluded", ()),
        ("一", "excluded", ()),
    ]
    assert account.clean
    assert next(iter(say_account(data, "zh", "small", account))) == "5处数字 = 2处在记录中 + 3处已说明不录 + 0处无着落"
    assert account.same_text


def test_an_unaccounted_numeral_is_named_with_its_line(files):
    data = dataset.build(files)
    account = audit(data, "small", PAGE + "另有约500人。\n")
    assert not account.clean
    assert not account.same_text
    said = list(say_account(data, "en", "small", account))
    assert said[0] == "6 numerals = 2 in rows + 3 excluded + 1 unaccounted"
    assert said[2:] == ["line 4, “约500人”: in no row and not excluded"]


def test_what_does_not_stand_on_its_line_is_named(files):
    data = dataset.build(files)
    account = audit(data, "small", PAGE.replace("\n一流", "\n\n一流").replace("突破", "达到"))
    assert account.misplaced_rows == ("a-1",)
    said = list(say_account(data, "zh", "small", account))
    assert "a-1：第1行没有“突破4000亿元”" in said
    assert said.count("exclusions.csv：第3行没有“第一批”") == 2


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "audit.empty"),
        (b" \n", "audit.empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "audit.not_text"),
        (b"\xff" * 100, "audit.not_text"),
        (b"1" * 2_000_001, "audit.too_large"),
    ],
    ids=["empty", "blank", "picture", "binary", "large"],
)
def test_what_is_no_text_is_refused(content, key):
    with pytest.raises(UnreadableTextError, match=key):
        read_text(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_texts_of_the_usual_encodings_are_read(encoding):
    assert read_text("第一行\r\n第二行".encode(encoding)) == "第一行\n第二行"


def test_the_command_prints_the_account_and_its_status(files, tmp_path, monkeypatch, capsys):
    for name, content in files.items():
        (tmp_path / resources()[name].path).write_bytes(content)
    monkeypatch.setattr("targets.audit.STORE", Store(tmp_path))
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    assert main([str(page), "--source", "small"]) == 0
    page.write_text(PAGE + "7家", encoding="utf-8")
    assert main([str(page), "--source", "small"]) == 1
    assert "第4行“7家”：既不在记录中，也没有说明" in capsys.readouterr().out
    assert main([str(page), "--source", "large", "--lang", "en"]) == 2
    assert main([str(tmp_path / "none.txt"), "--source", "small"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "There is no such source; use an id of sources.csv.",
        "找不到或无法读取这个文件。",
    ]
