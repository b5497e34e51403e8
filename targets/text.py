"""Every sentence a reader sees, in Chinese and English, side by side in text.toml."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from numbers import Integral
from pathlib import Path

LANGUAGES = ("zh", "en")


def language_of(wanted: str | None) -> str:
    """Return the language for a reader whose browser wants this one, such as en-GB, or this list of them."""
    return "en" if wanted and not wanted.lower().startswith("zh") else "zh"


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Return every phrase by key: ``{"page.overview": {"zh": …, "en": …}}``."""
    found: dict[str, dict[str, str]] = {}

    def walk(branch: dict, path: tuple[str, ...]) -> None:
        if set(branch) == set(LANGUAGES):
            found[".".join(path)] = branch
            return
        for name, value in branch.items():
            walk(value, (*path, name))

    walk(tomllib.loads((Path(__file__).parent / "text.toml").read_text(encoding="utf-8")), ())
    return found


SLOT = re.compile(r"\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}")


def write(value: object) -> str:
    """Return a value as it stands in a sentence: whole numbers from 10,000 on, which no year is, in groups."""
    return f"{value:,}" if isinstance(value, Integral) and abs(value) >= 10_000 else str(value)


def say(lang: str, key: str, /, **values: object) -> str:
    """Return the phrase in the language with its values put in.

    An English phrase may hold ``{n|one|many}``, which chooses the word by the number n.
    """

    def put_in(slot: re.Match) -> str:
        name, one, many = slot.groups()
        return write(values[name]) if one is None else one if values[name] == 1 else many

    return SLOT.sub(put_in, phrases()[key][lang])


def words(section: str) -> list[str]:
    """Return the keys of a section of text.toml in their order."""
    return [key.removeprefix(f"{section}.") for key in phrases() if key.startswith(f"{section}.")]


def listing(lang: str, items: Iterable[str], most: int | None = None) -> str:
    """Join items as a list within a sentence: 甲、乙和丙 or A, B and C; of more than `most` name the first only."""
    items, between = list(items), say(lang, "enumeration")
    if most and len(items) > most:
        return say(lang, "listing.more", first=between.join(items[:most]), n=len(items))
    *head, last = items or [""]
    return say(lang, "listing.last", head=between.join(head), last=last) if head else last
