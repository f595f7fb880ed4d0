"""What a user of qiskit-ibm-provider did in 2023 and 2024, from logging in to cancelling a job.

Environment variables of the SDK's own say who asks and where: QISKIT_IBM_TOKEN and QISKIT_IBM_URL.
"""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime, timedelta

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import IfElseOp
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit.providers.jobstatus import JobStatus
from qiskit_ibm_provider import IBMProvider, least_busy
from qiskit_ibm_provider.exceptions import IBMBackendApiError, IBMError
from qiskit_ibm_provider.job.exceptions import IBMJobInvalidStateError
from steps import needs, not_offered, refused, step

warnings.simplefilter("ignore")

OPEN = "ibm-q/open/main"
PREMIUM = "ibm-q-internal/dev-sys-software/internal-test"
TOKEN = os.environ["QISKIT_IBM_TOKEN"]
URL = os.environ["QISKIT_IBM_URL"]

bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
bell.measure_all()


with step("log in"):
    provider = IBMProvider()
    assert provider.active_account()["token"] == TOKEN
with step("list instances"):
    assert set(provider.instances()) == {OPEN, PREMIUM}
with step("choose an instance"):
    assert provider.get_backend("ibm_perth", instance=OPEN).name == "ibm_perth"
    assert "ibm_perth" not in {one.name for one in provider.backends(instance=PREMIUM)}
    IBMProvider(instance=OPEN)
    assert "nobody" in refused(IBMError, provider.backends, instance="a/b/nobody")
with step("save an account"):
    IBMProvider.save_account(TOKEN, url=URL, name="mine")
    assert IBMProvider.saved_accounts()["mine"]["token"] == TOKEN
    assert IBMProvider(name="mine").instances() == provider.instances()
with step("wrong token"):
    words = refused(Exception, IBMProvider, "nobody's token", url=URL)
    assert "3446" in words, words

with step("list backends"):
    names = {backend.name for backend in provider.backends()}
    assert {"ibmq_qasm_simulator", "ibm_perth", "ibm_wellington"} <= names
    big = provider.backends(simulator=False, min_num_qubits=100, operational=True)
    assert {backend.num_qubits for backend in big} == {127}
    assert least_busy(big) in big
with step("one backend"):
    device = provider.get_backend("ibm_perth", instance=OPEN)
    assert (device.name, device.num_qubits) == ("ibm_perth", 7)
    simulator = provider.get_backend("ibmq_qasm_simulator")
    refused(QiskitBackendNotFoundError, provider.get_backend, "ibm_nowhere")
with step("backend status"):
    status = device.status()
    assert (status.operational, status.status_msg) == (True, "active")
with step("backend configuration"):
    assert "cx" in device.configuration().basis_gates
    assert simulator.configuration().simulator
with step("backend properties"):
    properties = device.properties()
    assert 0 < properties.readout_error(0) < 1
    assert properties.t1(0) > 1e-6
with step("backend properties of an instant"):
    assert device.properties(datetime=datetime(2020, 1, 1, tzinfo=UTC)) is None
with step("pulse defaults"):
    assert len(device.defaults().qubit_freq_est) == 7
    flip = device.defaults().instruction_schedule_map.get("x", 0)
    length = flip.duration * device.configuration().dt
    assert abs(length - properties.gate_length("x", [0])) < 1e-12, length
with step("target"):
    assert {"cx", "sx", "measure"} <= set(device.target.operation_names)
    assert 0 < device.target["measure"][0,].error < 1
with step("transpile to a device"):
    on_device = transpile(bell, device, seed_transpiler=1)
    assert on_device.num_qubits == 7
    assert set(on_device.count_ops()) <= {"cx", "rz", "sx", "x", "measure", "barrier"}
with step("transpile to a simulator"):
    on_simulator = transpile(bell, simulator)
    assert on_simulator.count_ops()["measure"] == 2

with step("run circuits"):
    job = device.run([on_device, on_device], shots=500, job_tags=["probe", "first"])
    counts = job.result().get_counts(1)
    assert sum(counts.values()) == 500
    assert counts["00"] + counts["11"] > 400
    exact = simulator.run(on_simulator, shots=1000).result().get_counts()
    assert set(exact) == {"00", "11"}
