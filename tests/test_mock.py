from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import httpx
import pytest
import requests

import dryshot
from dryshot import Mock, Outcome, SpecDrift
from dryshot.world.instances import MODERN_DEVICES
from dryshot_client import Runtime
from tests.dialects.classic import AUTH, JOB, RUNTIME, log_in
from tests.world.worlds import echo


def submit(http: Any, token: str) -> Any:
    answer = http.post(f"{RUNTIME}/jobs", json=JOB, headers={"x-access-token": token})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_many_threads_share_a_mock_and_lose_nothing() -> None:
    mock = Mock(engine=echo)
    with httpx.Client(transport=mock.transport()) as http:
        token = log_in(http)["id"]
        with ThreadPoolExecutor(8) as pool:
            jobs = list(pool.map(lambda _: submit(http, token)["id"], range(160)))
        listed = http.get(f"{RUNTIME}/jobs", headers={"x-access-token": token}).json()
    assert len(set(jobs)) == 160
    assert listed["count"] == 160
    assert len(mock.journal) == 162
    assert len(mock.journal.of("create_job")) == 160


def test_two_mocks_at_the_same_time_never_meet() -> None:
    together = threading.Barrier(2)

    def work(count: int) -> list[int]:
        with Mock(engine=echo).activate() as mock, requests.Session() as http:
            together.wait(60)
            token = log_in(http)["id"]  # type: ignore[arg-type] # any client will do
            for _ in range(count):
                submit(http, token)
            together.wait(60)
            return [len(mock.world.jobs), len(mock.journal)]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, [3, 5])) == [[3, 4], [5, 6]]


def test_tasks_have_mocks_of_their_own() -> None:
    async def work(count: int) -> int:
        with Mock(engine=echo).activate() as mock:
            async with httpx.AsyncClient() as http:
                for _ in range(count):
                    assert (await http.get(f"{RUNTIME}/programs")).status_code == 200
                    await asyncio.sleep(0)
            return len(mock.journal)

    async def both() -> list[int]:
        return list(await asyncio.gather(work(3), work(5)))

    assert asyncio.run(both()) == [3, 5]


def test_the_asynchronous_transport_answers_alike() -> None:
    async def ask() -> Any:
        async with httpx.AsyncClient(transport=Mock().async_transport()) as http:
            return (await http.get(f"{RUNTIME}/programs")).json()

    with httpx.Client(transport=Mock().transport()) as http:
        assert asyncio.run(ask()) == http.get(f"{RUNTIME}/programs").json()


def test_equal_mocks_give_equal_answers() -> None:
    def run(seed: int) -> list[bytes]:
        mock = Mock(seed=seed)
        with httpx.Client(transport=mock.transport()) as http:
            job_id = submit(http, log_in(http)["id"])["id"]
            token = mock.journal.of("create_job")[0].request.headers["x-access-token"]
            for path in (f"/jobs/{job_id}", f"/jobs/{job_id}/results", f"/jobs/{job_id}/metrics"):
                http.get(f"{RUNTIME}{path}", headers={"x-access-token": token})
        return [exchange.response.body for exchange in mock.journal]

    assert run(1) == run(1) != run(2)


def test_an_answer_that_the_document_forbids_is_an_error_of_dryshots_own() -> None:
    def broken(_: Any) -> Outcome:
        return Outcome(failed=False, body='{"quasi_dists": 7}')

    with Mock(engine=broken).activate() as mock, httpx.Client() as http:
        token = log_in(http)["id"]
        job_id = submit(http, token)["id"]
        mock.clock.advance(2)
        headers = {"x-access-token": token}
        with pytest.raises(SpecDrift, match="get_job_results must not answer 200"):
            http.get(f"{RUNTIME}/jobs/{job_id}/results", headers=headers)
        with pytest.raises(SpecDrift, match="get_job_results"):
            requests.get(f"{RUNTIME}/jobs/{job_id}/results", headers=headers, timeout=60)


def test_jobs_can_be_computed_in_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        mock = Mock(executor=pool)
        with httpx.Client(transport=mock.transport()) as http:
            headers = {"x-access-token": log_in(http)["id"]}
            job_id = submit(http, headers["x-access-token"])["id"]
            mock.clock.advance(2)
            results = http.get(f"{RUNTIME}/jobs/{job_id}/results", headers=headers).json()
    assert results["quasi_dists"][0]["1"] > 0.99


def test_a_backend_of_ones_own_can_be_used() -> None:
    start = "2024-05-01T00:00:00Z"
    mock = Mock(clock=start, engine=echo)
    mine = dryshot.device("my_device", num_qubits=5, calibrated=mock.clock.now())
    with httpx.Client(transport=Mock(engine=echo, backends=[mine]).transport()) as http:
        headers = {"x-access-token": log_in(http)["id"]}
        url = f"{RUNTIME}/backends/my_device/configuration"
        assert http.get(url, headers=headers).json()["n_qubits"] == 5
        answer = http.post(f"{RUNTIME}/jobs", json=JOB | {"backend": "my_device"}, headers=headers)
        assert answer.status_code == 200


def test_a_backend_of_ones_own_is_in_the_usual_instances_of_the_platform() -> None:
    day = datetime(2023, 9, 1, tzinfo=UTC)
    own = [
        dryshot.device(name, num_qubits=5, calibrated=day) for name in ("mine", "ibm_wellington")
    ]
    declared = {"devices": [{"name": "declared", "qubits": 7}]}
    mock = Mock(engine=echo, backends=own, world=declared)
    for plan in ("open", "premium"):
        with (
            mock.activate(),
            Runtime(api_key="key", instance=f"{plan}-instance", account_file=None) as runtime,
        ):
            names = [device.name for device in runtime.backends.list()]
            assert sorted(names) == sorted([*MODERN_DEVICES, "mine", "declared"])
            assert runtime.backends.configuration("mine")["n_qubits"] == 5


def test_the_snapshots_of_the_sdk_are_backends() -> None:
    with httpx.Client(transport=Mock(engine=echo).transport()) as http:
        headers = {"x-access-token": log_in(http)["id"]}
        url = f"{RUNTIME}/backends/fake_kyoto/configuration"
        assert http.get(url, headers=headers).json()["n_qubits"] == 127


def test_no_secret_is_in_any_text_form() -> None:
    mock = Mock(engine=echo)
    with httpx.Client(transport=mock.transport()) as http:
        token = log_in(http, "my-secret")["id"]
        submit(http, token)
    shown = [repr(mock), repr(mock.world), repr(mock.journal), *map(str, mock.journal)]
    shown += map(repr, mock.journal)
    assert not [text for text in shown if token in text or "my-secret" in text]
    assert str(next(iter(mock.journal))) == (
        "POST auth.quantum-computing.ibm.com/api/users/loginWithToken -> 200"
    )


def test_nothing_goes_out_to_the_auth_host_when_the_mock_is_gone() -> None:
    with Mock(engine=echo).activate(), httpx.Client() as http:
        assert log_in(http)["id"]
    with (
        Mock(engine=echo).activate() as mock,
        pytest.raises(dryshot.RefusedHost, match=r"containers\.cloud\.ibm\.com"),
    ):
        httpx.get("https://containers.cloud.ibm.com/global/v2")
    assert len(mock.journal) == 0
    assert AUTH.removeprefix("https://").partition("/")[0] in mock.hosts
