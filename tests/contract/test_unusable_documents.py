"""What could not be checked later is refused when the contract is made."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dryshot.contract import Contract, InvalidRequest
from dryshot.contract.wire import FORM
from dryshot.errors import ContractError, SpecDrift
from dryshot.http import Request, Response

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "things", "version": "1"},
    "servers": [{"url": "https://things.test/v1/"}],
    "security": [{"key": []}, {}],
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "put": {
                "operationId": "put_thing",
                "parameters": [
                    {"$ref": "#/components/parameters/Colours"},
                    {
                        "name": "Api-Version",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string", "format": "date"},
                    },
                    {"name": "scale", "in": "query", "schema": {"type": "number", "default": 1.5}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}
                },
                "responses": {
                    "2XX": {
                        "description": "done",
                        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
                    },
                    "default": {
                        "description": "else",
                        "content": {"text/plain": {"schema": {"type": "string"}}},
                    },
                },
            },
        }
    },
    "components": {
        "parameters": {
            "Colours": {
                "name": "colours",
                "in": "query",
                "explode": False,
                "schema": {"type": "array", "items": {"enum": ["red", "blue"], "type": "string"}},
            }
        },
        "schemas": {"T": {"type": "object", "properties": {"size": {"type": "integer"}}}},
    },
}


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


def put(contract: Contract, query: str = "", body: bytes = b"", **headers: str) -> Any:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request("PUT", "things.test", "/things/7", query, headers=headers, body=body)
    return contract.read_request(contract.match("PUT", "/things/7"), request)


def test_the_document_without_faults_is_usable(document: dict[str, Any]) -> None:
    contract = Contract.from_document(document)
    assert contract.servers == ("https://things.test/v1",)
    assert not contract.operations["put_thing"].authenticated
    call = put(contract, "colours=red,blue", b'{"size": 1}', api_version="2025-01-01")
    assert call.path == {"id": 7}
    assert call.query == {"colours": ["red", "blue"], "scale": 1.5}
    assert call.headers == {"Api-Version": "2025-01-01"}
    assert call.body == {"size": 1}
    assert put(contract, api_version="2025-01-01").body is None


def test_headers_and_lists_are_judged_too(document: dict[str, Any]) -> None:
    contract = Contract.from_document(document)
    with pytest.raises(InvalidRequest) as refusal:
        put(contract, "colours=red,green&scale=big")
    assert {(problem.location, problem.field) for problem in refusal.value.problems} == {
        ("header", "Api-Version"),
        ("query", "colours[1]"),
        ("query", "scale"),
    }


def test_ranges_of_statuses_and_required_headers_are_known(document: dict[str, Any]) -> None:
    contract = Contract.from_document(document)
    operation = contract.operations["put_thing"]
    contract.check_response(operation, Response(201, {"location": "/x"}))
    contract.check_response(operation, Response(404, {"content-type": "text/plain"}, b"no"))
    with pytest.raises(SpecDrift, match="Location is required in the header"):
        contract.check_response(operation, Response(201))


def test_the_contract_keeps_a_copy(document: dict[str, Any]) -> None:
    contract = Contract.from_document(document)
    document["components"]["schemas"]["T"]["properties"]["size"]["type"] = "string"
    assert put(contract, body=b'{"size": 1}', api_version="2025-01-01").body == {"size": 1}


def operation_of(document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/things/{id}"]["put"]
    return operation


def schema_is(**schema: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["T"] = schema

    return change


def parameter_is(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        operation_of(document)["parameters"][2] |= changes

    return change


def operation_is(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        operation_of(document).update(changes)

    return change


def second_of_the_same_id(document: dict[str, Any]) -> None:
    document["paths"]["/more"] = {"get": {**operation_of(document), "parameters": []}}


def path_of_another_name(document: dict[str, Any]) -> None:
    document["paths"]["/things/{name}"] = document["paths"].pop("/things/{id}")


def response_by_an_unknown_name(document: dict[str, Any]) -> None:
    operation_of(document)["responses"]["404"] = {"$ref": "#/components/responses/Missing"}


def response_that_is_itself(document: dict[str, Any]) -> None:
    document["components"]["responses"] = {"A": {"$ref": "#/components/responses/A"}}
    operation_of(document)["responses"]["404"] = {"$ref": "#/components/responses/A"}


def body_is(**content: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        operation_of(document)["requestBody"]["content"] = content

    return change


def form_is(**schema: Any) -> Callable[[dict[str, Any]], None]:
    return body_is(**{FORM: {"schema": {"type": "object", **schema}}})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda document: document.update(openapi="3.0.3"), "not an OpenAPI 3.1 document"),
        (lambda document: document.update(paths=[]), "malformed"),
        (operation_is(operationId=""), "no operationId"),
        (operation_is(responses={}), "no responses"),
        (second_of_the_same_id, "'put_thing' stands twice"),
        (path_of_another_name, "do not agree on id, name"),
        (response_by_an_unknown_name, "nothing at #/components/responses/Missing"),
        (response_that_is_itself, "leads back to itself"),
        (body_is(**{"multipart/form-data": {}}), "must be application/json or application/x-www"),
        (body_is(**{"application/json": {}}), "there is no schema"),
        (body_is(**{"application/json": {}, FORM: {}}), "one of them"),
        (form_is(anyOf=[]), "a form has only properties"),
        (form_is(additionalProperties=False), "a form has only properties"),
        (form_is(properties={"size": {"type": "integer"}}), "size must be a string"),
        (form_is(properties={"size": {"type": "string", "default": "1"}}), "without a default"),
        (schema_is(type="strnig"), "does not compile"),
        (schema_is(minimum="a"), "does not compile"),
        (schema_is(pattern="("), "does not compile"),
        (schema_is(required="a"), "does not compile"),
        (schema_is(**{"$ref": "#/components/schemas/No"}), "nothing at #/components/schemas/No"),
        (schema_is(**{"$ref": "https://else.test/x"}), "does not stay in the document"),
        (schema_is(items={"$ref": "#/components/schemas/No"}), "does not compile"),
        (schema_is(items={"$ref": "https://else.test/x"}), "does not compile"),
        (schema_is(requird=["a"]), "keyword requird is unknown"),
        (schema_is(properties={"a": {"nullable": True}}), "keyword nullable is unknown"),
        (schema_is(anyOf=[{"discriminator": {}}]), "T/anyOf/0: the keyword discriminator"),
        (schema_is(format="email"), "format 'email' is none of"),
        (schema_is(pattern=r"^\d+$"), "write it out"),
        (schema_is(items=3), "a schema is an object or a boolean"),
        (parameter_is(**{"in": "cookie"}), "parameters in cookie are not supported"),
        (parameter_is(**{"in": "path"}), "must be required"),
        (parameter_is(**{"in": "header", "name": "Accept"}), "cannot be a parameter"),
        (parameter_is(style="deepObject"), "style 'deepObject' is not supported"),
        (parameter_is(content={}), "content is not supported"),
        (parameter_is(deprecated=True), "deprecated is not supported"),
        (parameter_is(schema={"type": "object"}), "the type must be one of"),
        (parameter_is(schema={"type": ["string", "null"]}), "the type must be one of"),
        (parameter_is(schema={}), "the type must be one of"),
        (parameter_is(schema={"type": "integer", "default": "x"}), "the default is not valid"),
    ],
)
def test_an_unusable_document_is_refused(
    document: dict[str, Any], spoil: Callable[[dict[str, Any]], None], reason: str
) -> None:
    spoil(document)
    with pytest.raises(ContractError) as refusal:
        Contract.from_document(document, "things")
    assert reason in str(refusal.value)
    assert str(refusal.value).startswith("things: ")


def test_a_document_that_is_not_json_is_refused() -> None:
    with pytest.raises(ContractError, match="not JSON"):
        Contract.from_document({"openapi": object()})


def test_an_unknown_name_tells_which_there_are() -> None:
    with pytest.raises(ContractError, match="there are legacy-auth, legacy-runtime, platform"):
        Contract.load("legacy-nothing")


def test_a_contract_is_made_once() -> None:
    assert Contract.load("legacy-auth") is Contract.load("legacy-auth")
