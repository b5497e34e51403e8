"""Holds a source's text against the data: every numeral in a row, excluded with a reason, or unaccounted.

`python -m targets.audit FILE --source ID` prints the account; its exit status is 1 if a numeral is
unaccounted or a row's printed quantity does not stand on its line, 2 if the text cannot be read.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from targets.dataset import Dataset
from targets.quantities import FULL_WIDTH, Quantity, Squeezed, find_quantities, squeeze
from targets.schema import InvalidDataError
from targets.store import STORE
from targets.text import LANGUAGES, say

LARGEST = 2_000_000
"""Bytes of a source text that is read; a newspaper page has some tens of thousands."""


@dataclass(frozen=True)
class Numeral:
    """One numeral of the text, the rows and the exclusion whose printed words hold it, if any."""

    quantity: Quantity
    rows: tuple[str, ...]
    exclusion: int | None

    @property
    def state(self) -> str:
        """Whether it is in a row, excluded, or unaccounted."""
        return "row" if self.rows else "excluded" if self.exclusion is not None else "unaccounted"


@dataclass(frozen=True)
class Account:
    """What an audit found: the numerals in order, and what the data says that the text does not."""

    text: str
    numerals: tuple[Numeral, ...]
    misplaced_rows: tuple[str, ...]
    misplaced_exclusions: tuple[int, ...]
    sha256: str
    same_text: bool

    def count(self, state: str) -> int:
        """Return how many numerals are in that state."""
        return sum(numeral.state == state for numeral in self.numerals)

    @property
    def clean(self) -> bool:
        """Whether nothing is unaccounted and nothing misplaced."""
        return not (self.count("unaccounted") or self.misplaced_rows or self.misplaced_exclusions)


class UnreadableTextError(Exception):
    """A text that is not audited; its argument is the key of the sentence that says why."""


def read_text(content: bytes) -> str:
    """Return the text of a source file, UTF-8 or GB18030; raise UnreadableTextError."""
    if len(content) > LARGEST:
        raise UnreadableTextError("audit.too_large")
    if not content.strip():
        raise UnreadableTextError("audit.empty")
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(c in text for c in "\x00\ufffd\x01\x02\x03\x04"):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableTextError("audit.not_text")


def audit(data: Dataset, source: str, text: str) -> Account:
    """Account for every numeral of a source's text."""
    squeezed = squeeze(text)
    frame = data.frame
    rows = frame[(frame["source"] == source) & frame["line"].notna()]
    excluded = data.tables["exclusions"]
    excluded = excluded[excluded["source"] == source]
    row_spans, lost_rows = _locate(squeezed, rows, shared=True)
    exclusion_spans, lost_exclusions = _locate(squeezed, excluded, shared=False)
    in_rows, in_exclusions = [()] * len(squeezed.text), [None] * len(squeezed.text)
    for index, (start, end) in row_spans.items():
        for i in range(start, end):
            in_rows[i] = (*in_rows[i], frame.at[index, "id"])
    for index, (start, end) in exclusion_spans.items():
        in_exclusions[start:end] = [index] * (end - start)
    place = {at: i for i, at in enumerate(squeezed.at)}
    numerals = tuple(Numeral(q, in_rows[place[q.start]], in_exclusions[place[q.start]]) for q in find_quantities(text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    recorded = data.tables["sources"].set_index("id")["sha256"].get(source, "")
    lost_ids = tuple(frame.loc[list(lost_rows), "id"])
    return Account(text, numerals, lost_ids, tuple(lost_exclusions), digest, digest == recorded)


def _locate(squeezed: Squeezed, table: pd.DataFrame, *, shared: bool) -> tuple[dict[int, tuple[int, int]], list[int]]:
    """Find each printed phrase on its line; return its span by index of the table, and what is not there.

    Rows may share a phrase (双400亿 is two rows); the same exclusion twice on a line is two places.
    """
    starts: dict[int, int] = {}
    for i, line in enumerate(squeezed.line):
        starts.setdefault(line, i)
    spans, lost, next_from = {}, [], {}
    for index, line, printed in zip(table.index, table["line"], table["as_printed"], strict=True):
        key = (int(line), printed)
        start = next_from.get(key, starts.get(int(line), -1))
        found = squeezed.text.find(printed.translate(FULL_WIDTH), start, start + MOST_ON_A_LINE) if start >= 0 else -1
        if found < 0 or squeezed.line[found] != line:
            lost.append(index)
            continue
        spans[index] = (found, found + len(printed))
        if not shared:
            next_from[key] = found + len(printed)
    return spans, lost


MOST_ON_A_LINE = 5_000
"""How far a phrase is looked for from the beginning of its line."""


def say_account(data: Dataset, lang: str, source: str, account: Account) -> Iterator[str]:
    """Say an account line by line: the sum, each unaccounted numeral, each misplaced row."""
    counts = {state: account.count(state) for state in ("row", "excluded", "unaccounted")}
    yield say(lang, "audit.sum", n=len(account.numerals), **counts)
    yield say(lang, "audit.same" if account.same_text else "audit.other", sha256=account.sha256[:12])
    for numeral in account.numerals:
        if numeral.state == "unaccounted":
            quantity = numeral.quantity
            yield say(lang, "audit.unaccounted", line=quantity.line, printed=quantity.printed[:30])
    frame = data.frame.set_index("id")
    for row_id in account.misplaced_rows:
        row = frame.loc[row_id]
        yield say(lang, "audit.misplaced", id=row_id, printed=row["as_printed"], line=row["line"])
    for index in account.misplaced_exclusions:
        row = data.tables["exclusions"].loc[index]
        yield say(lang, "audit.misplaced_exclusion", printed=row["as_printed"], line=row["line"])


def main(arguments: list[str] | None = None) -> int:
    """Audit a text file and print the account; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m targets.audit", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--source", required=True)
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    asked = parser.parse_args(arguments)
    state = STORE.current()
    try:
        if state.dataset is None:
            raise InvalidDataError(state.problems)
        if asked.source not in set(state.dataset.tables["sources"]["id"]):
            raise UnreadableTextError("audit.no_source")
        text = read_text(asked.file.read_bytes())
    except InvalidDataError as error:
        said = [problem.say(asked.lang) for problem in error.problems]
    except UnreadableTextError as error:
        said = [say(asked.lang, str(error))]
    except OSError:
        said = [say(asked.lang, "audit.no_file")]
    else:
        account = audit(state.dataset, asked.source, text)
        print("\n".join(say_account(state.dataset, asked.lang, asked.source, account)))
        return 0 if account.clean else 1
    print("\n".join(said), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
