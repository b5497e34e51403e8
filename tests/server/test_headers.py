"""What every response carries: the policy of scripts, who may frame a page; and what an error says."""

import base64
import hashlib
import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from server.headers import Faults, write_policy
from tests.http_client import make_client
from ui.links import SCRIPTS


def test_every_response_carries_the_headers(client):
    inline = re.findall(r"<script>(.*?)</script>", client.get("/").text, re.DOTALL)
    assert len(inline) == 2
    for path in ("/", "/records?lang=en", "/data/file", "/_stcore/agent", "/nowhere", "/fail"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["content-security-policy"] == write_policy([*inline, *SCRIPTS.values()])


def test_policy_names_the_very_scripts():
    policy = write_policy(["a", "b", "a"])
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"a", b"b")]
    assert f"script-src 'self' 'sha256-{hashes[0]}' 'sha256-{hashes[1]}';" in policy
    assert "unsafe-eval" not in policy and policy.count("unsafe-inline") == 1
    assert policy.endswith("frame-ancestors 'self'")


def test_named_sites_may_frame():
    for given in (
        "https://huggingface.co  https://*.example.org:8443",
        "'self' https://huggingface.co https://*.example.org:8443",
    ):
        headers = make_client(TARGETS_FRAME_ANCESTORS=given).get("/").headers
        assert headers["content-security-policy"].endswith(
            "frame-ancestors 'self' https://huggingface.co https://*.example.org:8443"
        )
        assert "x-frame-options" not in headers


def test_error_in_the_middle_of_a_response_ends_it_and_is_logged(caplog):
    """Nothing can be added to a response that has begun."""

    async def parts():
        yield b"begun"
        raise ZeroDivisionError("secret")

    app = Starlette(routes=[Route("/", lambda _: StreamingResponse(parts()))], middleware=[Middleware(Faults)])
    assert TestClient(app).get("/").text == "begun"
    assert [record.message for record in caplog.records] == ["fault"]
