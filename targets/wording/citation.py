"""A record cited: the Chinese form by GB/T 7714-2015, the English one after Chicago's notes and bibliography.

A source with an address is an electronic resource, [EB/OL], its publisher standing as the one responsible; any
other is a printed newspaper, [N]. What a source does not print is said as the standard says it: an unknown
publisher in square brackets (8.4.2), and likewise an estimated year (8.4.3). The line stands in the page's place.
"""

import pandas as pd

from targets.load.dataset import Dataset
from targets.text import say


def cite(data: Dataset, lang: str, row: object, link: str, accessed: str) -> str:
    """Cite a record of the data's frame with its source, line, id, data version and link.

    `accessed` is the day of the reading as YYYY-MM-DD. One line of plain text.
    """
    source = data.by_key["sources"].loc[row.source]
    line = "" if pd.isna(row.line) else say(lang, "cite.line", line=row.line)
    write = _gb if lang == "zh" else _english
    return f"{write(source, line, accessed)} {_tracker(data, lang, row, link, accessed)}"


def _date(source: pd.Series) -> str:
    """Return the printed date, else the year, in square brackets where it is not printed either."""
    year = str(source["year"]) if source["year_basis"] == "printed" else f"[{source['year']}]"
    return source["published"] or year


def _gb(source: pd.Series, line: str, accessed: str) -> str:
    publisher = source["publisher"] or say("zh", "cite.no_publisher")
    locator = f": {line}" if line else ""
    if not source["url"]:
        return f"{source['title']}[N]. {publisher}, {_date(source)}{locator}."
    date = f"({source['published']})" if source["published"] else _date(source)
    if source["publisher"]:
        head = f"{publisher}. {source['title']}[EB/OL]. {date}"
    else:
        head = f"{source['title']}[EB/OL]. {publisher}, {date}"
    return f"{head}{locator}[{accessed}]. {source['url']}."


def _english(source: pd.Series, line: str, accessed: str) -> str:
    title = f"“{source['title_en']}”"
    title += "." if source["title"] == source["title_en"] else f" [{source['title']}]."
    publisher = source["publisher_en"] or source["publisher"]
    head = f"{publisher}. {title}" if publisher else f"{title} {say('en', 'cite.no_publisher')},"
    parts = [f"{head} {_date(source)}{f', {line}' if line else ''}."]
    parts += [say("en", "cite.accessed", date=accessed), f"{source['url']}."] if source["url"] else []
    return " ".join(parts)


def _tracker(data: Dataset, lang: str, row: object, link: str, accessed: str) -> str:
    record = say(lang, "cite.record", id=row.id)
    version = say(lang, "cite.version", version=data.version)
    if lang == "zh":
        return f"{say(lang, 'cite.quoted')}{say(lang, 'app.title')}[DB/OL]. {record}, {version}[{accessed}]. {link}."
    tracker = f"{say(lang, 'cite.quoted')}{say(lang, 'app.title')}, {record}, {version}."
    return f"{tracker} {say(lang, 'cite.accessed', date=accessed)} {link}."
