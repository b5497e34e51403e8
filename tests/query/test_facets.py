"""What a filter is: keys, order, words and positions of any column, and the words of intent from end to end."""

import io

import openpyxl
import pandas as pd
import pytest

from server.endpoints import parameters
from targets.export.workbook import to_workbook
from targets.progress.measurability import wording
from targets.query.facets import BLANK, label_option, option_codes, options
from targets.query.narrowing import count_options, select
from targets.query.selection import Ignored, Selection, describe, from_query
from targets.text import phrases
from targets.wording.headlines import find
from targets.wording.method import say_measures
from tests.invented import build_lines, record


def test_the_words_of_intent_are_a_filter(data):
    words = ["已", "实现", "将", "提出", "预计", "争取", "力争", "none"]
    assert options(data, "modality") == words
    selection, ignored = from_query(data, {"modality": ["none", "力争", "奋力"], "kind": ["target"]})
    assert selection == Selection(modality=("力争", "none"), kind=("target",))
    assert ignored == [Ignored("modality", "奋力")]
    assert set(select(data, selection)["modality"]) == {"力争", ""}
    assert sum(count_options(data, selection, "modality").values()) == len(select(data, selection.without("modality")))
    assert describe(data, "zh", selection) == "类别：目标；意愿词：力争和没有意愿词"
    assert describe(data, "en", selection) == "Kind: Target; Word of intent: 力争 (strive for) and no word of intent"


def test_a_word_put_among_the_texts_is_ordered_and_said_everywhere(monkeypatch):
    def built():
        rows = [("a", "一定"), ("b", "奋力"), ("c", "力争")]
        return build_lines(*(record(id_, "target", "", "gt", "1", "投资额", "镇海区", modality=m) for id_, m in rows))

    assert options(built(), "modality") == ["力争", "一定", "奋力"]
    monkeypatch.setitem(phrases(), "modality.奋力", {"zh": "奋力", "en": "push for"})
    data, said = built(), "奋力 (push for)"
    table = wording(data, data.frame)
    assert options(data, "modality") == table["modality"].tolist() == ["力争", "奋力", "一定"]
    assert label_option(data, "zh", "modality", "奋力") == "奋力"
    assert said in describe(data, "en", Selection(modality=("奋力",)))
    assert said in find("wording", data, "en", table).title
    assert [label["en"] for label in parameters(data)["modality"].labels] == ["力争 (strive for)", said, "一定"]
    assert said in dict(say_measures(data, "en"))["Wording, from firm to cautious"]
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(data, "en", Selection(), select(data, Selection()))))
    assert said in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]


@pytest.mark.parametrize("column", ["line", "year_line", "unit", "status", "period", "canonical_unit"])
def test_any_column_has_its_keys_in_order_and_every_record_has_one(all_data, column):
    cells = all_data.frame[column]
    blank = cells.isna() | (cells.astype("str") == "")
    known, codes = options(all_data, column), option_codes(all_data, column, "")
    keys = cells.astype("str").mask(blank, BLANK[0]).astype("str").tolist()
    assert [known[code] for code in codes] == keys
    assert set(known) == set(keys)
    assert (known[-1] == BLANK[0]) == blank.any()
    if pd.api.types.is_integer_dtype(cells.dtype):
        assert known[:-1] == [str(n) for n in sorted(cells.dropna().unique())]
    assert {label_option(all_data, lang, column, BLANK[0]) for lang in ("zh", "en")} == {"未写", "not stated"}
