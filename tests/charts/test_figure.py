"""What stands under a chart."""

from types import SimpleNamespace

from targets.query.narrowing import rows_of, select
from targets.query.selection import Selection
from targets.query.tables import Choice, table_of
from targets.text import say
from ui.figure import Used, say_sources


def test_the_first_source_is_named_with_the_lines_of_what_is_used(all_data):
    for selection in (Selection(), Selection(actor=("宁波市",)), Selection(q="没有这样的记录")):
        rows = select(all_data, selection)
        groups = list(rows.groupby("source", observed=True)["line"])
        first, lines = next(iter(groups), ("", rows["line"]))
        assert Used.of(rows) == Used(len(groups), first, tuple(sorted(lines.dropna().unique())))


def view(data, lang, **filters):
    selection = Selection(**filters)
    return SimpleNamespace(
        data=data,
        lang=lang,
        selection=selection,
        rows=rows_of(data, selection),
        say=lambda key, **values: say(lang, key, **values),
        label=lambda column, key: data.label(lang, column, key),
    )


LINES = [
    (
        "timeline", {},
        "来源：创新引领发展 智造成就未来（2022年，第2、3、4、8…行）等21个来源，见数据表。",
        "Source: Innovation leads development, smart manufacturing makes the future (2022; lines 2, 3, 4, 8, …), "
        "one of 21 sources; see the table.",
    ),
    (
        "promises", {},
        "来源：创新引领发展 智造成就未来（2022年，第2、3、4、8…行）等21个来源。",
        "Source: Innovation leads development, smart manufacturing makes the future (2022; lines 2, 3, 4, 8, …), "
        "one of 21 sources.",
    ),
    (
        "outcomes", {},
        "来源：创新引领发展 智造成就未来（2022年，第8、9、13、15…行）等2个来源。",
        "Source: Innovation leads development, smart manufacturing makes the future (2022; lines 8, 9, 13, 15, …), "
        "one of 2 sources.",
    ),
    (
        "wording", {"year": ("2025",)},
        "来源：创新引领发展 智造成就未来（2022年，第298行）。",
        "Source: Innovation leads development, smart manufacturing makes the future (2022; line 298).",
    ),
    (
        "timeline", {"source": ("daily-2021-01-27",)},
        "来源：宁波日报2021年1月27日报道（宁波日报，2021-01-27）。",
        "Source: Ningbo Daily, report of 27 January 2021 (Ningbo Daily, 2021-01-27).",
    ),
]  # fmt: skip


def test_a_chart_says_its_sources_in_one_line(all_data):
    for name, filters, zh, en in LINES:
        table = table_of(name, all_data, Selection(**filters), Choice())
        assert say_sources(view(all_data, "zh", **filters), name, table) == zh
        assert say_sources(view(all_data, "en", **filters), name, table) == en
