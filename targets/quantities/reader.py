"""A reader of Chinese quantities: numbers as Chinese pages print them, found in running text and read.

Arabic, full-width, Chinese and mixed numerals, with unit, qualifier and position; line breaks and stray
blanks inside a quantity do not matter. Pure, never raises on text, and linear in its length.
"""

import math
import re
from dataclasses import dataclass

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "双": 2}
SMALL = {"千": 1000, "百": 100, "十": 10}
LARGE = {"亿": 10**8, "万": 10**4}
NUMERALS_TO_ASCII = str.maketrans("０１２３４５６７８９，．％", "0123456789,.%")
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
PERCENT = "百分之"
TENTH = "成"
"""A tenth, as in 两成 or 三成五; never where it begins another word."""
_DIGITS = "〇零一二两三四五六七八九"
_SIZES = "(?:(?!百分[之点])[十百千万亿])"
_WORDS_OF_TENTH = "立为功长绩都员果熟本品交就分型效形因"
_NUMERAL = re.compile(
    rf"(?<![{_DIGITS}十百千万亿点.\d])[{_DIGITS}\d]{TENTH}(?![{_WORDS_OF_TENTH}])(?:[{_DIGITS}](?![{_DIGITS}十百千万亿]))?"
    rf"|{PERCENT}(?:{_ARABIC}|[{_DIGITS}十百]+(?:点[{_DIGITS}]+)?)|双?(?:{_ARABIC}){_SIZES}*|(?:[{_DIGITS}双]|{_SIZES})+",
    re.ASCII,
)
BEFORE = {
    "首破": "gt", "突破": "gt", "超过": "gt", "超": "gt", "大于": "gt", "高于": "gt", "至少": "ge", "不低于": "ge",
    "不少于": "ge", "达到": "ge", "达": "eq", "约": "approx", "近": "approx", "不超过": "le", "至多": "le",
    "不到": "lt", "不足": "lt", "低于": "lt", "第": "ordinal", "前": "top",
}  # fmt: skip
"""Words before a number and what they make of it; the longest that fits counts."""
AFTER = {"以上": "ge", "及以上": "ge", "以下": "le", "以内": "le", "左右": "approx", "余": "gt", "多": "gt"}
UNITS = ("元", "%", "个百分点", "家", "个", "人", "名", "位", "条", "年", "月", "日", "次", "批", "大", "要")
_BEFORE = re.compile("(?:" + "|".join(sorted(BEFORE, key=len, reverse=True)) + r")[^\S\n]*\Z")
_AFTER = re.compile(
    r"级?(?P<unit>" + "|".join(sorted(UNITS, key=len, reverse=True)) + r")?级?"
    r"(?P<word>" + "|".join(sorted(AFTER, key=len, reverse=True)) + ")?"
)
LONGEST_WORD = 4
LONGEST = 32
"""Characters of a numeral that is read; a longer run of digits is no quantity and has the value NaN."""


@dataclass(frozen=True)
class Quantity:
    """One numeral of a text with what belongs to it.

    `start` and `end` count characters of the text, the numeral alone, blanks inside included; `line` is
    1-based. `printed`, with qualifier and unit, is without blanks. `value` is the number in
    the unit itself: 2.2万亿元 is 2.2e12 元. `comparator` is as in targets.csv; a place in a ranking has unit
    位 and eq (第七) or le (前十).
    """

    start: int
    end: int
    line: int
    printed: str
    value: float
    unit: str
    comparator: str


def read_number(numeral: str) -> float:
    """Read an Arabic, full-width, Chinese or mixed numeral: 2.2万亿, 两千亿, 五十, 五点五, 二〇二六, ４，５００.

    A magnitude without a number before it counts once (千亿 is 1000亿); a last digit right after a
    magnitude counts as a tenth of it (三千五 is 3500). A whole number comes as int. Raise ValueError for
    anything else, and for more than 32 characters, which no quantity has.
    """
    text = numeral.translate(NUMERALS_TO_ASCII).replace(",", "")
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters: {text[:LONGEST]}…")
    mixed = re.fullmatch(r"(\d+)(?:\.(\d+))?([十百千万亿]*)", text, re.ASCII)
    if mixed:
        scale = math.prod(SMALL.get(c) or LARGE[c] for c in mixed[3])
        decimals = len(mixed[2] or "")
        scaled = int(mixed[1] + (mixed[2] or "")) * scale
        return scaled // 10**decimals if scaled % 10**decimals == 0 else scaled / 10**decimals
    whole, point, decimals = text.partition("点")
    if point and whole and decimals and all(c in DIGITS for c in decimals):
        return read_number(f"{read_number(whole)}.{''.join(str(DIGITS[c]) for c in decimals)}")
    if not text or any(c not in DIGITS and c not in SMALL and c not in LARGE for c in text):
        raise ValueError(f"not a numeral: {numeral!r}")
    if len(text) > 1 and all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    return _read_chinese(text)


def _read_chinese(text: str) -> int:
    """Read a Chinese numeral with magnitudes, from its largest magnitude down."""
    for name, size in (LARGE | SMALL).items() if len(text) > 1 or text not in DIGITS else ():
        head, mark, rest = text.rpartition(name)
        if mark:
            tail = DIGITS.get(rest, 0) * size // 10 if len(rest) == 1 and size > 10 else _read_chinese(rest)
            return (_read_chinese(head) if head else 1) * size + tail
    return DIGITS[text[-1]] if text else 0


@dataclass(frozen=True)
class Squeezed:
    """A text without its blanks, and of each character its position `at` and its `line` in the original."""

    text: str
    at: list[int]
    line: list[int]


def squeeze(text: str) -> Squeezed:
    """Take every blank and line break out of a text, full-width digits made ASCII."""
    characters, at, lines, line = [], [], [], 1
    for i, c in enumerate(text):
        if c == "\n":
            line += 1
        elif not c.isspace():
            characters.append(c)
            at.append(i)
            lines.append(line)
    return Squeezed("".join(characters).translate(NUMERALS_TO_ASCII), at, lines)


def find_quantities(text: str) -> list[Quantity]:
    """Return every numeral of a text in its order, read with its unit and qualifier."""
    squeezed = squeeze(text)
    return [_read(squeezed, match) for match in _NUMERAL.finditer(squeezed.text)]


def _read(squeezed: Squeezed, match: re.Match) -> Quantity:
    text, numeral = squeezed.text, match.group()
    percent = numeral.startswith(PERCENT)
    number = numeral.removeprefix(PERCENT)
    number = number.removeprefix("双") if len(number) > 1 else number
    tenths, is_tenths, tenth = number.partition(TENTH)
    if is_tenths:
        value = read_number(tenths) * 10 + (read_number(tenth) if tenth else 0)
    else:
        value = read_number(number) if len(number) <= LONGEST else math.nan
    before = _BEFORE.search(text[max(0, match.start() - LONGEST_WORD) : match.start()])
    after = _AFTER.match(text, match.end())
    qualifier = BEFORE[before.group()] if before else ""
    word = AFTER.get(after["word"] or "", "")
    unit = "%" if percent or is_tenths else after["unit"] or ""
    ranked = qualifier in ("ordinal", "top") and unit in ("", "位")
    comparator = {"top": "le", "ordinal": "eq"}.get(qualifier) or qualifier or word or "eq"
    return Quantity(
        squeezed.at[match.start()],
        squeezed.at[match.end() - 1] + 1,
        squeezed.line[match.start()],
        (before.group() if before else "") + numeral + after.group(),
        value,
        "位" if ranked else unit,
        comparator,
    )
