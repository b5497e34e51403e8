"""What the tests share: the newspaper page's records, the project's whole data, folders to break, and a client."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from targets.contract.schema import DATA_FOLDER
from targets.load import dataset
from targets.load.dataset import Dataset
from targets.storage.checksums import write_checksums
from targets.storage.store import Store
from tests.backend_servers import Backend, ClickHouse, Server, backend_in, run_clickhouse, run_server
from tests.opened import show

settings.register_profile("ci", deadline=None, max_examples=25)  # no deadline: a slow machine is no failure
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("ci")

PAGE = "ningbo-2022"
"""The source whose records most tests count on: later sources do not change what they expect."""


@pytest.fixture(scope="session")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder with the records of the newspaper page alone; never changed."""
    folder = Path(shutil.copytree(DATA_FOLDER, tmp_path_factory.mktemp("page") / "data"))
    header, *lines = (folder / "targets.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[1] == PAGE]
    (folder / "targets.csv").write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    gone = {line.split(",")[0] for line in lines if line.split(",")[1] != PAGE}
    for name in ("misprints.csv", "checks.csv"):
        header, *lines = (folder / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not gone & set(re.findall(r"[a-z0-9-]+", line))]
        (folder / name).write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    write_checksums(folder)
    return folder


@pytest.fixture(scope="session")
def clickhouse() -> Iterator[ClickHouse]:
    """ClickHouse's engine; tests that need it are skipped where it is not installed."""
    with run_clickhouse() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; tests that need it are skipped where it is not installed."""
    with run_server() as running:
        yield running


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """An empty backend: a folder, or a database of the engine that the test's parameter names."""
    name = getattr(request, "param", "parquet")
    if name == "parquet":
        yield backend_in(tmp_path / "backend")
    else:
        engine = request.getfixturevalue(name)
        yield engine.backend(f"backend_{uuid4().hex}")
        if not engine.runs:
            engine.start()


@pytest.fixture(scope="session")
def data(page_folder: Path) -> Dataset:
    """The records of the newspaper page."""
    return dataset.load(page_folder)


@pytest.fixture(scope="session")
def all_data() -> Dataset:
    """The project's whole data."""
    return dataset.load()


@pytest.fixture
def folder(page_folder: Path, tmp_path: Path) -> Path:
    """A copy of the newspaper page's data folder, to be changed."""
    return Path(shutil.copytree(page_folder, tmp_path / "data"))


@pytest.fixture
def client():
    """A client of the middleware, without any settings."""
    from tests.http_client import make_client  # loads Streamlit, which few tests need

    return make_client()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, page_folder: Path) -> None:
    """The pages show the newspaper page's data, whatever TARGETS_DATA says."""
    show(monkeypatch, Store(page_folder))
