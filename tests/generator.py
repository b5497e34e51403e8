"""Data of any size in the project's own schema: `python -m tests.generator FOLDER RECORDS [SEED]`.

Invented figures for real places, in all units and with all comparators; targets, expectations, pledges and what
became of them. The same seed gives the same bytes, and memory does not grow with the number of records.
"""

import csv
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from targets.contract.schema import DATA_FOLDER, resources

LAST_YEAR = 2025
MOST_YEARS = 26
COPIED = ("indicators", "industries", "units", "reasons", "related")
"""Files that are the project's own."""
REPORTED = ((1, "preliminary"), (2, "revised"), (3, "final"))
"""A source reports each of the three years before its own, each with the status that figures have by then."""
HORIZONS = (0, 1, 5, 3, 2, 4, 10, 15)
"""Years from a source to the targets it sets."""
WORDS = {"gt": "超", "ge": "达到", "eq": "", "approx": "约", "le": "不超过", "lt": "不到"}
SPANS = {0: "今年", 1: "明年", 3: "3年", 5: "未来五年"}
MODALITIES = ("力争", "实现", "将", "争取", "")
NOTES = (
    *[("", "")] * 3,
    ("按当年价格，含“规下”", "At current prices, firms below the threshold included"),
    ("口径为全市", 'Of the whole city, called "all"'),
)


class Place(NamedTuple):
    number: int
    name: str
    within: str
    """The province in which a prefecture lies."""


def read_places() -> list[Place]:
    """Return all places, each province before its prefectures."""
    found: list[Place] = []
    for line in Path(__file__).with_name("places.txt").read_text(encoding="utf-8").splitlines():
        province, *prefectures = line.split()
        found.append(Place(len(found) + 1, province, ""))
        for name in prefectures:
            full = name if name.endswith(("州", "盟", "地区")) and len(name) > 2 else f"{name}市"
            found.append(Place(len(found) + 1, full, province))
    return found


