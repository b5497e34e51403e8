"""Every page in both languages: as it opens, from a link, and with nothing to show."""

import csv
import itertools
import json
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from server.endpoints import ADDRESSES, parameters, read_asked
from server.examples import EXAMPLES, write_example
from targets.contract.schema import DATA_FOLDER
from targets.quantities.reader import AFTER, BEFORE
from targets.quantities.relative_years import NAMED
from targets.query.narrowing import select
from targets.query.selection import Selection, from_query
from targets.query.tables import Choice, table_of, title_of
from targets.storage.store import Store
from targets.text import LANGUAGES, say
from tests.opened import body, cached_run, plain, raw, run, show, start
from tests.series import DAY

PAGES = sorted(path.stem for path in (Path(__file__).parent.parent.parent / "pages").glob("*.py"))
LINK = {"district": ["镇海区", "前湾新区"], "kind": ["target"], "compare": ["规上工业总产值"], "place": ["镇海区"]}
WITHOUT_CHARTS = ("records", "sources", "interface", "method")
EMPTY = {"district": ["余姚市"], "kind": ["target"]}


pytestmark = pytest.mark.usefixtures("shown")


def test_the_pages_are_those_of_the_menu():
    from ui.view import PAGES as MENU

    assert sorted(MENU) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(page):
    for lang in LANGUAGES:
        at = cached_run(page, lang)
        assert say(lang, f"heading.{page}") in body(at)
        assert say(lang, "filter.showing", n=70, all=70, words=say(lang, "filter.everything")) in body(at)
        assert bool(at.get("plotly_chart")) == (page not in WITHOUT_CHARTS)
        assert all(chart.proto.alt for chart in at.get("plotly_chart"))
        for chart in at.get("plotly_chart"):  # with a theme or a template the browser would draw each twice
            layout = json.loads(chart.proto.spec)["layout"]
            assert (chart.proto.theme, "template" in layout, layout["datarevision"]) == ("", False, 0)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "23 / 70 条记录：区县：镇海区和前湾新区；类别：目标"),
        ("en", "23 of 70 records: District: Zhenhai District and Qianwan New Area; Kind: Target"),
    ],
    ids=LANGUAGES,
)
def test_a_link_shows_its_selection_on_every_page(lang, words):
    for page in PAGES:
        at = cached_run(page, lang, **LINK)
        chosen = {facet: at.multiselect(key=f"filter-{facet}").value for facet in ("district", "kind", "year")}
        assert chosen == {"district": ["镇海区", "前湾新区"], "kind": ["target"], "year": []}, page
        assert words in body(at), page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_selection_says_what_to_let_go_except_on_pages_without_records(lang):
    own = {"method": "method.limits", "interface": "interface.parameters"}
    for page in PAGES:
        at = cached_run(page, lang, **EMPTY)
        shown = plain(at)
        assert at.get("plotly_chart") == []
        assert shown.count(say(lang, "empty.title")) == (page not in own), page
        if page in own:
            assert say(lang, own[page]) in shown
        else:
            assert say(lang, "empty.relax", filter=say(lang, "filter.district"), n=27) in shown, page
            assert say(lang, "empty.relax", filter=say(lang, "filter.kind"), n=9) in shown, page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_has_no_rows_is_left_out(lang):
    """余姚市 has only pledges: no path to a target, no money, and no pace to count."""
    for page, charts in {"progress": 1, "overview": 4}.items():
        at = cached_run(page, lang, district=["余姚市"])
        shown = plain(at)
        assert say(lang, "empty.chart") not in shown
        assert say(lang, "progress.unpaced", all=0) not in shown
        assert len(at.get("plotly_chart")) == charts
        assert (say(lang, "panel.pledges") in shown) == (page == "progress")
    shown = plain(cached_run("progress", lang, kind=["actual"]))
    assert say(lang, "measure.empty") in shown
    assert say(lang, "empty.chart") not in shown


def test_an_english_page_has_no_chinese_but_keys_and_printed_words(data):
    frame = data.frame
    known = {*frame["as_printed"], *frame["modality"], *data.tables["units"]["unit"], "中文", "今年", "未来五年", "年"}
    known |= {*frame["year_evidence"], *data.tables["sources"]["title"], *data.tables["exclusions"]["as_printed"]}
    known |= {*data.tables["misprints"]["printed"], *data.tables["misprints"]["reading"]}
    known |= {*BEFORE, *AFTER, *NAMED, "前十"}
    dictionary = set(
        [
            "宁波市",
            "突破",
            "首破",
            "超",
            "以上",
            "至少",
            "达到",
            "约",
            "以下",
            "前十",
            "不到",
            "不足",
            "今年",
            "规上",
            "全部",
            "综合",
            "力争",
            "争取",
            "将",
            "预计",
            "实现",
            "已",
            "清零",
            "规上工业产值",
        ]
    )
    left = {}
    for page in PAGES:
        words = re.sub(r"<[^>]+>", " ", re.sub(r"<code>.*?</code>", " ", body(cached_run(page, "en"))))
        for word in sorted(known - {""}, key=len, reverse=True):
            words = words.replace(word, " ")
        words = re.sub(r"[a-z]+\.csv", " ", words)
        left[page] = set(re.findall(r"[\u4e00-\u9fff]+", words)) - dictionary
    assert left == {page: set() for page in PAGES}


