"""What the log keeps: one line of JSON for an error or a refusal, nothing of whom, and few lines of a flood."""

import json
import logging
import re

from server import log
from targets.text import say


def record(text="refused", **extra):
    made = logging.makeLogRecord({"name": "target-tracker", "levelno": logging.WARNING, "levelname": "WARNING"})
    made.msg = text
    vars(made).update(extra)
    return made


def test_log_line_is_one_line_of_json():
    line = log.JsonLines().format(record("a\r\nb", reason="x\ny"))
    assert "\n" not in line and "\r" not in line
    read = json.loads(line)
    assert read.pop("time").endswith("+00:00")
    assert read == {"level": "warning", "logger": "target-tracker", "message": "a\r\nb", "reason": "x\ny"}


def test_flood_of_refusals_is_a_few_lines(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: clock[0])
    limit = log.RateLimit()
    assert [limit.filter(record(reason="host")) for _ in range(1000)] == [True] * 5 + [False] * 995
    assert limit.filter(record(reason="flood"))
    clock[0] += log.SPAN + 1
    after = record(reason="host")
    assert limit.filter(after)
    assert after.left_out == 995


def test_refusal_says_why_and_nothing_of_whom(client, caplog):
    client.get("/data?q=geheim", headers={"origin": "http://evil.test", "user-agent": "agent"})
    line = log.JsonLines().format(caplog.records[-1])
    assert json.loads(line)["reason"] == "origin"
    for told in ("geheim", "evil.test", "agent", "testclient", "/data"):
        assert told not in line


def test_response_to_an_error_has_a_number_that_the_log_explains(client, caplog):
    responses = [client.get("/fail") for _ in range(2)]
    number = re.search(r"[0-9A-F]{8}", responses[0].text)[0]
    assert [a.status_code for a in responses] == [500, 500]
    assert responses[0].text == responses[1].text
    assert responses[0].text.splitlines()[1] == say("en", "http.fault", number=number)
    record = caplog.records[-1]
    assert (record.fault, record.exc_info[0]) == (number, ZeroDivisionError)
