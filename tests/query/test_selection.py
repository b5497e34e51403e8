"""Filters from and to the address, counted, said in words, applied; always the same as plain pandas."""

from dataclasses import replace
from urllib.parse import parse_qs

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from server.endpoints import PAGE_ONLY, parameters, read_asked
from targets.progress.measurability import NO_WORD, TESTS, measured
from targets.progress.progress import COMMITMENTS, states
from targets.query.facets import UNDATED, blank_of, options
from targets.query.narrowing import SORTS, count_options, filters_to_relax, select, sort_rows
from targets.query.selection import (
    FACETS,
    Ignored,
    Selection,
    describe,
    from_query,
    read_typed_day,
    slug,
    to_query_string,
)
from targets.query.tables import KINDS, Choice, table_of
from targets.text import LANGUAGES


def selections(data):
    chosen = {f: st.lists(st.sampled_from(options(data, f)), max_size=3, unique=True).map(tuple) for f in FACETS}
    return st.builds(
        Selection, **chosen, q=st.sampled_from(["", "亿元", "家", "output", "2022", "双", "$", "镇海 4000", "力争 亿"])
    )


def plain(data, selection) -> pd.Series:
    """The same selection as one would write it in plain pandas, on strings."""
    frame = data.frame.assign(state=states(data, selection.asof))
    mask = pd.Series(True, index=frame.index)
    for facet in FACETS:
        if keys := getattr(selection, facet):
            column = frame[facet].astype("object")
            blank = blank_of(facet)
            text = column.map(lambda v, blank=blank: blank if pd.isna(v) or v == "" else str(v))
            mask &= text.isin(keys)
    if selection.q:
        named = ["actor", "district", "indicator"]
        texts = ["as_printed", "modality", "value_text", "note", "note_en", *named]
        parts = [frame[c].astype("str").fillna("") for c in texts]
        parts += [frame[c].map(lambda k, c=c: data.label("en", c, k)).astype("str") for c in named]
        searched = parts[0].str.cat(parts[1:], sep="\n").str.lower()
        for word in selection.q.lower().split():
            mask &= searched.str.contains(word, regex=False)
    return frame.loc[mask, "id"]


@given(st.data())
def test_selecting_is_what_plain_pandas_selects(data, drawn):
    selection = drawn.draw(selections(data))
    assert select(data, selection)["id"].tolist() == plain(data, selection).tolist()


@given(st.data())
def test_columns_alone_are_those_of_the_whole_rows(data, drawn):
    selection = drawn.draw(selections(data))
    columns = drawn.draw(st.lists(st.sampled_from([*data.frame.columns, "state"]), max_size=4, unique=True))
    pd.testing.assert_frame_equal(select(data, selection, columns), select(data, selection)[columns])


def count_plainly(rows, by: str, kinds: tuple[str, ...]) -> pd.DataFrame:
    """How many records of each kind stand beside each key, as one would write it in plain pandas."""
    counts = pd.crosstab(rows[by].astype("str"), rows["kind"].astype("str"))
    counts = counts.reindex(columns=list(kinds), fill_value=0).astype("int64")
    counts["records"] = counts.sum(axis=1)
    return counts[counts["records"] > 0]


@given(st.data())
def test_tables_of_counts_are_what_plain_pandas_counts(data, drawn):
    """The tables are reckoned from codes; whatever is selected, the numbers are those of the rows."""
    selection = drawn.draw(selections(data))
    rows = data.frame.assign(state=states(data, selection.asof))
    rows = rows[rows["id"].isin(plain(data, selection))]
    commitments = rows[rows["kind"].isin(COMMITMENTS)].replace({"modality": {"": NO_WORD}})
    for name, by, kinds, counted in (
        ("promises", "actor", KINDS, rows),
        ("sectors", "industry", KINDS, rows),
        ("outcomes", "state", COMMITMENTS, commitments),
        ("wording", "modality", COMMITMENTS, commitments),
    ):
        table = table_of(name, data, selection, Choice()).set_index(by)
        plainly = count_plainly(counted, by, kinds)
        pd.testing.assert_frame_equal(table.sort_index(), plainly.sort_index(), check_names=False, obj=name)
    tests = measured(data, rows).groupby("actor", observed=True)[list(TESTS)].sum()
    table = table_of("measurability", data, selection, Choice()).set_index("actor")[list(TESTS)]
    pd.testing.assert_frame_equal(
        table.sort_index(), tests.set_axis(tests.index.astype("str")).sort_index(), check_names=False
    )


