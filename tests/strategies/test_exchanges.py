"""Requests and answers that the strategies make up, held to the contract."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from dryshot.contract import Contract, Match, Operation
from dryshot.contract.documents import CONTRACTS
from dryshot.contract.schemas import Schemas, accepts
from dryshot.http import Request, Response
from dryshot.strategies import Answer, requests, responses
from dryshot.strategies.exchanges import values_of

OPERATIONS = [
    f"{name}.{operation}" for name in CONTRACTS for operation in Contract.load(name).operations
]
quick = settings(max_examples=3, deadline=None, database=None, derandomize=True)


def found(key: str) -> tuple[Contract, Operation]:
    name, _, id_ = key.rpartition(".")
    contract = Contract.load(name)
    return contract, contract.operations[id_]


@pytest.mark.parametrize("key", OPERATIONS)
def test_every_answer_of_every_status_is_one_the_document_allows(key: str) -> None:
    contract, operation = found(key)

    def check(status: int) -> None:
        @settings(quick, max_examples=4 if status < 300 else 1)
        @given(responses(key, status))
        def hold(answer: Answer) -> None:
            assert answer.status == status
            contract.check_response(operation, Response(status, answer.headers, answer.body))

        hold()

    for status in map(int, operation.answers):
        check(status)


@pytest.mark.parametrize("key", OPERATIONS)
def test_every_request_is_one_the_document_allows(key: str) -> None:
    contract, operation = found(key)

    @quick
    @given(requests(key))
    def check(request: Request) -> None:
        _, _, tail = contract.servers[0].partition("//")
        base = "/" + tail.partition("/")[2] if "/" in tail else ""
        match = contract.match(request.method, request.path.removeprefix(base))
        assert match.operation is operation
        contract.read_request(Match(operation, match.path_params), request)

    check()


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_value_of_every_schema_fits_it_and_none_has_to_be_thrown_away(name: str) -> None:
    document = Contract.load(name).document
    schemas, values = Schemas(document), values_of(name)

    def check(schema: str) -> None:
        validator = schemas.compile(f"/components/schemas/{schema}")

        @quick
        @given(values.of({"$ref": f"#/components/schemas/{schema}"}))
        def hold(value: object) -> None:
            assert accepts(validator, value), schema

        hold()

    for schema in document["components"]["schemas"]:
        check(schema)


def test_any_status_may_come_if_none_is_asked_for() -> None:
    seen: set[int] = set()

    @settings(quick, max_examples=60)
    @seed(0)
    @given(responses("get_versions"))
    def look(answer: Answer) -> None:
        seen.add(answer.status)

    look()
    assert seen == {200, 405, 429, 500}


@pytest.mark.parametrize(
    ("key", "status", "message"),
    [
        ("nothing", None, "there is no operation nothing"),
        ("list_backends", None, "legacy-runtime.list_backends and platform-runtime.list_backends"),
        ("platform-iam.create_token", 201, "there is no 201"),
    ],
)
def test_what_cannot_be_made_is_said(key: str, status: int | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        responses(key, status)


def test_equal_seeds_give_equal_values() -> None:
    def some() -> list[object]:
        made: list[object] = []

        @settings(quick, max_examples=10)
        @seed(5)
        @given(st.tuples(requests("platform-runtime.create_job"), responses("get_usage")))
        def keep(value: object) -> None:
            made.append(value)

        keep()
        return made

    first = some()
    assert first == some()
    assert len(list(chain(first))) >= 10
