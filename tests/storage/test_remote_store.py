"""What is shown of a backend: the last that was there while it is away, a sentence why, and recovery by itself."""

import time

import pytest

from targets.entry import audit
from targets.export.csv_export import records_table, to_csv
from targets.query.facets import options
from targets.query.selection import Selection
from targets.query.tables import table_of_counts
from targets.storage import store
from targets.text import LANGUAGES, say
from targets.wording.headlines import find
from tests.backend_servers import EVERYWHERE, take_in
from tests.opened import body, cached_run, plain, run, show
from tests.series import DAY

pytestmark = pytest.mark.filterwarnings(
    "ignore:fetch_record_batch:DeprecationWarning", "ignore:fetch_arrow_table:DeprecationWarning"
)
PLACE = {"district": ["镇海区"]}


def follow(url: str):
    from targets.storage.remote_store import BackendStore

    return BackendStore(url)


@pytest.fixture
def url(page_folder, backend) -> str:
    engine, _ = take_in(page_folder, backend.url)
    engine.close()
    return backend.url


@pytest.fixture
def shown(url, monkeypatch):
    """The backend's store, in place of the folder's."""
    made = follow(url)
    show(monkeypatch, made)
    yield made
    made.stop()


@pytest.fixture
def few(monkeypatch) -> None:
    """More than 30 records are too many to be fetched; downloads take 16 at once."""
    monkeypatch.setattr("targets.backends.remote_data.MOST", 30)
    monkeypatch.setattr("targets.backends.remote_data.WINDOW", 16)


