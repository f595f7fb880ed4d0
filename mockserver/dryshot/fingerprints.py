"""When two submissions ask for the same work.

What counts is the program, the backend, the parameters with their options, and the session that
they are in. What does not: ids, tags, instants, names of instances, limits of cost, the order of
keys. In OpenQASM comments do not count, and any white space is as good as any other. What is sent
compressed (circuits as QPY, arrays) is compared by what is in it; of a circuit, if Qiskit is
installed, by its operations and not by its name, which Qiskit counts up, nor by the version of the
format. Without Qiskit a circuit's bytes count as they are, once inflated.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from dryshot.engines.encoding import unpack
from dryshot.engines.failure import ProgramError

__all__ = ["CIRCUIT", "canonical", "fingerprint", "submission"]

CIRCUIT = "circuit"
"""The only key of what stands for a circuit in a canonical value: its lines."""

_FIELDS = ("program_id", "backend", "params", "private", "calibration_id", "start_session")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(r"[^;{}]*[;{}]?")
_QPY = b"QISKIT"


def submission(body: Any, session: str | None = None) -> Any:
    """The canonical form of a job's submission; ``session`` is the one that it joins, if any."""
    if not isinstance(body, Mapping):
        return canonical(body)
    kept = {name: body[name] for name in _FIELDS if body.get(name) not in (None, False)}
    return canonical(kept | ({} if session is None else {"session": session}))


def fingerprint(value: Any) -> str:
    """A short text that equal canonical values share."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def canonical(value: Any) -> Any:
    """A JSON value with every circuit, and all that is compressed, in a form to be compared."""
    if isinstance(value, str):
        is_qasm = value.lstrip().startswith(("OPENQASM", "//", "/*")) and "OPENQASM" in value
        return {CIRCUIT: _statements(value)} if is_qasm else value
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kind, text = value.get("__type__"), value.get("__value__")
    if isinstance(kind, str) and isinstance(text, str):
        try:
            content = unpack(text)
        except (ProgramError, ValueError, zlib.error):
            return dict(value)
        if content.startswith(_QPY):
            return {CIRCUIT: _qpy(content)}
        return {"__type__": kind, "content": hashlib.blake2b(content, digest_size=16).hexdigest()}
    return {key: canonical(item) for key, item in value.items()}


def _statements(qasm: str) -> list[str]:
    """One line for each statement."""
    text = " ".join(_COMMENT.sub(" ", qasm).split())
    return [line for found in _STATEMENT.findall(text) if (line := found.strip())]


def _qpy(content: bytes) -> list[str]:
    try:
        from qiskit import qpy
    except ImportError:
        return [hashlib.blake2b(content, digest_size=16).hexdigest()]
    try:
        circuits = qpy.load(io.BytesIO(content))
    except Exception:  # noqa: BLE001 - whatever cannot be read is compared as it is
        return [hashlib.blake2b(content, digest_size=16).hexdigest()]
    return [line for circuit in circuits for line in _operations(circuit)]


def _operations(circuit: Any, indent: str = "") -> Iterator[str]:
    """One line for each operation of a Qiskit circuit, with those of its blocks below it."""
    yield f"{indent}qubits {circuit.num_qubits}, phase {circuit.global_phase}"
    for register in circuit.cregs:
        yield f"{indent}bit[{register.size}] {register.name}"
    qubits = {bit: index for index, bit in enumerate(circuit.qubits)}
    bits = {bit: index for index, bit in enumerate(circuit.clbits)}
    for item in circuit.data:
        operation = item.operation
        blocks = getattr(operation, "blocks", ())
        values = () if blocks else getattr(operation, "params", ())
        given = f"({', '.join(map(_value, values))})" if values else ""
        on = ", ".join(f"q[{qubits[bit]}]" for bit in item.qubits)
        into = "".join(f" -> c[{bits[bit]}]" for bit in item.clbits)
        condition = getattr(operation, "condition", None)
        when = "" if condition is None else f" if {_condition(condition, bits)}"
        duration = getattr(operation, "duration", None)
        lasting = "" if operation.name != "delay" else f" for {duration} {operation.unit}"
        yield f"{indent}{operation.name}{given} {on}{into}{lasting}{when}"
        for block in blocks:
            yield from _operations(block, f"{indent}  ")


def _value(value: Any) -> str:
    tolist = getattr(value, "tolist", None)
    return str(value if tolist is None else tolist())


def _condition(condition: Any, bits: Mapping[Any, int]) -> str:
    if not isinstance(condition, tuple):
        return str(condition)
    what, value = condition
    name = f"c[{bits[what]}]" if what in bits else getattr(what, "name", str(what))
    return f"{name} == {value}"
