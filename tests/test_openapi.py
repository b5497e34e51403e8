"""The description of the data interface: true to the code, and every answer true to it."""

import json
from types import SimpleNamespace

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server import routes
from targets import dataset
from targets.interface import ADDRESSES, parameters
from targets.openapi import describe_interface
from targets.selection import FACETS, options
from targets.tables import CHOICE_COLUMN

DATA = dataset.load()
schema = schemathesis.openapi.from_dict(describe_interface(DATA))
schema.app = Starlette(routes=routes.ROUTES)


@pytest.fixture(autouse=True, scope="module")
def own_data():
    """The project's own data, whatever TARGETS_DATA says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes, "STORE", SimpleNamespace(current=lambda: SimpleNamespace(dataset=DATA)))
        yield


@schema.parametrize()
@settings(
    max_examples=20, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_as_described(case):
    """A day of the future is a date, but refused: so a refusal of what the description allows is no failure."""
    case.call_and_validate(excluded_checks=[CHECKS.get_one("positive_data_acceptance")])


def test_the_description_has_every_address_and_what_it_takes(data):
    described = describe_interface(data)
    assert list(described["paths"]) == [f"/{address.path}" for address in ADDRESSES]
    for address in ADDRESSES:
        get = described["paths"][f"/{address.path}"]["get"]
        assert [p["$ref"] for p in get["parameters"]] == [f"#/components/parameters/{name}" for name in address.takes]
        assert list(get["responses"]) == ["200", "304", "400", "503"]
        assert list(get["responses"]["200"]["content"]) == [address.format[1]]
    assert {name for address in ADDRESSES for name in address.takes} == set(described["components"]["parameters"])
    names = [path["get"]["operationId"] for path in described["paths"].values()]
    assert len(set(names)) == len(names)


def test_the_values_of_a_parameter_are_those_of_the_data(data):
    found = describe_interface(data)["components"]["parameters"]
    for facet in FACETS:
        assert found[facet]["schema"] == {"type": "array", "items": {"type": "string", "enum": options(data, facet)}}
        assert found[facet]["explode"] is True
    for name in {*CHOICE_COLUMN} - {"check"}:  # what a page is about, and no table
        column = CHOICE_COLUMN[name]
        assert found[name]["schema"] == {"type": "string", "enum": options(data, column)}
    assert found["lang"]["schema"]["enum"] == ["zh", "en"]
    assert list(parameters(data)) == list(found)


def test_the_description_stands_at_its_address():
    answer = TestClient(schema.app).get("/data/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert "content-disposition" not in answer.headers
    assert json.loads(answer.content) == describe_interface(DATA)
    assert answer.json()["openapi"] == "3.1.0"
