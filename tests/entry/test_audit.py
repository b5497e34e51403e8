"""The account of a source's numerals, on a small invented page."""

import hashlib

import pytest

from targets.contract.schema import DATA_FOLDER, InvalidDataError, resources
from targets.entry.audit import audit, main, say_account
from targets.load import dataset
from targets.load.source_text import MOST_LINES, MOST_PASTED, UnreadableTextError, read_page, read_text
from targets.progress.evidence import misprints
from targets.storage.store import Store
from tests.invented import HEADER, SMALL_PAGE, code_lists, record

PAGE = "今年力争突破\n40 00亿元，完成“双３亿”目标。\n一流成市，第一批、第一批。\n"
"""Three lines: a quantity over a line break, a pair printed once, a word, a misprint, and one phrase twice."""


@pytest.fixture(scope="module")
def project_lists() -> dict[str, bytes]:
    return code_lists()


@pytest.fixture(scope="module")
def small(project_lists) -> dataset.Dataset:
    """The small page's records; never changed."""
    return dataset.build(files_of(project_lists))


@pytest.fixture
def files(project_lists) -> dict[str, bytes]:
    return files_of(project_lists)


def files_of(lists: dict[str, bytes]) -> dict[str, bytes]:
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    return lists | {
        "targets": "\n".join([HEADER, *SMALL_PAGE, ""]).encode(),
        "checks": (DATA_FOLDER / "checks.csv").read_bytes().split(b"\n")[0] + b"\n",
        "exclusions": "source,line,as_printed,reason\nsmall,3,一流,word\nsmall,3,第一批,vague\nsmall,3,第一批,vague\n".encode(),
        "misprints": "id,printed,reading,reason,reason_en\na-1,成市,城市,形近,alike in shape\n".encode(),
        "sources": (
            "id,title,title_en,publisher,publisher_en,published,year,year_basis,url,sha256,lines,note,note_en\n"
            f"small,小页,Small page,,,,2022,printed,,{digest},3,,\n"
        ).encode(),
    }


def test_every_numeral_of_a_clean_page_is_accounted_for(small):
    account = audit(small, "small", PAGE)
    found = [(PAGE[n.quantity.start : n.quantity.end], n.state, n.rows) for n in account.numerals]
    assert found == [
        ("40 00亿", "row", ("a-1",)),
        ("双３亿", "row", ("a-2", "a-3")),
        ("一", "excluded", ()),
        ("一", "excluded", ()),
        ("一", "excluded", ()),
    ]
    assert account.clean
    assert next(iter(say_account(small, "zh", account))) == "5处数字 = 2处在记录中 + 3处已说明不录 + 0处无着落"
    assert account.same_text


def test_another_text_is_told_from_a_faulty_copy(small):
    """Nothing of the page is in the first; one phrase in the second."""
    for text in ("另有约500人。\n共3家。", "另有约500人。\n别处也突破4000亿元。"):
        account = audit(small, "small", text)
        assert account.elsewhere
        assert not account.clean
        assert list(say_account(small, "zh", account))[2:] == [
            "记录的3处原文，没有一处印在所记的行上，大多根本没有：这不像是这个来源的全文（贴入2行，来源有3行）。"
        ]


def test_a_copy_with_other_line_breaks_is_accounted_for_all_the_same(small):
    for text, given, more in (
        ("新的一行\n" + PAGE, 4, 1),
        (PAGE.replace("\n", ""), 1, 0),
        (PAGE.replace("，", "，\n\n"), 7, 0),
    ):
        account = audit(small, "small", text)
        assert account.rewrapped
        assert not account.clean
        assert account.faulty_rows == account.misplaced_exclusions == ()
        said = list(say_account(small, "zh", account))
        assert said[0] == f"{5 + more}处数字 = 2处在记录中 + 3处已说明不录 + {more}处无着落"
        assert said[-1] == (
            f"记录的3处原文中，{len(account.moved_rows)}处都印着，只是不在所记的行上：文本的换行与登记的不同"
            f"（贴入{given}行，来源有3行），行号没有核对。"
        )


