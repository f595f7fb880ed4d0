"""The aer engine: programs computed by qiskit-aer, imported when the first job runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dryshot.engines.failure import ProgramError, Reason, failed
from dryshot.engines.loading import load_qiskit
from dryshot.world.work import Outcome, Task

if TYPE_CHECKING:
    from dryshot.engines.inputs import Inputs

__all__ = ["AerEngine"]


class AerEngine:
    """Simulates with qiskit-aer; on devices with noise from their calibration data.

    Circuits, layouts and noise models are kept for later jobs. Threads may share an engine; a
    pickled one leaves what it kept behind. Without ``noise`` devices are simulated as perfect. A
    circuit in which gates, once laid out, join more than ``max_entangled_qubits`` qubits fails its
    job; None leaves it to what memory and about a minute of work allow.
    """

    def __init__(self, *, noise: bool = True, max_entangled_qubits: int | None = None) -> None:
        self._noise = noise
        self._max_entangled = max_entangled_qubits
        self._store: Any = None

    def __repr__(self) -> str:
        return "<AerEngine>" if self._noise else "<AerEngine without noise>"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_store": None}

    def __call__(self, task: Task, /) -> Outcome:
        """Run ``task``; whatever is wrong with what the user sent is a failed outcome."""
        platform = task.dialect == "platform"
        try:
            load_qiskit()
            return self._run_platform(task) if platform else self._run_classic(task)
        except ProgramError as error:
            return self._failed(task, error, platform=platform)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - Rust panics are no Exceptions; see Engine
            kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
            text = str(error) or "no message"
            wrapped = ProgramError(text, reason=Reason.NOT_RUN, kind=kind)
            return self._failed(task, wrapped, platform=platform)

    def _failed(self, task: Task, error: ProgramError, *, platform: bool) -> Outcome:
        if not platform:
            return failed(task, error)
        from dryshot.engines.platform.charges import failure

        return failure(task, error)

    def _run_platform(self, task: Task) -> Outcome:
        from dryshot.engines.bench import Store
        from dryshot.engines.platform.programs import run

        if self._store is None:
            self._store = Store(self._max_entangled)
        return run(task, self._store, noise=self._noise)

    def _run_classic(self, task: Task) -> Outcome:
        from dryshot.engines.inputs import read

        return self._run(task, read(task))

    def _run(self, task: Task, inputs: Inputs) -> Outcome:
        from dryshot.engines.bench import Bench, Store
        from dryshot.engines.estimator import estimate, estimate_pubs
        from dryshot.engines.runner import run_circuits
        from dryshot.engines.sampler import sample, sample_pubs

        programs: dict[tuple[str, int], Callable[[Bench], Any]] = {
            ("sampler", 1): sample,
            ("sampler", 2): sample_pubs,
            ("estimator", 1): estimate,
            ("estimator", 2): estimate_pubs,
            ("runner", 1): run_circuits,
        }
        if self._store is None:
            self._store = Store(self._max_entangled)
        bench = Bench(task, inputs, self._store, self._noise)
        value = programs[inputs.program, inputs.version](bench)
        circuits = list(bench.used.values())
        return Outcome(
            failed=False,
            body=json.dumps(value, separators=(",", ":")),  # with NaN, as the service's may be
            quantum_seconds=bench.seconds,
            executions=bench.executions,
            num_circuits=len(circuits),
            num_qubits=tuple(prepared.circuit.num_qubits for prepared in circuits),
            circuit_depths=tuple(prepared.circuit.depth() for prepared in circuits),
        )
