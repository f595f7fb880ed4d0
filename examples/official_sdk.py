"""The official SDK on the platform: nothing here knows of dryshot.

Run it offline with ``dryshot run -- python examples/official_sdk.py``.
"""

from qiskit import QuantumCircuit, transpile
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.executor_sampler import Sampler

service = QiskitRuntimeService(
    channel="ibm_quantum_platform", token="my-api-key", instance="premium-instance"
)
backend = service.backend("ibm_fez")

bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
bell.measure_all()

job = Sampler(mode=backend).run([transpile(bell, backend, seed_transpiler=1)], shots=1000)
print(job.job_id(), job.status())
counts = job.result()[0].data.meas.get_counts()
print(sum(counts.values()), "shots,", max(counts, key=counts.__getitem__), "most often")
