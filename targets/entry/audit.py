"""The audit of a source's text: is every numeral in a row, excluded with a reason, or unaccounted?

`python -m targets.entry.audit FILE --source ID` prints the account; its exit status is 1 if a numeral is
unaccounted, entered as another number, or printed words do not stand where the data says, 2 if the text
cannot be read.
"""

import argparse
import hashlib
import os
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from targets.contract.schema import DATA_FOLDER, InvalidDataError
from targets.load.dataset import BackendError, Dataset, at_hand
from targets.load.source_text import UnreadableTextError, read_text
from targets.progress.evidence import misprints, misread
from targets.quantities.reader import Quantity, Squeezed, find_quantities, squeeze
from targets.query.selection import Selection
from targets.storage.store import Shown, open_store
from targets.text import LANGUAGES, say
from targets.wording.headlines import say_value


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
    moved_rows: Mapping[str, int]
    """The rows that are printed on another line than the data says, and which."""
    misread_rows: tuple[str, ...]
    misplaced_evidence: tuple[str, ...]
    misplaced_misprints: tuple[str, ...]
    misplaced_exclusions: tuple[int, ...]
    sha256: str
    same_text: bool
    printed_rows: int
    lines: int
    """How many lines the source has."""
    rewrapped: bool
    """Whether most rows are printed on another line than the data says: a copy with other line breaks."""

    def count(self, state: str) -> int:
        """Return how many numerals are in that state."""
        return sum(numeral.state == state for numeral in self.numerals)

    @property
    def faulty_rows(self) -> tuple[str, ...]:
        """The rows that the text contradicts; none where it is another text."""
        if self.elsewhere:
            return ()
        moved = () if self.rewrapped else self.moved_rows
        misplaced = (*self.misplaced_rows, *moved, *self.misplaced_evidence, *self.misplaced_misprints)
        return (*misplaced, *self.misread_rows)

    @property
    def elsewhere(self) -> bool:
        """Whether not one row stands on its line, and few are printed at all: another text."""
        not_there = len(self.misplaced_rows) + len(self.moved_rows)
        return 0 < self.printed_rows == not_there and not self.rewrapped

    @property
    def clean(self) -> bool:
        """Whether nothing is unaccounted, misread or misplaced."""
        faults = self.faulty_rows or self.misplaced_exclusions or self.count("unaccounted")
        return not (self.elsewhere or self.rewrapped or faults)


