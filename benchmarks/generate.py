"""Data of any size in the project's own schema: `python -m benchmarks.generate FOLDER RECORDS [SEED]`.

Invented figures for real places: each province and prefecture, indicator and year, in all units and with all
comparators; targets, expectations, pledges and what became of them. The same seed gives the same bytes, and
records are written as they are made, so that memory does not grow with their number.
"""

import csv
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from targets.schema import DATA_FOLDER, resources

PLACES = Path(__file__).parent / "places.txt"
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
    ("", ""),
    ("", ""),
    ("", ""),
    ("按当年价格，含“规下”", "At current prices, firms below the threshold included"),
    ("口径为全市", 'Of the whole city, called "all"'),
)


@dataclass(frozen=True)
class Place:
    """A province, or a prefecture within one."""

    number: int
    name: str
    within: str

    @property
    def key(self) -> str:
        """The place in IDs."""
        return f"p{self.number:03}"


def read_places() -> list[Place]:
    """Return all places, each province before its prefectures."""
    found: list[Place] = []
    for line in PLACES.read_text(encoding="utf-8").splitlines():
        province, *prefectures = line.split()
        found.append(Place(len(found) + 1, province, ""))
        for name in prefectures:
            full = name if name.endswith(("州", "盟", "地区")) and len(name) > 2 else f"{name}市"
            found.append(Place(len(found) + 1, full, province))
    return found


