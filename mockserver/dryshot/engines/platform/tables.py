"""A circuit run for many sets of parameter values, as one table of all the bits it read."""

from __future__ import annotations

from dataclasses import replace
from math import pi
from typing import TYPE_CHECKING, Any

from dryshot.engines.bench import SECOND
from dryshot.engines.device import Gate
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.noise import contraction, readout_of
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.components import Lone, split
from dryshot.engines.platform.readout import booleans
from dryshot.engines.platform.target import check_angles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["run_table"]

NARROW = 10
"""Circuits up to this width are run whole."""
STREAMS = 2**20


def run_table(
    bench: TargetBench,
    pub: Pub,
    prepared: Prepared,
    key: str,
    values: NDArray[np.float64],
    *,
    twirled: bool = False,
) -> NDArray[np.bool_]:
    """Booleans of shape ``(sets, shots, bits)``; ``values`` has a row for each set.

    The columns of ``values`` are the parameters of the circuit as it was sent; ``key`` tells its
    content. A wide circuit is run in the parts that it falls into.
    """
    import numpy as np

    columns = {
        parameter: values[:, place] for place, parameter in enumerate(prepared.sent.parameters)
    }
    device = bench.device
    whole = prepared.circuit.num_qubits <= NARROW or prepared.dynamic
    if device is None or whole:
        return _run(bench, pub, prepared, columns, len(values), twirled=twirled)
    lone, parts = bench.store.prepared.get(
        ("parts", key, device.fingerprint), lambda: split(prepared)
    )
    table = np.zeros((len(values), pub.shots, prepared.circuit.num_clbits), dtype=bool)
    seconds, executions = bench.seconds, bench.executions
    for place, part in enumerate(parts):
        if part.clbits:
            own = replace(pub, index=pub.index + (place + 1) * STREAMS)
            bits = _run(bench, own, part.prepared, columns, len(values), twirled=twirled)
            table[..., list(part.clbits)] = bits
    total = len(values) * pub.shots
    bench.seconds = seconds + total * (prepared.duration + device.rep_delay) / SECOND
    bench.executions = executions + total
    rng = np.random.default_rng(bench.seed(pub.index, len("lone")))
    for qubit in lone:
        if qubit.clbit is not None:
            one = _chance_of_one(bench, qubit, columns, len(values))
            chance = _read(bench, qubit, one, twirled=twirled)
            table[..., qubit.clbit] = rng.random(table.shape[:2]) < chance[:, None]
    return table


def _run(
    bench: TargetBench,
    pub: Pub,
    prepared: Prepared,
    columns: dict[Any, Any],
    rows: int,
    *,
    twirled: bool,
) -> NDArray[np.bool_]:
    names = [name for name in prepared.circuit.parameters if name in columns]
    circuits = [
        prepared.circuit.assign_parameters({name: float(columns[name][row]) for name in names})
        if names
        else prepared.circuit
        for row in range(rows)
    ]
    if bench.device is not None and names:
        check_angles(circuits)
    runs = bench.run(pub, prepared, circuits, memory=True, twirled=twirled)
    return booleans([run.memory or [] for run in runs], prepared.circuit.num_clbits, pub.shots)


def _chance_of_one(
    bench: TargetBench, qubit: Lone, columns: dict[Any, Any], rows: int
) -> NDArray[np.float64]:
    """How likely a lone qubit is read as 1, for each set of values: its Bloch vector, followed."""
    import numpy as np

    device = bench.device
    assert device is not None  # noqa: S101 - only circuits on devices come in parts
    x, y, z = np.zeros(rows), np.zeros(rows), np.ones(rows)
    for name, raw in qubit.gates:
        angle = {"sx": pi / 2, "x": pi, "id": 0.0}.get(name)
        turn = _angles(raw, columns, rows) if angle is None else np.full(rows, angle)
        cosine, sine = np.cos(turn), np.sin(turn)
        if name == "rz":
            x, y = cosine * x - sine * y, sine * x + cosine * y
        else:
            y, z = cosine * y - sine * z, sine * y + cosine * z
        if bench.noise:
            gate = device.gate(name, (qubit.physical,)) or Gate()
            across, along, added = contraction(gate, device.qubits[qubit.physical])
            x, y, z = across * x, across * y, along * z + added
    return np.clip((1 - z) / 2, 0.0, 1.0)


def _read(
    bench: TargetBench, qubit: Lone, one: NDArray[np.float64], *, twirled: bool
) -> NDArray[np.float64]:
    """How likely 1 is read, if the state is 1 with the chance ``one``."""
    if bench.device is None or not bench.noise:
        return one
    ((p10, p01),) = readout_of(bench.device, (qubit.physical,), twirled=twirled)
    return one * (1 - p01) + (1 - one) * p10


def _angles(raw: Any, columns: dict[Any, Any], rows: int) -> NDArray[np.float64]:
    """A gate's angle for each set of values."""
    import numpy as np

    if raw in columns:
        return np.asarray(columns[raw], dtype=float)
    own = list(getattr(raw, "parameters", ()))
    if not own:
        return np.full(rows, float(raw))
    return np.array(
        [float(raw.bind({name: float(columns[name][row]) for name in own})) for row in range(rows)]
    )
