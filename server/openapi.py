"""The OpenAPI 3.1 description of the data interface, generated from its addresses and from the data."""

import json

from targets.contract.schema import package
from targets.load.dataset import Data
from targets.query.selection import LONGEST_SEARCH
from targets.text import LANGUAGES, say

from server.endpoints import ADDRESSES, JSON, Address, Asked, Parameter, parameters

PRINTABLE = r"^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$"
"""What a search may hold: letters, marks, numbers, punctuation, symbols and blanks."""

TEXT = {"text/plain": {"schema": {"type": "string"}}}
HEADERS = {
    name: {"schema": {"type": "string"}}
    for name in ("ETag", "Cache-Control", "Vary", "Content-Disposition", "Access-Control-Allow-Origin")
}


def _both(key: str, **values: object) -> str:
    return "\n\n".join(say(lang, key, **values) for lang in LANGUAGES)


def _describe_parameter(parameter: Parameter) -> dict:
    one = {"type": "string"} | ({"enum": list(parameter.values)} if parameter.values else {})
    one |= {"format": "date"} if parameter.name == "asof" else {}
    one |= {"maxLength": LONGEST_SEARCH, "pattern": PRINTABLE} if parameter.name == "q" else {}
    schema = {"type": "array", "items": one} if parameter.many else one
    described = {"name": parameter.name, "in": "query", "description": " · ".join(parameter.meanings.values())}
    return described | ({"style": "form", "explode": True} if parameter.many else {}) | {"schema": schema}


def _describe_record() -> dict:
    """Return the schema of one record in targets.json: every column is there, a blank cell is null."""
    kinds = {"integer": "integer", "number": "number", "boolean": "boolean"}
    targets = next(each for each in package()["resources"] if each["name"] == "targets")
    fields = targets["schema"]["fields"] + targets["derivedFields"]
    properties = {
        f["name"]: {"type": [kinds.get(f["type"], "string"), "null"], "description": f"{f['title']} · {f['title_en']}"}
        for f in fields
    }
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _describe_json() -> dict:
    selection = {"type": "object", "required": ["parameters", *LANGUAGES]}
    rows = {"type": "array", "items": {"type": "object"}}
    properties = {
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "data_version": {"type": "string"},
        "selection": selection,
        "count": {"type": "integer"},
        "columns": rows,
        "units": rows,
        "sources": rows,
        "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _describe_address(address: Address) -> dict:
    ending, media_type = address.format
    schema = {"$ref": "#/components/schemas/Records"} if ending == "json" else {}
    answers = {
        "200": {
            "description": _both("interface.whole"),
            "headers": HEADERS,
            "content": {media_type: {"schema": schema} if schema else {}},
        },
        "304": {"description": _both("interface.unchanged")},
        "400": {"description": _both("interface.refused"), "content": TEXT},
        "503": {"description": _both("data.unavailable"), "content": TEXT},
    }
    return {
        "get": {
            "operationId": address.path.removeprefix("data/").replace("/", "-").replace(".", "-"),
            "summary": " · ".join(say(lang, f"file.{address.what}") for lang in LANGUAGES) + f" ({ending})",
            "description": "\n\n".join(address.gives(lang) for lang in LANGUAGES),
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in address.takes],
            "responses": answers,
        }
    }


def describe_interface(data: Data) -> dict:
    """Return the OpenAPI document of every address, the enumerations of its parameters taken from the data."""
    known = parameters(data)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": " · ".join(say(lang, "app.title") for lang in LANGUAGES),
            "description": "\n\n".join((_both("interface.lead"), _both("interface.rules"))),
            "version": data.version,
        },
        "servers": [{"url": ".."}],
        "paths": {f"/{address.path}": _describe_address(address) for address in ADDRESSES},
        "components": {
            "parameters": {name: _describe_parameter(parameter) for name, parameter in known.items()},
            "schemas": {"Records": _describe_json(), "Record": _describe_record()},
        },
    }


def _make(data: Data, asked: Asked) -> bytes:
    return (json.dumps(describe_interface(data), ensure_ascii=False, indent=1) + "\n").encode()


OPENAPI = Address("data/openapi.json", "openapi", JSON, (), _make)
"""The address of the description itself; it takes no parameter."""
