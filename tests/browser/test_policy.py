"""The security headers seen from inside a browser: everything works under the policy, and nothing else does."""

import re
import urllib.request
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from conftest import PATIENCE
from playwright.sync_api import expect

from targets.text import say

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture
def watched(tab):
    """A tab that notes what the policy has blocked."""
    tab.page.add_init_script(WATCH)
    return tab


def blocked(tab):
    """What the policy has blocked, but for a trial of WebAssembly that Streamlit makes and does without."""
    return [one for one in tab.page.evaluate("window.violations") if one != "script-src wasm-eval"]


def test_policy_blocks_nothing_of_ours(server, watched):
    """The languages in turn, as each has its script; every page in both is opened in test_look.py, under the policy too."""
    from ui.view import PAGES  # loads Streamlit

    page = watched.page
    watched.open(f"{server.address}/?lang=zh")
    for name, (lang, other) in zip(PAGES, cycle(pairwise(("zh", "en", "zh"))), strict=False):
        page.get_by_role("navigation").get_by_role("link", name=say(lang, f"page.{name}"), exact=True).click()
        expect(page.locator("h1")).to_have_text(say(lang, f"heading.{name}"))
        watched.settle()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")
        charts = page.locator(".js-plotly-plot")
        for chart in charts.all():
            expect(chart.locator(".main-svg").first).to_be_attached()
        folded = page.locator("details:has(table) summary")
        if folded.count():
            folded.first.click()
            expect(page.locator("details[open] table").first).to_be_visible()
        if name not in ("method", "interface"):
            with page.expect_download() as started:
                page.locator("a[download]").first.click()
            assert Path(started.value.path()).stat().st_size > 0
        page.get_by_role("link", name=say(lang, "app.other_language"), exact=True).click()
        expect(page.locator("h1")).to_have_text(say(other, f"heading.{name}"))
        watched.settle()
        assert (blocked(watched), watched.faults) == ([], []), name


def test_dialog_filter_and_search_work_under_the_policy(server, watched):
    page = watched.page
    watched.open(f"{server.address}/records?lang=zh&record=zhenhai-gross-output-2022")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_placeholder(say("zh", "records.search")).or_(page.get_by_label(say("zh", "records.search"))).fill(
        "工业"
    )
    page.keyboard.press("Enter")
    watched.expect_at("/records", lang="zh", q="工业")
    watched.settle()
    assert (blocked(watched), watched.faults) == ([], [])


def test_policy_blocks_scripts_and_hosts_of_others(server, watched):
    watched.open(f"{server.address}/?lang=zh")
    watched.page.evaluate(
        """() => new Promise((done) => {
            setTimeout(done, 60000);
            const noted = violations.length;
            addEventListener("securitypolicyviolation", () => violations.length === noted + 2 && done());
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            const image = document.createElement("img");
            image.src = "http://127.0.0.1:9/t.png";
            document.body.append(script, image);
        })"""
    )
    assert sorted(blocked(watched)) == ["img-src http://127.0.0.1:9/t.png", "script-src-elem inline"]
    assert watched.page.evaluate("window.ran") is None


def test_page_says_its_language_before_any_script_runs(server):
    for query, tag in (("", "zh-CN"), ("?lang=zh", "zh-CN"), ("?lang=en", "en"), ("?lang=fr", "zh-CN")):
        with urllib.request.urlopen(f"{server.address}/records{query}", timeout=PATIENCE) as answer:
            assert re.search(r'<html lang="([^"]+)">', answer.read().decode())[1] == tag


def test_no_other_site_frames_a_page(server, visit):
    tab = visit()
    with tab.page.expect_console_message(lambda message: "frame-ancestors 'self'" in message.text):
        tab.page.set_content(f'<iframe src="{server.address}/"></iframe>')
    tab.page.frames[1].wait_for_url(lambda url: url.startswith("chrome-error:"))


def test_fast_hands_are_no_flood(server, watched):
    """As many clicks as a human can do, one after the other."""
    page = watched.page
    watched.open(f"{server.address}/records?lang=zh")
    for _ in range(8):
        page.get_by_role("link", name="English", exact=True).click()
        page.get_by_role("link", name="中文", exact=True).click()
    expect(page.locator("h1")).to_have_text(say("zh", "heading.records"))
    watched.settle()
    assert '"flood"' not in server.said
    assert (blocked(watched), watched.faults) == ([], [])
