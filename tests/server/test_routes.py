"""The data endpoints: the page's own parameters, the page's own rows, a sentence for what is wrong."""

import io
from urllib.parse import quote, unquote

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server import routes
from server.endpoints import ADDRESSES
from server.openapi import OPENAPI
from targets.load.cache import Cache
from targets.query.narrowing import select, sort_rows
from targets.query.selection import Selection
from targets.query.tables import TABLES, Choice, table_of
from targets.storage import store
from tests.http_client import go, store_of

EVERY = [f"/{address.path}" for address in (*ADDRESSES, OPENAPI)]
ASKING = [f"/{address.path}" for address in ADDRESSES]


@pytest.fixture(scope="module")
def app(data) -> Starlette:
    return Starlette(routes=routes.data_routes(store_of(data)))


@pytest.fixture
def client(app) -> TestClient:
    """A client that takes no compression, of endpoints that have the tests' own data."""
    return client_of(app)


def client_of(app: Starlette) -> TestClient:
    return TestClient(app, headers={"accept-encoding": "identity"})


def ask(app: Starlette, path: str, query: bytes) -> tuple[int, dict[str, str], str]:
    """Ask the application itself, with a query string that no client would send; return status, headers, text."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": [], "root_path": ""}
    go(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:]).decode("utf-8-sig", "replace")


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


def test_the_file_name_says_the_selection_in_the_reader_s_language(client):
    for path, query, name in (
        ("targets.csv", "lang=en&kind=target", "targets_Target.csv"),
        ("targets.xlsx", "kind=target", "目标与数字_目标.xlsx"),
        ("targets.json", "q=../x", "目标与数字_x.json"),
        ("package.zip", "lang=en", "targets_all.zip"),
        ("tables/place.csv", "place=镇海区", "地方概况_全部.csv"),
    ):
        said = client.get(f"/data/{path}?{query}").headers["content-disposition"]
        assert said == f"attachment; filename=\"{path.rpartition('/')[2]}\"; filename*=UTF-8''{quote(name)}"


def test_a_chart_s_table_is_that_table(client, data):
    for name in TABLES:
        answer = client.get(f"/data/tables/{name}.csv", params={"kind": "target", "place": "镇海区"})
        expected = table_of(name, data, Selection(kind=("target",)), Choice(place="镇海区"))
        found = read(answer.content)
        assert found.columns.tolist() == expected.columns.tolist(), name
        assert found.iloc[:, 0].tolist() == expected.iloc[:, 0].tolist(), name


def test_an_empty_selection_is_answered(client):
    for path in ASKING:
        answer = client.get(path, params={"district": "余姚市", "kind": "target"})
        assert answer.status_code == 200, path
        if path.endswith("targets.csv"):
            assert len(read(answer.content)) == 0


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ("district=火星区", ["参数“district”没有“火星区”。", "There is no “火星区” in the parameter “district”."]),
        ("year=1999", ["参数“year”没有“1999”。", "There is no “1999” in the parameter “year”."]),
        ("colour=red", ["没有名为“colour”的参数。", "There is no parameter called “colour”."]),
        ("lang=fr", ["参数“lang”没有“fr”。", "There is no “fr” in the parameter “lang”."]),
        ("sort=colour", ["参数“sort”没有“colour”。", "There is no “colour” in the parameter “sort”."]),
        ("sort=", ["参数“sort”是空的。", "The parameter “sort” is empty."]),
        ("sort=--year", ["参数“sort”没有“--year”。", "There is no “--year” in the parameter “sort”."]),
        ("compare=x", ["参数“compare”没有“x”。", "There is no “x” in the parameter “compare”."]),
        ("district=", ["参数“district”是空的。", "The parameter “district” is empty."]),
        ("lang=fr&lang=zh", ["参数“lang”只能有一个值。", "The parameter “lang” takes one value only."]),
        ("q=a&q=b", ["参数“q”只能有一个值。", "The parameter “q” takes one value only."]),
        (
            "q=" + "a" * 61,
            [
                "参数“q”最多60个字，不能有控制字符。",
                "The parameter “q” takes at most 60 characters and no control character.",
            ],
        ),
    ],
)
def test_a_bad_parameter_is_answered_with_a_sentence(client, query, sentences):
    answer = client.get(f"/data/targets.csv?{query}")
    assert (answer.status_code, answer.text.splitlines()) == (400, sentences)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


HOSTILE = {
    "encoded-twice": "district=%25E9%2595%2587%25E6%25B5%25B7%25E5%258C%25BA",
    "control": "q=%00%07%1b[31m",
    "line-break": "district=x%0d%0aSet-Cookie:a=b",
    "bidi": "district=%E2%80%AE%E5%8C%BA%E2%81%A6",
    "bad-utf-8": "q=%ff%fe&district=%ff",
    "traversal": "district=../../../etc/passwd",
    "sql": "district=' OR 1=1;DROP TABLE targets--",
    "markup": "district=<script>alert(1)</script>&<img src=x>=1",
    "format": "district={0.__class__}&sort=%25s%25n",
    "formula": "district==HYPERLINK(1)",
    "many-names": "&".join(f"p{n}=1" for n in range(12_000)),
    "many-values": "&".join(f"year={n}" for n in range(10_000)),
    "huge-value": "district=" + "长" * 33_000,
    "huge-search": "q=" + "a" * 100_000,
    "only-separators": "&=&;&" * 20_000,
    "repeated": "&".join(["district=镇海区"] * 5_000),
}
REFLECTED = {"\x00", "\x07", "\x1b", "\r", "\u202e", "\u2066"}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_address_is_answered_in_plain_text(client, app, query):
    """An endpoint with parameters, and the one without any."""
    for path in (EVERY[0], EVERY[-1]):
        status, headers, text = ask(app, path, quote(query, safe="&=%;").encode())
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        if path == EVERY[0] and query == HOSTILE["repeated"]:
            assert status == 200
            continue
        assert status == 400, path
        if path == EVERY[0] and query == HOSTILE["only-separators"]:
            continue
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert not REFLECTED & set(text)
        assert len(text) < 4_000


def test_what_the_page_adds_to_its_address_is_welcome(client):
    query = {"lang": "zh", "page": "2", "record": "x", "embed": "true", "sector": "工业", "horizon": "undated"}
    query |= {"utm_source": "mail", "fbclid": "x", "from": "timeline", "check": "ningbo-2022"}
    assert client.get("/data/targets.csv", params=query).status_code == 200


def test_what_is_put_behind_a_link_that_is_passed_on_is_welcome(client):
    for path in EVERY:
        assert client.get(path, params={"utm_source": "mail", "spm": "1.2"}).status_code == 200, path


def test_an_unknown_address_is_answered_with_a_sentence(client):
    for path in ("/data/", "/data/x", "/data/tables/colours.csv", "/data/%2e%2e%2fetc%2fpasswd"):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            answer = client.request(method, path)
            assert answer.status_code == 404, (method, path)
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            if method != "HEAD":
                assert answer.text.splitlines()[0] == "没有这个地址。全部地址见 data/openapi.json。"


def test_only_reading_is_allowed(client):
    methods = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
    for method, path in (*((method, EVERY[0]) for method in methods), *(("POST", path) for path in EVERY)):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), (method, path)
        assert answer.text.splitlines()[1] == "This can only be read: use GET or HEAD."


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_has_the_headers_of_the_whole_answer_without_a_body(client, encoding):
    for path in EVERY:
        whole = client.get(path, headers={"accept-encoding": encoding})
        head = client.head(path, headers={"accept-encoding": encoding})
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers == whole.headers, path


def test_a_client_that_has_the_answer_is_told_so(client):
    for path in EVERY:
        whole = client.get(path)
        tag = whole.headers["etag"]
        assert tag.startswith('"')
        assert whole.headers["cache-control"] == "no-cache"
        answer = client.get(path, headers={"if-none-match": tag})
        assert (answer.status_code, answer.content) == (304, b""), path
        assert {name: answer.headers[name] for name in ("etag", "cache-control", "vary")} == {
            "etag": tag,
            "cache-control": "no-cache",
            "vary": "Accept-Encoding",
        }
        assert client.head(path, headers={"if-none-match": tag}).status_code == 304
    for known in (f"W/{tag}", f'"a", W/"b,c" , {tag}', "*", f" {tag} "):
        assert client.get(path, headers={"if-none-match": known}).status_code == 304, known
    for other in ('"other"', tag.strip('"'), f'{tag[:-2]}"', "", "**"):
        assert client.get(path, headers={"if-none-match": other}).status_code == 200, other


def test_a_tag_belongs_to_what_was_asked_and_not_to_how(client):
    def tag(path: str, query: str) -> str:
        return client.get(f"/data/{path}?{query}").headers["etag"]

    same = {
        tag("targets.csv", query)
        for query in (
            "district=镇海区&district=余姚市&kind=target",
            "kind=target&district=余姚市&district=镇海区&district=余姚市",
            "kind=target&kind=target&district=余姚市&district=镇海区&lang=zh&page=3&place=镇海区",
        )
    }
    assert len(same) == 1
    asked = [
        ("targets.csv", ""), ("targets.json", ""), ("targets.xlsx", ""), ("package.zip", ""), ("tables/place.csv", ""),
        ("targets.xlsx", "lang=en"), ("targets.csv", "sort=line"), ("targets.csv", "sort=-line"),
        ("targets.csv", "year=2026"), ("targets.csv", "q=2026"), ("tables/place.csv", "place=镇海区"),
        ("tables/compare.csv", ""), ("tables/compare.csv", "compare=规上工业总产值"),
    ]  # fmt: skip
    assert len({tag(*each) for each in asked}) == len(asked)
    for path, query in (
        ("targets.csv", "lang=en"), ("targets.json", "lang=en"), ("package.zip", "lang=en"), ("progress.csv", "lang=en"),
        ("targets.csv", "place=镇海区"), ("tables/place.csv", "compare=规上工业总产值&lang=en"),
        ("tables/promises.csv", "horizon=2026"),
    ):  # fmt: skip
        whole, other = client.get(f"/data/{path}"), client.get(f"/data/{path}?{query}")
        assert (whole.headers["etag"], whole.content) == (other.headers["etag"], other.content), path


def test_a_tag_changes_with_the_data(client, folder):
    before = client.get("/data/targets.csv").headers["etag"]
    path = folder / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",4000,亿元", ",4001,亿元"), encoding="utf-8")
    after = client_of(Starlette(routes=routes.data_routes(store.Store(folder))))
    answer = after.get("/data/targets.csv", headers={"if-none-match": before})
    assert answer.status_code == 200
    assert answer.headers["etag"] != before


def test_an_answer_is_compressed_for_those_who_take_it(client):
    plain = client.get("/data/targets.csv")
    for accepted, encoded in (
        ("gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("*", True),
        ("GZIP", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
    ):
        answer = client.get("/data/targets.csv", headers={"accept-encoding": accepted})
        assert answer.headers.get("content-encoding") == ("gzip" if encoded else None), accepted
        assert (answer.headers["etag"] != plain.headers["etag"]) == encoded
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == plain.content
        if encoded:
            assert int(answer.headers["content-length"]) < len(plain.content) / 3
            known = {"accept-encoding": accepted, "if-none-match": plain.headers["etag"]}
            assert client.get("/data/targets.csv", headers=known).status_code == 200


def test_a_zip_is_not_compressed_again(client):
    assert "content-encoding" not in client.get("/data/package.zip", headers={"accept-encoding": "gzip"}).headers


def test_an_answer_made_again_has_the_same_bytes(client, monkeypatch):
    answers = []
    for _ in range(2):
        monkeypatch.setattr(routes, "KEPT", Cache(2**20, len))
        answers.append([client.get(path).content for path in EVERY])
    assert answers[0] == answers[1]


def test_without_data_the_answer_is_503(tmp_path):
    client = client_of(Starlette(routes=routes.data_routes(store.Store(tmp_path))))
    for path in EVERY:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.text.splitlines()[0] == "数据暂时不可用：数据文件有误，请看首页。"


def test_too_many_records_for_a_workbook_are_refused_with_a_sentence(client, monkeypatch):
    monkeypatch.setattr("targets.export.workbook.MOST_RECORDS", 11)
    monkeypatch.setattr("server.routes.MOST_RECORDS", 11)
    answer = client.get("/data/targets.xlsx?district=镇海区&year=2021&sort=-kind")
    assert answer.status_code == 200
    answer = client.get("/data/targets.xlsx?district=镇海区&sort=-kind")
    assert answer.status_code == 400
    assert answer.text.splitlines()[0] == "记录太多：Excel文件最多11条。请缩小范围，或下载CSV。"


def test_equal_requests_share_what_is_kept(client, monkeypatch):
    """The answer as it is and the same compressed, whatever the order of the parameters."""
    kept = Cache(2**20, len)
    monkeypatch.setattr(routes, "KEPT", kept)
    sizes = []
    for query in ("kind=target&year=2026", "year=2026&kind=target", "kind=target&year=2026&kind=target"):
        answer = client.get(f"/data/targets.csv?{query}", headers={"accept-encoding": "gzip"})
        sizes.append((kept.size, len(answer.content) + int(answer.headers["content-length"])))
    assert len(set(sizes)) == 1
    assert sizes[0][0] == sizes[0][1]


def test_a_large_answer_comes_in_pieces_and_is_the_same(client, monkeypatch):
    queries = ("", "kind=target&sort=-line", "q=产值")
    wholes = [client.get(f"/data/targets.csv?{query}") for query in queries]
    monkeypatch.setattr(routes, "MOST_WHOLE", 0)
    for query, whole in zip(queries, wholes, strict=True):
        length = {"content-length": whole.headers["content-length"]}  # not known before the last line is written
        for encoding in ("identity", "gzip"):
            answer = client.get(f"/data/targets.csv?{query}", headers={"accept-encoding": encoding})
            assert answer.content == whole.content
            assert dict(answer.headers) | length == dict(whole.headers)
            head = client.head(f"/data/targets.csv?{query}", headers={"accept-encoding": encoding})
            assert (head.content, head.headers) == (b"", answer.headers)
            known = {"accept-encoding": encoding, "if-none-match": whole.headers["etag"]}
            assert client.get(f"/data/targets.csv?{query}", headers=known).status_code == 304
