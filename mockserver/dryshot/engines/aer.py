"""The aer engine: programs computed by qiskit-aer, imported when the first job runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dryshot.engines.failure import ProgramError, Reason, failed
from dryshot.engines.inputs import Inputs, read
from dryshot.world.work import Outcome, Task

__all__ = ["AerEngine"]


class AerEngine:
    """Simulates with qiskit-aer; on devices with noise from their calibration data.

    Circuits, layouts and noise models are kept for later jobs. Threads may share an engine; a
    pickled one leaves what it kept behind.
    """

    def __init__(self) -> None:
        self._store: Any = None

    def __repr__(self) -> str:
        return "<AerEngine>"

    def __getstate__(self) -> dict[str, Any]:
        return {"_store": None}

    def __call__(self, task: Task, /) -> Outcome:
        """Run ``task``; whatever is wrong with what the user sent is a failed outcome."""
        try:
            inputs = read(task)
            return self._run(task, inputs)
        except ProgramError as error:
            return failed(task, error)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - Rust panics are no Exceptions; see Engine
            kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
            text = str(error) or "no message"
            return failed(task, ProgramError(text, reason=Reason.NOT_RUN, kind=kind))

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
            self._store = Store()
        bench = Bench(task, inputs, self._store)
        value = programs[inputs.program, inputs.version](bench)
        circuits = list(bench.used.values())
        return Outcome(
            failed=False,
            body=json.dumps(value, separators=(",", ":"), allow_nan=False),
            quantum_seconds=bench.seconds,
            executions=bench.executions,
            num_circuits=len(circuits),
            num_qubits=tuple(prepared.circuit.num_qubits for prepared in circuits),
            circuit_depths=tuple(prepared.circuit.depth() for prepared in circuits),
        )
