"""The examples of the interface page, run as they stand against a running server."""

import io
import re
import shutil
import socket
import subprocess
import threading
import urllib.request
from urllib.parse import urlencode

import pandas as pd
import pytest
import uvicorn
from starlette.applications import Starlette

from server.examples import EXAMPLES, write_example
from server.routes import data_routes
from targets.query.narrowing import select, sort_rows
from targets.query.selection import Selection, to_query_string
from targets.text import phrases
from tests.http_client import store_of

CHOSEN = Selection(district=("镇海区", "前湾新区"), kind=("target",), q="亿")
QUERY = to_query_string(CHOSEN.query | {"sort": ["-line"]})


@pytest.fixture(scope="module")
def url(data):
    """The address of the chosen records on a running server."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=data_routes(store_of(data)))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/data/targets.csv?{QUERY}"
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def expected(data):
    return sort_rows(select(data, CHOSEN), "-line")["id"].tolist()


def fetch(address: str) -> list[str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return pd.read_csv(io.BytesIO(answer.read()))["id"].tolist()


def test_pandas(url, expected):
    names = {}
    exec(write_example("pandas", url), names)
    assert names["targets"]["id"].tolist() == expected
    assert pd.api.types.is_numeric_dtype(names["targets"]["value"])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed: apt-get install curl")
def test_curl(url, expected, tmp_path):
    subprocess.run(["sh", "-e", "-c", write_example("curl", url)], cwd=tmp_path, check=True, timeout=60)
    assert pd.read_csv(tmp_path / "targets.csv")["id"].tolist() == expected
    wrong = subprocess.run(
        ["sh", "-c", write_example("curl", url + "&year=1999")], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert wrong.returncode == 22


def test_r(url, expected):
    code = write_example("r", url)
    assert fetch(re.search(r'"(http[^"]+)"', code)[1]) == expected
    if shutil.which("Rscript"):
        code += 'cat(targets$id, sep = "\\n")'
        said = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True, timeout=120)
        assert said.stdout.split() == expected


def test_excel(url, expected):
    code = write_example("excel", url)
    assert fetch(re.search(r'Web\.Contents\("([^"]+)"\)', code)[1]) == expected
    assert code.count("(") == code.count(")") and code.count("[") == code.count("]")


def test_every_example_has_its_words_and_takes_the_address_once():
    for name, text in EXAMPLES.items():
        assert f"interface.{name}" in phrases()
        assert text.count("{url}") == 1


def test_an_address_ends_no_string_whatever_is_searched():
    """An address stands in double quotes in every example, so it may hold none of what ends or opens them."""
    query = to_query_string(Selection(q="\"'`$(x)\\ {}!<>&#%;\u3000|").query)
    assert re.fullmatch(r"[A-Za-z0-9_.~%&=+-]*", query)
    assert query == urlencode({"q": "\"'`$(x)\\ {}!<>&#%;\u3000|"})
