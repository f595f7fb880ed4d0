"""The work bench of one job: it reads, prepares and runs circuits, and keeps account of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from dryshot.engines.cache import Cache
from dryshot.engines.circuits import load
from dryshot.engines.device import Device
from dryshot.engines.encoding import decode
from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.inputs import Inputs, Pub
from dryshot.engines.layout import Prepared, for_device, for_simulator, operation_names
from dryshot.engines.methods import (
    BOND,
    SMALL,
    Plan,
    choose_exact,
    choose_noisy,
    limit_entangled,
)
from dryshot.engines.noise import Readout, fidelity, gate_noise, readout_of
from dryshot.engines.scrambling import scramble
from dryshot.world.backends import Backend
from dryshot.world.work import Task

__all__ = ["Bench", "Samples", "Store"]

SECOND = 1e9
MAX_CIRCUITS = 20_000
"""Circuits that one pub may come to, over all its parameter values and measured bases."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What one circuit gave: how often each outcome came, and in which order if asked for."""

    counts: dict[int, int]
    memory: list[int] | None = None


class Store:
    """What outlives a job: circuits read and prepared, devices, noise models. Threads share it."""

    def __init__(self, max_entangled: int | None = None) -> None:
        self.max_entangled = max_entangled
        self.circuits = Cache(256)
        self.prepared = Cache(256)
        self.devices = Cache(32)
        self.noise = Cache(128)
        self.simulators = Cache(16)

    def device(self, backend: Backend) -> Device:
        """The calibration data of ``backend``, read once for each set of documents."""
        data = backend.data  # kept with the answer, so that its id stays its own
        return self.devices.get(id(data), lambda: (Device.of(backend), data))[0]


