"""The documents are valid, tidy, strict, and every example in them is what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from dryshot.contract import Contract
from dryshot.contract.schemas import pointer_to
from dryshot.http import Request, Response
from tests.contract.documents import (
    NAMES,
    OPERATIONS,
    document_text,
    encode,
    examples,
    node_of,
    responses,
)

each_document = pytest.mark.parametrize("name", NAMES)
each_operation = pytest.mark.parametrize(("name", "id_"), OPERATIONS)


@each_document
def test_the_document_is_valid_openapi(name: str) -> None:
    validator = OpenAPIV31SpecValidator(Contract.load(name).document)
    assert [str(error) for error in validator.iter_errors()] == []


@each_document
def test_the_document_is_written_in_the_one_canonical_way(name: str) -> None:
    text = document_text(name)
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_the_servers_are_those_of_the_classic_service() -> None:
    assert Contract.load("legacy-auth").servers == ("https://auth.quantum-computing.ibm.com/api",)
    assert Contract.load("legacy-runtime").servers == (
        "https://runtime-us-east.quantum-computing.ibm.com",
        "https://api.quantum-computing.ibm.com/runtime",
        "https://api.quantum.ibm.com/runtime",
    )


def test_the_servers_are_those_of_the_platform() -> None:
    quantum = "quantum.cloud.ibm.com/api/v1"
    assert Contract.load("platform-runtime").servers == (
        f"https://{quantum}",
        f"https://eu-de.{quantum}",
        f"https://private.us-east.{quantum}",
        f"https://private.eu-de.{quantum}",
    )
    iam = "iam.cloud.ibm.com"
    assert Contract.load("platform-iam").servers == (f"https://{iam}", f"https://private.{iam}")
    for name, url in (
        ("platform-catalog", "https://globalcatalog.cloud.ibm.com/api/v1"),
        ("platform-resources", "https://resource-controller.cloud.ibm.com"),
        ("platform-search", "https://api.global-search-tagging.cloud.ibm.com"),
    ):
        assert Contract.load(name).servers == (url,)


def test_what_needs_no_credentials_is_known() -> None:
    open_to_all = {
        id_ for name, id_ in OPERATIONS if not Contract.load(name).operations[id_].authenticated
    }
    classic = {"login_with_token", "list_programs", "get_program"}
    assert open_to_all == classic | {"create_token", "get_versions"}


@each_operation
def test_every_operation_declares_what_can_go_wrong(name: str, id_: str) -> None:
    operation = Contract.load(name).operations[id_]
    needed = {"405", "429", "500"}
    if operation.authenticated:
        needed.add("401")
    if operation.parameters["path"]:
        needed.add("404")
    if operation.body is not None or operation.parameters["query"]:
        needed.add("400")
    assert needed <= operation.answers.keys()


@each_operation
def test_every_error_has_a_json_body(name: str, id_: str) -> None:
    answers = Contract.load(name).operations[id_].answers
    errors = {status: answer for status, answer in answers.items() if status >= "400"}
    assert {tuple(answer.contents) for answer in errors.values()} == {("application/json",)}


@each_operation
def test_every_request_example_is_accepted_by_gate_and_judge(name: str, id_: str) -> None:
    contract = Contract.load(name)
    operation = contract.operations[id_]
    if operation.body is None:
        return
    shown = examples(contract, id_)
    assert shown
    path_params = {parameter.name: "x" for parameter in operation.parameters["path"]}
    for title, value in shown.items():
        body = encode(operation.body.kind, value)
        request = Request(operation.method, "host", operation.path, body=body)
        assert operation.read(path_params, request).sure, title
        assert contract.judge.request_problems(operation, path_params, request) == (), title


@each_operation
def test_every_response_example_is_accepted_by_gate_and_judge(name: str, id_: str) -> None:
    contract = Contract.load(name)
    operation = contract.operations[id_]
    for status, node in responses(contract, operation):
        for kind, content in node.get("content", {}).items():
            assert content["examples"], (status, kind)
            for title, example in content["examples"].items():
                value = example["value"]
                body = encode(kind, value)
                response = Response(int(status), {"content-type": kind}, body)
                assert operation.answers[status].admits(response), (status, title)
                assert contract.judge.response_problems(operation, response) == (), title


def objects(schema: Any, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema of an object with named properties."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object" and "properties" in schema:
            yield pointer, schema
        for key, part in schema.items():
            yield from objects(part, pointer + pointer_to(key))
    elif isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from objects(part, f"{pointer}/{index}")


@each_document
def test_every_object_is_closed_or_says_why_it_is_open(name: str) -> None:
    schemas = Contract.load(name).document["components"]["schemas"]
    reasons = ("open", "more keys", "exist", "Qiskit's", "older", "more")
    for pointer, schema in objects(schemas, ""):
        if schema["additionalProperties"] is not False:
            assert any(reason in schema["description"] for reason in reasons), pointer


@each_document
def test_every_operation_is_described(name: str) -> None:
    contract = Contract.load(name)
    for operation in contract.operations.values():
        node = node_of(contract, operation)
        assert node["summary"]
        assert all(
            parameter.get("description")
            for parameter in node.get("parameters", ())
            if "$ref" not in parameter
        )
