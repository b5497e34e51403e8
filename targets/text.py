"""Every sentence a reader sees, in Chinese and English, side by side in text.toml."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")


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


def say(lang: str, key: str, **values: object) -> str:
    """Return the phrase in the language with its values put in.

    An English phrase may hold ``{n|one|many}``, which chooses the word by the number n.
    """
    phrase = phrases()[key][lang]
    for name, value in values.items():
        if lang == "en" and f"{{{name}|" in phrase:
            head, _, rest = phrase.partition(f"{{{name}|")
            choice, _, tail = rest.partition("}")
            one, many = choice.split("|")
            phrase = head + (one if value == 1 else many) + tail
        phrase = phrase.replace(f"{{{name}}}", str(value))
    return phrase


def listing(lang: str, items: Iterable[str]) -> str:
    """Join items as a list within a sentence: 甲、乙和丙 or A, B and C."""
    *head, last = list(items) or [""]
    if not head:
        return last
    return "、".join(head) + "和" + last if lang == "zh" else ", ".join(head) + " and " + last
