"""A page of another city beside the first: its places, units and actors are only lines in CSV files."""

from itertools import product

import pytest

from targets.charts.blocks import block_of
from targets.contract.comparability import containers, may_add
from targets.query.selection import Selection
from targets.query.tables import TABLES, Choice
from targets.text import LANGUAGES
from tests.drawing import Drawn
from tests.invented import DATA_FOLDER, DOLLARS, build_lines, record

LISTS = {
    "districts": ("浙江省,Zhejiang,,20", "温州市,Wenzhou (whole city),浙江省,21", "绍兴市,Shaoxing (whole city),浙江省,22",
                  "乐清市,Yueqing,温州市,23"),
    "actors": ("浙江省,Zhejiang,city,浙江省,省统计公报,Communiqué of the province,20",
               "温州市,Wenzhou,city,温州市,统计公报,Communiqué,21", "绍兴市,Shaoxing,city,绍兴市,统计公报,Communiqué,22",
               "乐清市,Yueqing,district,乐清市,统计公报,Communiqué,23"),
    "units": ("万亩,亩,10000,count,10 thousand mu,10k mu", "桩,桩,1,count,charging points,points",
              DOLLARS.rstrip()),
    "indicators": ("土地,Land,count,stock,projects,全部,,higher,level,,虚构,Invented,90",
                   "充电桩,Charging points,count,stock,projects,全部,,higher,level,,虚构,Invented,91",
                   "进出口,Trade,money,flow,revenue,全部,current,higher,level,,虚构,Invented,92",
                   "出口增速,Growth of exports,growth,flow,growth,全部,,higher,growth,,虚构,Invented,93"),
}  # fmt: skip
OUTPUT = "规上工业总产值"


@pytest.fixture(scope="module")
def cities():
    """Records of five places on three levels, in units of which the words of the pages know nothing."""
    lists = {
        name: (DATA_FOLDER / f"{name}.csv").read_text(encoding="utf-8") + "".join(f"{line}\n" for line in lines)
        for name, lines in LISTS.items()
    }
    return build_lines(
        record("a", "target", "2027", "gt", "9000", OUTPUT, "温州市"),
        record("b", "target", "2027", "gt", "7000", OUTPUT, "绍兴市"),
        record("c", "target", "2027", "gt", "4000", OUTPUT, "乐清市"),
        record("d", "target", "2027", "gt", "3.5", "土地", "温州市", unit="万亩"),
        record("e", "target", "2027", "ge", "20000", "充电桩", "温州市", unit="桩"),
        record("f", "target", "2027", "gt", "8", "进出口", "温州市", unit="亿美元"),
        record("g", "actual", "2021", "eq", "-3.1", "出口增速", "温州市", unit="%"),
        record("h", "target", "2027", "ge", "5", "出口增速", "温州市", unit="%"),
        record("i", "target", "2026", "gt", "1", OUTPUT, "浙江省", district="温州市"),
        record("j", "target", "2026", "gt", "2", OUTPUT, "浙江省", district="绍兴市"),
        **lists,
    )


def test_every_chart_draws_it(cities):
    for name, lang in product([name for name in TABLES if TABLES[name].chart], LANGUAGES):
        places = ("温州市",) if name == "place" else ()
        block = block_of(name, cities, lang, Selection(district=places), Choice(place="温州市", compare=OUTPUT))
        assert block.figure is not None, (name, lang)
        assert block.finding.title, (name, lang)


def test_an_amount_never_stands_without_its_unit(cities):
    for lang, said in {
        "zh": ["超过35,000亩", "不少于20,000桩", "超过8亿美元"],
        "en": ["over 35,000 mu", "at least 20,000 桩", "over USD 800 million"],
    }.items():
        block = block_of("place", cities, lang, Selection(), Choice(place="温州市"))
        hovered = " ".join(text for trace in Drawn(block.figure).sent["data"] for text in trace.get("text", ()))
        assert [words for words in said if words not in hovered] == []


def test_one_actor_s_numbers_about_several_places_are_told_apart(cities):
    block = block_of("compare", cities, "zh", Selection(), Choice(compare=OUTPUT))
    texts = [text.partition("\u2002")[0] for text in Drawn(block.figure).texts]
    assert [t for t in texts if t.startswith("浙江省")] == [
        "浙江省 · 绍兴市 · 2026 目标",
        "浙江省 · 温州市 · 2026 目标",
    ]
    assert "温州市 · 2027 目标" in texts


def test_only_parts_of_one_place_are_added(cities):
    for ids, said in {"ab": "", "bc": "各地不属同一个上级", "ac": "温州市包含乐清市"}.items():
        rows = cities.frame[cities.frame["id"].isin(list(ids))]
        assert may_add(rows, containers(cities.tables["districts"])).say(cities, "zh") == said
