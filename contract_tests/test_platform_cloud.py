from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from contract_tests.platform import CATALOG, GRANT, IAM, RESOURCES, SEARCH, Connect
from dryshot.mock import Mock
from dryshot.targets import Target
from dryshot_client import Runtime

TOKEN = f"{IAM}/identity/token"
QUERY = {"query": "service_name:quantum-computing", "fields": ["crn", "name", "doc", "tags"]}
CLOUD: dict[str, tuple[str, str, Any]] = {
    "search_resources": ("POST", f"{SEARCH}/v3/resources/search", QUERY),
    "get_catalog_entry": ("GET", f"{CATALOG}/unknown", None),
    "list_resource_instances": ("GET", f"{RESOURCES}/v2/resource_instances", None),
    "get_resource_instance": ("GET", f"{RESOURCES}/v2/resource_instances/unknown", None),
    "update_resource_instance": (
        "PATCH",
        f"{RESOURCES}/v2/resource_instances/unknown",
        {"parameters": {}},
    ),
}


def claims(token: str) -> dict[str, Any]:
    """What a token says of itself."""
    part = token.split(".")[1]
    text: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return text


@pytest.mark.parametrize("more", [{}, {"response_type": "cloud_iam"}])
def test_an_api_key_is_exchanged_for_a_token(
    platform_guest: httpx.Client, dryshot_target: Target, more: dict[str, str]
) -> None:
    form = {"grant_type": GRANT, "apikey": dryshot_target.api_token} | more
    answer = platform_guest.post(TOKEN, data=form).json()
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    told = claims(answer["access_token"])
    assert told["exp"] == answer["expiration"] == told["iat"] + 3600


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": GRANT},
        {"grant_type": GRANT, "apikey": ""},
        {"apikey": "key"},
        {"grant_type": "password", "apikey": "key"},
    ],
)
def test_a_form_that_lacks_something_is_refused(
    platform_guest: httpx.Client, form: dict[str, str]
) -> None:
    answer = platform_guest.post(TOKEN, data=form)
    assert answer.status_code == 400
    assert answer.json()["errorCode"].startswith("BXNIM")
    assert answer.json()["context"]["requestId"]


def test_a_key_of_nobody_is_refused(platform_guest: httpx.Client) -> None:
    answer = platform_guest.post(TOKEN, data={"grant_type": GRANT, "apikey": " "})
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "BXNIM0415E"


def test_json_is_no_form(platform_guest: httpx.Client) -> None:
    answer = platform_guest.post(TOKEN, json={"grant_type": GRANT, "apikey": "key"})
    assert answer.status_code == 400


def test_tokens_are_given_for_a_post_only(platform_guest: httpx.Client) -> None:
    assert platform_guest.get(TOKEN).status_code == 405


@pytest.mark.parametrize("operation", CLOUD)
def test_without_a_token_nothing_is_told(platform_guest: httpx.Client, operation: str) -> None:
    method, url, body = CLOUD[operation]
    assert platform_guest.request(method, url, json=body).status_code == 401
    headers = {"authorization": "Bearer nonsense"}
    assert platform_guest.request(method, url, json=body, headers=headers).status_code == 401


@pytest.mark.parametrize("operation", CLOUD)
def test_an_hour_later_a_token_tells_nothing(
    platform_user: httpx.Client, mock: Mock, operation: str
) -> None:
    method, url, body = CLOUD[operation]
    mock.clock.advance(3601)
    assert platform_user.request(method, url, json=body).status_code == 401


@pytest.mark.parametrize("operation", CLOUD)
def test_a_method_that_a_path_does_not_have_is_refused(
    platform_user: httpx.Client, operation: str
) -> None:
    _, url, _ = CLOUD[operation]
    assert platform_user.put(url).status_code == 405


@pytest.mark.parametrize(
    "operation", ["get_catalog_entry", "get_resource_instance", "update_resource_instance"]
)
def test_what_does_not_exist_is_not_found(platform_user: httpx.Client, operation: str) -> None:
    method, url, body = CLOUD[operation]
    answer = platform_user.request(method, url, json=body)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"]


def test_a_search_finds_instances(runtime: Runtime) -> None:
    found = runtime.instances.list()
    assert found
    for instance in found:
        assert len(instance.crn.split(":")) == 10
        assert instance.name
        assert instance.plan_id


