"""The settings that an operator gives in the environment: what they become, and what stops the start."""

import re
from pathlib import Path

import pytest

from server.settings import Settings, default_max_connections

GIVEN = {
    "TARGETS_HOSTS": "Dash.Example.cn, *.example.org dashboard_1 10.1.2.3 [::1]",
    "TARGETS_FRAME_ANCESTORS": "'self' https://huggingface.co  https://*.example.org:8443",
    "TARGETS_MAX_CONNECTIONS": "500",
    "TARGETS_METRICS": "1",
    "TARGETS_DATA": "/srv/data",
    "TARGETS_URL": "postgresql://user@host/database",
    "TARGETS_STATE": "/var/lib/targets",
}


def test_each_setting_is_read():
    assert Settings.from_environment(GIVEN) == Settings(
        hosts=("dash.example.cn", "*.example.org", "dashboard_1", "10.1.2.3", "[::1]"),
        frame_ancestors=("'self'", "https://huggingface.co", "https://*.example.org:8443"),
        max_connections=500,
        metrics=True,
        data=Path("/srv/data"),
        url="postgresql://user@host/database",
        state=Path("/var/lib/targets"),
    )


def test_nothing_has_to_be_set():
    for environment in ({}, dict.fromkeys(GIVEN.keys() - {"TARGETS_DATA"}, "")):
        assert Settings.from_environment(environment) == Settings()
    assert not Settings.from_environment({"TARGETS_METRICS": "0"}).metrics


def test_setting_that_cannot_be_meant_stops_the_start():
    for name, value, fault in (
        ("HOSTS", "https://dash.example.cn", "'https://dash.example.cn' is no host name"),
        ("HOSTS", "dash.example.cn:443", "'dash.example.cn:443' is no host name"),
        ("HOSTS", "a.example.cn, *", "'*' is no host name"),
        ("FRAME_ANCESTORS", "https://a.cn; script-src *", "'https://a.cn;' is no origin"),
        ("FRAME_ANCESTORS", "*", "'*' is no origin"),
        ("MAX_CONNECTIONS", "0", "'0' is no number of visitors"),
        ("MAX_CONNECTIONS", "many", "'many' is no number of visitors"),
        ("MAX_CONNECTIONS", "５", "'５' is no number of visitors"),
        ("METRICS", "yes", "'yes' is neither 1"),
    ):
        with pytest.raises(ValueError, match=re.escape(f"TARGETS_{name}: {fault}")):
            Settings.from_environment({f"TARGETS_{name}": value})


def test_visitors_are_fewer_than_descriptors_allow(monkeypatch):
    resource = pytest.importorskip("resource", reason="Windows has no limit of descriptors")
    now = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, asked: now.__setitem__(slice(None), asked))
    for limits, most in (
        ((1024, 4096), 512),
        ((1024, 1024), 128),
        ((65536, 1 << 20), 1000),
        ((-1, -1), 1000),
        ((4, 4), 1),
    ):
        now[:] = limits
        assert default_max_connections() == most, limits
