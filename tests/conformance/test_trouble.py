"""What the official SDK makes of a service in trouble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.platform import PARAMS
from dryshot import Mock
from dryshot.clock import WallClock
from dryshot.world.platform import Condition
from tests.conformance.stage import connect, constant, submit

pytestmark = pytest.mark.heavy


@pytest.fixture
def mock() -> Iterator[Mock]:
    with Mock(engine=constant).activate() as mock:
        yield mock


@pytest.fixture
def backend(mock: Mock) -> Any:
    del mock
    return connect(instance="premium-instance").backend("ibm_fez")


def test_a_failed_job_raises_with_its_code_and_reason(mock: Mock, backend: Any) -> None:
    from qiskit_ibm_runtime.exceptions import RuntimeJobFailureError

    mock.world.trouble.fail_jobs(1517, reason="no such gate")
    job = submit(backend, params=PARAMS)
    with pytest.raises(RuntimeJobFailureError, match="1517"):
        job.result()
    assert job.status() == "ERROR"
    assert "no such gate" in job.error_message()


def test_a_job_that_ran_too_long_raises_its_own_error(mock: Mock, backend: Any) -> None:
    from qiskit_ibm_runtime.exceptions import RuntimeJobMaxTimeoutError

    mock.world.trouble.run_too_long()
    with pytest.raises(RuntimeJobMaxTimeoutError):
        submit(backend, params=PARAMS).result()


def test_a_held_job_is_queued_for_as_long_as_one_looks(mock: Mock, backend: Any) -> None:
    incident = mock.world.trouble.hold_jobs()
    job = submit(backend, params=PARAMS)
    assert {job.status() for _ in range(3)} == {"QUEUED"}
    incident.clear()
    assert job.status() == "DONE"


def test_a_paused_backend_is_not_operational_and_an_internal_one_warns(
    mock: Mock, backend: Any
) -> None:
    with mock.world.trouble.pause("ibm_fez"):
        assert not backend.status().operational
        assert backend.status().status_msg == "maintenance"
    with mock.world.trouble.pause("ibm_fez", "internal"):
        assert backend.status().operational
        assert mock.world.platform.condition("ibm_fez") == Condition(
            "paused", "internal", "internal"
        )
        with pytest.warns(UserWarning, match="internal"):
            submit(backend, params=PARAMS)


def test_a_removed_backend_is_not_found(mock: Mock, backend: Any) -> None:
    from qiskit.providers.exceptions import QiskitBackendNotFoundError
    from qiskit_ibm_runtime.api.exceptions import RequestsApiError

    with mock.world.trouble.remove_backend("ibm_fez"):
        with pytest.raises(QiskitBackendNotFoundError):
            connect(instance="premium-instance").backend("ibm_fez")
        with pytest.raises(RequestsApiError, match="device not found"):
            submit(backend, params=PARAMS)


def test_a_recalibrated_backend_has_new_properties_once_refreshed(mock: Mock, backend: Any) -> None:
    before = backend.properties().t1(0)
    mock.clock.advance(1000)
    mock.world.trouble.recalibrate("ibm_fez")
    assert backend.properties(refresh=True).t1(0) != before


def test_a_refusal_over_the_limit_names_its_code(mock: Mock, backend: Any) -> None:
    from qiskit_ibm_runtime.exceptions import IBMRuntimeError

    mock.world.trouble.exhaust_usage(over="refuse")
    with pytest.warns(UserWarning, match="usage"), pytest.raises(IBMRuntimeError, match="4317"):
        submit(backend, params=PARAMS)


def test_a_dead_token_is_not_renewed_and_says_so() -> None:
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

    # by the wall's clock: tokens of the past are renewed for each request
    with Mock(engine=constant, clock=WallClock()).activate() as mock:
        backend = connect(instance="premium-instance").backend("ibm_fez")
        mock.world.trouble.revoke_tokens()
        with pytest.raises(IBMNotAuthorizedError, match="1219"):
            submit(backend, params=PARAMS)


def test_a_session_that_was_closed_refuses_and_fails(mock: Mock, backend: Any) -> None:
    from qiskit_ibm_runtime import Session
    from qiskit_ibm_runtime.exceptions import IBMRuntimeError

    session = Session(backend)
    mock.world.trouble.close_sessions()
    assert session.status() == "Closed"
    with pytest.raises(IBMRuntimeError, match="1217"):
        backend.service._run(  # noqa: SLF001 - the primitives' own way
            program_id="sampler",
            inputs=dict(PARAMS),
            options={"backend": backend},
            session_id=session.session_id,
        )


def test_results_that_vanished_are_none_or_not_found(mock: Mock, backend: Any) -> None:
    from qiskit_ibm_runtime.api.exceptions import RequestsApiError

    mock.world.trouble.lose_results()
    assert submit(backend, params=PARAMS).result() is None
    mock.world.trouble.lose_results(status=404)
    with pytest.raises(RequestsApiError, match="1291"):
        submit(backend, params=PARAMS).result()


@pytest.mark.filterwarnings("ignore:The EstimatorV2 class:DeprecationWarning")
def test_results_with_nan_and_huge_ones_are_read(bell: Any) -> None:
    import numpy as np
    from qiskit.quantum_info import SparsePauliOp
    from qiskit_ibm_runtime import EstimatorV2

    with Mock().activate() as mock:
        mock.world.trouble.spoil_results(["evs", "target_precision"])
        mock.world.trouble.enlarge_results(3)
        backend = connect(instance="premium-instance").backend("ibm_fez")
        circuit = bell.remove_final_measurements(inplace=False)
        observable = SparsePauliOp("ZZ").apply_layout(circuit.layout, backend.num_qubits)
        (result,) = EstimatorV2(mode=backend).run([(circuit, observable)]).result()
        assert np.isnan(result.data.evs).all()
        assert np.isfinite(result.data.stds).all()
        assert np.isnan(result.metadata["target_precision"]), "a bare NaN in the JSON"
        (answer,) = mock.journal.of("get_job_results_jid")
        assert len(answer.response.body) >= 3 * 1024 * 1024
