from __future__ import annotations

import json
import pickle
import warnings
from math import prod
from typing import Any

import pytest

from dryshot.engines import AerEngine, StubEngine, StubResultWarning
from dryshot.engines.shapes import array_shape, broadcast, circuit_shape
from dryshot.errors import DryshotError
from dryshot.world.backends import Backend

from .backends import BELL, SEED, line, simulator, task

HEAD = 'OPENQASM 3; include "stdgates.inc"; '
TWO_REGISTERS = (
    HEAD + "qubit[3] q; bit[2] low; bit high; low = measure q[0:1]; high = measure q[2];"
)
TWO_ANGLES = HEAD + "input float a; input float b; qubit[2] q; bit[2] c; rx(a) q[0]; rx(b) q[1]; "


@pytest.fixture
def stub() -> StubEngine:
    """A stub that has given its warning."""
    engine = StubEngine()
    with pytest.warns(StubResultWarning, match="made up"):
        engine(task("sampler", simulator(), circuits=[SEED]))
    return engine


def result(engine: StubEngine | AerEngine, program: str, backend: Backend, **params: Any) -> Any:
    outcome = engine(task(program, backend, **params))
    assert not outcome.failed, outcome.body
    return json.loads(outcome.body)


def skeleton(value: Any, depth: int = 0) -> Any:
    """The outline of a result: keys, and shapes of lists, without its figures and its flag."""
    if isinstance(value, dict):
        return {key: skeleton(item) for key, item in value.items() if key != "engine"}
    if isinstance(value, list):
        return [skeleton(item, depth + 1) for item in value]
    return "value"


def test_it_warns_once_for_each_engine() -> None:
    engine = StubEngine()
    with pytest.warns(StubResultWarning):
        engine(task("sampler", simulator(), circuits=[SEED]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine(task("sampler", simulator(), circuits=[SEED]))
        pickle.loads(pickle.dumps(engine))(task("sampler", simulator(), circuits=[SEED]))  # noqa: S301 - made here
    assert not issubclass(StubResultWarning, DryshotError)


@pytest.mark.parametrize(
    ("program", "params", "flags"),
    [
        ("sampler", {"circuits": [SEED]}, lambda body: body["metadata"][0]),
        (
            "estimator",
            {"circuits": [BELL], "observables": ["ZZ"]},
            lambda body: body["metadata"][0],
        ),
        ("sampler", {"pubs": [SEED]}, lambda body: body["metadata"]),
        ("estimator", {"pubs": [[BELL, "ZZ"]]}, lambda body: body["results"][0]["metadata"]),
        ("circuit-runner", {"circuits": BELL}, lambda body: body["results"][0]["metadata"]),
    ],
)
def test_every_result_says_where_it_is_from(
    stub: StubEngine, program: str, params: dict[str, Any], flags: Any
) -> None:
    assert flags(result(stub, program, simulator(), **params))["engine"] == "stub"


@pytest.mark.parametrize(
    ("program", "params"),
    [
        ("estimator", {"circuits": [BELL] * 2, "observables": ["ZZ", "XX"]}),
        ("sampler", {"pubs": [[TWO_REGISTERS, None, 5], [SEED, None, 3]], "version": 2}),
        ("sampler", {"pubs": [[TWO_ANGLES + "c = measure q;", [[1, 2], [3, 4]], 3]]}),
        ("sampler", {"pubs": [[TWO_ANGLES + "c = measure q;", {"a": [1, 2], "b": [3, 4]}, 3]]}),
        ("sampler", {"pubs": [[TWO_ANGLES + "c = measure q;", {"a,b": [[1, 2]]}, 3]]}),
        ("estimator", {"pubs": [[TWO_ANGLES, [["ZZ"], ["XX"]], [[1, 2], [3, 4], [5, 6]]]]}),
        ("estimator", {"pubs": [[BELL, {"ZZ": 1.0}, None, 0.1]]}),
    ],
)
def test_its_results_have_the_shape_of_computed_ones(
    stub: StubEngine, aer: AerEngine, program: str, params: dict[str, Any]
) -> None:
    made_up, computed = (
        skeleton(result(engine, program, line((0.01, 0.01, 0.01)), **params))
        for engine in (stub, aer)
    )
    if "pubs" in params:
        assert made_up["results"] == computed["results"]
    else:
        assert made_up == computed


def test_distributions_are_of_the_right_width_and_whole(stub: StubEngine) -> None:
    body = result(stub, "sampler", line((0.01,) * 3), circuits=[TWO_REGISTERS])
    (quasi,) = body["quasi_dists"]
    assert {len(key) for key in quasi} == {3}
    assert sum(quasi.values()) == pytest.approx(1)
    assert list(body["metadata"][0])[:3] == [
        "shots",
        "readout_mitigation_overhead",
        "readout_mitigation_time",
    ]


def test_equal_tasks_are_answered_equally(stub: StubEngine) -> None:
    one = task("sampler", simulator(), circuits=[BELL])
    assert stub(one) == stub(one)
    assert stub(one) != stub(task("sampler", simulator(), 8, circuits=[BELL]))


@pytest.mark.parametrize("version", [13, 14, 15, 16, 17])
def test_registers_of_encoded_circuits_are_read_from_their_head(version: int) -> None:
    import base64
    import io
    import zlib

    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qpy
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(
        QuantumRegister(3, "q"), ClassicalRegister(2, "low"), ClassicalRegister(5, "höch")
    )
    circuit.metadata = {"note": "x"}
    circuit.global_phase = Parameter("p")
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer, version=version)
    text = base64.b64encode(zlib.compress(buffer.getvalue())).decode()
    shape = circuit_shape({"__type__": "QuantumCircuit", "__value__": text})
    assert shape.num_qubits == 3
    assert shape.registers == {"low": 2, "höch": 5}


def test_shapes_of_encoded_arrays_are_read_from_their_head() -> None:
    import base64
    import io
    import zlib

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.zeros((4, 2, 3)))
    text = base64.b64encode(zlib.compress(buffer.getvalue())).decode()
    assert array_shape({"__type__": "ndarray", "__value__": text}) == (4, 2, 3)
    assert array_shape([[1, 2], [3, 4]]) == (2, 2)
    assert prod(broadcast((4, 1), (3,))) == 12


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        ("garbage", "declares no qubit"),
        ("", "declares no qubit"),
        (HEAD + "qubit q; h q;", "no measurement"),
        (HEAD + "qubit[n] q; bit c; c = measure q[0];", "size 'n'"),
        (HEAD + "qubit[99] q; bit c; c = measure q[0];", "needs 99 qubits"),
        (7, "neither"),
        ({"__type__": "QuantumCircuit", "__value__": "AAAA"}, "cannot be read"),
    ],
)
def test_what_has_no_shape_fails_the_job(stub: StubEngine, circuit: Any, message: str) -> None:
    outcome = stub(task("sampler", simulator(), circuits=[SEED, circuit]))
    assert outcome.failed
    assert str(outcome.reason).startswith("circuit 1: ")
    assert message in str(outcome.reason)
    assert str(outcome.reason) in outcome.body.splitlines()[-1]


def test_it_says_that_it_cannot_make_qiskits_own_types(stub: StubEngine) -> None:
    outcome = stub(task("sampler", simulator(), pubs=[SEED], support_qiskit=True))
    assert "dryshot[sim]" in str(outcome.reason)
