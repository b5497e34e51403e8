"""The download addresses: the page's own parameters, the page's own rows, a sentence for what is unknown."""

import io
from urllib.parse import unquote

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.routes import ROUTES
from targets import store
from targets.selection import Selection, select, sort_rows
from targets.tables import NAMES, Choice, table_of


@pytest.fixture
def client(monkeypatch, page_folder) -> TestClient:
    monkeypatch.setattr("server.routes.STORE", store.Store(page_folder))
    return TestClient(Starlette(routes=ROUTES))


def read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content))


def test_records_are_those_of_the_page_in_its_order(client, data):
    answer = client.get(
        "/data/targets.csv", params={"district": ["镇海区", "前湾新区"], "year": "2026", "sort": "-line"}
    )
    expected = sort_rows(select(data, Selection(district=("镇海区", "前湾新区"), year=("2026",))), "-line")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert read(answer.content)["id"].tolist() == expected["id"].tolist()
    assert unquote(answer.headers["content-disposition"]).endswith("目标与数字_镇海区_前湾新区_2026.csv")


def test_the_name_follows_the_language(client):
    answer = client.get("/data/targets.csv", params={"lang": "en", "kind": "target"})
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''targets_Target.csv")


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_s_table_is_that_table(client, data, name):
    answer = client.get(f"/data/tables/{name}.csv", params={"kind": "target", "place": "镇海区"})
    expected = table_of(name, data, Selection(kind=("target",)), Choice(place="镇海区"))
    found = read(answer.content)
    assert found.columns.tolist() == expected.columns.tolist()
    assert found.iloc[:, 0].tolist() == expected.iloc[:, 0].tolist()


def test_an_empty_selection_is_a_header(client):
    answer = client.get("/data/targets.csv", params={"district": "余姚市", "kind": "target"})
    assert (answer.status_code, len(read(answer.content))) == (200, 0)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("district=火星区", "参数“district”没有“火星区”。"),
        ("year=1999", "There is no “1999” in the parameter “year”."),
        ("colour=red", "没有名为“colour”的参数。"),
        ("lang=fr", "参数“lang”没有“fr”。"),
        ("sort=colour", "There is no “colour” in the parameter “sort”."),
        ("compare=x", "参数“compare”没有“x”。"),
    ],
)
def test_an_unknown_parameter_is_answered_with_a_sentence(client, query, sentence):
    answer = client.get(f"/data/targets.csv?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain")


def test_what_the_page_adds_to_its_address_is_welcome(client):
    query = {"lang": "zh", "page": "2", "record": "x", "embed": "true", "sector": "工业", "horizon": "undated"}
    assert client.get("/data/targets.csv", params=query).status_code == 200


def test_an_unknown_table_is_answered_with_a_sentence(client):
    answer = client.get("/data/tables/colours.csv")
    assert (answer.status_code, answer.text.splitlines()[0]) == (404, "没有名为“colours”的表。")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_reading_is_allowed(client, method):
    assert client.request(method, "/data/targets.csv").status_code == 405


def test_head_answers_without_a_body(client):
    answer = client.head("/data/targets.csv")
    assert (answer.status_code, answer.content) == (200, b"")


def test_without_data_the_answer_is_503(client, monkeypatch, tmp_path):
    monkeypatch.setattr("server.routes.STORE", store.Store(tmp_path))
    answer = client.get("/data/targets.csv")
    assert answer.status_code == 503
    assert answer.text.splitlines()[0] == "数据暂时不可用：数据文件有误，请看首页。"