@given(st.data())
def test_counts_beside_options_add_up_and_are_what_choosing_gives(data, drawn):
    selection = drawn.draw(selections(data))
    for facet in FACETS:
        counts = count_options(data, selection, facet)
        others = select(data, selection.without(facet))
        assert sum(counts.values()) == (others["state"].notna().sum() if facet == "state" else len(others))
        for key, count in list(counts.items())[:3]:
            alone = Selection(**{f: getattr(selection, f) for f in FACETS} | {facet: (key,)}, q=selection.q)
            assert count == len(select(data, alone))


@given(st.data())
def test_the_address_gives_the_selection_back(data, drawn):
    selection = drawn.draw(selections(data))
    ordered = {f: tuple(k for k in options(data, f) if k in getattr(selection, f)) for f in FACETS}
    back, ignored = from_query(data, selection.query)
    assert back == Selection(**ordered, q=selection.q)
    assert ignored == []


@given(st.dictionaries(st.sampled_from([*FACETS, "q"]), st.lists(st.text(max_size=80), max_size=4)))
def test_any_address_is_read_and_what_is_unknown_is_named(data, query):
    selection, ignored = from_query(data, query)
    for facet in FACETS:
        assert set(getattr(selection, facet)) <= set(options(data, facet))
        asked = set(query.get(facet, ()))
        assert {i.value for i in ignored if i.parameter == facet} == asked - set(options(data, facet))
    assert len(select(data, selection)) <= len(data.frame)


ANYTHING = st.dictionaries(
    st.sampled_from([*FACETS, "q", "asof", "lang", "sort"]) | st.text(max_size=12),
    st.lists(
        st.text(max_size=80) | st.sampled_from(["镇海区", "2022", UNDATED, "target", "亿", "zh", "-line"]), max_size=4
    ),
    max_size=8,
)


@given(ANYTHING)
def test_every_text_of_an_address_is_applied_or_named(data, query):
    """Nothing is dropped in silence: a facet's value is chosen or named, a search is the one applied or named."""
    selection, ignored = from_query(data, query)
    named = {(one.parameter, one.value) for one in ignored}
    for facet in FACETS:
        for value in query.get(facet, ()):
            assert (value in getattr(selection, facet)) != ((facet, value) in named)
    for value in query.get("q", ()):
        search = " ".join(value.split())
        assert (search == selection.q) != (("q", search) in named) or search == ""
    for value in query.get("asof", ())[-1:]:
        assert (value == selection.asof) != (("asof", value) in named)
    assert {name for name, _ in named} <= {*FACETS, "q", "asof"}


@given(st.data())
def test_neither_order_nor_repetition_in_an_address_matters(data, drawn):
    query = drawn.draw(selections(data)).query
    shuffled = {
        name: drawn.draw(st.permutations(values * drawn.draw(st.integers(1, 3))))
        for name, values in drawn.draw(st.permutations(list(query.items())))
    }
    assert from_query(data, shuffled) == from_query(data, query)


@given(st.data())
def test_an_address_written_and_parsed_is_the_same_selection(data, drawn):
    selection, _ = from_query(data, drawn.draw(selections(data)).query)
    search = " ".join(drawn.draw(st.text(max_size=60)).split())
    selection = replace(selection, q=search if search.isprintable() else "&=+%25#")
    parsed = parse_qs(to_query_string(selection.query), keep_blank_values=True, strict_parsing=bool(selection.query))
    assert from_query(data, parsed) == (selection, [])


@given(ANYTHING)
def test_a_request_is_read_whole_whatever_it_holds(data, query):
    """Every parameter that the interface does not know is named, and what is asked can always be written again."""
    asked, ignored = read_asked(data, query)
    named = {one.parameter for one in ignored}
    assert set(query) - {*parameters(data), *PAGE_ONLY} <= named
    assert asked.lang in LANGUAGES
    assert query.get("lang", ["zh"])[-1:] in ([], [asked.lang]) or "lang" in named
    order = {"sort": [asked.sort]} if asked.sort else {}
    again = asked.selection.query | asked.choice.query | {"lang": [asked.lang]} | order
    assert read_asked(data, again) == (asked, [])


def test_unknown_values_are_ignored_and_named(data):
    query = {"district": ["镇海区", "火星区", "镇海区"], "year": ["2022", "1999", "x"], "q": ["a" * 61]}
    selection, ignored = from_query(data, query)
    assert selection == Selection(district=("镇海区",), year=("2022",))
    assert ignored == [
        Ignored("district", "火星区"),
        Ignored("year", "1999"),
        Ignored("year", "x"),
        Ignored("q", "a" * 61),
    ]


