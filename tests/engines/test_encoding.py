"""What the official client sends, written by its own encoder, is read as it was meant."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from math import pi
from typing import Any

import pytest

from dryshot.engines import AerEngine
from dryshot.engines.encoding import decode
from dryshot.engines.failure import ProgramError
from dryshot.world.backends import Backend

from .backends import BELL, simulator, task

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def wire() -> Callable[[Any], Any]:
    """A value as the client puts it on the wire."""
    runtime = pytest.importorskip("qiskit_ibm_runtime")

    def encode(value: Any) -> Any:
        return json.loads(json.dumps(value, cls=runtime.RuntimeEncoder))

    return encode


def rotated() -> Any:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2, 2, name="rotated")
    circuit.rx(a, 0)
    circuit.rx(2 * b, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def test_values_survive_the_clients_encoder(wire: Callable[[Any], Any]) -> None:
    import numpy as np
    from qiskit.circuit import Parameter
    from qiskit.circuit.library import RZZGate
    from qiskit.quantum_info import Operator, Pauli, PauliList, SparsePauliOp

    parameter = Parameter("θ")
    operator = SparsePauliOp(["XX", "ZI"], [0.5, 2])
    instant = datetime(2023, 9, 11, 17, 27, 49, tzinfo=UTC)
    values = [parameter, operator, PauliList(["X", "Y"]), Pauli("XZ"), 1 + 2j, {1, 2}, instant]
    assert decode(wire(values)) == values
    assert decode(wire(Operator(Pauli("Y")))) == Operator(Pauli("Y"))
    assert decode(wire(RZZGate(0.5))) == RZZGate(0.5)
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(decode(wire(array)), array)
    assert decode({"__type__": "ndarray", "__value__": [[1, 2]]}).tolist() == [[1, 2]]
    assert decode({"1": 2, "x": 3, "__int_keys__": True}) == {1: 2, "x": 3}


def test_circuits_survive_the_clients_encoder(wire: Callable[[Any], Any]) -> None:
    circuit = rotated()
    assert decode(wire(circuit)) == circuit


def test_containers_survive_the_clients_encoder(wire: Callable[[Any], Any]) -> None:
    import numpy as np
    from qiskit.primitives.containers.bindings_array import BindingsArray
    from qiskit.primitives.containers.observables_array import ObservablesArray

    array = BindingsArray({("a", "b"): np.arange(6.0).reshape(3, 2)})
    back = decode(wire(array))
    assert back.shape == array.shape
    np.testing.assert_array_equal(back.as_array(["b", "a"]), array.as_array(["b", "a"]))
    observables = ObservablesArray([["XX"], [{"ZZ": 2.0}]])
    assert decode(wire(observables)).tolist() == observables.tolist()


def test_encoded_circuits_with_named_values_run(run: Run, wire: Callable[[Any], Any]) -> None:
    circuit = rotated()
    params = {
        "circuits": wire([circuit]),
        "parameters": wire([list(circuit.parameters)]),
        "circuit_indices": [0, 0],
        "parameter_values": [[pi, 0], [0, pi / 2]],
    }
    result = run("sampler", simulator(), **params)
    assert result["quasi_dists"] == [{"01": 1.0}, {"10": 1.0}]


def test_the_clients_own_pubs_run(run: Run, wire: Callable[[Any], Any]) -> None:
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.primitives.containers.sampler_pub import SamplerPub

    circuit = rotated()
    pub = SamplerPub.coerce((circuit, [[0, 0], [pi, 0], [0, pi / 2]], 2))
    result = run("sampler", simulator(), pubs=wire([pub]), version=2)
    samples = result["results"][0]["data"]["c"]["samples"]
    assert samples == [["0x0", "0x0"], ["0x1", "0x1"], ["0x2", "0x2"]]
    bare = circuit.remove_final_measurements(inplace=False)
    other = EstimatorPub.coerce((bare, ["IZ", "ZI"], [pi, 0], 0.1))
    result = run("estimator", simulator(), pubs=wire([other]), version=2)
    assert result["results"][0]["data"]["evs"] == [-1.0, 1.0]


def test_encoded_observables_run(run: Run, wire: Callable[[Any], Any]) -> None:
    from qiskit.quantum_info import Pauli, SparsePauliOp

    bare = BELL.replace("measure q->c;", "")
    wanted = wire([SparsePauliOp(["XX", "ZZ"], [1, 2]), Pauli("YY")])
    result = run("estimator", simulator(), circuits=[bare, bare], observables=wanted)
    assert result["values"] == pytest.approx([3, -1])


def test_a_noise_model_given_to_a_simulator_is_used(run: Run, wire: Callable[[Any], Any]) -> None:
    from qiskit_aer.noise import NoiseModel, ReadoutError

    model = NoiseModel()
    model.add_all_qubit_readout_error(ReadoutError([[0, 1], [1, 0]]))
    params = {"circuits": [BELL.replace("h q[0];", "")], "run_options": {}}
    assert run("sampler", simulator(), **params)["quasi_dists"] == [{"00": 1.0}]
    params["run_options"] = {"noise_model": wire(model)}
    assert run("sampler", simulator(), **params)["quasi_dists"] == [{"11": 1.0}]


def test_the_client_decodes_results_in_qiskits_types(
    aer: AerEngine, wire: Callable[[Any], Any], lagos: Backend
) -> None:
    runtime = pytest.importorskip("qiskit_ibm_runtime")

    params = {"pubs": wire([(rotated(), [[pi, 0], [0, 0]], 20)]), "support_qiskit": True}
    outcome = aer(task("sampler", simulator(), version=2, **params))
    result = json.loads(outcome.body, cls=runtime.RuntimeDecoder)
    assert result[0].data.c.shape == (2,)
    assert result[0].data.c.get_counts(0) == {"01": 20}
    pub = (rotated().remove_final_measurements(inplace=False), "ZZ", [pi, 0], 0.1)
    outcome = aer(task("estimator", lagos, version=2, pubs=wire([pub]), support_qiskit=True))
    result = json.loads(outcome.body, cls=runtime.RuntimeDecoder)
    assert result[0].data.evs.shape == ()
    assert float(result[0].data.evs) == pytest.approx(-1, abs=0.2)


@pytest.mark.parametrize(
    "value",
    [
        {"__type__": "settings", "__module__": "os", "__class__": "system", "__value__": {}},
        {"__type__": "settings", "__module__": "x", "__class__": "QuantumCircuit", "__value__": {}},
        {"__type__": "spmatrix", "__value__": ""},
        {"__type__": "ndarray", "__value__": "not base64!"},
        {"__type__": "QuantumCircuit"},
        {"__type__": ["list"], "__value__": 1},
    ],
)
def test_what_is_not_on_the_list_is_refused(value: Any) -> None:
    with pytest.raises(ProgramError):
        decode(value)


def test_an_array_of_pickled_objects_is_refused() -> None:
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    text = base64.b64encode(zlib.compress(buffer.getvalue())).decode()
    with pytest.raises(ProgramError, match="allow_pickle"):
        decode({"__type__": "ndarray", "__value__": text})
