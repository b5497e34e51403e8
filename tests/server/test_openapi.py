"""The description of the data interface: true to the code, and every response true to it."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server.endpoints import ADDRESSES, parameters
from server.openapi import describe_interface
from server.routes import data_routes
from targets.query.facets import options
from targets.query.selection import FACETS
from targets.query.tables import CHOICE_COLUMN
from targets.text import say
from tests.http_client import store_of


@pytest.fixture
def app(all_data) -> Starlette:
    """The data endpoints with the project's own data, whatever TARGETS_DATA says."""
    return Starlette(routes=data_routes(store_of(all_data)))


def check_responses(app, data, addresses, **options):
    """Ask endpoints what the description allows and what it does not; a refusal is checked as an answer is.

    A day of the future is a date, but refused: so a refusal of what the description allows is no failure.
    """
    import schemathesis  # takes a second
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis import GenerationMode
    from schemathesis.checks import CHECKS

    schema = schemathesis.openapi.from_dict(describe_interface(data))
    schema = schema.include(path=[f"/{address.path}" for address in addresses])
    schema.app = app
    statuses = set()
    chosen = settings(
        derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), **options,
    )  # fmt: skip
    for found in schema.get_all_operations():
        for mode in GenerationMode:

            @chosen
            @given(case=found.ok().as_strategy(generation_mode=mode))
            def ask(case):
                answer = case.call_and_validate(excluded_checks=[CHECKS.get_one("positive_data_acceptance")])
                statuses.add(answer.status_code)

            ask()
    assert statuses >= {200, 400}


def test_responses_are_as_described(app, all_data):
    """Each format, and a table of a chart."""
    check_responses(app, all_data, ADDRESSES[:6], max_examples=2)


@pytest.mark.soak
def test_many_responses_are_as_described(app, all_data):
    check_responses(app, all_data, ADDRESSES, max_examples=10)


def test_the_description_has_every_address_and_what_it_takes(data):
    described = describe_interface(data)
    assert list(described["paths"]) == [f"/{address.path}" for address in ADDRESSES]
    for address in ADDRESSES:
        get = described["paths"][f"/{address.path}"]["get"]
        assert [p["$ref"] for p in get["parameters"]] == [f"#/components/parameters/{name}" for name in address.takes]
        assert list(get["responses"]) == ["200", "304", "400", "503"]
        assert list(get["responses"]["200"]["content"]) == [address.format[1]]
        assert "Access-Control-Allow-Origin" in get["responses"]["200"]["headers"]
    assert {name for address in ADDRESSES for name in address.takes} == set(described["components"]["parameters"])
    names = [path["get"]["operationId"] for path in described["paths"].values()]
    assert len(set(names)) == len(names)
    for lang in ("zh", "en"):
        assert say(lang, "interface.rules") in described["info"]["description"]


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


def test_the_description_stands_at_its_address(app, all_data):
    answer = TestClient(app).get("/data/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert "content-disposition" not in answer.headers
    assert json.loads(answer.content) == describe_interface(all_data)
    assert answer.json()["openapi"] == "3.1.0"
