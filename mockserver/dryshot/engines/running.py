"""How a circuit runner is asked to run: what of its many options has an effect, or cannot have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dryshot.engines.failure import ProgramError
from dryshot.world.backends import Backend

__all__ = ["RunOptions", "read_run_options"]

MICRO = 1e-6
CLASSIFIED = 2
UNAVAILABLE = {
    "init_circuit": "circuits are run as they are sent",
    "meas_lo_freq": "pulses are not simulated",
    "qubit_lo_freq": "pulses are not simulated",
    "schedule_circuit": "pulses are not simulated",
    "schedule_los": "pulses are not simulated",
}


@dataclass(frozen=True, slots=True)
class RunOptions:
    """``rep_delay`` in seconds, None is the device's own; ``header`` is returned as it came."""

    rep_delay: float | None = None
    mitigated: bool = False
    header: Mapping[str, Any] = field(default_factory=dict)


def read_run_options(params: Mapping[str, Any], backend: Backend) -> RunOptions:
    """From the inputs of a job; :class:`ProgramError` for what cannot be done."""
    level = params.get("meas_level", CLASSIFIED)
    if level not in (None, CLASSIFIED):
        raise ProgramError(f"meas_level {level} is not available: only 2, classified results, is")
    for name, why in UNAVAILABLE.items():
        if params.get(name):
            raise ProgramError(f"{name} is not available: {why}")
    if params.get("use_measure_esp") and not backend.configuration.get("measure_esp_enabled"):
        raise ProgramError(f"use_measure_esp: {backend.name} has no such readout")
    return RunOptions(
        rep_delay=_rep_delay(params.get("rep_delay"), backend),
        mitigated=bool(params.get("measurement_error_mitigation")),
        header=params.get("header") or {},
    )


def _rep_delay(seconds: Any, backend: Backend) -> float | None:
    """``seconds``, if the device takes it; simulators and fixed repetition rates ignore it."""
    configuration = backend.configuration
    if seconds is None or not configuration.get("dynamic_reprate_enabled"):
        return None
    low, high = (limit * MICRO for limit in configuration.get("rep_delay_range") or (0.0, 500.0))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ProgramError(f"rep_delay is {seconds!r}, not a number of seconds")
    if not low <= seconds <= high:
        raise ProgramError(f"rep_delay is {seconds} s; {backend.name} takes {low:g} to {high:g} s")
    return float(seconds)
