"""Circuits go out as the service reads them."""

from __future__ import annotations

import base64
import io
import struct
import subprocess
import sys
import zlib
from typing import Any

import pytest
from qiskit import QuantumCircuit, qpy

from dryshot_client.platform.circuits import encode_circuit, is_qiskit_circuit


@pytest.mark.parametrize(
    "text",
    [
        "OPENQASM 3;",
        "OPENQASM 3.0; qubit[2] q;",
        "\n\t OPENQASM  3.1 ;",
        "// a note\n\n/* two\nlines */ // more\r\nOPENQASM 3.0;\nx $0;",
    ],
)
def test_a_text_goes_as_it_is(text: str) -> None:
    assert encode_circuit(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x $0;",
        "OPENQASM 2.0; qreg q[1];",
        "OPENQASM 30;",
        "OPENQASM 3",
        "// OPENQASM 3.0;",
        "/* OPENQASM 3.0; */ x $0;",
        "/* OPENQASM 3.0;",
        "x $0; OPENQASM 3.0;",
        " " * 100_000,
        "/**/ " * 20_000,
    ],
)
def test_a_text_that_does_not_say_what_it_is_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^circuits\[1\] does not begin with a header"):
        encode_circuit(text, "circuits[1]")


@pytest.mark.parametrize("value", [None, 3, b"OPENQASM 3.0;", ["OPENQASM 3.0;"], {"a": 1}])
def test_what_is_no_circuit_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^circuit is .*, neither"):
        encode_circuit(value)


def test_a_circuit_of_qiskit_goes_as_packed_qpy_of_a_version_the_service_reads() -> None:
    circuit = QuantumCircuit(2, 2, name="bell", metadata={"note": 1})
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    encoded = encode_circuit(circuit)
    assert isinstance(encoded, dict)
    assert encoded.keys() == {"__type__", "__value__"}
    assert encoded["__type__"] == "QuantumCircuit"
    raw = zlib.decompress(base64.b64decode(encoded["__value__"]))
    assert struct.unpack_from("!6sB", raw) == (b"QISKIT", min(17, qpy.QPY_VERSION))
    (read,) = qpy.load(io.BytesIO(raw))
    assert read == circuit
    assert read.metadata == circuit.metadata


def test_circuits_are_told_apart_from_others() -> None:
    assert is_qiskit_circuit(QuantumCircuit(1))
    assert not is_qiskit_circuit("OPENQASM 3.0;")


def test_qiskit_and_numpy_are_not_imported_for_texts_and_results() -> None:
    code = """
import sys
from dryshot_client.platform.programs import estimator_params, sampler_params
from dryshot_client.platform.results import read_sampler_result
estimator_params("OPENQASM 3.0;", ["Z", {"X": 0.5}], parameters={"a": [1, 2]})
try:
    sampler_params(object())
except TypeError:
    data = {"c": {"samples": ["0x1"], "num_bits": 1}}
    body = {"results": [{"data": data, "metadata": {}}], "metadata": {}}
    print(read_sampler_result(body)[0].counts(), {"qiskit", "numpy"} & set(sys.modules))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{'1': 1} set()"
