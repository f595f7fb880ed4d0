from __future__ import annotations

from typing import Any

import pytest

from dryshot import Mock
from tests.conformance.stage import connect

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_mock_devices_are_listed_when_wanted(service: Any) -> None:
    devices = service.backends()
    both = service.backends(include_mocks=True)
    assert {backend.name for backend in both if backend.is_mock} == {
        backend.name.replace("ibm_", "mock_") for backend in devices
    }
    assert service.backend("mock_fez").num_qubits == 156


def test_a_dry_run_goes_to_the_mock_device_and_costs_nothing(bell: Any) -> None:
    with Mock().activate():
        service = connect(instance="premium-instance")
        sampler = runtime.SamplerV2(mode=service.backend("ibm_fez"))
        job = sampler.run([bell], shots=100, dry_run=True)
        assert job.backend().name == "mock_fez"
        assert sum(job.result()[0].data.meas.get_counts().values()) == 100
        assert job.usage() == 0
        assert service.usage()["usage_consumed_seconds"] == 0
        assert service.jobs() == []
        assert [found.job_id() for found in service.jobs(include_mocks=True)] == [job.job_id()]


def test_the_open_plan_has_no_mock_devices(bell: Any, mock: Mock) -> None:
    from qiskit.providers.exceptions import QiskitBackendNotFoundError

    del mock
    service = connect(instance="open-instance")
    assert not any(backend.is_mock for backend in service.backends(include_mocks=True))
    sampler = runtime.SamplerV2(mode=service.backend("ibm_fez"))
    with pytest.raises(QiskitBackendNotFoundError, match="mock_fez"):
        sampler.run([bell], dry_run=True)
