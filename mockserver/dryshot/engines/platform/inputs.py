"""What a V2 job of the platform asks for, read from its ``params`` without any library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dryshot.engines.failure import ProgramError, Reason
from dryshot.engines.inputs import Inputs, Pub
from dryshot.engines.platform.options import Options, read_options
from dryshot.world.work import Task

__all__ = ["check_executions", "parse", "read", "settle"]

_MOST = 1 << 62
"""What stands for the executions of a precision that nobody can have; above every limit."""
SHOTS = 4096
PRECISION = 0.015625


def read(task: Task) -> tuple[Inputs, Options]:
    """The inputs and options of a sampler's or an estimator's ``task``."""
    return settle(task, *parse(task.params, estimator=task.program_id == "estimator"))


def parse(params: Mapping[str, Any], *, estimator: bool) -> tuple[Inputs, Options]:
    """What ``params`` alone say; the seed is 0 unless the user gave one."""
    options = read_options(params, estimator=estimator)
    pubs = params.get("pubs")
    if not isinstance(pubs, list) or not pubs:
        raise ProgramError("there is no pub to run", reason=Reason.INVALID)
    make = _estimator_pub if estimator else _sampler_pub
    level = params.get("resilience_level", 1) if estimator else 0
    inputs = Inputs(
        program="estimator" if estimator else "sampler",
        version=2,
        pubs=tuple(make(index, raw, params, options) for index, raw in enumerate(pubs)),
        level=int(level or 0),
        seed=options.seed or 0,
        noise_model=options.noise_model,
        support_qiskit=bool(params.get("support_qiskit")),
    )
    return inputs, options


def settle(task: Task, inputs: Inputs, options: Options) -> tuple[Inputs, Options]:
    """What was parsed, as it is for ``task``: with its seed, and within its limit."""
    if options.seed is None:
        inputs = replace(inputs, seed=task.seed)
    check_executions(task, sum([pub.shots for pub in inputs.pubs]))
    return inputs, options


def check_executions(task: Task, number: int) -> None:
    """A job runs so many shots, over all its circuits, and no more."""
    most = task.max_executions
    if most is not None and number > most:
        raise ProgramError(
            f"the number of executions, {number}, exceeds the system limit {most}",
            reason=Reason.LIMIT,
        )


def _parts(index: int, raw: Any, least: int, most: int) -> list[Any]:
    parts = list(raw) if isinstance(raw, list) else [raw]
    if not least <= len(parts) <= most:
        raise ProgramError(f"a pub has {len(parts)} parts", circuit=index)
    return parts + [None] * (most - len(parts))


def _sampler_pub(index: int, raw: Any, params: Mapping[str, Any], options: Options) -> Pub:
    circuit, values, shots = _parts(index, raw, 1, 3)
    product = options.twirling.product if options.twirling.enabled else None
    wanted = shots or params.get("shots") or product or options.shots
    return Pub(index, circuit, _shots(wanted or SHOTS, index), values=values)


def _estimator_pub(index: int, raw: Any, params: Mapping[str, Any], options: Options) -> Pub:
    circuit, observables, values, precision = _parts(index, raw, 2, 4)
    target = precision or params.get("precision")
    if target is None and options.shots is None:
        target = options.precision or PRECISION
    if target is None:
        shots = _shots(options.shots, index)
        target = shots**-0.5
    elif isinstance(target, bool) or not isinstance(target, int | float) or target <= 0:
        raise ProgramError(f"precision is {target!r}; it is above 0", circuit=index)
    else:
        shots = int(min(-(-1 // target**2), _MOST))
    return Pub(index, circuit, shots, values, None, observables, float(target))


def _shots(value: Any, index: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ProgramError(f"shots is {value!r}; it is a whole number from 1 on", circuit=index)
    return value
