from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from contract_tests.platform import GRANT, IAM, RUNTIME, error
from dryshot.mock import Mock
from dryshot.world import Account
from dryshot.world.platform import ServiceInstance
from dryshot.world.runner import Pace
from tests.dialects.platform import log_in, one, sampler

EUROPE = "https://eu-de.quantum.cloud.ibm.com/api/v1"
HERE = ServiceInstance.make("premium-instance", account_id="a" * 32, plan="premium")
THERE = ServiceInstance.make("europe", account_id="a" * 32, plan="flex", region="eu-de")
OWNER = Account("owner", account_id="a" * 32, service_instances=[HERE, THERE])
COLLEAGUE = Account("colleague", account_id="a" * 32, service_instances=[THERE])


@contextmanager
def client(mock: Mock, api_key: str = "key") -> Iterator[httpx.Client]:
    """A client that has logged in."""
    with httpx.Client(transport=mock.transport(), base_url=RUNTIME) as http:
        http.headers.update(log_in(http, api_key))
        yield http


@pytest.fixture
def platform() -> Iterator[httpx.Client]:
    with client(Mock(engine=one)) as http:
        yield http


@pytest.fixture
def declared() -> Mock:
    return Mock(engine=one, accounts=[OWNER, COLLEAGUE])


def test_every_refusal_has_a_trace_of_its_own(platform: httpx.Client) -> None:
    traces = [platform.get("/jobs/unknown").json()["trace"] for _ in range(3)]
    assert len(set(traces)) == 3


def test_equal_seeds_give_equal_answers() -> None:
    def answers(seed: int) -> list[str]:
        with client(Mock(engine=one, seed=seed)) as http:
            job_id = http.post("/jobs", json=sampler()).json()["id"]
            session = http.post("/sessions", json={"mode": "batch", "backend": "ibm_fez"})
            paths = (f"/jobs/{job_id}", "/jobs/unknown", "/backends/ibm_fez/status")
            return [session.text, *(http.get(path).text for path in paths)]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)


def test_an_instance_answers_on_the_hosts_of_its_region_only(declared: Mock) -> None:
    with client(declared, api_key="owner") as http:
        for host, crn in ((RUNTIME, HERE.crn), (EUROPE, THERE.crn)):
            private = host.replace("eu-de.", "").replace(
                "https://", f"https://private.{crn.split(':')[5]}."
            )
            for url in (host, private):
                answer = http.get(f"{url}/instance", headers={"service-crn": crn})
                assert answer.status_code == 200, url
        for host, crn in ((RUNTIME, THERE.crn), (EUROPE, HERE.crn)):
            answer = http.get(f"{host}/instance", headers={"service-crn": crn})
            assert error(answer)[:2] == (404, 1279)


def test_versions_are_told_whatever_the_region_and_the_credentials(declared: Mock) -> None:
    with httpx.Client(transport=declared.transport()) as http:
        for host in (RUNTIME, EUROPE):
            headers = {"authorization": "Bearer x", "service-crn": "nonsense"}
            assert http.get(f"{host}/versions", headers=headers).status_code == 200


def test_a_user_without_access_to_an_instance_is_forbidden(declared: Mock) -> None:
    with client(declared, api_key="owner") as http:
        form = {"grant_type": GRANT, "apikey": "colleague"}
        token = http.post(f"{IAM}/identity/token", data=form).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        assert error(http.get("/jobs", headers=headers))[:2] == (403, 1200)
        assert http.get("/jobs").status_code == 200


def test_a_key_that_was_not_declared_gets_no_token(declared: Mock) -> None:
    with httpx.Client(transport=declared.transport()) as http:
        form = {"grant_type": GRANT, "apikey": "stranger"}
        answer = http.post(f"{IAM}/identity/token", data=form)
        assert answer.status_code == 400
        assert answer.json()["errorCode"] == "BXNIM0415E"


def test_an_account_sees_nothing_of_anothers_jobs() -> None:
    mock = Mock(engine=one)
    with client(mock, api_key="first") as first, client(mock, api_key="second") as second:
        job_id = first.post("/jobs", json=sampler()).json()["id"]
        assert first.get("/jobs").json()["count"] == 1
        assert second.get("/jobs").json()["count"] == 0
        assert error(second.get(f"/jobs/{job_id}"))[:2] == (404, 1291)


def test_an_engine_that_breaks_fails_its_job_only() -> None:
    def broken(_task: object) -> Any:
        raise ArithmeticError("the engine broke")

    with client(Mock(engine=broken)) as http:
        job_id = http.post("/jobs", json=sampler()).json()["id"]
        job = http.get(f"/jobs/{job_id}").json()
        assert job["status"] == "Failed"
        assert job["state"]["reason_code"] == 9999
        assert "the engine broke" in http.get(f"/jobs/{job_id}/results").text


def test_a_charge_may_be_settled_later() -> None:
    mock = Mock(engine=one)
    mock.world.platform.billing_delay = 600
    with client(mock) as http:
        job_id = http.post("/jobs", json=sampler()).json()["id"]
        assert http.get(f"/jobs/{job_id}").json()["usage"]["status"] == "pending"
        mock.clock.advance(600)
        usage = http.get(f"/jobs/{job_id}").json()["usage"]
        assert usage == {"qpu_charge_time_seconds": 2, "status": "complete"}


def test_jobs_of_both_apis_keep_apart() -> None:
    mock = Mock(engine=one, pace=Pace(0, 0))
    classic = "https://runtime-us-east.quantum-computing.ibm.com"
    with client(mock) as http:
        job_id = http.post("/jobs", json=sampler()).json()["id"]
        headers = {"x-access-token": mock.world.accounts.log_in("key").value}
        assert http.get(f"{classic}/jobs/{job_id}", headers=headers).status_code == 404
        assert http.get(f"{classic}/jobs", headers=headers).json()["count"] == 0


def test_a_body_that_is_too_large_is_refused() -> None:
    with client(Mock(engine=one, max_body_bytes=1000)) as http:
        answer = http.post("/jobs", json=sampler(tags=["x" * 1000]))
        assert answer.status_code in {400, 413}
        assert answer.json()["errors"][0]["message"]