def test_every_number_that_is_a_link_counts_the_records_behind_it(data):
    """Follow each link to the records whose text is a number, and count."""
    followed = dict.fromkeys(PAGES, 0)
    for page in PAGES:
        shown = body(cached_run(page, asof=[DAY]))
        for href, inner in re.findall(r'<a data-view[^>]* href="(records\?[^"]+)"[^>]*>(.*?)</a>', shown, re.S):
            number = re.match(r"(?:<b>)?(\d+)(?:</b>|$)", inner)
            if number:
                selection, ignored = from_query(data, parse_qs(urlsplit(href).query))
                assert ignored == []
                assert len(select(data, selection)) == int(number[1]), href
                followed[page] += 1
    assert followed == dict.fromkeys(PAGES, 0) | {"overview": 62, "progress": 9, "by_industry": 27}


def test_an_english_page_says_what_printed_words_read_as():
    """Beside each of them, which stays marked as Chinese; a pledge has no number to read."""
    printed = r'lang="zh-CN">突破4000亿元</a> <span class="reading">over RMB 400 billion</span>'
    pledge = r'lang="zh-CN">五个聚力</a> <'
    for page in ("records", "progress"):
        shown = body(cached_run(page, "en"))
        assert re.search(printed, shown)
        assert pledge in shown
        assert f"{pledge}span" not in shown
        assert 'class="reading"' not in body(cached_run(page, "zh"))


def test_choosing_an_indicator_changes_the_chart():
    at = run("by_district")
    at.selectbox(key="choice-compare").set_value("工业增加值").run()
    assert "工业增加值：所印最大的是宁波市2021年事实，超过6,000亿元。" in body(at)


def test_a_box_shows_what_the_chart_is_about_also_where_nothing_of_it_is_selected():
    """An indicator and a place of which the district of the filter has no record."""
    at = run("by_district", district=["宁波市"], compare=["招商引资额"], place=["镇海区"])
    compared, place = at.selectbox(key="choice-compare"), at.selectbox(key="choice-place")
    assert (compared.value, place.value) == ("招商引资额", "镇海区")
    assert (compared.options[-1], place.options) == ("招商引资额", ["宁波市", "镇海区"])
    assert plain(at).count("所选记录中没有可画的数字") == 2
    compared.set_value("地区生产总值").run()
    at.selectbox(key="choice-place").set_value("宁波市").run()
    assert (at.query_params["compare"], at.query_params["place"]) == ("地区生产总值", "宁波市")
    assert "所选记录中没有可画的数字" not in plain(at)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_interface_page_tells_every_address_with_the_filters_in_it(lang, data):
    at = cached_run("interface", lang, **LINK)
    links = re.findall(r'href="(data/[^"]+)"', body(at))
    asked, _ = read_asked(data, {"lang": [lang]} | LINK)
    for address in ADDRESSES:
        href = next(link for link in links if link.partition("?")[0] == address.path)
        assert read_asked(data, parse_qs(urlsplit(href).query)) == (asked, [])
    assert links[-1] == "data/openapi.json"
    assert len(links) == len(ADDRESSES) + 1


def test_the_examples_have_the_filters_in_them(data):
    at = cached_run("interface", district=["镇海区"], kind=["target"], sort=["-line"], place=["镇海区"])
    url = "http://localhost:8501/data/targets.csv?district=%E9%95%87%E6%B5%B7%E5%8C%BA&kind=target&sort=-line"
    assert [block.value.strip() for block in at.code] == [
        url,
        *(write_example(name, url).strip() for name in EXAMPLES),
    ]


def test_the_interface_page_tells_every_parameter_and_its_values(data):
    shown = body(cached_run("interface", "en"))
    for parameter in parameters(data).values():
        assert f"<dt><code>{parameter.name}</code></dt>" in shown
        for value in parameter.values:
            assert f"<li><code>{value}</code>" in shown


def test_the_records_can_be_downloaded_in_every_format():
    shown = body(cached_run("records", **LINK))
    hrefs = re.findall(r'<a download class="button" href="(data/[^"?]+)\?[^"]+district=[^"]+"', shown)
    assert hrefs == [
        "data/targets.csv", "data/targets.xlsx", "data/targets.json", "data/package.zip", "data/progress.csv",
    ]  # fmt: skip


def test_of_no_records_nothing_is_offered_for_download():
    assert "<a download" not in body(cached_run("records", q=["没有这样的记录"]))


