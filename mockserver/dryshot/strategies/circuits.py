"""OpenQASM 3 texts that any backend, or one device, can run."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import strategies as st

__all__ = ["GATES", "circuits"]


class Gate(NamedTuple):
    """How many angles and qubits a gate takes."""

    angles: int
    qubits: int


GATES = {
    **dict.fromkeys(("x", "sx", "h", "y", "z", "s", "sdg", "t", "tdg"), Gate(0, 1)),
    **dict.fromkeys(("rz", "rx", "ry", "p"), Gate(1, 1)),
    **dict.fromkeys(("cx", "cz", "cy", "swap", "ecr"), Gate(0, 2)),
}
"""The gates that circuits may be made of.

Not ``id``, which readers of OpenQASM turn into another gate; not ``rzz``, whose angles have limits.
"""

_UNIVERSAL = ("x", "h", "s", "t", "sx", "rz", "ry", "cx", "cz", "swap")
_DEFINITIONS = {
    "ecr": "gate ecr a, b { s a; sx b; cx a, b; x a; }",
}
"""Of gates that ``stdgates.inc`` lacks."""
_FRACTIONAL = ("rx", "rzz")
"""Of devices that have ``sx`` as well; learners refuse them."""
_MOST_QUBITS = 4
_CALIBRATED = datetime(2023, 9, 11, tzinfo=UTC)
"""No gate and no edge depends on it."""


def circuits(
    num_qubits: int | None = None,
    *,
    gates: Collection[str] | None = None,
    backend: str | None = None,
    edges: Iterable[Sequence[int]] | None = None,
    physical: bool | None = None,
    max_gates: int = 8,
    measured: bool = True,
) -> st.SearchStrategy[str]:
    """OpenQASM 3 texts; each qubit is measured into a bit of the register ``c``.

    Args:
        num_qubits: how many; 1 to 4 if it is not said.
        gates: what they are made of, of those in :data:`GATES`; others are left out, so that a
            device's ``basis_gates`` can be given as they are.
        backend: one of the mock's devices: its gates and its edges, on physical qubits.
        edges: pairs of qubits that a gate may join; any pair if it is not said.
        physical: whether qubits are the device's own, ``$0`` and so on, which a device of the
            platform needs. They are if there are edges.
        max_gates: at most so many gates.
        measured: without, there are no measurements and no bits, as estimators want it.

    ``ValueError`` if nothing can be made of this.
    """
    pairs = None if edges is None else frozenset((int(a), int(b)) for a, b in edges)
    if backend is not None:
        native, joined = _device(backend)
        gates = native if gates is None else gates
        pairs = (joined or None) if pairs is None else pairs
    given = _UNIVERSAL if gates is None else gates
    usable = [name for name in GATES if name in given]
    if not usable:
        raise ValueError(f"none of the gates {', '.join(given)} is one of {', '.join(GATES)}")
    if num_qubits is not None and num_qubits < 1:
        raise ValueError(f"{num_qubits} qubits; there is 1 at least")
    order = _connected(pairs) if pairs else None
    most = len(order) if order else None
    if num_qubits and most and num_qubits > most:
        raise ValueError(f"{num_qubits} qubits; only {most} are joined by edges")
    named = bool(pairs) if physical is None else physical
    wanted = st.just(num_qubits) if num_qubits else st.integers(1, min(most or 4, _MOST_QUBITS))
    return wanted.flatmap(
        lambda n: _texts(
            tuple((order or range(n))[:n]),
            usable,
            pairs,
            physical=named,
            max_gates=max_gates,
            measured=measured,
        )
    )


def _texts(
    qubits: Sequence[int],
    gates: Sequence[str],
    edges: frozenset[tuple[int, int]] | None,
    *,
    physical: bool,
    max_gates: int,
    measured: bool,
) -> st.SearchStrategy[str]:
    pairs = [
        (a, b)
        for a in qubits
        for b in qubits
        if a != b and (edges is None or (a, b) in edges or (b, a) in edges)
    ]
    names = {qubit: f"${qubit}" if physical else f"q[{n}]" for n, qubit in enumerate(qubits)}
    lines = []
    for name in gates:
        angles, size = GATES[name]
        places: list[tuple[int, ...]] = [*pairs] if size > 1 else [(qubit,) for qubit in qubits]
        if not places:
            continue
        angle = st.integers(-7, 8).map(lambda n: f"({n}*pi/8)") if angles else st.just("")
        where = st.sampled_from([", ".join(names[qubit] for qubit in place) for place in places])
        lines.append(st.builds(functools.partial(_line, name), angle, where))
    head = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    head += [_DEFINITIONS[name] for name in gates if name in _DEFINITIONS]
    head += [] if physical else [f"qubit[{len(qubits)}] q;"]
    head += [f"bit[{len(qubits)}] c;"] if measured else []
    tail = [f"c[{n}] = measure {names[qubit]};" for n, qubit in enumerate(qubits) if measured]
    least = 0 if measured or not physical else 1
    body = st.lists(st.one_of(lines), min_size=least, max_size=max(least, max_gates))
    return body.map(lambda made: "\n".join([*head, *made, *tail, ""]))


def _line(name: str, angle: str, where: str) -> str:
    return f"{name}{angle} {where};"


def _connected(edges: Collection[tuple[int, int]]) -> list[int]:
    """Qubits in an order in which each is joined to one before it, from the lowest one on."""
    order = [min(min(edge) for edge in edges)]
    for qubit in order:
        near = {b for a, b in edges if a == qubit} | {a for a, b in edges if b == qubit}
        order += sorted(near - {*order})
    return order


@functools.cache
def _device(name: str) -> tuple[tuple[str, ...], frozenset[tuple[int, int]]]:
    """Basis gates and edges of one of the mock's devices; a simulator has no edges."""
    from dryshot.world.devices import catalogue, snapshots

    known = {**catalogue(seed=0, calibrated=_CALIBRATED), **snapshots()}
    if name not in known:
        raise ValueError(f"{name!r} is none of the mock's devices; say gates= and edges= for it")
    configuration = known[name].configuration
    joined = configuration.get("coupling_map") or ()
    native = tuple(gate for gate in configuration["basis_gates"] if gate not in _FRACTIONAL)
    return native, frozenset((a, b) for a, b in joined)