def generate(folder: Path, records: int, seed: int = 1) -> None:
    """Write a data folder with so many records."""
    folder.mkdir(parents=True, exist_ok=True)
    places = read_places()[4:] + read_places()[:4]
    places = places[: max(3, records // 250)]
    years = min(MOST_YEARS, max(4, records // (len(places) * 40)))
    each = -(-records // (len(places) * years))
    sources = [(place, year) for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1) for place in places]
    for name in COPIED:
        path = resources()[name].path
        (folder / path).write_bytes((DATA_FOLDER / path).read_bytes())
    for name, rows in {
        "districts": ([p.name, f"Place {p.number}", p.within, p.number] for p in places),
        "actors": _actors(places),
        "sources": (_source(place, year, each) for place, year in sources),
        "exclusions": [[next(f"{p.key}-{year}" for p, year in sources if _is_page(p, year)), "1", "一流", "word"]],
        "breaks": _breaks(places),
        "misprints": [],
        "checks": [],
        "targets": _records(sources, each, records, seed),
    }.items():
        with (folder / resources()[name].path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(resources()[name].columns)
            writer.writerows(rows)


def _actors(places: list[Place]) -> Iterator[list]:
    for place in places:
        for n, (name, kind) in enumerate(((place.name, "city"), (f"{place.name}钢铁", "company"))):
            english = f"Place {place.number}" + (" Steel" if n else "")
            yield [name, english, kind, place.name, f"{place.name}统计公报", "Communiqué", place.number * 2 + n]


def _source(place: Place, year: int, each: int) -> list:
    page = _is_page(place, year)
    title = f"{place.name}{year}年政府工作报告"
    return [
        f"{place.key}-{year}", title, f"Report of place {place.number} for {year}", "日报", "Daily",
        f"{year}-{1 + place.number % 3:02}-{1 + place.number % 28:02}", year, "printed",
        "" if page else f"https://example.cn/{place.key}/{year}", "", each if page else "", "", "",
    ]  # fmt: skip


def _is_page(place: Place, year: int) -> bool:
    """Whether a source is a printed page with numbered lines."""
    return (place.number + year) % 2 == 0


def _breaks(places: list[Place]) -> Iterator[list]:
    name = ["经济普查修订", "Revision after the census", "", ""]
    for place in places[:5]:
        yield ["地区生产总值", place.name, LAST_YEAR - 2, f"{LAST_YEAR}-03-20", *name]


def _read(name: str) -> list[dict[str, str]]:
    with (DATA_FOLDER / resources()[name].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _records(sources: list[tuple[Place, int]], each: int, records: int, seed: int) -> Iterator[list[str]]:
    writer = _Writer(seed)
    first = sources[0][1]
    left = records
    for place, year in sources:
        for row in writer.write_source(place, year, min(each, left), first):
            yield [row.get(column, "") for column in writer.columns]
        left -= min(each, left)


class _Writer:
    """Writes the records of one source after another."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.columns = resources()["targets"].columns
        self.indicators = [i for i in _read("indicators") if i["dimension"]]
        random.Random(seed).shuffle(self.indicators)
        self.programmes = [i["indicator"] for i in _read("indicators") if not i["dimension"]]
        self.industries = [i["industry"] for i in _read("industries")]
        self.units: dict[str, list[tuple[str, float]]] = {}
        for unit in _read("units"):
            self.units.setdefault(unit["canonical_unit"], []).append((unit["unit"], float(unit["factor"])))
        self.random = random.Random()

    def write_source(self, place: Place, year: int, many: int, first: int) -> Iterator[dict[str, str]]:
        """Return the first so many records of a source."""
        self.random.seed(f"{self.seed} {place.number} {year}")
        for n in range(many):
            block, k = divmod(n // 4 + place.number * 7, len(self.indicators))
            block -= (place.number * 7) // len(self.indicators)
            row = self._write(place, year, k, block, n % 4, first)
            source_line = {"line": str(n + 1)} if _is_page(place, year) else {}
            note, note_en = NOTES[self.random.randrange(len(NOTES))]
            yield row | source_line | {"source": f"{place.key}-{year}", "note": note, "note_en": note_en}

    def _write(self, place: Place, year: int, k: int, block: int, part: int, first: int) -> dict[str, str]:
        """Return a record: of four for an indicator the first is an actual, the others look ahead."""
        company = k % 5 == 4
        common = {
            "actor": f"{place.name}钢铁" if company else place.name,
            "district": place.name,
            "industry": self.industries[(k + place.number) % len(self.industries)],
        }
        stem = f"{place.key}-i{k:02}-{year}"
        if part == 0 and block < len(REPORTED):
            back, status = REPORTED[(block + k) % len(REPORTED)]
            number = self._number(place, k, year - back, "actual", common["actor"], status)
            known = {"id": f"{stem}-a{year - back}", "kind": "actual", "status": status, "modality": "实现"}
            return common | number | known | {"year": str(year - back), "year_basis": "printed"}
        if part == 3 and k % 4 == 0:
            programme = self.programmes[(k + year) % len(self.programmes)]
            known = {"id": f"{stem}-p{block}", "kind": "pledge", "indicator": programme, "as_printed": programme[:24]}
            return common | known | {"year_basis": "none", "modality": MODALITIES[k % len(MODALITIES)]}
        return common | self._write_target(place, year, k, block * 4 + part, first, common["actor"])

    def _write_target(self, place: Place, year: int, k: int, code: int, first: int, actor: str) -> dict[str, str]:
        ahead = HORIZONS[code % len(HORIZONS)]
        due, stem = year + ahead, f"{place.key}-i{k:02}"
        row = self._number(place, k, due, "target", actor, str(code)) | {
            "id": f"{stem}-{year}-t{code}",
            "kind": "expected" if (k + code) % 7 == 0 else "target",
            "modality": MODALITIES[(k + code) % len(MODALITIES)],
        }
        if code == 1 and self.indicators[k]["pace"] != "average_growth" and place.number % 3 == 0:
            row["base"] = f"{stem}-{year}-a{year - REPORTED[k % len(REPORTED)][0]}"
        if code == 2 and year > first and (k + year) % 6 == 0:
            row["revises"] = f"{stem}-{year - 1}-t{code}"
        if (k + code + place.number) % 9 == 0:
            return row | {"year_basis": "none", "base": ""}
        if ahead in SPANS and code % 3 != 1:
            line = {"year_line": "1"} if _is_page(place, year) else {}
            return row | line | {"year_basis": "inferred", "year_evidence": SPANS[ahead]}
        return row | {"year": str(due), "year_basis": "printed"}

    def _number(self, place: Place, k: int, year: int, kind: str, actor: str, mark: str) -> dict[str, str]:
        """Return a number that grows with the years, printed in one of the units it could be printed in."""
        indicator = self.indicators[k]
        wobble = random.Random(f"{self.seed} {actor} {k} {year} {kind} {mark}")
        dimension = indicator["dimension"]
        growth = 1.005 + (place.number * 7 + k) % 11 / 100
        size = (40 if not place.within else 1) * (1 + (place.number * 37 + k * 11) % 97) * growth ** (year - LAST_YEAR)
        lead = 1.0 if kind == "actual" else 1.02
        canonical = {
            "money": size * 30 * lead,
            "share": 20 + (size * 7) % 60,
            "growth": 1 + (size * 3) % 14,
            "count": 5 + size * 12 * lead,
            "rank": 1 + (place.number + k + year) % 90,
        }[dimension] * (1 if dimension == "rank" else wobble.uniform(0.97, 1.03))
        unit, factor = wobble.choice(self._units_of(dimension, k))
        comparator = wobble.choice(("le", "eq") if dimension == "rank" else tuple(WORDS))
        value = _print(canonical / factor, whole=dimension in ("rank", "count") and factor == 1)
        words = WORDS[comparator] if dimension != "rank" else "第"
        printed = f"{words}{value}{unit if unit.isascii() is False or unit == '%' else '元'}"
        return {
            "indicator": indicator["indicator"], "comparator": comparator, "value": value, "unit": unit,
            "as_printed": printed[:24],
        }  # fmt: skip

    def _units_of(self, dimension: str, k: int) -> list[tuple[str, float]]:
        if dimension == "count":
            return self.units[("家", "个", "人", "条")[k % 4]]
        return self.units[{"money": "亿元", "share": "%", "growth": "%", "rank": "位"}[dimension]]


def _print(value: float, *, whole: bool) -> str:
    """Write a number with about four significant digits, never with an exponent."""
    if whole:
        return str(max(1, round(value)))
    places = 3 - math.floor(math.log10(value))
    return f"{value:.{places}f}" if places > 0 else str(int(round(value, places)))


if __name__ == "__main__":
    generate(Path(sys.argv[1]), *map(int, sys.argv[2:]))
