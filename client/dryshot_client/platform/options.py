"""The options of the primitives, as the API spells them. All may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

__all__ = [
    "DynamicalDecouplingOptions",
    "EstimatorExecutionOptions",
    "EstimatorOptions",
    "Extrapolator",
    "LayerNoiseLearningOptions",
    "MeasureNoiseLearningOptions",
    "PecOptions",
    "ResilienceOptions",
    "SamplerExecutionOptions",
    "SamplerOptions",
    "SimulatorOptions",
    "TwirlingOptions",
    "ZneOptions",
    "check_options",
]

Auto = Literal["auto"]
"""The service decides."""

Extrapolator = Literal[
    "linear",
    "exponential",
    "double_exponential",
    "polynomial_degree_1",
    "polynomial_degree_2",
    "polynomial_degree_3",
    "polynomial_degree_4",
    "polynomial_degree_5",
    "polynomial_degree_6",
    "polynomial_degree_7",
    "fallback",
]
"""How expectation values are continued to no noise."""


class DynamicalDecouplingOptions(TypedDict, total=False):
    """Pulses on idle qubits; off unless enabled."""

    enable: bool
    sequence_type: Literal["XX", "XpXm", "XY4"]
    extra_slack_distribution: Literal["middle", "edges"]
    scheduling_method: Literal["alap", "asap"]
    skip_reset_qubits: bool


class EstimatorExecutionOptions(TypedDict, total=False):
    """How circuits are run; ``rep_delay`` in seconds, within the backend's range."""

    init_qubits: bool
    rep_delay: float | None


class SamplerExecutionOptions(EstimatorExecutionOptions, total=False):
    """The same, and what a measurement gives: bits, points of the plane, or their average."""

    meas_type: Literal["classified", "kerneled", "avg_kerneled"]


class TwirlingOptions(TypedDict, total=False):
    """Random gates that turn errors into noise; ``None`` leaves it to the service."""

    enable_gates: bool | None
    enable_measure: bool | None
    num_randomizations: int | Auto
    shots_per_randomization: int | Auto
    strategy: Literal["active", "active-circuit", "active-accum", "all"]


class SimulatorOptions(TypedDict, total=False):
    """For tests on the user's own machine."""

    noise_model: dict[str, Any] | None
    seed_simulator: int | None
    coupling_map: list[list[int]] | None
    basis_gates: list[str] | None


class SamplerOptions(TypedDict, total=False):
    """``default_shots`` is 4096 unless set."""

    default_shots: int
    dynamical_decoupling: DynamicalDecouplingOptions
    execution: SamplerExecutionOptions
    twirling: TwirlingOptions
    simulator: SimulatorOptions | None
    experimental: dict[str, Any]


class MeasureNoiseLearningOptions(TypedDict, total=False):
    """How the noise of measurements is learned."""

    num_randomizations: int
    shots_per_randomization: int | Auto


class ZneOptions(TypedDict, total=False):
    """Extrapolation to no noise; noise factors are 1 or more, those extrapolated to 0 or more."""

    amplifier: Literal["gate_folding", "gate_folding_front", "gate_folding_back", "pea"]
    noise_factors: list[float]
    extrapolator: Extrapolator | list[Extrapolator]
    extrapolated_noise_factors: list[float] | Auto


class PecOptions(TypedDict, total=False):
    """Probabilistic error cancellation; ``max_overhead`` ``None`` sets no limit."""

    max_overhead: float | None
    noise_gain: float | Auto


class LayerNoiseLearningOptions(TypedDict, total=False):
    """How the noise of layers of gates is learned; ``max_layers_to_learn`` ``None``: of all."""

    max_layers_to_learn: int | None
    shots_per_randomization: int
    num_randomizations: int
    layer_pair_depths: list[int]


class ResilienceOptions(TypedDict, total=False):
    """Which errors are mitigated, and how. ``layer_noise_model`` is a noise learner's result."""

    measure_mitigation: bool | None
    measure_noise_learning: MeasureNoiseLearningOptions
    zne_mitigation: bool | None
    zne: ZneOptions
    pec_mitigation: bool | None
    pec: PecOptions
    layer_noise_learning: LayerNoiseLearningOptions
    layer_noise_model: dict[str, Any] | list[Any] | None


class EstimatorOptions(TypedDict, total=False):
    """``default_precision`` is 0.015625 unless set; ``default_shots`` can set it instead."""

    default_precision: float
    default_shots: int | None
    seed_estimator: int | None
    dynamical_decoupling: DynamicalDecouplingOptions
    execution: EstimatorExecutionOptions
    twirling: TwirlingOptions
    resilience: ResilienceOptions
    simulator: SimulatorOptions | None
    experimental: dict[str, Any]


def check_options(options: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """A copy of ``options``, whose keys the API knows; others are a ``ValueError``."""
    if not isinstance(options, Mapping):
        raise TypeError(f"options is {type(options).__name__}, not a mapping")
    known = kind.__annotations__
    unknown = sorted(str(key) for key in options if key not in known)
    if unknown:
        raise ValueError(f"options has {', '.join(unknown)}; it may have {', '.join(known)}")
    return dict(options)
