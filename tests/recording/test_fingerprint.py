"""When two submissions are the same work."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter

from dryshot.fingerprints import canonical, fingerprint, submission
from dryshot.recording.nearest import differences
from tests.dialects.classic import JOB, QASM


def print_of(body: Any, session: str | None = None) -> str:
    return fingerprint(submission(body, session))


def encode(circuit: Any) -> dict[str, str]:
    """A circuit as the official SDK sends it."""
    file = io.BytesIO()
    qpy.dump(circuit, file)
    text = base64.standard_b64encode(zlib.compress(file.getvalue())).decode()
    return {"__type__": "QuantumCircuit", "__value__": text}


def bell(name: str, angle: float = 0.5) -> Any:
    circuit = QuantumCircuit(2, name=name)
    circuit.h(0)
    circuit.rx(angle, 1)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


@pytest.mark.parametrize(
    "more", [{"tags": ["a"]}, {"hub": "h", "group": "g", "project": "p"}, {"cost": 5}]
)
def test_tags_instance_and_cost_do_not_count(more: dict[str, Any]) -> None:
    assert print_of({**JOB, **more}) == print_of(JOB)


@pytest.mark.parametrize(
    "more",
    [
        {"backend": "other"},
        {"program_id": "estimator"},
        {"params": {"circuits": [QASM], "run_options": {"shots": 1}}},
        {"start_session": True},
    ],
)
def test_backend_program_options_and_session_count(more: dict[str, Any]) -> None:
    assert print_of({**JOB, **more}) != print_of(JOB)
    assert print_of(JOB, "a session") != print_of(JOB)


@given(st.lists(st.sampled_from(["  ", "\n", "\t", " // words\n", " /* x\ny */ "]), min_size=3))
def test_white_space_and_comments_of_openqasm_do_not_count(spaces: list[str]) -> None:
    words = QASM.split(" ")
    text = words[0]
    for index, word in enumerate(words[1:]):
        text += (spaces[index] if index < len(spaces) else " ") + word
    assert canonical(text) == canonical(QASM)


def test_a_gate_of_openqasm_counts() -> None:
    assert canonical(QASM) != canonical(QASM.replace("x q", "z q"))


def test_the_order_of_keys_does_not_count() -> None:
    assert print_of(dict(reversed(JOB.items()))) == print_of(JOB)


def test_the_name_of_a_compressed_circuit_does_not_count_and_its_gates_do() -> None:
    first, second, other = (encode(bell(*of)) for of in (("a",), ("circuit-165",), ("a", 0.6)))
    assert first != second
    assert canonical(first) == canonical(second)
    assert canonical(first) != canonical(other)
    told = list(differences(canonical({"pubs": [[first]]}), canonical({"pubs": [[other]]})))
    assert told == ["pubs/0/0: the circuit differs", "  -rx(0.5) q[1]", "  +rx(0.6) q[1]"]


def test_parameters_made_anew_in_each_run_are_the_same() -> None:
    circuits = []
    for _ in range(2):
        circuit = QuantumCircuit(1)
        circuit.rx(Parameter("theta"), 0)
        circuits.append(json.dumps(canonical(encode(circuit))))
    assert circuits[0] == circuits[1]


def test_what_is_called_compressed_and_is_not_is_compared_as_it_is() -> None:
    odd = {"__type__": "QuantumCircuit", "__value__": "no base64!"}
    assert canonical(odd) == odd
