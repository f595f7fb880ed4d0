"""Whatever qiskit-ibm-runtime sends is what the platform's documents say.

The unmodified SDK speaks to an endpoint that knows the documents and nothing else: it checks each
request and answers with the document's own example. So the examples are shown to suit the SDK too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from dryshot.contract import Contract, Match
from dryshot.http import Request, Response
from dryshot.mounts.activation import activate
from dryshot.world.devices import device
from tests.contract.documents import NAMES, responses

pytestmark = pytest.mark.filterwarnings(
    # the SDK says of its own programs that newer ones will take their place
    "ignore::DeprecationWarning"
)
CONTRACTS = [Contract.load(name) for name in NAMES if name.startswith("platform")]
DEVICE = device("ibm_alderaan", num_qubits=5, calibrated=datetime(2026, 4, 15, tzinfo=UTC))
PAIR = DEVICE.configuration["coupling_map"][0]
FAR_AWAY = 4102444800
"""The year 2100: the SDK holds a token's end against the clock on the wall."""


def token() -> dict[str, Any]:
    def part(claims: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

    jwt = f"{part({'alg': 'none'})}.{part({'iat': FAR_AWAY - 3600, 'exp': FAR_AWAY})}.c2ln"
    lasting = {"token_type": "Bearer", "expires_in": 3600, "expiration": FAR_AWAY}
    return {"access_token": jwt, **lasting}


OWN: dict[str, Callable[[], Any]] = {
    "create_token": token,
    "get_backend_configuration": lambda: DEVICE.configuration,
    "get_backend_properties": lambda: DEVICE.properties,
}


class Stand:
    """Answers by the documents; ``asked`` are the operations, ``unsure`` what the gate held up."""

    def __init__(self) -> None:
        self.sites = {
            urlsplit(url).hostname or "": (urlsplit(url).path, contract)
            for contract in CONTRACTS
            for url in contract.servers
        }
        self.asked: list[str] = []
        self.unsure: list[str] = []
        self.bodies: dict[str, Any] = {}

    def __call__(self, request: Request) -> Response:
        prefix, contract = self.sites[request.host]
        match = contract.match(request.method, request.path.removeprefix(prefix))
        call = contract.read_request(match, request)
        id_ = match.operation.id
        self.asked.append(id_)
        self.bodies[id_] = call.body
        if not match.operation.read(match.path_params, request).sure:
            self.unsure.append(id_)
        response = self.answer(contract, match)
        contract.check_response(match.operation, response)
        return response

    def answer(self, contract: Contract, match: Match) -> Response:
        status, node = next(responses(contract, match.operation))
        if "content" not in node:
            return Response(int(status))
        kind, content = next(iter(node["content"].items()))
        if match.operation.id in OWN:
            return Response(
                200, {"content-type": kind}, json.dumps(OWN[match.operation.id]()).encode()
            )
        value = next(iter(content["examples"].values()))["value"]
        text = value if kind == "text/plain" else json.dumps(value)
        return Response(int(status), {"content-type": kind}, text.encode())


@pytest.fixture
def stand() -> Iterator[Stand]:
    pytest.importorskip("qiskit_ibm_runtime")
    stand = Stand()
    with activate(stand, set(stand.sites)):
        yield stand
    assert stand.unsure == []


@pytest.fixture
def service(stand: Stand) -> Any:
    from qiskit_ibm_runtime import QiskitRuntimeService

    search = Contract.load("platform-search")
    (_, node), *_ = responses(search, search.operations["search_resources"])
    found = node["content"]["application/json"]["examples"]["one"]["value"]["items"]
    made = QiskitRuntimeService(
        channel="ibm_quantum_platform", token="an invented key", instance=found[0]["crn"]
    )
    assert stand.bodies["create_token"]["apikey"] == "an invented key"
    return made


def ansatz() -> Any:
    """A circuit that the device can run as it is, with one parameter."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    circuit = QuantumCircuit(5)
    circuit.rz(Parameter("theta"), PAIR[0])
    circuit.sx(PAIR[0])
    circuit.cx(*PAIR)
    return circuit


def measured() -> Any:
    circuit = ansatz()
    circuit.measure_all()
    return circuit


def boxed() -> Any:
    """The same in boxes whose gates and measurements are to be twirled."""
    samplomatic = pytest.importorskip("samplomatic")
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(5, 2)
    with circuit.box([samplomatic.Twirl()]):
        circuit.cx(*PAIR)
    with circuit.box([samplomatic.Twirl()]):
        circuit.measure(PAIR, [0, 1])
    return circuit


def sample(backend: Any) -> None:
    from qiskit_ibm_runtime import SamplerV2

    sampler = SamplerV2(backend)
    sampler.run([(measured(), [0.1])], shots=7)


def sample_with_every_option(backend: Any) -> None:
    from qiskit_ibm_runtime import SamplerV2

    sampler = SamplerV2(backend)
    sampler.options.update(
        default_shots=100,
        max_execution_time=100,
        dynamical_decoupling={
            "enable": True,
            "sequence_type": "XY4",
            "extra_slack_distribution": "edges",
            "scheduling_method": "asap",
            "skip_reset_qubits": True,
        },
        execution={"init_qubits": False, "rep_delay": 0.0001, "meas_type": "kerneled"},
        twirling={
            "enable_gates": True,
            "enable_measure": False,
            "num_randomizations": 32,
            "shots_per_randomization": "auto",
            "strategy": "all",
        },
        simulator={"seed_simulator": 3, "coupling_map": [[0, 1]], "basis_gates": ["sx"]},
        environment={"log_level": "DEBUG", "job_tags": ["a"], "private": True},
        experimental={"anything": 1},
    )
    sampler.run([(measured(), [[0.1], [0.2]], 10), (measured(), {"theta": 0.3})])


def estimate(backend: Any) -> None:
    from qiskit.quantum_info import SparsePauliOp
    from qiskit_ibm_runtime import EstimatorV2

    observable = SparsePauliOp.from_list([("ZZIII", 1), ("XXIII", 0.5)])
    estimator = EstimatorV2(backend)
    estimator.options.update(
        resilience_level=2,
        default_precision=0.1,
        seed_estimator=4,
        twirling={"enable_gates": True},
        resilience={
            "measure_mitigation": True,
            "measure_noise_learning": {"num_randomizations": 10},
            "zne_mitigation": True,
            "zne": {
                "amplifier": "gate_folding_back",
                "noise_factors": (1, 3),
                "extrapolator": ("linear", "polynomial_degree_1"),
            },
            "pec": {"max_overhead": None},
            "layer_noise_learning": {"layer_pair_depths": [0, 1]},
        },
    )
    pubs = [(ansatz(), [observable, observable], [[0.1], [0.2]]), (ansatz(), "ZIIII", [0.3], 0.1)]
    estimator.run(pubs)


def learn_noise(backend: Any) -> None:
    from qiskit_ibm_runtime import NoiseLearner

    learner = NoiseLearner(backend)
    learner.options.max_layers_to_learn = 2
    learner.options.twirling_strategy = "all"
    learner.run([ansatz().assign_parameters([0.1])])


def learn_noise_of_instructions(backend: Any) -> None:
    from qiskit_ibm_runtime import NoiseLearnerV3

    learner = NoiseLearnerV3(backend)
    learner.options.num_randomizations = 3
    learner.run([boxed().data[0]])


def execute(backend: Any) -> None:
    from qiskit_ibm_runtime import Executor, QuantumProgram

    program = QuantumProgram(shots=10)
    program.append_circuit_item(measured(), circuit_arguments=[[0.1], [0.2]])
    Executor(backend).run(program)


def execute_twirled(backend: Any) -> None:
    samplomatic = pytest.importorskip("samplomatic")
    from qiskit_ibm_runtime import Executor, QuantumProgram

    template, samplex = samplomatic.build(boxed())
    program = QuantumProgram(shots=10)
    program.append_samplex_item(template, samplex=samplex, samplex_arguments={}, shape=(4,))
    Executor(backend).run(program)


def sample_by_execution(backend: Any) -> None:
    executor_sampler = pytest.importorskip("qiskit_ibm_runtime.executor_sampler")
    sampler = executor_sampler.SamplerV2(backend)
    sampler.options.twirling.enable_gates = True
    sampler.run([(measured(), [0.1])])


@pytest.mark.parametrize(
    ("run", "program"),
    [
        (sample, "sampler"),
        (sample_with_every_option, "sampler"),
        (estimate, "estimator"),
        (learn_noise, "noise-learner"),
        (learn_noise_of_instructions, "noise-learner"),
        (execute, "executor"),
        (execute_twirled, "executor"),
        (sample_by_execution, "executor"),
    ],
)
def test_what_the_sdk_submits_is_valid(
    stand: Stand, service: Any, run: Callable[[Any], None], program: str
) -> None:
    run(service.backend("ibm_alderaan"))
    assert stand.bodies["create_job"]["program_id"] == program
    assert stand.asked[-3:] == ["get_usage", "get_backend_status", "create_job"]


def test_what_the_sdk_asks_of_jobs_is_valid(stand: Stand, service: Any) -> None:
    job = service.job("d9k2m4t0c7vs73f1q8ag")
    assert job.metrics()["usage"]["status"] == "complete"
    assert "worker" in job.logs()
    assert job.inputs == {}
    job.update_tags(["demo"])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    filters = {"program_id": "sampler", "job_tags": ["demo"], "created_after": since}
    assert len(service.jobs(2, pending=True, descending=False, include_mocks=True, **filters)) == 2
    service.delete_job(job.job_id())
    assert service.usage()["usage_consumed_seconds"] == 61
    wanted = {"get_job", "get_job_metrics_jid", "get_jog_logs_jid", "replace_job_tags", "list_jobs"}
    assert wanted | {"delete_job", "get_usage"} <= set(stand.asked)


def test_what_the_sdk_asks_of_devices_is_valid(stand: Stand, service: Any) -> None:
    backend = service.backend("ibm_alderaan", calibration_id="slow_gates")
    assert backend.properties(datetime=datetime(2026, 1, 1, tzinfo=UTC)).backend_name
    assert backend.target.num_qubits == 5
    assert backend.status().operational
    assert "get_backend_properties" in stand.asked


def test_what_the_sdk_asks_of_sessions_is_valid(stand: Stand, service: Any) -> None:
    from qiskit_ibm_runtime import Batch, Calibrator, Session

    backend = service.backend("ibm_alderaan")
    with Session(backend, max_time="1h") as session:
        Calibrator(session).run()
        assert session.status() == "In progress, accepting new jobs"
    assert stand.bodies["create_session"]["max_ttl"] == 3600
    assert stand.bodies["create_job"]["program_id"] == "calibrate"
    with Batch(backend) as batch:
        batch.cancel()
    assert stand.bodies["create_session"]["mode"] == "batch"
    assert {"update_session", "get_session", "delete_session_close"} <= set(stand.asked)
