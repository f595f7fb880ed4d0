"""What the service refuses, and what it accepts and then fails, as the SDK's own errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dryshot import Mock
from dryshot.world import Outcome, Task
from tests.conformance.stage import connect, submit

runtime = pytest.importorskip("qiskit_ibm_runtime", reason="needs the extra sdk")
# the SDK warns of its own classes; what is tested is that they work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

FLIP = 'OPENQASM 3.0; include "stdgates.inc"; x $0;'
QASM = f"{FLIP} bit[1] c; c[0] = measure $0;"


def v2(*pubs: Any, **more: Any) -> dict[str, Any]:
    return {"pubs": list(pubs), "version": 2, "support_qiskit": True, "options": {}} | more


def failure(backend: Any, program_id: str, params: Mapping[str, Any]) -> str:
    job = submit(backend, program_id, params=params)
    with pytest.raises(runtime.RuntimeJobFailureError) as caught:
        job.result()
    assert job.status() == "ERROR"
    assert job.errored()
    assert job.error_message()
    return str(caught.value)


def test_gates_that_the_device_lacks_fail_the_job(backend: Any) -> None:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    assert "1517" in failure(backend, "sampler", v2([circuit, None, 100]))


def test_pairs_that_are_not_coupled_fail_the_job(backend: Any) -> None:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(156, 1)
    circuit.cz(0, 155)
    circuit.measure(0, 0)
    assert "1517" in failure(backend, "sampler", v2([circuit, None, 100]))


def test_an_observable_of_another_width_fails_the_job(backend: Any) -> None:
    assert "1501" in failure(backend, "estimator", v2([FLIP, "ZZZ", None, 0.1]))


@pytest.mark.parametrize("text", ["no circuit at all", "OPENQASM 3.0; nosuchgate $0;"])
def test_a_circuit_that_cannot_be_read_fails_the_job(backend: Any, text: str) -> None:
    message = failure(backend, "sampler", v2([text, None, 100]))
    assert "1603" in message or "1506" in message


def test_too_many_shots_fail_the_job(backend: Any) -> None:
    assert "10000000" in failure(backend, "sampler", v2([QASM, None, 10_000_001]))


def test_options_that_exclude_each_other_fail_the_job(backend: Any) -> None:
    both = {"resilience": {"zne_mitigation": True, "pec_mitigation": True}}
    params = v2([FLIP, "Z", None, 0.1], options=both)
    assert "1521" in failure(backend, "estimator", params)


def test_a_failed_job_costs_nothing_if_it_never_ran(backend: Any) -> None:
    job = submit(backend, params=v2(["no circuit", None, 100]))
    job.wait_for_final_state()
    assert job.usage() == 0


def test_an_engine_of_ones_own_may_fail_with_a_traceback() -> None:
    def fail(_task: Task) -> Outcome:
        body = "Traceback (most recent call last):\nValueError: mine"
        return Outcome(failed=True, body=body, reason="It is mine.", reason_code=9999)

    with Mock(engine=fail).activate():
        backend = connect(instance="premium-instance").backend("ibm_fez")
        message = failure(backend, "sampler", v2([QASM]))
        assert "9999" in message
        assert "It is mine." in message


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"pubs": []} | {"nonsense": 1},
        v2([QASM], options={"nonsense": True}),
        v2([QASM], options={"twirling": {"enable_gates": "perhaps"}}),
        v2([QASM], shots="many"),
    ],
    ids=["empty", "unknown key", "unknown option", "wrong type", "shots"],
)
def test_params_that_break_the_contract_are_refused(backend: Any, params: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match="1208"):
        submit(backend, params=params)


def test_a_program_of_nobody_is_not_found(backend: Any) -> None:
    with pytest.raises(runtime.RuntimeProgramNotFound, match="1300"):
        submit(backend, "hello-world", params=v2([QASM]))


@pytest.mark.parametrize("program_id", ["circuit-runner", "qasm3-runner"])
def test_a_retired_program_is_refused(backend: Any, program_id: str) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match=r"121[23]"):
        submit(backend, program_id, params={"circuits": []})


def test_too_many_tags_are_refused(backend: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match="1204"):
        submit(backend, params=v2([QASM]), job_tags=[str(number) for number in range(9)])


def test_too_long_a_tag_is_refused(backend: Any) -> None:
    with pytest.raises(runtime.IBMRuntimeError, match="1205"):
        submit(backend, params=v2([QASM]), job_tags=["x" * 87])


def test_a_backend_of_another_service_is_refused(backend: Any) -> None:
    other = connect(instance="open-instance")
    with pytest.raises(runtime.IBMRuntimeError, match="not among the instances"):
        other._run("sampler", v2([QASM]), {"backend": backend})  # noqa: SLF001 - as primitives do


def test_the_primitives_refuse_what_does_not_fit_before_it_is_sent(
    mock: Mock, backend: Any
) -> None:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    before = len(mock.journal.of("create_job"))
    with pytest.raises(runtime.IBMInputValueError, match="target"):
        runtime.SamplerV2(mode=backend).run([circuit])
    assert len(mock.journal.of("create_job")) == before


def test_a_body_that_is_too_large_is_refused() -> None:
    with Mock(max_body_bytes=2000).activate():
        backend = connect(instance="premium-instance").backend("ibm_fez")
        with pytest.raises(runtime.IBMRuntimeError, match="1208"):
            submit(backend, params=v2([QASM + " " * 2000]))
