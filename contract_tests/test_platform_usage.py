from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from contract_tests.platform import NONSENSE, Platform, error
from dryshot.mock import Mock


def consumed(platform: Platform) -> float:
    """The seconds that the instance used."""
    seconds: float = platform.ask("get_usage").json()["usage_consumed_seconds"]
    return seconds


def pages(platform: Platform, query: str) -> list[list[str]]:
    """The ids on each page of workloads, by following ``next``."""
    found, url = [], f"/workloads?{query}"
    while True:
        body = platform.http.get(url).json()
        found.append([item["id"] for item in body["workloads"]])
        if "next" not in body:
            return found
        url = body["next"]["href"]


def test_usage_is_the_sum_of_what_jobs_are_charged(platform: Platform) -> None:
    before = consumed(platform)
    jobs = [platform.run() for _ in range(3)]
    jobs.append(platform.run(params={"pubs": [[NONSENSE]], "version": 2}))
    jobs.append(platform.run(backend="mock_torino"))
    session_id = platform.session()
    jobs.append(platform.run(session_id=session_id))
    charges = [job["usage"]["qpu_charge_time_seconds"] for job in jobs]
    assert charges[3] <= 2
    assert charges[4] == 0
    assert consumed(platform) - before == sum(charges) > 0


def test_a_deleted_job_stays_charged(platform: Platform) -> None:
    job_id = platform.run()["id"]
    before = consumed(platform)
    assert platform.ask("delete_job", job=job_id).status_code == 204
    assert consumed(platform) == before > 0


def test_usage_is_that_of_four_weeks(
    platform: Platform, platform_mock: Mock, platform_key: str
) -> None:
    platform.run()
    usage = platform.ask("get_usage").json()
    assert usage["instance_id"] == platform.crn
    assert usage["usage_period"]["start_time"] < usage["usage_period"]["end_time"]
    platform_mock.clock.advance(28 * 86400)
    token = platform_mock.world.platform.issue_token(platform_key).value
    platform.http.headers["authorization"] = f"Bearer {token}"
    assert consumed(platform) == 0


def test_an_instance_without_a_limit_says_nothing_of_one(platform: Platform) -> None:
    usage = platform.ask("get_usage").json()
    assert not {"usage_limit_seconds", "usage_limit_reached"} & usage.keys()


def test_an_instance_says_what_it_may_use(platform: Platform, platform_open: Platform) -> None:
    assert "ibm_fez" in platform.ask("get_instance").json()["backends"]
    free = platform_open.ask("get_instance").json()
    assert free["instance_limit_seconds"] == "600"
    assert free["usage_allocation_seconds"] == "600"
    assert free["plan_id"] == platform_open.ask("get_usage").json()["plan_id"]


def test_an_instance_without_a_limit_has_a_configuration(platform: Platform) -> None:
    assert platform.ask("get_instance_configuration").status_code == 200


def test_a_limit_is_set_and_taken_back(platform_open: Platform) -> None:
    def limits() -> tuple[Any, Any]:
        configuration = platform_open.ask("get_instance_configuration").json()
        return (
            configuration["instance_limit"],
            platform_open.ask("get_usage").json()["usage_limit_seconds"],
        )

    for wanted, given in ((300, 300), (None, 600)):
        body = {"instance_limit": wanted}
        answer = platform_open.http.put("/instances/configuration", json=body)
        assert (answer.status_code, answer.content) == (204, b"")
        assert limits() == (given, given)


@pytest.mark.parametrize("limit", [0, -1, "much", 1.5])
def test_a_bad_limit_is_refused(platform: Platform, limit: object) -> None:
    body = {"instance_limit": limit}
    assert platform.http.put("/instances/configuration", json=body).status_code == 400


def test_a_job_over_the_limit_waits_until_there_is_more(
    platform_open: Platform, platform_mock: Mock
) -> None:
    path = "/instances/configuration"
    assert platform_open.http.put(path, json={"instance_limit": 1}).status_code == 204
    platform_open.run()
    assert platform_open.ask("get_usage").json()["usage_limit_reached"] is True
    job_id = platform_open.submit()
    platform_mock.clock.advance(60)
    assert platform_open.ask("get_job", job=job_id).json()["status"] == "Queued"
    assert platform_open.http.put(path, json={"instance_limit": None}).status_code == 204
    assert platform_open.finish(job_id)["status"] == "Completed"


def test_a_job_over_the_limit_may_be_refused(platform_open: Platform, platform_mock: Mock) -> None:
    platform_mock.world.platform.over_limit = "refuse"
    body = {"instance_limit": 1}
    assert platform_open.http.put("/instances/configuration", json=body).status_code == 204
    platform_open.run()
    answer = platform_open.ask("create_job")
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == 4317


def test_an_account_tells_its_plans(platform: Platform, platform_crns: dict[str, str]) -> None:
    plans = platform.ask("get_account", account=platform.account).json()["plans"]
    assert len(plans) == len(platform_crns)
    plan_id = platform.ask("get_usage").json()["plan_id"]
    path = f"/accounts/{platform.account}"
    (own,) = platform.http.get(path, params={"plan_id": plan_id}).json()["plans"]
    assert own["plan_id"] == plan_id
    assert own["max_ttl"] == 28800
    assert platform.http.get(path, params={"plan_id": "none"}).json()["plans"] == []


def test_another_account_is_not_found(platform: Platform) -> None:
    assert platform.ask("get_account", account="f" * 32).status_code == 404


