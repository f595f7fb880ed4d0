from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pytest

from dryshot.world.backends import Backend
from dryshot.world.devices import (
    DEFAULT_INSTANCES,
    catalogue,
    device,
    listing,
    simulator,
    snapshots,
)
from dryshot.world.devices.simulator import SIMULATORS
from tests.world.chips import CALIBRATED

INTERNAL = "ibm-q-internal/dev-sys-software/internal-test"
OPEN = "ibm-q/open/main"
NOTEBOOK = [
    "simulator_stabilizer",
    "simulator_extended_stabilizer",
    "simulator_statevector",
    "simulator_mps",
    "simulator_stabilizer",
]
"""The first five devices that the notebook was shown, without naming an instance."""

needs_sdk = pytest.mark.skipif(not snapshots(), reason="the extra sdk is not installed")


def loaded(backend: Backend) -> bool:
    return "data" in vars(backend)


def test_the_catalogue_computes_nothing_until_it_is_asked() -> None:
    backends = catalogue(seed=1, calibrated=CALIBRATED)
    assert not any(loaded(backend) for backend in backends.values())
    assert backends["ibm_kyoto"].properties["backend_name"] == "ibm_kyoto"
    assert [backend.name for backend in backends.values() if loaded(backend)] == ["ibm_kyoto"]


def test_the_catalogue_has_simulators_first_and_every_backend_under_its_name() -> None:
    backends = catalogue(seed=1, calibrated=CALIBRATED)
    assert [name for name, backend in backends.items() if backend.simulator] == list(SIMULATORS)
    assert list(backends)[: len(SIMULATORS)] == list(SIMULATORS)
    assert all(name == backend.name for name, backend in backends.items())
    assert {"ibm_wellington", "ibm_kyiv", "alt_kawasaki", "ibm_pinguino2"} <= backends.keys()


def test_a_backend_of_the_catalogue_is_the_device_of_that_name_and_seed() -> None:
    ours = catalogue(seed=4, calibrated=CALIBRATED)["ibm_perth"]
    alone = device("ibm_perth", num_qubits=7, seed=4, calibrated=CALIBRATED)
    assert ours.data == alone.data


def test_the_default_instances_hold_known_backends_once_each() -> None:
    backends = catalogue(seed=1, calibrated=CALIBRATED)
    for names in DEFAULT_INSTANCES.values():
        assert len(set(names)) == len(names)
        assert set(names) <= backends.keys()
    assert set(SIMULATORS) <= set(DEFAULT_INSTANCES[OPEN])


def test_a_listing_without_an_instance_begins_as_the_notebook_saw_it() -> None:
    names = listing(DEFAULT_INSTANCES, catalogue(seed=1, calibrated=CALIBRATED))
    assert names[:5] == NOTEBOOK
    assert "ibm_wellington" in names[5:]
    assert "ibm_wellington" in DEFAULT_INSTANCES[INTERNAL]


def test_a_listing_has_all_simulators_before_all_devices_and_keeps_repeats() -> None:
    backends = {
        backend.name: backend
        for backend in (
            device("a", num_qubits=5, calibrated=CALIBRATED),
            device("b", num_qubits=5, calibrated=CALIBRATED),
            simulator("s", 3),
            simulator("t", 3),
        )
    }
    assert listing({"one": ["b", "s"], "two": ["t", "a", "s", "b"]}, backends) == [
        *("s", "t", "s"),
        *("b", "a", "b"),
    ]
    assert listing({}, backends) == []


def test_a_listing_of_an_unknown_backend_fails() -> None:
    with pytest.raises(KeyError, match="ibm_nowhere"):
        listing({"one": ["ibm_nowhere"]}, {})


@pytest.mark.parametrize(("name", "num_qubits"), [(k, n) for k, (n, _) in SIMULATORS.items()])
def test_a_simulator_has_no_map_no_calibration_and_a_delay(name: str, num_qubits: int) -> None:
    backend = catalogue(seed=1, calibrated=CALIBRATED)[name]
    configuration = backend.configuration
    assert backend.simulator
    assert configuration["simulator"] is True
    assert configuration["n_qubits"] == backend.num_qubits == num_qubits
    assert configuration["coupling_map"] is None
    assert (configuration["max_shots"], configuration["max_experiments"]) == (100_000, 300)
    assert "delay" in [gate["name"] for gate in configuration["gates"]]
    assert (backend.properties, backend.defaults) == ({}, {})
    assert json.loads(json.dumps(configuration)) == configuration


def test_a_simulator_names_its_method_unless_it_has_all() -> None:
    backends = catalogue(seed=1, calibrated=CALIBRATED)
    assert backends["simulator_mps"].configuration["simulation_method"] == "matrix_product_state"
    assert "simulation_method" not in backends["ibmq_qasm_simulator"].configuration
    assert "qasm3" in backends["ibmq_qasm_simulator"].configuration["input_allowed"]
    assert "t" not in backends["simulator_stabilizer"].configuration["basis_gates"]


@needs_sdk
def test_snapshots_are_named_as_the_sdk_names_them() -> None:
    names = list(snapshots())
    assert {"fake_kyoto", "fake_fez", "fake_perth"} <= set(names)
    assert names == sorted(names)
    assert set(names).isdisjoint(catalogue(seed=1, calibrated=CALIBRATED))
    assert "ibm_kyoto" not in snapshots()


@needs_sdk
def test_a_snapshot_is_not_read_before_it_is_asked() -> None:
    backends = snapshots()
    assert len(list(backends.items())) == len(backends)
    assert not any(loaded(backend) for backend in backends.values())


@needs_sdk
@pytest.mark.parametrize("name", list(snapshots()))
def test_a_snapshot_is_read_under_its_public_name(name: str) -> None:
    backend = snapshots()[name]
    assert backend.name == name
    assert backend.configuration["backend_name"] == name
    assert backend.properties["backend_name"] == name
    assert backend.configuration["n_qubits"] == backend.num_qubits
    assert len(backend.properties["qubits"]) == backend.num_qubits


@needs_sdk
def test_a_pickled_snapshot_keeps_its_documents() -> None:
    backend = snapshots()["fake_perth"]
    copy: Backend = pickle.loads(pickle.dumps(backend))  # noqa: S301 - our own bytes
    assert copy.data == backend.data


@needs_sdk
def test_reading_a_snapshot_imports_neither_qiskit_nor_its_runtime() -> None:
    program = (
        "import sys; from dryshot.world.devices import snapshots;"
        "assert snapshots()['fake_perth'].properties;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'qiskit', 'numpy',"
        " 'qiskit_ibm_runtime', 'qiskit_aer', 'httpx'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_without_the_sdk_there_are_no_snapshots() -> None:
    program = (
        "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p];"
        "sys.path[:0] = sys.argv[1:]; from dryshot.world.devices import snapshots;"
        "print(len(snapshots()), 'fake_kyoto' in snapshots())"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *(p for p in sys.path if "mockserver" in p)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "0 False"
