"""The circuit runners: counts and, if asked for, memory, as a qiskit ``Result`` object in JSON."""

from __future__ import annotations

from typing import Any

from dryshot.engines.bench import SECOND, Bench, Samples
from dryshot.engines.failure import ProgramError, within
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared
from dryshot.engines.sampler import mitigated, mitigation_seconds

__all__ = ["run_circuits"]


def run_circuits(bench: Bench) -> dict[str, Any]:
    """One experiment for each circuit. There is no date: equal jobs give equal results."""
    inputs, task = bench.inputs, bench.task
    results = []
    for pub in inputs.pubs:
        with within(pub.index):
            results.append(_run(bench, pub))
    return {
        "backend_name": task.backend.name,
        "backend_version": str(task.backend.configuration.get("backend_version", "0.0.0")),
        "qobj_id": "",
        "job_id": task.job_id,
        "success": True,
        "results": results,
        "status": "COMPLETED",
        "header": dict(inputs.run.header),
        "time_taken": sum(result["time_taken"] for result in results),
    }


def _run(bench: Bench, pub: Pub) -> dict[str, Any]:
    circuit = bench.circuit(pub)
    if circuit.parameters:
        names = ", ".join(parameter.name for parameter in circuit.parameters)
        raise ProgramError(f"no values for {names}")
    if not circuit.num_clbits:
        raise ProgramError("the circuit has no measurement, so there are no counts")
    prepared = bench.prepare(pub)
    samples = bench.run(pub, prepared, [prepared.circuit], memory=bench.inputs.memory)[0]
    return _experiment(bench, pub, prepared, samples)


def _experiment(bench: Bench, pub: Pub, prepared: Prepared, samples: Samples) -> dict[str, Any]:
    data: dict[str, Any] = {"counts": {hex(key): count for key, count in samples.counts.items()}}
    if samples.memory is not None:
        data["memory"] = [hex(shot) for shot in samples.memory]
    circuit = prepared.sent
    header: dict[str, Any] = {
        # a circuit read from text has no name but one that Qiskit counts up
        "name": f"circuit-{pub.index}" if isinstance(pub.circuit, str) else circuit.name,
        "n_qubits": circuit.num_qubits,
        "memory_slots": circuit.num_clbits,
        "creg_sizes": [[register.name, register.size] for register in circuit.cregs],
        "qreg_sizes": [[register.name, register.size] for register in circuit.qregs],
        "clbit_labels": _labels(circuit.cregs),
        "qubit_labels": _labels(circuit.qregs),
        "global_phase": 0.0,
        "metadata": {},
    }
    if bench.inputs.run.mitigated:
        quasi = mitigated(bench, prepared, samples.counts).quasi
        data["quasiprobabilities"] = {hex(key): quasi[key] for key in sorted(quasi)}
        measured = sorted(prepared.final_measurements.items())
        header["final_measurement_mapping"] = {
            str(prepared.physical[place]): bit for bit, place in measured
        }
        seconds = mitigation_seconds(bench, pub, len(samples.counts))
        header["measurement_mitigation_time"] = seconds
    delay = bench.device.rep_delay if bench.device else 0.0
    return {
        "shots": pub.shots,
        "success": True,
        "data": data,
        "meas_level": 2,
        "header": header,
        "status": "DONE",
        "seed_simulator": bench.inputs.seed,
        "time_taken": pub.shots * (prepared.duration + delay) / SECOND,
    }


def _labels(registers: list[Any]) -> list[list[Any]]:
    return [[register.name, place] for register in registers for place in range(register.size)]
