"""The official SDK, unmodified, inside an active mock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dryshot import Mock
from tests.conformance.stage import connect


@pytest.fixture(scope="session", autouse=True)
def _nobody() -> Iterator[None]:
    """No account of the user's environment is read."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TOKEN", "INSTANCE", "URL", "CHANNEL"):
            patch.delenv(f"QISKIT_IBM_{name}", raising=False)
        # the SDK's own switch: else it looks through the whole stack before each request, which
        # takes longer than the request
        patch.setenv("USAGE_DATA_OPT_OUT", "True")
        yield


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    """Shared by a module's tests; one that counts jobs or moves time makes its own."""
    with Mock().activate() as mock:
        yield mock


@pytest.fixture(scope="module")
def service(mock: Mock) -> Any:
    del mock  # it answers
    return connect(instance="premium-instance")


@pytest.fixture(scope="module")
def backend(service: Any) -> Any:
    return service.backend("ibm_fez")


@pytest.fixture(scope="session")
def bell() -> Any:
    """A Bell pair in the gates of ibm_fez, measured into ``meas``."""
    from qiskit import QuantumCircuit, transpile

    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    with Mock().activate():
        backend = connect(instance="premium-instance").backend("ibm_fez")
        return transpile(circuit, backend, optimization_level=1, seed_transpiler=1)
