"""A page opened as Streamlit's own test does it, and what it shows."""

import re
from functools import cache
from html import unescape

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from targets.store import Store
from targets.text import say

# A test's every run of a page looks through all installed packages for components, which was three quarters of it.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def show(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """Let pages show the data of a store."""
    monkeypatch.setattr("targets.store.STORE", store)


def run(page: str, lang: str = "zh", /, **query: list[str]) -> AppTest:
    """Open a page with a query; nothing in it may fail."""
    at = AppTest.from_file("../ui/shell.py", default_timeout=30)
    for name, values in ({"lang": [lang]} | query).items():
        at.query_params[name] = values
    at.run()
    if page != "overview":
        at.switch_page(f"../pages/{page}.py").run()
    assert not at.exception
    assert say(lang, "notice.trouble") not in body(at)
    return at


def body(at: AppTest) -> str:
    """Everything the page shows as HTML, its scripts, styles and marks of Chinese words left out."""
    texts = [element.proto.body for element in at.get("html")]
    shown = "\n".join(t for t in texts if not t.startswith(("<style", "<script")))
    return unescape(re.sub(r'<bdi lang="zh-CN">(.*?)</bdi>', r"\1", shown))


def plain(at: AppTest) -> str:
    """Return the same without its tags."""
    return re.sub(r"<[^>]+>", " ", body(at))