def audit(data: Dataset, source: str, text: str) -> Account:
    """Account for every numeral of a source's text."""
    squeezed = squeeze(text)
    rows = data.frame[data.frame["source"] == source].set_index("id")
    excluded = data.tables["exclusions"]
    excluded = excluded[excluded["source"] == source]
    printed = rows[rows["line"].notna()]
    in_row = _locate(squeezed, zip(printed.index, printed["line"], printed["as_printed"], strict=True))
    excluded_at = _locate(
        squeezed, zip(excluded.index, excluded["line"], excluded["as_printed"], strict=True), shared=False
    )
    inferred = rows[rows["year_line"].notna()]
    evidence = _locate(squeezed, zip(inferred.index, inferred["year_line"], inferred["year_evidence"], strict=True))
    rewrapped = len(in_row.moved) > len(printed) / 2
    in_rows, in_exclusions = [()] * len(squeezed.text), [None] * len(squeezed.text)
    for row_id, (start, end) in in_row.spans.items():
        for i in range(start, end):
            in_rows[i] = (*in_rows[i], row_id)
    for index, (start, end) in excluded_at.spans.items():
        in_exclusions[start:end] = [index] * (end - start)
    index = {at: i for i, at in enumerate(squeezed.at)}
    numerals = tuple(Numeral(q, in_rows[index[q.start]], in_exclusions[index[q.start]]) for q in find_quantities(text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    recorded, lines = data.by_key["sources"].loc[source, ["sha256", "lines"]]
    return Account(
        text, numerals, in_row.lost, in_row.moved, misread(data, printed), evidence.misplaced(rewrapped=rewrapped),
        _misplaced_misprints(data, squeezed, printed["line"], rewrapped=rewrapped),
        excluded_at.misplaced(rewrapped=rewrapped), digest, digest == recorded, len(printed),
        0 if pd.isna(lines) else int(lines), rewrapped,
    )  # fmt: skip


@dataclass(frozen=True)
class _Located:
    """Where phrases were found in a text, by their keys; those on another line than expected, and those not found."""

    spans: dict[Hashable, tuple[int, int]]
    moved: dict[Hashable, int]
    lost: tuple[Hashable, ...]

    def misplaced(self, *, rewrapped: bool) -> tuple[Hashable, ...]:
        """Return what is not on its line; in a text with other line breaks only what was not found."""
        return self.lost if rewrapped else (*self.lost, *self.moved)


def _locate(squeezed: Squeezed, phrases: Iterable[tuple[Hashable, int, str]], *, shared: bool = True) -> _Located:
    """Find each printed phrase on its line, or else near it.

    Rows may share a phrase (双400亿 is two rows); the same exclusion twice on a line is two phrases. Exclusions are in
    the order of the page: one on another line is looked for from where the one before it was found.
    """
    spans, moved, lost, next_from, last = {}, {}, [], {}, 0
    for key, line, printed in phrases:
        phrase = squeeze(printed).text
        free = next_from.get(phrase, 0)
        start = max(free, bisect_left(squeezed.line, line))
        end = bisect_right(squeezed.line, line) + len(phrase) - 1  # it may go on over a line break
        found = squeezed.text.find(phrase, start, end)
        if found < 0:
            found = _find_near(squeezed, phrase, line) if shared else squeezed.text.find(phrase, max(free, last))
            if found < 0:
                lost.append(key)
                continue
            moved[key] = squeezed.line[found]
        spans[key] = (found, found + len(phrase))
        if not shared:
            next_from[phrase], last = found + len(phrase), found
    return _Located(spans, moved, tuple(lost))


def _find_near(squeezed: Squeezed, phrase: str, line: int) -> int:
    """Return where a phrase is nearest to a line, -1 where it is not found."""
    at = bisect_left(squeezed.line, line)
    before, after = squeezed.text.rfind(phrase, 0, at), squeezed.text.find(phrase, at)
    found = [start for start in (before, after) if start >= 0]
    return min(found, key=lambda start: abs(squeezed.line[start] - line), default=-1)


NEAR = 3
"""Lines before and after a row's own on which its misprint may stand."""


def _misplaced_misprints(data: Dataset, squeezed: Squeezed, lines: pd.Series, *, rewrapped: bool) -> tuple[str, ...]:
    """Return the rows, of those with these lines, near which no misprint of theirs is printed."""
    lost = []
    for row_id, misprint in misprints(data).items():
        if row_id in lines.index:
            line, phrase = int(lines[row_id]), squeeze(misprint["printed"]).text
            found = _find_near(squeezed, phrase, line)
            near = found >= 0 and (rewrapped or abs(squeezed.line[found] - line) <= NEAR)
            lost += [] if near else [row_id]
    return tuple(lost)


def say_account(data: Dataset, lang: str, account: Account) -> Iterator[str]:
    """Say an account line by line: the sum, whether it is the recorded text, and every fault."""
    yield say_sum(lang, account)
    yield say(lang, "audit.same" if account.same_text else "audit.other", sha256=account.sha256[:12])
    for _, sentence in say_faults(data, lang, account):
        yield sentence


def say_sum(lang: str, account: Account) -> str:
    """Say how many numerals there are and what became of them."""
    counts = {state: account.count(state) for state in ("row", "excluded", "unaccounted")}
    return say(lang, "audit.sum", n=len(account.numerals), **counts)


def say_faults(data: Dataset, lang: str, account: Account) -> Iterator[tuple[str, str]]:
    """Say each unaccounted numeral and each misplaced phrase, with the record it is about, if any.

    Of another text only that is said; of one with other line breaks, that once for all.
    """
    if account.elsewhere:
        given = len(account.text.splitlines())
        yield "", say(lang, "audit.elsewhere", n=account.printed_rows, given=given, lines=account.lines)
        return
    for numeral in account.numerals:
        if numeral.state == "unaccounted":
            quantity = numeral.quantity
            yield "", say(lang, "audit.unaccounted", line=quantity.line, printed=quantity.printed[:30])
    frame = data.by_id
    for row_id in account.misplaced_rows:
        row = frame.loc[row_id]
        yield row_id, say(lang, "audit.misplaced", id=row_id, printed=row["as_printed"], line=row["line"])
    yield from _say_moved(data, lang, account)
    for row_id in account.misread_rows:
        row = frame.loc[row_id]
        yield row_id, say(lang, "audit.misread", id=row_id, printed=row["as_printed"], read=say_value(lang, row))
    for row_id in account.misplaced_evidence:
        row = frame.loc[row_id]
        words, line = row["year_evidence"], row["year_line"]
        yield row_id, say(lang, "audit.misplaced_evidence", id=row_id, words=words, line=line)
    for row_id in account.misplaced_misprints:
        printed, line = misprints(data)[row_id]["printed"], frame.loc[row_id, "line"]
        yield row_id, say(lang, "audit.misplaced_misprint", id=row_id, printed=printed, line=line)
    for index in account.misplaced_exclusions:
        row = data.tables["exclusions"].loc[index]
        yield "", say(lang, "audit.misplaced_exclusion", printed=row["as_printed"], line=row["line"])


def _say_moved(data: Dataset, lang: str, account: Account) -> Iterator[tuple[str, str]]:
    """Say which rows are printed on another line, or once for all that the line breaks are others."""
    if account.rewrapped:
        words = {"n": account.printed_rows, "moved": len(account.moved_rows), "lines": account.lines}
        yield "", say(lang, "audit.rewrapped", given=len(account.text.splitlines()), **words)
        return
    for row_id, line in account.moved_rows.items():
        row = data.by_id.loc[row_id]
        yield row_id, say(lang, "audit.moved", id=row_id, printed=row["as_printed"], line=row["line"], found=line)


def main(arguments: list[str], store: Shown) -> int:
    """Audit a text file against the data of a store and print the account; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m targets.entry.audit", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--source", required=True)
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    asked = parser.parse_args(arguments)
    state = store.current()
    try:
        if state.dataset is None:
            raise InvalidDataError(state.problems)
        if asked.source not in set(state.dataset.tables["sources"]["id"]):
            raise UnreadableTextError("audit.no_source")
        text = read_text(asked.file.read_bytes())
        data = at_hand(state.dataset.query(Selection(), asked.source))
    except InvalidDataError as error:
        said = [problem.say(asked.lang) for problem in error.problems]
    except BackendError as error:
        said = [error.problem.say(asked.lang)]
    except UnreadableTextError as error:
        said = [say(asked.lang, str(error))]
    except OSError:
        said = [say(asked.lang, "audit.no_file")]
    else:
        account = audit(data, asked.source, text)
        print("\n".join(say_account(data, asked.lang, account)))
        return 0 if account.clean else 1
    print("\n".join(said), file=sys.stderr)
    return 2


if __name__ == "__main__":
    named = Path(os.environ.get("TARGETS_DATA", DATA_FOLDER)), os.environ.get("TARGETS_URL", "")
    sys.exit(main(sys.argv[1:], open_store(*named)))
