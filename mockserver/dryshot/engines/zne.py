"""Zero-noise extrapolation as the classic estimator's resilience level 2 asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dryshot.engines.failure import ProgramError
from dryshot.engines.platform.extrapolation import extrapolate

__all__ = ["Zne", "read_zne"]

NOISE_FACTORS = (1, 3, 5)
AMPLIFIERS = (
    "TwoQubitAmplifier",
    "GlobalFoldingAmplifier",
    "LocalFoldingAmplifier",
    "CxAmplifier",
)
DEGREES = {
    "LinearExtrapolator": 1,
    "QuadraticExtrapolator": 2,
    "CubicExtrapolator": 3,
    "QuarticExtrapolator": 4,
}
"""The degree of the polynomial that each extrapolator fits."""
FOLDING = (
    "{'noise_factor_relative_tolerance': 0.01, 'random_seed': None, "
    "'sub_folding_option': 'from_first'}"
)


@dataclass(frozen=True, slots=True)
class Zne:
    """How often the noise is made how much stronger, and by which curve it is followed to zero."""

    amplifier: str
    noise_factors: tuple[float, ...]
    extrapolator: str

    @property
    def degree(self) -> int:
        """That of the polynomial."""
        return DEGREES[self.extrapolator]

    def extrapolated(
        self, values: Sequence[float], variances: Sequence[float], shots: int
    ) -> tuple[float, float]:
        """The value without noise, by least squares, and its variance; both are of one shot."""
        import numpy as np

        fit = extrapolate(
            f"polynomial_degree_{self.degree}",
            np.array(self.noise_factors, dtype=float),
            np.array(values),
            np.sqrt(np.array(variances) / shots),
            np.array([]),
        )
        return float(fit.values[0]), float(fit.stds[0]) ** 2 * shots

    def metadata(
        self, values: Sequence[float], variances: Sequence[float], shots: int
    ) -> dict[str, Any]:
        """What a result says of it, with what was measured at each noise factor."""
        return {
            "noise_amplification": {
                "noise_amplifier": f"<{self.amplifier}:{FOLDING}>",
                "noise_factors": list(self.noise_factors),
                "values": list(values),
                "variance": list(variances),
                "shots": [shots] * len(self.noise_factors),
            },
            "extrapolation": {"extrapolator": self.extrapolator},
        }


def read_zne(settings: Mapping[str, Any]) -> Zne:
    """From ``resilience_settings``; :class:`ProgramError` names the setting that is wrong."""
    amplifier = settings.get("noise_amplifier") or AMPLIFIERS[0]
    if amplifier not in AMPLIFIERS:
        raise ProgramError(f"noise_amplifier {amplifier!r} is not one of {', '.join(AMPLIFIERS)}")
    extrapolator = settings.get("extrapolator") or next(iter(DEGREES))
    if extrapolator not in DEGREES:
        raise ProgramError(f"extrapolator {extrapolator!r} is not one of {', '.join(DEGREES)}")
    factors = settings.get("noise_factors") or NOISE_FACTORS
    if not isinstance(factors, list | tuple) or not all(map(_amplifies, factors)):
        raise ProgramError(f"noise_factors is {factors!r}; it is a list of numbers from 1 on")
    least = DEGREES[extrapolator] + 1
    if len(set(factors)) < least:
        raise ProgramError(
            f"noise_factors: {extrapolator} takes at least {least}, not {len(set(factors))}"
        )
    return Zne(amplifier, tuple(factors), extrapolator)


def _amplifies(factor: Any) -> bool:
    return isinstance(factor, int | float) and not isinstance(factor, bool) and factor >= 1
