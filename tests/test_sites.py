from __future__ import annotations

import pytest

import dryshot
from dryshot.http import Request
from dryshot.sites import Sites

SITES = Sites(
    [
        ("https://auth.one.example/api", "auth"),
        ("https://run.one.example", "run"),
        ("https://quantum.cloud.example/api/v1", "quantum"),
        ("https://eu-de.quantum.cloud.example/api/v1", "quantum"),
        ("https://iam.cloud.example", "iam"),
        ("https://api.search.cloud.example", "search"),
    ]
)


@pytest.mark.parametrize(
    ("host", "path", "found"),
    [
        ("iam.cloud.example", "/api/x", ["iam"]),
        ("iam.mock.test", "/api/x", ["iam"]),
        ("iam.mock", "/api/x", ["iam"]),
        ("quantum.mock.test", "/api/v1/x", ["quantum"]),
        ("eu-de.quantum.mock.test", "/api/v1/x", ["quantum"]),
        ("eu-de.quantum.127.0.0.1.nip.test", "/api/v1/x", ["quantum"]),
        ("api.search.mock.test", "/x", ["search"]),
        ("quantum.mock.test", "/x", []),
        ("auth.mock.test", "/api/x", ["auth"]),
    ],
)
def test_the_first_labels_of_a_host_say_which_service_is_meant(
    host: str, path: str, found: list[str]
) -> None:
    assert [service for service, _ in SITES.find(host, path)] == found


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "localhost", "iam", "mock.test", "search.mock.test", "", "."]
)
def test_any_other_host_stands_for_all_and_the_path_decides(host: str) -> None:
    assert [service for service, _ in SITES.find(host, "/api/v1/x")] == [
        "quantum",
        "auth",
        "run",
        "iam",
        "search",
    ]


def test_a_service_that_shares_no_domain_is_known_by_its_whole_name_only() -> None:
    sites = Sites([("https://a.one", 1), ("https://b.two/x", 2)])
    assert [service for service, _ in sites.find("a.three", "/x/y")] == [2, 1]
    assert [service for service, _ in sites.find("a.one.three", "/x/y")] == [1]


@pytest.mark.parametrize(
    ("host", "method", "path"),
    [
        ("iam.mock.test", "POST", "/identity/token"),
        ("quantum.mock.test", "GET", "/api/v1/backends"),
        ("eu-de.quantum.mock.test", "GET", "/api/v1/backends"),
        ("private.us-east.quantum.mock.test", "GET", "/api/v1/backends"),
        ("api.global-search-tagging.mock.test", "POST", "/v3/resources/search"),
        ("globalcatalog.mock.test", "GET", "/api/v1/plan"),
        ("resource-controller.mock.test", "GET", "/v2/resource_instances"),
        ("auth.mock.test", "POST", "/api/users/logout"),
        ("runtime-us-east.mock.test", "GET", "/jobs"),
        ("api.mock.test", "GET", "/runtime/jobs"),
    ],
)
def test_every_service_of_the_mock_has_labels_of_its_own(host: str, method: str, path: str) -> None:
    mock = dryshot.Mock(engine="stub")
    mock(Request(method, host, path))
    (exchange,) = mock.journal
    assert exchange.operation is not None
    elsewhere = "auth.mock.test" if host.startswith("iam") else "iam.mock.test"
    mock(Request(method, elsewhere, path))
    assert [exchange.operation for exchange in mock.journal][1] is None
