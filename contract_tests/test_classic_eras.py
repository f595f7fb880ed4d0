"""What the classic API was at other times; only a mock can be told which."""

from __future__ import annotations

import pytest

from contract_tests.conftest import QASM
from dryshot.mock import Mock
from dryshot_client import LegacyRuntime, NotFound

SIMULATOR = "ibmq_qasm_simulator"


@pytest.mark.dryshot(era="2023-11")
def test_a_job_of_november_2023_goes_all_its_way(mock: Mock, legacy_runtime: LegacyRuntime) -> None:
    made = legacy_runtime.jobs.create(
        program="sampler", backend=SIMULATOR, params={"circuits": [QASM]}
    )
    assert mock.world.era == "2023-11"
    assert legacy_runtime.jobs.wait(made["id"])["state"] == {"status": "Completed"}
    told = legacy_runtime.jobs.results(made["id"])["metadata"][0]
    assert list(told)[-1] == "circuit_metadata"


@pytest.mark.dryshot(era="2024-03")
def test_a_job_of_march_2024_goes_all_its_way(mock: Mock, legacy_runtime: LegacyRuntime) -> None:
    params = {"pubs": [[QASM, None, 20]], "version": 2}
    made = legacy_runtime.jobs.create(program="sampler", backend=SIMULATOR, params=params)
    assert mock.world.era == "2024-03"
    state = legacy_runtime.jobs.wait(made["id"])["state"]
    assert state == {"status": "Completed", "reason": "", "reasonCode": None}
    samples = legacy_runtime.jobs.results(made["id"])["results"][0]["data"]["c"]["samples"]
    assert samples == ["0x1"] * 20
    with pytest.raises(NotFound) as refused:
        legacy_runtime.jobs.get("nothing")
    assert refused.value.code == 1291
