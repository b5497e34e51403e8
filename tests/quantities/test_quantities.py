"""Numbers as Chinese pages print them: found in running text, read, and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.quantities.reader import LONGEST, find_quantities, read_number

QUANTITIES = {
    "3000 亿元": (3000 * 10**8, "元", "eq"),
    "2.2万亿元": (22 * 10**11, "元", "eq"),
    "8 万名以上": (80_000, "名", "ge"),
    "双400亿": (400 * 10**8, "", "eq"),
    "两千亿级": (2000 * 10**8, "", "eq"),
    "千亿元": (10**11, "元", "eq"),
    "万亿元": (10**12, "元", "eq"),
    "第七": (7, "位", "eq"),
    "前十": (10, "位", "le"),
    "超35%": (35, "%", "gt"),
    "突破\n４，５００亿元": (4500 * 10**8, "元", "gt"),
    "约500人": (500, "人", "approx"),
    "至少 10\n家": (10, "家", "ge"),
    "5G": (5, "", "eq"),
    "第十四次": (14, "次", "eq"),
    "二〇二六年": (2026, "年", "eq"),
    "三千五": (3500, "", "eq"),
    "三千零五": (3005, "", "eq"),
    "一万三": (13_000, "", "eq"),
    "增长百分之五以上": (5, "%", "ge"),
    "超过百分之35": (35, "%", "gt"),
    "百分之六点五": (6.5, "%", "eq"),
    "百分之百": (100, "%", "eq"),
    "提高两成以上": (20, "%", "ge"),
    "近三成五的企业": (35, "%", "approx"),
    "占8成": (80, "%", "eq"),
    "三成立了公司": (3, "", "eq"),
    "二〇二一成立": (2021, "", "eq"),
    "提高3个百分点": (3, "个百分点", "eq"),
    "提高两个百分点": (2, "个百分点", "eq"),
}
"""What is printed, and the value, unit and comparator that are read."""


def test_a_quantity_is_read():
    found = {text: [(q.value, q.unit, q.comparator) for q in find_quantities(text)] for text in QUANTITIES}
    assert found == {text: [read] for text, read in QUANTITIES.items()}


def test_classes_and_pairs_are_read_with_their_words():
    found = find_quantities("双400亿、千亿级企业、五十亿企业 3家、五个一批")
    assert [(q.printed, q.value) for q in found] == [
        ("双400亿", 400e8),
        ("千亿级", 1000e8),
        ("五十亿", 50e8),
        ("3家", 3),
        ("五个", 5),
        ("一批", 1),
    ]


def test_a_quantity_knows_its_place_across_lines():
    text = "产值突破 4\n5 00 亿 元。"
    (found,) = find_quantities(text)
    assert (found.line, text[found.start : found.end], found.printed) == (1, "4\n5 00 亿", "突破4500亿元")


def write_chinese(number: int) -> str:
    """Write a whole number in Chinese: 30005 is 三万零五."""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= size:
            head, rest = divmod(number, size)
            written = write_chinese(head) + name
            if rest:
                written += ("零" if rest < size // 10 else "") + write_chinese(rest)
            return written
    return "零一二三四五六七八九"[number]


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_a_number_goes_to_chinese_and_back(number):
    assert read_number(write_chinese(number)) == number


@given(st.text(alphabet="〇零一两十百千万亿双0９.,第超 \n元级", max_size=60) | st.text(max_size=60))
def test_any_text_is_read_without_an_error(text):
    for found in find_quantities(text):
        assert text[found.start : found.end].translate({ord(c): None for c in " \n\t"})
        assert found.line == text[: found.start].count("\n") + 1


def test_what_is_no_numeral_is_refused():
    for text in ("", "abc", "4,00x", "一a", "1.", "一" * (LONGEST + 1)):
        with pytest.raises(ValueError, match=r"numeral|longer"):
            read_number(text)


def test_adversarial_text_is_read_to_its_end():
    """Reading that backtracked over such text would not come to an end at all."""
    counts = {"一": 1, "万亿": 1, "1": 1, "1,": 20_000, "超": 0, "第": 0, "\n 1": 1}
    assert {piece: len(find_quantities(piece * 20_000)) for piece in counts} == counts
