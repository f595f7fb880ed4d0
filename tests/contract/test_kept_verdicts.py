"""What was found valid once is known again; what differs from it in anything is looked at anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dryshot.contract import Contract, InvalidRequest, NoSuchPath
from dryshot.contract.routes import Routes
from dryshot.errors import SpecDrift
from dryshot.http import Request, Response

VERSIONS = Response(
    200,
    {"content-type": "application/json"},
    b'{"versions":[{"version":"2026-04-15","status":"live"}]}',
)
LISTED = Request("GET", "host", "/jobs", headers={"ibm-api-version": "2026-04-15"})


@pytest.fixture
def contract() -> Contract:
    kept = Contract.load("platform-runtime")
    return Contract.from_document(kept.document, "platform-runtime")  # which knows nothing yet


@pytest.mark.parametrize(
    "other",
    [
        replace(VERSIONS, body=VERSIONS.body.replace(b"live", b"lost")),
        replace(VERSIONS, body=VERSIONS.body[:-1]),
        replace(VERSIONS, body=b""),
        replace(VERSIONS, headers={"content-type": "text/plain"}),
        replace(VERSIONS, headers={}),
        replace(VERSIONS, status=500),
    ],
)
def test_an_answer_like_one_that_was_admitted_is_judged_by_itself(
    contract: Contract, other: Response
) -> None:
    operation = contract.operations["get_versions"]
    for response in (VERSIONS, VERSIONS):
        contract.check_response(operation, response)
    for _ in range(2):
        with pytest.raises(SpecDrift):
            contract.check_response(operation, other)


def test_the_answers_of_one_operation_say_nothing_of_anothers(contract: Contract) -> None:
    contract.check_response(contract.operations["get_versions"], VERSIONS)
    with pytest.raises(SpecDrift):
        contract.check_response(contract.operations["list_tags"], VERSIONS)


def test_parameters_that_came_before_mean_the_same_again(contract: Contract) -> None:
    match = contract.match("GET", "/jobs")
    for query in ("limit=7&pending=true", "limit=8&pending=false", "limit=7&pending=true"):
        call = contract.read_request(match, replace(LISTED, query=query))
        limit, pending = query[6:].split("&pending=")
        assert call.query["limit"] == int(limit)
        assert call.query["pending"] is (pending == "true")


@pytest.mark.parametrize("query", ["limit=x", "limit=7.0", "pending=maybe", "sort=UP"])
def test_a_parameter_that_was_refused_is_refused_again(contract: Contract, query: str) -> None:
    match = contract.match("GET", "/jobs")
    contract.read_request(match, replace(LISTED, query="limit=7&pending=true&sort=ASC"))
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            contract.read_request(match, replace(LISTED, query=query))


def test_who_is_given_a_list_may_change_it(contract: Contract) -> None:
    match, asked = contract.match("GET", "/jobs"), replace(LISTED, query="tags=one")
    contract.read_request(match, asked).query["tags"].append("two")
    assert contract.read_request(match, asked).query["tags"] == ["one"]


def test_many_different_answers_are_all_admitted(contract: Contract) -> None:
    operation = contract.operations["list_tags"]
    for number in range(100):
        body = b'{"tags":["%d"]}' % number
        contract.check_response(operation, replace(VERSIONS, body=body))
        with pytest.raises(SpecDrift):
            contract.check_response(operation, replace(VERSIONS, body=body[:-1]))


def test_a_template_that_is_added_is_found_where_nothing_was(contract: Contract) -> None:
    routes: Routes[str] = Routes()
    assert routes.find("/jobs/1") is None
    routes.add("/jobs/{id}", "job")
    assert routes.find("/jobs/1") == ("job", {"id": "1"})
    routes.add("/jobs/1", "first")
    assert routes.find("/jobs/1") == ("first", {})
    for number in range(600):
        assert routes.find(f"/jobs/{number + 2}") == ("job", {"id": str(number + 2)})
    with pytest.raises(NoSuchPath):
        contract.match("GET", "/nowhere")