def test_figures_on_both_sides_of_a_break_are_never_shown_without_a_word(monkeypatch):
    show(monkeypatch, Store(DATA_FOLDER))
    zh = "宁波市地区生产总值的口径有改变（第五次全国经济普查修订）：2025-03-20及以后公布的数字用新口径，不能与此前公布的直接相比。"
    en = (
        "Ningbo (whole city), Gross domestic product (GDP): the series has a break "
        "(Revision after the fifth national economic census). "
    )
    for page, query, said in (
        ("by_district", {"compare": ["地区生产总值"]}, 2),  # the chart of the place is of Ningbo as well
        ("by_district", {"compare": ["规上工业总产值"], "district": ["镇海区"]}, 0),
        ("by_industry", {"sector": ["综合"]}, 1),
        ("by_year", {"horizon": ["2020"]}, 1),
        ("by_year", {"horizon": ["2025"]}, 0),
    ):
        counts = [body(cached_run(page, lang, **query)).count(words) for lang, words in (("zh", zh), ("en", en))]
        assert counts == [said, said], (page, query)


def test_a_broken_file_keeps_the_last_good_page_with_a_warning(folder, monkeypatch):
    store = Store(folder)
    store.current()
    path = folder / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",4000,", ",四千,"), encoding="utf-8")
    show(monkeypatch, store)
    shown = body(run("overview"))
    assert "数据文件有误，下面是最近一次通过校验的数据。" in shown
    assert "targets.csv，第6行，“value”列，值“四千”：应是普通数字" in shown
    assert "70 / 70 条记录" in shown


def test_a_first_start_on_broken_data_says_what_and_where(folder, monkeypatch):
    (folder / "units.csv").unlink()
    show(monkeypatch, Store(folder))
    at = start().run()
    assert not at.exception
    assert "units.csv：找不到文件；应在数据文件夹中" in body(at)


HOSTILE = [
    "$x$",
    "*b*",
    ":red[x]",
    "![](http://evil.test/t.png)",
    "<b>x</b>",
    '=HYPERLINK("http://evil.test")',
    "[a](javascript:x)",
    "<script>x</script>",
    ":material/home:",
    "{n}",
    "&amp;",
]


def edit(path, change):
    """Rewrite the lines of a CSV file below its header, as lists of cells."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *change(lines)])


@pytest.fixture(scope="module")
def hostile(page_folder, tmp_path_factory):
    """A store whose free columns are hostile: printed quantities, notes, names; and the record that holds each text."""
    folder = Path(shutil.copytree(page_folder, tmp_path_factory.mktemp("hostile") / "data"))
    named, records = {}, {}

    def in_records(lines):
        for cells in lines:
            if len(named) < len(HOSTILE) and cells[7] not in named:
                text = named[cells[7]] = HOSTILE[len(named)]
                cells[3], cells[21], cells[22] = text if len(text) <= 24 else "x", text, text
                records[text] = cells[0]
        return lines

    edit(folder / "targets.csv", in_records)
    edit(folder / "indicators.csv", lambda lines: [[one[0], named.get(one[0], one[1]), *one[2:]] for one in lines])
    edit(
        folder / "actors.csv",
        lambda lines: [[one[0], text, *one[2:]] for one, text in zip(lines, itertools.cycle(HOSTILE), strict=False)],
    )
    store = Store(folder)
    assert [p.say("en") for p in store.current().problems] == []
    return store, records


def test_hostile_cells_show_as_that_very_text(hostile, monkeypatch):
    """In every free column: the printed quantity, the notes, names and titles; every page opens one of the records."""
    store, records = hostile
    show(monkeypatch, store)
    for text, page in zip(HOSTILE, itertools.cycle(PAGES), strict=False):
        at = run(page, "en", record=[records[text]])
        assert text in body(at), page
        for danger in ("<b>x</b>", "<script>x", "<img", 'href="javascript', 'href="http'):
            assert danger not in raw(at), page
        for chart in at.get("plotly_chart"):
            assert "<b>x</b>" not in chart.proto.spec and "<script>x" not in chart.proto.spec


def test_the_data_version_stands_at_the_foot(data):
    assert data.version in body(cached_run("overview"))


def test_r_stands_in_a_table_as_it_does_everywhere(monkeypatch):
    show(monkeypatch, Store(DATA_FOLDER))
    assert '<td class="number">0.81</td><td class="number">0.83</td>' in body(cached_run("progress", asof=[DAY]))


def test_a_table_under_a_chart_leaves_out_what_only_its_download_has(data):
    """How an indicator is defined, IDs, and number and unit as printed, which the printed words say."""
    from ui.figure import NOT_LISTED
    from ui.tables import BESIDE

    shown = body(cached_run("overview"))
    table = shown[shown.rindex("<table>") : shown.rindex("</table>")]
    heads = re.findall(r"<th [^>]*>([^<]*)</th>", table)
    listed = (
        "actor district industry indicator kind year as_printed comparator canonical_value canonical_unit state source line "
        "base_year base_printed base_value growth_bound growth missing"
    )
    assert heads == [title_of("zh", column) for column in listed.split() if column not in BESIDE]
    assert '<td class="number"><small>超过</small> 4,000 <small>亿元</small></td>' in table
    every = table_of("headline", data, Selection(), Choice())
    assert f"下载此表全部{every.shape[1]}列 CSV" in shown
    assert set(every) - set(listed.split()) - {"id", "period"} == set(NOT_LISTED) & set(every)