def test_a_search_is_plain_text(data):
    for search in (".*", "\\", "[", "a{1000000000}", "7+1"):
        selection, ignored = from_query(data, {"q": [search]})
        assert ignored == []
        assert select(data, selection)["as_printed"].tolist() == (["7+1"] if search == "7+1" else [])


def test_a_search_finds_either_language_whatever_the_case(data):
    assert set(select(data, Selection(q="zeekr"))["actor"]) == {"极氪"}
    assert len(select(data, Selection(q="8万名"))) == 1
    assert select(data, Selection(q="生产线服务业"))["id"].tolist() == ["zhenhai-producer-services-revenue-2022"]


def test_a_search_finds_records_with_all_its_words_however_they_are_written(data):
    for search in ("镇海 4000", "4000 镇海区", "镇海区　４０００", "4,000 zhenhai", "突破 4000亿"):
        found = select(data, Selection(q=search))
        assert "zhenhai-gross-output-2022" in set(found["id"]), search
        assert set(found["actor"]) == {"镇海区"}, search


def test_undated_records_are_an_option_of_the_year(data):
    assert options(data, "year") == ["2021", "2022", "2025", "2026", UNDATED]
    assert select(data, Selection(year=(UNDATED,)))["year"].isna().all()
    assert len(select(data, Selection(year=("2026", UNDATED)))) == 13 + 36


def test_the_selection_is_said_in_words(data):
    selection = Selection(district=("镇海区", "余姚市"), year=("2022", UNDATED), q="亿")
    assert describe(data, "zh", selection) == "区县：镇海区和余姚市；年份：2022和未注明年份；含“亿”"
    assert describe(data, "en", selection) == (
        "District: Zhenhai District and Yuyao; Year: 2022 and no year stated; containing “亿”"
    )
    assert describe(data, "zh", Selection()) == "全部记录"


def test_the_file_name_says_the_selection(data):
    assert slug(data, "zh", Selection(district=("镇海区",), year=("2026",))) == "镇海区_2026"
    assert slug(data, "en", Selection(kind=("target",), q="../x")) == "Target_x"
    assert slug(data, "zh", Selection()) == "全部"


def test_an_empty_selection_names_the_filter_to_let_go(data):
    selection = Selection(district=("余姚市",), kind=("target",))
    assert select(data, selection).empty
    assert filters_to_relax(data, selection) == {"district": 27, "kind": 9}


def test_the_query_string_is_percent_encoded(data):
    assert to_query_string({"district": ["镇海区"], "q": ["a&b"]}) == "district=%E9%95%87%E6%B5%B7%E5%8C%BA&q=a%26b"


def test_sorting_keeps_every_record_and_puts_blanks_last(data):
    for sort in SORTS:
        for sign in ("", "-"):
            rows = sort_rows(select(data, Selection()), sign + sort)
            assert sorted(rows["id"]) == sorted(data.frame["id"]), sign + sort
            blank = rows[sort].isna().to_numpy()
            assert blank.any() == (sort in ("year", "canonical_value", "state")), sort
            assert blank[len(rows) - blank.sum() :].all(), sign + sort
            kept = data.frame.index[data.frame["id"].isin(rows["id"][blank])]
            assert rows.index[blank].tolist() == kept.tolist(), sign + sort


def test_values_are_sorted_within_their_unit(data):
    for sign in ("", "-"):
        rows = sort_rows(data.frame, sign + "canonical_value")
        rows = rows[rows["value"].notna()]
        for _, group in rows.groupby("canonical_unit", observed=True):
            values = group["canonical_value"]
            assert values.is_monotonic_decreasing if sign else values.is_monotonic_increasing
        assert rows["canonical_unit"].ne(rows["canonical_unit"].shift()).sum() == rows["canonical_unit"].nunique()


def test_an_unknown_order_is_the_order_of_the_file(data):
    assert sort_rows(data.frame, "colour") is data.frame


def test_a_day_may_be_typed_as_people_write_it():
    for typed in (
        "2023-06-03", "2023-6-3", "2023/6/3", "2023.06.03", "2023年6月3日", "２０２３年６月３日", " 2023 年 6 月 3 日 ",
    ):  # fmt: skip
        assert read_typed_day(typed) == "2023-06-03", typed


def test_what_is_typed_and_no_day_of_the_past_is_none():
    for typed in (
        "", "2023年6月", "2023-02-30", "2023-6-3-1", "2199-01-01", "1234-01-01", "<b>", "1" * 99, "0000-00-00",
    ):  # fmt: skip
        assert read_typed_day(typed) == "", typed


@given(st.text(max_size=50))
def test_whatever_is_typed_is_a_day_or_none(typed):
    assert read_typed_day(typed) in ("", read_typed_day(read_typed_day(typed)))
