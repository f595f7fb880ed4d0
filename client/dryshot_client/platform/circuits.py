"""Circuits as they travel: OpenQASM 3 as it is, a circuit of Qiskit as packed QPY."""

from __future__ import annotations

import base64
import io
import re
import sys
import zlib
from importlib import import_module
from typing import Any, Protocol

__all__ = ["Circuit", "QiskitCircuit", "encode_circuit", "is_qiskit_circuit"]

NEWEST_QPY = 17
"""The newest version of QPY that the service reads."""

HEADER = re.compile(r"(?:\s|//[^\n]*|/\*(?s:.*?)\*/)*+OPENQASM\s++3(?:\.\d+)?+\s*+;")


class QiskitCircuit(Protocol):
    """What is needed of ``qiskit.QuantumCircuit``, which need not be installed."""

    @property
    def num_qubits(self) -> int:
        """How many qubits the circuit has."""

    @property
    def num_clbits(self) -> int:
        """How many classical bits the circuit has."""


Circuit = str | QiskitCircuit
"""OpenQASM 3, or a ``qiskit.QuantumCircuit``."""


def is_qiskit_circuit(value: object) -> bool:
    """Whether ``value`` is a ``QuantumCircuit``, found out without importing qiskit."""
    kind = getattr(sys.modules.get("qiskit.circuit"), "QuantumCircuit", None)
    return kind is not None and isinstance(value, kind)


def encode_circuit(circuit: Circuit, name: str = "circuit") -> str | dict[str, Any]:
    """What stands for ``circuit`` in a job; ``name`` is what errors call it.

    The service reads OpenQASM 3 only, and only where the text says that it is: another text is a
    ``ValueError``, anything else a ``TypeError``.
    """
    if isinstance(circuit, str):
        if not HEADER.match(circuit):
            raise ValueError(f"{name} does not begin with a header 'OPENQASM 3.0;'")
        return circuit
    if not is_qiskit_circuit(circuit):
        raise TypeError(
            f"{name} is {type(circuit).__name__}, neither OpenQASM 3 nor a qiskit.QuantumCircuit"
        )
    # by name: an import here would make the client depend on qiskit
    qpy = import_module("qiskit.qpy")
    file = io.BytesIO()
    qpy.dump(circuit, file, version=min(NEWEST_QPY, qpy.QPY_VERSION))
    packed = base64.b64encode(zlib.compress(file.getvalue())).decode()
    return {"__type__": "QuantumCircuit", "__value__": packed}