def test_one_row_on_another_line_is_named_with_it(files):
    files["targets"] = files["targets"].replace(b"a-1,small,1,", b"a-1,small,3,")
    data = dataset.build(files)
    account = audit(data, "small", PAGE)
    assert (account.moved_rows, account.faulty_rows, account.clean) == ({"a-1": 1}, ("a-1",), False)
    assert list(say_account(data, "zh", account))[2:] == ["a-1：“突破4000亿元”印在第1行，所记的是第3行"]


def test_an_unaccounted_numeral_is_named_with_its_line(small):
    account = audit(small, "small", PAGE + "另有约500人。\n")
    assert not account.clean
    assert not account.same_text
    said = list(say_account(small, "en", account))
    assert said[0] == "6 numerals = 2 in rows + 3 excluded + 1 unaccounted"
    assert said[2:] == ["line 4, “约500人”: in no row and not excluded"]


def test_what_does_not_stand_on_its_line_is_named(small):
    account = audit(small, "small", PAGE.replace("\n一流", "\n\n一流").replace("突破", "达到"))
    assert account.misplaced_rows == ("a-1",)
    said = list(say_account(small, "zh", account))
    assert "a-1：第1行没有“突破4000亿元”" in said
    assert said.count("exclusions.csv：第3行没有“第一批”") == 2


PRINTED = [
    ("突破4000亿元", "gt", "400", "亿元", "超过400亿元"),
    ("突破4000亿元", "gt", "-4000", "亿元", "超过-4,000亿元"),
    ("突破4000亿元", "gt", "4000", "万元", "超过0.4亿元"),
    ("突破4000亿元", "lt", "4000", "亿元", "不到4,000亿元"),
    ("突破4000亿元", "ge", "4000", "亿元", "不少于4,000亿元"),
    ("达到4000亿元", "ge", "4000", "亿元", ""),
    ("突破４千亿", "gt", "4", "千亿元", ""),
    ("突破四千亿元", "gt", "4,000", "亿元", ""),
    ("下降2.5%", "eq", "-2.5", "%", ""),
    ("连续8年下降2.5%", "eq", "-2.5", "%", ""),
    ("连续8年下降2.5%", "eq", "8", "%", "8%"),
    ("\u22122.5%", "eq", "-2.5", "%", ""),
    ("增长2.5%", "eq", "-2.5", "%", "-2.5%"),
    ("3000 billion yuan", "eq", "3000", "billion yuan", ""),
    ("4000亿元", "ge", "4000", "亿元", ""),  # a target of more is at least
]  # fmt: skip
"""What is printed, the comparator, value and unit that are recorded of it, and what is said if they are not the same."""


def test_a_number_that_is_not_the_printed_one_is_named(files):
    """Each stands on a line of its own."""
    rows, text = [], ""
    for line, (printed, comparator, value, unit, _) in enumerate(PRINTED, 1):
        indicator = "地区生产总值增速" if unit == "%" else "规上工业总产值"
        stands = {"source": "small", "line": str(line), "as_printed": printed, "unit": unit}
        dated = {"year_basis": "inferred", "year_evidence": "今年", "year_line": str(line)}
        rows.append(
            record(f"r-{line}", "target", "2022", comparator, f'"{value}"', indicator, "镇海区", **stands, **dated)
        )
        text += f"今年{printed}。\n"
    files |= {name: files[name].split(b"\n")[0] + b"\n" for name in ("misprints", "exclusions")}
    files["exclusions"] += f"small,{len(PRINTED) + 1},一流,word\n".encode()
    files["targets"] = "\n".join([HEADER, *rows, ""]).encode()
    files["sources"] = files["sources"].replace(b",3,,\n", f",{len(PRINTED) + 1},,\n".encode())
    data = dataset.build(files)
    account = audit(data, "small", text + "一流\n")
    misread = {f"r-{n}": (row[0], row[-1]) for n, row in enumerate(PRINTED, 1) if row[-1]}
    assert account.misread_rows == tuple(misread)
    said = [f"{id_}：印的是“{printed}”，录的是{read}" for id_, (printed, read) in misread.items()]
    told = list(say_account(data, "zh", account))
    assert [each for each in told if "印的是" in each] == said


