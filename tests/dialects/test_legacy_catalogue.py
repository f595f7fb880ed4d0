from __future__ import annotations

from typing import Any

import httpx
import pytest

from dryshot import Mock
from tests.dialects.classic import error, submit


def test_programs_are_listed_for_everyone(http: httpx.Client) -> None:
    body = http.get("/programs").json()
    names = [program["id"] for program in body["programs"]]
    assert names == ["qasm3-runner", "sampler", "estimator", "circuit-runner"]
    assert body["count"] == 4


def test_programs_are_paged_and_searched(http: httpx.Client) -> None:
    def names(**query: Any) -> list[str]:
        body = http.get("/programs", params=query).json()
        return [program["id"] for program in body["programs"]]

    assert names(limit=2, offset=1) == ["sampler", "estimator"]
    assert names(name="sampler") == ["sampler"]
    assert names(search="observable") == ["estimator"]
    assert names(offset=4) == []


def test_a_program_is_described(http: httpx.Client) -> None:
    program = http.get("/programs/sampler").json()
    assert program["cost"] == 10000
    assert program["creation_date"] == "2021-10-26T14:41:57.000000Z"
    assert "circuits" in program["spec"]["parameters"]["properties"]
    assert error(http.get("/programs/nothing"))[:2] == (404, 1300)


def test_backends_are_the_notebooks_with_its_repeat(user: httpx.Client) -> None:
    devices = user.get("/backends").json()["devices"]
    kinds = ["stabilizer", "extended_stabilizer", "statevector", "mps", "stabilizer"]
    assert devices[:5] == [f"simulator_{kind}" for kind in kinds]
    assert "ibm_wellington" in devices[5:]


def test_the_backends_of_one_instance_do_not_repeat(user: httpx.Client) -> None:
    instance = "ibm-q-internal/dev-sys-software/internal-test"
    devices = user.get("/backends", params={"provider": instance}).json()["devices"]
    assert "ibm_wellington" in devices
    assert len(set(devices)) == len(devices)


def test_every_listed_backend_is_described_and_open(user: httpx.Client) -> None:
    for name in set(user.get("/backends").json()["devices"]):
        configuration = user.get(f"/backends/{name}/configuration").json()
        assert configuration["backend_name"] == name
        properties = user.get(f"/backends/{name}/properties").json()
        assert configuration["simulator"] == (properties == {})
        if properties:
            assert len(properties["qubits"]) == configuration["n_qubits"]
        assert user.get(f"/backends/{name}/defaults").status_code == 200
        status = user.get(f"/backends/{name}/status").json()
        assert (status["state"], status["status"], status["length_queue"]) == (True, "active", 0)


def test_properties_may_be_asked_for_as_of_an_instant(user: httpx.Client) -> None:
    url = "/backends/ibm_wellington/properties"
    now = user.get(url).json()
    later = user.get(url, params={"updated_before": "2024-01-01T00:00:00Z"}).json()
    before = user.get(url, params={"updated_before": "2023-01-01T00:00:00Z"}).json()
    assert (later, before) == (now, {})
    assert error(user.get(url, params={"updated_before": "noon"}))[:2] == (400, 1208)


@pytest.mark.parametrize("what", ["configuration", "properties", "defaults", "status"])
def test_an_unknown_backend_is_named(user: httpx.Client, what: str) -> None:
    status, code, message = error(user.get(f"/backends/ibm_nowhere/{what}"))
    assert (status, code) == (404, 1216)
    assert "ibm_nowhere" in message


def test_the_queue_of_a_backend_is_what_waits_for_it(mock: Mock, user: httpx.Client) -> None:
    with mock.clock.freeze():
        for _ in range(3):
            submit(user)
        assert user.get("/backends/ibm_wellington/status").json()["length_queue"] == 3
        mock.clock.advance(10)
        assert user.get("/backends/ibm_wellington/status").json()["length_queue"] == 0