def test_workloads_are_jobs_and_sessions_oldest_first(platform: Platform) -> None:
    job = platform.run(tags=["dryshot-load"])
    session_id = platform.session(mode="dedicated")
    inner = platform.run(session_id=session_id)["id"]
    newest = platform.http.get("/workloads?sort=-createdAt&limit=2").json()["workloads"]
    assert [item["id"] for item in newest] == [session_id, job["id"]]
    session, alone = newest
    assert (session["mode"], alone["mode"]) == ("session", "job")
    assert (session["status"], alone["status"]) == ("in_progress", "completed")
    assert (session["accepting_jobs"], alone["accepting_jobs"]) == (True, None)
    assert alone["instance"] == platform.crn
    assert alone["tags"] == ["dryshot-load"]
    assert alone["usage"]["qpu_charge_time_seconds"] == job["usage"]["qpu_charge_time_seconds"]
    everything = list(chain(*pages(platform, "limit=50")))
    assert everything[-2:] == [job["id"], session_id]
    assert inner not in everything


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt"])
def test_workloads_are_read_page_by_page(platform: Platform, sort: str) -> None:
    for _ in range(5):
        platform.submit(tags=["dryshot-cursors"])
    query = f"search=dryshot-cursors&sort={sort}"
    whole = platform.http.get(f"/workloads?{query}&limit=50").json()
    expected = [item["id"] for item in whole["workloads"]]
    assert whole["total_count"] == len(expected) >= 5
    assert not {"next", "previous"} & whole.keys()
    read = pages(platform, f"{query}&limit=2")
    assert list(chain(*read)) == expected
    assert {len(page) for page in read[:-1]} == {2}


def test_a_page_leads_back_to_the_one_before(platform: Platform) -> None:
    for _ in range(4):
        platform.submit(tags=["dryshot-back"])
    first = platform.http.get("/workloads?search=dryshot-back&limit=2").json()
    second = platform.http.get(first["next"]["href"]).json()
    assert len(second["workloads"]) == 2
    assert platform.http.get(second["previous"]["href"]).json() == first


def test_workloads_are_those_asked_for(platform: Platform) -> None:
    fine = platform.run(tags=["dryshot-filters"], backend="ibm_fez")["id"]
    broken = platform.run(
        tags=["dryshot-filters", "dryshot-broken"], params={"pubs": [[NONSENSE]], "version": 2}
    )["id"]

    def found(query: str) -> set[str]:
        read = list(chain(*pages(platform, f"tags=dryshot-filters&{query}")))
        return {fine, broken} & set(read)

    assert found("") == {fine, broken}
    assert found("status=completed") == {fine}
    assert found("status=failed&status=completed") == {fine, broken}
    assert found("backend=ibm_fez") == {fine}
    assert found("tags=dryshot-broken") == {broken}
    assert found(f"search={fine}") == {fine}
    assert found("mode=batch") == set()
    assert found("user=me") == {fine, broken}
    assert found("created_before=2000-01-01T00:00:00Z") == set()


def test_figures_add_up(platform: Platform) -> None:
    query = {"instance": platform.crn}
    spent = consumed(platform)
    before = platform.http.get("/analytics/usage", params=query).json()
    charge = sum(platform.run()["usage"]["qpu_charge_time_seconds"] for _ in range(2))
    session_id = platform.session()
    platform.run(session_id=session_id)
    after = platform.http.get("/analytics/usage", params=query).json()
    assert after["jobs"] - before["jobs"] == 3
    assert after["individual_jobs"] - before["individual_jobs"] == 2
    assert after["batch_sessions"] - before["batch_sessions"] == 1
    alone = after["individual_jobs_usage"] - before["individual_jobs_usage"]
    assert alone == charge * 1000
    assert after["usage"] == after["individual_jobs_usage"] + after["sessions_usage"]
    batches = after["batch_sessions_usage"] - before["batch_sessions_usage"]
    assert alone + batches == (consumed(platform) - spent) * 1000


@pytest.mark.parametrize("group", ["instance", "backend", "user_id", "plan", "subscription_id"])
def test_groups_add_up_to_the_whole(platform: Platform, group: str) -> None:
    platform.run()
    platform.run(backend="ibm_fez")
    whole, spent = platform.ask("analytics_usage").json(), "individual_jobs_usage"
    data = platform.http.get(f"/analytics/usage_grouped?group_by={group}").json()["data"]
    assert sum(item["jobs"] for item in data) == whole["jobs"] >= 2
    assert sum(item[spent] for item in data) == whole[spent] > 0
    assert len({item["key"] for item in data}) == len(data)


def test_days_add_up_to_the_whole(platform: Platform) -> None:
    platform.run()
    whole, spent = platform.ask("analytics_usage").json(), "individual_jobs_usage"
    days = platform.ask("get_usage_analytics_grouped_by_date").json()
    assert days["interval_start"] < days["interval_end"]
    assert sum(item[spent] for item in days["data"]) == whole[spent] > 0
    assert platform.crn in {item["key"] for item in days["data"]}


def test_filters_name_what_there_is(platform: Platform) -> None:
    platform.run(backend="ibm_fez")
    filters = platform.ask("analytics_filters").json()
    assert {"name": "ibm_fez"} in filters["backends"]
    assert platform.crn in {item["id"] for item in filters["instances"]}
    assert {"name": "premium"} in filters["plans"]
    assert filters["users"]
    assert filters["subscriptions"]


def test_a_limit_below_what_was_used_conflicts(platform: Platform) -> None:
    platform.run()
    answer = platform.http.put("/instances/configuration", json={"instance_limit": 1})
    assert error(answer)[:2] == (409, 4317)
