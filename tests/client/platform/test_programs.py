"""The inputs of the primitives are as the API describes them, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Pauli, SparsePauliOp

from dryshot_client.platform import options as shapes
from dryshot_client.platform.circuits import encode_circuit
from dryshot_client.platform.programs import estimator_params, sampler_params
from tests.client.platform.primitives_stage import Bench, bench

PLAIN = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
ANGLE = 'OPENQASM 3.0; include "stdgates.inc"; input float[64] a; bit[1] c; rz(a) $0; c[0] = measure $0;'  # noqa: E501 - one circuit


def turned() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rz(Parameter("a"), 0)
    circuit.measure_all()
    return circuit


@pytest.fixture
def service() -> Iterator[Bench]:
    with bench() as made:
        yield made


def test_one_circuit_is_one_pub_and_what_is_not_given_is_left_out() -> None:
    assert sampler_params(PLAIN) == {"pubs": [[PLAIN]], "version": 2}
    assert sampler_params(PLAIN, shots=7) == {"pubs": [[PLAIN, None, 7]], "version": 2}
    assert sampler_params(ANGLE, parameters={"a": (1, 2)}) == {
        "pubs": [[ANGLE, {"a": [1, 2]}]],
        "version": 2,
    }


def test_several_circuits_have_settings_of_their_own_or_the_same() -> None:
    params = sampler_params([PLAIN, ANGLE], shots=5, parameters=[None, range(1)])
    assert params["pubs"] == [[PLAIN, None, 5], [ANGLE, [0], 5]]
    assert sampler_params((PLAIN, ANGLE), shots=(None, 8))["pubs"] == [[PLAIN], [ANGLE, None, 8]]
    assert sampler_params([ANGLE], parameters=[[[1], [2]]])["pubs"] == [[ANGLE, [[1], [2]]]]


def test_circuits_and_arrays_of_other_libraries_become_json(service: Bench) -> None:
    circuit = turned()
    values = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)
    params = sampler_params(
        [circuit, circuit, ANGLE],
        shots=np.int64(9),  # type: ignore[arg-type]  # an integer all the same
        parameters=[{"a": values}, np.array([0.5]), {"a": np.float64(2)}],
        options={"default_shots": 10},
    )
    assert params["pubs"] == [
        [encode_circuit(circuit), {"a": values.tolist()}, 9],
        [encode_circuit(circuit), [0.5], 9],
        [ANGLE, {"a": 2.0}, 9],
    ]
    assert type(params["pubs"][0][2]) is int
    assert params["options"] == {"default_shots": 10}
    assert service.submit("sampler", params)


def test_every_way_to_say_observables_becomes_json(service: Bench) -> None:
    circuit = turned()
    operator = SparsePauliOp(["ZZ", "XI", "ZZ"], [1, 0.5, 0.25])
    params = estimator_params(
        [circuit] * 5,
        [
            "ZZ",
            {"XY": 1 + 0j, "0+": np.float64(2)},
            operator,
            [["ZZ"], [Pauli("-XY")]],
            np.array(["ZI", "1r"]),
        ],
        parameters=[[1]] * 5,
        precision=[0.1, None, 1, None, 0.5],
        resilience_level=0,
        options={"resilience": {"zne_mitigation": False}, "default_precision": 0.2},
    )
    sent = encode_circuit(circuit)
    assert params["pubs"] == [
        [sent, "ZZ", [1], 0.1],
        [sent, {"XY": 1.0, "0+": 2.0}, [1]],
        [sent, {"ZZ": 1.25, "XI": 0.5}, [1], 1],
        [sent, [["ZZ"], [{"XY": -1}]], [1]],
        [sent, ["ZI", "1r"], [1], 0.5],
    ]
    assert params["resilience_level"] == 0
    assert service.submit("estimator", params)


def test_observables_of_one_circuit_are_given_bare() -> None:
    assert estimator_params(PLAIN, "Z")["pubs"] == [[PLAIN, "Z"]]
    assert estimator_params(PLAIN, ["Z", "X"])["pubs"] == [[PLAIN, ["Z", "X"]]]
    assert estimator_params(PLAIN, np.array("Z"))["pubs"] == [[PLAIN, "Z"]]
    assert estimator_params([PLAIN], ["Z"])["pubs"] == [[PLAIN, "Z"]]
    assert estimator_params([PLAIN], [["Z", "X"]])["pubs"] == [[PLAIN, ["Z", "X"]]]
    params = estimator_params(PLAIN, {"Z": 0.5}, precision=0.25)
    assert params == {"pubs": [[PLAIN, {"Z": 0.5}, None, 0.25]], "version": 2}


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"circuits": []}, ValueError, "circuits is empty"),
    ({"circuits": 3}, TypeError, "circuits is int"),
    ({"circuits": b"OPENQASM 3.0;"}, TypeError, "circuits is bytes"),
    ({"circuits": [PLAIN, "x"]}, ValueError, r"circuits\[1\] does not begin"),
    ({"shots": 0}, ValueError, "shots is 0; it is from 1 on"),
    ({"shots": True}, TypeError, "shots is True"),
    ({"shots": 1.0}, TypeError, "shots is 1.0"),
    ({"shots": [1]}, TypeError, "shots is "),
    ({"circuits": [PLAIN], "shots": [1, 2]}, ValueError, "shots has 2 entries for 1 circuits"),
    ({"circuits": [PLAIN], "shots": [0]}, ValueError, r"shots\[0\] is 0"),
    ({"parameters": 3}, TypeError, "parameters is 3"),
    ({"parameters": "a"}, ValueError, "parameters holds 'a'"),
    ({"parameters": {"a": "1"}}, ValueError, r"parameters\['a'\] holds '1'"),
    ({"parameters": {"a": True}}, ValueError, r"parameters\['a'\] holds True"),
    ({"parameters": {"a": float("nan")}}, ValueError, r"parameters\['a'\] holds nan"),
    ({"parameters": {"a": [[1], [2, 3]]}}, ValueError, r"parameters\['a'\] is nested unevenly"),
    ({"parameters": [1, [2]]}, ValueError, "parameters mixes"),
    ({"parameters": {Parameter("a"): 1}}, TypeError, "parameters has the key"),
    ({"parameters": {"": 1}}, ValueError, "parameters has an empty name"),
    ({"circuits": [PLAIN], "parameters": {"a": 1}}, TypeError, "parameters is not a sequence"),
    ({"circuits": [PLAIN], "parameters": []}, ValueError, "parameters has 0 entries"),
    ({"circuits": [PLAIN], "parameters": [3]}, TypeError, r"parameters\[0\] is 3"),
    ({"options": {"shots": 3}}, ValueError, "options has shots; it may have default_shots"),
    ({"options": []}, TypeError, "options is list"),
]


@pytest.mark.parametrize(("arguments", "error", "words"), WRONG)
def test_a_wrong_argument_of_the_sampler_is_named(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=f"^{words}"):
        sampler_params(**{"circuits": PLAIN, **arguments})


WRONG_OF_ESTIMATOR: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"observables": "ZQ"}, ValueError, "observables has the text 'ZQ'"),
    ({"observables": ""}, ValueError, "observables has the text ''"),
    ({"observables": []}, ValueError, "observables is empty"),
    ({"observables": [[]]}, ValueError, "observables is empty"),
    ({"observables": 3}, TypeError, "observables is int"),
    ({"observables": b"Z"}, TypeError, "observables is bytes"),
    ({"observables": {3: 1}}, TypeError, "observables has 3"),
    ({"observables": ["Z", ["Z"]]}, ValueError, "observables mixes"),
    ({"observables": [["Z"], ["Z", "X"]]}, ValueError, "observables is nested unevenly"),
    ({"observables": ["Z", "ZZ"]}, ValueError, "observables are for 1 and 2 qubits"),
    ({"observables": {"Z": 1j}}, ValueError, r"observables\['Z'\] is 1j"),
    ({"observables": {"Z": True}}, TypeError, r"observables\['Z'\] is True"),
    ({"observables": {"Z": "1"}}, TypeError, r"observables\['Z'\] is '1'"),
    ({"observables": {"Z": float("inf")}}, ValueError, r"observables\['Z'\] is inf"),
    ({"observables": Pauli("iZ")}, ValueError, r"observables\['Z'\] is 1j"),
    ({"circuits": [PLAIN], "observables": "Z"}, TypeError, "observables is not a sequence"),
    (
        {"circuits": [PLAIN], "observables": SparsePauliOp("Z")},
        TypeError,
        "observables is not a sequence",
    ),
    ({"circuits": [PLAIN], "observables": ["Z", "X"]}, ValueError, "observables has 2 entries"),
    (
        {"circuits": [QuantumCircuit(2)], "observables": ["ZZZ"]},
        ValueError,
        r"observables\[0\] are for 3 qubits; the circuit has 2",
    ),
    ({"precision": 0}, ValueError, "precision is 0; it is above 0"),
    ({"precision": "1"}, TypeError, "precision is '1'"),
    ({"precision": float("nan")}, ValueError, "precision is nan"),
    ({"resilience_level": 3}, ValueError, "resilience_level is 3; it is from 0 to 2"),
    ({"resilience_level": True}, TypeError, "resilience_level is True"),
    ({"options": {"default_shotz": 3}}, ValueError, "options has default_shotz"),
]


@pytest.mark.parametrize(("arguments", "error", "words"), WRONG_OF_ESTIMATOR)
def test_a_wrong_argument_of_the_estimator_is_named(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=f"^{words}"):
        estimator_params(**{"circuits": PLAIN, "observables": "Z", **arguments})


@given(st.text("IXYZ", min_size=1, max_size=6), st.sampled_from(["", "-", "i", "-i"]))
@settings(deadline=None, derandomize=True)
def test_the_phase_of_a_pauli_becomes_its_coefficient(label: str, phase: str) -> None:
    pauli = Pauli(phase + label)
    if "i" in phase:
        with pytest.raises(ValueError, match="not real"):
            estimator_params(PLAIN, pauli)
    else:
        value = -1 if phase else 1
        assert estimator_params(PLAIN, pauli)["pubs"] == [[PLAIN, {label: value}]]


DOCUMENT = files("dryshot") / "specs" / "platform-runtime.json"
SCHEMAS = json.loads(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]
SAME = {
    "DynamicalDecoupling": shapes.DynamicalDecouplingOptions,
    "EstimatorExecution": shapes.EstimatorExecutionOptions,
    "EstimatorOptions": shapes.EstimatorOptions,
    "LayerNoiseLearning": shapes.LayerNoiseLearningOptions,
    "MeasureNoiseLearning": shapes.MeasureNoiseLearningOptions,
    "Pec": shapes.PecOptions,
    "Resilience": shapes.ResilienceOptions,
    "SamplerExecution": shapes.SamplerExecutionOptions,
    "SamplerOptions": shapes.SamplerOptions,
    "Simulator": shapes.SimulatorOptions,
    "Twirling": shapes.TwirlingOptions,
    "Zne": shapes.ZneOptions,
}


def choices(hint: Any) -> set[Any]:
    """The words that a type allows."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*map(choices, get_args(hint)))


def words(schema: dict[str, Any]) -> set[Any]:
    """The words that a schema allows, where it is not for an object."""
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "object":
        return set()
    found = set(schema.get("enum", [])) | ({schema["const"]} if "const" in schema else set())
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return found.union(*(words(part) for part in inner))


@pytest.mark.parametrize("name", SAME)
def test_options_are_those_of_the_description(name: str) -> None:
    hints = get_type_hints(SAME[name])
    described = SCHEMAS[name]["properties"]
    assert hints.keys() == described.keys()
    for key, schema in described.items():
        assert choices(hints[key]) == words(schema), key
        kinds = [schema.get("type"), *(part.get("type") for part in schema.get("anyOf", []))]
        nullable = any("null" in kind for kind in kinds if kind)
        assert (type(None) in get_args(hints[key])) == nullable, key
