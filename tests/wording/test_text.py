"""Every phrase in both languages, each used, each with the same values put in."""

import re
from pathlib import Path

from targets.text import SLOT, listing, phrases, say

ROOT = Path(__file__).parent.parent.parent
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("targets", "ui", "pages", "server")
    for path in sorted((ROOT / folder).rglob("*.py"))
)


def test_every_phrase_has_two_languages_with_the_same_values():
    for key, phrase in phrases().items():
        assert phrase["zh"] and phrase["en"], key
        names = {lang: {place[0] for place in SLOT.findall(phrase[lang])} for lang in ("zh", "en")}
        extra = {p[0] for p in SLOT.findall(phrase["en"]) if p[1] or p[2]}
        assert names["zh"] == names["en"] or names["en"] - names["zh"] <= extra | {"n"}, key


def test_chinese_phrases_have_no_half_width_punctuation_beside_chinese():
    for key, phrase in phrases().items():
        if not key.startswith("dictionary"):
            assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]", phrase["zh"]), key


def test_a_day_up_to_which_something_counts_counts_itself():
    for key, phrase in phrases().items():
        assert not re.search("(?:今天|那天)以前", phrase["zh"]), key


def test_english_phrases_have_no_chinese_but_printed_words():
    allowed = {"app.other_language", "problem.not_number", "dictionary.head"}
    for key, phrase in phrases().items():
        if key not in allowed and not key.startswith("unit."):
            assert not re.search(r"[\u4e00-\u9fff，。；：]", phrase["en"]), key


def test_no_phrase_is_defined_and_unused():
    """A phrase is used where its key stands in the code, whole or as the head of a composed key."""
    unused = []
    for key in phrases():
        section, _, name = key.rpartition(".")
        composed = section and re.search(rf"f['\"]{re.escape(section)}\.\{{", CODE)
        rules = section == "problem" and f'"{name}"' in CODE
        findings = section == "finding" and f'"{name}"' in CODE
        if not (f'"{key}"' in CODE or f"'{key}'" in CODE or composed or rules or findings):
            unused.append(key)
    assert unused == []


def test_english_counts_choose_their_word():
    assert say("en", "notice.ignored_more", n=0) == "0 more parts of the link were ignored."
    assert say("en", "notice.ignored_more", n=1) == "1 more part of the link was ignored."


def test_a_value_that_looks_like_a_place_is_not_filled_in():
    assert say("zh", "filter.option", name="{n}", n=3) == "{n}（3）"


def test_a_listing_is_joined_as_in_a_sentence():
    listings = {"": ("", ""), "a": ("a", "a"), "ab": ("a和b", "a and b"), "abc": ("a、b和c", "a, b and c")}
    assert {items: (listing("zh", items), listing("en", items)) for items in listings} == listings
