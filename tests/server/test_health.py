"""The endpoints of monitors: 200 while there is data to show, 503 without, and nothing of the inside."""

import re
from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.health import health_routes
from targets.storage.store import Store


@pytest.fixture
def client(folder) -> TestClient:
    return TestClient(Starlette(routes=health_routes(Store(folder))))


def break_number(folder):
    file = folder / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4000,", ",四千,", 1), encoding="utf-8")


def test_good_data_is_healthy(client, data):
    response = client.get("/healthz")
    said = response.json()
    assert datetime.fromisoformat(said.pop("since")).utcoffset().total_seconds() == 8 * 3600
    assert (response.status_code, said) == (
        200,
        {"status": "ok", "version": data.version, "rows": len(data.frame), "problems": 0},
    )
    assert response.headers["cache-control"] == "no-store"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "version": data.version, "rows": len(data.frame)},
    )


def test_broken_files_are_stale_while_good_data_is_shown(client, folder, data):
    client.get("/healthz")
    break_number(folder)
    response = client.get("/healthz")
    said = response.json()
    assert response.status_code == 200
    assert (said["status"], said["version"], said["problems"]) == ("stale", data.version, 1)
    assert client.get("/readyz").status_code == 200


def test_without_good_data_it_is_unavailable(client, folder):
    break_number(folder)
    response = client.get("/healthz")
    said = response.json()
    assert said.pop("since")
    assert (response.status_code, said) == (503, {"status": "unavailable", "version": None, "rows": 0, "problems": 1})
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "version": None, "rows": 0})


def test_the_mark_changes_with_what_is_shown(client, folder):
    marks = [client.get("/data/state").text]
    break_number(folder)
    marks.append(client.get("/data/state").text)
    assert marks[0] != marks[1]
    assert all(re.fullmatch("[0-9a-f]{16}", mark) for mark in marks)


def test_nothing_of_the_inside_is_told(client, folder):
    break_number(folder)
    for path in ("/healthz", "/readyz", "/data/state"):
        said = client.get(path).text
        assert not re.search(r"Error|Traceback|\.py|\.csv|/", said), path
        assert client.head(path).content == b""
        assert client.post(path).status_code == 405
