"""Years that a page names by their distance from its own: 今年, 明年, 3年, 未来五年."""

import re
from functools import cache

from targets.quantities.reader import read_number

NAMED = {
    "前年": -2, "去年": -1, "去年底": -1, "上年": -1, "今年": 0, "今年内": 0, "今年底": 0, "本年": 0, "本年度": 0,
    "年内": 0, "年底": 0, "年末": 0, "明年": 1, "明年底": 1, "后年": 2,
}  # fmt: skip
"""Words for a year and how many years it lies after the year of the page."""
_SPAN = re.compile(r"(?:未来|今后)?(?P<number>[0-9０-９]{1,2}|[一二两三四五六七八九十]{1,3})年(?:内|间)?")


@cache
def years_after(words: str) -> int | None:
    """Return how many years after the year of the page the words end: 今年 0, 3年 3, 未来五年 5.

    A span of N years counts from the year of the page and refers to its last year. None for words that
    are no such date.
    """
    if words in NAMED:
        return NAMED[words]
    span = _SPAN.fullmatch(words)
    if not span:
        return None
    try:
        return int(read_number(span["number"]))
    except ValueError:
        return None
