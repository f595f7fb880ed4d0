"""What a job asks for, read from its ``params`` without any library: V1, V2 and the runners.

Circuits, parameter values and observables stay as they came over the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dryshot.engines.failure import ProgramError
from dryshot.engines.running import RunOptions, read_run_options
from dryshot.engines.zne import Zne, read_zne
from dryshot.world.work import Task

__all__ = ["Inputs", "Pub", "read"]

MAX_TOTAL_SHOTS = 20_000_000
DEVICE_SHOTS = 4000
SIMULATOR_SHOTS = 1024
V2_SHOTS = 4096
V2_PRECISION = 0.015625
DEFAULT_MAX_SHOTS = 100_000
ZNE_LEVEL = 2
RUNNERS = frozenset({"circuit-runner", "qasm3-runner"})

Program = Literal["sampler", "estimator", "runner"]


@dataclass(frozen=True, slots=True)
class Pub:
    """One circuit with what it is run for; ``names`` orders the V1 values if they were named."""

    index: int
    circuit: Any
    shots: int
    values: Any = None
    names: tuple[Any, ...] | None = None
    observables: Any = None
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """A whole job. ``level`` is the resilience level; ``seed`` is the user's, or the task's own."""

    program: Program
    version: int
    pubs: tuple[Pub, ...]
    level: int
    seed: int
    memory: bool = False
    noise_model: Any = None
    support_qiskit: bool = False
    zne: Zne | None = None
    run: RunOptions = field(default_factory=RunOptions)


def read(task: Task) -> Inputs:
    """The inputs of ``task``; raises :class:`ProgramError` for what cannot be understood."""
    params = task.params
    if task.program_id in RUNNERS:
        return _runner(task)
    if task.program_id not in {"sampler", "estimator"}:
        raise ProgramError(f"there is no program {task.program_id!r}", kind="RuntimeError")
    if "pubs" in params or str(params.get("version")) == "2":
        return _second(task)
    return _first(task)


def _runner(task: Task) -> Inputs:
    params = task.params
    config = _mapping(params, "run_config")
    shots = _shots(task, params.get("shots", config.get("shots")), DEVICE_SHOTS)
    run = read_run_options(params, task.backend)
    pubs = tuple(
        Pub(index, circuit, shots) for index, circuit in enumerate(_circuits(params).values())
    )
    return _checked(
        Inputs(
            "runner",
            1,
            pubs,
            level=int(run.mitigated),
            seed=_seed(task, params.get("seed_simulator")),
            memory=bool(params.get("memory", task.program_id == "qasm3-runner")),
            noise_model=params.get("noise_model"),
            run=run,
        )
    )


def _first(task: Task) -> Inputs:
    params = task.params
    program: Program = "sampler" if task.program_id == "sampler" else "estimator"
    options = _mapping(params, "run_options")
    shots = _shots(
        task, options.get("shots"), SIMULATOR_SHOTS if task.backend.simulator else DEVICE_SHOTS
    )
    circuits = _circuits(params)
    indices = params.get("circuit_indices", params.get("circuit_ids"))
    keys = _list(list(circuits) if indices is None else indices, "circuit_indices")
    columns: dict[str, Sequence[Any]] = {}
    columns["parameter_values"] = _column(params, "parameter_values", len(keys))
    names = _list(params.get("parameters") or [], "parameters")
    if program == "estimator":
        columns["observables"] = _observables(params, len(keys))
    pubs = []
    for index, key in enumerate(keys):
        if key not in circuits:
            raise ProgramError(f"circuit_indices names circuit {key}, which is not there")
        position = list(circuits).index(key)
        own = names[position] if position < len(names) else None
        pubs.append(
            Pub(
                index,
                circuits[key],
                shots,
                values=columns["parameter_values"][index],
                names=tuple(own) if isinstance(own, list) and own else None,
                observables=columns["observables"][index] if "observables" in columns else None,
            )
        )
    settings = _mapping(params, "resilience_settings")
    level = _level(settings.get("level", params.get("resilience_level")))
    return _checked(
        Inputs(
            program,
            1,
            tuple(pubs),
            level=level,
            seed=_seed(task, options.get("seed_simulator")),
            noise_model=options.get("noise_model"),
            zne=read_zne(settings) if program == "estimator" and level == ZNE_LEVEL else None,
        )
    )


def _second(task: Task) -> Inputs:
    params = task.params
    program: Program = "sampler" if task.program_id == "sampler" else "estimator"
    options = _mapping(params, "options")
    simulator = _mapping(options, "simulator")
    shots = params.get("shots") or options.get("default_shots")
    precision = params.get("precision") or options.get("default_precision")
    pubs = []
    for index, raw in enumerate(_list(params.get("pubs"), "pubs")):
        parts = list(raw) if isinstance(raw, list) else [raw]
        room = 3 if program == "sampler" else 4
        if not 1 <= len(parts) <= room or (program == "estimator" and len(parts) == 1):
            raise ProgramError(f"a pub has {len(parts)} parts", circuit=index)
        parts += [None] * (room - len(parts))
        if program == "sampler":
            own = _shots(task, parts[2] or shots, V2_SHOTS)
            pubs.append(Pub(index, parts[0], own, values=parts[1]))
            continue
        target = _precision(parts[3] or precision, index)
        wanted = shots if target is None else -int(-1 // target**2)
        target = V2_PRECISION if target is None else target
        own = _shots(task, wanted, V2_SHOTS)
        pubs.append(
            Pub(index, parts[0], own, values=parts[2], observables=parts[1], precision=target)
        )
    return _checked(
        Inputs(
            program,
            2,
            tuple(pubs),
            level=_level(params.get("resilience_level")) if program == "estimator" else 0,
            seed=_seed(task, simulator.get("seed_simulator", options.get("seed_estimator"))),
            noise_model=simulator.get("noise_model"),
            support_qiskit=bool(params.get("support_qiskit")),
        )
    )


def _checked(inputs: Inputs) -> Inputs:
    if not inputs.pubs:
        raise ProgramError("there is no circuit to run")
    total = sum(pub.shots for pub in inputs.pubs)
    if total > MAX_TOTAL_SHOTS:
        raise ProgramError(f"{total} shots in one job; at most {MAX_TOTAL_SHOTS} can be run")
    return inputs


def _circuits(params: Mapping[str, Any]) -> dict[Any, Any]:
    """The circuits by index, or by name if they were sent as an object."""
    circuits = params.get("circuits")
    if isinstance(circuits, dict) and "__type__" not in circuits:
        return circuits
    if isinstance(circuits, list):
        return dict(enumerate(circuits))
    if circuits is None:
        raise ProgramError("params has no circuits", kind="KeyError")
    return {0: circuits}


def _observables(params: Mapping[str, Any], length: int) -> Sequence[Any]:
    observables = params.get("observables")
    observables = observables if isinstance(observables, list) else [observables]
    indices = params.get("observable_indices")
    if indices is not None:
        try:
            observables = [observables[index] for index in indices]
        except (IndexError, KeyError, TypeError):
            raise ProgramError("observable_indices names an observable that is not there") from None
    if len(observables) != length or None in observables:
        raise ProgramError(f"{len(observables)} observables for {length} circuits")
    return observables


def _column(params: Mapping[str, Any], name: str, length: int) -> Sequence[Any]:
    values = params.get(name)
    if not values:
        return [None] * length
    if not isinstance(values, list):
        return [values] * length
    if len(values) != length:
        raise ProgramError(f"{name} has {len(values)} entries for {length} circuits")
    return values


def _mapping(params: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = params.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ProgramError(f"{name} is not an object", kind="TypeError")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ProgramError(f"{name} is not a list", kind="TypeError")
    return value


def _level(value: Any) -> int:
    if value is None:
        return 1
    if isinstance(value, bool) or value not in {0, 1, 2, 3}:
        raise ProgramError(f"resilience level {value!r} is not 0, 1, 2 or 3")
    return int(value)


def _shots(task: Task, value: Any, default: int) -> int:
    """``value`` or the default, between 1 and what the backend can do."""
    if value is None:
        return default
    limit = int(task.backend.configuration.get("max_shots") or DEFAULT_MAX_SHOTS)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
        raise ProgramError(f"shots is {value!r}; {task.backend.name} runs 1 to {limit}")
    return value


def _precision(value: Any, index: int) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise ProgramError(f"precision is {value!r}; it is above 0 and at most 1", circuit=index)
    return float(value)


def _seed(task: Task, value: Any) -> int:
    if value is None:
        return task.seed
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProgramError(f"seed_simulator is {value!r}, not a whole number")
    return value
