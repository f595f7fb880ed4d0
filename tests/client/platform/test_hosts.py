"""Where the services are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dryshot
from dryshot_client.platform.hosts import CLOUD_URL, Hosts, find_hosts


def test_the_cloud_s_services_are_found_as_ibm_s_own_client_finds_them() -> None:
    assert find_hosts(CLOUD_URL, "us-east", environ={}) == Hosts(
        runtime="https://quantum.cloud.ibm.com/api/v1",
        iam="https://iam.cloud.ibm.com",
        search="https://api.global-search-tagging.cloud.ibm.com",
    )


def test_another_region_is_in_the_name_of_the_runtime_s_host_only() -> None:
    home, other = (find_hosts(CLOUD_URL, name, environ={}) for name in ("us-east", "eu-de"))
    assert other.runtime == "https://eu-de.quantum.cloud.ibm.com/api/v1"
    assert (other.iam, other.search) == (home.iam, home.search)


@pytest.mark.parametrize("region", ["us-east", "eu-de"])
def test_the_mock_answers_at_all_of_them(region: str) -> None:
    hosts = find_hosts(CLOUD_URL, region, environ={})
    names = {each.split("/")[2] for each in (hosts.runtime, hosts.iam, hosts.search)}
    assert names <= dryshot.Mock().hosts


@pytest.mark.parametrize("url", ["https://cloud.ibm.com/", "https://cloud.ibm.com/a/path"])
def test_a_path_after_a_host_with_dots_is_passed_over(url: str) -> None:
    assert find_hosts(url, "us-east", environ={}) == find_hosts(CLOUD_URL, "us-east", environ={})


def test_scheme_and_port_stay() -> None:
    assert find_hosts("http://cloud.test:8080", "eu-de", environ={}) == Hosts(
        runtime="http://eu-de.quantum.cloud.test:8080/api/v1",
        iam="http://iam.cloud.test:8080",
        search="http://api.global-search-tagging.cloud.test:8080",
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://mock",
        "https://mock.",
        "http://localhost:8000/under/a/path",
    ],
)
@pytest.mark.parametrize("region", ["us-east", "eu-de"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_host_that_can_have_no_name_before_it_has_all_services(
    url: str, region: str, slash: str
) -> None:
    hosts = find_hosts(url + slash, region, environ={})
    assert hosts == Hosts(runtime=f"{url}/api/v1", iam=url, search=url)


def test_an_experimental_url_is_the_runtime_s_own() -> None:
    hosts = find_hosts("https://experimental.test:1/v9", "eu-de", environ={})
    assert hosts.runtime == "https://experimental.test:1/v9"
    assert hosts.iam == "https://iam.experimental.test:1"


def test_the_environment_says_where_two_of_them_are_instead() -> None:
    environ = {"IAM_URL": "http://one.test/", "GLOBAL_SEARCH_URL": "http://two.test:1/x"}
    hosts = find_hosts(CLOUD_URL, "us-east", environ=environ)
    assert (hosts.iam, hosts.search) == ("http://one.test", "http://two.test:1/x")
    assert hosts.runtime == "https://quantum.cloud.ibm.com/api/v1"


def test_an_empty_variable_says_nothing() -> None:
    environ = {"IAM_URL": "", "GLOBAL_SEARCH_URL": ""}
    assert find_hosts(CLOUD_URL, "us-east", environ=environ) == find_hosts(
        CLOUD_URL, "us-east", environ={}
    )


BAD_URLS = [
    "",
    "cloud.ibm.com",
    "ftp://cloud.ibm.com",
    "https://",
    "https://user:pass1x@cloud.ibm.com",
    "https://cloud.ibm.com?key=pass1x",
    "https://cloud.ibm.com#pass1x",
    "https://cloud.ibm.com:port",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_is_no_base_is_a_value_error_under_its_name(url: str) -> None:
    with pytest.raises(ValueError, match=r"^url (is not|has more)") as caught:
        find_hosts(url, "us-east", environ={})
    assert "pass1x" not in str(caught.value)


@pytest.mark.parametrize("url", BAD_URLS[1:])
@pytest.mark.parametrize("name", ["IAM_URL", "GLOBAL_SEARCH_URL"])
def test_and_so_is_one_of_the_environment(name: str, url: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} (is not|has more)"):
        find_hosts(CLOUD_URL, "us-east", environ={name: url})


@given(st.text().filter(lambda text: not text.replace("-", "").isalnum()))
def test_a_region_that_is_no_part_of_a_host_s_name_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="region"):
        find_hosts(CLOUD_URL, region, environ={})