@dataclass
class Bench:
    """One job's bench. ``seconds`` of device time and ``executions`` grow with every run.

    Without ``noise`` a device is simulated as if it were perfect.
    """

    task: Task
    inputs: Inputs
    store: Store
    noise: bool = True
    seconds: float = 0.0
    executions: int = 0
    used: dict[int, Prepared] = field(default_factory=dict)

    @cached_property
    def device(self) -> Device | None:
        """The device's data; ``None`` on a simulator."""
        backend = self.task.backend
        if backend.simulator:
            return None
        device, delay = self.store.device(backend), self.inputs.run.rep_delay
        return device if delay is None else replace(device, rep_delay=delay * SECOND)

    @cached_property
    def noise_model(self) -> Any:
        """The noise model that the user gave to a simulator, or ``None``."""
        if self.device is not None or self.inputs.noise_model is None:
            return None
        model = decode(self.inputs.noise_model)
        if not hasattr(model, "noise_instructions"):
            raise ProgramError("noise_model is not an encoded NoiseModel", kind="TypeError")
        return model

    @property
    def noisy(self) -> bool:
        """Whether gates have errors."""
        return self.noise_model is not None or (self.device is not None and self.noise)

    @property
    def level(self) -> int:
        """The resilience level that is in force; without noise there is nothing to mitigate."""
        return 0 if self.device is None or not self.noise else self.inputs.level

    def seed(self, *path: int) -> int:
        """A seed of 31 bits for the part of the job that ``path`` names."""
        from numpy.random import SeedSequence

        entropy = [self.inputs.seed % 2**64, *path]
        return int(SeedSequence(entropy).generate_state(1)[0]) >> 1

    def circuit(self, pub: Pub) -> Any:
        """The circuit of ``pub`` as it was sent."""
        return self.store.circuits.get(_key(pub.circuit), lambda: load(pub.circuit))

    def prepare(
        self, pub: Pub, *, keep: frozenset[int] = frozenset(), measured: bool = True
    ) -> Prepared:
        """The circuit of ``pub`` made ready; without its final measurements unless ``measured``."""
        circuit, device = self.circuit(pub), self.device
        basis = frozenset(self.noise_model.basis_gates if self.noise_model else ())
        backend = self.task.backend
        where = device.fingerprint if device else (backend.name, backend.num_qubits, basis)

        def make() -> Prepared:
            bare = circuit if measured else circuit.remove_final_measurements(inplace=False)
            if device is not None:
                return for_device(bare, device, keep)
            return for_simulator(bare, backend.num_qubits, backend.name, keep, basis)

        key = (_key(pub.circuit), where, keep, measured)
        prepared = self.store.prepared.get(key, make)
        self.used[pub.index] = prepared
        return prepared

    def run(
        self,
        pub: Pub,
        prepared: Prepared,
        circuits: Sequence[Any],
        *,
        memory: bool = False,
        twirled: bool = False,
        amplification: float = 1.0,
    ) -> list[Samples]:
        """Run ``circuits``, all made from ``prepared``, for the shots of ``pub`` each.

        ``amplification`` is that of the noise of two-qubit gates.
        """
        if len(circuits) > MAX_CIRCUITS:
            raise ProgramError(f"{len(circuits)} circuits in one pub; {MAX_CIRCUITS} can be run")
        self.executions += pub.shots * len(circuits)
        device = self.device
        if device is not None:
            shot = prepared.duration + device.rep_delay
            self.seconds += len(circuits) * pub.shots * shot / SECOND
        if device is None or not self.noise:
            plans = [self._exact(prepared, circuit, pub.shots) for circuit in circuits]
            return self._simulate(pub, circuits, plans, self.noise_model, memory=memory)
        if amplification != 1:
            device = device.amplified(amplification)
        plans = [choose_noisy(prepared, circuit, pub.shots) for circuit in circuits]
        readout = readout_of(device, prepared.physical, twirled=twirled)
        if any(plan.noise == "global" for plan in plans):
            samples = self._simulate(pub, circuits, plans, None, memory=True)
            return [
                self._scrambled(device, prepared, circuit, sample, readout, (pub.index, index))
                for index, (circuit, sample) in enumerate(zip(circuits, samples, strict=True))
            ]
        pauli = any(plan.noise == "pauli" for plan in plans)
        names = frozenset(name for circuit in circuits for name in operation_names(circuit))
        model = self.store.noise.get(
            (device.fingerprint, prepared.physical, names, twirled, pauli),
            lambda: gate_noise(device, prepared.physical, names, readout, pauli=pauli),
        )
        return self._simulate(pub, circuits, plans, model, memory=memory)

    def _exact(self, prepared: Prepared, circuit: Any, shots: int) -> Plan:
        if self.noise_model is not None:
            return choose_noisy(prepared, circuit, shots)
        wanted = str(self.task.backend.configuration.get("simulation_method") or "")
        if not wanted:
            name = self.task.backend.name
            known = {"_mps": "matrix_product_state", "_statevector": "statevector"}
            wanted = next((known[end] for end in known if name.endswith(end)), "automatic")
            if name.endswith("_stabilizer") and "extended" not in name:
                wanted = "stabilizer"
        return choose_exact(wanted, prepared, circuit, shots)

    def _scrambled(
        self,
        device: Device,
        prepared: Prepared,
        circuit: Any,
        samples: Samples,
        readout: Readout,
        path: tuple[int, int],
    ) -> Samples:
        kept = fidelity(device, circuit, prepared.physical)
        seed = self.seed(*path, len("noise"))
        return Samples(*scramble(samples.memory or [], circuit, readout, kept, seed))

    def _simulate(
        self, pub: Pub, circuits: Sequence[Any], plans: list[Plan], model: Any, *, memory: bool
    ) -> list[Samples]:
        methods = {plan.method for plan in plans}
        method = methods.pop() if len(methods) == 1 else "statevector"
        if not circuits:
            return []
        if self.store.max_entangled is not None:
            for circuit in circuits:
                limit_entangled(circuit, self.store.max_entangled)
        wide = max(circuit.num_qubits for circuit in circuits) > SMALL
        simulator = self.store.simulators.get(
            (method, wide), lambda: _simulator(method, threads=0 if wide else 1)
        )
        result = simulator.run(
            list(circuits),
            shots=pub.shots,
            seed_simulator=self.seed(pub.index),
            memory=memory,
            **({"noise_model": model} if model is not None else {}),
        ).result()
        if not result.success:
            status = next((part.status for part in result.results if not part.success), "")
            raise ProgramError(
                f"the simulation failed: {status or result.status}",
                reason=Reason.SIMULATION,
                kind="qiskit_aer.aererror.AerError",
            )
        return [_samples(part.data, memory=memory) for part in result.results]


def _simulator(method: str, threads: int) -> Any:
    """A simulator whose answers do not depend on how many cores there are; 0 threads are all."""
    from qiskit_aer import AerSimulator

    return AerSimulator(
        method=method,
        max_parallel_threads=threads,
        max_parallel_shots=1,
        max_parallel_experiments=1,
        matrix_product_state_max_bond_dimension=BOND,
    )


def _samples(data: Any, *, memory: bool) -> Samples:
    counts = {int(key, 16): int(count) for key, count in sorted(data.counts.items())}
    return Samples(counts, [int(shot, 16) for shot in data.memory] if memory else None)


def _key(raw: Any) -> str:
    """What tells one circuit on the wire from another."""
    return raw if isinstance(raw, str) else json.dumps(raw, sort_keys=True)
