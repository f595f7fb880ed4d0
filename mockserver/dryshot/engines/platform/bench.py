"""The work bench of a job on the platform: it takes circuits for the target only."""

from __future__ import annotations

import json
from typing import Any

from dryshot.engines.bench import Bench
from dryshot.engines.inputs import Pub
from dryshot.engines.layout import Prepared, for_simulator
from dryshot.engines.platform.target import for_target, load_strictly

__all__ = ["TargetBench", "content_key"]


class TargetBench(Bench):
    """Like :class:`~dryshot.engines.bench.Bench`, but nothing is moved or translated."""

    def circuit(self, pub: Pub) -> Any:
        """The circuit of ``pub`` as it was sent."""
        key = ("platform", content_key(pub.circuit))
        return self.store.circuits.get(key, lambda: load_strictly(pub.circuit))

    def prepare(
        self, pub: Pub, *, keep: frozenset[int] = frozenset(), measured: bool = True
    ) -> Prepared:
        """The circuit of ``pub`` made ready; without its final measurements unless ``measured``."""
        circuit = self.circuit(pub)
        prepared = self.fit(circuit, content_key(pub.circuit), keep=keep, measured=measured)
        self.used[pub.index] = prepared
        return prepared

    def fit(
        self,
        circuit: Any,
        key: str,
        *,
        keep: frozenset[int] = frozenset(),
        measured: bool = True,
    ) -> Prepared:
        """``circuit`` made ready, and kept under ``key``, which must tell its content."""
        device, backend = self.device, self.task.backend
        basis = frozenset(self.noise_model.basis_gates if self.noise_model else ())
        where = device.fingerprint if device else (backend.name, backend.num_qubits, basis)

        def make() -> Prepared:
            bare = circuit if measured else circuit.remove_final_measurements(inplace=False)
            if device is not None:
                return for_target(bare, device, keep)
            return for_simulator(bare, backend.num_qubits, backend.name, keep, basis)

        return self.store.prepared.get(("platform", key, where, keep, measured), make)


def content_key(raw: Any) -> str:
    """What tells one circuit on the wire from another."""
    return raw if isinstance(raw, str) else json.dumps(raw, sort_keys=True)
