"""Every sentence a reader sees, in Chinese and English, side by side in text.toml."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
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


PLACE = re.compile(r"\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}")


def say(lang: str, key: str, /, **values: object) -> str:
    """Return the phrase in the language with its values put in.

    An English phrase may hold ``{n|one|many}``, which chooses the word by the number n.
    """

    def put_in(place: re.Match) -> str:
        name, one, many = place.groups()
        return str(values[name]) if one is None else one if values[name] == 1 else many

    return PLACE.sub(put_in, phrases()[key][lang])


def listing(lang: str, items: Iterable[str]) -> str:
    """Join items as a list within a sentence: 甲、乙和丙 or A, B and C."""
    *head, last = list(items) or [""]
    if not head:
        return last
    return "、".join(head) + "和" + last if lang == "zh" else ", ".join(head) + " and " + last
