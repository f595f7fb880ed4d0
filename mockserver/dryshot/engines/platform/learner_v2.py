"""The second noise learner: the noise of the layers that occur most often in given circuits."""

from __future__ import annotations

import base64
import io
import zlib
from collections import Counter
from typing import Any

from dryshot.engines.encoding import encode
from dryshot.engines.failure import within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.platform.bench import TargetBench
from dryshot.engines.platform.cancellation import Layer, layers_of
from dryshot.engines.platform.learning import Effort, Generator, learn_layer
from dryshot.engines.platform.options import STRATEGIES
from dryshot.engines.platform.sections import Section

__all__ = ["learn_circuits"]

LAYERS = 4
SHOTS = 128
RANDOMIZATIONS = 32
DEPTHS = (0, 1, 2, 4, 16, 32)
QPY_VERSION = 13
MODULE = "qiskit_ibm_runtime.utils.noise_learner_result"
PAULI_LIST = "qiskit.quantum_info.operators.symplectic.pauli_list"

Found = tuple[Layer, tuple[int, ...]]
"""A layer, and the physical qubits that are twirled with it."""


def learn_circuits(bench: TargetBench) -> dict[str, Any]:
    """The result of a job, in IBM's encoding."""
    root = Section(bench.task.params, "params")
    options = root.section("options")
    strategy = options.choice("twirling_strategy", STRATEGIES, "active-accum")
    depths = options.numbers("layer_pair_depths", above=0) or DEPTHS
    effort = Effort(
        options.count("shots_per_randomization") or SHOTS,
        options.count("num_randomizations") or RANDOMIZATIONS,
        tuple(int(depth) for depth in depths),
    )
    unlimited = (bench.task.params.get("options") or {}).get("max_layers_to_learn", LAYERS) is None
    most = None if unlimited else options.count("max_layers_to_learn", low=0)
    most = LAYERS if most is None and not unlimited else most
    counted: Counter[Found] = Counter()
    for index, raw in enumerate(root.raw("circuits", [])):
        pub = Pub(index, raw, 1)
        with within(index):
            prepared = bench.prepare(pub, measured=False)
            counted.update(_layers(prepared, strategy))
    data = []
    for index, ((layer, qubits), _) in enumerate(counted.most_common(most)):
        generators = learn_layer(bench, layer, qubits, effort, bench.seed(index))
        data.append(_error(layer, qubits, generators))
    used = {
        "max_layers_to_learn": most,
        "shots_per_randomization": effort.shots,
        "num_randomizations": effort.randomizations,
        "layer_pair_depths": list(effort.depths),
        "twirling_strategy": strategy,
    }
    return {"data": data, "metadata": {"backend": bench.task.backend.name, "input_options": used}}


def _layers(prepared: Prepared, strategy: str) -> list[Found]:
    layers = layers_of(prepared)
    active = [{qubit for _, pair in layer for qubit in pair} for layer in layers]
    found = []
    for place, layer in enumerate(layers):
        match strategy:
            case "active":
                twirled = active[place]
            case "active-accum":
                twirled = set().union(*active[: place + 1])
            case "active-circuit":
                twirled = set().union(*active)
            case _:
                twirled = set(prepared.physical)
        found.append((layer, tuple(sorted(twirled))))
    return found


def _error(layer: Layer, qubits: tuple[int, ...], generators: list[Generator]) -> dict[str, Any]:
    import numpy as np

    labels = []
    for item in generators:
        letters = ["I"] * len(qubits)
        for at, letter in zip(item.qubits, item.pauli, strict=True):
            letters[-1 - at] = letter
        labels.append("".join(letters))
    paulis = _typed("settings", PAULI_LIST, "PauliList", {"data": labels})
    rates = encode(np.array([item.rate for item in generators]))
    error = _typed("_json", MODULE, "PauliLindbladError", {"generators": paulis, "rates": rates})
    content = {"circuit": _circuit(layer, qubits), "qubits": list(qubits), "error": error}
    return _typed("_json", MODULE, "LayerError", content)


def _typed(kind: str, module: str, name: str, value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__module__": module, "__class__": name, "__value__": value}


def _circuit(layer: Layer, qubits: tuple[int, ...]) -> dict[str, Any]:
    from qiskit import QuantumCircuit, qpy
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known = get_standard_gate_name_mapping()
    circuit = QuantumCircuit(len(qubits))
    for name, pair in sorted(layer):
        circuit.append(known[name], [qubits.index(qubit) for qubit in pair])
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer, version=QPY_VERSION)
    packed = base64.b64encode(zlib.compress(buffer.getvalue())).decode()
    return {"__type__": "QuantumCircuit", "__value__": packed}
