"""What a user of qiskit-ibm-runtime did in 2023, from logging in to deleting a job.

Environment variables of the SDK's own say who asks and where: QISKIT_IBM_CHANNEL, QISKIT_IBM_TOKEN
and QISKIT_IBM_URL.
"""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import IfElseOp, Parameter
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.providers.jobstatus import JobStatus
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import Estimator, Options, QiskitRuntimeService, Sampler, Session
from qiskit_ibm_runtime.exceptions import (
    IBMInputValueError,
    IBMNotAuthorizedError,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobNotFound,
)
from steps import NotOffered, needs, not_offered, refused, step

warnings.simplefilter("ignore")

OPEN = "ibm-q/open/main"
PREMIUM = "ibm-q-internal/dev-sys-software/internal-test"
TOKEN = os.environ["QISKIT_IBM_TOKEN"]
URL = os.environ["QISKIT_IBM_URL"]

bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
bell.measure_all()

flipped = QuantumCircuit(1)
flipped.x(0)


with step("log in"):
    service = QiskitRuntimeService()
    assert service.active_account()["token"] == TOKEN
with step("list instances"):
    needs(service, "instances")
    assert set(service.instances()) == {OPEN, PREMIUM}
with step("choose an instance"):
    assert service.backend("ibm_perth", instance=OPEN).name == "ibm_perth"
    refused(QiskitBackendNotFoundError, service.backend, "ibm_perth", instance=PREMIUM)
    QiskitRuntimeService(instance=OPEN)
    assert "nobody" in refused(IBMInputValueError, QiskitRuntimeService, instance="a/b/nobody")
with step("save an account"):
    QiskitRuntimeService.save_account(token=TOKEN, url=URL, channel="ibm_quantum", name="mine")
    saved = QiskitRuntimeService.saved_accounts()["mine"]
    assert saved["token"] == TOKEN
    assert QiskitRuntimeService(name="mine").active_account()["token"] == TOKEN
with step("wrong token"):
    words = refused(
        Exception, QiskitRuntimeService, channel="ibm_quantum", token="nobody's token", url=URL
    )
    assert "3446" in words, words

with step("list backends"):
    names = {backend.name for backend in service.backends()}
    assert {"ibmq_qasm_simulator", "ibm_perth", "ibm_wellington"} <= names
    big = service.backends(simulator=False, min_num_qubits=100, operational=True)
    assert {backend.num_qubits for backend in big} == {127}
    assert service.least_busy(simulator=False).name in names
with step("one backend"):
    device = service.backend("ibm_perth", instance=OPEN)
    assert (device.name, device.num_qubits) == ("ibm_perth", 7)
    simulator = service.backend("ibmq_qasm_simulator")
    refused(QiskitBackendNotFoundError, service.backend, "ibm_nowhere")
with step("backend status"):
    status = device.status()
    assert (status.operational, status.status_msg) == (True, "active")
    assert status.pending_jobs >= 0
with step("backend configuration"):
    configuration = device.configuration()
    assert "cx" in configuration.basis_gates
    assert configuration.n_qubits == 7
    assert not configuration.simulator
    assert simulator.configuration().simulator
with step("backend properties"):
    properties = device.properties()
    assert 0 < properties.readout_error(0) < 1
    assert properties.t1(0) > 1e-6
    assert properties.last_update_date.tzinfo is not None
with step("backend properties of an instant"):
    assert device.properties(datetime=datetime(2020, 1, 1, tzinfo=UTC)) is None
with step("pulse defaults"):
    defaults = device.defaults()
    assert len(defaults.qubit_freq_est) == 7
    assert len(defaults.meas_freq_est) == 7
    flip = defaults.instruction_schedule_map.get("x", 0)
    length = flip.duration * configuration.dt
    assert abs(length - properties.gate_length("x", [0])) < 1e-12, length
with step("target"):
    assert {"cx", "sx", "measure"} <= set(device.target.operation_names)
    assert 0 < device.target["measure"][0,].error < 1
with step("transpile to a device"):
    on_device = transpile(bell, device, seed_transpiler=1)
    assert on_device.num_qubits == 7
    assert set(on_device.count_ops()) <= {"cx", "rz", "sx", "x", "measure", "barrier"}
with step("transpile to a simulator"):
    assert transpile(bell, simulator).count_ops()["measure"] == 2