@pytest.fixture
def client(shown, monkeypatch):
    """A client of the data's endpoints, which have kept no response yet."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from server import routes
    from server.health import health_routes
    from targets.load.cache import Cache

    monkeypatch.setattr(routes, "KEPT", Cache(routes.KEPT.most, len))
    app = Starlette(routes=[*health_routes(shown), *routes.data_routes(shown)])
    return TestClient(app, headers={"accept-encoding": "identity"})


def said(state) -> list[str]:
    return [problem.say("en") for problem in state.problems]


@EVERYWHERE
def test_a_backend_that_fills_and_goes_and_comes_back_is_followed(page_folder, backend):
    followed = follow(backend.url)
    state = followed.current()
    assert (state.dataset, state.remote) == (None, True)
    assert said(state) == [
        f"{backend.name}: there is no data in it yet; take a data folder in with python -m targets.storage.ingest"
    ]
    take_in(page_folder, backend.url)[0].close()
    good = followed.current()
    assert (good.dataset.size, good.problems, good.failing_since) == (70, (), None)
    assert followed.current().dataset is good.dataset
    backend.leave()
    away = followed.current()
    assert (away.dataset is good.dataset, away.loaded == good.loaded, len(away.problems)) == (True, True, 1)
    assert away.mark != good.mark
    assert followed.current().failing_since == away.failing_since
    backend.come_back()
    assert followed.current().mark == good.mark
    followed.stop()


def test_new_data_is_shown_once_it_is_there_as_a_whole(folder, backend, monkeypatch):
    followed = follow(backend.url)
    monkeypatch.setattr("targets.storage.remote_store.EVERY", 0.01)
    take_in(folder, backend.url)[0].close()
    followed.watch()
    before = followed.current()
    file = folder / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4000,", ",4001,", 1), encoding="utf-8")
    (folder / "datapackage.json").unlink()
    take_in(folder, backend.url)[0].close()
    while followed.current().dataset is before.dataset:
        time.sleep(0.01)
    after = followed.current()
    assert after.dataset.version != before.dataset.version
    assert after.changed is None
    followed.stop()


def test_a_backend_that_cannot_be_opened_is_a_sentence():
    unknown, away = "TARGETS_URL: this address is not known", "127.0.0.1/targets: it does not respond"
    for url, beginning in (
        ("mysql://a@b/c", unknown),
        ("postgresql://nobody@127.0.0.1:9/targets", away),
        ("clickhouse://127.0.0.1:9/targets", away),
    ):
        state = follow(url).current()
        assert state.dataset is None
        assert said(state)[0].startswith(beginning)


def test_a_url_goes_before_a_folder(page_folder, url):
    from targets.storage.remote_store import BackendStore

    opened = store.open_store(page_folder, url)
    assert isinstance(opened, BackendStore)
    assert opened.current().dataset.size == 70
    opened.stop()
    assert store.open_store(page_folder).folder == page_folder


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_the_same_from_a_backend(lang, shown, monkeypatch, page_folder):
    from ui.view import PAGES

    query = PLACE | {"record": ["zhenhai-gross-output-2022"]}
    from_backend = {page: body(run(page, lang, **query)) for page in PAGES}
    folder = store.Store(page_folder)
    show(monkeypatch, folder)
    assert shown.current().mark == folder.current().mark
    assert from_backend == {page: body(cached_run(page, lang, **query)) for page in PAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_of_too_many_records_counts_them_and_says_what_to_choose(lang, shown, data, few):
    for page in ("overview", "progress", "records"):
        at = run(page, lang)
        assert say(lang, "backend.too_many", n="70") in body(at)
        assert not at.get("plotly_chart")
        for path in ("targets.csv", "tables/promises.csv", "tables/sectors.csv"):
            assert f"data/{path}?" in body(at)
        for name in ("promises", "sectors"):
            table = table_of_counts(name, shown.current().dataset.query(Selection()))
            assert find(name, data, lang, table).title in plain(at)
        assert say(lang, "filter.showing", n=70, all=70, words=say(lang, "filter.everything")) in body(at)
    at = run("overview", lang, state=["not_due"], asof=[DAY])
    assert say(lang, "backend.too_many_state", n="70") in body(at)
    assert "≤ 70" in plain(at)
    assert not at.get("plotly_chart")
    labels = at.multiselect(key="filter-district").options
    assert labels == [name if lang == "zh" else shown.current().dataset.label("en", "district", name)
                      for name in options(shown.current().dataset, "district")]  # fmt: skip
    for page in ("sources", "method", "interface"):
        at = run(page, lang)
        assert say(lang, "backend.too_many", n="70") not in body(at)


def test_a_page_says_that_the_backend_is_away_and_shows_what_was_fetched(shown, backend):
    run("overview", "en", **PLACE)
    backend.leave()
    shown._engine.close()
    at = run("overview", "en", **PLACE)
    assert say("en", "backend.last_good") in plain(at)
    assert say("en", "backend.follow") in plain(at)
    assert at.get("plotly_chart")
    at = run("overview", "en", district=["宁波市"])
    assert say("en", "backend.no_data") in plain(at)
    assert not at.get("plotly_chart")
    backend.come_back()
    assert run("overview", "en", district=["宁波市"]).get("plotly_chart")


@EVERYWHERE
def test_the_endpoints_respond_from_a_backend(client, data, monkeypatch):
    rows = to_csv(records_table(data.frame))
    assert client.get("/data/targets.csv").content == rows
    monkeypatch.setattr("targets.backends.remote_data.MOST", 30)
    monkeypatch.setattr("targets.backends.remote_data.WINDOW", 16)
    asof = {"asof": "2023-01-01"}
    wide = client.get("/data/targets.csv", params=asof)
    assert (wide.status_code, wide.content) == (200, rows)
    assert wide.headers["content-disposition"] == client.get("/data/targets.csv").headers[
        "content-disposition"
    ].replace("%E5%85%A8%E9%83%A8", "2023-01-01")
    packed = client.get("/data/targets.csv", params=asof, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == rows
    assert client.get("/data/tables/promises.csv", params=asof).status_code == 200
    for path, more in (
        ("targets.json", {}),
        ("targets.xlsx", {}),
        ("package.zip", {}),
        ("tables/outcomes.csv", {}),
        ("targets.csv", {"sort": "year"}),
        ("targets.csv", {"state": "met"}),
        ("tables/promises.csv", {"state": "met"}),
    ):
        answer = client.get(f"/data/{path}", params=asof | more)
        assert answer.status_code == 400
        assert answer.text.splitlines() == [say(lang, "backend.too_many_data", n="70") for lang in LANGUAGES]
    assert client.get("/data/openapi.json").status_code == 200
    assert client.get("/healthz").json()["rows"] == 70


def test_an_endpoint_says_that_the_backend_is_away(client, backend, shown):
    assert client.get("/data/targets.csv", params={"district": "镇海区"}).status_code == 200
    backend.leave()
    shown._engine.close()
    assert client.get("/data/targets.csv", params={"district": "镇海区"}).status_code == 200
    answer = client.get("/data/targets.csv", params={"district": "宁波市"})
    assert (answer.status_code, answer.text.splitlines()) == (503, [say(lang, "backend.no_data") for lang in LANGUAGES])
    assert client.get("/healthz").json()["status"] == "stale"
    backend.come_back()


def test_head_of_too_many_records_fetches_none_of_them(client, monkeypatch, few):
    for encoding in ("identity", "gzip"):
        asked = {"params": {"asof": "2023-03-01"}, "headers": {"accept-encoding": encoding}}
        whole = client.get("/data/targets.csv", **asked)
        with monkeypatch.context() as none:
            none.setattr("targets.backends.remote_data.BackendData.stream", lambda *_: (1 / 0 for _ in "asked"))
            head = client.head("/data/targets.csv", **asked)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers == whole.headers


def test_a_download_that_breaks_off_is_not_taken_for_a_whole_one(client, monkeypatch, few):
    from targets.backends.remote_data import BackendData

    stream = BackendData.stream

    def break_off(self, selection):
        for n, rows in enumerate(stream(self, selection)):
            if n == 2:
                raise OSError("lost")
            yield rows

    monkeypatch.setattr(BackendData, "stream", break_off)
    with pytest.raises(OSError, match="lost"):
        client.get("/data/targets.csv", params={"asof": "2023-02-01"})


def test_the_audit_reads_a_source_of_a_backend(shown, backend, page_folder, monkeypatch, tmp_path, capsys):
    text = tmp_path / "page.txt"
    text.write_text("没有数字\n", encoding="utf-8")
    asked = [str(text), "--source", "ningbo-2022"]
    told = []
    for each in (shown, store.Store(page_folder)):
        told.append((audit.main(asked, each), capsys.readouterr()))
    assert told[0] == told[1]
    assert (told[0][0], told[0][1].err) == (1, "")
    monkeypatch.setattr("targets.backends.remote_data.MOST", 1)
    shown.current().dataset.slices.__init__(1)
    backend.leave()
    shown._engine.close()
    assert audit.main(asked, shown) == 2
    assert capsys.readouterr().err == f"{backend.name}：没有应答；应能连上，并能读取其中的表\n"