def generate(folder: Path, records: int, seed: int = 1) -> None:
    """Write a data folder with so many records."""
    folder.mkdir(parents=True, exist_ok=True)
    places = (read_places()[4:] + read_places()[:4])[: max(3, records // 250)]
    years = range(LAST_YEAR + 1 - min(MOST_YEARS, max(4, records // (len(places) * 40))), LAST_YEAR + 1)
    each = -(-records // (len(places) * len(years)))
    page = next(_id(place, year) for year in years for place in places if _is_page(place, year))
    revision = [LAST_YEAR - 2, f"{LAST_YEAR}-03-20", "经济普查修订", "Revision after the census", "", ""]
    for name in COPIED:
        (folder / f"{name}.csv").write_bytes((DATA_FOLDER / f"{name}.csv").read_bytes())
    for name, rows in {
        "districts": ([p.name, f"Place {p.number}", p.within, p.number] for p in places),
        "actors": (actor for place in places for actor in _actors(place)),
        "sources": (_source(place, year, each) for year in years for place in places),
        "exclusions": [[page, "1", "一流", "word"]],
        "breaks": (["地区生产总值", place.name, *revision] for place in places[:5]),
        "misprints": [],
        "checks": [],
        "targets": _records(places, years, each, records, seed),
    }.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(resources()[name].columns)
            writer.writerows(rows)


def _id(place: Place, year: int) -> str:
    return f"p{place.number:03}-{year}"


def _is_page(place: Place, year: int) -> bool:
    """Whether a source is a printed page with numbered lines."""
    return (place.number + year) % 2 == 0


def _actors(place: Place) -> Iterator[list]:
    for n, kind in enumerate(("city", "company")):
        name, english = f"{place.name}{'钢铁' * n}", f"Place {place.number}{' Steel' * n}"
        yield [name, english, kind, place.name, f"{place.name}统计公报", "Communiqué", place.number * 2 + n]


def _source(place: Place, year: int, each: int) -> list:
    n, title = place.number, f"{place.name}{year}年政府工作报告"
    day = f"{year}-{1 + n % 3:02}-{1 + n % 28:02}"
    url, lines = ("", each) if _is_page(place, year) else (f"https://example.cn/p{n:03}/{year}", "")
    known = [_id(place, year), title, f"Report of place {n} for {year}", "日报", "Daily", day, year, "printed", url]
    return [*known, "", lines, "", ""]


def _read(name: str) -> list[dict[str, str]]:
    with (DATA_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _records(places: list[Place], years: range, each: int, records: int, seed: int) -> Iterator[list[str]]:
    writer, columns = _Writer(seed, years[0]), resources()["targets"].columns
    for n, (year, place) in enumerate((year, place) for year in years for place in places):
        for row in writer.write_source(place, year, min(each, records - n * each)):
            yield [row.get(column, "") for column in columns]


class _Writer:
    """Writes the records of one source after another; of four for an indicator one is an actual, three look ahead."""

    def __init__(self, seed: int, first: int) -> None:
        self.seed, self.first = seed, first
        self.indicators = [i for i in _read("indicators") if i["dimension"]]
        random.Random(seed).shuffle(self.indicators)
        self.programmes = [i["indicator"] for i in _read("indicators") if not i["dimension"]]
        self.industries = [i["industry"] for i in _read("industries")]
        self.units: dict[str, list[tuple[str, float]]] = {}
        for unit in _read("units"):
            self.units.setdefault(unit["canonical_unit"], []).append((unit["unit"], float(unit["factor"])))

    def write_source(self, place: Place, year: int, many: int) -> Iterator[dict[str, str]]:
        """Return the first so many records of a source."""
        notes = random.Random(f"{self.seed} {place.number} {year}")
        for n in range(many):
            block, k = divmod(n // 4 + place.number * 7, len(self.indicators))
            block -= (place.number * 7) // len(self.indicators)
            note, note_en = NOTES[notes.randrange(len(NOTES))]
            actor = f"{place.name}钢铁" if k % 5 == 4 else place.name
            industry = self.industries[(k + place.number) % len(self.industries)]
            row = {"source": _id(place, year), "line": str(n + 1) if _is_page(place, year) else "", "actor": actor}
            row |= {"district": place.name, "industry": industry, "note": note, "note_en": note_en}
            yield row | self._write(place, year, k, block, n % 4, actor)

    def _write(self, place: Place, year: int, k: int, block: int, part: int, actor: str) -> dict[str, str]:
        key = f"p{place.number:03}-i{k:02}"
        if part == 0 and block < len(REPORTED):
            back, status = REPORTED[(block + k) % len(REPORTED)]
            known = {"id": f"{key}-{year}-a{year - back}", "kind": "actual", "status": status, "modality": "实现"}
            known |= {"year": str(year - back), "year_basis": "printed"}
            return known | self._number(place, k, year - back, "actual", actor, status)
        if part == 3 and k % 4 == 0:
            programme = self.programmes[(k + year) % len(self.programmes)]
            known = {"id": f"{key}-{year}-p{block}", "kind": "pledge", "modality": MODALITIES[k % len(MODALITIES)]}
            return known | {"indicator": programme, "as_printed": programme[:24], "year_basis": "none"}
        code = block * 4 + part
        ahead = HORIZONS[code % len(HORIZONS)]
        row = self._number(place, k, year + ahead, "target", actor, str(code)) | {
            "id": f"{key}-{year}-t{code}", "kind": "expected" if (k + code) % 7 == 0 else "target",
            "modality": MODALITIES[(k + code) % len(MODALITIES)],
        }  # fmt: skip
        if code == 2 and year > self.first and (k + year) % 6 == 0:
            row["revises"] = f"{key}-{year - 1}-t{code}"
        if (k + code + place.number) % 9 == 0:
            return row | {"year_basis": "none"}
        if code == 1 and self.indicators[k]["pace"] != "average_growth" and place.number % 3 == 0:
            row["base"] = f"{key}-{year}-a{year - REPORTED[k % len(REPORTED)][0]}"
        if ahead in SPANS and code % 3 != 1:
            line = "1" if _is_page(place, year) else ""
            return row | {"year_line": line, "year_basis": "inferred", "year_evidence": SPANS[ahead]}
        return row | {"year": str(year + ahead), "year_basis": "printed"}

    def _number(self, place: Place, k: int, year: int, kind: str, actor: str, mark: str) -> dict[str, str]:
        """Return a number that grows with the years, printed in one of the units it could be printed in."""
        indicator, dimension = self.indicators[k]["indicator"], self.indicators[k]["dimension"]
        wobble = random.Random(f"{self.seed} {actor} {k} {year} {kind} {mark}")
        growth = 1.005 + (place.number * 7 + k) % 11 / 100
        size = (40 if not place.within else 1) * (1 + (place.number * 37 + k * 11) % 97) * growth ** (year - LAST_YEAR)
        lead, rank = 1.0 if kind == "actual" else 1.02, dimension == "rank"
        number, canonical = {
            "money": (size * 30 * lead, "亿元"),
            "share": (20 + (size * 7) % 60, "%"),
            "growth": (1 + (size * 3) % 14, "%"),
            "count": (5 + size * 12 * lead, ("家", "个", "人", "条")[k % 4]),
            "rank": (1 + (place.number + k + year) % 90, "位"),
        }[dimension]
        number *= 1 if rank else wobble.uniform(0.97, 1.03)
        unit, factor = wobble.choice(self.units[canonical])
        comparator = wobble.choice(("le", "eq") if rank else tuple(WORDS))
        value = _print(number / factor, whole=rank or (dimension == "count" and factor == 1))
        printed = f"{'第' if rank else WORDS[comparator]}{value}{'元' if unit.isascii() and unit != '%' else unit}"[:24]
        return {"indicator": indicator, "comparator": comparator, "value": value, "unit": unit, "as_printed": printed}


def _print(value: float, *, whole: bool) -> str:
    """Write a number with about four significant digits, never with an exponent."""
    if whole:
        return str(max(1, round(value)))
    places = 3 - math.floor(math.log10(value))
    return f"{value:.{places}f}" if places > 0 else str(int(round(value, places)))


if __name__ == "__main__":
    generate(Path(sys.argv[1]), *map(int, sys.argv[2:]))
