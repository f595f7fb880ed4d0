"""One canned answer, and the outcome that it makes of a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dryshot.engines.canned import results
from dryshot.engines.canned.counts import Misfit
from dryshot.engines.encoding import encode
from dryshot.engines.failure import ProgramError
from dryshot.engines.inputs import Inputs
from dryshot.engines.inputs import read as read_classic
from dryshot.engines.platform.inputs import read as read_platform
from dryshot.errors import DryshotError
from dryshot.world.work import Outcome, Task

__all__ = ["Failure", "Result", "UnfitAnswer", "chosen"]


class UnfitAnswer(DryshotError, ValueError):
    """What ``when`` was told to return is no result of the job that was submitted."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result by one of its parts; ``usage`` is in seconds of a device."""

    kind: str
    value: Any
    stds: Any = None
    usage: float = 2.0

    def __str__(self) -> str:
        return f"returns({self.kind}=...)"

    def __call__(self, task: Task) -> Outcome:
        """The outcome; ``UnfitAnswer`` if the result does not fit what was submitted."""
        seconds = 0.0 if task.backend.simulator else self.usage
        if self.kind == "result":
            text = self.value if isinstance(self.value, str) else _json(encode(self.value))
            return Outcome(failed=False, body=text, quantum_seconds=seconds)
        try:
            inputs = read_platform(task)[0] if task.dialect == "platform" else read_classic(task)
            value, shots = self._made(task, inputs)
        except (Misfit, ProgramError) as error:
            raise UnfitAnswer(f"{self.kind}: {error} (job {task.job_id})") from error
        return Outcome(
            failed=False,
            body=_json(value),
            quantum_seconds=seconds,
            executions=shots,
            num_circuits=len(inputs.pubs),
        )

    def _made(self, task: Task, inputs: Inputs) -> tuple[Any, int]:
        makers: Mapping[tuple[str, int, str], Callable[[], tuple[Any, int]]] = {
            ("sampler", 2, "counts"): lambda: results.sampled(task, inputs, self.value),
            ("sampler", 1, "counts"): lambda: results.distributed(inputs, self.value, counts=True),
            ("sampler", 1, "quasi_dists"): lambda: results.distributed(inputs, self.value),
            ("estimator", 2, "evs"): lambda: results.estimated(inputs, self.value, self.stds),
            ("estimator", 1, "evs"): lambda: results.valued(inputs, self.value, self.stds),
            ("runner", 1, "counts"): lambda: results.counted(task, inputs, self.value),
        }
        maker = makers.get((inputs.program, inputs.version, self.kind))
        if maker is None:
            right = [kind for *of, kind in makers if of == [inputs.program, inputs.version]]
            told = f"{task.program_id} (version {inputs.version}) has none"
            raise Misfit(f"{told}; say {' or '.join(right)}, or result")
        return maker()


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure with the service's code; ``body`` is what the results call answers."""

    code: int
    reason: str
    body: str | None = None
    usage: float = 0.0

    def __str__(self) -> str:
        return f"fails(reason_code={self.code})"

    def __call__(self, task: Task) -> Outcome:
        """The outcome."""
        body = self.body
        if body is None:
            body = f'Traceback (most recent call last):\n  File "{task.program_id}.py", in main\n'
            body += f"RuntimeError: {self.reason}\n"
        seconds = 0.0 if task.backend.simulator else self.usage
        return Outcome(
            failed=True,
            body=body,
            reason=self.reason,
            reason_code=self.code,
            quantum_seconds=seconds,
        )


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def chosen(parts: Mapping[str, Any]) -> tuple[str, Any]:
    """The one part of a result that was given; ``ValueError`` if that is none or several."""
    given = [(kind, value) for kind, value in parts.items() if value is not None]
    if len(given) != 1:
        had = " and ".join(kind for kind, _ in given) or "none"
        raise ValueError(f"returns: say one of {', '.join(parts)}; {had} was given")
    kind, value = given[0]
    if kind in {"counts", "quasi_dists"}:
        items = value if isinstance(value, Sequence) else [value]
        for item in items:
            if not isinstance(item, Mapping):
                raise TypeError(f"{kind}: {item!r} is not a mapping of outcomes")
    return kind, value
