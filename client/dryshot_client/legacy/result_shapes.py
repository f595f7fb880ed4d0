"""What the programs of the classic API return, as types, and how each is told from the others."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from dryshot_client.legacy.fitting import read_as
from dryshot_client.models import read_object

__all__ = [
    "EstimatorMetadata",
    "EstimatorResult",
    "Experiment",
    "PrimitiveResult",
    "PubResult",
    "RunnerResult",
    "SamplerMetadata",
    "SamplerResult",
    "read_result",
]


class SamplerMetadata(TypedDict):
    """About one circuit's distribution; times in seconds."""

    shots: NotRequired[int]
    readout_mitigation_overhead: NotRequired[float]
    readout_mitigation_time: NotRequired[float]
    circuit_metadata: NotRequired[dict[str, Any]]


class SamplerResult(TypedDict):
    """Per circuit, a quasi-probability for each bit string, highest bit first."""

    quasi_dists: list[dict[str, float]]
    metadata: list[SamplerMetadata]


class EstimatorMetadata(TypedDict):
    """About one expectation value."""

    shots: NotRequired[int]
    variance: NotRequired[float]


class EstimatorResult(TypedDict):
    """Per circuit and observable, an expectation value."""

    values: list[float]
    metadata: list[EstimatorMetadata]


class Experiment(TypedDict):
    """What one circuit of a runner gave: ``data`` has its counts, or its memory."""

    success: bool
    data: dict[str, Any]


class RunnerResult(TypedDict):
    """What the circuit-runner and the qasm3-runner return: Qiskit's ``Result``, with more in it."""

    success: bool
    results: list[Experiment]


class PubResult(TypedDict):
    """What one circuit of a primitive's second version gave: ``data`` by register or figure."""

    data: dict[str, Any]
    metadata: dict[str, Any]


class PrimitiveResult(TypedDict):
    """What the second version of the primitives returns."""

    results: list[PubResult]
    metadata: dict[str, Any]


def read_result(body: object) -> dict[str, Any]:
    """A program's result; :class:`Misfit` if it is one of those above, and broken.

    An uploaded program returns what it likes: an object without the keys of any of them is handed
    on as it is.
    """
    found = read_object(body)
    keys = found.keys()
    if "quasi_dists" in keys:
        read_as(SamplerResult)(found)
    elif keys == {"values", "metadata"}:
        read_as(EstimatorResult)(found)
    elif keys >= {"results", "success"}:
        read_as(RunnerResult)(found)
    elif keys == {"results", "metadata"}:
        read_as(PrimitiveResult)(found)
    return found
