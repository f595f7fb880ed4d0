"""Gates as a backend configuration lists them: name, parameters, and a definition in OpenQASM 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["gate"]

_H = "U(pi/2, 0, pi)"
_TOFFOLI = (
    f"{_H} q2; CX q1, q2; U(0, 0, -pi/4) q2; CX q0, q2; U(0, 0, pi/4) q2; CX q1, q2; "
    "U(0, 0, -pi/4) q2; CX q0, q2; U(0, 0, pi/4) q1; U(0, 0, pi/4) q2; CX q0, q1; "
    f"U(0, 0, pi/4) q0; U(0, 0, -pi/4) q1; CX q0, q1; {_H} q2;"
)

_DEFINITIONS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "id": ((), "q", "U(0, 0, 0) q;"),
    "x": ((), "q", "U(pi, 0, pi) q;"),
    "y": ((), "q", "U(pi, pi/2, pi/2) q;"),
    "z": ((), "q", "U(0, 0, pi) q;"),
    "h": ((), "q", f"{_H} q;"),
    "s": ((), "q", "U(0, 0, pi/2) q;"),
    "sdg": ((), "q", "U(0, 0, -pi/2) q;"),
    "t": ((), "q", "U(0, 0, pi/4) q;"),
    "tdg": ((), "q", "U(0, 0, -pi/4) q;"),
    "sx": ((), "q", "U(pi/2, 3*pi/2, pi/2) q;"),
    "p": (("lambda",), "q", "U(0, 0, lambda) q;"),
    "u1": (("lambda",), "q", "U(0, 0, lambda) q;"),
    "u2": (("phi", "lambda"), "q", "U(pi/2, phi, lambda) q;"),
    "u3": (("theta", "phi", "lambda"), "q", "U(theta, phi, lambda) q;"),
    "u": (("theta", "phi", "lambda"), "q", "U(theta, phi, lambda) q;"),
    "r": (("theta", "phi"), "q", "U(theta, phi - pi/2, pi/2 - phi) q;"),
    "rx": (("theta",), "q", "U(theta, -pi/2, pi/2) q;"),
    "ry": (("theta",), "q", "U(theta, 0, 0) q;"),
    "rz": (("theta",), "q", "U(0, 0, theta) q;"),
    "cx": ((), "q0, q1", "CX q0, q1;"),
    "cy": ((), "q0, q1", "U(0, 0, -pi/2) q1; CX q0, q1; U(0, 0, pi/2) q1;"),
    "cz": ((), "q0, q1", f"{_H} q1; CX q0, q1; {_H} q1;"),
    "cp": (
        ("lambda",),
        "q0, q1",
        "U(0, 0, lambda/2) q0; CX q0, q1; U(0, 0, -lambda/2) q1; CX q0, q1; U(0, 0, lambda/2) q1;",
    ),
    "swap": ((), "q0, q1", "CX q0, q1; CX q1, q0; CX q0, q1;"),
    "ecr": (
        (),
        "q0, q1",
        "U(0, 0, pi/2) q0; U(pi/2, -pi/2, pi/2) q1; CX q0, q1; U(pi, 0, pi) q0;",
    ),
    "rzz": (("theta",), "q0, q1", "CX q0, q1; U(0, 0, theta) q1; CX q0, q1;"),
    "rxx": (
        ("theta",),
        "q0, q1",
        f"{_H} q0; {_H} q1; CX q0, q1; U(0, 0, theta) q1; CX q0, q1; {_H} q0; {_H} q1;",
    ),
    "rzx": (("theta",), "q0, q1", f"{_H} q1; CX q0, q1; U(0, 0, theta) q1; CX q0, q1; {_H} q1;"),
    "ccx": ((), "q0, q1, q2", _TOFFOLI),
}


def gate(name: str, coupling_map: Sequence[Sequence[int]] | None = None) -> dict[str, Any]:
    """One entry of a configuration's ``gates``; without a map it is allowed on every qubit.

    ``delay`` is opaque in OpenQASM 2; ``reset`` is a statement and has no definition.
    """
    entry: dict[str, Any] = {"name": name, "parameters": [], "qasm_def": None}
    if name == "delay":
        entry |= {"parameters": ["t"], "qasm_def": "opaque delay(t) q;"}
    elif name != "reset":
        parameters, qubits, body = _DEFINITIONS[name]
        head = f"{name}({', '.join(parameters)})" if parameters else name
        entry |= {"parameters": [*parameters], "qasm_def": f"gate {head} {qubits} {{ {body} }}"}
    if coupling_map is not None:
        entry["coupling_map"] = [[*qubits] for qubits in coupling_map]
    return entry