with step("run dynamic circuits"):
    ask = QuantumCircuit(2, 2)
    ask.x(0)
    ask.measure(0, 0)
    with ask.if_test((ask.clbits[0], 1)):
        ask.x(1)
    ask.measure(1, 1)
    if "if_else" not in device.target.operation_names:
        device.target.add_instruction(IfElseOp, name="if_else")
    counts = device.run(transpile(ask, device), dynamic=True, shots=100).result().get_counts()
    assert max(counts, key=counts.get) == "11"
with step("memory of each shot"):
    assert len(device.run(on_device, shots=20, memory=True).result().get_memory()) == 20

with step("several jobs in a session"):
    session = device.open_session(max_time=3600)
    first = device.run(on_device)
    second = device.run(on_device)
    first.result()
    second.result()
    assert session.session_id
    device.close_session()
    assert not session.active
not_offered("the client itself lets go of it", "a closed session takes no jobs")
with step("details of a session"):
    needs(session, "details")
with step("cancel a session"):
    session = device.open_session()
    pending = device.run(on_device)
    device.cancel_session()
    assert not session.active
    pending.wait_for_final_state(timeout=60)

with step("job status"):
    assert job.status() is JobStatus.DONE
    assert job.error_message() is None
with step("result"):
    assert sum(job.result().get_counts(0).values()) == 500
with step("retrieve a job"):
    again = provider.retrieve_job(job.job_id())
    assert again.result().get_counts(0) == job.result().get_counts(0)
    assert again.backend().name == "ibm_perth"
    assert again.creation_date().tzinfo is not None
with step("inputs of a job"):
    assert len(again.circuits()) == 2
    assert again.backend_options()["shots"] == 500
with step("metrics"):
    steps = job.time_per_step()
    assert {"created", "running", "finished"} <= set(steps)
    assert job.client_version
with step("usage estimation"):
    needs(job, "usage_estimation")
    assert "quantum_seconds" in job.usage_estimation
with step("place in the queue"):
    waiting = device.run(on_device)
    waiting.queue_info()
    waiting.queue_position(refresh=True)
    waiting.wait_for_final_state(timeout=60)
with step("tags"):
    assert set(job.tags()) == {"probe", "first"}
    job.update_tags(["probe", "later"])
    assert set(provider.retrieve_job(job.job_id()).tags()) == {"probe", "later"}
    assert [one.job_id() for one in provider.jobs(job_tags=["later"])] == [job.job_id()]
with step("pages of jobs"):
    everything = provider.jobs(limit=None)
    assert len(everything) >= 8, len(everything)
    pages = [*provider.jobs(limit=3), *provider.jobs(limit=3, skip=3)]
    listed = [one.job_id() for one in everything]
    assert [one.job_id() for one in pages] == listed[:6]
    assert [one.job_id() for one in provider.jobs(limit=None, descending=False)] == listed[::-1]
with step("filters of jobs"):
    (only,) = provider.jobs(backend_name="ibmq_qasm_simulator")
    assert only.backend().name == "ibmq_qasm_simulator"
    assert provider.jobs(status="pending") == []
    later = datetime.now(UTC) + timedelta(days=9999)
    assert provider.jobs(start_datetime=later) == []
with step("cancel a job"):
    stopped = device.run(on_device)
    stopped.cancel()
    assert stopped.status() is JobStatus.CANCELLED
    refused(IBMJobInvalidStateError, stopped.result)
with step("cancel a finished job"):
    refused(IBMJobInvalidStateError, job.cancel)
with step("a job that fails says why"):
    broken = device.run("OPENQASM 3; nothing", dynamic=True)
    refused(Exception, broken.result)
    assert broken.status() is JobStatus.ERROR
    assert broken.error_message()
with step("unknown job"):
    refused(IBMBackendApiError, provider.retrieve_job, "nothing")
not_offered(
    "the client runs circuits",
    "Sampler on a simulator",
    "Sampler on a device",
    "Sampler with readout mitigation",
    "Sampler with parameters",
    "Estimator on a simulator",
    "Estimator on a device",
    "Estimator at resilience level 2",
    "list programs",
    "uploading a program is refused",
)
not_offered("the client has no call for it", "logs", "interim results", "delete a job")
not_offered("the client opens no websocket", "results over a websocket")
not_offered("the client forgets its token, and says nothing", "log out")