with step("Sampler on a simulator"):
    job = Sampler(simulator).run(bell, shots=1000)
    result = job.result()
    assert set(result.quasi_dists[0]) == {0, 3}
    assert result.metadata[0]["shots"] == 1000
with step("Sampler on a device"):
    options = Options(optimization_level=1, resilience_level=0)
    (dist,) = Sampler(device, options=options).run(bell).result().quasi_dists
    assert dist.get(0, 0) + dist.get(3, 0) > 0.8
    assert abs(sum(dist.values()) - 1) < 1e-6
with step("Sampler with readout mitigation"):
    result = Sampler(device, options=Options(resilience_level=1)).run(bell).result()
    assert result.quasi_dists[0].nearest_probability_distribution()[0] > 0.3
    assert "readout_mitigation_overhead" in result.metadata[0]
with step("Sampler with parameters"):
    turned = QuantumCircuit(1)
    turned.rx(Parameter("angle"), 0)
    turned.measure_all()
    result = Sampler(simulator).run([turned] * 2, [[0.0], [3.141592653589793]]).result()
    assert [max(dist, key=dist.get) for dist in result.quasi_dists] == [0, 1]
with step("Estimator on a simulator"):
    result = Estimator(simulator).run(flipped, SparsePauliOp("Z")).result()
    assert abs(result.values[0] + 1) < 0.05
    assert result.metadata[0]["shots"] == 4000
with step("Estimator on a device"):
    options = Options(optimization_level=1, resilience_level=0)
    result = Estimator(device, options=options).run(flipped, SparsePauliOp("Z")).result()
    assert -1 <= result.values[0] < -0.8
with step("Estimator at resilience level 2"):
    job = Estimator(device, options=Options(resilience_level=2)).run(flipped, SparsePauliOp("Z"))
    (value,), (metadata,) = job.result().values, job.result().metadata
    assert -1.3 < value < -0.7, value
    assert metadata["shots"] == 4000
    amplified = metadata["zne"]["noise_amplification"]
    assert list(amplified["noise_factors"]) == [1, 3, 5]
    assert len(amplified["values"]) == 3
with step("run circuits"):
    job = service.run(
        "circuit-runner",
        {"circuits": on_device, "shots": 500},
        options={"backend": "ibm_perth", "instance": OPEN},
    )
    result = job.result()
    found = result["results"][0] if isinstance(result, dict) else result.results[0].to_dict()
    assert sum(found["data"]["counts"].values()) == 500
with step("run dynamic circuits"):
    ask = QuantumCircuit(2, 2)
    ask.x(0)
    ask.measure(0, 0)
    with ask.if_test((ask.clbits[0], 1)):
        ask.x(1)
    ask.measure(1, 1)
    if "if_else" not in device.target.operation_names:
        device.target.add_instruction(IfElseOp, name="if_else")
    job = service.run(
        "qasm3-runner",
        {"circuits": transpile(ask, device), "shots": 100},
        options={"backend": "ibm_perth", "instance": OPEN},
    )
    result = job.result()
    found = result["results"][0] if isinstance(result, dict) else result.results[0].to_dict()
    assert max(found["data"]["counts"].items(), key=lambda item: item[1])[0] == "0x3"
with step("memory of each shot"):
    job = service.run(
        "circuit-runner",
        {"circuits": on_device, "shots": 20, "memory": True},
        options={"backend": "ibm_perth", "instance": OPEN},
    )
    result = job.result()
    found = result["results"][0] if isinstance(result, dict) else result.results[0].to_dict()
    assert len(found["data"]["memory"]) == 20

with step("several jobs in a session"):
    with Session(service=service, backend=device, max_time="1h") as session:
        sampler = Sampler(session=session)
        first = sampler.run(bell)
        second = Estimator(session=session).run(flipped, SparsePauliOp("Z"))
        first.result()
        second.result()
        session.close()
    assert session.session_id
    assert first.session_id == second.session_id == session.session_id
    found = service.jobs(session_id=session.session_id)
    assert {job.job_id() for job in found} == {first.job_id(), second.job_id()}
with step("a closed session takes no jobs"):
    refused(
        IBMRuntimeError,
        service.run,
        "circuit-runner",
        {"circuits": on_device},
        {"backend": "ibm_perth", "instance": OPEN},
        session_id=session.session_id,
    )
with step("details of a session"):
    needs(Session, "details")
    assert session.details()["id"] == session.session_id
    assert "lose" in session.status()
