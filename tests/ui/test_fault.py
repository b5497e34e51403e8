"""A fault in the program: one sentence with a number on the page, the rest under that number in the log."""

import re

import pytest

from targets.charts.blocks import OVERVIEW, block_of
from targets.query.selection import Selection
from targets.query.tables import Choice
from targets.storage.store import Store
from targets.text import say
from tests.opened import show


def break_one(name, *asked):
    if name == "outcomes":
        raise ZeroDivisionError("secret value")
    return block_of(name, *asked)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_shows_a_number_and_the_log_the_rest(monkeypatch, caplog, all_data, lang):
    from streamlit.testing.v1 import AppTest  # loads Streamlit

    show(monkeypatch, Store())
    monkeypatch.setattr("ui.figure.block_of", break_one)
    at = AppTest.from_file("../../ui/shell.py", default_timeout=30)
    at.query_params["lang"] = [lang]
    at.run()
    shown = "\n".join(element.proto.body for element in at.get("html"))
    assert not at.exception
    number = re.search(r"[0-9A-F]{8}", shown)[0]
    assert say(lang, "notice.trouble") in shown
    assert say(lang, "http.trouble_number", number=number) in shown
    assert "secret" not in shown and "ZeroDivision" not in shown
    assert say(lang, "app.title") in shown
    assert shown.index('class="tiles"') < shown.index(number) < shown.index(say(lang, "overview.by_year"))
    assert [chart.proto.alt for chart in at.get("plotly_chart")] == [
        block_of(name, all_data, lang, Selection(), Choice()).finding.alt for name in OVERVIEW if name != "outcomes"
    ]
    faults = [record for record in caplog.records if getattr(record, "fault", "")]
    assert [(record.fault, str(record.exc_info[1])) for record in faults] == [(number, "secret value")]