def test_a_search_is_read_page_by_page(platform_user: httpx.Client) -> None:
    url = f"{SEARCH}/v3/resources/search"
    whole = [item["crn"] for item in platform_user.post(url, json=QUERY).json()["items"]]
    read: list[str] = []
    body: dict[str, Any] = dict(QUERY)
    while True:
        page = platform_user.post(f"{url}?limit=1", json=body).json()
        read += [item["crn"] for item in page["items"]]
        assert all(item["doc"]["extensions"] for item in page["items"])
        if "search_cursor" not in page:
            break
        body["search_cursor"] = page["search_cursor"]
    assert read == whole


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"search_cursor": 1}'])
def test_a_bad_search_is_refused(platform_user: httpx.Client, body: bytes) -> None:
    answer = platform_user.post(
        f"{SEARCH}/v3/resources/search",
        content=body,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{CATALOG}/{'x' * 1001}"),
        ("GET", f"{RESOURCES}/v2/resource_instances?name="),
        ("GET", f"{RESOURCES}/v2/resource_instances/{'x' * 1001}"),
    ],
)
def test_a_bad_name_is_refused(platform_user: httpx.Client, method: str, url: str) -> None:
    assert platform_user.request(method, url).status_code == 400


def test_a_cursor_of_nothing_is_refused(platform_user: httpx.Client) -> None:
    body = QUERY | {"search_cursor": "nonsense"}
    answer = platform_user.post(f"{SEARCH}/v3/resources/search", json=body)
    assert answer.status_code == 400


def test_the_catalogue_tells_how_a_plan_is_paid(
    runtime: Runtime, platform_user: httpx.Client
) -> None:
    for instance in runtime.instances.list():
        plan = platform_user.get(f"{CATALOG}/{instance.plan_id}").json()
        assert plan["overview_ui"]["en"]["display_name"]
        kinds = {"free", "trial", "paygo", "paid", "subscription"}
        assert plan["metadata"]["pricing"]["type"] in kinds


def test_instances_are_listed_and_found_by_name(platform_user: httpx.Client) -> None:
    url = f"{RESOURCES}/v2/resource_instances"
    listed = platform_user.get(url).json()
    assert listed["rows_count"] == len(listed["resources"]) > 0
    for instance in listed["resources"]:
        one = platform_user.get(url, params={"name": instance["name"]}).json()["resources"]
        assert instance in one
    assert platform_user.get(url, params={"name": "no-such-name"}).json()["resources"] == []


def test_an_instance_is_read_and_changed(platform_user: httpx.Client, crns: dict[str, str]) -> None:
    path = crns["open"].replace(":", "%3A").replace("/", "%2F")
    url = f"{RESOURCES}/v2/resource_instances/{path}"
    before = platform_user.get(url).json()
    assert before["crn"] == crns["open"]
    for wanted, given in ((300, 300), (None, 600)):
        body = {"parameters": {"instance_limit_seconds": wanted, "timestamp": "now"}}
        changed = platform_user.patch(url, json=body)
        assert changed.status_code == 200, changed.text
        for instance in (changed.json(), platform_user.get(url).json()):
            assert int(instance["extensions"]["instance_limit_seconds"]) == given


def test_a_bad_change_is_refused(platform_user: httpx.Client, crns: dict[str, str]) -> None:
    guid = crns["open"].split(":")[7]
    url = f"{RESOURCES}/v2/resource_instances/{guid}"
    body = {"parameters": {"instance_limit_seconds": "much"}}
    assert platform_user.patch(url, json=body).status_code == 400


def test_an_instance_may_be_given_other_devices(
    mock: Mock, connect: Connect, platform_user: httpx.Client, crn: str
) -> None:
    runtime = connect(instance=crn)
    url = f"{RESOURCES}/v2/resource_instances/{crn.split(':')[7]}"
    parameters = {"backends": ["ibm_fez"], "usage_allocation_seconds": "90"}
    changed = platform_user.patch(url, json={"parameters": parameters, "name": "mine"}).json()
    assert changed["name"] == "mine"
    assert changed["extensions"] == {"usage_allocation_seconds": "90", "backends": ["ibm_fez"]}
    assert [device.name for device in runtime.backends.list()] == ["ibm_fez"]
    body = {"parameters": {"backends": ["ibm_nowhere"]}}
    assert platform_user.patch(url, json=body).status_code == 400
    everything = {"parameters": {"backends": ["ANY"]}}
    assert platform_user.patch(url, json=everything).json()["extensions"]["backends"] == ["ANY"]
    assert len(runtime.backends.list()) > 4
    assert len(mock.world.backends) > 4