with step("cancel a session"):
    needs(Session, "cancel")
    session = Session(service=service, backend=device)
    Sampler(session=session).run(bell)
    session.cancel()

with step("job status"):
    options = Options(environment={"job_tags": ["probe", "first"]})
    job = Sampler(simulator, options=options).run(bell)
    assert job.status() in (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.DONE)
    job.wait_for_final_state(timeout=60)
    assert job.status() is JobStatus.DONE
    assert job.error_message() is None
with step("result"):
    assert set(job.result().quasi_dists[0]) == {0, 3}
    assert job.result() is job.result()
with step("retrieve a job"):
    again = service.job(job.job_id())
    assert set(again.result().quasi_dists[0]) == {0, 3}
    assert again.program_id == "sampler"
    assert again.backend().name == simulator.name
    assert again.creation_date.tzinfo is not None
with step("inputs of a job"):
    circuits = again.inputs["circuits"]
    circuit = circuits[0] if isinstance(circuits, list) else circuits["circuit_0"]
    assert circuit.num_qubits == 2
with step("metrics"):
    metrics = job.metrics()
    assert {"created", "running", "finished"} <= set(metrics["timestamps"])
    assert metrics["qiskit_version"]
with step("usage estimation"):
    needs(job, "usage_estimation")
    assert "quantum_seconds" in job.usage_estimation
with step("logs"):
    assert isinstance(job.logs(), str)
with step("interim results"):
    assert job.interim_results() in ("", [], None)
with step("tags"):
    assert set(service.job(job.job_id()).tags) == {"probe", "first"}
    job.update_tags(["probe", "later"])
    assert set(service.job(job.job_id()).tags) == {"probe", "later"}
    assert [one.job_id() for one in service.jobs(job_tags=["later"])] == [job.job_id()]
with step("pages of jobs"):
    everything = service.jobs(limit=None)
    assert len(everything) >= 10
    pages = [service.jobs(limit=4, skip=skip) for skip in range(0, len(everything), 4)]
    listed = [one.job_id() for page in pages for one in page]
    assert listed == [one.job_id() for one in everything]
    assert [one.job_id() for one in service.jobs(limit=None, descending=False)] == listed[::-1]
with step("filters of jobs"):
    assert {one.program_id for one in service.jobs(program_id="estimator")} == {"estimator"}
    assert {one.backend().name for one in service.jobs(backend_name="ibm_perth")} == {"ibm_perth"}
    assert service.jobs(pending=True) == []
    later = datetime.now(UTC) + timedelta(days=9999)
    assert service.jobs(created_after=later) == []
    assert len(service.jobs(created_before=later)) == 10
with step("cancel a job"):
    stopped = Sampler(device).run(bell)
    stopped.cancel()
    assert stopped.status() is JobStatus.CANCELLED
    refused(RuntimeInvalidStateError, stopped.result)
with step("cancel a finished job"):
    refused(RuntimeInvalidStateError, job.cancel)
with step("a job that fails says why"):
    broken = service.run(
        "circuit-runner",
        {"circuits": "OPENQASM 3; nothing"},
        options={"backend": "ibm_perth", "instance": OPEN},
    )
    assert refused(RuntimeJobFailureError, broken.result)
    assert broken.status() is JobStatus.ERROR
    assert broken.error_message()
with step("delete a job"):
    service.delete_job(job.job_id())
    refused(RuntimeJobNotFound, service.job, job.job_id())
with step("unknown job"):
    refused(RuntimeJobNotFound, service.job, "nothing")

with step("list programs"):
    needs(service, "programs")
    assert {"sampler", "estimator"} <= {program.program_id for program in service.programs()}
    assert service.program("sampler").max_execution_time > 0
with step("uploading a program is refused"):
    needs(service, "upload_program")
    source = "def main(backend, user_messenger, **inputs):\n    return 1\n"
    mine = {"name": "mine", "description": "returns one", "max_execution_time": 60}
    refused(IBMNotAuthorizedError, service.upload_program, source, mine)
with step("results over a websocket"):
    if not URL.startswith("https:"):
        raise NotOffered("over https only")
    heard: list[Any] = []
    job = Sampler(simulator).run(bell, callback=lambda _job_id, message: heard.append(message))
    job.result()
    job.wait_for_final_state()
    assert set(heard[-1]["quasi_dists"][0]) == {"00", "11"}
not_offered("the client has metrics", "place in the queue")
not_offered("the client forgets its token, and says nothing", "log out")
