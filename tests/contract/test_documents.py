"""Which operation of which document a request means."""

from __future__ import annotations

import pytest

from dryshot.contract import CONTRACTS, Contract, Documents
from dryshot.http import Request

DOCUMENTS = Documents()


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_operation_is_found_under_every_server_of_its_document(name: str) -> None:
    contract = Contract.load(name)
    for operation in contract.operations.values():
        path = operation.path.replace("{", "").replace("}", "")
        for server in contract.servers:
            host, _, base = server.removeprefix("https://").partition("/")
            prefix = f"/{base}" if base else ""
            found = DOCUMENTS.find(Request(operation.method, host, prefix + path))
            assert found is not None
            assert (found.contract, found.operation) == (contract, operation)
            assert found.key == f"{name}.{operation.id}"
            assert found.url == server + path


@pytest.mark.parametrize("name", CONTRACTS)
def test_all_of_every_document_can_be_compiled(name: str) -> None:
    document = Contract.load(name).document
    contract = Contract.from_document(document, name)
    assert list(contract.operations) == list(Contract.load(name).operations)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/api/v1/jobs", "https://quantum.cloud.ibm.com/api/v1/jobs"),
        ("/runtime/jobs", "https://api.quantum-computing.ibm.com/runtime/jobs"),
        ("/jobs", "https://runtime-us-east.quantum-computing.ibm.com/jobs"),
    ],
)
def test_an_unknown_host_stands_for_all_services(path: str, url: str) -> None:
    found = DOCUMENTS.find(Request("GET", "127.0.0.1", path))
    assert found is not None
    assert found.url == url


def test_path_parameters_are_decoded_and_the_path_is_not() -> None:
    found = DOCUMENTS.find(Request("GET", "localhost", "/api/v1/jobs/a%2Fb"))
    assert found is not None
    assert found.path_params == {"id": "a/b"}
    assert found.url.endswith("/api/v1/jobs/a%2Fb")


@pytest.mark.parametrize("request_", [("GET", "/nothing"), ("BREW", "/api/v1/jobs")])
def test_what_no_document_knows_is_not_found(request_: tuple[str, str]) -> None:
    method, path = request_
    assert DOCUMENTS.find(Request(method, "localhost", path)) is None
