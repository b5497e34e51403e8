"""A fault in the program: one sentence with a number on the page, the rest under that number in the log."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from targets.text import say


def break_figure(*_):
    raise ZeroDivisionError("secret value")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_shows_a_number_and_the_log_the_rest(monkeypatch, caplog, lang):
    monkeypatch.setattr("ui.figure.block_of", break_figure)
    at = AppTest.from_file("../ui/shell.py", default_timeout=30)
    at.query_params["lang"] = [lang]
    at.run()
    shown = "\n".join(element.proto.body for element in at.get("html"))
    assert not at.exception
    number = re.search(r"[0-9A-F]{8}", shown)[0]
    assert say(lang, "notice.trouble") in shown
    assert say(lang, "walls.trouble_number", number=number) in shown
    assert "secret" not in shown and "ZeroDivision" not in shown
    assert say(lang, "app.title") in shown
    faults = [record for record in caplog.records if getattr(record, "fault", "")]
    assert [(record.fault, str(record.exc_info[1])) for record in faults] == [(number, "secret value")]
