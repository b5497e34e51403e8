"""What every answer carries: the policy of scripts, and who may frame a page."""

import base64
import hashlib
import re

import pytest

from server.headers import write_policy
from tests.house import around
from ui.links import SCRIPTS


@pytest.mark.parametrize("path", ["/", "/records?lang=en", "/data", "/_stcore/agent", "/nowhere", "/fail"])
def test_every_answer_carries_the_headers(house, path):
    headers = house.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["content-security-policy"] == write_policy(
        [*re.findall(r"<script>(.*?)</script>", house.get("/").text, re.DOTALL), *SCRIPTS.values()]
    )


def test_policy_names_the_very_scripts():
    policy = write_policy(["a", "b"])
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a", b"b")]
    assert f"script-src 'self' 'sha256-{hashes[0]}' 'sha256-{hashes[1]}';" in policy
    assert "unsafe-eval" not in policy and policy.count("unsafe-inline") == 1
    assert policy.endswith("frame-ancestors 'none'")


def test_named_sites_may_frame():
    headers = around(TARGETS_FRAME_ANCESTORS="https://www.example.cn  https://*.example.org:8443").get("/").headers
    assert headers["content-security-policy"].endswith(
        "frame-ancestors https://www.example.cn https://*.example.org:8443"
    )
    assert "x-frame-options" not in headers
