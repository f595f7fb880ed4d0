"""A method and a path lead to one operation, or to a clear no."""

from __future__ import annotations

from typing import Any

import pytest

from dryshot.contract import Contract, MethodNotAllowed, NoSuchPath
from dryshot.contract.routes import Routes
from dryshot.errors import ContractError


@pytest.fixture
def runtime() -> Contract:
    return Contract.load("legacy-runtime")


def routes(*templates: str) -> Routes[str]:
    made: Routes[str] = Routes()
    for template in templates:
        made.add(template, template)
    return made


@pytest.mark.parametrize(
    ("method", "path", "operation", "params"),
    [
        ("GET", "/jobs", "list_jobs", {}),
        ("POST", "/jobs", "create_job", {}),
        ("GET", "/jobs/a", "get_job", {"job_id": "a"}),
        ("GET", "/jobs/a/results", "get_job_results", {"job_id": "a"}),
        ("GET", "/backends/ibm_x/status", "get_backend_status", {"backend_name": "ibm_x"}),
        ("GET", "/jobs/a%2Fb%20c", "get_job", {"job_id": "a/b c"}),
        ("GET", "/jobs/%C3%A9", "get_job", {"job_id": "é"}),
        ("GET", "/%6Aobs", "list_jobs", {}),
    ],
)
def test_a_path_leads_to_its_operation(
    runtime: Contract, method: str, path: str, operation: str, params: dict[str, str]
) -> None:
    match = runtime.match(method, path)
    assert (match.operation.id, match.path_params) == (operation, params)


@pytest.mark.parametrize(
    "path", ["", "/", "jobs", "/job", "/jobs/", "/jobs//results", "/jobs/a/b", "/JOBS", "//jobs"]
)
def test_another_path_leads_nowhere(runtime: Contract, path: str) -> None:
    with pytest.raises(NoSuchPath) as refusal:
        runtime.match("GET", path)
    assert refusal.value.path == path


def test_a_known_path_names_the_methods_it_has(runtime: Contract) -> None:
    with pytest.raises(MethodNotAllowed, match="PATCH is not possible at /jobs/a") as refusal:
        runtime.match("PATCH", "/jobs/a")
    assert refusal.value.allowed == ("GET", "DELETE")


def test_methods_are_upper_case(runtime: Contract) -> None:
    with pytest.raises(MethodNotAllowed):
        runtime.match("get", "/jobs")


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_beats_a_template_whatever_the_order(order: int) -> None:
    made = routes(*["/a/{x}", "/a/b", "/{y}/b", "/a/{x}/c", "/a/b/d"][::order])
    assert made.find("/a/b") == ("/a/b", {})
    assert made.find("/a/z") == ("/a/{x}", {"x": "z"})
    assert made.find("/z/b") == ("/{y}/b", {"y": "z"})
    assert made.find("/a/b/c") == ("/a/{x}/c", {"x": "b"})


def test_an_encoded_slash_does_not_part_segments() -> None:
    assert routes("/a/{x}").find("/a/%2F") == ("/a/{x}", {"x": "/"})


@pytest.mark.parametrize(
    ("templates", "reason"),
    [
        (["a"], "does not start with /"),
        (["/a-{x}"], "mixes text and a parameter"),
        (["/a/{x}", "/a/{y}"], "another template means the same path"),
    ],
)
def test_templates_that_cannot_be_told_apart_are_refused(templates: Any, reason: str) -> None:
    with pytest.raises(ContractError, match=reason):
        routes(*templates)
