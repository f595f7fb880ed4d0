"""Made-up results dressed as the platform's: with its spans, its metadata and its extra fields."""

from __future__ import annotations

from typing import Any

from dryshot.engines.failure import ProgramError
from dryshot.engines.inputs import Inputs
from dryshot.engines.platform.charges import quantum_seconds
from dryshot.engines.platform.options import Options
from dryshot.engines.platform.results import Span, plain_span
from dryshot.engines.platform.timing import Timeline
from dryshot.world.work import Task

__all__ = ["check_program", "dress"]


def check_program(task: Task) -> None:
    """``ProgramError`` for other programs than a sampler and an estimator: they are not made up."""
    if task.program_id not in {"sampler", "estimator"}:
        raise ProgramError(
            f"the program {task.program_id} cannot be made up; "
            'to compute it: pip install "dryshot[sim,sdk]"',
            kind="ModuleNotFoundError",
        )


def dress(task: Task, inputs: Inputs, options: Options, value: Any, seconds: float) -> float:
    """Change ``value``, a made-up V2 result, into the platform's form; what it costs, in seconds.

    ``seconds`` is how long the device would have been busy.
    """
    line = Timeline(task)
    spans = []
    total = sum([pub.shots for pub in inputs.pubs])
    for pub, result in zip(inputs.pubs, value["results"], strict=True):
        number, each = options.twirling.split(pub.shots) if options.twirling.enabled else (0, 0)
        if inputs.program == "sampler":
            share = seconds * pub.shots / total
            registers = [register["samples"] for register in result["data"].values()]
            shape = _shape(registers[0])[:-1] if registers else ()
            spans.append(Span(pub.index, line.add(share), shape, pub.shots, number, each))
        if inputs.program == "estimator" or number:
            result["metadata"]["num_randomizations"] = number or 1
        if options.zne is not None:
            _extrapolated(result, options)
    if inputs.program == "sampler":
        made = [plain_span(span) for span in spans]
        value["metadata"]["execution"] = {"execution_spans": made}
    else:
        value["metadata"].update(options.metadata())
    return 0.0 if task.backend.simulator else quantum_seconds(seconds)


def _extrapolated(result: Any, options: Options) -> None:
    """The fields that extrapolation adds: the same value at every noise factor."""
    zne = options.zne
    if zne is None:
        return
    data = result["data"]
    error = data.pop("ensemble_standard_error")
    factors, points = len(zne.noise_factors), len(zne.points)
    data["ensemble_stds_noise_factors"] = _widen(error, factors)
    for name in ("evs", "stds"):
        data[f"{name}_noise_factors"] = _widen(data[name], factors)
        fits = _widen(data[name], len(zne.extrapolators))
        data[f"{name}_extrapolated"] = _widen(fits, points)
    chosen = _replaced(data["evs"], zne.extrapolators[0])
    result["metadata"]["resilience"] = {"zne": {"extrapolator": chosen}}


def _widen(values: Any, length: int) -> Any:
    if isinstance(values, list):
        return [_widen(value, length) for value in values]
    return [values] * length


def _replaced(values: Any, leaf: str) -> Any:
    return [_replaced(value, leaf) for value in values] if isinstance(values, list) else leaf


def _shape(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list):
        return ()
    return (len(values), *(_shape(values[0]) if values else ()))