def test_words_of_a_year_that_do_not_stand_on_their_line_are_named(small):
    account = audit(small, "small", PAGE.replace("今年", ""))
    assert account.misplaced_evidence == ("a-1", "a-2", "a-3")
    assert not account.clean
    assert "a-2: line 1 does not print “今年”, which its year follows from" in say_account(small, "en", account)
    assert audit(small, "small", PAGE).misplaced_evidence == ()


def test_a_misprint_that_is_not_near_its_row_is_named(small):
    assert audit(small, "small", PAGE).misplaced_misprints == ()
    for text in (PAGE.replace("成市", "城市"), PAGE.replace("一流", "\n\n一流")):
        account = audit(small, "small", text)
        assert account.misplaced_misprints == ("a-1",)
        assert not account.clean
        assert "a-1：第1行附近没有印误“成市”" in say_account(small, "zh", account)


def test_a_misprint_of_no_row_is_refused_by_name(files):
    gone = {"misprints": files["misprints"].replace(b"a-1,", b"a-9,")}
    with pytest.raises(InvalidDataError) as refused:
        dataset.build(files | gone)
    said = [problem.say("zh") for problem in refused.value.problems]
    assert said == ["misprints.csv，第2行，“id”列，值“a-9”：targets.csv 里没有；最接近的是“a-3”"]


def test_there_need_be_no_misprint(files):
    data = dataset.build(files | {"misprints": files["misprints"].split(b"\n")[0] + b"\n"})
    assert misprints(data) == {}
    assert audit(data, "small", PAGE).clean


def test_adversarial_text_is_accounted_for_to_its_end(small):
    """200 kB that a quadratic search would not come to the end of."""
    numerals = {"一": 1, "1,": 100_000, "万亿": 1, "超": 0, "\n 1": 1, "突破4000亿元今年": 9_090, "\n": 0}
    found = {piece: len(audit(small, "small", piece * (200_000 // len(piece.encode()))).numerals) for piece in numerals}
    assert found == numerals


def test_what_is_no_text_or_too_large_for_a_page_is_refused():
    for read, content, key in (
        (read_page, ("一" * (MOST_PASTED + 1)).encode(), "audit.too_long"),
        (read_page, ("一" + "\n" * (MOST_LINES + 1)).encode(), "audit.too_dense"),
        (read_page, b"", "audit.empty"),
        (read_text, b"", "audit.empty"),
        (read_text, b" \n", "audit.empty"),
        (read_text, b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "audit.not_text"),
        (read_text, b"\xff" * 100, "audit.not_text"),
        (read_text, b"1" * 2_000_001, "audit.too_large"),
    ):
        with pytest.raises(UnreadableTextError, match=key):
            read(content)


def test_texts_of_the_usual_encodings_are_read():
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert read_text("第一行\r\n第二行".encode(encoding)) == "第一行\n第二行"


def test_the_command_prints_the_account_and_its_status(files, tmp_path, capsys):
    for name, content in files.items():
        (tmp_path / resources()[name].path).write_bytes(content)
    store = Store(tmp_path)
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    assert main([str(page), "--source", "small"], store) == 0
    page.write_text(PAGE + "7家", encoding="utf-8")
    assert main([str(page), "--source", "small"], store) == 1
    assert "第4行“7家”：既不在记录中，也没有说明" in capsys.readouterr().out
    assert main([str(page), "--source", "large", "--lang", "en"], store) == 2
    assert main([str(tmp_path / "none.txt"), "--source", "small"], store) == 2
    assert capsys.readouterr().err.splitlines() == [
        "There is no such source; use an id of sources.csv.",
        "找不到或无法读取这个文件。",
    ]
