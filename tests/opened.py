"""A page opened by Streamlit's own test runner, and what it shows."""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

import pytest

from targets.storage import store
from targets.text import say

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

_RUNS: dict[tuple, "AppTest"] = {}
"""Runs whose result is only read, by data folder, version, page, language and query."""


@cache
def _runner() -> type["AppTest"]:
    """Import the runner when the first page is opened: it takes a second."""
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import AppTest

    # Every run looks through all installed packages for components, which was three quarters of it.
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    return AppTest


def show(monkeypatch: pytest.MonkeyPatch, shown: store.Store) -> None:
    """Let pages show the data of a store."""
    monkeypatch.setattr("targets.storage.store._current", [shown])


def start(**query: list[str]) -> "AppTest":
    """Prepare the first page with a query; it is not run yet."""
    at = _runner().from_file("../ui/shell.py", default_timeout=60)
    for name, values in query.items():
        at.query_params[name] = values
    return at


def run(page: str, lang: str = "zh", /, **query: list[str]) -> "AppTest":
    """Open a page with a query, for tests that go on to use its controls; nothing in it may fail."""
    at = start(**{"lang": [lang]} | query)
    if page != "overview":
        at.switch_page(f"../pages/{page}.py")
    at.run()
    assert not at.exception
    assert say(lang, "notice.trouble") not in body(at)
    return at


def cached_run(page: str, lang: str = "zh", /, **query: list[str]) -> "AppTest":
    """Open a page as `run` does, once a session for each data folder, version, language and query: only to be read."""
    shown = store.current_store()
    key = (shown.folder, shown.current().mark, page, lang, repr(query))
    if key not in _RUNS:
        _RUNS[key] = run(page, lang, **query)
    return _RUNS[key]


def raw(at: "AppTest") -> str:
    """Return everything the page sends as HTML."""
    return "\n".join(element.proto.body for element in at.get("html"))


def body(at: "AppTest") -> str:
    """Return everything the page shows as HTML, its scripts, styles and marks of Chinese words left out."""
    texts = [element.proto.body for element in at.get("html")]
    shown = "\n".join(t for t in texts if not t.startswith(("<style", "<script")))
    return unescape(re.sub(r'<bdi lang="zh-CN">(.*?)</bdi>', r"\1", shown))


def plain(at: "AppTest") -> str:
    """Return the same without its tags."""
    return re.sub(r"<[^>]+>", " ", body(at))
